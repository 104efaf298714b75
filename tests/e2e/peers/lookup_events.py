"""CloudTrail's LookupEvents, as strict as the service.

Checks the signature, the call's form and every parameter; pages with tokens
that are good for one set of parameters only; throttles at two calls a second
for each region; hands a record out only once it is readable.  `plan` makes
the coming calls go wrong, `calls` says when what was asked.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""
import collections
import email.utils
import json
import secrets
import threading
import time

from peers import faults, paging, sigv4, wire

TARGET = ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
          "LookupEvents")
RATE = 2.1  # two calls a second, and what a clock's tick may cost
BURST = 2

Call = collections.namedtuple(
    "Call", "at region access params outcome events token number")


def error(status, code, text="", headers=()):
    """An error of a JSON 1.1 service; its type may carry its origin."""
    prefix = "com.amazonaws.cloudtrail.v20131101#" if len(text) % 2 else ""
    return wire.Reply(status, json.dumps(
        {"__type": prefix + code, "message": text}), headers)


# What a plan may name besides faults.WIRE: whole answers instead of the page.
ANSWERS = {
    "error_500": lambda: error(500, "InternalFailure", "try again"),
    "error_500_html": lambda: wire.Reply(500, "<html>oops", kind="text/html"),
    "error_502_empty": lambda: wire.Reply(502),
    "error_503": lambda: error(503, "ServiceUnavailable", "busy"),
    "error_503_later": lambda: error(503, "ServiceUnavailable", "busy",
                                     [("Retry-After", "2")]),
    "error_503_date": lambda: error(503, "ServiceUnavailable", "busy", [
        ("Retry-After", email.utils.formatdate(time.time() + 2,
                                               usegmt=True))]),
    "error_429": lambda: error(429, "TooManyRequestsException", "slow"),
    "throttled": lambda: error(400, "ThrottlingException", "Rate exceeded"),
    "expired_token": lambda: error(
        400, "ExpiredTokenException",
        "The security token included in the request is expired"),
    "denied": lambda: error(400, "AccessDeniedException",
                            "not authorized to perform: "
                            "cloudtrail:LookupEvents"),
}
# Dropped before an answer: no client can tell it from a kept connection that
# was closed meanwhile, so what is sent again at once is not counted twice.
DROPPED = ("reset_before_head", "not_tls")
# These wait for a call that fits them: one that follows a token, or one
# whose answer has another page.
PAGED = ("token_refused", "token_loop", "page_empty", "page_repeats")


class LookupEvents:
    """The service on a port; `url` is its endpoint for every region."""

    def __init__(self, files, keys, offset_s=0):
        self.keys = keys
        self.offset_s = offset_s
        self.trail = paging.Trail()
        self.calls = []
        self.plans = collections.defaultdict(collections.deque)
        self.allowance = {}
        self.rate, self.burst = RATE, BURST
        self.lock = threading.Lock()
        self.server = wire.Server(self._handle, files)
        self.url = self.server.url
        self.names = {"127.0.0.1", "localhost", "[::1]"}

    def close(self):
        self.server.close()

    def now(self):
        return time.time() + self.offset_s

    def add(self, record, age_s=0, delay_s=0, region=None):
        """Stores a record as of age_s ago, readable in delay_s."""
        return self.trail.add(record, self.now() - age_s,
                              time.time() + delay_s, region)

    def plan(self, *names, region=None):
        """One name a call, from the next on; None: a good one."""
        with self.lock:
            self.plans[region].extend(names)

    def planned(self):
        with self.lock:
            return sum(len(q) for q in self.plans.values())

    def of(self, region=None, outcome=None):
        """The calls, of a region, of an outcome."""
        return [c for c in list(self.calls)
                if region in (None, c.region) and outcome in (None, c.outcome)]

    def refusals(self):
        """Outcomes of calls that no client of the real service makes."""
        planned = set(ANSWERS) | set(faults.WIRE) | set(PAGED) | {"ok", "hang"}
        return [c for c in list(self.calls) if c.outcome not in planned]

    def _handle(self, request):
        params, key, region = {}, None, "?"
        try:
            self._check_form(request)
            key, region = sigv4.verify(request, self.keys, "cloudtrail",
                                       self.now())
            self._throttle(region)
            params = paging.parse(request.body)
            outcome, reply, page = self._answer(request, region, params)
        except sigv4.Refused as e:
            outcome, reply, page = e.code, error(400, e.code, e.text), None
        events = [r.id for r in page.records] if page else []
        with self.lock:
            self.calls.append(Call(
                request.at, region, key.access if key else None, params,
                outcome, events, page.token if page else None,
                request.connection))
        reply.headers += [
            ("Date", email.utils.formatdate(self.now(), usegmt=True)),
            ("x-amzn-RequestId", secrets.token_hex(16))]
        return reply

    def _check_form(self, request):
        host = request.header("host")
        name, _, port = host.rpartition(":")
        if name not in self.names or port != str(self.server.port):
            raise sigv4.Refused("InvalidSignatureException", "host " + host)
        if (request.method, request.target) != ("POST", "/"):
            raise sigv4.Refused("UnknownOperationException", request.target)
        if request.header("content-type") != "application/x-amz-json-1.1":
            raise sigv4.Refused("UnknownOperationException", "content type")
        if request.header("x-amz-target") != TARGET:
            raise sigv4.Refused("UnknownOperationException", "target")

    def _throttle(self, region):
        with self.lock:
            now = time.monotonic()
            left, then = self.allowance.get(region, (self.burst, now))
            left = min(self.burst, left + (now - then) * self.rate)
            self.allowance[region] = (max(0, left - 1), now)
        if left < 1:
            raise sigv4.Refused("ThrottlingException", "Rate exceeded")

    def _next(self, region, params, page):
        """The plan's name for this call; those that do not fit wait."""
        with self.lock:
            queue = self.plans[region] or self.plans[None]
            if not queue:
                return None
            name = queue[0]
            if name in ("token_refused", "token_loop") and \
                    "NextToken" not in params:
                return None
            if name in ("page_empty", "page_repeats") and not page.token:
                return None
            return queue.popleft()

    def _answer(self, request, region, params):
        page = self.trail.page(region, params, self.now())
        name = self._next(region, params, page)
        if name in ANSWERS:
            return name, ANSWERS[name](), None
        if name == "token_refused":
            return name, error(400, "InvalidNextTokenException", "no"), None
        if name == "token_loop":
            page = page._replace(token=params["NextToken"])
            self.plans[region].appendleft(name)  # until the test ends it
        elif name == "page_empty":
            page = self.trail.empty(region, params)
        elif name == "page_repeats":
            page = self.trail.repeating(region, params, page)
        reply = wire.Reply(200, paging.text(page))
        if isinstance(name, (int, float)):
            reply.write, name = faults.hang(name), "hang"
        elif name in faults.WIRE:
            reply.write = faults.WIRE[name]
            if name in DROPPED:
                self.allowance.pop(region, None)
        elif name is not None and name not in PAGED:
            raise KeyError("no fault is called %r" % name)
        good = name is None or name in faults.SOUND or name in PAGED
        return name or "ok", reply, page if good else None


def most_in(calls, window_s):
    """The most calls that began within window_s of each other."""
    times = sorted(c.at for c in calls)
    most = 0
    for i, t in enumerate(times):
        most = max(most, sum(1 for u in times[i:] if u - t < window_s))
    return most
