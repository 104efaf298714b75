"""build/libtfdrift.so: what it is made of, and what the real engine sees of
records that come through its socket."""
import os
import random
import re
import signal
import subprocess
import threading

import pytest

from peers import engine

GLIBC_MAX = (2, 28)
RECORD = {
    "timestamp": "2025-12-06T07:30:00Z", "service": "ec2",
    "event": "ModifyInstanceAttribute", "resource": "i-0123456789abcdef0",
    "changes": {"instance_type": ["t3.micro", "t3.small"],
                "tags.Env": [None, "prod"],
                "root_block_device[0].encrypted": [True, False],
                "ebs_block_device[1].encrypted": [True, False],
                "size": [8, 16],
                "ingress": [[], [{"cidr_blocks": ["0.0.0.0/0"],
                                  "from_port": 22}]]},
    "user": "arn:aws:sts::123456789012:assumed-role/Admin/ana",
    "source_ip": "203.0.113.1", "user_agent": "console.amazonaws.com",
    "kind": "drift", "action": "update", "severity": "warning",
    "type": "aws_instance", "address": "module.web.aws_instance.app[0]",
    "state": "network", "account": "123456789012", "region": "us-east-1",
    "event_id": "8f1c", "id": "full", "role": "arn:aws:iam::1:role/Admin",
    "identity": "ana@example.com", "hidden": ["size"], "detail": False,
    "state_locked": True, "resolves": "8f1b:0", "more": 3}
BARE = {"kind": "unmanaged", "address": None, "state": None, "changes": {},
        "id": "bare", "source_ip": "ec2.amazonaws.com"}

# Filters, and which of the two records match.
FILTERS = [
    ("tfdrift.kind = drift", "full"),
    ("tfdrift.kind in (unmanaged, resolved)", "bare"),
    ("tfdrift.service = ec2", "full"),
    ("tfdrift.event startswith Modify", "full"),
    ("tfdrift.event_id = 8f1c", "full"),
    ("tfdrift.resource glob \"i-*\"", "full"),
    ("tfdrift.timestamp glob \"*T07:*\"", "full"),
    ("tfdrift.user endswith \"/ana\"", "full"),
    ("tfdrift.role contains role/Admin", "full"),
    ("tfdrift.identity = ana@example.com", "full"),
    ("tfdrift.sourceip = 203.0.113.1", "full"),
    ("tfdrift.source_ip = ec2.amazonaws.com", "bare"),
    ("tfdrift.net in (203.0.113.0/24)", "full"),
    ("tfdrift.net exists and not tfdrift.net in (10.0.0.0/8)", "full"),
    ("not tfdrift.net exists", "bare"),
    ("tfdrift.useragent contains console", "full"),
    ("tfdrift.user_agent contains console", "full"),
    ("tfdrift.action = update", "full"),
    ("tfdrift.severity in (critical, warning)", "full"),
    ("tfdrift.type = aws_instance", "full"),
    ("tfdrift.address startswith module.web", "full"),
    ("not tfdrift.address exists", "bare"),
    ("tfdrift.state = network", "full"),
    ("not tfdrift.state exists", "bare"),
    ("tfdrift.account = 123456789012", "full"),
    ("tfdrift.region in (us-east-1, eu-west-1)", "full"),
    ("tfdrift.id = bare", "bare"),
    ("tfdrift.resolves = 8f1b:0", "full"),
    ("tfdrift.more > 2", "full"),
    ("tfdrift.more = 0", "bare"),
    ("tfdrift.detail = false", "full"),
    ("tfdrift.detail = true", "bare"),
    ("tfdrift.state_locked = true", "full"),
    ("tfdrift.state_locked = false", "bare"),
    ("tfdrift.hidden intersects (size, other)", "full"),
    ("not tfdrift.hidden exists", "bare"),
    ("tfdrift.attributes intersects (other, instance_type)", "full"),
    ("tfdrift.attributes in (instance_type, tags.Env, size, ingress, "
     "\"root_block_device[0].encrypted\", \"ebs_block_device[1].encrypted\")",
     "full"),
    ("tfdrift.attributes in (instance_type)", ""),
    ("not tfdrift.attributes exists", "bare"),
    ("tfdrift.changes intersects (\"size: 8->16\")", "full"),
    ("tfdrift.change[instance_type] = \"t3.micro->t3.small\"", "full"),
    ("tfdrift.old[instance_type] = t3.micro", "full"),
    ("tfdrift.new[instance_type] in (t3.small)", "full"),
    ("tfdrift.change[tags.Env] endswith \"->prod\"", "full"),
    ("tfdrift.old[tags.Env] exists", ""),
    ("tfdrift.new[tags.Env] exists", "full"),
    ("tfdrift.change[nothing] exists", ""),
    ("not tfdrift.change[nothing] exists", "full bare"),
    ("tfdrift.new[root_block_device.0.encrypted] = \"false\"", "full"),
    ("tfdrift.new[*.encrypted] = \"false; false\"", "full"),
    ("tfdrift.change['*block_device.?.encrypted'] contains \"true->\"",
     "full"),
    ("tfdrift.new[ingress] contains '\"cidr_blocks\":[\"0.0.0.0/0\"]'",
     "full"),
    ("tfdrift.new[size] = 16", "full"),
    ("tfdrift.summary contains \"instance_type t3.micro->t3.small\"", "full"),
]


