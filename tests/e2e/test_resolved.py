"""What a later event puts back: drift, then the state's own value again.

A story over the kinds of attributes there are, written out, and then every
event that can be made from public states and from an invented one with a
resource of every type: with one value changed it is drift, and as it was it
resolves that drift, and no other.
"""
import json
import re

import binary
import build
from test_differential import batches, reference  # noqa: F401 (fixtures)

PERMIT = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
STATE = build.state([
    {"type": "aws_instance", "name": "app", "module": "module.web",
     "index_key": 0, "attributes": {
         "id": "i-1", "instance_type": "t3.micro",
         "instance_state": "running", "tags": {"Env": "prod"},
         "tags_all": {"Env": "prod"}}},
    {"type": "aws_security_group", "name": "web", "attributes": {
        "id": "sg-1", "name": "web", "egress": [], "ingress": [{
            "from_port": 443, "to_port": 443, "protocol": "tcp",
            "cidr_blocks": ["10.0.0.0/8"], "ipv6_cidr_blocks": [],
            "prefix_list_ids": [], "security_groups": [], "self": False,
            "description": ""}]}},
    {"type": "aws_s3_bucket", "name": "b", "attributes": {
        "id": "my-b", "bucket": "my-b", "tags": {}, "tags_all": {}}},
    {"type": "aws_db_instance", "name": "d", "sensitive": ["password"],
     "attributes": {"id": "db-1", "identifier": "d1", "password": "hunter2",
                    "instance_class": "db.t3.micro"}},
])
APP, WEB = "module.web.aws_instance.app[0]", "aws_security_group.web"
BUCKET, DB = "aws_s3_bucket.b", "aws_db_instance.d"


def kind_of(value):
    return {"instanceId": "i-1", "instanceType": {"value": value}}


def state_of(now):
    return {"instancesSet": {"items": [
        {"instanceId": "i-1", "currentState": {"name": now}}]}}


def tags(*pairs):
    return {"resourcesSet": {"items": [{"resourceId": "i-1"}]},
            "tagSet": {"items": [{"key": k, **({"value": v} if v else {})}
                                 for k, v in pairs]}}


def permit(**change):
    cidr = change.pop("cidr", "10.0.0.0/8")
    return {"groupId": "sg-1", "ipPermissions": {"items": [
        {**PERMIT, **change, "ipRanges": {"items": [{"cidrIp": cidr}]}}]}}


# (service, event, request, response, kinds of its records, resolved events)
STORY = [
    ("ec2", "StopInstances", {"instancesSet": {"items": [
        {"instanceId": "i-1"}]}}, state_of("stopping"), ["drift"], []),
    ("ec2", "ModifyInstanceAttribute", kind_of("t3.large"), None,
     ["drift"], []),
    ("ec2", "ModifyInstanceAttribute", kind_of("t3.xlarge"), None,
     ["drift"], []),
    ("ec2", "ModifyInstanceAttribute", kind_of("t3.micro"), None,
     ["resolved", "resolved"], [2, 1]),
    ("ec2", "ModifyInstanceAttribute", kind_of("t3.micro"), None, [], []),
    ("ec2", "StartInstances", {"instancesSet": {"items": [
        {"instanceId": "i-1"}]}}, state_of("pending"), ["resolved"], [0]),
    ("ec2", "CreateTags", tags(("Env", "dev"), ("New", "x")), None,
     ["drift"], []),
    ("ec2", "DeleteTags", tags(("New", None)), None, [], []),
    ("ec2", "CreateTags", tags(("Env", "prod"), ("Other", "y")), None,
     ["drift", "resolved"], [6]),
    ("ec2", "AuthorizeSecurityGroupIngress",
     permit(fromPort=22, toPort=22, cidr="0.0.0.0/0"), None, ["drift"], []),
    ("ec2", "RevokeSecurityGroupIngress", permit(), None, ["drift"], []),
    ("ec2", "RevokeSecurityGroupIngress",
     permit(fromPort=22, toPort=22, cidr="0.0.0.0/0"), None,
     ["resolved"], [9]),
    ("ec2", "AuthorizeSecurityGroupIngress", permit(), None,
     ["resolved"], [10]),
    ("s3", "DeleteBucket", {"bucketName": "my-b"}, None, ["drift"], []),
    ("s3", "CreateBucket", {"bucketName": "my-b"}, None, ["resolved"], [13]),
    # What CloudTrail hides cannot be seen to come back.
    ("rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "d1", "masterUserPassword": "****",
        "dBInstanceClass": "db.m5.large"}, None, ["drift"], []),
    ("rds", "ModifyDBInstance", {
        "dBInstanceIdentifier": "d1", "dBInstanceClass": "db.t3.micro"},
     None, [], []),
]


