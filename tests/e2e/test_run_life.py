"""Start, reload, restart and end of `tfdrift run`; files as source and
output."""
import json
import os
import signal
import tempfile
import time

import pytest

import binary
import world
from agent import wait


@pytest.fixture
def setting(trail, tmp_path):
    """setting(more sections) → sections that watch five queues."""
    path = binary.write(tmp_path, "s.tfstate", world.queues(5))

    def make(*more, **keys):
        return [world.source(trail, **keys), world.local(path), world.VERIFY,
                *more]
    return make


def test_start_is_quick_and_stop_is_clean(agent, trail, setting):
    a = agent(setting())
    begun = time.monotonic()
    a.start()
    first = trail.calls[0].at - begun
    print("start to first call %.0f ms" % (first * 1000))
    assert first < 1  # TLS to a server in Python, on a busy machine
    assert a.stop() < 5
    assert not a.records()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_that_end_it(number, agent, setting):
    a = agent(setting()).start()
    a.process.send_signal(number)
    assert a.process.wait(5) == 0


def test_first_look_goes_back_as_told(agent, trail, setting):
    old = trail.add(world.change(0), 100).id
    new = trail.add(world.change(1), 20).id
    a = agent(setting(lookback="60s", overlap="5s")).start()
    a.wait_events([new])
    time.sleep(1)
    assert old not in a.events()
    a.stop()


def test_restart_goes_on_from_the_checkpoint(agent, trail, setting):
    """What was told is not told again; what came meanwhile is."""
    ids = [trail.add(world.change(i), 60).id for i in range(2)]
    a = agent(setting()).start()
    a.wait_events(ids)
    a.stop()
    ids.append(trail.add(world.change(2), 3).id)
    time.sleep(1)
    world.restart(a, trail)
    a.wait_events(ids)
    first = trail.calls[-1]
    time.sleep(1.5)
    a.no_more_than(ids)
    a.stop()
    assert first.params["StartTime"] < time.time() - 30


def test_open_drifts_are_kept(agent, trail, setting):
    """A change is put back while the agent is down: resolved, by name."""
    trail.add(world.change(0), 9)
    a = agent(setting()).start()
    wait("the drift", a.records)
    a.stop()
    trail.add(world.change(0, timeout=world.OLD))
    world.restart(a, trail)
    wait("its end", lambda: len(a.records()) > 1)
    assert a.records()[1]["kind"] == "resolved"
    assert a.records()[1]["resolves"] == a.records()[0]["id"]
    a.stop()


