"""Every form --events takes, and everything that is not one: what is refused
is counted, named by line and offset, and costs its neighbours nothing."""
import gzip
import json
import os
import re
import time

import pytest

import binary
import build
from story import IDS, QUEUE, STATE, STORY, WANT, jsonl, outcome, queue

STATS = ["events", "bytes", "seconds", "drift", "unmanaged", "none",
         "ignored", "unmapped", "resources", "peak_rss_kb"]


def lookup(events):
    """A LookupEvents answer: newest first, the record as text inside."""
    return {"Events": [{
        "EventId": e["eventID"], "EventName": e["eventName"],
        "ReadOnly": "false", "AccessKeyId": "AKIAEXAMPLE",
        "EventTime": 1741064767.0, "EventSource": e["eventSource"],
        "Username": "ana", "Resources": [],
        "CloudTrailEvent": json.dumps(e)} for e in reversed(events)],
        "NextToken": "abc"}


FORMS = {
    "lines": jsonl(STORY),
    "lines_crlf": jsonl(STORY).replace("\n", "\r\n"),
    "lines_blank_between": jsonl(STORY).replace("\n", "\n\n  \n"),
    "lines_no_last_newline": jsonl(STORY)[:-1],
    "no_separator": "".join(json.dumps(e) for e in STORY),
    "pretty": "\n".join(json.dumps(e, indent=4) for e in STORY),
    "records": json.dumps({"Records": STORY}),
    "records_pretty": json.dumps({"Records": STORY}, indent=2),
    "records_twice": json.dumps({"Records": STORY[:1]}) +
    json.dumps({"Records": STORY[1:]}),
    "records_other_keys": json.dumps(
        {"version": {"a": [1, {}]}, "Records": STORY, "tail": None}),
    "lookup": json.dumps(lookup(STORY)),
    "lookup_pretty": json.dumps(lookup(STORY), indent=1),
    "lookup_non_ascii": json.dumps(lookup(STORY), ensure_ascii=False),
    "mixed": json.dumps(STORY[0], indent=2) + "\n" +
    json.dumps({"Records": STORY[1:2]}) + "\n" + jsonl(STORY[2:]),
}


@pytest.mark.parametrize("packed", ["plain", "gzip"])
@pytest.mark.parametrize("form", sorted(FORMS))
def test_form(replay, form, packed):
    data = FORMS[form].encode()
    if packed == "gzip":
        data = gzip.compress(data)
    got = replay([STATE], data)
    assert outcome(got) == WANT, got
    assert got.status == 2


def test_one_record_alone(replay):
    for text in (json.dumps(STORY[0]), json.dumps(STORY[0], indent=8)):
        assert outcome(replay([STATE], text)) == WANT[:1]


def test_gzip_members_one_after_the_other(replay):
    data = b"".join(gzip.compress(jsonl([e]).encode()) for e in STORY)
    assert outcome(replay([STATE], data)) == WANT


