"""The demo tells its story: what drifted, what stays silent, and why."""
import json
import os
import subprocess

import pytest

import binary
import terminal

DEMO = os.path.join(binary.REPO, "demo")
WEB = "module.network.aws_security_group.web"
STORY = [  # event, address, kind, action, paths of the changes
    ("AuthorizeSecurityGroupIngress", WEB, "drift", "update", ["ingress"]),
    ("ModifyInstanceAttribute", "aws_instance.app[1]", "drift", "update",
     ["instance_type"]),
    ("CreateTags", "aws_instance.app[0]", "drift", "update",
     ["tags.CostCenter", "tags.Team"]),
    ("CreateTags", "aws_instance.app[1]", "drift", "update",
     ["tags.CostCenter", "tags.Team"]),
    ("ModifyDBInstance", "module.orders.aws_db_instance.orders", "drift",
     "update", ["password", "publicly_accessible"]),
    ("PutRolePolicy", "aws_iam_role_policy.read_assets", "drift", "update",
     ["policy"]),
    ("DeleteQueue", "aws_sqs_queue.mails", "drift", "delete", []),
    ("RunInstances", None, "unmanaged", "create", []),
    ("RevokeSecurityGroupIngress", WEB, "resolved", "update", ["ingress"]),
]
SILENT = {"SetQueueAttributes": "terraform", "UpdateService": "autoscaling",
          "DescribeInstances": "read-only", "DeleteDBInstance": "failed",
          "PutBucketPublicAccessBlock": ""}


def replay(*flags):
    r = binary.run(["replay", "--state", os.path.join(DEMO, "states"),
                    "--events", os.path.join(DEMO, "events"), *flags])
    assert r.status == 2, r.err
    return binary.lines(r.out)


def test_records():
    told = [(r["event"], r["address"], r["kind"], r["action"],
             sorted(r["changes"])) for r in replay()]
    assert told == STORY


def test_silence():
    quiet = {v["event"]: v["reason"] for v in replay("--verdicts")
             if v["verdict"] in ("ignored", "none") and not v["records"]}
    assert quiet == SILENT


def test_password_is_not_told():
    text = json.dumps(replay()) + json.dumps(replay("--verdicts"))
    with open(os.path.join(DEMO, "states", "shop.tfstate")) as f:
        state = json.load(f)
    secrets = [i["attributes"]["password"] for r in state["resources"]
               for i in r["instances"] if "password" in i["attributes"]]
    assert secrets and not any(s in text for s in secrets)


def check(out):
    """What the demo prints, wherever it prints it."""
    for event, address, kind, _, _ in STORY:
        if kind == "drift":
            assert address in out
    replayed = out[:out.index("tfdrift explain")]
    records = [x for x in binary.lines("\n".join(
        x for x in replayed.splitlines() if x.startswith("{\"timestamp\"")))]
    assert [(r["event"], r["address"]) for r in records] == \
        [s[:2] for s in STORY]
    assert "t3.medium" in out and "m6i.2xlarge" in out


def test_demo_in_a_pipe():
    p = subprocess.run([os.path.join(DEMO, "run.sh"), binary.PATH],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=60, cwd="/")
    assert p.returncode == 0, p.stderr
    assert b"\033[" not in p.stdout and b"\r" not in p.stdout
    check(p.stdout.decode())


def test_demo_on_a_terminal():
    r = terminal.run("%s/run.sh %s" % (DEMO, binary.PATH), columns=2000)
    assert r.status == 0, r.out
    check(r.out)


@pytest.mark.parametrize("status", [0, 1, 100])
def test_demo_fails_when_replay_does(tmp_path, status):
    fake = tmp_path / "tfdrift"
    fake.write_text("#!/bin/sh\nexit %d\n" % status)
    fake.chmod(0o755)
    p = subprocess.run([os.path.join(DEMO, "run.sh"), str(fake)],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=60)
    assert p.returncode == 1
    assert b"exit status %d" % status in p.stderr
