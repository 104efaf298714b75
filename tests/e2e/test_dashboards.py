"""Dashboards and alerts speak of what there is: every metric and label they
name is on the page of a running agent, every field on a record; no number of
the page goes unseen; promtool finds the expressions sound, and the alerts
fire when they must.

promtool is the machine's own or comes from a folder of bookworm's packages
(tools/peer-root.sh), cached under build/peers.
"""
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

import binary
import world
from agent import get, wait

REPO = binary.REPO
BOARDS = {name: os.path.join(REPO, "config", "grafana", name + ".json")
          for name in ("tfdrift_agent", "tfdrift_records")}
ALERTS = os.path.join(REPO, "config", "prometheus", "tfdrift_alerts.yml")
ALERTS_TEST = ALERTS.replace(".yml", "_test.yml")
FIELDS = os.path.join(REPO, "src", "drift", "record_fields.def")

SCHEMA = 42  # of dashboards, as Grafana 12 writes them
UNITS = {"short", "s", "bytes", "eps", "reqps"}
SEVERITIES = {"critical", "warning", "info"}

# What Grafana puts in for its variables, for a check of the syntax.
VARIABLES = {"$__rate_interval": "5m", "$__interval": "5m", "$__range": "6h",
             "$job": ".+", "$instance": ".+"}

# Labels that Prometheus adds to every series.
SCRAPED = {"job", "instance"}


def load(name):
    with open(BOARDS[name]) as f:
        return json.load(f)


def panels(board):
    """All but rows."""
    return [p for p in board["panels"] if p["type"] != "row"]


def rules():
    with open(ALERTS) as f:
        groups = yaml.safe_load(f)["groups"]
    return [r for g in groups for r in g["rules"]]


def promql():
    """(where, expression) of all there are."""
    board = load("tfdrift_agent")
    for p in panels(board):
        for t in p["targets"]:
            yield p["title"], t["expr"]
    for v in board["templating"]["list"]:
        if v["type"] == "query":
            inner = re.fullmatch(r"label_values\((.*), (\w+)\)",
                                 v["query"]["query"])
            yield v["name"], "sum by (%s) (%s)" % inner.group(2, 1)
    for a in board["annotations"]["list"]:
        if "expr" in a:
            yield a["name"], a["expr"]
    for r in rules():
        yield r["alert"], r["expr"]


# PromQL ----------------------------------------------------------------

TOKEN = re.compile(r"""
    (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
  | (?P<range>\[[^\]]*\])
  | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
  | (?P<number>[0-9][0-9a-z.]*)
  | (?P<other>\S)""", re.X)
GROUPING = {"by", "without", "on", "ignoring", "group_left", "group_right"}
WORDS = {"and", "or", "unless", "offset", "bool", "inf", "nan"}


def names_of(expr):
    """The metrics of an expression, each with the labels asked of it, and
    the labels it is grouped by."""
    tokens = [(m.lastgroup, m.group()) for m in TOKEN.finditer(expr)]
    metrics, grouped, inside, last = [], set(), None, None
    for i, (kind, text) in enumerate(tokens):
        after = tokens[i + 1][1] if i + 1 < len(tokens) else ""
        if inside == "labels":
            if text == "}":
                inside = None
            elif kind == "name":
                metrics[-1][1].add(text)
        elif inside == "grouping":
            if text == ")":
                inside = None
            elif kind == "name":
                grouped.add(text)
        elif text == "{":
            assert last and last[0] == "name", "{ without a metric: " + expr
            inside = "labels"
        elif kind == "name" and text in GROUPING:
            inside = "grouping"
        elif kind == "name" and text not in WORDS and after != "(" and \
                after not in ("by", "without"):
            metrics.append((text, set()))
        last = (kind, text)
    return metrics, grouped