@pytest.fixture(scope="module")
def capture(sysdig, tmp_path_factory):
    return sysdig.capture(tmp_path_factory.mktemp("plugin"), [RECORD, BARE])


def output(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE,
                          timeout=60).stdout.decode()


# What it is made of ----------------------------------------------------

def test_only_plugin_functions_are_exported():
    names = [x.split()[-1] for x in
             output("nm", "-D", "--defined-only", engine.PLUGIN).splitlines()]
    assert len(names) > 15
    assert [n for n in names if not n.startswith("plugin_")] == []


def test_no_symbol_is_newer_than_glibc_2_28():
    """Falco's packages run on glibc 2.28 and later."""
    said = output("objdump", "-T", engine.PLUGIN)
    found = re.findall(r"GLIBC_(\d+)\.(\d+)(?:\.\d+)?\)?\s+(\S+)$", said, re.M)
    assert len(found) > 10
    new = [name for major, minor, name in found
           if (int(major), int(minor)) > GLIBC_MAX]
    assert new == []
    assert re.findall(r"\*UND\*.* (__isoc\S+)", said) == []


def test_libc_is_all_it_needs():
    needed = re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p",
                                                  engine.PLUGIN))
    assert needed == ["libc.so.6"]


def test_nothing_is_writable():
    """A reload has two plugins in one process: no globals.  (.data and .bss
    hold the few bytes of the compiler's own start-up code and of what it
    knows of the processor.)"""
    sizes = {name: int(size, 16) for name, size in re.findall(
        r"^ *\d+ (\.\S+) +([0-9a-f]{8}) ", output("objdump", "-h",
                                                  engine.PLUGIN), re.M)}
    assert sizes.get(".bss", 0) <= 64 and sizes.get(".data", 0) <= 16


def test_every_field_is_filtered_on():
    named = set(re.findall(r"tfdrift\.[a-z_]+", " ".join(f for f, _ in
                                                         FILTERS)))
    assert named == set(engine.fields())


# What the engine sees --------------------------------------------------

def test_engine_knows_it(sysdig):
    said = sysdig.run("-Il").out
    assert "Name: tfdrift" in said
    assert "Event Sourcing (ID=999, source='tfdrift')" in said
    assert "Field Extraction" in said


@pytest.mark.parametrize("condition, want", FILTERS)
def test_filter(sysdig, capture, condition, want):
    got = sysdig.read(capture, "%tfdrift.id", condition)
    assert sorted(got) == sorted(want.split())


