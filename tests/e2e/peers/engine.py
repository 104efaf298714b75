"""The engine of Falco as sysdig has it, with our plugin loaded; a writer that
follows the protocol of the plugin's socket; and the rules, with their macros
and lists put in, as filters.

sysdig comes from a folder of sid's packages (tools/peer-root.sh), cached
under build/peers.
"""
import contextlib
import ctypes
import json
import os
import re
import socket
import subprocess
import time

import yaml

import binary
from binary import REPO

PLUGIN = os.environ.get("TFDRIFT_PLUGIN") or \
    os.path.join(os.path.dirname(binary.PATH), "libtfdrift.so")
FOLDER = os.environ.get("TFDRIFT_PEERS") or \
    os.path.join(REPO, "build", "peers")
GREETING = b"tfdrift 1\n"


def install():
    """The folder that holds sysdig, or None and why it cannot be had."""
    root = os.path.join(FOLDER, "sysdig")
    p = subprocess.run(
        [os.path.join(REPO, "tools", "peer-root.sh"), "sid", root, "sysdig"],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if p.returncode:
        return None, p.stderr.decode(errors="replace").strip().split("\n")[-1]
    return root, None


def said(name):
    """What a function of the plugin without arguments returns."""
    function = getattr(ctypes.CDLL(PLUGIN), "plugin_get_" + name)
    function.restype = ctypes.c_char_p
    return function().decode()


def fields():
    """{name: description} as the plugin's get_fields() has it."""
    return {f["name"]: f for f in json.loads(said("fields"))}


def version():
    return said("version")


class Engine:
    def __init__(self, root):
        self.program = [os.path.join(root, "run"), "sysdig"]

    def _args(self, config, *args):
        return self.program + [
            "-H", "%s:%s" % (PLUGIN, json.dumps(config)), *args]

    def run(self, *args, config=None):
        """binary.Result of a run that ends by itself."""
        p = subprocess.run(self._args(config or {}, *args),
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60)
        return binary.Result(p.returncode, p.stdout.decode(),
                             p.stderr.decode())

    def start(self, config, out, *args):
        """A run that listens, and prints to the file `out` line by line."""
        with open(out, "ab") as f:
            return subprocess.Popen(
                self._args(config, "-I", "tfdrift", "--unbuffered", *args),
                stdin=subprocess.DEVNULL, stdout=f, stderr=f)

    def capture(self, folder, records):
        """A file with the records as events, through the socket."""
        path = os.path.join(str(folder), "records.scap")
        name = os.path.join(str(folder), "capture.sock")
        p = self.start({"socket": name}, path + ".out", "-q", "-w", path)
        try:
            Writer(name).deliver(records)
        finally:
            p.terminate()
            p.wait(10)
        return path

    def read(self, path, form, condition=""):
        """What the engine prints of a capture's events that match."""
        got = self.run("-r", path, "-p", "*" + form, condition)
        assert got.status == 0, "%s\n%s%s" % (condition, got.out, got.err)
        return [x for x in got.out.split("\n") if x]


class Writer:
    """Sends records until each is acknowledged, through any number of
    connections; what is not acknowledged is sent again."""

    def __init__(self, path, timeout_s=30):
        self.path = path
        self.timeout_s = timeout_s
        self.acked = set()
        self.connections = 0

    def deliver(self, records):
        left = {r["id"]: json.dumps(r).encode() + b"\n" for r in records}
        deadline = time.monotonic() + self.timeout_s
        while left:
            assert time.monotonic() < deadline, \
                "%d records are not acknowledged" % len(left)
            with contextlib.suppress(OSError):
                self._connection(left, deadline)
            time.sleep(0.02)

    def _connection(self, left, deadline):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(2)
            s.connect(self.path)
            heard = s.recv(len(GREETING))
            if not heard:
                return
            assert heard == GREETING
            self.connections += 1
            self._talk(s, left, deadline)

    def _talk(self, s, left, deadline):
        to_send, sent, heard = b"".join(left.values()), 0, b""
        while left and time.monotonic() < deadline:
            if sent < len(to_send):
                # A little at a time: acknowledgements must be taken, too.
                sent += s.send(to_send[sent:sent + 4096])
                s.settimeout(0.001)
            else:
                s.settimeout(2)
            try:
                more = s.recv(65536)
            except (socket.timeout, BlockingIOError):
                continue
            if not more:
                return
            heard += more
            *acks, heard = heard.split(b"\n")
            for ack in acks:
                word, _, name = ack.decode().partition(" ")
                assert word == "ack", ack
                self.acked.add(name)
                left.pop(name, None)


# Rules -----------------------------------------------------------------

TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[(),]|"
                   r"[^\s(),\"'\[]+(?:\[[^\]]*\])?")


class Rules:
    """A rules file; conditions as filters without macros and lists."""

    def __init__(self, path):
        with open(path) as f:
            items = yaml.safe_load(f)
        self.items = items
        self.lists = {i["list"]: i["items"] for i in items if "list" in i}
        self.macros = {i["macro"]: i["condition"] for i in items
                       if "macro" in i}
        self.rules = {i["rule"]: i for i in items if "rule" in i}
        self.used = set()

    def expand(self, text):
        out = []
        for token in TOKEN.findall(text):
            if token in self.macros:
                self.used.add(token)
                out.append("(%s)" % self.expand(self.macros[token]))
            elif token in self.lists:
                self.used.add(token)
                out.append(", ".join(self.lists[token]))
            else:
                out.append(token)
        return " ".join(out)

    def filter(self, name):
        """With its exceptions, put in as Falco's compiler does: values with
        a blank are quoted, others stand as they are."""
        rule = self.rules[name]
        out = "(%s)" % self.expand(rule["condition"])
        for e in rule.get("exceptions", []):
            each = [" and ".join(
                "%s %s %s" % (f, c, '"%s"' % v if " " in v else v)
                for f, c, v in zip(e["fields"], e["comps"], values))
                for values in e.get("values", [])]
            if each:
                out += " and not (%s)" % " or ".join("(%s)" % x for x in each)
        return out

    def texts(self):
        """All that names fields: conditions, outputs, exceptions."""
        for text in self.macros.values():
            yield text
        for rule in self.rules.values():
            yield rule["condition"]
            yield rule["output"]
            for e in rule["exceptions"]:
                yield " ".join(e["fields"])
