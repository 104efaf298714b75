"""How LookupEvents is asked: rate, frozen bounds, overlap, late records."""
import random
import time

import binary
import world
from agent import wait
from peers import lookup_events

PAGES = 300  # records: six pages


def sequences(calls):
    """[[a first call and the calls that followed its tokens], ...]"""
    out = []
    for c in calls:
        if c.outcome != "ok":
            continue
        if "NextToken" in c.params:
            assert c.params["NextToken"] == out[-1][-1].token
            out[-1].append(c)
        else:
            out.append([c])
    return out


def test_pages_and_rate(agent, trail, tmp_path):
    """Two calls a second, and the same window from first to last page."""
    ids = [trail.add(world.change(i), 30 + i % 25).id for i in range(PAGES)]
    path = binary.write(tmp_path, "s.tfstate", world.queues(PAGES))
    a = agent([world.source(trail), world.local(path),
               world.VERIFY]).start(ready=False)
    a.wait_events(ids)
    wait("a second look", lambda: sum(
        "NextToken" not in c.params for c in list(trail.calls)) > 2)
    a.stop()
    calls = list(trail.calls)
    assert {c.outcome for c in calls} == {"ok"}, "was throttled"
    # As they come in, which a busy machine moves a little.
    assert lookup_events.most_in(calls, 0.8) <= 2
    assert len(calls) <= 2 * (calls[-1].at - calls[0].at) + 2
    looks = sequences(calls)
    for look in looks:
        for c in look:
            same = {k: v for k, v in c.params.items() if k != "NextToken"}
            assert same == look[0].params
            assert c.params["LookupAttributes"] == [
                {"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
        assert look[-1].token is None or look is looks[-1]
    # Read again in the overlap, and told once (wait_events checks that).
    again = set(looks[0][0].events) & set(looks[1][0].events)
    assert len(again) == 50
    first, second = looks[0][0].params, looks[1][0].params
    assert first["EndTime"] - first["StartTime"] >= 299
    assert first["EndTime"] < second["EndTime"] <= time.time() + 2
    # Ten records are read-only and were never asked for.
    assert len(trail.server.requests) == len(calls)


def test_read_only_is_not_asked_for(agent, trail, tmp_path):
    quiet = [trail.add(world.change(0, readOnly=True), 9).id]
    loud = [trail.add(world.change(1), 9).id]
    path = binary.write(tmp_path, "s.tfstate", world.queues(2))
    a = agent([world.source(trail), world.local(path), world.VERIFY]).start()
    a.wait_events(loud)
    assert not any(q in c.events for c in trail.calls for q in quiet)
    a.stop()


def test_late_and_unordered(agent, trail, tmp_path):
    """What becomes readable long after it was done is found."""
    rng = random.Random(7)
    ids = [trail.add(world.change(i), 50 * rng.random(), 4 * rng.random()).id
           for i in range(40)]
    path = binary.write(tmp_path, "s.tfstate", world.queues(40))
    a = agent([world.source(trail), world.local(path), world.VERIFY]).start()
    a.wait_events(ids)
    a.stop()


def test_order_of_one_resource(agent, trail, tmp_path):
    """Changed, put back, changed again: pages come newest first, what they
    say is told oldest first."""
    steps = [trail.add(world.change(0, timeout=t), 30 - n).id
             for n, t in enumerate((45, 30, 50))]
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    a = agent([world.source(trail), world.local(path), world.VERIFY]).start()
    wait("three records", lambda: len(a.records()) >= 3)
    got = [(r["event_id"], r["kind"]) for r in a.records()]
    assert got == list(zip(steps, ("drift", "resolved", "drift")))
    assert a.records()[1]["resolves"] == a.records()[0]["id"]
    a.stop()


def test_latency(agent, trail, tmp_path):
    """Readable → told: interval, verify delay and one second (p99)."""
    regions = ["eu-west-1", "eu-west-2", "eu-west-3", "us-east-1"]
    n, lasts_s = 500, 12
    path = binary.write(tmp_path, "s.tfstate",
                        world.queues(n // len(regions), regions))
    a = agent([world.source(trail, regions=", ".join(regions),
                            interval="1s", overlap="4s"),
               world.local(path),
               ("verify", {"attempts": 3, "delay": "100ms"})]).start()
    rng = random.Random(3)
    readable = {}
    for i in range(n):
        r = trail.add(world.change(i // len(regions),
                                   regions[i % len(regions)]),
                      0, 2 * rng.random())
        readable[r.id] = r.readable_at
        time.sleep(lasts_s / n)
    a.wait_events(readable)
    late = sorted(x.at - readable[x.record["event_id"]] for x in a.lines)
    print("latency p50 %.2f s, p99 %.2f s" % (
        late[n // 2], late[n * 99 // 100]))
    assert late[n * 99 // 100 - 1] <= 1 + 0.1 + 1
    assert not trail.of(outcome="ThrottlingException")
    a.stop()


def test_same_event_in_two_regions(agent, trail, tmp_path):
    """Global services are told of in more than one: told once."""
    regions = ["us-east-1", "eu-west-1"]
    path = binary.write(tmp_path, "s.tfstate", world.queues(2))
    a = agent([world.source(trail, regions=", ".join(regions)),
               world.local(path), world.VERIFY]).start()
    event = world.change(0)
    for r in regions:
        trail.add(event, 3, region=r)
    ids = [event["eventID"], trail.add(world.change(1), 2).id]
    a.wait_events(ids)
    wait("both regions to be read", lambda: all(
        any(event["eventID"] in c.events for c in trail.of(r))
        for r in regions))
    time.sleep(0.5)
    a.no_more_than(ids)
    a.stop()


def test_records_that_are_large(agent, trail, tmp_path):
    """Records of 60 KB: a page of fifty would be more than an answer may
    be, so that fewer are asked for at once."""
    ids = []
    for i in range(16):
        event = world.change(i)
        event["requestParameters"]["padding"] = "\\\"é" * 6000
        ids.append(trail.add(event, 30 + i % 20).id)
    path = binary.write(tmp_path, "s.tfstate", world.queues(16))
    a = agent([world.source(trail), world.local(path),
               world.VERIFY]).start(ready=False)
    a.wait_events(ids, 60)
    a.stop()


def test_what_nobody_manages(agent, trail, tmp_path):
    """Made by hand, and in no state: told as that, and once."""
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    a = agent([world.source(trail), world.local(path), world.VERIFY]).start()
    made = trail.add(world.build.event({
        "source": "sqs", "name": "CreateQueue",
        "request": {"queueName": "q77"},
        "response": {"queueUrl": world.queue_url(77)}}, "made"), 3).id
    drift = trail.add(world.change(0), 2).id
    a.wait_events([drift])
    assert a.events("unmanaged") == [made]
    assert a.records()[0]["action"] == "create"
    a.stop()
