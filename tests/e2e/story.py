"""A small story used by several tests: one queue, changed, put back, and
looked at. Its verdicts show number and order of what was read."""
import json

import build

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
STATE = build.state([{"type": "aws_sqs_queue", "name": "jobs", "attributes": {
    "id": QUEUE, "url": QUEUE, "name": "jobs",
    "visibility_timeout_seconds": 30, "delay_seconds": 0}}])


def queue(seed, **attributes):
    return build.event({"source": "sqs", "name": "SetQueueAttributes",
                        "request": {"queueUrl": QUEUE,
                                    "attributes": attributes}}, seed)


STORY = [queue("one", VisibilityTimeout="45"),
         queue("two", VisibilityTimeout="30"),
         queue("three", DelaySeconds="0")]
IDS = [e["eventID"] for e in STORY]
KINDS = [["drift"], ["resolved"], []]
WANT = list(zip(IDS, KINDS))


def jsonl(events):
    return "".join(json.dumps(e) + "\n" for e in events)


def outcome(got):
    """[(event id, kinds of its records)] of an Answer."""
    return [(v["event_id"], [r["kind"] for r in v["records"]])
            for v in got.verdicts]
