"""TLS is verified: chain, host name, time; and every address is tried."""
import contextlib
import ssl

import pytest

import binary
import world
from peers import ca, lookup_events, wire


@contextlib.contextmanager
def served(files, keys, address="127.0.0.1"):
    t = lookup_events.LookupEvents(files, keys)
    if address != "127.0.0.1":
        t.server.close()
        t.server = wire.Server(t._handle, files, address)
        t.url = t.server.url
    yield t
    t.close()


def run(agent, t, tmp_path, **more):
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    return agent([world.source(t, **more), world.local(path), world.VERIFY])


def certificates(authority, tmp_path):
    return {
        "expired": authority.issue("expired", days=(-20, -1)),
        "early": authority.issue("early", days=(1, 20)),
        "wrong-host": authority.issue("wrong", hosts=["example.com",
                                                      "127.0.0.2"]),
        "untrusted": ca.Authority(tmp_path / "ca", "other").issue("server"),
    }


@pytest.mark.parametrize("kind", ["expired", "early", "wrong-host",
                                  "untrusted"])
def test_refused(kind, agent, authority, keys, tmp_path):
    """Not a byte of a call is sent; the message says why."""
    files = certificates(authority, tmp_path)[kind]
    with served(files, keys) as t:
        a = run(agent, t, tmp_path).start(ready=False)
        a.says("(?i)certificate|tls")
        assert a.status("/readyz") == 503
        a.stop()
        assert t.server.connections
        assert not t.server.requests


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(agent, files, keys, tmp_path):
    with served(files, keys) as t:
        t.server.context.minimum_version = ssl.TLSVersion.TLSv1
        t.server.context.maximum_version = ssl.TLSVersion.TLSv1_1
        t.server.context.set_ciphers("ALL:@SECLEVEL=0")
        a = run(agent, t, tmp_path).start(ready=False)
        a.says("(?i)tls|handshake")
        a.stop()
        assert not t.server.requests


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2,
                                     ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_good(version, kind, agent, authority, keys, tmp_path):
    files = authority.issue("good", kind=kind)
    with served(files, keys) as t:
        t.server.context.minimum_version = version
        t.server.context.maximum_version = version
        a = run(agent, t, tmp_path).start()
        a.wait_events([t.add(world.change(0)).id])
        a.stop()
        # Kept alive: one connection for all the calls of a region.
        assert t.server.connections <= 2
        assert not t.server.violations


def test_by_name_and_ipv6(agent, files, keys, tmp_path):
    """localhost has ::1 and 127.0.0.1: the second is tried as well."""
    with served(files, keys) as t, served(files, keys, "::1") as six:
        for endpoint, peer in (("https://localhost:%d" % t.server.port, t),
                               (six.url, six)):
            a = run(agent, peer, tmp_path, endpoint=endpoint).start()
            a.wait_events([peer.add(world.change(0)).id])
            a.stop()


def test_certificates_by_ssl_cert_file(agent, environment, trail, tmp_path):
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    env = dict(environment)
    env["SSL_CERT_FILE"] = env.pop("AWS_CA_BUNDLE")
    a = agent([world.source(trail), world.local(path), world.VERIFY],
              env).start()
    a.stop()


def test_clock_that_is_wrong(agent, files, keys, tmp_path):
    """AWS' clock is an hour ahead of ours: its Date header tells."""
    with served(files, keys) as t:
        t.offset_s = 3600
        a = run(agent, t, tmp_path).start()
        a.wait_events([t.add(world.change(0), 5).id])
        assert len(t.of(outcome="InvalidSignatureException")) <= 2
        assert t.of(outcome="ok")
        a.stop()
