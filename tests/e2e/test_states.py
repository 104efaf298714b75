"""States that are not one, by name and by what they are; and odd ones that
are."""
import json
import re

import pytest

import binary
import build
from story import QUEUE, STATE, STORY, WANT, jsonl, outcome

ENCRYPTED = {"serial": 3, "lineage": "0d9a6ff3-3a1f-4c1e-9b52-2f7a0e6f5b10",
             "meta": {"key_provider.pbkdf2.k": "eyJzYWx0IjoiIn0="},
             "encrypted_data": "kFpZ3m0tq0p2", "encryption_version": "v0"}
V3 = {"version": 3, "terraform_version": "0.11.14", "serial": 1,
      "modules": [{"path": ["root"], "outputs": {}, "resources": {
          "aws_sqs_queue.jobs": {"type": "aws_sqs_queue", "primary": {
              "id": QUEUE, "attributes": {"id": QUEUE}}}}}]}
TEXT = json.dumps(STATE)
BROKEN = {
    "version_3": (json.dumps(V3), r"version 3|v3"),
    "version_5": (TEXT.replace('"version": 4', '"version": 5'),
                  r"version 5|v5"),
    "encrypted": (json.dumps(ENCRYPTED), r"encrypt"),
    "torn": (TEXT[:-60], r"torn|truncat|cut|incomplete|not whole|ends"),
    "torn_at_half": (TEXT[:len(TEXT) // 2],
                     r"torn|truncat|cut|incomplete|not whole|ends"),
    "foreign_object": ("{\"hello\": \"world\"}", r"not a Terraform state"),
    "foreign_list": ("[1, 2]", r"not a Terraform state"),
    "events": (json.dumps({"Records": STORY}), r"not a Terraform state"),
    "not_json": ("resource \"aws_sqs_queue\" \"jobs\" {}\n",
                 r"not (JSON|a Terraform state)"),
    "empty": ("", r"empty"),
    "white_space": (" \n", r"empty"),
    "nul_bytes": ("\0" * 64, r"not (JSON|a Terraform state)"),
    "deep": ("{\"version\":4,\"resources\":" + "[" * 200000,
             r"deep|nest|torn|truncat|cut|incomplete|not whole|ends"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_broken_state_is_named(tfdrift, tmp_path, name):
    text, says = BROKEN[name]
    path = binary.write(tmp_path, name + ".tfstate", text)
    r = tfdrift(["replay", "--verdicts", "--state", path], jsonl(STORY))
    assert r.status == 1, r
    assert name + ".tfstate" in r.err
    assert re.search(says, r.err, re.I), r.err


@pytest.mark.parametrize("option", ["--state", "--events"])
def test_missing_file(tfdrift, tmp_path, option):
    good = binary.write(tmp_path, "good.tfstate", STATE)
    args = ["replay", "--state", good] if option == "--events" else ["replay"]
    r = tfdrift(args + [option, tmp_path / "no-such-file"], "")
    assert r.status == 1 and "no-such-file" in r.err


def test_state_after_destroy(replay):
    """After destroy the document stays, with no resources."""
    empty = build.state([])
    got = replay([empty], STORY)
    assert got.status == 0
    assert [v["verdict"] for v in got.verdicts] == ["unmanaged"] * 3


def test_flat_attributes(replay):
    """States upgraded from 0.11 keep attributes_flat until the next apply."""
    flat = build.state([{"type": "aws_sqs_queue", "name": "jobs",
                         "attributes": {}}])
    one = flat["resources"][0]["instances"][0]
    del one["attributes"]
    one["attributes_flat"] = {
        "id": QUEUE, "name": "jobs", "visibility_timeout_seconds": "30",
        "fifo_queue": "false", "tags.%": "1", "tags.Env": "prod"}
    tag = build.event({"source": "sqs", "name": "TagQueue", "request": {
        "queueUrl": QUEUE, "tags": {"Env": "dev"}}}, "tag")
    got = replay([flat], STORY[:1] + [tag])
    changes = [r["changes"] for v in got.verdicts for r in v["records"]]
    assert [list(c) for c in changes] == [["visibility_timeout_seconds"],
                                          ["tags.Env"]]
    assert changes[1]["tags.Env"] == ["prod", "dev"]


def test_odd_but_valid_state(replay):
    """Null attributes, unknown members, a resource without instances."""
    doc = json.loads(json.dumps(STATE))
    doc["resources"] += [
        {"mode": "managed", "type": "aws_eip", "name": "e", "instances": []},
        {"mode": "managed", "type": "aws_eip", "name": "n", "provider": "p",
         "instances": [{"schema_version": 0, "attributes": None}]},
        {"mode": "managed", "type": "null_resource", "name": "x",
         "instances": [{"attributes": {"id": "1", "triggers": None}}]}]
    doc["future"] = {"a": [1, {"b": None}]}
    assert outcome(replay([doc], json.dumps({"Records": STORY}))) == WANT


@pytest.mark.parametrize("doc", [json.dumps(STATE, indent=2),
                                 "\n\n" + json.dumps(STATE) + "\n",
                                 json.dumps(dict(reversed(STATE.items())))])
def test_state_layouts(replay, doc):
    assert outcome(replay([doc], jsonl(STORY))) == WANT