def test_folder_means_all_its_files(tfdrift, tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    binary.write(folder, "1.json", json.dumps(STORY[0], indent=2))
    binary.write(folder, "2.json.gz",
                 gzip.compress(json.dumps({"Records": STORY[1:2]}).encode()))
    binary.write(folder, "3.jsonl", jsonl(STORY[2:]))
    binary.write(folder, "4.empty", "")
    state = binary.write(tmp_path, "s.tfstate", STATE)
    r = tfdrift(["replay", "--verdicts", "--state", state,
                 "--events", folder])
    assert outcome(binary.Answer(0, binary.lines(r.out), "", "")) == WANT, r


def test_several_event_files_are_one_story(tfdrift, tmp_path):
    state = binary.write(tmp_path, "s.tfstate", STATE)
    args = ["replay", "--verdicts", "--state", state]
    for i, e in enumerate(STORY):
        args += ["--events", binary.write(tmp_path, "%d" % i, e)]
    r = tfdrift(args)
    assert outcome(binary.Answer(0, binary.lines(r.out), "", "")) == WANT, r


@pytest.mark.parametrize("flags", [[], ["--events", "-"]])
def test_standard_input(tfdrift, tmp_path, flags):
    state = binary.write(tmp_path, "s.tfstate", STATE)
    for data in (jsonl(STORY).encode(), gzip.compress(jsonl(STORY).encode())):
        r = tfdrift(["replay", "--verdicts", "--state", state] + flags, data)
        got = binary.Answer(0, binary.lines(r.out), "", "")
        assert outcome(got) == WANT, r


@pytest.mark.parametrize("data", [b"", b"\n \n", gzip.compress(b"", mtime=0),
                                  b'{"Records":[]}', b'{"Events":[]}'])
def test_nothing_in_it(replay, data):
    got = replay([STATE], data)
    assert got.status == 0 and got.verdicts == []


def test_records_without_verdicts(replay):
    got = replay([STATE], STORY, verdicts=False)
    assert [r["kind"] for r in got.verdicts] == ["drift", "resolved"]
    assert got.status == 2


def test_exit_0_without_drift(replay):
    assert replay([STATE], STORY[1:]).status == 0


# ------------------------------------------------------------ look-alikes

S3_NOTE = {"eventVersion": "2.1", "eventSource": "aws:s3",
           "eventName": "ObjectCreated:Put",
           "eventTime": "2024-01-15T12:00:00.000Z",
           "s3": {"bucket": {"name": "b"}}}
NOT_EVENTS = {
    "s3_notification": json.dumps(S3_NOTE),
    "s3_notification_document": json.dumps({"Records": [S3_NOTE]}),
    "event_bridge": json.dumps({
        "version": "0", "id": "x", "detail-type": "EC2 Instance State-change",
        "source": "aws.ec2", "detail": {"instance-id": "i-1"}}),
    "a_state": json.dumps(STATE),
    "object": "{}",
    "numbers": "[1,2,3]",
    "number": "42",
    "text": "\"SetQueueAttributes\"",
    "null": "null",
    "words": "not JSON at all",
    "xml": "<Records><eventName>x</eventName></Records>",
    "name_alone": json.dumps({"eventName": "SetQueueAttributes"}),
    "name_is_number": json.dumps({**STORY[0], "eventName": 7}),
    "source_is_object": json.dumps({**STORY[0], "eventSource": {}}),
    "trailing_comma": "{\"eventName\":\"x\",}",
    "unquoted": "{eventName: x}",
    "nul_bytes": "\0\0\0\0",
    "nul_in_record": json.dumps(STORY[0]).replace("eventName", "event\0me"),
    "deep_objects": "{\"a\":" * 100000 + "1" + "}" * 100000,
    "torn_between_members": json.dumps(STORY[0]).rpartition(",")[0],
    "torn_in_a_text": json.dumps(STORY[0])[:-4],
    "bad_escape": "{\"eventName\":\"\\x\"}",
}


@pytest.mark.parametrize("name", sorted(NOT_EVENTS))
def test_look_alike_costs_its_neighbours_nothing(replay, name):
    first, last = jsonl(STORY[:1]), jsonl(STORY[1:])
    got = replay([STATE], first + NOT_EVENTS[name] + "\n" + last)
    assert outcome(got) == WANT, got.err
    assert got.status == 2
    places = [(int(m.group(1)), int(m.group(2))) for m in re.finditer(
        r"events\.json\D+(\d+)\D+(\d+)", got.err)]
    end = len(first) + len(NOT_EVENTS[name]) + 1
    assert places and places[0][0] in (2, 3), got.err
    assert len(first) <= places[0][1] <= end, got.err


@pytest.mark.parametrize("tail", ["[" * 70, "[" * 100000,
                                  "{\"Records\": [{\"eventName\": ["])
def test_open_brackets_are_never_silent(replay, tail):
    """What swallows the lines after it ends in an error that says where."""
    got = replay([STATE], jsonl(STORY[:1]) + tail + "\n" + jsonl(STORY[1:]))
    assert outcome(got)[:1] == WANT[:1]
    if outcome(got) != WANT:
        assert got.status == 1 and re.search(r"\b2\b", got.err), got.err


@pytest.mark.parametrize("depth", [10, 60, 100, 1000, 100000])
def test_deep_parameters(replay, depth):
    text = json.dumps(queue("deep", MaximumMessageSize="@")).replace(
        '"@"', "[" * depth + "]" * depth)
    start = time.monotonic()
    got = replay([STATE], text + "\n" + jsonl(STORY))
    assert outcome(got)[-3:] == WANT and len(outcome(got)) in (3, 4)
    assert time.monotonic() - start < 2, "the deeper the slower"


def test_one_bad_record_of_a_document(replay):
    doc = {"Records": [STORY[0], S3_NOTE, {"eventName": 1}] + STORY[1:]}
    got = replay([STATE], json.dumps(doc, indent=1))
    assert outcome(got) == WANT and got.status == 2
    assert got.err.strip(), "nothing said about two refused records"


def test_bad_text_inside_an_answer(replay):
    doc = lookup(STORY)
    doc["Events"].insert(1, {"EventId": "x", "CloudTrailEvent": "{torn"})
    doc["Events"].insert(2, {"EventId": "y"})
    got = replay([STATE], json.dumps(doc))
    assert outcome(got) == WANT and got.err.strip()


def test_public_look_alikes_are_refused(tfdrift, tmp_path, shared):
    with open(os.path.join(shared, "corpus", "not-cloudtrail.jsonl")) as f:
        bad = [json.loads(x)["record"] for x in f]
    assert len(bad) == 34
    state = binary.write(tmp_path, "s.tfstate", STATE)
    text = "".join(json.dumps(b) + "\n" + json.dumps(queue("n%d" % i)) + "\n"
                   for i, b in enumerate(bad))
    r = tfdrift(["replay", "--verdicts", "--stats", "--state", state], text)
    got = binary.lines(r.out)
    assert [v["event_id"] for v in got] == \
        [queue("n%d" % i)["eventID"] for i in range(34)]
    assert binary.refused(r.err) == 34, r.err[-2000:]


# ------------------------------------------------------------ hostile input

@pytest.mark.parametrize("cut", [1, 20, 200, 900])
def test_torn_document_is_an_error(replay, cut):
    for text in (FORMS["records"], FORMS["lookup"], FORMS["pretty"]):
        got = replay([STATE], text[:-cut])
        assert got.status == 1, "torn by %d: %s" % (cut, got)
        assert got.err.strip()


def test_torn_last_line(replay):
    got = replay([STATE], FORMS["lines"][:-40])
    assert outcome(got) == WANT[:2]
    assert got.status in (1, 2) and got.err.strip()


@pytest.mark.parametrize("cut", [1, 9, 100])
def test_torn_gzip_is_an_error(replay, cut):
    got = replay([STATE], gzip.compress(FORMS["lines"].encode())[:-cut])
    assert got.status == 1 and got.err.strip()


def test_damaged_gzip_is_an_error(replay):
    data = bytearray(gzip.compress(FORMS["lines"].encode()))
    data[len(data) // 2] ^= 0x55
    got = replay([STATE], bytes(data))
    assert got.status == 1 and got.err.strip()


def test_long_text_is_bounded(replay):
    long = queue("long", VisibilityTimeout="45")
    long["userAgent"] = "x" * 10_000_000
    got = replay([STATE], jsonl([long] + STORY))
    assert [x for x in outcome(got) if x[0] in IDS][-1:] == WANT[-1:]
    assert len(outcome(got)) in (3, 4)


def test_many_small_members(replay):
    wide = queue("wide", VisibilityTimeout="45")
    wide["requestParameters"]["more"] = {"k%d" % i: i for i in range(100000)}
    got = replay([STATE], jsonl([wide] + STORY))
    assert [x for x in outcome(got) if x[0] in IDS][-1:] == WANT[-1:]


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80",
                                 b"\xf5\x80\x80\x80", b"\xe2\x82"])
