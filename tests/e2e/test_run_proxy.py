"""HTTPS_PROXY through CONNECT, and NO_PROXY."""
import pytest

import binary
import world
from agent import wait
from peers.proxy import Proxy


@pytest.fixture
def through(agent, trail, environment, tmp_path):
    """through(proxy, environment) → an agent behind that proxy."""
    path = binary.write(tmp_path, "s.tfstate", world.queues(1))
    made = []

    def start(proxy, ready=True, **env):
        made.append(proxy)
        return agent([world.source(trail), world.local(path), world.VERIFY],
                     {**environment, **env}).start(ready)
    yield start
    for p in made:
        p.close()
        assert not p.server.violations


def test_connect(through, trail):
    proxy = Proxy()
    a = through(proxy, HTTPS_PROXY=proxy.url)
    a.wait_events([trail.add(world.change(0)).id])
    a.stop()
    assert set(proxy.asked) == {trail.server.authority}
    # Every connection of the service came through it.
    assert len(proxy.asked) == trail.server.connections


def test_password(through, trail):
    proxy = Proxy(user="me:p@ss w")
    a = through(proxy, https_proxy=proxy.url.replace(
        "http://", "http://me:p%40ss%20w@"))
    a.wait_events([trail.add(world.change(0)).id])
    a.stop()
    assert proxy.asked
    assert "p@ss w" not in a.err and "p%40ss" not in a.err


@pytest.mark.parametrize("refuses", [403, 502])
def test_refusal_is_told(refuses, through, trail):
    proxy = Proxy(refuses=refuses)
    a = through(proxy, ready=False, HTTPS_PROXY=proxy.url)
    a.says("(?i)proxy|%d" % refuses)
    proxy.refuses = None
    a.wait_events([trail.add(world.change(0)).id], 40)
    a.stop()


@pytest.mark.parametrize("rule", ["127.0.0.1", "example.com,127.0.0.0/8",
                                  "*"])
def test_no_proxy(rule, through, trail):
    proxy = Proxy()
    a = through(proxy, HTTPS_PROXY=proxy.url, NO_PROXY=rule)
    a.wait_events([trail.add(world.change(0)).id])
    a.stop()
    assert not proxy.asked
    assert trail.server.connections


def test_proxy_that_is_not_there(through, trail):
    proxy = Proxy()
    proxy.close()
    a = through(proxy, ready=False, HTTPS_PROXY=proxy.url)
    wait("a message", lambda: a.err)
    assert not trail.server.connections
    a.stop()
