"""Every way in which LookupEvents can go wrong: no drift is lost by it, none
is told twice, and the agent neither ends nor grows.

One region is one fault, so that all of them are had at the same time.
"""
import time

import pytest

import binary
import world
from agent import wait
from peers import faults, lookup_events

REGIONS = """us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1
ap-south-1 ap-south-2 ap-northeast-1 ap-northeast-2 ap-northeast-3
ap-southeast-1 ap-southeast-2 ap-southeast-3 ca-central-1 eu-central-1
eu-central-2 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3
me-south-1""".split()
FIRST = 60  # more than a page
QUIET_S = 1
GROWTH_KB = 512

BROKEN = sorted(faults.BROKEN)
# The first call of a region, then its second page, then the next window.
GROUPS = {
    "sound": [[f, f, f] for f in sorted(faults.SOUND)] +
             [["page_empty", "page_empty"], ["page_repeats"],
              ["token_refused"], [None, "throttled"]],
    "answers": [[f, None, f] for f in sorted(lookup_events.ANSWERS)],
    "wire-1": [[f, None, f] for f in BROKEN[:len(BROKEN) // 2]],
    "wire-2": [[f, None, f] for f in BROKEN[len(BROKEN) // 2:]],
}


def fill(trail, regions, numbers, age_s):
    """Adds a change of these queues in each region; their ids by region."""
    return {r: [trail.add(world.change(i, r), age_s + i % 20).id
                for i in numbers] for r in regions}


def every(ids):
    return [i for some in ids.values() for i in some]


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_no_fault_loses_or_repeats(group, agent, trail, tmp_path):
    plans = GROUPS[group]
    regions = REGIONS[:len(plans)]
    for region, plan in zip(regions, plans):
        trail.plan(*plan, region=region)
    old = fill(trail, regions, range(FIRST), 100)
    path = binary.write(tmp_path, "s.tfstate",
                        world.queues(FIRST + 2, regions))
    # A window that is taken for empty is never looked at again: what was
    # done 100 s ago is far out of the overlap.
    a = agent([world.source(trail, regions=", ".join(regions),
                            overlap="10s"),
               world.local(path), world.VERIFY]).start(ready=False)
    a.wait_events(every(old), 40)
    wait(lambda: "plans to come true: %s" % trail.plans,
         lambda: not trail.planned(), 30)
    a.wait_ready()
    before = a.rss_kb()
    new = fill(trail, regions, range(FIRST, FIRST + 2), 0)
    a.wait_events(every(old) + every(new), 30)
    time.sleep(QUIET_S)
    a.no_more_than(every(old) + every(new))
    assert a.rss_kb() - before < GROWTH_KB
    a.stop()


def test_hang_holds_up_its_region_only(agent, trail, tmp_path):
    """A call without an answer takes nothing from the other regions, and
    what came of it is asked again."""
    regions = REGIONS[:3]
    trail.plan(5, region=regions[0])
    ids = fill(trail, regions, range(3), 20)
    path = binary.write(tmp_path, "s.tfstate", world.queues(3, regions))
    a = agent([world.source(trail, regions=", ".join(regions)),
               world.local(path), world.VERIFY]).start(ready=False)
    a.wait_events(ids[regions[1]] + ids[regions[2]], 5)
    assert a.status("/readyz") != 200  # one source was not polled yet
    assert a.status("/healthz") == 200
    a.wait_events(every(ids), 20)
    a.wait_ready()
    a.stop()


def test_token_loop_ends(agent, trail, tmp_path):
    """A token that leads to itself is followed neither for ever nor fast."""
    ids = fill(trail, [world.REGION], range(FIRST), 20)
    trail.plan("token_loop")
    path = binary.write(tmp_path, "s.tfstate", world.queues(FIRST + 1))
    a = agent([world.source(trail), world.local(path),
               world.VERIFY]).start(ready=False)
    wait("the loop", lambda: len(trail.of(outcome="token_loop")) >= 2)
    wait("an end of it", lambda: [
        c for c in trail.of()[trail.of().index(
            trail.of(outcome="token_loop")[0]):]
        if "NextToken" not in c.params], 30)
    assert len(trail.of(outcome="token_loop")) < 20
    trail.plans[world.REGION].clear()
    ids[world.REGION].append(trail.add(world.change(FIRST)).id)
    a.wait_events(every(ids))
    a.stop()


def test_stop_during_a_hang(agent, trail, tmp_path):
    """SIGTERM does not wait for a service that says nothing."""
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    a = agent([world.source(trail), world.local(path),
               world.VERIFY]).start()
    trail.plan(30)
    wait("the call", lambda: not trail.planned())
    assert a.stop() < 5


def test_denied_region_stops_nothing(agent, trail, tmp_path):
    """A region that may not be read is told of; the others are watched."""
    regions = REGIONS[:3]
    trail.plan(*["denied"] * 500, region=regions[1])
    ids = fill(trail, [regions[0], regions[2]], range(3), 20)
    fill(trail, [regions[1]], range(3), 20)
    path = binary.write(tmp_path, "s.tfstate", world.queues(3, regions))
    a = agent([world.source(trail, regions=", ".join(regions)),
               world.local(path), world.VERIFY]).start(ready=False)
    a.wait_events(every(ids))
    a.says("cloudtrail:LookupEvents")
    assert a.status("/readyz") == 503
    # Asked again now and then, and not as fast as it may be.
    time.sleep(2)
    assert len(trail.of(regions[1])) <= 8
    a.stop()
