"""config/falco/tfdrift_rules.yaml: whole, and each rule fires for what it is
about and for nothing else, as the real engine sees it."""
import json
import os
import re
import stat

import pytest
import yaml

from binary import REPO
from peers import engine

FOLDER = os.path.join(REPO, "config", "falco")
RULES = engine.Rules(os.path.join(FOLDER, "tfdrift_rules.yaml"))
TABLE = os.path.join(REPO, "tests", "data", "falco", "rules.json")
PRIORITIES = ["EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE",
              "INFORMATIONAL", "DEBUG"]
FIELD = re.compile(r"%?\b((?:tfdrift|evt)\.[a-z_]+)(\[[^\]]*\])?")


def table():
    """{rule: {"fires": [record], "silent": [record]}}, each one whole."""
    with open(TABLE) as f:
        doc = json.load(f)

    def whole(short, event):
        text = json.dumps({**doc["base"], **short})
        kind = {**doc["base"], **short}["type"]
        return json.loads(text.replace("EVENT", event)
                          .replace("TYPE", kind))

    return {rule: {side: [whole(short, "%s-%s-%d" % (rule, side, i))
                          for i, short in enumerate(rows[side])]
                   for side in ("fires", "silent")}
            for rule, rows in doc["rules"].items()}


@pytest.fixture(scope="module")
def capture(sysdig, tmp_path_factory):
    records = [r for rows in table().values()
               for side in rows.values() for r in side]
    return sysdig.capture(tmp_path_factory.mktemp("rules"), records)


@pytest.fixture(scope="module")
def fired(sysdig, capture):
    """{rule: ids of the records that match its condition}."""
    return {name: set(sysdig.read(capture, "%tfdrift.id",
                                  RULES.filter(name)))
            for name in RULES.rules}


def test_rules_are_whole():
    assert len(RULES.rules) >= 25
    names = [next(iter(i.values())) for i in RULES.items
             if "required_plugin_versions" not in i]
    assert len(names) == len(set(names))
    assert {"name": "tfdrift", "version": "0.1.0"} in \
        RULES.items[0]["required_plugin_versions"]
    for name, rule in RULES.rules.items():
        assert re.fullmatch("[a-z0-9_]+", name)
        assert rule["source"] == "tfdrift"
        assert rule["priority"] in PRIORITIES
        assert len(rule["desc"]) > 10 and len(rule["output"]) > 50
        assert rule["tags"][0] == "tfdrift" and len(rule["tags"]) > 1
        assert rule["exceptions"], name
        for e in rule["exceptions"]:
            assert len(e["fields"]) == len(e["comps"]) > 0
            for values in e.get("values", []):
                assert len(values) == len(e["fields"])
        # Who, from where, and what to look for in CloudTrail.
        for field in ("user", "sourceip", "event", "timestamp", "id"):
            assert "%%tfdrift.%s" % field in rule["output"], (name, field)


def test_instance_type_rule():
    rule = RULES.rules["ec2_instance_type_changed"]
    assert rule["priority"].capitalize() == "Warning"
    assert "%tfdrift.change[instance_type]" in rule["output"]


def test_lines_for_falco_yaml(sysdig, tmp_path):
    """The plugin takes the settings as they stand there."""
    with open(os.path.join(FOLDER, "falco.yaml")) as f:
        doc = yaml.safe_load(f)
    (plugin,) = doc["plugins"]
    assert doc["load_plugins"] == [plugin["name"]] == ["tfdrift"]
    assert plugin["library_path"] == os.path.basename(engine.PLUGIN)
    assert doc["rules_files"] == ["/etc/falco/tfdrift_rules.yaml"]
    config = dict(plugin["init_config"], socket=str(tmp_path / "s"))
    config["group"] = str(os.getgid())
    p = sysdig.start(config, str(tmp_path / "out"), "-q")
    try:
        engine.Writer(config["socket"]).deliver([{"kind": "drift",
                                                  "id": "a"}])
        assert stat.S_IMODE(os.stat(config["socket"]).st_mode) == 0o660
    finally:
        p.terminate()
        p.wait(10)


def test_readme_names_settings_and_metrics():
    with open(os.path.join(FOLDER, "README.md")) as f:
        text = f.read()
    src = os.path.join(REPO, "src", "falco")
    for name, macro in (("settings.def", "SETTING"),
                        ("counters.def", "COUNTER")):
        with open(os.path.join(src, name)) as f:
            keys = re.findall(r"^%s\((\w+)," % macro, f.read(), re.M)
        assert len(keys) > 3
        assert [k for k in keys if "`%s`" % k not in text] == []
    assert "%d rules" % len(RULES.rules) in text


def test_gravest_rules_stand_first():
    levels = [PRIORITIES.index(r["priority"]) for r in RULES.rules.values()]
    assert levels == sorted(levels)


def test_nothing_is_defined_in_vain():
    for name in RULES.rules:
        RULES.filter(name)
    assert RULES.used == set(RULES.lists) | set(RULES.macros)


def test_fields_exist():
    known = engine.fields()
    seen = 0
    for text in RULES.texts():
        for name, argument in FIELD.findall(text):
            seen += 1
            if name.startswith("evt."):
                continue            # any source has them
            assert name in known, name
            assert ("arg" in known[name]) == bool(argument), name + argument
    assert seen > 500


def test_plugin_is_new_enough():
    (wish,) = RULES.items[0]["required_plugin_versions"]
    major, minor = engine.version().split(".")[:2]
    wanted = wish["version"].split(".")
    assert major == wanted[0] and int(minor) >= int(wanted[1])


def test_every_rule_has_rows():
    rows = table()
    assert set(rows) == set(RULES.rules)
    assert all(rows[n]["fires"] and rows[n]["silent"] for n in rows)


@pytest.mark.parametrize("name", list(RULES.rules))
def test_rule(name, fired):
    rows = table()[name]
    want = {r["id"] for r in rows["fires"]}
    wrong = {r["id"] for r in rows["silent"]}
    assert want <= fired[name], "does not fire"
    assert not wrong & fired[name], "fires"


def test_first_rule_that_matches_is_the_one(fired):
    """Falco takes the first rule: none must stand in another's way."""
    order = [n for n, r in RULES.rules.items() if r.get("enabled", True)]
    wrong = []
    for name, rows in table().items():
        for record in rows["fires"] if name in order else []:
            first = next(n for n in order if record["id"] in fired[n])
            if first != name:
                wrong.append("%s: %s is first" % (record["id"], first))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", list(RULES.rules))
def test_output(name, sysdig, capture):
    """The text compiles, and says what happened and to what."""
    form = RULES.rules[name]["output"].strip().replace("\n", " ")
    lines = sysdig.read(capture, form, "tfdrift.id startswith \"%s-fires\""
                        % name)
    for record, line in zip(table()[name]["fires"], lines):
        assert record["resource"] in line or record["address"] in line
        assert record["user"] in line and record["id"] in line
        for pair in record["changes"].values():
            assert "->" in line or "%tfdrift.changes" not in form, pair
        missing = line.count("<NA>") - line.count("identity=<NA>")
        allowed = 0 if record["changes"] and record["address"] else \
            form.count("%tfdrift.change") + \
            form.count("%tfdrift.address") * (record["address"] is None)
        assert missing <= allowed, line
    assert len(lines) == len(table()[name]["fires"])
