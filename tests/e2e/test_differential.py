"""The binary against the slow reference judge, over many generated events.

Events are made from states: the public ones, those of the labelled cases, and
one invented state that has a resource of every type the map knows. An event
that sets what the state says is no drift; the same event with one value
changed is drift of exactly that attribute; and on all of them, and on the
public events, binary and reference agree. What does not is in two tables, each
line with its reason: noop_exceptions.tsv and disagreements.tsv.
"""
import collections
import fnmatch
import glob
import importlib.util
import json
import os
import re

import pytest

import binary
import noop_events
import noop_invent

HERE = os.path.dirname(os.path.abspath(__file__))
PER_TYPE_AND_EVENT = 4
AGREEMENT = 0.99
Outcome = collections.namedtuple("Outcome", "verdict drifts")
Batch = collections.namedtuple("Batch", "name state made changed")


# ------------------------------------------------------------ the reference

class Reference:
    """The reference judge with its map, asked state by state."""

    def __init__(self, shared):
        path = os.path.join(shared, "reference", "judge.py")
        spec = importlib.util.spec_from_file_location("judge", path)
        self.judge = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.judge)
        self.load = self.judge.load
        facts = os.path.join(shared, "facts")
        self.sections = {}
        for name in ("aws.map", "corrections.map"):
            self.judge.parse(os.path.join(facts, name), self.sections)

    def outcomes(self, states, events):
        loaded = self.load(states)
        self.judge.load = lambda _: loaded
        return [self.outcome(e, states) for e in events]

    def outcome(self, event, states):
        try:
            verdict, _, found = self.judge.judge(event, states,
                                                 self.sections)
        except Exception as e:          # the reference is not the product
            return Outcome("error: %r" % e, {})
        drifts = {}
        for inst, v, action, changes in found:
            if v == "drift":
                old = drifts.get(inst.addr, (inst.type, "update", set()))
                drifts[inst.addr] = (
                    inst.type, "delete" if "delete" in (action, old[1])
                    else "update", old[2] | set(map(plain, changes)))
        return Outcome(verdict, drifts)


def plain(path):
    """A path without its indices."""
    return re.sub(r"\[\d+\]", "", path)


def product_outcome(verdict):
    return Outcome(verdict["verdict"], {
        r["address"]: (r["type"], r["action"], set(map(plain, r["changes"])))
        for r in verdict["records"] if r["kind"] == "drift"})


# ------------------------------------------------------------ the events

@pytest.fixture(scope="session")
def reference(shared):
    return Reference(shared)


def public_states(shared):
    for path in sorted(glob.glob(os.path.join(shared, "corpus", "states",
                                              "*"))):
        with open(path) as f:
            text = f.read()
        if text[:1] == "{":
            yield os.path.basename(path), json.loads(text)
    with open(os.path.join(shared, "corpus", "cases.jsonl")) as f:
        for line in f:
            case = json.loads(line)
            yield case["id"], case["state"]


@pytest.fixture(scope="session")
def batches(shared, reference):
    """Events made from each state, and each with one value changed."""
    table = noop_events.bindings_by_type(reference.sections)
    every = noop_events.bindings_by_type(
        reference.sections, ("update", "upsert", "create", "delete"))
    states = [(n, s) for n, s in public_states(shared)
              if s.get("version") == 4]
    states.append(("invented", noop_invent.invented_state(every)))
    out, seen, number = [], {}, 1
    for name, state in states:
        made = noop_events.make(state, table, seen, PER_TYPE_AND_EVENT,
                                number)
        changed = [noop_events.mutate(m, number + i)
                   for i, m in enumerate(made)]
        number += len(made)
        if made:
            out.append(Batch(name, state, made, changed))
    return out


@pytest.fixture(scope="session")
def noops(batches, tmp_path_factory):
    """[(batch, [verdict line])] of the unchanged events."""
    return [(b, judged(tmp_path_factory, b.state, [m.event for m in b.made]))
            for b in batches]


