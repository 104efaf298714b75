"""The running agent when something waits: an apply, an output, memory.

What waits must not stop what does not, and whatever ends meanwhile, nothing
is lost and nothing that was accepted comes twice.
"""
import json
import os
import time

import pytest

import binary
import build
import world
from agent import get, wait
from peers import webhook
from test_run_judge import TERRAFORM, Desk

INSTANCES = ["i-%017x" % i for i in range(3)]


@pytest.fixture
def desk(agent, tmp_path):
    return lambda *a, **k: Desk(agent, tmp_path, *a, **k)


@pytest.fixture
def hook(files):
    h = webhook.Webhook(files)
    yield h
    h.close()


def three_deleted():
    """One event that is three records."""
    return build.event({
        "source": "ec2", "name": "TerminateInstances",
        "request": {"instancesSet": {
            "items": [{"instanceId": i} for i in INSTANCES]}}}, "three")


def instances():
    return build.state([
        {"type": "aws_instance", "name": "n", "index_key": i,
         "attributes": {"id": name, "arn": "arn:aws:ec2:%s:%s:instance/%s" % (
             build.REGION, build.ACCOUNT, name)}}
        for i, name in enumerate(INSTANCES)])


def create(d, i):
    """A queue that no apply can explain, and nobody has to wait for."""
    return d.happens(i, eventName="CreateQueue", requestParameters={
        "queueName": "q%d" % i}, responseElements={
            "queueUrl": world.queue_url(i)})


def test_one_that_waits_stops_nobody(desk):
    """Far more pieces of the file come than are told apart, behind one
    event that waits for an apply."""
    d = desk(verify={"lock_wait": "60s"})
    d.lock()
    d.happens(0)
    wait("it to be held", lambda: d.number("events_held") == 1)
    for n in range(600):
        d.happens(7, eventName="NobodyKnowsThis%d" % n)
        time.sleep(0.01)
    made = create(d, 8)
    wait("a record", lambda: (made, "unmanaged") in d.kinds(), 10)
    assert d.number("events_held") == 1
    d.agent.stop()


def test_more_than_may_be_held_at_once(desk):
    """Events of which few fit where they wait: one after the other."""
    d = desk(memory="12M")
    pad = {"pad": "x" * 235000}
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    events = [world.change(i, eventTime=at, additionalEventData=pad)
              for i in range(2)]
    other = binary.write(d.folder, "other.jsonl", "".join(
        json.dumps(e) + "\n" for e in events))
    os.rename(other, d.events)  # all of it is there at once
    d.agent.wait_events([e["eventID"] for e in events], 10)
    d.agent.stop()


class Slow:
    """Three records of one event, for an output that takes but one."""

    def __init__(self, agent, folder, hook, *outputs):
        state = binary.write(folder, "s.tfstate", instances())
        self.events = binary.write(folder, "events.jsonl", "")
        self.hook = hook
        hook.always = webhook.Answer(503)
        self.agent = agent([
            ("source \"t\"", {"type": "file", "path": self.events}),
            world.local(state), world.VERIFY,
            ("output \"hook\"", {"type": "http", "url": hook.url, "queue": 1,
                                 "timeout": "2s"}), *outputs]).start()
        self.event = three_deleted()
        with open(self.events, "a") as f:
            f.write(json.dumps(self.event) + "\n")
        wait("a try", lambda: hook.posts)
        time.sleep(0.5)

    def told(self):
        return sorted(b["resource"] for b in self.hook.bodies())


def test_end_in_the_middle_of_an_event(agent, tmp_path, hook):
    """What the output takes at the very end is not all there is."""
    s = Slow(agent, tmp_path, hook)
    hook.always = webhook.Answer(200)
    s.agent.stop()
    s.agent.start()
    wait(lambda: "three records, not %s" % s.told(),
         lambda: len(s.told()) >= 3)
    assert s.told() == INSTANCES
    s.agent.stop()


def test_kill_in_the_middle_of_an_event(agent, tmp_path, hook):
    """What one output accepted while another was full comes only once."""
    path = os.path.join(str(tmp_path), "records.jsonl")
    s = Slow(agent, tmp_path, hook,
             ("output \"file\"", {"type": "file", "path": path}))

    def records():
        with open(path) as f:
            return [json.loads(x)["resource"] for x in f]
    wait("a record in the file", lambda: len(records()) == 1)
    time.sleep(0.5)
    s.agent.kill()
    hook.always = webhook.Answer(200)
    s.agent.start()
    wait("all records", lambda: len(records()) >= 3 and len(s.told()) >= 3)
    time.sleep(0.5)
    assert sorted(records()) == INSTANCES
    assert s.told() == INSTANCES
    s.agent.stop()


