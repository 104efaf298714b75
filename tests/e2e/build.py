"""Builders: a whole CloudTrail record or Terraform state from its short form.

Short event: {"source": "ec2", "name": "StopInstances", "request": {...},
"response": {...}, "record": {members laid over the whole record; null takes
one out}}. Short state: a list of resources {"type", "name", "module",
"index_key", "mode", "deposed", "sensitive", "attributes"}.
"""
import hashlib
import uuid

ACCOUNT = "111122223333"
REGION = "eu-west-1"
USER = "arn:aws:iam::%s:user/ana" % ACCOUNT
SOURCE_IP = "198.51.100.7"
AGENT = "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0 exe/x86_64"
TIME = "2025-03-04T05:06:07Z"


def event_id(text):
    """A stable id, so that a failing row is the same in every run."""
    return str(uuid.UUID(hashlib.md5(text.encode()).hexdigest()))


def event(short, seed="event"):
    source = short["source"]
    if "." not in source:
        source += ".amazonaws.com"
    rec = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE7ANA",
            "arn": USER, "accountId": ACCOUNT,
            "accessKeyId": "AKIAEXAMPLE7ANA", "userName": "ana"},
        "eventTime": TIME,
        "eventSource": source,
        "eventName": short["name"],
        "awsRegion": REGION,
        "sourceIPAddress": SOURCE_IP,
        "userAgent": AGENT,
        "requestParameters": short.get("request"),
        "responseElements": short.get("response"),
        "requestID": event_id("request " + seed),
        "eventID": event_id(seed),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    for key, value in short.get("record", {}).items():
        if value is None:
            rec.pop(key, None)
        else:
            rec[key] = value
    return rec


PROVIDER = "provider[\"registry.terraform.io/hashicorp/aws\"]"


def sensitive(names):
    """Paths as Terraform ≥ 0.15 writes them: lists of steps."""
    def step(n):
        if n.isdigit():
            return {"type": "index",
                    "value": {"value": int(n), "type": "number"}}
        return {"type": "get_attr", "value": n}
    return [[step(n) for n in name.split(".")] for name in names]


def instance(short):
    one = {"schema_version": 0, "attributes": short["attributes"],
           "sensitive_attributes": sensitive(short.get("sensitive", [])),
           "private": "bnVsbA=="}
    for key in ("index_key", "deposed"):
        if key in short:
            one[key] = short[key]
    return one


def state(resources, serial=3):
    """A version 4 document; equal (module, mode, type, name) share one."""
    out = []
    for short in resources:
        head = {"mode": short.get("mode", "managed"), "type": short["type"],
                "name": short.get("name", "this"), "provider": PROVIDER}
        if "module" in short:
            head = {"module": short["module"], **head}
        for block in out:
            if all(block.get(k) == head.get(k)
                   for k in ("module", "mode", "type", "name")):
                break
        else:
            block = {**head, "instances": []}
            out.append(block)
        block["instances"].append(instance(short))
    return {"version": 4, "terraform_version": "1.9.8", "serial": serial,
            "lineage": "0d9a6ff3-3a1f-4c1e-9b52-2f7a0e6f5b10",
            "outputs": {}, "resources": out, "check_results": None}
