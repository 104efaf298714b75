"""The admin port, the log, and `tfdrift health`."""
import json
import re
import time

import pytest

import binary
import world
from agent import get, wait

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
SAMPLE = re.compile(
    r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)\Z")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
# Base units of https://prometheus.io/docs/practices/naming/
UNITS = ("_seconds", "_bytes", "_total", "_info", "_ratio", "_count", "_sum",
         "_bucket")


def parse(text):
    """{(name, labels): value} of an exposition, {name: type}; strict."""
    assert text.endswith("\n")
    samples, types, helps, closed = {}, {}, set(), set()
    family = None
    for line in text.split("\n")[:-1]:
        if line.startswith("# "):
            _, word, name, rest = (line + " ").split(" ", 3)
            assert word in ("HELP", "TYPE") and NAME.match(name), line
            if name != family:
                assert name not in closed, "%s in two places" % name
                closed.add(family)
                family = name
            if word == "TYPE":
                assert rest.strip() in TYPES and name not in types, line
                types[name] = rest.strip()
            else:
                assert name not in helps and rest.strip(), line
                helps.add(name)
            continue
        m = SAMPLE.match(line)
        assert m, "no sample: %r" % line
        name, labels, value = m.groups()
        base = re.sub(r"_(bucket|sum|count)\Z", "", name)
        assert family in (name, base), "%s among %s" % (name, family)
        assert types.get(family) and family in helps, line
        pairs = LABEL.findall(labels or "")
        assert ",".join('%s="%s"' % p for p in pairs) == \
            (labels or "").rstrip(","), line
        key = (name, tuple(sorted(pairs)))
        assert key not in samples, "twice: %s" % line
        samples[key] = float(value)
    return samples, types


@pytest.fixture
def setting(trail, tmp_path):
    path = binary.write(tmp_path, "s.tfstate", world.queues(3))

    def make(*more, **keys):
        return [world.source(trail, **keys), world.local(path), world.VERIFY,
                *more]
    return make


def test_metrics(agent, trail, setting):
    a = agent(setting()).start()
    a.wait_events([trail.add(world.change(0)).id])
    status, headers, text = get(a.port, "/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples, types = parse(text)
    for name, kind in types.items():
        assert name.startswith(("tfdrift_", "process_")), name
        assert (kind == "counter") == name.endswith("_total"), name
    info = [k for k in samples if k[0] == "tfdrift_build_info"]
    assert info and dict(info[0][1]).get("version")
    total = sum(samples.values())
    time.sleep(1.2)
    trail.add(world.change(1))
    wait("another record", lambda: len(a.lines) > 1)
    later, _ = parse(get(a.port, "/metrics")[2])
    for (name, labels), value in samples.items():
        if types.get(name) == "counter":
            assert later[name, labels] >= value, name
    assert sum(later.values()) != total
    a.stop()


# Every counter that the design names, as part of a sample's name and labels.
NAMED = """events_total verdict="drift"
events_total verdict="unmapped"
records_total kind="resolved"
records_total kind="unmanaged"
reason="duplicate"
dedup_dropped_total
aws_calls_total operation="LookupEvents"
source_failures_total source="t/
state_age_seconds state="local"
state_failures_total
checkpoint_age_seconds
output_queue_records output="stdout"
output_failures_total
memory_size_bytes
verify_resolved_total
build_info""".split("\n")


def test_metrics_that_the_design_names(agent, setting):
    a = agent(setting()).start()
    lines = get(a.port, "/metrics")[2].split("\n")
    lacking = [n for n in NAMED if not any(
        all(word in x for word in n.split(" ")) for x in lines)]
    assert not lacking
    a.stop()


def count(samples, name, **labels):
    """The sum of a metric's samples with these labels."""
    return sum(v for (n, pairs), v in samples.items()
               if n == "tfdrift_" + name and set(labels.items()) <= set(pairs))


def test_unmapped_and_failed_are_counted(agent, trail, setting):
    """By name, and by kind of failure."""
    trail.add(world.build.event({"source": "sqs", "name": "ListenToQueue"},
                                "no such"), 3)
    trail.plan("error_500", "throttled")
    a = agent(setting()).start()
    wait("the counters", lambda: "ListenToQueue" in get(
        a.port, "/metrics")[2])
    samples, _ = parse(get(a.port, "/metrics")[2])
    assert count(samples, "events_total", verdict="unmapped") == 1
    assert count(samples, "aws_calls_total", operation="LookupEvents") >= 3
    kinds = {dict(pairs)["kind"]: v for (n, pairs), v in samples.items()
             if n == "tfdrift_aws_errors_total"}
    assert sum(kinds.values()) == 2 and kinds["throttled"] == 1, kinds
    a.stop()


def test_ready_and_alive(agent, trail, setting):
    trail.plan(*["denied"] * 4)
    a = agent(setting()).start(ready=False)
    wait("the port", lambda: a.status("/healthz"))
    assert a.status("/healthz") == 200
    assert a.status("/readyz") == 503
    a.wait_ready(30)
    assert get(a.port, "/readyz")[0] == 200
    assert get(a.port, "/nothing")[0] == 404
    assert get(a.port, "/metrics", "POST")[0] in (405, 501)
    assert get(a.port, "/healthz", "HEAD")[2] == ""
    a.stop()


def test_health(agent, setting):
    """`tfdrift health` is for images without a shell."""
    a = agent(setting()).start()
    address = "127.0.0.1:%d" % a.port
    assert binary.run(["health", address]).status == 0
    a.stop()
    assert binary.run(["health", address]).status == 1


def test_log_as_json(agent, trail, setting):
    """Every line is an object; bytes of an answer do not break it."""
    trail.plan("html", "error_500", "not_http")
    a = agent(setting(("agent", {"log_format": "json",
                                 "log_level": "debug"}))).start(ready=False)
    a.wait_ready(30)
    a.stop()
    rows = [json.loads(x) for x in a.err.strip().split("\n")]
    assert rows and all(isinstance(r, dict) for r in rows)
    keys = set.intersection(*(set(r) for r in rows))
    assert len(keys) >= 3, keys  # time, level, message


def test_clients_of_the_port_are_bounded(agent, setting):
    """Slow and many clients hold up nobody else."""
    import socket
    a = agent(setting()).start()
    held = [socket.create_connection(("127.0.0.1", a.port))
            for _ in range(10)]
    for s in held[:5]:
        s.sendall(b"GET /metr")
    wait("an answer", lambda: a.status("/healthz") == 200, 15)
    for s in held:
        s.close()
    a.stop()
