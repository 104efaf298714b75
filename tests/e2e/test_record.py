"""The record's exact form: its keys, their order, what each one holds, and
an id that is the same in every run."""
import json

import pytest

import build
from build import ACCOUNT

FIRST = ["timestamp", "service", "event", "resource", "changes", "user",
         "source_ip", "user_agent"]
BASE = FIRST + ["kind", "action", "severity", "type", "address", "state",
                "account", "region", "event_id", "id"]
OPTIONAL = ["role", "identity", "hidden", "detail", "state_locked",
            "resolves"]
PRIORITIES = ["emergency", "alert", "critical", "error", "warning", "notice",
              "informational", "debug"]
QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
STATE = [
    {"type": "aws_sqs_queue", "name": "jobs", "module": "module.work",
     "index_key": "blue",
     "attributes": {"id": QUEUE, "url": QUEUE, "name": "jobs",
                    "visibility_timeout_seconds": 30, "delay_seconds": 0}},
    {"type": "aws_ssm_parameter", "name": "key",
     "attributes": {"id": "/k", "name": "/k", "type": "SecureString",
                    "value": "seen-by-nobody"}},
    {"type": "aws_cloudwatch_log_group", "name": "g",
     "attributes": {"id": "/g", "name": "/g", "retention_in_days": 7}},
    {"type": "aws_iam_policy", "name": "p",
     "attributes": {"id": "arn:aws:iam::111122223333:policy/p",
                    "arn": "arn:aws:iam::111122223333:policy/p",
                    "name": "p", "policy": "{}"}},
    {"type": "aws_instance", "name": "m", "index_key": 1,
     "attributes": {"id": "i-1", "tags": {}, "tags_all": {}}},
    {"type": "aws_instance", "name": "m", "index_key": 2,
     "attributes": {"id": "i-2", "tags": {}, "tags_all": {}}},
]


def queue(seed="q", **attributes):
    return build.event({"source": "sqs", "name": "SetQueueAttributes",
                        "request": {"queueUrl": QUEUE,
                                    "attributes": attributes}}, seed)


def session(name="AWSReservedSSO_Admin_0123456789abcdef",
            who="ana@example.com"):
    return {
        "type": "AssumedRole", "principalId": "AROAEXAMPLE:" + who,
        "arn": "arn:aws:sts::%s:assumed-role/%s/%s" % (ACCOUNT, name, who),
        "accountId": ACCOUNT, "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {"sessionIssuer": {
            "type": "Role", "principalId": "AROAEXAMPLE",
            "arn": "arn:aws:iam::%s:role/%s" % (ACCOUNT, name),
            "accountId": ACCOUNT, "userName": name}}}


def records(replay, events, *flags):
    """What `replay` without --verdicts prints, keys in their order."""
    got = replay([build.state(STATE)], events, *flags, verdicts=False)
    pairs = [json.loads(x, object_pairs_hook=list)
             for x in got.out.split("\n") if x]
    for one in pairs:
        keys = [k for k, _ in one]
        assert keys[:len(BASE)] == BASE
        assert keys[len(BASE):] == [k for k in OPTIONAL if k in keys]
        assert dict(one)["severity"] in PRIORITIES
    return [json.loads(x) for x in got.out.split("\n") if x]


def test_drift_record_holds_everything(replay):
    event = queue(VisibilityTimeout="45")
    (rec,) = records(replay, [event])
    assert rec["state"]
    assert rec.pop("state").startswith("state0")
    assert rec == {
        "timestamp": build.TIME, "service": "sqs",
        "event": "SetQueueAttributes", "resource": QUEUE,
        "changes": {"visibility_timeout_seconds": [30, 45]},
        "user": build.USER, "source_ip": build.SOURCE_IP,
        "user_agent": build.AGENT, "kind": "drift", "action": "update",
        "severity": "warning", "type": "aws_sqs_queue",
        "address": "module.work.aws_sqs_queue.jobs[\"blue\"]",
        "account": ACCOUNT, "region": build.REGION,
        "event_id": event["eventID"], "id": rec["id"]}
    stem, _, number = rec["id"].rpartition(":")
    assert stem == event["eventID"] and number.isdigit()


def test_numbers_take_the_state_type(replay):
    """The event says "45"; a reader of [30, 45] sees two numbers."""
    (rec,) = records(replay, [queue(VisibilityTimeout="45")])
    assert [type(v) for v in rec["changes"]["visibility_timeout_seconds"]] \
        == [int, int]


