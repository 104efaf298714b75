"""Records on a Unix socket: a plain listener, one that acknowledges, and
both when they fail."""
import time

import pytest

import binary
import world
from agent import wait
from peers.listener import Listener

N = 12


@pytest.fixture
def listen(tmp_path):
    """listen(faults) → a Listener on the one path."""
    made = []

    def make(**how):
        made.append(Listener(tmp_path / "falco.sock", **how))
        return made[-1]
    yield make
    for m in made:
        m.close()
        assert not any(b"\n" in t for t in m.torn)


@pytest.fixture
def watch(agent, trail, tmp_path):
    def start(ready=True, **output):
        path = binary.write(tmp_path, "s.tfstate", world.queues(100))
        return agent([
            world.source(trail), world.local(path), world.VERIFY,
            ("output \"falco\"", {"type": "falco", "socket":
                                  tmp_path / "falco.sock", **output})
        ]).start(ready)
    return start


def fill(trail, numbers, **more):
    return [trail.add(world.change(i, **more), 3).id for i in numbers]


def got(listener):
    return [r["event_id"] for r in listener.records()]


def wait_for(listeners, ids, limit_s=20):
    """Until every id has come to one of the listeners."""
    wait(lambda: "%d ids" % len(ids), lambda: set(ids) <= {
        i for x in listeners for i in got(x)}, limit_s)


def test_plain(watch, trail, listen):
    x = listen()
    a = watch()
    ids = fill(trail, range(N))
    wait_for([x], ids)
    time.sleep(1)
    assert sorted(got(x)) == sorted(ids)
    assert not a.lines  # standard output is not an output then
    assert a.stop() < 5
    assert not x.torn


def test_acked(watch, trail, listen):
    """What is acknowledged is never sent again, over a restart either."""
    x = listen(greets=True)
    a = watch()
    ids = fill(trail, range(N))
    wait_for([x], ids)
    a.stop()
    world.restart(a, trail)
    more = fill(trail, range(N, N + 2))
    wait_for([x], more)
    time.sleep(1)
    assert sorted(got(x)) == sorted(ids + more)
    a.stop()


def test_never_acked_is_sent_again(watch, trail, listen):
    """Not acknowledged is not delivered: sent again to the next reader, and
    by the next run."""
    x = listen(greets=True, acks=False)
    a = watch()
    ids = fill(trail, range(N))
    wait("a record", x.records)
    x.close()
    y = listen(greets=True, acks=False)
    wait("a record", y.records)
    assert y.records()[0] == x.records()[0]
    y.close()
    assert a.stop() < 5
    z = listen(greets=True)
    world.restart(a, trail)
    wait_for([z], ids)
    time.sleep(1)
    assert sorted(z.acked) == sorted(r["id"] for r in z.records())
    assert sorted(got(z)) == sorted(ids)
    a.stop()


def test_dropped_in_between(watch, trail, listen):
    """A reader that ends the connection at every third record."""
    x = listen(greets=True, drops_after=3)
    a = watch()
    ids = fill(trail, range(N))
    wait("all acks", lambda: len(set(x.acked)) == N, 30)
    time.sleep(0.5)
    seen = {}
    for _, r in x.lines:
        assert r["id"] not in seen.get("acked", ()), "sent after its ack"
    assert len(x.acked) == len(set(x.acked)), "acknowledged, and sent again"
    assert set(got(x)) == set(ids)
    assert x.connections > 3
    a.stop()


def test_slow_acks(watch, trail, listen):
    x = listen(greets=True, delay_s=0.1)
    a = watch()
    ids = fill(trail, range(N))
    wait("all acks", lambda: len(x.acked) == N)
    time.sleep(0.5)
    assert sorted(got(x)) == sorted(ids)
    a.stop()


def test_nobody_there_yet(watch, trail, listen):
    """The reader starts later than the agent, and ends in between."""
    a = watch(ready=False)
    ids = fill(trail, range(3))
    wait("the events to be read", lambda: any(c.events for c in trail.calls))
    time.sleep(1)
    assert a.status("/healthz") == 200
    x = listen(greets=True)
    wait_for([x], ids)
    x.close()
    more = fill(trail, range(3, 6))
    time.sleep(1)
    y = listen(greets=True)
    wait_for([y], more)
    time.sleep(0.5)
    assert sorted(got(y)) == sorted(more)
    a.stop()


def test_queue_that_is_full(watch, trail, listen):
    """A reader that never reads: the sources wait, and nothing is lost."""
    x = listen(greets=True, deaf=True)
    a = watch(queue=10)
    ids = fill(trail, range(100))
    time.sleep(3)
    before = a.rss_kb()
    time.sleep(1)
    assert a.rss_kb() - before < 256
    assert a.status("/healthz") == 200
    x.close()
    y = listen(greets=True)
    wait_for([y], ids, 40)
    time.sleep(1)
    assert sorted(got(y)) == sorted(ids)
    a.stop()


def test_stop_with_a_deaf_reader(watch, trail, listen):
    """SIGTERM is within its time even when nobody takes the records; the
    next run tells them."""
    x = listen(greets=True, acks=False)
    a = watch()
    ids = fill(trail, range(N))
    wait("a record", x.records)
    assert a.stop() < 5
    x.close()
    y = listen(greets=True)
    world.restart(a, trail)
    wait_for([y], ids)
    a.stop()


def test_least_severity(watch, trail, listen):
    x = listen()
    a = watch(min_severity="error")
    fill(trail, range(3))
    loud = trail.add(world.build.event({
        "source": "sqs", "name": "DeleteQueue",
        "request": {"queueUrl": world.queue_url(5)}}, "gone"), 3).id
    with open(a.config, "a") as f:
        f.write("[severity]\naws_sqs_queue!delete = critical\n")
    a.hup()
    wait("the deletion", lambda: got(x))
    time.sleep(1)
    assert got(x) == [loud]
    a.stop()
