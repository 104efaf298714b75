"""What the README shows is what there is: its commands run and print what
it says they print, and its lists are those of the sources."""
import fnmatch
import os
import re

import pytest

import binary
import terminal

README = open(os.path.join(binary.REPO, "README.md")).read()


def source(path):
    with open(os.path.join(binary.REPO, path)) as f:
        return f.read()


def blocks(language):
    return re.findall(r"^```%s\n(.*?)^```$" % language, README, re.M | re.S)


def consoles():
    """(command, lines it prints) of each "$ " in the console blocks."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown.rstrip("\n").split("\n")


def matches(shown, out):
    """Whether the lines are those shown; "..." stands for lines left out,
    and at the end of a line for the rest of it."""
    if not shown:
        return not out
    if shown[0] == "...":
        return any(matches(shown[1:], out[i:]) for i in range(len(out) + 1))
    if not out:
        return False
    same = out[0].startswith(shown[0][:-3]) if shown[0].endswith("...") \
        else out[0].rstrip() == shown[0].rstrip()
    return same and matches(shown[1:], out[1:])


@pytest.mark.parametrize("command,shown", list(consoles()),
                         ids=lambda x: x if isinstance(x, str) else "")
def test_console(command, shown):
    r = terminal.run(command)
    assert r.status in (0, 2), r.out
    assert matches(shown, r.out.rstrip("\n").split("\n")), r.out


def test_console_blocks_are_seen():
    commands = " ".join(c for c, _ in consoles())
    for name in ("replay", "explain", "coverage", "check", "version"):
        assert "tfdrift " + name in commands


def table(heading):
    """First cells of the table whose first heading is this, without `."""
    lines = iter(README.splitlines())
    for line in lines:
        if line.startswith("| %s |" % heading):
            next(lines)
            break
    cells = []
    for line in lines:
        if not line.startswith("|"):
            break
        cells.append(line.split("|")[1].strip())
    assert cells, heading
    return [c.strip("`") for c in cells]


def test_record_keys():
    keys = re.findall(r"^RECORD_FIELD\((\w+)",
                      source("src/drift/record_fields.def"), re.M)
    assert table("key") == keys


def test_transforms():
    names = re.findall(r"^XFORM\(\w+, \"([^\"]+)\"",
                       source("src/map/xforms.def"), re.M)
    assert sorted(table("transform")) == sorted(set(names) - {"none"})


def test_commands():
    usage = binary.run(["--help"]).out
    names = re.findall(r"^  (\w+) ", usage, re.M)
    assert names
    for name in names:
        assert re.search(r"^### .*\b%s\b" % name, README, re.M), name


def test_rooms():
    rooms = re.findall(r"^(\w+) +:", source("src/ROOMS"), re.M)
    told = re.findall(r"^\| `src/(\w+)", README, re.M)
    assert [r for r in told if r in rooms] == rooms


def test_verdicts_and_reasons():
    words = set(table("verdict")) | set(table("reason"))
    assert words >= {"ignored", "unmapped", "none", "unmanaged", "drift"}
    code = "".join(source(os.path.join("src/drift", f)) for f in os.listdir(
        os.path.join(binary.REPO, "src", "drift")) if f == "filter.c")
    for reason in re.findall(r"return SLICE\(\"([\w-]+)\"\)", code):
        assert reason in words


def test_links_and_paths():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert os.path.exists(os.path.join(binary.REPO, path)), path
    names = {os.path.relpath(os.path.join(d, f), binary.REPO)
             for top in ("src", "tests", "tools", "demo", "config",
                         "third_party")
             for d, _, files in os.walk(os.path.join(binary.REPO, top))
             for f in files}
    for path in re.findall(r"`((?:src|tests|tools|demo|config|third_party)/"
                           r"[\w./*-]+)`", README):
        assert any(fnmatch.fnmatch(n, path.rstrip("/") + "*")
                   for n in names), path


def test_settings(tmp_path):
    """The configuration and the mapping shown are accepted."""
    shown = blocks("ini")
    config = [b for b in shown if "[state " in b]
    maps = [b for b in shown if "[state " not in b]
    assert config and len(maps) >= 2
    for i, text in enumerate(maps):
        path = tmp_path / ("%d.map" % i)
        path.write_text(text)
        r = binary.run(["coverage", "--map", path, "aws_s3_bucket"])
        assert r.status == 0, r.err
    folder = tmp_path / "states"
    folder.mkdir()
    text = config[0].replace("/srv/states/network.tfstate", os.path.join(
        binary.REPO, "demo", "states", "network.tfstate"))
    path = tmp_path / "tfdrift.ini"
    path.write_text(text.replace("/etc/tfdrift/map.d", str(tmp_path)))
    r = binary.run(["check", "-c", path])
    assert r.status == 0, r.err


def test_make_targets():
    goals = set(re.findall(r"^([a-z]+):.*##", source("Makefile"), re.M))
    named = set(re.findall(r"`?\bmake ([a-z]+)\b", README)) - {"it"}
    assert named and named <= goals | {"demo"}
