"""States in S3: conditional reads, locks, digests, globs, other regions and
roles, and a service that fails. moto checks every signature."""
import hashlib
import json
import time
import uuid

import pytest

import world
from agent import wait
from peers import faults, moto_server, wire

REGION = "us-east-1"
TABLE = "locks"
LOCK = {"ID": str(uuid.uuid4()), "Operation": "OperationTypeApply", "Info": "",
        "Who": "ana@host", "Version": "1.9.8",
        "Created": "2026-01-01T00:00:00Z", "Path": "x"}


class Bucket:
    """A bucket with a lock table, written to as Terraform does."""

    def __init__(self, moto):
        self.name = "states-" + uuid.uuid4().hex[:12]
        self.s3 = moto.client("s3", REGION)
        self.dynamodb = moto.client("dynamodb", REGION)
        self.s3.create_bucket(Bucket=self.name)
        self.table = TABLE + uuid.uuid4().hex[:8]
        self.dynamodb.create_table(
            TableName=self.table, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID",
                                   "AttributeType": "S"}])

    def put(self, key, state, digest=True):
        body = json.dumps(state, indent=2).encode()
        self.s3.put_object(Bucket=self.name, Key=key, Body=body)
        if digest:
            self.digest(key, body)
        return body

    def digest(self, key, body):
        self._item(key + "-md5", Digest=hashlib.md5(body).hexdigest())

    def lock(self, key):
        self._item(key, Info=json.dumps(LOCK))

    def unlock(self, key):
        self.dynamodb.delete_item(TableName=self.table, Key=self._id(key))

    def lock_file(self, key):
        self.s3.put_object(Bucket=self.name, Key=key + ".tflock",
                           Body=json.dumps(LOCK).encode())

    def unlock_file(self, key):
        self.s3.delete_object(Bucket=self.name, Key=key + ".tflock")

    def _id(self, key):
        return {"LockID": {"S": self.name + "/" + key}}

    def _item(self, key, **members):
        self.dynamodb.put_item(TableName=self.table, Item={
            **self._id(key), **{k: {"S": v} for k, v in members.items()}})


@pytest.fixture
def bucket(moto):
    return Bucket(moto)


def section(front, bucket, key, name="s3", **keys):
    return ("state \"%s\"" % name, {
        "type": "s3", "bucket": bucket.name, "key": key, "region": REGION,
        "endpoint": front.url, "path_style": "on", "cache_ttl": "1s", **keys})


@pytest.fixture
def watch(agent, trail, front, environment):
    """watch(sections...) → an agent of trail and these states."""
    def start(*sections, ready=True, env=(), verify=None):
        return agent([world.source(trail), *sections, verify or world.VERIFY],
                     {**environment, "AWS_ENDPOINT_URL_DYNAMODB": front.url,
                      "AWS_ENDPOINT_URL_STS": front.url,
                      **dict(env)}).start(ready)
    return start


def gets(front, status=None, part=".tfstate"):
    return [a for a in front.of("s3", part, status)
            if a.what.startswith("GET") and ".tflock" not in a.what]


def test_conditional_reads(watch, trail, front, bucket):
    """One read of the whole, then 304; a new state is judged by at once."""
    key = "net/a b+ü.tfstate"
    bucket.put(key, world.queues(3))
    a = watch(section(front, bucket, key))
    first = trail.add(world.change(0)).id
    a.wait_events([first])
    wait("a second look", lambda: gets(front, 304))
    assert len(gets(front, 200)) == 1
    assert all(g.headers.get("if-none-match") for g in gets(front, 304))
    bucket.put(key, world.queues(3, timeout=world.NEW, serial=4))
    quiet = trail.add(world.change(1)).id
    loud = trail.add(world.change(2, timeout=99)).id
    a.wait_events([first, loud])
    assert quiet not in a.events()
    assert a.records()[-1]["changes"] == {
        "visibility_timeout_seconds": [world.NEW, 99]}
    assert len(gets(front, 200)) == 2
    a.stop()


