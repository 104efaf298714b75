"""HTTPS_PROXY through CONNECT, and NO_PROXY. The service has a name that
only the proxy knows, because loopback is never sent to a proxy."""
import time

import pytest

import binary
import world
from peers import lookup_events
from peers.proxy import Proxy

NAME = "cloudtrail.region.test"


@pytest.fixture
def far(authority, keys):
    """LookupEvents by that name."""
    t = lookup_events.LookupEvents(authority.issue("far", [NAME]), keys)
    t.names = {NAME}
    t.url = "https://%s:%d" % (NAME, t.server.port)
    yield t
    t.close()
    assert not t.server.violations
    assert not t.refusals()


@pytest.fixture
def through(agent, environment, tmp_path):
    """through(service, proxy, environment) → an agent behind that proxy."""
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    made = []

    def start(service, proxy, ready=True, **env):
        made.append(proxy)
        return agent([world.source(service), world.local(path), world.VERIFY],
                     {**environment, **env}).start(ready)
    yield start
    for p in made:
        p.close()
        assert not p.server.violations


def test_connect(through, far):
    proxy = Proxy()
    a = through(far, proxy, HTTPS_PROXY=proxy.url)
    a.wait_events([far.add(world.change(0)).id])
    a.stop()
    assert set(proxy.asked) == {"%s:%d" % (NAME, far.server.port)}
    # Kept alive through it, as without it.
    assert len(proxy.asked) == far.server.connections <= 2


def test_password(through, far):
    proxy = Proxy(user="me:p@ss w")
    a = through(far, proxy, https_proxy=proxy.url.replace(
        "http://", "http://me:p%40ss%20w@"))
    a.wait_events([far.add(world.change(0)).id])
    a.stop()
    assert proxy.asked
    assert "p@ss w" not in a.err and "p%40ss" not in a.err


@pytest.mark.parametrize("refuses", [403, 502])
def test_refusal_is_told(refuses, through, far):
    proxy = Proxy(refuses=refuses)
    a = through(far, proxy, ready=False, HTTPS_PROXY=proxy.url)
    a.says("(?i)proxy.*%d" % refuses)
    proxy.refuses = None
    a.wait_events([far.add(world.change(0)).id], 40)
    a.stop()


@pytest.mark.parametrize("rule", [".test", "example.com, region.test", "*"])
def test_no_proxy(rule, through, far):
    """Asked straight; there nobody knows the name."""
    proxy = Proxy()
    a = through(far, proxy, False, HTTPS_PROXY=proxy.url, NO_PROXY=rule)
    a.says("(?i)" + NAME)
    a.stop()
    assert not proxy.asked


def test_loopback_needs_none(through, trail):
    proxy = Proxy()
    a = through(trail, proxy, HTTPS_PROXY=proxy.url)
    a.wait_events([trail.add(world.change(0)).id])
    a.stop()
    assert not proxy.asked


def test_proxy_that_is_not_there(through, far):
    """Told, and tried again: never past it."""
    proxy = Proxy()
    proxy.close()
    a = through(far, proxy, False, HTTPS_PROXY=proxy.url)
    a.says("(?i)refused|proxy")
    time.sleep(0.5)
    assert not far.server.connections
    a.stop()
