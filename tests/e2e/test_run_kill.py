"""kill -9 at a hundred random instants of a run with a checkpoint."""
import collections
import random
import time

import binary
import world
from agent import wait
from peers.listener import Listener

KILLS = 100
QUEUES = 400
# An acknowledgement that is on its way when the agent is killed is known to
# nobody but the reader; one that has been there this long must be kept.
KNOWN_S = 0.15
# A machine busy with other work may hold the agent up for longer, once or
# twice; an agent that keeps nothing sends most of them again.
HELD_UP = 2


class Reader(Listener):
    """Also keeps when it acknowledged what."""

    def __init__(self, path):
        self.when = {}
        super().__init__(path, greets=True)

    def _ack(self, s, record):
        super()._ack(s, record)
        self.when[record["id"]] = time.monotonic()


def test_kill_at_any_instant(agent, trail, tmp_path):
    """Nothing is lost, nothing that was acknowledged comes again."""
    rng = random.Random(11)
    trail.rate = trail.burst = 1000  # each start asks at once
    reader = Reader(tmp_path / "falco.sock")
    path = binary.write(tmp_path, "s.tfstate", world.queues(QUEUES))
    a = agent([
        world.source(trail, interval="100ms", overlap="20s"),
        world.local(path),
        ("verify", {"attempts": 1, "delay": "10ms"}),
        ("output \"falco\"", {"type": "falco",
                              "socket": tmp_path / "falco.sock"})])
    ids, kills = [], []
    for i in range(KILLS):
        a.start(ready=False)
        life = time.monotonic() + rng.uniform(0.005, 0.45)
        while time.monotonic() < life:
            if len(ids) < QUEUES and rng.random() < 0.5:
                ids.append(trail.add(world.change(len(ids)), 0,
                                     rng.random() / 2).id)
            time.sleep(0.02)
        assert a.process.poll() is None, a.tail()
        kills.append(time.monotonic())
        a.kill()
    a.start()
    wait("all records", lambda: set(ids) <= {
        r["event_id"] for r in reader.records()}, 30)
    time.sleep(1)
    a.stop()
    reader.close()
    repeats, early = judge(reader, kills)
    print("%d events, %d kills, %d sent again of which %d had been "
          "acknowledged %d ms before" % (len(ids), KILLS, len(repeats),
                                         len(early), KNOWN_S * 1000))
    assert len(early) <= HELD_UP, early[:5]
    assert {r["event_id"] for r in reader.records()} == set(ids)
    assert "checkpoint" not in a.err.lower() or "damaged" not in a.err


def judge(reader, kills):
    """Records that came again after their acknowledgement, and those of
    them that the agent had had time to keep."""
    first, repeats, early = {}, [], []
    count = collections.Counter(r["id"] for r in reader.records())
    for at, r in reader.lines:
        if r["id"] not in first:
            first[r["id"]] = at
            continue
        repeats.append(r["id"])
        # The kill after which the agent no longer knew.
        next_kill = min((k for k in kills if k > first[r["id"]]),
                        default=0)
        if next_kill - first[r["id"]] > KNOWN_S:
            early.append((r["id"], next_kill - first[r["id"]],
                          count[r["id"]]))
    return repeats, early