def test_digest_that_lags(watch, trail, front, bucket):
    """State before digest: what is read in between is not judged by."""
    key = "a.tfstate"
    bucket.put(key, world.queues(2))
    a = watch(section(front, bucket, key, lock_table=bucket.table))
    body = bucket.put(key, world.queues(2, timeout=world.NEW, serial=4),
                      digest=False)
    quiet = trail.add(world.change(0)).id
    time.sleep(1.5)
    assert a.status("/healthz") == 200
    bucket.digest(key, body)
    loud = trail.add(world.change(1, timeout=99)).id
    a.wait_events([loud])
    assert quiet not in a.events()
    reads = front.of("dynamodb", "GetItem")
    assert reads
    a.stop()


@pytest.mark.parametrize("kind", ["table", "file"])
def test_lock_holds_a_difference(kind, watch, trail, front, bucket):
    """What an apply is doing is no drift; what it is not, is, afterwards."""
    key = "a.tfstate"
    bucket.put(key, world.queues(2))
    more = {"lock_table": bucket.table} if kind == "table" else \
        {"lockfile": "on"}
    a = watch(section(front, bucket, key, **more),
              verify=("verify", {"attempts": 2, "delay": "50ms",
                                 "lock_wait": "30s"}))
    lock, unlock = (bucket.lock, bucket.unlock) if kind == "table" else \
        (bucket.lock_file, bucket.unlock_file)
    lock(key)
    mine = trail.add(world.change(0)).id  # the apply's own
    theirs = trail.add(world.change(1, timeout=99)).id
    wait("both to be read", lambda: any(
        theirs in c.events for c in trail.calls))
    time.sleep(2)
    assert not a.records()
    bucket.put(key, world.queues(2, timeout=world.NEW, serial=4))
    unlock(key)
    a.wait_events([theirs])
    assert mine not in a.events()
    assert "state_locked" not in a.records()[0]
    a.stop()


@pytest.mark.parametrize("kind", ["table", "file"])
def test_stale_lock_silences_nothing(kind, watch, trail, front, bucket):
    """A lock that a killed Terraform left: told after lock_wait."""
    key = "a.tfstate"
    bucket.put(key, world.queues(1))
    more = {"lock_table": bucket.table} if kind == "table" else \
        {"lockfile": "on"}
    (bucket.lock if kind == "table" else bucket.lock_file)(key)
    a = watch(section(front, bucket, key, **more))
    event = trail.add(world.change(0))
    a.wait_events([event.id])
    waited = a.lines[0].at - event.readable_at
    assert 3 <= waited < 8, "lock_wait is 3 s, told after %.1f" % waited
    assert a.records()[0]["state_locked"] is True
    a.stop()


def test_globs(watch, trail, front, bucket):
    """One section, many states; workspaces among them."""
    keys = ["env:/prod/net/a.tfstate", "env:/dev/net/a.tfstate",
            "deep/er/still/net/b.tfstate", "net/c.tfstate"]
    for i, key in enumerate(keys):
        bucket.put(key, build_queue(i))
    bucket.put("other/d.tfstate", build_queue(9))
    a = watch(section(front, bucket, "**/net/*.tfstate"))
    ids = [trail.add(world.change(i)).id for i in range(3)]
    quiet = trail.add(world.change(9)).id
    a.wait_events(ids)
    assert len({r["address"] for r in a.records()}) == 3
    bucket.put("late/net/e.tfstate", build_queue(7))
    time.sleep(1.5)  # past cache_ttl
    ids.append(trail.add(world.change(7)).id)
    a.wait_events(ids)
    assert quiet not in a.events()
    a.stop()


def build_queue(i):
    state = world.queues(i + 1)
    only = state["resources"][0]["instances"][-1]
    state["resources"][0]["instances"] = [only]
    return state


def test_many_states(watch, trail, front, bucket):
    """Hundreds of states are one section: more than a page of a listing."""
    for i in range(120):
        bucket.put("m/%03d.tfstate" % i, build_queue(i), digest=False)
    a = watch(section(front, bucket, "m/*.tfstate", cache_ttl="5m"))
    ids = [trail.add(world.change(i)).id for i in (0, 7, 60, 119)]
    a.wait_events(ids)
    a.stop()


