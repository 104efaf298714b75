"""The other commands, the configuration file, and what a wrong command line
answers."""
import json
import os
import re

import pytest

import binary
import build
from conftest import REPO

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
GROUP = {"type": "aws_autoscaling_group", "name": "web", "attributes": {
    "id": "web", "name": "web", "desired_capacity": 2, "max_size": 4}}
STATE = build.state([GROUP, {
    "type": "aws_sqs_queue", "name": "jobs", "attributes": {
        "id": QUEUE, "name": "jobs", "visibility_timeout_seconds": 30,
        "delay_seconds": 0}}])


def queue(seed="q", record=None, **attributes):
    return build.event({"source": "sqs", "name": "SetQueueAttributes",
                        "record": record or {},
                        "request": {"queueUrl": QUEUE,
                                    "attributes": attributes}}, seed)


def resize(**sizes):
    return build.event({"source": "autoscaling",
                        "name": "UpdateAutoScalingGroup", "request": {
                            "autoScalingGroupName": "web", **sizes}}, "a")


@pytest.fixture
def configured(tfdrift, tmp_path):
    """configured(text, events): verdicts of `replay -c` with one state."""
    def go(text, events):
        state = binary.write(tmp_path, "web.tfstate", STATE)
        ini = binary.write(
            tmp_path, "tfdrift.ini", "[state \"prod\"]\ntype = local\n"
            "path = %s\n%s" % (state, text))
        r = tfdrift(["replay", "-c", ini, "--verdicts"],
                    "".join(json.dumps(e) + "\n" for e in events))
        assert r.status in (0, 2), r
        return binary.lines(r.out)
    return go


# ------------------------------------------------------------ command line

@pytest.mark.parametrize("args", [
    [], ["frobnicate"], ["replay", "--frobnicate"], ["replay", "--state"],
    ["check"], ["check", "-c"], ["explain"], ["run"], ["-x"],
    ["version", "--frobnicate"]])
def test_wrong_command_line(tfdrift, args):
    r = tfdrift(args)
    assert r.status == 100 and r.out == ""
    assert r.err.strip() and len(r.err.splitlines()) < 40


def test_version(tfdrift):
    r = tfdrift(["version"])
    assert r.status == 0 and r.err == ""
    assert re.search(r"\btfdrift \d+\.\d+\.\d+", r.out), r.out


# ------------------------------------------------------------ coverage

COVERAGE = ["service", "event", "type", "role", "id", "attributes",
            "confidence"]


@pytest.fixture(scope="module")
def coverage():
    r = binary.run(["coverage", "--json"])
    assert r.status == 0, r.err
    return binary.lines(r.out)


def test_coverage_lines(coverage):
    assert all(list(x) == COVERAGE for x in coverage)
    assert {x["role"] for x in coverage} <= {"create", "update", "delete",
                                             "upsert"}
    assert all(isinstance(x["attributes"], list) for x in coverage)


def test_coverage_is_the_whole_table(coverage):
    assert len({(x["service"], x["event"]) for x in coverage}) >= 4300
    assert len({x["type"] for x in coverage}) >= 1560


def test_coverage_knows_the_hard_ones(coverage):
    rows = {(x["service"], x["event"], x["type"]) for x in coverage}
    for row in (("ec2", "ModifyInstanceAttribute", "aws_instance"),
                ("s3", "PutBucketPublicAccessBlock",
                 "aws_s3_bucket_public_access_block"),
                ("lambda", "UpdateFunctionConfiguration",
                 "aws_lambda_function"),
                ("route53", "ChangeResourceRecordSets",
                 "aws_route53_record"),
                ("ec2", "AuthorizeSecurityGroupIngress",
                 "aws_security_group"),
                ("monitoring", "PutMetricAlarm",
                 "aws_cloudwatch_metric_alarm")):
        assert row in rows


@pytest.mark.parametrize("word, key", [
    ("sqs", "service"), ("SetQueueAttributes", "event"),
    ("aws_sqs_queue", "type")])
def test_coverage_of_one(tfdrift, coverage, word, key):
    r = tfdrift(["coverage", "--json", word])
    got = binary.lines(r.out)
    assert got == [x for x in coverage if x[key] == word] != []


def test_coverage_for_people(tfdrift):
    r = tfdrift(["coverage", "aws_sqs_queue"])
    assert r.status == 0 and "SetQueueAttributes" in r.out
    whole = tfdrift(["coverage"])
    assert whole.status == 0 and "sqs" in whole.out