def test_reload_in_the_middle_of_an_event(agent, tmp_path, hook):
    s = Slow(agent, tmp_path, hook)
    s.agent.hup()
    s.agent.says("reloaded")
    hook.always = webhook.Answer(200)
    wait("three records", lambda: len(s.told()) >= 3)
    assert s.told() == INSTANCES
    s.agent.stop()


def test_put_back_by_terraform_while_it_waits(desk):
    """Both come at once: the drift is told, and that it is over."""
    d = desk()
    one = d.happens(0)
    two = d.happens(0, timeout=world.OLD, **TERRAFORM)
    d.settled(2)
    assert d.kinds() == [(one, "drift"), (two, "resolved")]
    assert d.number("drifts_open") == 0
    d.agent.stop()


def ago(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(time.time() - seconds))


@pytest.mark.parametrize("who", [{}, TERRAFORM])
def test_what_happened_before_ends_no_drift(who, desk):
    """Events come late, and after a restart again."""
    d = desk()
    one = d.happens(0, eventTime=ago(30))
    d.agent.wait_events([one])
    d.happens(0, timeout=world.OLD, eventTime=ago(60), **who)
    d.settled(2)
    assert d.kinds() == [(one, "drift")]
    two = d.happens(0, timeout=world.OLD, **who)
    d.settled(3)
    assert d.kinds() == [(one, "drift"), (two, "resolved")]
    d.agent.stop()


def descriptors(a):
    return len(os.listdir("/proc/%d/fd" % a.process.pid))


def test_many_reloads(agent, tmp_path, trail):
    """Neither memory nor descriptors grow; nothing is lost or told twice."""
    state = binary.write(tmp_path, "s.tfstate", world.queues(50))
    out = os.path.join(str(tmp_path), "records.jsonl")
    a = agent([world.source(trail), world.local(state), world.VERIFY,
               ("output \"out\"", {"type": "stdout"}),
               ("output \"file\"", {"type": "file", "path": out})]).start()
    ids, first = [], None
    for n in range(200):
        a.hup()
        wait("reload %d" % n, lambda: a.err.count("reloaded file=") > n)
        if n % 4 == 0:
            ids.append(trail.add(world.change(n // 4)).id)
        if n == 20:
            a.wait_ready()
            first = a.rss_kb(), descriptors(a)
    a.wait_events(ids, 30)
    a.wait_ready()
    trail.calls.clear()  # each agent keeps to the limit for itself
    assert descriptors(a) <= first[1]
    if "asan" not in a.path:  # which keeps what is freed for a while
        assert a.rss_kb() <= first[0] + 1024
    with open(out) as f:
        assert sorted(json.loads(x)["event_id"] for x in f) == sorted(ids)
    a.stop()


@pytest.mark.parametrize("before, after", [("", "{}"), ("{}", ""),
                                           ("", "/nowhere/checkpoint")])
def test_reload_with_another_checkpoint(before, after, desk, tmp_path):
    """A new file that cannot be had changes nothing; one kept in memory
    leaves no descriptor behind."""
    place = str(tmp_path / "cp")
    d = desk(checkpoint=before.format(place))
    one = d.happens(0)
    d.agent.wait_events([one])
    open_before = descriptors(d.agent)
    with open(d.agent.config) as f:
        text = f.read()
    with open(d.agent.config, "w") as f:
        f.write(text.replace("checkpoint = " + before.format(place),
                             "checkpoint = " + after.format(place)))
    d.agent.hup()
    d.agent.says("reloaded")
    d.agent.wait_ready()
    two = d.happens(1)
    wait("a record", lambda: two in d.agent.events())
    if "nowhere" in after:
        d.agent.no_more_than([one, two])
    assert descriptors(d.agent) <= open_before
    d.agent.stop()




def test_state_that_is_not_there(agent, tmp_path):
    """Not ready, and why; it is once the state is there."""
    path = str(tmp_path / "s.tfstate")
    events = binary.write(tmp_path, "events.jsonl", "")
    a = agent([("source \"t\"", {"type": "file", "path": events}),
               world.local(path, cache_ttl="1s"), world.VERIFY]).start(
                   ready=False)
    a.says("cannot be read")
    assert a.status("/healthz") == 200
    status, _, body = get(a.port, "/readyz")
    assert status == 503 and "state local: not loaded: " in body
    binary.write(tmp_path, "s.tfstate", world.queues(1))
    a.wait_ready()
    a.stop()
