"""The labelled cases of the public corpus: verdict, addresses, actions,
changed attributes and their values, as the corpus' own conventions define
them. Misses are printed; at most one may miss."""
import json
import os

import pytest

import expect

ALLOWED_MISSES = 1


@pytest.fixture(scope="session")
def cases(shared):
    with open(os.path.join(shared, "corpus", "cases.jsonl")) as f:
        return [json.loads(line) for line in f]


def resource_faults(case, wish, rec):
    out = []
    actions = [wish["action"]] + case.get("accept_action", [])
    if rec["action"] not in actions:
        out.append("action is %s" % rec["action"])
    sets = case.get("set_attrs", [])
    how = {p: "rules" if p in ("ingress", "egress") else "blocks"
           for p in sets}
    unknown = case.get("unknown_new", [])
    out += expect.changes_faults(
        wish["resource"], rec["changes"], wish["changes"], how,
        case.get("optional_changes", []) + unknown)
    for path in unknown:
        if path in wish["changes"] and path not in rec.get("hidden", []):
            out.append("%s is not named in hidden" % path)
    return out


def case_faults(case, verdict):
    out = []
    if verdict["verdict"] not in case["accept"]:
        out.append("verdict %s, want %s" % (verdict["verdict"],
                                            case["accept"]))
    got = expect.drifts(verdict)
    wishes = {w["resource"]: w for w in case["resources"]
              if w["expect"] == "drift"}
    tolerated = set(case.get("tolerate", []))
    if not wishes and "drift" in case["accept"]:
        tolerated |= set(got)
    for address in sorted(set(got) - set(wishes) - tolerated):
        out.append("%s drifts too: %s" % (address, got[address]["changes"]))
    for address, wish in wishes.items():
        if address not in got:
            if verdict["verdict"] == "drift" or case["accept"] == ["drift"]:
                out.append("%s does not drift" % address)
        else:
            out += resource_faults(case, wish, got[address])
    return out


def test_public_cases(replay, cases):
    missed = {}
    for case in cases:
        states = [case["state"]] + (case.get("extra_states") or [])
        got = replay(states, [case["event"]["record"]])
        assert len(got.verdicts) == 1, got
        faults = case_faults(case, got.verdicts[0])
        if faults:
            missed[case["id"]] = faults
            print(case["id"], case["event"]["record"]["eventName"],
                  case["note"][:120])
            for f in faults:
                print("   ", f)
    assert len(cases) >= 48
    assert len(missed) <= ALLOWED_MISSES, missed