def test_coverage_of_nothing(tfdrift):
    r = tfdrift(["coverage", "--json", "aws_no_such_type"])
    assert r.out == "" and r.status in (0, 1)


# ------------------------------------------------------------ explain

@pytest.mark.parametrize("event, words", [
    (queue(VisibilityTimeout="45"),
     ["SetQueueAttributes", QUEUE, "aws_sqs_queue.jobs",
      "visibility_timeout_seconds", "30", "45", "drift"]),
    (queue(VisibilityTimeout="30"), ["aws_sqs_queue.jobs", "none"]),
    (queue(record={"errorCode": "AccessDenied"}, VisibilityTimeout="45"),
     ["ignored", "failed", "AccessDenied"]),
    (build.event({"source": "sqs", "name": "Frobnicate"}),
     ["Frobnicate", "unmapped"]),
    (build.event({"source": "sqs", "name": "DeleteQueue",
                  "request": {"queueUrl": QUEUE + "-other"}}),
     [QUEUE + "-other", "unmanaged"])])
def test_explain(tfdrift, tmp_path, event, words):
    state = binary.write(tmp_path, "web.tfstate", STATE)
    path = binary.write(tmp_path, "event.json", json.dumps(event, indent=2))
    r = tfdrift(["explain", path, "--state", state])
    assert r.status == 0, r
    assert [w for w in words if w not in r.out] == [], r.out
    assert len(r.out.splitlines()) > 2, "no steps: " + r.out


def test_explain_shows_no_secret(tfdrift, tmp_path):
    state = binary.write(tmp_path, "s.tfstate", build.state([{
        "type": "aws_ssm_parameter", "name": "k", "attributes": {
            "id": "/k", "name": "/k", "value": "old-secret"}}]))
    path = binary.write(tmp_path, "event.json", build.event({
        "source": "ssm", "name": "PutParameter", "request": {
            "name": "/k", "value": "new-secret"}}))
    r = tfdrift(["explain", path, "--state", state])
    assert "drift" in r.out
    assert "old-secret" not in r.out and "new-secret" not in r.out


def test_explain_of_no_event(tfdrift, tmp_path):
    r = tfdrift(["explain", tmp_path / "none.json"])
    assert r.status == 1 and "none.json" in r.err
    path = binary.write(tmp_path, "alike.json", "{\"eventName\":\"x\"}")
    r = tfdrift(["explain", path])
    assert r.status == 1 and "alike.json" in r.err


# ------------------------------------------------------------ configuration

def test_state_of_the_configuration(configured):
    (v,) = configured("", [queue(VisibilityTimeout="45")])
    (rec,) = v["records"]
    assert rec["state"] == "prod" and rec["severity"] == "warning"


IGNORE = ("[ignore \"asg-desired\"]\ntype = aws_autoscaling_group\n"
          "attribute = desired_capacity\n")


def test_ignore_rule(configured):
    (v,) = configured(IGNORE, [resize(desiredCapacity=9)])
    assert (v["verdict"], v["reason"]) == ("ignored", "rule:asg-desired")
    assert v["records"] == []


def test_ignore_rule_leaves_the_other_attribute(configured):
    (v,) = configured(IGNORE, [resize(desiredCapacity=9, maxSize=10)])
    assert v["verdict"] == "drift"
    assert v["records"][0]["changes"] == {"max_size": [4, 10]}


@pytest.mark.parametrize("rule, caught", [
    ("user = *:user/ana", True), ("user = *:user/bob", False),
    ("event = SetQueue*", True), ("event = Delete*", False),
    ("service = sqs", True), ("service = sns", False),
    ("address = aws_sqs_queue.*", True), ("address = module.*", False),
    ("resource = *jobs", True), ("source_ip = 198.51.100.*", True),
    ("source_ip = 203.*", False), ("user_agent = aws-cli/*", True),
    ("account = 111122223333", True), ("account = 9*", False),
    ("region = eu-*", True), ("region = us-*", False),
    ("user = *ana\nregion = us-*", False)])
def test_ignore_rule_by(configured, rule, caught):
    (v,) = configured("[ignore \"r\"]\n%s\n" % rule,
                      [queue(VisibilityTimeout="45")])
    want = ("ignored", "rule:r") if caught else ("drift", "")
    assert (v["verdict"], v["reason"]) == want


