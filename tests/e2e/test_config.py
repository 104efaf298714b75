"""The configuration as its user meets it: `check` on the real binary, what
goes wrong and how it is said, and the options every command has."""
import os
import re
import subprocess

import pytest

import binary
from conftest import REPO

SAMPLE = os.path.join(REPO, "config", "tfdrift.ini")
GOOD = """[source "prod"]
type = cloudtrail
regions = us-east-1, eu-west-1
[state "net"]
type = local
path = %s
[output "o"]
type = stdout
"""


@pytest.fixture
def check(tmp_path):
    """check(text, env) → Result of `check -c` on a file of that text."""
    def go(text, env=None):
        state = binary.write(tmp_path, "net.tfstate", "{}")
        ini = binary.write(tmp_path, "c.ini", text.replace("%s", state))
        return binary.run(["check", "-c", ini], env=env)
    return go


def message(r, folder):
    """The one line on standard error, without the folder of the file."""
    assert r.status == 100 and r.out == "", r
    (line,) = r.err.splitlines()
    return line.replace(str(folder) + "/", "")


# ------------------------------------------------------------ the summary

def test_summary(check, tmp_path):
    r = check(GOOD + "[ignore \"a\"]\nuser = x\n[severity]\n*.* = error\n"
              "[agent]\ncheckpoint =\n")
    assert r.status == 0 and r.err == "", r
    lines = r.out.splitlines()
    assert lines[0].endswith("c.ini: fine")
    said = dict(x.split(None, 1) for x in lines[1:])
    assert said["sources"] == "1: prod (cloudtrail)"
    assert said["states"] == "1: net (local)"
    assert said["outputs"] == "1: o (stdout)"
    assert said["ignore"] == "1: a"
    assert said["severity"] == "1, else warning"
    assert re.match(r"\d{4,} events, \d{4,} resource types; own files: 0$",
                    said["mappings"])


def test_empty_file_writes_to_standard_output(check):
    r = check("")
    assert r.status == 0 and "outputs   1: stdout (stdout)" in r.out, r
    assert "no source" in r.err and "no state" in r.err


@pytest.mark.parametrize("text, warning", [
    ("[source \"a\"]\ntype=cloudtrail\nregions=eu-west-1",
     "source=a region=us-east-1"),
    ("[source \"a\"]\ntype=cloudtrail\nregions=cn-northwest-1",
     "source=a region=cn-north-1"),
    ("[source \"a\"]\ntype=cloudtrail\nregions=us-gov-east-1",
     "source=a region=us-gov-west-1"),
    ("[source \"a\"]\ntype=file\npath=/no/such", "source=a"),
    ("[state \"b\"]\ntype=local\npath=/no/such", "state=b"),
    ("[ignore \"c\"]\ntype=aws_instanze", "ignore=c type=aws_instanze"),
    ("[severity]\naws_instanze.* = error", "severity=aws_instanze.*"),
    ("[severity]\naws_instanze!delete = error",
     "severity=aws_instanze!delete"),
    ("[map]\ninclude = /no/such/*.map", "include=/no/such/*.map"),
    ("[agent]\ncheckpoint = /no/such/file", "checkpoint=/no/such/file"),
])
def test_warning(check, text, warning):
    if "[agent]" not in text:
        text = "[agent]\ncheckpoint =\n" + text
    r = check(GOOD + text)
    assert r.status == 0 and r.out, r
    (line,) = r.err.splitlines()
    assert line.startswith("warning check ") and line.endswith(warning), line


def test_good_types_are_not_warned_of(check):
    r = check(GOOD + "[agent]\ncheckpoint=\n[ignore \"c\"]\n"
              "type = aws_autoscaling_*, aws_instance\n[severity]\n"
              "aws_iam_role.* = error\n*!delete = alert\naws_s3_* = notice\n")
    assert r.status == 0 and r.err == "", r