def test_invalid_utf_8_never_comes_out(replay, raw):
    bad = jsonl([queue("bad", VisibilityTimeout="45")]).encode()
    bad = bad.replace(b"aws-cli", b"aws" + raw + b"cli")
    got = replay([STATE], bad + jsonl(STORY).encode())
    got.out.encode("utf-8")          # raises where it is not UTF-8
    assert [x for x in outcome(got) if x[0] in IDS][-1:] == WANT[-1:]


@pytest.mark.parametrize("number", [
    "1e999999", "-1e999999", "1E-999999", "123456789012345678901234567890",
    "0.1e1", "-0", "30.000000000000000000000000000000001", "9" * 5000])
def test_numbers_of_any_size(replay, number):
    text = jsonl([queue("n", VisibilityTimeout="@")]).replace(
        '"@"', number)
    got = replay([STATE], text + jsonl(STORY[2:]))
    assert outcome(got)[-1] == WANT[2]
    json.loads(got.out.splitlines()[0])


@pytest.mark.parametrize("number", ["30", "30.0", "3e1", "3.0E+1", "300e-1"])
def test_spellings_of_one_number(replay, number):
    text = jsonl([queue("n", VisibilityTimeout="@")]).replace('"@"', number)
    got = replay([STATE], text)
    assert got.verdicts[0]["verdict"] == "none"