def test_output_of_every_field(sysdig, capture):
    """Absent values are <NA>; none is missing where there is one."""
    form = " ; ".join("%" + n + ("[instance_type]" if "arg" in f else "")
                      for n, f in sorted(engine.fields().items()))
    full, bare = sysdig.read(capture, form)
    assert full.count("<NA>") == 0 and bare.count("<NA>") > 10
    assert len(full.split(" ; ")) == len(engine.fields())


def test_events_as_text(sysdig, capture):
    """Without a format the engine shows event_to_string()."""
    got = sysdig.run("-r", capture)
    assert "drift update module.web.aws_instance.app[0]: " in got.out
    assert "t3.micro->t3.small" in got.out


@pytest.mark.parametrize("config, says", [
    ({"mode": "rw"}, "mode"),
    ({"sockets": "/x"}, "sockets"),
    ({"queue": 1}, "queue"),
    ({"socket": "/proc/nowhere/a.sock"}, "/proc/nowhere/a.sock"),
    ({"group": "no such group"}, "no such group"),
])
def test_bad_config_is_told(sysdig, config, says):
    got = sysdig.run("-I", "tfdrift", config=config)
    assert got.status != 0 and says in got.out + got.err


def test_socket_in_use_is_told(sysdig, tmp_path):
    name = str(tmp_path / "s.sock")
    first = sysdig.start({"socket": name}, str(tmp_path / "out"), "-q")
    try:
        engine.Writer(name).deliver([RECORD])
        got = sysdig.run("-I", "tfdrift", config={"socket": name})
        assert got.status != 0 and "in use" in got.out + got.err
    finally:
        first.terminate()
        first.wait(10)
    assert not os.path.exists(name)


def test_open_params_name_the_socket(sysdig, tmp_path):
    name = str(tmp_path / "params.sock")
    p = subprocess.Popen(
        sysdig.program + ["-H", engine.PLUGIN, "-I", "tfdrift:" + name, "-q"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        writer = engine.Writer(name)
        writer.deliver([RECORD])
        assert writer.acked == {"full"}
    finally:
        p.terminate()
        p.wait(10)


# Restarts --------------------------------------------------------------

class Restarted:
    """An engine that is killed, or asked to end, again and again."""

    def __init__(self, sysdig, folder, seed):
        self.sysdig = sysdig
        self.random = random.Random(seed)
        self.config = {"socket": str(folder / "falco.sock")}
        self.out = str(folder / "out")
        self.kills = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.ended.is_set():
            p = self.sysdig.start(self.config, self.out, "-p", "%tfdrift.id")
            self.ended.wait(self.random.uniform(0.03, 0.25))
            p.send_signal(self.random.choice(
                [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            p.wait(10)
            self.kills += 1

    def end(self):
        """Ids in the order in which they were printed."""
        self.ended.set()
        self.thread.join(20)
        with open(self.out) as f:
            return f.read().split("\n")


def keep_sending(writer, falco, names, kills):
    """Fills names with what was sent until the engine died often enough;
    each part is delivered before the next begins."""
    while falco.kills < kills:
        part = ["%s-%d" % (id(writer), len(names) + i) for i in range(100)]
        names += part
        writer.deliver([dict(RECORD, id=n, pad="x" * (i % 7 * 300))
                        for i, n in enumerate(part)])


@pytest.mark.parametrize("seed", range(3))
def test_no_record_is_lost(sysdig, tmp_path, seed):
    """Two writers that follow the protocol, and an engine that dies at
    random: each record that was acknowledged has been printed."""
    falco = Restarted(sysdig, tmp_path, seed)
    writers = [engine.Writer(falco.config["socket"], 60) for _ in range(2)]
    names = [[] for _ in writers]
    threads = [threading.Thread(target=keep_sending, args=(w, falco, n, 20))
               for w, n in zip(writers, names)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(90)
    printed = set(falco.end())
    for writer, mine in zip(writers, names):
        assert writer.acked == set(mine)
        assert set(mine) <= printed
        assert len(mine) > 500 and writer.connections > 5