def test_state_that_is_a_folder(check, tmp_path):
    r = check("[state \"b\"]\ntype = local\npath = %s\n" % tmp_path)
    errors = [x for x in r.err.splitlines() if "warning" not in x]
    assert r.status == 100 and r.out == "", r
    assert errors == ["%s/c.ini:3: [state \"b\"] path: is a folder; allowed: "
                      "a state file" % tmp_path]


# ------------------------------------------------------------ what is wrong

@pytest.mark.parametrize("text, want", [
    ("[sourc \"a\"]\n",
     "c.ini:1: sourc: unknown section, did you mean source?; allowed: agent, "
     "verify, filter, severity, map, source, state, ignore, output"),
    ("[verify]\n\n; comment\ndelya = 1s\n",
     "c.ini:4: [verify] delya: unknown key, did you mean delay?; allowed: "
     "attempts, delay, lock_wait"),
    ("[verify]\ndelay = 1\n",
     "c.ini:2: [verify] delay: bad value 1; allowed: a time from 0 to 1m "
     "(ms, s, m or h)"),
    ("[state \"net work\"]\ntype = s3\nregion = eu-west-1\nkey = k\n",
     "c.ini:1: [state \"net work\"] bucket: missing; allowed: a text of 1 to "
     "255 bytes"),
    ("[agent]\nname = %s\n" % ("x" * 5000),
     "c.ini:2: [agent]: the line is too long; allowed: 4093 bytes"),
    ("[agent]\nname = @/no/such\n",
     "c.ini:2: [agent] name: cannot read /no/such: No such file or directory; "
     "allowed: a file"),
    ("[map]\ninclude = /no/such.map\n",
     "c.ini:2: [map] include: /no/such.map: No such file or directory"),
])
def test_message(check, tmp_path, text, want):
    assert message(check(text), tmp_path) == want


def test_bytes_that_are_no_text(check, tmp_path):
    for text in ("[agent]\nname = a\0b\n", "\0", "[agent]\n\x1b[31m = 1\n"):
        said = message(check(text), tmp_path)
        assert said.isprintable(), said


def test_file_that_is_none(tmp_path, tfdrift):
    os.mkfifo(tmp_path / "pipe")
    big = binary.write(tmp_path, "big.ini", ";" * 80 + "\n" + "\n" * (1 << 20))
    for path in (tmp_path / "none", tmp_path, big):
        r = tfdrift(["check", "-c", path])
        assert r.status == 100 and str(path) in r.err, r
    r = tfdrift(["check", "-c", binary.write(
        tmp_path, "p.ini", "[agent]\nname = @%s/pipe\n" % tmp_path)])
    assert r.status == 100 and "not a regular file" in r.err, r


# ------------------------------------------------------------ secrets

SECRET = "hunter2-hunter2"
HOOK = "[output \"h\"]\ntype = http\nurl = https://h.example/x\n"


SECRET_KEYS = [
    "[output \"h\"]\ntype = http\nurl = %s\n",
    HOOK + "header = %s\n",
    HOOK + "header = Authorization\t: %s\n",
    "[output \"p\"]\ntype = pagerduty\nrouting_key = " + "x" * 250 + " %s\n",
    "[source \"s\"]\ntype = cloudtrail\nregions = eu-west-1\n"
    "external_id = " + "x" * 1220 + " %s\n",
]
# Keys that are no secret themselves, but their value came out of a file.
OTHER_KEYS = [
    "[state \"s\"]\ntype = local\npath = x\naccount = %s\n",
    "[verify]\ndelay = %s\n",
]


@pytest.mark.parametrize("text, how", [
    (text, how) for text in SECRET_KEYS
    for how in ("file", "environment", "line")] + [
    (text, "file") for text in OTHER_KEYS])
def test_secrets_are_in_no_message(tmp_path, text, how):
    value = {"file": "@" + binary.write(tmp_path, "token", SECRET + "\n"),
             "environment": "${TOKEN}", "line": SECRET}[how]
    r = binary.run(["check", "-c", binary.write(
        tmp_path, "c.ini", text.replace("%s", value))], env={"TOKEN": SECRET})
    assert r.status == 100, r
    assert "hunter2" not in r.err + r.out, r


