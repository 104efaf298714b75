"""Runs the binary under test and reads what it prints."""
import collections
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))
PATH = os.environ.get("TFDRIFT") or os.path.join(REPO, "build", "tfdrift")
ASAN = os.path.join(REPO, "build", "asan", "tfdrift")

Result = collections.namedtuple("Result", "status out err")
Answer = collections.namedtuple("Answer", "status verdicts out err")


def run(args, stdin=b"", path=PATH, timeout_s=60, env=None):
    """Result of one run: exit status (negative: a signal), two texts."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith(("AWS_", "TF_"))}
    p = subprocess.run([path] + [str(a) for a in args], input=stdin,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=timeout_s, env={**clean, **(env or {})})
    return Result(p.returncode, p.stdout.decode("utf-8", "surrogateescape"),
                  p.stderr.decode("utf-8", "surrogateescape"))


def lines(text):
    """The objects of a text that holds one JSON object a line."""
    return [json.loads(x) for x in text.split("\n") if x.strip()]


def refused(err):
    """How many pieces of the input the messages say were refused."""
    told = len(re.findall(r"^.*\(offset \d+\) .*$", err, re.M))
    more = re.search(r"(\d+) more pieces", err)
    return told + (int(more.group(1)) if more else 0)


def write(folder, name, what):
    """Writes bytes, text, or a value as JSON; returns the path as text."""
    path = os.path.join(str(folder), name)
    if not isinstance(what, (bytes, str)):
        what = json.dumps(what)
    if isinstance(what, str):
        what = what.encode()
    with open(path, "wb") as f:
        f.write(what)
    return path


def replay(folder, states, events, *flags, path=PATH, verdicts=True,
           timeout_s=60):
    """Judges records against states (a list, or {name: document})."""
    if isinstance(states, list):
        states = {"state%d" % i: s for i, s in enumerate(states)}
    args = ["replay"] + (["--verdicts"] if verdicts else [])
    for name, doc in states.items():
        args += ["--state", write(folder, name + ".tfstate", doc)]
    if not isinstance(events, (bytes, str)):
        events = "".join(json.dumps(e) + "\n" for e in events)
    args += ["--events", write(folder, "events.json", events)]
    r = run(args + list(flags), path=path, timeout_s=timeout_s)
    assert r.status in (0, 1, 2, 100), "died: %s\n%s" % (r.status, r.err)
    return Answer(r.status, lines(r.out), r.out, r.err)
