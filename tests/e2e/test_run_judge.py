"""What the running agent makes of events: when it waits, and for what.

Events come from a file, states are local: all of it is decided by the order
of things, not by the network.
"""
import json
import os
import re
import time

import pytest

import binary
import world
from agent import get, wait

TERRAFORM = {"userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.11.4"}


class Desk:
    """A state file, a file of events, and the agent that watches them."""

    def __init__(self, agent, folder, verify=None, **own):
        self.folder = folder
        self.state = str(folder / "s.tfstate")
        self.events = str(folder / "events.jsonl")
        self.put(world.queues(3))
        open(self.events, "w").close()
        self.agent = agent([
            ("agent", own),
            ("source \"t\"", {"type": "file", "path": self.events}),
            world.local(self.state),
            ("verify", {"attempts": 2, "delay": "300ms", "lock_wait": "3s",
                        **(verify or {})})]).start()

    def put(self, state):
        """As Terraform's local backend writes: in place."""
        binary.write(self.folder, "s.tfstate", state)

    def lock(self):
        path = os.path.join(self.folder, ".s.tfstate.lock.info")
        with open(path, "w") as f:
            json.dump({"ID": "1", "Operation": "OperationTypeApply"}, f)
        return path

    def happens(self, i, timeout=world.NEW, **record):
        record.setdefault("eventTime", time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        event = world.change(i, timeout=timeout, **record)
        with open(self.events, "a") as f:
            f.write(json.dumps(event) + "\n")
        return event["eventID"]

    def kinds(self):
        return [(r["event_id"], r["kind"]) for r in self.agent.records()]

    def number(self, name):
        page = get(self.agent.port, "/metrics")[2]
        return float(re.search(r"^tfdrift_%s (\S+)$" % re.escape(name), page,
                               re.M).group(1))

    def settled(self, events):
        """Waits until so many events are decided."""
        def done():
            page = get(self.agent.port, "/metrics")[2]
            return sum(float(n) for n in re.findall(
                r"^tfdrift_events_total\{[^}]*\} (\S+)$", page,
                re.M)) >= events and not self.number("events_held")
        wait("%d verdicts" % events, done)


@pytest.fixture
def desk(agent, tmp_path):
    return lambda *a, **k: Desk(agent, tmp_path, *a, **k)


def test_terraform_catches_up(desk):
    """The state follows before it is looked at again: no drift."""
    d = desk(verify={"delay": "1s"})
    d.happens(0)
    time.sleep(0.2)
    d.put(world.queues(3, timeout=world.NEW, serial=4))
    d.settled(1)
    assert d.kinds() == []
    assert d.number("verify_resolved_total") == 1
    d.agent.stop()


def test_drift_waits_no_longer_than_it_must(desk):
    d = desk(verify={"delay": "1s"})
    begun = time.monotonic()
    e = d.happens(0)
    d.agent.wait_events([e])
    assert 0.9 < time.monotonic() - begun < 2.5
    assert "state_locked" not in d.agent.records()[0]
    d.agent.stop()


def test_locked_for_long(desk):
    """A lock that somebody left behind delays, and does not silence."""
    d = desk()
    d.lock()
    e = d.happens(0)
    time.sleep(2)
    assert d.kinds() == []
    d.agent.wait_events([e])
    assert d.agent.records()[0]["state_locked"] is True
    d.agent.stop()


def test_locked_until_the_apply_is_over(desk):
    d = desk(verify={"lock_wait": "60s"})
    lock = d.lock()
    kept, gone = d.happens(0), d.happens(1)
    time.sleep(1)
    state = world.queues(3, serial=4)
    for i in (i for r in state["resources"] for i in r["instances"]):
        if i["attributes"]["name"] == "q1":
            i["attributes"]["visibility_timeout_seconds"] = world.NEW
    d.put(state)
    os.unlink(lock)
    d.agent.wait_events([kept], 20)
    d.settled(2)
    assert d.kinds() == [(kept, "drift")]
    assert "state_locked" not in d.agent.records()[0]
    assert gone not in d.agent.events()
    d.agent.stop()


def test_put_back_by_hand_while_it_waits(desk):
    """One resource's events are told in the order they happened."""
    d = desk()
    one, two = d.happens(0), d.happens(0, timeout=world.OLD)
    d.settled(2)
    assert d.kinds() == [(one, "drift"), (two, "resolved")]
    assert d.agent.records()[1]["resolves"] == d.agent.records()[0]["id"]
    d.agent.stop()


def test_put_back_by_terraform(desk):
    d = desk()
    one = d.happens(0)
    d.agent.wait_events([one])
    two = d.happens(0, timeout=world.OLD, **TERRAFORM)
    three = d.happens(1, **TERRAFORM)
    d.settled(3)
    wait("a resolved record", lambda: len(d.kinds()) > 1)
    assert d.kinds() == [(one, "drift"), (two, "resolved")]
    assert three not in d.agent.events()
    assert d.number("drifts_open") == 0
    d.agent.stop()


def test_applied_over_by_terraform(desk):
    """The value that drifted becomes a third one, which the state follows."""
    d = desk()
    one = d.happens(0)
    d.agent.wait_events([one])
    two = d.happens(0, timeout=60, **TERRAFORM)
    d.put(world.queues(3, timeout=60, serial=4))
    wait("a resolved record", lambda: len(d.kinds()) > 1)
    assert d.kinds() == [(one, "drift"), (two, "resolved")]
    d.agent.stop()


def test_no_verdict_by_a_state_older_than_the_event(desk):
    """A queue that Terraform made since the state was read is managed."""
    d = desk()
    d.put(world.queues(9, serial=4))
    time.sleep(1.1)
    e = d.happens(8)
    d.agent.wait_events([e])
    d.agent.stop()


def test_as_the_newer_state_says(desk):
    """By the old state nothing changed; by the one in force it did."""
    d = desk()
    d.put(world.queues(3, timeout=60, serial=4))
    time.sleep(1.1)
    e = d.happens(0, timeout=world.OLD)
    d.agent.wait_events([e])
    d.agent.stop()


def test_unmanaged_is_told_once_it_is_sure(desk):
    d = desk()
    e = d.happens(7, eventName="CreateQueue", requestParameters={
        "queueName": "q7"}, responseElements={
            "queueUrl": world.queue_url(7)})
    wait("a record", lambda: d.kinds())
    assert d.kinds() == [(e, "unmanaged")]
    d.agent.stop()


@pytest.mark.parametrize("sandbox", ["on", "off"])
def test_sandbox(sandbox, desk):
    """The kernel says so, and the agent works in it, also after a reload."""
    if sandbox == "on" and "asan" in binary.PATH:
        pytest.skip("a sanitizer does what the sandbox forbids")
    d = desk(sandbox=sandbox)
    with open("/proc/%d/status" % d.agent.process.pid) as f:
        status = dict(line.split(":\t") for line in f if ":\t" in line)
    mode = {"on": 2, "off": 0}[sandbox]
    assert int(status["Seccomp"]) == mode
    assert int(status["NoNewPrivs"]) == (mode > 0)
    e = d.happens(0)
    d.agent.wait_events([e])
    d.agent.hup()
    d.agent.says("reloaded")
    d.agent.wait_ready()
    again = d.happens(1)
    d.agent.wait_events([e, again])
    d.agent.stop()