def test_ids_are_stable_and_distinct(replay):
    events = [queue(VisibilityTimeout="45"),
              build.event({"source": "ec2", "name": "CreateTags", "request": {
                  "resourcesSet": {"items": [{"resourceId": "i-1"},
                                             {"resourceId": "i-2"}]},
                  "tagSet": {"items": [{"key": "a", "value": "b"}]}}}, "t")]
    first = [r["id"] for r in records(replay, events)]
    again = [r["id"] for r in records(replay, events)]
    assert len(set(first)) == 3 and first == again
    assert [r["id"] for r in records(replay, events[1:])] == first[1:]


def test_role_session_names_role_and_person(replay):
    event = queue(VisibilityTimeout="45")
    event["userIdentity"] = session()
    (rec,) = records(replay, [event])
    assert rec["user"] == session()["arn"]
    assert "AWSReservedSSO_Admin_0123456789abcdef" in rec["role"]
    assert rec["identity"] == "ana@example.com"


@pytest.mark.parametrize("identity, user", [
    ({"type": "Root", "principalId": ACCOUNT, "accountId": ACCOUNT,
      "arn": "arn:aws:iam::%s:root" % ACCOUNT},
     "arn:aws:iam::%s:root" % ACCOUNT),
    ({"type": "AWSService", "invokedBy": "config.amazonaws.com"},
     "config.amazonaws.com"),
])
def test_other_callers(replay, identity, user):
    event = queue(VisibilityTimeout="45")
    event["userIdentity"] = identity
    (rec,) = records(replay, [event])
    assert rec["user"] == user
    assert "role" not in rec and "identity" not in rec


@pytest.mark.parametrize("missing", [
    "userIdentity", "userAgent", "sourceIPAddress", "awsRegion",
    "recipientAccountId", "eventTime", "eventVersion", "eventID",
    "eventType", "responseElements", "requestID"])
def test_missing_members_cost_no_record(replay, missing):
    event = queue(VisibilityTimeout="45")
    del event[missing]
    if missing == "eventTime":
        got = replay([build.state(STATE)], [event], verdicts=False)
        assert got.status in (0, 2)     # refused or judged, never a crash
        return
    (rec,) = records(replay, [event])
    assert rec["changes"] == {"visibility_timeout_seconds": [30, 45]}


def test_hidden_detail_and_unmanaged_records(replay):
    hidden, detail, new = records(replay, [
        build.event({"source": "ssm", "name": "PutParameter", "request": {
            "name": "/k", "value": "****"}}, "h"),
        build.event({"source": "iam", "name": "SetDefaultPolicyVersion",
                     "request": {"policyArn": STATE[3]["attributes"]["arn"],
                                 "versionId": "v7"}}, "d"),
        build.event({"source": "logs", "name": "CreateLogGroup", "request": {
            "logGroupName": "/new"}}, "n")])
    assert hidden["changes"] == {"value": ["(sensitive)", None]}
    assert hidden["hidden"] == ["value"]
    assert detail["changes"] == {} and detail["detail"] is False
    assert (new["kind"], new["action"], new["resource"], new["type"]) == \
        ("unmanaged", "create", "/new", "aws_cloudwatch_log_group")
    assert new["address"] is None and new["state"] is None
    assert new["changes"] == {}


def test_resolved_record(replay):
    first, second = records(replay, [queue("one", VisibilityTimeout="45"),
                                     queue("two", VisibilityTimeout="30")])
    assert second["kind"] == "resolved"
    assert second["resolves"] == first["id"] != second["id"]
    assert second["changes"] == {"visibility_timeout_seconds": [45, 30]}
    assert second["address"] == first["address"]


def test_verdict_line(replay):
    got = replay([build.state(STATE)], [queue(VisibilityTimeout="45"),
                                        queue("b", DelaySeconds="0")])
    pairs = json.loads(got.out.splitlines()[0], object_pairs_hook=list)
    assert [k for k, _ in pairs] == ["event_id", "service", "event",
                                     "verdict", "reason", "records",
                                     "resources"]
    drift, none = got.verdicts
    assert (drift["verdict"], none["verdict"]) == ("drift", "none")
    assert drift["reason"] == none["reason"] == "" and not none["records"]
    assert none["resources"] == [{
        "resource": QUEUE, "verdict": "none",
        "address": "module.work.aws_sqs_queue.jobs[\"blue\"]"}]


def test_text_is_valid_and_escaped(replay):
    """Control bytes, quotes and line ends of an event stay inside a string;
    one record is one line."""
    event = queue(VisibilityTimeout="45")
    event["userAgent"] = "a\"b\\c\nd\te\u0001f\u2028g\U0001f600"
    event["sourceIPAddress"] = "x\r\ny"
    (rec,) = records(replay, [event])
    assert rec["user_agent"] == event["userAgent"]
    assert rec["source_ip"] == event["sourceIPAddress"]