@pytest.mark.parametrize("number", ["030", "+30", ".3e2", "30.", "0x1e"])
def test_not_a_json_number(replay, number):
    """Refused, or read as it may be: what comes out is JSON."""
    text = jsonl([queue("n", VisibilityTimeout="@")]).replace('"@"', number)
    got = replay([STATE], text + jsonl(STORY[2:]))
    assert outcome(got)[-1] == WANT[2]
    assert number not in got.out


def test_duplicate_keys(replay):
    """Which of the two counts is nobody's promise; that one does, is."""
    text = jsonl(STORY[:1]).replace(
        '"eventName": ', '"eventName": "DeleteQueue", "eventName": ')
    got = replay([STATE], text + jsonl(STORY[2:]))
    assert outcome(got)[-1] == WANT[2]
    assert all(v["event"] in ("DeleteQueue", "SetQueueAttributes")
               for v in got.verdicts)


@pytest.mark.parametrize("value", [
    None, 1, True, "x", [], {}, [[]], {"a": {"b": [None]}}, "{", "[]", "7"])
@pytest.mark.parametrize("key", ["requestParameters", "responseElements",
                                 "userIdentity", "userAgent", "readOnly",
                                 "errorCode", "eventID", "eventTime",
                                 "awsRegion", "sourceIPAddress"])
def test_any_shape_of_a_member(replay, key, value):
    got = replay([STATE], jsonl([{**STORY[0], key: value}] + STORY[2:]))
    assert outcome(got)[-1] == WANT[2], got.err
    assert got.status in (0, 2)


# ------------------------------------------------------------ statistics

def test_stats_line(replay):
    events = STORY + [
        build.event({"source": "ec2", "name": "NoSuchCall"}, "u"),
        build.event({"source": "sqs", "name": "ListQueues",
                     "record": {"readOnly": True}}, "r"),
        build.event({"source": "sqs", "name": "SetQueueAttributes",
                     "request": {"queueUrl": QUEUE + "2", "attributes": {
                         "DelaySeconds": "1"}}}, "m")]
    got = replay([STATE], events, "--stats")
    stats = json.loads(got.err.splitlines()[-1])
    assert list(stats)[:len(STATS)] == STATS
    assert {k: stats[k] for k in ("events", "drift", "unmanaged", "none",
                                  "ignored", "unmapped", "resources")} == {
        "events": 6, "drift": 1, "unmanaged": 1, "none": 2, "ignored": 1,
        "unmapped": 1, "resources": 1}
    assert stats["bytes"] == len(jsonl(events))
    assert 0 <= stats["seconds"] < 60 and 0 < stats["peak_rss_kb"] < 1 << 20