def test_denied_state_stops_nothing(watch, trail, front, bucket, moto, keys):
    """One state may not be read: the others are judged by all the same."""
    bucket.put("ok/a.tfstate", world.queues(1))
    bucket.put("no/b.tfstate", build_queue(1))
    few = keys.add(moto.user("few" + uuid.uuid4().hex[:6], {
        "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": ["arn:aws:s3:::" + bucket.name,
                         "arn:aws:s3:::%s/ok/*" % bucket.name]}]}))
    a = watch(section(front, bucket, "ok/a.tfstate", "good"),
              section(front, bucket, "no/b.tfstate", "bad"), ready=False,
              env=few.environment())
    ids = [trail.add(world.change(0)).id]
    trail.add(world.change(1))
    a.wait_events(ids)
    a.says("(?i)denied|403")
    assert a.status("/readyz") == 503
    a.stop()


def test_role_of_a_state(watch, trail, front, bucket, moto):
    """A state of another account: read as a role of moto's STS."""
    arn = moto.role("reader" + uuid.uuid4().hex[:6])
    bucket.put("a.tfstate", world.queues(1))
    a = watch(section(front, bucket, "a.tfstate", role_arn=arn))
    a.wait_events([trail.add(world.change(0)).id])
    assert front.of("sts")
    for g in gets(front):
        assert "Credential=ASIA" in g.headers["authorization"]
        assert g.headers["x-amz-security-token"]
    a.stop()


def test_bucket_of_another_region(watch, trail, front, bucket):
    """S3 says where a bucket really is; that is where it is asked then."""
    bucket.put("a.tfstate", world.queues(1))

    def moved():
        reply = moto_server.error_s3(301, "PermanentRedirect")
        reply.headers.append(("x-amz-bucket-region", "eu-central-1"))
        return reply
    front.fail("s3", "a.tfstate", moved)
    a = watch(section(front, bucket, "a.tfstate"))
    a.wait_events([trail.add(world.change(0)).id])
    assert "/eu-central-1/s3/" in gets(front, 200)[0].headers["authorization"]
    a.stop()


FAILURES = [
    lambda: moto_server.error_s3(503, "SlowDown"),
    lambda: moto_server.error_s3(500, "InternalError"),
    "reset_mid_body", "early_close", "length_too_long", "chunked_cut",
    "header_huge", "not_tls", "json_cut", "json_none",
    lambda: moto_server.error_s3(403, "AccessDenied"),
    lambda: wire.Reply(200, "<html>sign in</html>", kind="text/html"),
]


def test_failures_keep_the_last_good_state(watch, trail, front, bucket):
    """While S3 fails, what was read before is judged by."""
    bucket.put("a.tfstate", world.queues(1))
    bucket.put("b.tfstate", build_queue(1))
    a = watch(section(front, bucket, "a.tfstate", "a"),
              section(front, bucket, "b.tfstate", "b"))
    ids = [trail.add(world.change(1)).id]
    a.wait_events(ids)
    # The state changes, so that reads are whole ones and not 304; the good
    # one comes after all that go wrong.
    front.fail("s3", "b.tfstate", *FAILURES)
    state = build_queue(1)
    state["serial"] = 4
    bucket.put("b.tfstate", state)
    ids.append(trail.add(world.change(0)).id)
    a.wait_events(ids, 5)
    wait("the failures to be over: %d" % len(front.failing),
         lambda: not front.failing, 40)
    ids.append(trail.add(world.change(1, timeout=77)).id)
    a.wait_events(ids)
    a.wait_ready()
    a.stop()


def test_state_that_goes_away(watch, trail, front, bucket):
    """A deleted object is an error that is told; the last one stays."""
    bucket.put("a.tfstate", world.queues(2))
    a = watch(section(front, bucket, "a.tfstate"))
    bucket.s3.delete_object(Bucket=bucket.name, Key="a.tfstate")
    a.says("(?i)404|no such|not found|NoSuchKey")
    ids = [trail.add(world.change(0)).id]
    a.wait_events(ids)
    bucket.put("a.tfstate", world.queues(2, serial=5))
    ids.append(trail.add(world.change(1)).id)
    a.wait_events(ids)
    a.wait_ready()
    a.stop()


