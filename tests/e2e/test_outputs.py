"""Outputs of `tfdrift run` over HTTPS, to servers that take, fail and hang;
and every body against what its service publishes."""
import glob
import json
import os
import time

import pytest

import agent as agents
import binary
import services
import world
from agent import wait
from peers.moto_server import free_port
from peers.webhook import Answer, Webhook

SECRET = "S3CRET"
KEY = "0123456789abcdef0123456789abcdef"
BODIES = os.path.join(binary.REPO, "tests", "data", "outputs")
COUNT = 5


@pytest.mark.parametrize("service", sorted(services.CHECKS))
def test_bodies_are_as_published(service):
    """Those that the unit tests compare with, hostile ones among them."""
    paths = glob.glob(os.path.join(BODIES, "*." + service))
    assert len(paths) == 10
    for path in paths:
        with open(path, encoding="utf-8") as f:
            services.CHECKS[service](json.load(f))


@pytest.mark.parametrize("service,break_it", [
    ("slack", lambda b: b["blocks"][0]["text"].update(text="x" * 151)),
    ("slack", lambda b: b["blocks"][1]["text"].update(text="<!channel>")),
    ("discord", lambda b: b["embeds"][0].update(title="*bold*")),
    ("pagerduty", lambda b: b["payload"].update(severity="notice")),
    ("teams", lambda b: b.update(text="x")),
    ("falcosidekick", lambda b: b.update(priority="warning")),
])
def test_the_checks_can_fail(service, break_it):
    with open(os.path.join(BODIES, "update." + service)) as f:
        body = json.load(f)
    break_it(body)
    with pytest.raises(AssertionError):
        services.CHECKS[service](body)


class Scene:
    """Queues that are changed one by one in a file of events."""

    def __init__(self, folder):
        self.state = binary.write(folder, "s.tfstate", world.queues(COUNT))
        self.path = binary.write(folder, "events.jsonl", "")
        self.ids = []

    def change(self, i, **keys):
        event = world.change(i, **keys)
        with open(self.path, "a") as f:
            f.write(json.dumps(event) + "\n")
        self.ids.append(event["eventID"] + ":0")
        return self.ids[-1]

    def sections(self, *outputs):
        return [("source \"f\"", {"type": "file", "path": self.path}),
                world.local(self.state), world.VERIFY,
                *(("output \"%s\"" % name, keys)
                  for name, keys in outputs)]


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path)


@pytest.fixture
def hook(files):
    h = Webhook(files)
    yield h
    h.close()


@pytest.fixture
def trusting(authority):
    return {"AWS_CA_BUNDLE": authority.bundle}


@pytest.fixture
def run(tmp_path, trusting):
    """run(sections) → an Agent that is ready; ended afterwards."""
    made = []

    def make(sections, env=trusting):
        folder = os.path.join(str(tmp_path), "agent")
        os.makedirs(folder, exist_ok=True)
        a = agents.Agent(folder, sections, env)
        made.append(a)
        return a.start()

    yield make
    for a in made:
        a.kill()
        for word in ("Sanitizer", "runtime error"):
            assert word not in a.err, a.err[-4000:]


def output(kind, hook, **keys):
    return (kind, {"type": kind, "url": hook.url + "/" + SECRET,
                   "timeout": "500ms", **keys})


def drained(hook, count):
    wait(lambda: "%d of %d posts" % (len(hook.taken), count),
         lambda: len(hook.taken) >= count)
    assert len(hook.taken) == count


def number(a, name, out):
    """A counter of an output, from /metrics."""
    text = agents.get(a.port, "/metrics")[2]
    for line in text.split("\n"):
        if line.startswith("tfdrift_output_%s{output=\"%s\"}" % (name, out)):
            return float(line.split()[-1])
    raise AssertionError("no %s of %s in\n%s" % (name, out, text))


@pytest.mark.parametrize("service", sorted(services.CHECKS))
def test_every_service_is_told(service, run, scene, hook):
    keys = {"routing_key": KEY} if service == "pagerduty" else {}
    a = run(scene.sections(output(service, hook, **keys)))
    for i in range(COUNT):
        scene.change(i)
    drained(hook, COUNT)
    for post, i in zip(hook.taken, scene.ids):
        services.CHECKS[service](post.body)
        assert i in json.dumps(post.body)
        assert post.path.endswith(SECRET)
        assert post.headers["Content-Type"] == "application/json"
    a.stop()
    assert SECRET not in a.err and KEY not in a.err


def test_http_posts_the_record(run, scene, hook):
    a = run(scene.sections(
        output("http", hook, header=["Authorization: Bearer " + SECRET,
                                     "X-Team: net"]),
        ("stdout", {"type": "stdout"})))
    scene.change(0)
    drained(hook, 1)
    a.wait_events([scene.ids[0][:-2]])
    assert hook.bodies() == a.records()
    headers = hook.taken[0].headers
    assert headers["Idempotency-Key"] == scene.ids[0]
    assert headers["Authorization"] == "Bearer " + SECRET
    assert headers["X-Team"] == "net"
    a.stop()
    assert SECRET not in a.err


def test_pagerduty_is_resolved_by_the_same_key(run, scene, hook):
    a = run(scene.sections(output("pagerduty", hook, routing_key=KEY)))
    first = scene.change(0)
    drained(hook, 1)
    scene.change(0, timeout=world.OLD)
    drained(hook, 2)
    trigger, resolve = hook.bodies()
    assert trigger["event_action"] == "trigger"
    assert trigger["dedup_key"] == first
    assert resolve == {"routing_key": KEY, "event_action": "resolve",
                       "dedup_key": first}
    a.stop()