def test_story(replay):
    events = [build.event({"source": s, "name": n, "request": q,
                           "response": r}, "resolved %d" % i)
              for i, (s, n, q, r, _, _) in enumerate(STORY)]
    ids = [e["eventID"] for e in events]
    got = replay([STATE], events)
    drifts = {}
    for i, (v, row) in enumerate(zip(got.verdicts, STORY)):
        assert [r["kind"] for r in v["records"]] == row[4], (i, v)
        assert [r["id"] for r in v["records"]] == \
            ["%s:%d" % (ids[i], n) for n in range(len(row[4]))]
        back = [r for r in v["records"] if r["kind"] == "resolved"]
        assert [r["resolves"] for r in back] == \
            ["%s:0" % ids[n] for n in row[5]]
        for r in back:
            was = drifts[r["resolves"]]
            assert r["severity"] == "informational"
            assert r["action"] == \
                ("create" if was["action"] == "delete" else "update")
            assert r["changes"] == \
                {p: [new, old] for p, (old, new) in was["changes"].items()}
            assert all(r[k] == was[k] for k in
                       ("resource", "type", "address", "state"))
        drifts.update({r["id"]: r for r in v["records"]
                       if r["kind"] == "drift"})
    assert got.status == 2 and "hunter2" not in got.out + got.err


def numbered(event, number):
    event = json.loads(json.dumps(event))
    event["eventID"] = "%08x-0000-4000-a000-%012x" % (number, number)
    return event


def pairs_of(batch):
    """[(event with a value changed, the event as the state has it)] where
    the second one undoes the first: not of events that only add or take
    away a member."""
    out = []
    for made, change in zip(batch.made, batch.changed):
        if change is None:
            continue
        kinds = {t.split()[0] for _, p, t, _ in made.maker.b["attr"]
                 if p is not None}
        if not kinds & {"add", "del", "merge", "drop"} and \
                not re.match("(Add|Associate)[A-Z]",
                             change[0]["eventName"]):
            n = 2 * len(out)
            out.append((numbered(change[0], n + 1),
                        numbered(made.event, n + 2)))
    return out


def test_every_change_can_be_put_back(batches, tmp_path):  # noqa: F811
    missed, resolved = [], 0
    for number, batch in enumerate(batches):
        pairs = pairs_of(batch)
        if not pairs:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        got = binary.replay(folder, [batch.state], sum(pairs, ()))
        assert len(got.verdicts) == 2 * len(pairs), got.err
        for i, (change, back) in enumerate(pairs):
            there, again = got.verdicts[2 * i:2 * i + 2]
            if again["verdict"] != "none":
                continue  # test_differential.py knows why
            opened = {r["id"] for r in there["records"]
                      if r["kind"] == "drift" and r.get("detail", True)}
            closed = {r["resolves"] for r in again["records"]}
            resolved += len(closed)
            if opened != closed:
                missed.append((change["eventName"], opened, closed))
    assert not missed
    assert resolved > 1000, "the generator made too little"


def test_pairs_reach_many_services(batches):  # noqa: F811
    """Else the test above would prove little."""
    services = {e["eventSource"] for b in batches for e, _ in pairs_of(b)}
    assert len(services) > 100


def test_terraform_puts_back(replay):
    """An apply is no drift, and ends the one that it undoes."""
    events = [build.event({
        "source": "ec2", "name": "ModifyInstanceAttribute",
        "request": kind_of(kind), "record": {"userAgent": agent}}, kind)
        for kind, agent in (("t3.large", "aws-cli/2.15"),
                            ("t3.small", "Terraform/1.11.4"),
                            ("t3.micro", "Terraform/1.11.4"))]
    got = replay([STATE], events)
    assert [(v["verdict"], v["reason"], [r["kind"] for r in v["records"]])
            for v in got.verdicts] == [
        ("drift", "", ["drift"]), ("ignored", "terraform", []),
        ("ignored", "terraform", ["resolved"])]