def denied_by_dynamodb():
    return wire.Reply(400, json.dumps({
        "__type": "com.amazon.coral.service#AccessDeniedException",
        "Message": "not authorized to perform: dynamodb:GetItem"}),
        kind="application/x-amz-json-1.0")


@pytest.mark.parametrize("answer", [
    denied_by_dynamodb,
    lambda: wire.Reply(500, "{}", kind="application/x-amz-json-1.0"),
    "json_cut", "reset_mid_body"], ids=["denied", "500", "cut", "reset"])
def test_lock_table_that_fails(answer, watch, trail, front, bucket):
    """Nobody can say whether an apply is running: told all the same, after
    lock_wait at the latest, and not twice."""
    key = "a.tfstate"
    bucket.put(key, world.queues(2))
    a = watch(section(front, bucket, key, lock_table=bucket.table))
    front.fail("dynamodb", "GetItem", *[answer] * 400)
    ids = [trail.add(world.change(0)).id]
    a.wait_events(ids, 15)
    front.failing.clear()
    ids.append(trail.add(world.change(1)).id)
    a.wait_events(ids)
    a.stop()


def test_digest_that_never_fits(watch, trail, front, bucket):
    """Ten seconds on, it is an error that is told; then it fits."""
    key = "a.tfstate"
    body = bucket.put(key, world.queues(1))
    bucket.digest(key, b"something else")
    a = watch(section(front, bucket, key, lock_table=bucket.table),
              ready=False)
    a.says("(?i)digest|md5", 25)
    assert a.status("/readyz") == 503
    assert not a.records()
    bucket.digest(key, body)
    a.wait_events([trail.add(world.change(0)).id], 30)
    a.stop()


def test_listing_that_fails(watch, trail, front, bucket):
    """The states that a glob had found stay while they cannot be listed."""
    bucket.put("n/a.tfstate", world.queues(2))
    a = watch(section(front, bucket, "n/*.tfstate"))
    front.fail("s3", "list-type=2", *[
        lambda: moto_server.error_s3(503, "SlowDown"), "reset_mid_body",
        "json_none", "early_close"] * 3)
    ids = [trail.add(world.change(0)).id]
    a.wait_events(ids, 5)
    time.sleep(1.5)
    front.failing.clear()
    bucket.put("n/b.tfstate", build_queue(5))
    time.sleep(1.5)
    ids.append(trail.add(world.change(5)).id)
    a.wait_events(ids)
    a.stop()


@pytest.mark.parametrize("read", [False, True], ids=["never", "before"])
def test_hang_of_one_state(read, watch, trail, front, bucket):
    """S3 says nothing for one object: the others are used as soon as that
    is given up, and SIGTERM does not wait for it."""
    bucket.put("a.tfstate", world.queues(1))
    bucket.put("b.tfstate", build_queue(1))
    sections = [section(front, bucket, "a.tfstate", "a"),
                section(front, bucket, "b.tfstate", "b")]
    if read:
        a = watch(*sections)
    front.fail("s3", "a.tfstate", *[
        lambda: wire.Reply(200, write=faults.hang(40))] * 20)
    if not read:
        a = watch(*sections, ready=False)
    wait("the call", lambda: len(front.failing) < 20)
    a.wait_events([trail.add(world.change(1)).id], 16)
    left = len(front.failing)
    wait("another call", lambda: len(front.failing) < left, 30)
    assert a.stop() < 5


def test_state_that_does_not_fit(agent, trail, front, bucket, environment):
    """More than the memory there is: told, and the others are used."""
    bucket.put("big.tfstate", world.queues(100000), digest=False)
    bucket.put("a.tfstate", world.queues(1))
    a = agent([("agent", {"memory": "16M"}), world.source(trail),
               section(front, bucket, "a.tfstate", "small"),
               section(front, bucket, "big.tfstate", "big",
                       cache_ttl="5m"),
               world.VERIFY], environment).start(ready=False)
    a.says("(?i)memory|arena|too large", 30)
    a.wait_events([trail.add(world.change(0)).id])
    assert a.status("/healthz") == 200 and a.status("/readyz") == 503
    assert a.rss_kb() < 20 * 1024
    a.stop()
