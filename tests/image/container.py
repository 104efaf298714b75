"""Containers of the image by podman, as confined as the README runs them,
and what an image holds."""
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import threading
import time
import uuid

import pytest

import agent as agents
from peers.moto_server import free_port

USER = 65532
# What podman wants to raise for a container, a machine may not allow.
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000")
CONFINED = ("--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--user", "%d:%d" % (USER, USER))


def runtime():
    """Debian's podman prefers crun, and does not look for runc in sbin."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    for name in ("crun", "runc"):
        found = shutil.which(name, path=path)
        if found:
            return ["--runtime", found]
    return []


def podman(*args, check=True, timeout_s=120):
    p = subprocess.run(["podman", *runtime(), *args],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=timeout_s)
    assert not check or p.returncode == 0, p.stderr.decode(errors="replace")
    return p


def inspect(tag):
    return json.loads(podman("image", "inspect", tag).stdout)[0]


def last_line(p):
    lines = p.stderr.decode(errors="replace").strip().split("\n")
    return lines[-1] or "status %d" % p.returncode


def build(make, *words):
    """The tag of what make gives; the test is skipped without podman."""
    if not shutil.which("podman"):
        pytest.skip("no podman")
    p = podman("info", check=False)
    if p.returncode:
        pytest.skip("podman does not work here: " + last_line(p))
    return re.search(r"^(tfdrift:\S+): \d+ bytes$", make("image", *words),
                     re.M).group(1)


def why_not(tag):
    """Why no container can be run, or None."""
    p = podman("run", "--rm", "--network=host", *LIMITS, *CONFINED, tag,
               "version", check=False)
    return last_line(p) if p.returncode else None


def files(tag):
    """{path: (tarfile's member, bytes)} of all that is no folder."""
    found = {}
    saved = podman("save", "--format", "docker-archive", tag).stdout
    with tarfile.open(fileobj=io.BytesIO(saved)) as whole:
        for layer in json.load(whole.extractfile("manifest.json"))[0][
                "Layers"]:
            with tarfile.open(fileobj=whole.extractfile(layer)) as t:
                for m in t:
                    if not m.isdir():
                        found["/" + m.name] = (
                            m, t.extractfile(m).read() if m.isfile() else b"")
    return found


class Volume:
    """A volume of podman's; `path` is where this machine sees it."""

    def __init__(self):
        self.name = "tfdrift-test-" + uuid.uuid4().hex[:12]
        podman("volume", "create", self.name)
        self.path = podman("volume", "inspect", "--format",
                           "{{.Mountpoint}}", self.name
                           ).stdout.decode().strip()

    def close(self):
        podman("volume", "rm", "-f", self.name, check=False)


class Container:
    """One container of the image, which runs what the image says."""

    def __init__(self, tag, config, mounts, env, network="host"):
        self.name = "tfdrift-test-" + uuid.uuid4().hex[:12]
        self.config = config
        args = ["run", "--rm", "--name", self.name, "--network", network,
                *LIMITS, *CONFINED, "-v",
                config + ":/etc/tfdrift/tfdrift.ini:ro"]
        for mount in mounts:
            args += ["-v", mount]
        for k, v in env.items():
            args += ["-e", "%s=%s" % (k, v)]
        self.err = ""
        self.process = subprocess.Popen(
            ["podman", *runtime(), *args, tag], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.err += line.decode("utf-8", "backslashreplace")

    def wait(self, what, ready, limit_s=agents.WAIT_S):
        def alive():
            assert self.process.poll() is None, "ended with %s\n%s" % (
                self.process.returncode, self.err[-3000:])
            return ready()
        return agents.wait(lambda: what + "\n" + self.err[-3000:], alive,
                           limit_s)

    def pid(self):
        """Of the agent, as this machine counts."""
        return int(podman("inspect", "--format", "{{.State.Pid}}",
                          self.name).stdout)

    def signal(self, name):
        podman("kill", "--signal", name, self.name)

    def stop(self):
        """SIGTERM; how long it took to end, which must be with 0."""
        start = time.monotonic()
        self.signal("TERM")
        code = self.process.wait(60)
        took = time.monotonic() - start
        self.reader.join(5)
        assert code == 0, "exit status %s\n%s" % (code, self.err[-3000:])
        return took

    def kill(self):
        if self.process.poll() is None:
            podman("kill", self.name, check=False)
            self.process.wait(60)


def write_config(folder, sections):
    """(path, admin port) of a configuration that anybody can read."""
    port = free_port()
    path = os.path.join(str(folder), "tfdrift-%d.ini" % port)
    with open(path, "w") as f:
        f.write(agents.ini([("agent", {"listen": "127.0.0.1:%d" % port})] +
                           sections))
    os.chmod(path, 0o644)
    return path, port