def test_severity_rules(configured):
    text = ("[severity]\naws_sqs_queue.delay_* = critical\n"
            "aws_sqs_queue.* = error\naws_sqs_queue!delete = alert\n"
            "default = notice\n")
    gone = build.event({"source": "sqs", "name": "DeleteQueue",
                        "request": {"queueUrl": QUEUE}}, "d")
    got = configured(text, [queue("1", DelaySeconds="9"),
                            queue("2", VisibilityTimeout="9"),
                            resize(maxSize=7), gone])
    assert [v["records"][0]["severity"] for v in got] == \
        ["critical", "error", "notice", "alert"]


def test_gravest_severity_of_two(configured):
    text = "[severity]\naws_sqs_queue.delay_* = critical\ndefault = debug\n"
    (v,) = configured(text, [queue(VisibilityTimeout="9", DelaySeconds="9")])
    assert v["records"][0]["severity"] == "critical"


@pytest.mark.parametrize("word, kinds", [
    ("create", [["unmanaged"], []]), ("off", [[], []]),
    ("all", [["unmanaged"], ["unmanaged"]])])
def test_unmanaged_filter(configured, word, kinds):
    new = build.event({"source": "logs", "name": "CreateLogGroup",
                       "request": {"logGroupName": "/n"}}, "n")
    old = build.event({"source": "logs", "name": "DeleteLogGroup",
                       "request": {"logGroupName": "/o"}}, "o")
    got = configured("[filter]\nunmanaged = %s\n" % word, [new, old])
    assert [[r["kind"] for r in v["records"]] for v in got] == kinds
    assert [v["verdict"] for v in got] == ["unmanaged", "unmanaged"]


def test_terraform_user_agents(configured):
    text = "[filter]\nterraform_user_agents = *Pulumi*, *Terragrunt*\n"
    got = configured(text, [
        queue("1", {"userAgent": "x Pulumi/3"}, DelaySeconds="9"),
        queue("2", {"userAgent": "x Terraform/1.9"}, DelaySeconds="8")])
    assert [v["verdict"] for v in got] == ["ignored", "drift"]
    assert got[0]["reason"] == "terraform"


def test_service_roles_can_be_reported(configured):
    role = {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:"
            "assumed-role/AWSServiceRoleForAmazonEKSNodegroup/EKS",
            "principalId": "AROA:EKS", "accountId": build.ACCOUNT,
            "sessionContext": {"sessionIssuer": {
                "type": "Role",
                "userName": "AWSServiceRoleForAmazonEKSNodegroup"}}}
    event = queue(record={"userIdentity": role}, DelaySeconds="9")
    assert configured("", [event])[0]["reason"] == "service"
    (v,) = configured("[filter]\nservice_roles = report\n", [event])
    assert v["verdict"] == "drift"


def test_only_events_of_the_states_account(tfdrift, tmp_path):
    state = binary.write(tmp_path, "web.tfstate", STATE)
    for account, verdict in ((build.ACCOUNT, "drift"),
                             ("999900001111", "unmanaged")):
        ini = binary.write(
            tmp_path, "c.ini", "[state \"s\"]\ntype = local\npath = %s\n"
            "account = %s\n" % (state, account))
        r = tfdrift(["replay", "-c", ini, "--verdicts"],
                    json.dumps(queue(DelaySeconds="9")))
        assert binary.lines(r.out)[0]["verdict"] == verdict, r


# ------------------------------------------------------------ own mappings

OWN = ("[sqs FrobnicateQueue]\ntype = aws_sqs_queue\nrole = update\n"
       "id = queueUrl\nattr = delay_seconds < frob.delay\n")
LESS = ("[sqs SetQueueAttributes]\ntype = aws_sqs_queue\nrole = update\n"
        "id = queueUrl\nattr = delay_seconds < attributes.DelaySeconds\n")


def test_own_mapping(configured, tmp_path):
    binary.write(tmp_path, "own.map", OWN)
    event = build.event({"source": "sqs", "name": "FrobnicateQueue",
                         "request": {"queueUrl": QUEUE,
                                     "frob": {"delay": 5}}})
    (v,) = configured("[map]\ninclude = %s/*.map\n" % tmp_path, [event])
    assert v["records"][0]["changes"] == {"delay_seconds": [0, 5]}


def test_own_mapping_replaces_a_built_in_one(configured, tmp_path):
    binary.write(tmp_path, "less.map", LESS)
    got = configured("[map]\ninclude = %s/*.map\n" % tmp_path,
                     [queue("1", VisibilityTimeout="45"),
                      queue("2", DelaySeconds="9")])
    assert [v["verdict"] for v in got] == ["none", "drift"]


