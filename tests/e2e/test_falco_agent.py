"""The whole way: a CloudTrail that changes a queue, the agent, the plugin's
socket, and a filter of the real engine."""
import random
import signal
import time

import pytest

import binary
import world
from agent import wait

FORM = "%tfdrift.event_id %tfdrift.change[visibility_timeout_seconds]"


class Falco:
    """An engine on one socket that can be ended and started again."""

    def __init__(self, sysdig, folder):
        self.sysdig = sysdig
        self.config = {"socket": str(folder / "falco.sock")}
        self.out = str(folder / "falco.out")
        self.process = None

    def start(self, *args):
        self.process = self.sysdig.start(self.config, self.out, "-p",
                                         "*" + FORM, *args)

    def end(self, number=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(10)
        self.process = None

    def printed(self):
        """[(id of the event, change)] in the order of their coming."""
        with open(self.out) as f:
            return [tuple(x.split(" ", 1)) for x in f.read().split("\n") if x]


@pytest.fixture
def falco(sysdig, tmp_path):
    f = Falco(sysdig, tmp_path)
    yield f
    f.end()


@pytest.fixture
def watch(agent, trail, tmp_path, falco):
    path = binary.write(tmp_path, "s.tfstate", world.queues(200))
    return agent([world.source(trail), world.local(path), world.VERIFY,
                  ("output \"falco\"", {"type": "falco",
                                        "socket": falco.config["socket"]})])


def test_a_change_becomes_an_event(watch, trail, falco):
    falco.start("tfdrift.kind = drift and tfdrift.type = aws_sqs_queue and "
                "tfdrift.new[visibility_timeout_seconds] = \"45\"")
    watch.start()
    ids = [trail.add(world.change(i), 3).id for i in range(5)]
    other = trail.add(world.change(6, timeout=77), 3).id
    wait("the alerts", lambda: len(falco.printed()) >= len(ids))
    time.sleep(1)
    assert sorted(falco.printed()) == sorted((i, "30->45") for i in ids)
    assert other not in dict(falco.printed())
    assert watch.stop() < 5


def test_falco_starts_later(watch, trail, falco):
    ids = [trail.add(world.change(i), 3).id for i in range(5)]
    watch.start(ready=False)
    wait("the events to be read", lambda: any(c.events for c in trail.calls))
    falco.start()
    wait("the alerts", lambda: set(ids) <= set(dict(falco.printed())))
    watch.stop()


@pytest.mark.parametrize("seed", range(2))
def test_both_are_killed(watch, trail, falco, seed):
    """Falco and the agent die at random; every change is seen in the end,
    and at most the records of one batch come again for each death."""
    rnd = random.Random(seed)
    trail.rate = trail.burst = 1000  # each start of the agent asks at once
    falco.start()
    watch.start()
    ids, deaths = [], 0
    for i in range(24):
        ids += [trail.add(world.change(8 * i + k), 3).id for k in range(8)]
        time.sleep(rnd.uniform(0.02, 0.3))
        if rnd.random() < 0.4:
            falco.end(rnd.choice([signal.SIGKILL, signal.SIGTERM]))
            deaths += 1
            time.sleep(rnd.uniform(0, 0.2))
            falco.start()
        if rnd.random() < 0.15:
            watch.kill()
            deaths += 1
            watch.start(ready=False)
    wait("the alerts", lambda: set(ids) <= set(dict(falco.printed())), 60)
    assert deaths > 5
    assert len(falco.printed()) <= len(ids) + 64 * deaths
    watch.stop()
