"""Runs `tfdrift run` and watches it from outside."""
import collections
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time

import binary
from peers.moto_server import free_port

WAIT_S = 20
STOP_S = 5  # from SIGTERM to the exit, by contract

Line = collections.namedtuple("Line", "at record")


def ini(sections):
    """INI text of [(header, {key: value or values})]."""
    text = []
    for header, keys in sections:
        text.append("[%s]" % header)
        for key, value in keys.items():
            for v in value if isinstance(value, list) else [value]:
                text.append("%s = %s" % (key, v))
    return "\n".join(text) + "\n"


def wait(what, ready, limit_s=WAIT_S, tick_s=0.02):
    """Polls until ready() is true, and returns it; fails after the limit."""
    end = time.monotonic() + limit_s
    while True:
        got = ready()
        if got:
            return got
        assert time.monotonic() < end, "waited %g s for %s" % (
            limit_s, what() if callable(what) else what)
        time.sleep(tick_s)


def get(port, path, method="GET", timeout_s=5):
    """(status, headers, body) from the admin port."""
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        c.request(method, path)
        r = c.getresponse()
        return r.status, dict(r.getheaders()), r.read().decode()
    finally:
        c.close()


class Agent:
    """One agent; `lines` are standard output's with the time they came."""

    def __init__(self, folder, sections, env, path=binary.PATH):
        self.folder = str(folder)
        self.path = path
        self.port = free_port()
        self.config = os.path.join(self.folder, "tfdrift.ini")
        self.env = env
        self.process = None
        self.lines = []
        self.bad = []
        self.err = ""
        self.runs = 0
        self.write(sections)

    def write(self, sections):
        """Writes the configuration, with an admin port and a checkpoint."""
        own = {"listen": "127.0.0.1:%d" % self.port,
               "checkpoint": os.path.join(self.folder, "checkpoint")}
        if "asan" in self.path:  # which does what the sandbox forbids
            own["sandbox"] = "off"
        merged = []
        for header, keys in sections:
            if header == "agent":
                own.update(keys)
            else:
                merged.append((header, keys))
        with open(self.config, "w") as f:
            f.write(ini([("agent", own)] + merged))

    def start(self, ready=True, before=()):
        """Starts it, by another program if one is named; waits until every
        state is loaded and every source polled."""
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith(("AWS_", "TF_", "SSL_")) and
                 not k.lower().endswith("_proxy")}
        self.runs += 1
        self.process = subprocess.Popen(
            [*before, self.path, "run", "-c", self.config],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**clean, **self.env})
        self.readers = [
            threading.Thread(target=f, args=(self.process,), daemon=True)
            for f in (self._read_out, self._read_err)]
        for t in self.readers:
            t.start()
        if ready:
            self.wait_ready()
        return self

    def _read_out(self, process):
        for line in process.stdout:
            try:
                self.lines.append(Line(time.monotonic(), json.loads(line)))
            except ValueError:
                self.bad.append(line)

    def _read_err(self, process):
        for line in process.stderr:
            self.err += line.decode("utf-8", "backslashreplace")

    # What it says

    def records(self):
        return [x.record for x in list(self.lines)]

    def events(self, kind="drift"):
        """The event ids of its records of a kind, in order."""
        return [r["event_id"] for r in self.records() if r["kind"] == kind]

    def wait_events(self, ids, limit_s=WAIT_S):
        """Waits until each id has a record; then each has just one."""
        want = set(ids)
        wait(lambda: "%d of %d records, without %s...\n%s" % (
            len(want & set(self.events())), len(want),
            sorted(want - set(self.events()))[:3], self.tail()),
             lambda: want <= set(self.events()) or self._ended(), limit_s)
        self.no_more_than(ids)

    def no_more_than(self, ids):
        """Every record is of one of these events, and none comes twice."""
        got = collections.Counter(self.events())
        twice = [i for i, n in got.items() if n > 1]
        assert not twice, "records twice: %s" % twice[:5]
        more = set(got) - set(ids)
        assert not more, "records that nobody wants: %s" % [
            r for r in self.records() if r["event_id"] in more][:3]
        assert not self.bad, "no JSON: %r" % self.bad[:3]

    def tail(self):
        return "\n".join(self.err.split("\n")[-15:])

    def says(self, pattern, limit_s=WAIT_S):
        """Waits for a message that matches; returns the match."""
        return wait(lambda: "a message like %s\n%s" % (pattern, self.tail()),
                    lambda: re.search(pattern, self.err), limit_s)

    # How it is

    def status(self, path):
        try:
            return get(self.port, path)[0]
        except OSError:
            return None

    def wait_ready(self, limit_s=WAIT_S):
        wait(lambda: "readiness\n" + self.tail(),
             lambda: self._ended() or self.status("/readyz") == 200, limit_s)

    def _ended(self):
        code = self.process.poll()
        assert code is None, "ended with %s\n%s" % (code, self.tail())
        return False

    def rss_kb(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            return int(re.search(r"VmRSS:\s+(\d+) kB", f.read()).group(1))

    def switches(self):
        """Times its threads have slept and woken so far."""
        total = 0
        tasks = "/proc/%d/task" % self.process.pid
        for tid in os.listdir(tasks):
            with open(os.path.join(tasks, tid, "status")) as f:
                m = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", f.read(),
                              re.M)
            total += int(m.group(1))
        return total

    # How it ends

    def stop(self, limit_s=STOP_S):
        """SIGTERM: it must end with 0 within the limit; how long it took."""
        assert self.process.poll() is None, "ended by itself with %s\n%s" % (
            self.process.returncode, self.tail())
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("still there %g s after SIGTERM\n%s" % (
                limit_s, self.tail()))
        took = time.monotonic() - start
        self._join()
        assert code == 0, "exit status %s\n%s" % (code, self.tail())
        return took

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._join()

    def _join(self):
        for t in self.readers if self.process else ():
            t.join(5)

    def hup(self):
        self.process.send_signal(signal.SIGHUP)