FAULTS = [Answer(500), Answer(503, headers={"Retry-After": "1"}),
          Answer(wreck="reset"), Answer(wreck="hang"), Answer(404, "no hook"),
          Answer(429, headers={"Retry-After": "1"})]


def test_nothing_is_lost_to_a_server_that_fails(run, scene, hook):
    """Every fault once; each record is taken once, in order."""
    for fault in FAULTS:
        # A connection that was kept may be gone: that is tried again at once.
        times = 2 if fault.wreck == "reset" else 1
        hook.answers.extend([fault] * times + [Answer()])
    a = run(scene.sections(output("http", hook)))
    for i in range(COUNT):
        scene.change(i)
    for i in range(COUNT):
        scene.change(i, timeout=99)
    drained(hook, 2 * COUNT)
    assert [b["id"] for b in hook.bodies()] == scene.ids
    assert number(a, "failures_total", "http") == len(FAULTS)
    assert number(a, "resent_total", "http") == len(FAULTS)
    assert number(a, "accepted_total", "http") == 2 * COUNT
    assert number(a, "up", "http") == 1
    asked = [(p, q) for p, q in zip(hook.posts, hook.posts[1:])
             if "Retry-After" in p.answer.headers]
    assert len(asked) == 2
    for before, after in asked:
        assert after.body == before.body and after.at - before.at > 0.95
    a.stop()
    # Said once when it begins and once when it is over, for each run of them;
    # to be asked to slow down is nothing to talk about.
    assert a.err.count("fails and is tried again") == len(FAULTS) - 1
    assert a.err.count("works again") == len(FAULTS) - 1
    assert SECRET not in a.err


def test_a_torn_answer_is_an_answer(run, scene, hook):
    """The status is what counts; the record is not sent again."""
    hook.answers.extend([Answer(200, "half", wreck="torn")])
    a = run(scene.sections(output("http", hook)))
    scene.change(0)
    scene.change(1)
    drained(hook, 2)
    assert len(hook.posts) == 2
    a.stop()


def test_what_is_refused_is_counted_and_let_go(run, scene, hook):
    hook.answers.extend([Answer(400, "invalid_blocks"), Answer(413)])
    a = run(scene.sections(output("slack", hook)))
    for i in range(3):
        scene.change(i)
    drained(hook, 1)
    assert scene.ids[2] in json.dumps(hook.bodies()[0])
    assert number(a, "refused_total", "slack") == 2
    assert number(a, "accepted_total", "slack") == 1
    a.stop()
    assert a.err.count("refused for good") == 1
    assert "invalid_blocks" in a.err and scene.ids[0] in a.err
    assert SECRET not in a.err


def test_one_dead_endpoint_stalls_no_other(run, scene, hook, tmp_path):
    """And after a kill, what it missed comes, and nothing comes twice."""
    dead = ("dead", {"type": "slack", "timeout": "500ms", "url":
                     "https://localhost:%d/x" % free_port()})
    out = str(tmp_path / "drift.jsonl")
    a = run(scene.sections(dead, output("http", hook),
                           ("log", {"type": "file", "path": out})))
    for i in range(COUNT):
        scene.change(i)
    drained(hook, COUNT)
    a.says("output=dead")
    time.sleep(1.5)  # the checkpoint is written
    a.kill()
    dead[1]["url"] = hook.url + "/late"
    a.write(scene.sections(dead, output("http", hook),
                           ("log", {"type": "file", "path": out})))
    a.start()
    wait("what was missed", lambda: len(hook.taken) >= 2 * COUNT)
    time.sleep(1)
    assert sorted(p.path for p in hook.taken) == \
        sorted(["/hook/" + SECRET] * COUNT + ["/hook/late"] * COUNT)
    with open(out) as f:
        assert [json.loads(x)["id"] for x in f] == scene.ids
    a.stop()


def test_a_server_nobody_vouches_for_is_told_nothing(run, scene, hook):
    a = run(scene.sections(output("http", hook)), env={})
    scene.change(0)
    a.says("fails and is tried again output=http")
    time.sleep(1)
    assert not hook.posts
    assert number(a, "up", "http") == 0
    assert a.stop() < 5
    assert SECRET not in a.err


def test_the_end_waits_for_no_server_that_hangs(run, scene, hook):
    hook.always = Answer(wreck="hang")
    a = run(scene.sections(output("http", hook, timeout="60s")))
    scene.change(0)
    wait("a post", lambda: hook.posts)
    assert a.stop() < 5


def test_only_what_is_grave_enough(run, scene, hook):
    a = run(scene.sections(output("slack", hook, min_severity="critical"),
                           output("http", hook)) +
            [("severity", {"default": "error"})])
    for i in range(COUNT):
        scene.change(i)
    drained(hook, COUNT)
    assert number(a, "skipped_total", "slack") == COUNT
    a.stop()


def test_check_tries_each_without_a_record(scene, hook, trusting, tmp_path):
    """One that answers, one that nobody listens for, one that the CAs of
    this run do not vouch for."""
    gone = "https://localhost:%d/%s" % (free_port(), SECRET)
    config = binary.write(tmp_path, "t.ini", agents.ini(scene.sections(
        output("http", hook), ("gone", {"type": "teams", "url": gone}))))
    r = binary.run(["check", "--online", "-c", config], env=trusting)
    assert r.status == 1
    told = r.out + r.err
    assert "refused" in told and SECRET not in told
    assert hook.heads == 1 and not hook.posts
    config = binary.write(tmp_path, "t.ini", agents.ini(scene.sections(
        output("http", hook))))
    assert binary.run(["check", "--online", "-c", config],
                      env=trusting).status == 0
    r = binary.run(["check", "--online", "-c", config])
    assert r.status == 1 and "certificate" in (r.out + r.err).lower()
    assert SECRET not in r.out + r.err