@pytest.fixture(scope="session")
def changes(batches, tmp_path_factory):
    """[(batch, [(made, expected paths, event)], [verdict line])]."""
    out = []
    for b in batches:
        rows = [(m, c[1], c[0]) for m, c in zip(b.made, b.changed) if c]
        if rows:
            out.append((b, rows, judged(tmp_path_factory, b.state,
                                        [e for _, _, e in rows])))
    return out


def judged(factory, state, events):
    """Verdict lines of one replay: one line for each event, in order."""
    got = binary.replay(factory.mktemp("diff"), [state], events)
    assert [v["event_id"] for v in got.verdicts] == \
        [e["eventID"] for e in events], got.err[-2000:]
    return got.verdicts


# ------------------------------------------------------------ the tables

def table_rows(name):
    """Rows of a table: glob columns, the last one a reason in words."""
    with open(os.path.join(HERE, name)) as f:
        rows = [x.rstrip("\n").split("\t") for x in f
                if x.strip() and x[0] != "#"]
    assert all(len(r) == 5 and len(r[4].split()) > 3 for r in rows), rows
    return rows


def listed(rows, what, used):
    for row in rows:
        if all(map(fnmatch.fnmatchcase, what, row[:4])):
            used.add(tuple(row))
            return True
    return False


def service_of(event):
    return event["eventSource"].split(".")[0]


def short(counted, limit=40):
    lines = ["%4d  %s" % (n, "  ".join(k)) for k, n in counted.most_common()]
    return "\n".join(lines[:limit] + ["..."] * (len(lines) > limit))


# ------------------------------------------------------------ the tests

def test_generator_reaches_the_map(batches, reference):
    """Else the tests below would prove little."""
    rows = sum(len(b) for b in
               noop_events.bindings_by_type(reference.sections).values())
    kinds = {(m.type, m.event["eventName"]) for b in batches for m in b.made}
    assert len(kinds) > 0.85 * rows and rows > 3000
    assert sum(len(b.made) for b in batches if b.name != "invented") > 300
    assert sum(1 for b in batches for c in b.changed if c) > 1000


def test_a_states_own_values_are_no_drift(noops):
    rows, used = table_rows("noop_exceptions.tsv"), set()
    wrong = collections.Counter()
    for batch, verdicts in noops:
        for made, v in zip(batch.made, verdicts):
            for kind, _, paths in product_outcome(v).drifts.values():
                for path in paths or {"-"}:
                    what = (service_of(made.event), v["event"], kind, path)
                    if not listed(rows, what, used):
                        wrong[what] += 1
    assert not wrong, "drift out of nothing:\n" + short(wrong)
    assert used == {tuple(r) for r in rows}, "rows nobody needs"


def test_a_states_own_resources_are_found(noops):
    lost = collections.Counter()
    for batch, verdicts in noops:
        for made, v in zip(batch.made, verdicts):
            found = {r["address"] for r in v["resources"]}
            if made.address not in found:
                lost[(service_of(made.event), v["event"], made.type,
                      v["verdict"])] += 1
    total = sum(len(v) for _, v in noops)
    assert sum(lost.values()) <= 0.005 * total, short(lost)


def test_one_change_is_drift_of_that_attribute(changes):
    rows = table_rows("noop_exceptions.tsv") + \
        table_rows("change_exceptions.tsv")
    used = set()
    wrong, total = collections.Counter(), 0
    for _, made, verdicts in changes:
        for (m, want, event), v in zip(made, verdicts):
            total += 1
            got = {r["address"]: set(r["changes"]) for r in v["records"]
                   if r["kind"] == "drift"}.get(m.address)
            if got is not None and names_it(got, want):
                continue
            what = (service_of(event), v["event"], m.type,
                    ",".join(sorted(map(plain, want))))
            if not listed(rows, what, used):
                wrong[what + ("gives " + (",".join(sorted(got))
                                          if got is not None else
                                          v["verdict"]),)] += 1
    assert not wrong and total > 1000, short(wrong)
    stale = set(map(tuple, table_rows("change_exceptions.tsv"))) - used
    assert not stale, "rows nobody needs:\n" + "\n".join(
        "\t".join(r) for r in sorted(stale))


