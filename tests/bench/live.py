"""live.py BUILD_DIR: what a running agent costs; prints one table.

An agent watches four regions and a local state, over TLS, against the fake
LookupEvents of the end-to-end tests, and nothing happens.  It trusts what the
image trusts, so the system's CA bundle is part of its memory.  What comes
before a first request is TLS set up, the server's part of it too.
"""
import contextlib
import os
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import run
from run import Row

sys.path.insert(0, os.path.join(os.path.dirname(run.HERE), "e2e"))
import agent as agents  # noqa: E402  (needs the path above)
import binary  # noqa: E402
import world  # noqa: E402
from peers import ca, lookup_events, sigv4  # noqa: E402

REGIONS = ("us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-1")
RESOURCES = 50  # in each region
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
INTERVAL_S = 9
SETTLE_S, IDLE_S = 1, 5  # after the second poll; less than an interval
STARTS = 15
START_LIMIT_S = 10


class Scene:
    """The peers, and an agent to be started as often as one likes."""

    def __init__(self, build, folder):
        self.folder = folder
        authority = ca.Authority(os.path.join(folder, "ca"))
        self.keys = sigv4.Keys()
        self.trail = lookup_events.LookupEvents(authority.issue("server"),
                                                self.keys)
        self.binary = os.path.join(build, "tfdrift")
        self.state = binary.write(folder, "s.tfstate", world.queues(
            RESOURCES, REGIONS))
        self.env = {"AWS_CA_BUNDLE": self.bundle(authority),
                    "AWS_EC2_METADATA_DISABLED": "true",
                    **self.keys.user().environment()}

    def bundle(self, authority):
        """The system's, when there is one, and the authority's."""
        path = os.path.join(self.folder, "bundle.pem")
        with open(path, "wb") as out:
            for name in (BUNDLE, authority.bundle):
                with contextlib.suppress(FileNotFoundError), \
                        open(name, "rb") as f:
                    out.write(f.read())
        return path

    def agent(self, name, **source):
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        return agents.Agent(folder, [
            world.source(self.trail, **{
                "regions": ", ".join(REGIONS),
                "interval": "%ds" % INTERVAL_S, **source}),
            world.local(self.state)], self.env, path=self.binary)

    def close(self):
        self.trail.close()


def resident(agent):
    """(all, anonymous, of files) in kB."""
    with open("/proc/%d/status" % agent.process.pid) as f:
        text = f.read()
    return [int(re.search(r"^%s:\s+(\d+) kB" % k, text, re.M).group(1))
            for k in ("VmRSS", "RssAnon", "RssFile")]


def idle(scene):
    """Memory and wake-ups of an agent that has polled each region twice."""
    agent = scene.agent("idle")
    try:
        agent.start()
        agents.wait("two polls of each region", lambda: all(
            len(scene.trail.of(r)) >= 2 for r in REGIONS), 4 * INTERVAL_S)
        time.sleep(SETTLE_S)
        calls, before = len(scene.trail.calls), agent.switches()
        time.sleep(IDLE_S)
        woken = agent.switches() - before
        asked = len(scene.trail.calls) - calls
        whole, own, files = resident(agent)
        agent.stop()
    finally:
        agent.kill()
    yield Row("memory, idle, 4 regions over TLS", whole * 1024 / 1e6, "MB",
              "most", 3, "%.2f MB its own, %.2f MB pages of the program; "
              "%d resources" % (own * 1024 / 1e6, files * 1024 / 1e6,
                                RESOURCES * len(REGIONS)))
    yield Row("wake-ups while nothing is due", woken * 60 / IDLE_S, "a minute",
              "most", 0, "%d in %d s, %d calls; a poll each %d s" % (
                  woken, IDLE_S, asked, INTERVAL_S))


def start_ms(scene, agent, seen):
    """From its exec until the time (monotonic) that seen() returns."""
    r, w = os.pipe()

    def last():
        os.write(w, struct.pack("d", time.monotonic()))
    process = subprocess.Popen(
        [agent.path, "run", "-c", agent.config], env=scene.env,
        preexec_fn=last, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        at = seen()
    finally:
        process.kill()
        process.wait()
    begin, = struct.unpack("d", os.read(r, 8))
    os.close(r)
    os.close(w)
    return (at - begin) * 1e3


def hello_ms(scene, name):
    """Until its first bytes are on the wire, TLS's ClientHello."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(START_LIMIT_S)
        agent = scene.agent(name, endpoint="https://127.0.0.1:%d" %
                            server.getsockname()[1])

        def seen():
            with server.accept()[0] as s:
                s.settimeout(START_LIMIT_S)
                assert s.recv(1)
                return time.monotonic()
        return start_ms(scene, agent, seen)


def request_ms(scene, name, regions):
    """Until the server has its first whole request."""
    requests = scene.trail.server.requests
    scene.trail.allowance.clear()
    before = len(requests)
    agent = scene.agent(name, regions=", ".join(regions))

    def seen():
        agents.wait("a request", lambda: len(requests) > before,
                    START_LIMIT_S)
        return requests[before].at
    return start_ms(scene, agent, seen)


def starts(scene):
    for what, aim, one in (
            ("start to the first bytes on the wire", 10,
             lambda i: hello_ms(scene, "hello%d" % i)),
            ("start to the first request, one region", None,
             lambda i: request_ms(scene, "one%d" % i, REGIONS[:1])),
            ("start to the first request, four", None,
             lambda i: request_ms(scene, "four%d" % i, REGIONS))):
        ms = [one(i) for i in range(STARTS)]
        yield Row(what, statistics.median(ms), "ms", "most" if aim else None,
                  aim, "%d starts, %.1f to %.1f" % (STARTS, min(ms), max(ms)))


def image(build):
    """Bytes of what the image holds."""
    if not os.path.exists(BUNDLE):
        return
    program = os.path.getsize(os.path.join(build, "tfdrift"))
    bundle = os.path.getsize(BUNDLE)
    yield Row("size: the image", (program + bundle) / 1e6, "MB", "most", 1.3,
              "the program, and %.0f KB of CAs" % (bundle / 1e3))


def measure(build):
    with tempfile.TemporaryDirectory(prefix="tfdrift-live-") as folder:
        scene = Scene(build, folder)
        try:
            yield from idle(scene)
            yield from starts(scene)
        finally:
            scene.close()
    yield from image(build)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: live.py BUILD_DIR")
    if os.environ.get("AGAINST"):
        return 0  # another commit's program may not run
    return 0 if run.show(measure(os.path.abspath(sys.argv[1]))) else 1


if __name__ == "__main__":
    sys.exit(main())
