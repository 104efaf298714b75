"""The whole public corpus through the binary, the one with sanitizers where
it has been built."""
import glob
import json
import os

import pytest

import binary

SANITIZED = binary.ASAN if os.path.exists(binary.ASAN) else binary.PATH
REPORTS = ("AddressSanitizer", "runtime error:", "LeakSanitizer",
           "UndefinedBehavior")
RESOLVES = 0.97


def corpus(shared, name):
    with open(os.path.join(shared, "corpus", name)) as f:
        return [json.loads(x)["record"] for x in f]


def run(args, stdin=b""):
    r = binary.run(args, stdin, path=SANITIZED, timeout_s=120)
    assert r.status in (0, 1, 2), r
    assert not [x for x in REPORTS if x in r.err], r.err[-3000:]
    return r


def text(records):
    return "".join(json.dumps(r) + "\n" for r in records)


@pytest.fixture(scope="module")
def states(shared):
    return sorted(glob.glob(os.path.join(shared, "corpus", "states", "*")))


def is_v4(path):
    with open(path, "rb") as f:
        try:
            return json.load(f).get("version") == 4
        except (ValueError, AttributeError):
            return False


def test_every_event_in_every_form(shared, tmp_path):
    records = corpus(shared, "events.jsonl")
    assert len(records) == 2366
    forms = [text(records), json.dumps({"Records": records}),
             "\n".join(json.dumps(r, indent=1) for r in records),
             json.dumps({"Events": [{"CloudTrailEvent": json.dumps(r)}
                                    for r in reversed(records)]})]
    seen = []
    for form in forms:
        r = run(["replay", "--verdicts"], form)
        got = binary.lines(r.out)
        assert len(got) >= 0.999 * len(records), r.err[-2000:]
        seen.append([(v["event"], v["verdict"]) for v in got])
    assert seen[0] == seen[1] == seen[2] == seen[3]


def test_look_alikes(shared):
    bad = corpus(shared, "not-cloudtrail.jsonl")
    for form in (text(bad), json.dumps({"Records": bad}),
                 "\n".join(json.dumps(b, indent=2) for b in bad)):
        r = run(["replay", "--verdicts"], form)
        assert r.out == "", r.out
        assert binary.refused(r.err) == 34, r.err


def test_every_state(shared, states):
    """Each alone: loaded, or refused by name; then all that load at once."""
    assert len(states) == 134
    event = text(corpus(shared, "events.jsonl")[:1])
    for path in states:
        r = run(["replay", "--verdicts", "--state", path], event)
        if is_v4(path):
            assert r.status in (0, 2), (path, r)
        else:
            assert r.status == 1 and os.path.basename(path) in r.err, r
    args = ["replay", "--verdicts", "--stats"]
    for path in filter(is_v4, states):
        args += ["--state", path]
    r = run(args, text(corpus(shared, "events.jsonl")))
    stats = json.loads(r.err.splitlines()[-1])
    assert stats["resources"] == sum(map(managed, filter(is_v4, states)))


def managed(path):
    with open(path) as f:
        doc = json.load(f)
    return sum(1 for b in doc.get("resources", []) if b["mode"] == "managed"
               for i in b["instances"] if not i.get("deposed"))


def test_coverage_counts():
    rows = binary.lines(binary.run(["coverage", "--json"]).out)
    assert len({(x["service"], x["event"]) for x in rows}) >= 4300
    assert len({x["type"] for x in rows}) >= 1560


def test_ids_resolve(shared):
    """Of the writes that the map knows, nearly all name their resource;
    settings of a whole account need no name, and a few records (rule tests)
    have neither parameters nor an answer: nothing in them could."""
    nameless = {(x["service"], x["event"]) for x in binary.lines(
        binary.run(["coverage", "--json"]).out) if not x["id"]}
    told = [e for e in corpus(shared, "events.jsonl")
            if e.get("requestParameters") or e.get("responseElements")]
    r = run(["replay", "--verdicts"], text(told))
    mapped = [v for v in binary.lines(r.out)
              if v["verdict"] not in ("ignored", "unmapped")]
    lost = [v["service"] + " " + v["event"] for v in mapped
            if not any(x.get("resource") for x in v["resources"])
            and (v["service"], v["event"]) not in nameless]
    print("%d mapped writes, %d without an id" % (len(mapped), len(lost)))
    assert len(mapped) > 250
    assert len(lost) <= (1 - RESOLVES) * len(mapped), \
        "%d of %d: %s" % (len(lost), len(mapped), sorted(set(lost)))