def names_it(got, want):
    """The very paths, or the repeated block that holds the member."""
    want = set(map(plain, want))
    return bool(got) and all(
        plain(g) in want or any(w.startswith(plain(g) + ".") for w in want)
        for g in got) and len(got) <= len(want)


def proven(kind, ours, theirs):
    """Whether the truth is known by the event's making and is ours: a state's
    own values are no drift, and one change is that of one attribute."""
    if kind == "noop":
        return ours is None
    return kind == "change" and ours and theirs and ours[2] < theirs[2]


def compare(kind, triples, rows, used, wrong):
    """Counts in wrong what binary and reference see differently and no row
    explains, where nobody knows the truth; returns (events, events they so
    differ on)."""
    total = differ = 0
    for event, ours, theirs in triples:
        total += 1
        items = set()
        for address in set(ours.drifts) | set(theirs.drifts):
            a, b = ours.drifts.get(address), theirs.drifts.get(address)
            if a != b and not proven(kind, a, b):
                items.add(((a or b)[0], difference(a, b)))
        # A call that the reference has never heard of it has not judged.
        if ours.drifts == theirs.drifts and theirs.verdict not in (
                ours.verdict, "unmapped"):
            items.add(("-", "%s for %s" % (ours.verdict, theirs.verdict)))
        differ += bool(items)
        for where, what in items:
            key = (kind, "%s %s" % (service_of(event), event["eventName"]),
                   where, what)
            if not listed(rows, key, used):
                wrong[key] += 1
    return total, differ


def difference(a, b):
    """In words: what we say, and what the reference says instead."""
    def say(x):
        if x is None:
            return "no drift"
        return x[1] + " " + (",".join(sorted(x[2])) or "-")
    return "%s; reference: %s" % (say(a), say(b))


@pytest.fixture(scope="session")
def public_events(shared, tmp_path_factory):
    """(states, events, verdict lines): all public events against all public
    states at once."""
    with open(os.path.join(shared, "corpus", "events.jsonl")) as f:
        events = [json.loads(x)["record"] for x in f]
    states = {n: s for n, s in public_states(shared)
              if s.get("version") == 4}
    got = binary.replay(tmp_path_factory.mktemp("public"), states, events)
    return states, events, got.verdicts


def test_agreement_with_the_reference(reference, noops, changes,
                                      public_events):
    rows, used = table_rows("disagreements.tsv"), set()
    wrong, total, differ = collections.Counter(), 0, 0

    def count(kind, states, events, verdicts):
        nonlocal total, differ
        theirs = reference.outcomes(states, events)
        t, d = compare(kind, zip(events, map(product_outcome, verdicts),
                                 theirs), rows, used, wrong)
        total, differ = total + t, differ + d

    for batch, verdicts in noops:
        count("noop", [batch.state], [m.event for m in batch.made], verdicts)
    for batch, made, verdicts in changes:
        count("change", [batch.state], [e for _, _, e in made], verdicts)
    states, events, verdicts = public_events
    repeated = [v["reason"] == "duplicate" for v in verdicts]
    keep = [i for i, r in enumerate(repeated) if not r]
    count("public", list(states.values()), [events[i] for i in keep],
          [verdicts[i] for i in keep])
    print("%d events, %d seen differently" % (total, differ))
    assert not wrong, "unexplained:\n" + short(wrong)
    assert total - differ >= AGREEMENT * total
    stale = set(map(tuple, rows)) - used
    assert not stale, "rows nobody needs:\n" + "\n".join(
        "\t".join(r) for r in sorted(stale))