def test_broken_secret_line_is_not_shown(check):
    r = check("[agent]\nname = x\n" + SECRET + "\n")
    assert r.status == 100 and "hunter2" not in r.err, r


# ------------------------------------------------------------ the sample

def test_sample_and_its_examples(check, tmp_path):
    with open(SAMPLE) as f:
        text = f.read()
    r = check(text)
    assert r.status == 0 and "network (s3)" in r.out, r
    token = binary.write(tmp_path, "token", "abc\n")
    # Every section and key that is commented out, brought to life.
    lines = [x[1:] if re.match(r";(\[|[\w*!.]+ =)", x) else x
             for x in text.splitlines()]
    lines = [re.sub(r"@/run/secrets/\w+", "@" + token, x) for x in lines]
    r = check("\n".join(lines))
    assert r.status == 0, r
    for part in ("hook (http)", "edge (local)", "recorded (file)",
                 "ignore    1: asg-desired\n", "severity  3, else warning"):
        assert part in r.out, r


# ------------------------------------------------------------ options

def test_ways_to_give_an_option(tmp_path, tfdrift):
    ini = binary.write(tmp_path, "c.ini", "[verify]\nattempts = 5\n")
    for args in (["-c", ini], ["-c" + ini], ["--config", ini],
                 ["--config=" + ini], ["-c", "/no/such", "-c", ini]):
        assert tfdrift(["check"] + args).status == 0, args


@pytest.mark.parametrize("args, said", [
    (["check", "--offline", "-c", "x"], "unknown option --offline"),
    (["check", "-c"], "a value must follow -c"),
    (["check", "--config"], "a value must follow --config"),
    (["check", "-x"], "unknown option -x"),
    (["check", "-c", "x", "y"], "unknown word y"),
    (["check", "-c", "x", "--", "-y"], "unknown word -y"),
    (["check"], "-c FILE is missing"),
    (["version", "x"], "unknown word x"),
    (["version", "--help=x"], "unknown option --help=x"),
    (["nothing"], "there is no command nothing"),
])
def test_wrong_options(tfdrift, args, said):
    r = tfdrift(args)
    assert r.status == 100 and r.out == "" and said in r.err, r


def test_help(tfdrift):
    whole = tfdrift(["--help"])
    assert whole.status == 0 and whole.err == ""
    names = re.findall(r"^  (\w+) ", whole.out, re.M)
    assert {"check", "coverage", "version"} <= set(names)
    for name in names:
        if name in ("check", "version"):
            r = tfdrift([name, "--help"])
            assert r.status == 0 and r.err == "", r
            assert r.out.startswith("usage: tfdrift %s" % name)
    assert "-c, --config FILE" in tfdrift(["check", "-h"]).out


# ------------------------------------------------------------ version

def test_version_names_what_is_linked(tfdrift):
    r = tfdrift(["version"])
    assert r.status == 0 and r.err == ""
    first, parts, counts = r.out.splitlines()
    assert re.match(r"tfdrift \d+\.\d+\.\d+$", first)
    with open(os.path.join(REPO, "third_party", "versions.lock")) as f:
        rows = [x.split() for x in f if x.strip() and x[0] != "#"]
    # Of a row with only some files, those are headers: not linked.
    assert {x.lower() for x in parts.split(", ")} == \
        {"%s %s" % (x[0], x[1]) for x in rows if len(x) == 6}
    events, types = map(int, re.match(
        r"(\d+) events and (\d+) resource types are mapped$", counts).groups())
    lines = binary.lines(tfdrift(["coverage", "--json"]).out)
    assert events == len({(x["service"], x["event"]) for x in lines})
    assert types == len({x["type"] for x in lines})
    assert tfdrift(["--version"]).out == r.out


def test_closed_output_is_an_error(tmp_path):
    with open("/dev/full", "w") as full:
        p = subprocess.run([binary.PATH, "version"], stdout=full,
                           stderr=subprocess.PIPE)
    assert p.returncode == 1