@pytest.mark.parametrize("expr, metrics, grouped", [
    ("up", [("up", set())], set()),
    ('sum by (a, b) (rate(m_total{x="y{z}",q!~"w"}[5m])) > 0.5e3',
     [("m_total", {"x", "q"})], {"a", "b"}),
    ("time() - m and on (job) n offset 1h unless increase(o[1h:5m]) == 0",
     [("m", set()), ("n", set()), ("o", set())], {"job"}),
    ("histogram_quantile(0.9, a) or vector(1)", [("a", set())], set()),
])
def test_names_of(expr, metrics, grouped):
    assert names_of(expr) == (metrics, grouped)


# The page --------------------------------------------------------------

class Page:
    """{metric: {label: values}} and {metric: type} of a text of /metrics."""

    def __init__(self, text):
        self.text = text
        self.type = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        self.labels = {name: {} for name in self.type}
        self.seen = set()
        for name, labels in re.findall(r"^([a-z]\w*)(?:\{(.*)\})? \S+$", text,
                                       re.M):
            self.seen.add(name)
            for label, value in re.findall(r'(\w+)="((?:\\.|[^"\\])*)"',
                                           labels):
                self.labels[name].setdefault(label, set()).add(value)


@pytest.fixture
def page(agent, trail, tmp_path):
    """Of an agent that has sources of both types, an event nobody knows, a
    state, one that cannot be read, and an output."""
    events = str(tmp_path / "events.jsonl")
    known = world.change(0)
    unknown = world.change(1, eventName="InventQueue")
    with open(events, "w") as f:
        f.write(json.dumps(known) + "\n" + json.dumps(unknown) + "\n")
    local = binary.write(tmp_path, "s.tfstate", world.queues(3))
    a = agent([
        world.source(trail),
        ("source \"file\"", {"type": "file", "path": events}),
        world.local(local),
        ("state \"nowhere\"", {"type": "s3", "bucket": "b", "key": "k",
                               "region": world.REGION,
                               "endpoint": "http://127.0.0.1:9"}),
        ("output \"file\"", {"type": "file",
                             "path": str(tmp_path / "out.jsonl")}),
        ("verify", {"attempts": 1, "delay": "10ms", "lock_wait": "1s"}),
    ]).start(ready=False)

    missing = []

    def full():
        try:
            got = Page(get(a.port, "/metrics")[2])
        except OSError:
            return None
        missing[:] = set(got.type) ^ got.seen
        return None if missing else got

    try:
        yield wait(lambda: "series of %s\n%s" % (missing, a.tail()), full)
    finally:
        a.kill()


def test_metrics(page):
    """What is named is there, with these labels; what is there is named."""
    used = set()
    for where, expr in promql():
        metrics, grouped = names_of(expr)
        labels = set(SCRAPED)
        for name, asked in metrics:
            used.add(name)
            if name == "up":
                continue
            assert name in page.type, "%s: no metric %s" % (where, name)
            labels |= set(page.labels[name])
            more = asked - SCRAPED - set(page.labels[name])
            assert not more, "%s: %s has no label %s" % (where, name, more)
        assert grouped <= labels, "%s: no label %s" % (where,
                                                       grouped - labels)
    unseen = set(page.type) - used
    assert not unseen, "on no dashboard and in no alert: %s" % unseen


def test_values_of_labels(page):
    """severity="critical" and the like are words that the agent uses."""
    for where, expr in promql():
        for name, labels in re.findall(r"(tfdrift_\w+)\{([^}]*)\}", expr):
            for label, op, value in re.findall(r'(\w+)(=~?)"([^"]*)"', labels):
                words = page.labels[name].get(label, set())
                if label in ("severity", "verdict", "reason", "result"):
                    assert set(value.split("|")) <= words, (where, label)
                elif label == "kind" and name == "tfdrift_aws_errors_total":
                    assert set(value.split("|")) <= outcomes(), where


def outcomes():
    """What aws_outcome_text() says."""
    with open(os.path.join(REPO, "src", "aws", "aws.c")) as f:
        return set(re.findall(r'\[AWS_\w+\] = "(\w+)"', f.read()))


