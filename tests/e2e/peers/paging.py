"""What LookupEvents looks up: records, parameters, pages and their tokens."""
import calendar
import collections
import json
import secrets
import threading
import time

from peers.sigv4 import Refused

PAGE_MAX = 50
TOKEN_LIVES_S = 600
ATTRIBUTES = ("EventId", "EventName", "ReadOnly", "Username", "ResourceType",
              "ResourceName", "EventSource", "AccessKeyId")
REPEATED = 3

Record = collections.namedtuple(
    "Record", "id time readable region whole readable_at")
Page = collections.namedtuple("Page", "records token")
Token = collections.namedtuple("Token", "bound after expires")


def is_number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool) and v >= 0


def is_page_size(v):
    return isinstance(v, int) and not isinstance(v, bool)


def is_attributes(v):
    return isinstance(v, list) and all(
        isinstance(a, dict) and set(a) == {"AttributeKey", "AttributeValue"}
        and all(isinstance(x, str) for x in a.values()) for a in v)


# Parameter → whether its value has the type it should have.
PARAMETERS = {
    "StartTime": is_number, "EndTime": is_number,
    "MaxResults": is_page_size, "LookupAttributes": is_attributes,
    "NextToken": lambda v: isinstance(v, str),
    "EventCategory": lambda v: isinstance(v, str),
}


def once(pairs):
    """No member twice; json.loads would take the last."""
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


def parse(body):
    """The parameters of a call; raises what the service answers."""
    try:
        params = json.loads(body.decode(), object_pairs_hook=once)
    except ValueError as e:
        raise Refused("SerializationException", str(e))
    if not isinstance(params, dict):
        raise Refused("SerializationException", "not an object")
    for name, value in params.items():
        if name not in PARAMETERS:
            raise Refused("SerializationException", "unknown: " + name)
        if not PARAMETERS[name](value):
            raise Refused("SerializationException", "type of " + name)
    check(params)
    return params


def check(params):
    if not 1 <= params.get("MaxResults", PAGE_MAX) <= PAGE_MAX:
        raise Refused("InvalidMaxResultsException")
    given = params.get("LookupAttributes", [])
    if len(given) > 1 or any(a["AttributeKey"] not in ATTRIBUTES or
                             not 1 <= len(a["AttributeValue"]) <= 2000
                             for a in given):
        raise Refused("InvalidLookupAttributesException")
    if params.get("EventCategory", "insight") != "insight":
        raise Refused("InvalidEventCategoryException")
    if params.get("EndTime", 9e99) < params.get("StartTime", 0):
        raise Refused("InvalidTimeRangeException",
                      "StartTime is later than EndTime")


def column(record, name):
    """A record's value of a lookup attribute, as text."""
    whole = record.whole
    identity = whole.get("userIdentity", {})
    return {"EventId": record.id, "EventName": whole["eventName"],
            "EventSource": whole["eventSource"],
            "ReadOnly": json.dumps(whole.get("readOnly", False)),
            "AccessKeyId": identity.get("accessKeyId"),
            "Username": identity.get("userName")}.get(name)


class Trail:
    """The records, and the tokens that were handed out for them."""

    def __init__(self):
        self.records = []
        self.tokens = {}
        self.lock = threading.Lock()

    def add(self, whole, at, readable, region=None):
        """Keeps a copy of the record with its time set; returns it."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        whole = dict(whole, eventTime=stamp)
        if region:
            whole["awsRegion"] = region
        record = Record(whole["eventID"],
                        calendar.timegm(time.gmtime(at)), readable,
                        whole["awsRegion"], whole,
                        time.monotonic() + readable - time.time())
        with self.lock:
            self.records.append(record)
        return record

    def page(self, region, params, now):
        after = self._spend(region, params)
        rows = self._select(region, params, now)
        if after is not None:
            rows = [r for r in rows if (r.time, r.id) < after]
        rows, more = self._cut(rows, params)
        token = None
        if more:
            token = self._hand_out(region, params,
                                   (rows[-1].time, rows[-1].id))
        return Page(rows, token)

    def empty(self, region, params):
        """A page without a record, and a token for those it should have."""
        after = self._spend(region, params) or (9e99, "")
        return Page([], self._hand_out(region, params, after))

    def repeating(self, region, params, page):
        """A token after which the page's last records come again."""
        r = page.records[max(0, len(page.records) - REPEATED - 1)]
        return page._replace(
            token=self._hand_out(region, params, (r.time, r.id)))

    def expire_tokens(self):
        with self.lock:
            self.tokens.clear()

    def _select(self, region, params, now):
        start = params.get("StartTime", now - 90 * 86400)
        end = params.get("EndTime", now)
        wanted = {a["AttributeKey"]: a["AttributeValue"]
                  for a in params.get("LookupAttributes", [])}
        with self.lock:
            rows = list(self.records)
        rows = [r for r in rows if r.region == region and
                start <= r.time <= end and r.readable <= time.time() and
                all(column(r, k) == v for k, v in wanted.items())]
        return sorted(rows, key=lambda r: (r.time, r.id), reverse=True)

    @staticmethod
    def _cut(rows, params):
        n = params.get("MaxResults", PAGE_MAX)
        return rows[:n], len(rows) > n

    @staticmethod
    def _bound(region, params):
        """What a token is good for: this region, these parameters."""
        rest = {k: v for k, v in params.items() if k != "NextToken"}
        return region + json.dumps(rest, sort_keys=True)

    def _hand_out(self, region, params, after):
        token = secrets.token_urlsafe(120) + "+/=="
        with self.lock:
            self.tokens[token] = Token(self._bound(region, params), after,
                                       time.monotonic() + TOKEN_LIVES_S)
        return token

    def _spend(self, region, params):
        """Where the page of a token begins; None without one."""
        if "NextToken" not in params:
            return None
        with self.lock:
            token = self.tokens.get(params["NextToken"])
        if token is None or token.expires < time.monotonic():
            raise Refused("InvalidNextTokenException", "unknown or expired")
        if token.bound != self._bound(region, params):
            raise Refused("InvalidNextTokenException",
                          "the parameters are not those of the first call")
        return token.after


# The service writes the same instant in several ways.
FORMS = (lambda t: "%d" % t, lambda t: "%d.0" % t,
         lambda t: ("%.9E" % t).replace("E+0", "E"))


def entry(record, form):
    """One member of Events; the record itself is text within it."""
    whole = record.whole
    identity = whole.get("userIdentity", {})
    members = [
        ("EventId", record.id), ("EventName", whole["eventName"]),
        ("ReadOnly", column(record, "ReadOnly")),
        ("AccessKeyId", identity.get("accessKeyId")), ("EventTime", None),
        ("EventSource", whole["eventSource"]),
        ("Username", identity.get("userName")),
        ("Resources", [{"ResourceType": "AWS::Test::Thing",
                        "ResourceName": "a \"name\""}]),
        ("CloudTrailEvent", json.dumps(whole, separators=(",", ":")))]
    parts = []
    for name, value in members:
        if name == "EventTime":
            parts.append('"EventTime":' + form(record.time))
        elif value is not None:
            parts.append(json.dumps(name) + ":" + json.dumps(value))
    return "{" + ",".join(parts) + "}"


def text(page):
    """The body of an answer."""
    rows = [entry(r, FORMS[i % len(FORMS)])
            for i, r in enumerate(page.records)]
    token = ""
    if page.token:
        token = ',"NextToken":' + json.dumps(page.token)
    return '{"Events":[' + ",".join(rows) + "]" + token + "}"