def damage(path, how):
    with open(path, "rb") as f:
        data = bytearray(f.read())
    if how == "bit":
        data[len(data) // 3] ^= 0x40
    elif how == "other":
        data[:] = b"#!/bin/sh\nexec something else\n"
    else:
        del data[len(data) // 2 if how == "cut" else 0:]
    with open(path, "wb") as f:
        f.write(data)


@pytest.mark.parametrize("how", ["cut", "empty", "bit", "other"])
def test_damaged_checkpoint(how, agent, trail, setting):
    """What it no longer knows is told again. An end that is not there is
    what a kill leaves; all else is set aside, and told."""
    ids = [trail.add(world.change(0), 20).id]
    a = agent(setting()).start()
    a.wait_events(ids)
    a.stop()
    damage(os.path.join(a.folder, "checkpoint"), how)
    a.err = ""
    a.lines.clear()
    world.restart(a, trail)
    a.wait_events(ids)
    a.stop()
    aside = [n for n in os.listdir(a.folder)
             if n.startswith("checkpoint") and n != "checkpoint"]
    assert bool(aside) == (how in ("bit", "other"))
    assert ("checkpoint" in a.err) == bool(aside)


def test_checkpoint_that_cannot_be_written(agent, setting):
    """Said at the start: a guarantee would not hold."""
    a = agent(setting(("agent", {"checkpoint": "/nonexistent/x/checkpoint"})))
    a.start(ready=False)
    code = a.process.wait(10)
    a._join()
    assert code in (1, 100)
    assert "/nonexistent/x" in a.err


def test_reload(agent, trail, setting):
    """A good file is taken over; a bad one changes nothing, and is told."""
    rule = ("ignore \"q1\"", {"resource": world.queue_url(1)})
    a = agent(setting(("ignore \"q0\"", {"resource": world.queue_url(0)})))
    a.start()
    ids = [trail.add(world.change(1)).id]
    trail.add(world.change(0))
    a.wait_events(ids)
    a.write(setting(rule))
    a.err = ""
    a.hup()
    a.says("(?i)reload|configuration")
    time.sleep(0.3)
    ids.append(trail.add(world.change(0)).id)
    trail.add(world.change(1))
    a.wait_events(ids)
    with open(a.config, "a") as f:
        f.write("[nonsense]\nx = 1\n")
    a.err = ""
    a.hup()
    a.says("(?i)nonsense")
    trail.add(world.change(1))
    ids.append(trail.add(world.change(2)).id)
    a.wait_events(ids)
    a.stop()


def test_bad_configuration_ends_with_100(agent, setting):
    a = agent(setting(("output \"o\"", {"type": "carrier-pigeon"})))
    a.start(ready=False)
    assert a.process.wait(5) == 100
    a._join()
    assert a.config in a.err and "type" in a.err


def test_file_output_is_reopened(agent, trail, setting, tmp_path):
    """Rotated by a mover: what comes after SIGHUP is in the new file."""
    out = str(tmp_path / "drift.jsonl")
    a = agent(setting(("output \"f\"", {"type": "file", "path": out})))
    a.start()
    first = trail.add(world.change(0)).id
    wait("a record", lambda: ids_of(out) == [first])
    os.rename(out, out + ".1")
    a.hup()
    wait("the new file", lambda: os.path.exists(out))
    second = trail.add(world.change(1)).id
    wait("a record", lambda: ids_of(out) == [second])
    assert ids_of(out + ".1") == [first]
    a.stop()


def ids_of(path):
    try:
        with open(path) as f:
            return [json.loads(x)["event_id"] for x in f]
    except FileNotFoundError:
        return None


def test_file_source_is_followed(agent, tmp_path):
    """From its beginning, as it grows, after rotation and truncation, and
    from where it was left over a restart."""
    state = binary.write(tmp_path, "s.tfstate", world.queues(9))
    path = str(tmp_path / "events.jsonl")
    events = [world.change(i) for i in range(7)]
    ids = [e["eventID"] for e in events]

    def put(mode, *numbers, part=slice(None)):
        with open(path, mode) as f:
            for i in numbers:
                f.write((json.dumps(events[i]) + "\n")[part])
    put("w", 0)
    a = agent([("source \"f\"", {"type": "file", "path": path}),
               world.local(state), world.VERIFY], {}).start()
    a.wait_events(ids[:1])
    put("a", 1)
    a.wait_events(ids[:2])
    put("a", 2, part=slice(None, 300))
    time.sleep(0.5)
    a.no_more_than(ids[:2])
    put("a", 2, part=slice(300, None))
    a.wait_events(ids[:3])
    os.rename(path, path + ".1")
    put("w", 3)
    a.wait_events(ids[:4])
    put("w", 4)  # truncated, and shorter or as long as before
    a.wait_events(ids[:5])
    a.stop()
    put("a", 5)
    a.start()
    a.wait_events(ids[:6])
    a.stop()


def test_local_state_changes(agent, trail, tmp_path):
    """Rewritten in place: read again, torn or not; the last good one stays
    while it is torn."""
    path = binary.write(tmp_path, "s.tfstate", world.queues(3))
    a = agent([world.source(trail), world.local(path, cache_ttl="500ms"),
               world.VERIFY]).start()
    with open(path, "r+") as f:
        whole = f.read()
        f.truncate(len(whole) // 2)
    time.sleep(1)
    ids = [trail.add(world.change(0)).id]
    a.wait_events(ids)
    binary.write(tmp_path, "s.tfstate",
                 world.queues(3, timeout=world.NEW, serial=4))
    time.sleep(1)
    trail.add(world.change(1))
    ids.append(trail.add(world.change(2, timeout=60)).id)
    a.wait_events(ids)
    a.stop()


def test_idle_agent_sleeps(agent, trail, setting):
    """It wakes when something is due, and else not."""
    a = agent(setting(interval="30s")).start()
    time.sleep(1)
    before, calls = a.switches(), len(trail.calls)
    time.sleep(3)
    woken = a.switches() - before
    print("woken %d times in 3 s" % woken)
    assert len(trail.calls) == calls
    assert woken <= 6
    a.stop()


def test_memory_over_many_events(agent, trail, tmp_path):
    """Hundreds of records later it is as big as after the first."""
    regions = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"]
    path = binary.write(tmp_path, "s.tfstate", world.queues(1, regions))
    a = agent([world.source(trail, overlap="1s", regions=", ".join(regions)),
               world.local(path), world.VERIFY]).start()
    ids, sizes = [], []
    for burst in range(4):
        ids += [trail.add(world.change(0, r, 100 + i)).id
                for r in regions for i in range(40)]
        a.wait_events(ids, 30)
        sizes.append(a.rss_kb())
    print("resident: %s kB" % sizes)
    assert sizes[-1] - sizes[0] < 512
    a.stop()


def test_idle_memory(agent, trail, tmp_path):
    """Four regions over TLS, nothing to do: 3 MB at most (DESIGN's aim)."""
    regions = ["us-east-1", "eu-west-1", "eu-west-2", "eu-north-1"]
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    a = agent([world.source(trail, regions=", ".join(regions)),
               world.local(path), world.VERIFY]).start()
    wait("three looks at each", lambda: all(
        len(trail.of(r)) >= 3 for r in regions))
    print("resident: %d kB" % a.rss_kb())
    assert "asan" in a.path or a.rss_kb() <= 3072
    a.stop()


def test_reload_of_sources_and_states(agent, trail, tmp_path):
    """A region more, another state; what is open stays known."""
    one = binary.write(tmp_path, "1.tfstate", world.queues(2))
    two = binary.write(tmp_path, "2.tfstate", world.queues(2, ["us-east-1"]))
    a = agent([world.source(trail), world.local(one), world.VERIFY]).start()
    ids = [trail.add(world.change(0), 5).id]
    a.wait_events(ids)
    trail.allowance.clear()
    a.write([world.source(trail, regions=world.REGION + ", us-east-1"),
             world.local(one), ("state \"more\"", {"type": "local",
                                                   "path": two}),
             world.VERIFY])
    a.hup()
    ids.append(trail.add(world.change(0, "us-east-1"), 5).id)
    ids.append(trail.add(world.change(1), 2).id)
    a.wait_events(ids)
    back = trail.add(world.change(0, timeout=world.OLD), 1).id
    wait("the end of the first", lambda: a.events("resolved") == [back])
    a.stop()


def open_up(path):
    """Lets everyone read a file and reach it."""
    os.chmod(path, 0o755)
    while path != tempfile.gettempdir() and path != "/":
        path = os.path.dirname(path)
        os.chmod(path, os.stat(path).st_mode | 0o055)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_as_process_one_and_nobody(agent, setting, trail):
    """In an image: first process of its namespace, nobody, no capability."""
    a = agent(setting())
    os.chown(a.folder, 65534, 65534)
    for path in (a.folder, a.env["AWS_CA_BUNDLE"]):
        open_up(path)
    a.start(ready=False, before=["unshare", "--pid", "--fork",
                                 "setpriv", "--reuid=65534", "--regid=65534",
                                 "--clear-groups", "--no-new-privs",
                                 "--bounding-set=-all", "--inh-caps=-all"])
    a.wait_ready()
    a.wait_events([trail.add(world.change(0)).id])
    with open("/proc/%d/task/%d/children" % (a.process.pid,
                                             a.process.pid)) as f:
        child = int(f.read())
    os.kill(child, signal.SIGTERM)
    assert a.process.wait(5) == 0
