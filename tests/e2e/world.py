"""What the tests of `tfdrift run` share: peers, and a world to watch.

The world is queues: each has one number that someone may change, so that one
event is one record, and what is lost or comes twice can be told.
"""
import os
import uuid

import pytest

import agent as agents
import build
from peers import ca, engine, lookup_events, moto_server, sigv4

REGION = build.REGION
OLD, NEW = 30, 45


def queue_url(i, region=REGION):
    return "https://sqs.%s.amazonaws.com/%s/q%d" % (region, build.ACCOUNT, i)


def queues(n, regions=(REGION,), timeout=OLD, serial=3):
    """A state of n queues in each region."""
    return build.state([
        {"type": "aws_sqs_queue", "name": r.replace("-", "_"), "index_key": i,
         "attributes": {"id": queue_url(i, r), "url": queue_url(i, r),
                        "name": "q%d" % i,
                        "visibility_timeout_seconds": timeout,
                        "delay_seconds": 0}}
        for r in regions for i in range(n)], serial)


def change(i, region=REGION, timeout=NEW, **record):
    """Somebody changes queue i; a new event each time."""
    return build.event({
        "source": "sqs", "name": "SetQueueAttributes",
        "request": {"queueUrl": queue_url(i, region),
                    "attributes": {"VisibilityTimeout": str(timeout)}},
        "record": {"awsRegion": region, **record}}, uuid.uuid4().hex)


def source(trail, **keys):
    return ("source \"t\"", {
        "type": "cloudtrail", "regions": REGION, "interval": "500ms",
        "lookback": "5m", "overlap": "1m", "endpoint": trail.url, **keys})


def local(path, **keys):
    return ("state \"local\"", {"type": "local", "path": path, **keys})


def restart(agent, trail):
    """Starts it again at once; the limit of two calls a second is kept by
    each process for itself."""
    trail.allowance.clear()
    return agent.start()


VERIFY = ("verify", {"attempts": 2, "delay": "50ms", "lock_wait": "3s"})


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return ca.Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def files(authority):
    """The certificate of every sound server on loopback."""
    return authority.issue("server")


@pytest.fixture(scope="session")
def sysdig():
    """A real engine of Falco's; skipped where it cannot be had."""
    root, why = engine.install()
    if root is None:
        pytest.skip("no sysdig: " + why)
    return engine.Engine(root)


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    """S3, DynamoDB, STS and IAM; skipped where moto cannot be had."""
    root, why = moto_server.install()
    if root is None:
        pytest.skip("no moto: " + why)
    log = str(tmp_path_factory.mktemp("moto") / "log")
    try:
        server = moto_server.Moto(root, log)
    except RuntimeError as e:
        pytest.skip(str(e))
    yield server
    server.close()


@pytest.fixture
def front(moto, files):
    """moto over TLS; at the end, no request was one that it cannot be."""
    f = moto_server.Front(files, moto)
    yield f
    f.close()
    assert not f.server.violations


@pytest.fixture
def keys():
    return sigv4.Keys()


@pytest.fixture
def key(keys, request):
    """A user's key that LookupEvents knows; moto's own where moto is."""
    if "moto" in request.fixturenames:
        return keys.add(request.getfixturevalue("moto").admin)
    return keys.user()


@pytest.fixture
def trail(files, keys):
    """LookupEvents; at the end, no call was one that AWS would refuse but
    those that a test took out of `calls`."""
    t = lookup_events.LookupEvents(files, keys)
    yield t
    t.close()
    assert not t.server.violations
    assert not t.refusals(), [(c.outcome, c.params) for c in t.refusals()][:3]


@pytest.fixture
def environment(authority, key):
    """The environment of an agent that needs no more than keys."""
    return {"AWS_CA_BUNDLE": authority.bundle, "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true", **key.environment()}


@pytest.fixture
def agent(tmp_path, environment):
    """agent(sections, env) → an Agent, not yet started; ended afterwards."""
    made = []

    def make(sections, env=None, **more):
        folder = os.path.join(str(tmp_path), "agent%d" % len(made))
        os.mkdir(folder)
        a = agents.Agent(folder, sections,
                         environment if env is None else env, **more)
        made.append(a)
        return a

    yield make
    for a in made:
        a.kill()
        for word in ("Sanitizer", "runtime error"):
            assert word not in a.err, a.err[-4000:]
