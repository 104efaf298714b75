"""`tfdrift check --online`: each source, state and output tried once."""
import pytest

import binary
import world
from agent import Agent
from peers.listener import Listener
from test_run_s3 import Bucket, section


@pytest.fixture
def check(environment, tmp_path):
    """check(sections, env) → binary.Result of check --online."""
    def run(sections, **env):
        a = Agent(tmp_path, sections, {})
        return binary.run(["check", "-c", a.config, "--online"],
                          env={**environment, **env})
    return run


def test_all_is_well(check, trail, front, moto, tmp_path):
    bucket = Bucket(moto)
    bucket.put("a.tfstate", world.queues(1))
    x = Listener(tmp_path / "falco.sock")
    r = check([world.source(trail, regions="us-east-1, eu-west-1"),
               section(front, bucket, "a.tfstate", "net",
                       lock_table=bucket.table),
               ("output \"falco\"", {"type": "falco", "socket":
                                     tmp_path / "falco.sock"})],
              AWS_ENDPOINT_URL_DYNAMODB=front.url)
    x.close()
    assert r.status == 0, r
    for word in ("us-east-1", "eu-west-1", "net", "falco"):
        assert word in r.out, r.out
    assert {c.region for c in trail.calls} == {"us-east-1", "eu-west-1"}
    assert front.of("s3") and front.of("dynamodb")
    assert not x.records()


def test_what_is_missing(check, trail, front, moto, tmp_path):
    """The IAM action, the object, the socket."""
    bucket = Bucket(moto)
    trail.plan("denied", "denied", "denied", "denied")
    r = check([world.source(trail),
               section(front, bucket, "none.tfstate", "gone"),
               ("output \"falco\"", {"type": "falco", "socket":
                                     tmp_path / "none.sock"})])
    assert r.status == 1
    assert "cloudtrail:LookupEvents" in r.out + r.err
    assert "none.tfstate" in r.out + r.err
    assert "none.sock" in r.out + r.err


def test_certificate(check, trail, tmp_path):
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    r = check([world.source(trail), world.local(path)],
              AWS_CA_BUNDLE="/etc/ssl/certs/ca-certificates.crt")
    assert r.status == 1
    assert "certificate" in (r.out + r.err).lower()
    assert not trail.server.requests
