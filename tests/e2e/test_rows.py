"""Our own labelled rows (tests/data/cases/*.json): what a Terraform user
expects of one event, or of a story of several, bullet by bullet of the
verdicts' definition.

A file: {"bullet", "state": [short resources] or "states": {name: [...]},
"rows": [row]}. A row: {"name", "why", "event" or "events", "want"}; it may
bring a state of its own, and texts that must be absent from all output. want:
a wish, or a list of them, one an event:
  verdict   required; reason: a text or a list of texts that pass
  drift     {address: {"changes": {path: [old, new]}, "action", "severity",
            "hidden": [paths], "detail": false, "how": {path: "blocks" |
            "rules" | "list" | "dns" | "any"}, "optional": [paths], "under":
            block}}; no other address may drift, beyond those in tolerate
  resolved  {address: {"changes": .., "of": number of the event it resolves}}
  resources {id or address: verdict}; unmanaged: ids with a record of their own,
            or "any" where a reader may or may not want one
"""
import glob
import json
import os
import re

import pytest

import build
import expect
from conftest import REPO

FOLDER = os.path.join(REPO, "tests", "data", "cases")


def load_rows():
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.json"))):
        with open(path) as f:
            doc = json.load(f)
        stem = os.path.basename(path)[:-5]
        for row in doc["rows"]:
            states = row.get("states") or doc.get("states") or \
                {"main": row["state"] if "state" in row else doc["state"]}
            yield pytest.param(states, row, id=stem + "-" + row["name"])


def listed(x):
    return x if isinstance(x, list) else [x]


def row_events(row):
    shorts = row.get("events") or [row["event"]]
    return [build.event(e, "%s %s" % (row["name"], e.get("seed", i)))
            for i, e in enumerate(shorts)]


def drift_faults(verdict, want, tolerate=()):
    out, got = [], expect.drifts(verdict)
    for address in sorted(set(got) | set(want)):
        if address not in want:
            if address in tolerate:
                continue
            out.append("%s drifts: %s" % (address, got[address]["changes"]))
        elif address not in got:
            out.append("%s does not drift" % address)
        else:
            out += record_faults(address, got[address], want[address])
    return out


def record_faults(address, rec, want):
    out = []
    for key, value in (("action", want.get("action", "update")),
                       ("severity", want.get("severity")),
                       ("detail", want.get("detail"))):
        if value is not None and rec.get(key) != value:
            out.append("%s %s is %s" % (address, key, rec.get(key)))
    if want.get("state", "") not in rec["state"]:
        out.append("%s state is %s" % (address, rec["state"]))
    if "detail" in rec and "detail" not in want:
        out.append("%s carries detail %s" % (address, rec["detail"]))
    if sorted(rec.get("hidden", [])) != sorted(want.get("hidden", [])):
        out.append("%s hidden is %s" % (address, rec.get("hidden")))
    if "under" in want:
        return out + under_faults(address, rec["changes"], want["under"])
    return out + expect.changes_faults(
        address, rec["changes"], want.get("changes", {}), want.get("how"),
        want.get("optional", ()))


def under_faults(address, changes, block):
    """Repeated blocks: some change, and every one of that block."""
    if changes and all(re.match(re.escape(block) + r"(\[|\.|$)", p)
                       for p in changes):
        return []
    return ["%s changes %s, want %s alone" % (address, sorted(changes),
                                              block)]


def resolved_faults(verdict, want, events):
    got = {r["address"]: r for r in verdict["records"]
           if r["kind"] == "resolved"}
    if sorted(got) != sorted(want):
        return ["resolved: %s" % sorted(got)]
    out = []
    for address, w in want.items():
        rec, first = got[address], events[w["of"]]["eventID"]
        if rec.get("resolves", "").rpartition(":")[0] != first:
            out.append("%s resolves %s" % (address, rec.get("resolves")))
        out += expect.changes_faults(address, rec["changes"],
                                     w.get("changes", {}), w.get("how"))
    return out


def resource_faults(verdict, want):
    got = {}
    for r in verdict["resources"]:
        for key in (r.get("resource"), r.get("address")):
            if key is not None:
                got[key] = r["verdict"]
    return ["%s is %s" % (k, got.get(k)) for k, v in want.items()
            if got.get(k) != v]


def faults(verdict, want, events):
    out = []
    if verdict["verdict"] not in listed(want["verdict"]):
        out.append("verdict %s" % verdict["verdict"])
    if "reason" in want and verdict["reason"] not in listed(want["reason"]):
        out.append("reason %s" % verdict["reason"])
    out += drift_faults(verdict, want.get("drift", {}),
                        want.get("tolerate", ()))
    out += resolved_faults(verdict, want.get("resolved", {}), events)
    out += resource_faults(verdict, want.get("resources", {}))
    new = sorted(r["resource"] for r in verdict["records"]
                 if r["kind"] == "unmanaged")
    if new != sorted(want.get("unmanaged", [])) and \
            want.get("unmanaged") != "any":
        out.append("unmanaged records for %s" % new)
    return out


@pytest.mark.parametrize("states, row", load_rows())
def test_row(replay, states, row):
    events, wants = row_events(row), listed(row["want"])
    got = replay({k: build.state(v) for k, v in states.items()}, events)
    assert len(got.verdicts) == len(events) == len(wants), got
    out = []
    for i, (v, w) in enumerate(zip(got.verdicts, wants)):
        out += ["event %d: %s" % (i, f) for f in faults(v, w, events)]
    out += ["it prints %s" % t for t in row.get("absent", [])
            if t in got.out + got.err]
    assert not out, "%s\n%s\n%s" % (row["why"], "\n".join(out), got.out)
    alarm = any("drift" in w for w in wants)
    assert got.status == (2 if alarm else 0)