def test_map_option(tfdrift, tmp_path):
    own = binary.write(tmp_path, "less.map", LESS)
    state = binary.write(tmp_path, "web.tfstate", STATE)
    r = tfdrift(["replay", "--map", own, "--state", state, "--verdicts"],
                json.dumps(queue(VisibilityTimeout="45")))
    assert binary.lines(r.out)[0]["verdict"] == "none", r


def test_broken_mapping_is_named(tfdrift, tmp_path):
    binary.write(tmp_path, "bad.map", OWN + "role = frobnicate\n")
    ini = binary.write(tmp_path, "c.ini",
                       "[map]\ninclude = %s/bad.map\n" % tmp_path)
    r = tfdrift(["check", "-c", ini])
    assert r.status == 100, r
    assert re.search(r"bad\.map\D+6\b", r.err), r.err


# ------------------------------------------------------------ check

GOOD = ("[agent]\nname = edge-01\nmemory = 64M\n"
        "[source \"prod\"]\ntype = cloudtrail\nregions = us-east-1\n"
        "interval = 60s\n[state \"net\"]\ntype = local\n"
        "path = terraform.tfstate\n[output \"o\"]\ntype = stdout\n")


def test_check_of_the_sample(tfdrift):
    r = tfdrift(["check", "-c", os.path.join(REPO, "config", "tfdrift.ini")])
    assert r.status == 0, r


def test_check_warns_without_us_east_1(tfdrift, tmp_path):
    ini = binary.write(tmp_path, "c.ini", GOOD)
    r = tfdrift(["check", "-c", ini])
    assert r.status == 0 and "us-east-1" not in r.out + r.err, r
    ini = binary.write(tmp_path, "c.ini",
                       GOOD.replace("us-east-1", "eu-west-1"))
    r = tfdrift(["check", "-c", ini])
    assert r.status == 0 and "us-east-1" in r.out + r.err, r


@pytest.mark.parametrize("old, new, line, key", [
    ("interval = 60s", "interval = soon", 7, "interval"),
    ("interval = 60s", "intervall = 60s", 7, "intervall"),
    ("memory = 64M", "memory = -1", 3, "memory"),
    ("memory = 64M", "memory = 99999999T", 3, "memory"),
    ("type = local", "type = floppy", 9, "type"),
    ("[agent]", "[agnet]", 1, "agnet"),
    ("type = stdout", "type = fax", 12, "type"),
    ("name = edge-01", "name", 2, "name"),
    ("name = edge-01", "name = ${TFDRIFT_NO_SUCH_VARIABLE}", 2,
     "TFDRIFT_NO_SUCH_VARIABLE"),
    ("name = edge-01", "name = @/no/such/file", 2, "/no/such/file"),
])
def test_check_names_file_line_key(tfdrift, tmp_path, old, new, line, key):
    assert old in GOOD
    ini = binary.write(tmp_path, "c.ini", GOOD.replace(old, new))
    r = tfdrift(["check", "-c", ini])
    assert r.status == 100, r
    says = [x for x in r.err.splitlines() if "c.ini" in x and key in x]
    assert says and re.search(r"\b%d\b" % line, says[0]), r.err


def test_values_from_the_environment(tmp_path):
    ini = binary.write(tmp_path, "c.ini", GOOD.replace(
        "interval = 60s", "interval = ${EVERY:-60s}"))
    assert binary.run(["check", "-c", ini]).status == 0
    bad = binary.run(["check", "-c", ini], env={"EVERY": "never"})
    assert bad.status == 100 and "interval" in bad.err


def test_values_from_a_file(tmp_path):
    path = binary.write(tmp_path, "interval", "soon\nmore\n")
    ini = binary.write(tmp_path, "c.ini", GOOD.replace(
        "interval = 60s", "interval = @" + path))
    bad = binary.run(["check", "-c", ini])
    assert bad.status == 100 and "interval" in bad.err
    binary.write(tmp_path, "interval", "30s\nmore\n")
    assert binary.run(["check", "-c", ini]).status == 0


def test_missing_configuration(tfdrift, tmp_path):
    for command in ("check", "replay"):
        r = tfdrift([command, "-c", tmp_path / "none.ini"])
        assert r.status == 100 and "none.ini" in r.err