def test_rates_are_of_counters(page):
    """A rate of a gauge is nonsense, and so is a counter drawn as it is."""
    over_time = re.compile(r"\b(rate|increase)\((\w+)")
    for where, expr in promql():
        rated = {n for _, n in over_time.findall(expr)}
        for name in rated:
            assert page.type[name] == "counter", (where, name)
        for name, _ in names_of(expr)[0]:
            if page.type.get(name) == "counter" and name not in rated:
                assert where in ("Events without a mapping",
                                 "TfdriftCheckpointOld"), (where, name)


def test_names_of_metrics(page, promtool):
    """As Prometheus' own conventions want them."""
    for name, kind in page.type.items():
        assert name.endswith("_total") == (kind == "counter"), name
    p = promtool("check", "metrics", stdin=page.text.encode())
    assert p.status == 0 and not p.err, p


# Dashboards ------------------------------------------------------------

@pytest.mark.parametrize("name", BOARDS)
def test_board(name):
    board = load(name)
    assert board["schemaVersion"] == SCHEMA
    assert "id" not in board and board["uid"] and board["title"]
    variables = {v["name"]: v for v in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    source = {"type": variables["datasource"]["query"],
              "uid": "${datasource}"}
    titles = [p["title"] for p in board["panels"]]
    assert len(titles) == len(set(titles)), "two panels of one title"
    text = json.dumps([p.get("targets") for p in board["panels"]])
    for v in variables:
        assert v == "datasource" or re.search(r"\$\{?%s\b" % v, text), v
    for p in panels(board):
        assert "id" not in p
        assert len(p["description"]) > 40, p["title"]
        assert p["datasource"] == source, p["title"]
        assert p["targets"], p["title"]
        assert all(t["datasource"] == source for t in p["targets"])
        assert p["fieldConfig"]["defaults"]["unit"] in UNITS, p["title"]
        for used in re.findall(r"\$\{?(\w+)", json.dumps(p["targets"])):
            assert used in variables or "$" + used in VARIABLES, used


@pytest.mark.parametrize("name", BOARDS)
def test_layout(name):
    """Nothing covers anything, nothing stands out of the 24 columns, and
    everything is below a row."""
    taken = {}
    all_panels = load(name)["panels"]
    assert all_panels[0]["type"] == "row"
    for p in all_panels:
        g = p["gridPos"]
        assert 0 <= g["x"] and g["x"] + g["w"] <= 24, p["title"]
        for x in range(g["x"], g["x"] + g["w"]):
            for y in range(g["y"], g["y"] + g["h"]):
                assert (x, y) not in taken, (p["title"], taken[x, y])
                taken[x, y] = p["title"]


def logql():
    for p in panels(load("tfdrift_records")):
        for t in p["targets"]:
            yield p["title"], t["expr"], t["legendFormat"]


def test_fields_of_records():
    """Every field that is taken out of a record is one of a record; what is
    filtered, grouped or shown was taken out; no field goes unseen."""
    with open(FIELDS) as f:
        fields = set(re.findall(r"^RECORD_FIELD\((\w+),", f.read(), re.M))
    seen = set()
    for where, expr, legend in logql():
        stage = re.search(r"\| json ((?:\w+=\"\w+\"(?:, )?)+)", expr)
        taken = dict(re.findall(r'(\w+)="(\w+)"', stage.group(1)))
        assert set(taken.values()) <= fields, where
        assert all(k == v for k, v in taken.items()), where
        used = set(re.findall(r"(?:\||\bor|\band) (\w+)(?:=~?|!=|!~)",
                              expr[stage.end():])) - {"__error__"}
        used |= {x.strip() for by in re.findall(r"by \(([^)]*)\)", expr)
                 for x in by.split(",")}
        used |= set(re.findall(r"\{\{[^}]*?\.(\w+)\}\}", expr))
        used |= set(re.findall(r"\{\{(\w+)\}\}", legend))
        assert used <= set(taken), "%s: %s" % (where, used - set(taken))
        assert expr.count("(") == expr.count(")"), where
        seen |= used
    # The line's own time is Loki's, and three are in every record's details.
    unseen = fields - seen - {"timestamp", "user_agent", "role"}
    assert not unseen, "fields that no panel shows: %s" % unseen


def test_filters_of_records(tfdrift):
    """The words that the filters offer are those of the configuration."""
    variables = {v["name"]: v for v in load("tfdrift_records")[
        "templating"]["list"]}
    with open(os.path.join(REPO, "config", "tfdrift.ini")) as f:
        text = " ".join(x.lstrip("; ") for x in f.read().split("\n"))
    offered = re.search(r"Allowed: (emergency[^.]*)\.", text).group(1)
    assert variables["severity"]["query"].split(",") == offered.split(", ")
    assert variables["kind"]["query"] == "drift,unmanaged,resolved"


# Alerts ----------------------------------------------------------------

def test_alerts():
    names = [r["alert"] for r in rules()]
    assert len(names) == len(set(names))
    for r in rules():
        assert r["alert"].startswith("Tfdrift")
        assert r["labels"]["severity"] in SEVERITIES, r["alert"]
        assert set(r["annotations"]) == {"summary", "description", "runbook"}
        assert all(len(a) > 20 for a in r["annotations"].values())
        # A drift is an event: there is nothing to wait for.
        assert "for" in r or r["alert"] == "TfdriftCriticalDrift", r["alert"]


def test_every_alert_is_tested():
    """Each begins to fire in the course of some test."""
    with open(ALERTS_TEST) as f:
        tests = yaml.safe_load(f)["tests"]
    begins = set()
    for t in tests:
        got = [{n for s in e["exp_samples"]
                for n in re.findall(r'alertname="(\w+)"', s["labels"])}
               for e in t.get("promql_expr_test", [])]
        for before, after in zip(got, got[1:]):
            begins |= after - before
        assert t["name"].startswith("not:") <= (not any(got)), t["name"]
    assert begins == {r["alert"] for r in rules()}


@pytest.fixture(scope="session")
def promtool():
    """promtool(*args) → binary.Result; skipped where it cannot be had."""
    command = [shutil.which("promtool")]
    if command[0] is None:
        root = os.path.join(os.environ.get("TFDRIFT_PEERS") or
                            os.path.join(REPO, "build", "peers"), "prometheus")
        p = subprocess.run(
            [os.path.join(REPO, "tools", "peer-root.sh"), "bookworm", root,
             "prometheus"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if p.returncode:
            pytest.skip("no promtool: " + p.stderr.decode(
                errors="replace").strip().split("\n")[-1])
        command = [os.path.join(root, "run"), "promtool"]

    def run(*args, stdin=b""):
        return binary.run(command[1:] + list(args), stdin, command[0])
    return run


def test_promtool_takes_the_alerts(promtool):
    p = promtool("check", "rules", ALERTS)
    assert p.status == 0, p.out + p.err
    assert "%d rules found" % len(rules()) in p.out


def test_promtool_tests_the_alerts(promtool):
    p = promtool("test", "rules", ALERTS_TEST)
    assert p.status == 0, p.out + p.err


def test_promtool_takes_the_dashboard(promtool, tmp_path):
    """Its expressions, as rules that record them."""
    each = []
    for where, expr in promql():
        for name in sorted(VARIABLES, key=len, reverse=True):
            expr = expr.replace(name, VARIABLES[name])
        assert "$" not in expr, where
        each.append({"record": "panel:%d" % len(each), "expr": expr})
    path = binary.write(tmp_path, "panels.yml", {
        "groups": [{"name": "panels", "rules": each}]})
    p = promtool("check", "rules", path)
    assert p.status == 0, p.out + p.err
