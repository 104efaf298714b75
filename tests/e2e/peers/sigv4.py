"""Checks Signature Version 4 of an incoming request, with botocore's signer.

It refuses with the names that AWS' JSON services use, and it does not take
anything on trust: scope, signed headers, body's hash, clock, session token.
"""
import calendar
import hashlib
import hmac
import re
import secrets
import threading
import time

import botocore.auth
import botocore.awsrequest
import botocore.credentials

SKEW_S = 300
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/ ,]+)/(\d{8})/([a-z0-9-]+)/"
    r"([a-z0-9-]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?"
    r"Signature=([0-9a-f]{64})\Z")


class Refused(Exception):
    """A code of AWS and a sentence."""

    def __init__(self, code, text=""):
        super().__init__(code, text)
        self.code, self.text = code, text


class Key:
    """An access key; a session has a token and may expire."""

    def __init__(self, access, secret, token=None, expires=None, who=""):
        self.access, self.secret, self.token = access, secret, token
        self.expires = expires
        self.who = who

    def environment(self):
        env = {"AWS_ACCESS_KEY_ID": self.access,
               "AWS_SECRET_ACCESS_KEY": self.secret}
        if self.token:
            env["AWS_SESSION_TOKEN"] = self.token
        return env


class Keys:
    """The keys that a service knows."""

    def __init__(self):
        self.known = {}
        self.lock = threading.Lock()

    def add(self, key):
        with self.lock:
            self.known[key.access] = key
        return key

    def user(self, who="user/watcher"):
        return self.add(Key("AKIA" + secrets.token_hex(8).upper(),
                            secrets.token_urlsafe(30)[:40], who=who))

    def session(self, lives_s, who="assumed-role/watcher/x"):
        """A new session's key; its token holds what tokens hold: + / =."""
        token = "FwoGZXIvYXdzE//+" + secrets.token_urlsafe(300) + "=="
        return self.add(Key("ASIA" + secrets.token_hex(8).upper(),
                            secrets.token_urlsafe(30)[:40], token,
                            time.time() + lives_s, who))

    def get(self, access):
        with self.lock:
            return self.known.get(access)


class _Signer(botocore.auth.SigV4Auth):
    """botocore's signer, but for the headers that the request names."""

    def __init__(self, signed, *args):
        super().__init__(*args)
        self.signed = signed

    def headers_to_sign(self, request):
        headers = botocore.awsrequest.HTTPHeaders()
        for name in self.signed:
            headers[name] = request.headers[name]
        return headers


def moment(text):
    """Seconds of a basic ISO 8601 time."""
    try:
        return calendar.timegm(time.strptime(text, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Refused("IncompleteSignatureException", "Date %r" % text)


def parse(request):
    """(access key, day, region, service, signed names, signature)."""
    text = request.header("authorization")
    if text is None:
        raise Refused("MissingAuthenticationTokenException",
                      "Missing Authentication Token")
    m = AUTHORIZATION.match(text)
    if not m:
        raise Refused("IncompleteSignatureException", text[:40])
    access, day, region, service, names, signature = m.groups()
    names = names.split(";")
    if names != sorted(set(names)):
        raise Refused("IncompleteSignatureException", "order of headers")
    must = {"host"} | {k for k, _ in request.headers
                       if k.startswith("x-amz-")}
    lacking = must - set(names)
    if lacking:
        raise Refused("InvalidSignatureException",
                      "not signed: %s" % sorted(lacking))
    return access, day, region, service, names, signature


def signature_of(request, key, names, scope, date):
    region, service = scope
    url = "https://" + request.header("host") + request.target
    aws = botocore.awsrequest.AWSRequest(method=request.method, url=url,
                                         data=request.body)
    for name in names:
        value = request.header(name)
        if value is None:
            raise Refused("InvalidSignatureException", "no header " + name)
        aws.headers[name] = value
    aws.context["timestamp"] = date
    signer = _Signer(names, botocore.credentials.Credentials(
        key.access, key.secret), service, region)
    text = signer.string_to_sign(aws, signer.canonical_request(aws))
    return signer.signature(text, aws)


def check_body(request):
    said = request.header("x-amz-content-sha256")
    if said and said != hashlib.sha256(request.body).hexdigest():
        raise Refused("InvalidSignatureException", "hash of the body")


def check_session(key, token, now):
    if token != key.token:
        raise Refused("UnrecognizedClientException",
                      "The security token included in the request is invalid.")
    if key.expires is not None and key.expires <= now:
        raise Refused("ExpiredTokenException",
                      "The security token included in the request is expired")


def verify(request, keys, service, now):
    """(Key, region) of a request signed as it should be; raises Refused."""
    access, day, region, named, names, signature = parse(request)
    date = request.header("x-amz-date") or ""
    if moment(date) and not date.startswith(day):
        raise Refused("InvalidSignatureException", "day of the scope")
    if named != service:
        raise Refused("InvalidSignatureException", "Credential should be "
                      "scoped to correct service: '%s'." % service)
    key = keys.get(access)
    if key is None:
        raise Refused("UnrecognizedClientException",
                      "The security token included in the request is invalid.")
    check_body(request)
    want = signature_of(request, key, names, (region, service), date)
    if not hmac.compare_digest(want, signature):
        raise Refused("InvalidSignatureException", "The request signature we "
                      "calculated does not match the signature you provided.")
    if abs(moment(date) - now) > SKEW_S:
        raise Refused("InvalidSignatureException", "Signature expired: %s is "
                      "now earlier than %d (%d - 5 min.)" % (date, now, now))
    check_session(key, request.header("x-amz-security-token"), now)
    return key, region
