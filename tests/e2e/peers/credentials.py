"""Where an agent gets its credentials from: instance metadata, a container's
endpoint, STS.  Each refuses what the real one refuses, and each hands out
sessions that `keys` then knows.
"""
import calendar
import json
import re
import secrets
import time
from xml.sax import saxutils

from peers import sigv4, wire

ROLE = "watcher-role"
TOKEN_TTL = range(1, 21601)


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def document(key, **more):
    return json.dumps({**more, "AccessKeyId": key.access,
                       "SecretAccessKey": key.secret, "Token": key.token,
                       "Expiration": iso(key.expires)}, indent=2)


class Endpoint:
    """What the three have in common; `down` makes the next calls fail."""

    def __init__(self, keys, lives_s=3600, files=None, address="127.0.0.1"):
        self.keys = keys
        self.lives_s = lives_s
        self.down = 0
        self.given = []
        self.asked = []
        self.server = wire.Server(self._guard, files, address)
        self.url = self.server.url

    def close(self):
        self.server.close()

    def session(self, who="assumed-role/watcher/x"):
        key = self.keys.session(self.lives_s, who)
        self.given.append(key)
        return key

    def _guard(self, request):
        self.asked.append((request.method, request.target))
        if self.down > 0:
            self.down -= 1
            return wire.Reply(500, "down", kind="text/plain")
        return self.handle(request)


def text(body, status=200):
    return wire.Reply(status, body, kind="text/plain")


class Instance(Endpoint):
    """IMDSv2, and nothing of the first version.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/
    instancedata-data-retrieval.html
    """
    PATH = "/latest/meta-data/iam/security-credentials/"

    def __init__(self, *args, **kwargs):
        self.tokens = {}
        super().__init__(*args, **kwargs)

    def handle(self, request):
        if request.target == "/latest/api/token":
            return self._token(request)
        if request.method != "GET":
            return text("", 405)
        token = request.header("x-aws-ec2-metadata-token")
        if self.tokens.get(token, 0) < time.monotonic():
            return text("", 401)
        if request.target in (self.PATH, self.PATH.rstrip("/")):
            return text(ROLE)
        if request.target != self.PATH + ROLE:
            return text("", 404)
        now = iso(time.time())
        return text(document(self.session(), Code="Success",
                             LastUpdated=now, Type="AWS-HMAC"))

    def _token(self, request):
        ttl = request.header("x-aws-ec2-metadata-token-ttl-seconds", "")
        if request.method != "PUT" or not re.match(r"\d{1,5}\Z", ttl) or \
                int(ttl) not in TOKEN_TTL:
            return text("", 400)
        # A forwarded request is one that a proxy let through from outside.
        if request.header("x-forwarded-for") is not None:
            return text("", 403)
        token = secrets.token_urlsafe(41)
        self.tokens[token] = time.monotonic() + int(ttl)
        reply = text(token)
        reply.headers.append(("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", ttl))
        return reply


class Container(Endpoint):
    """ECS' and EKS' endpoint; `token` is what Authorization must hold."""
    PATH = "/v2/credentials/3f1f-9a"

    def __init__(self, keys, token=None, **kwargs):
        self.token = token
        super().__init__(keys, **kwargs)

    def handle(self, request):
        if (request.method, request.target) != ("GET", self.PATH):
            return text("", 404)
        if request.header("authorization") != self.token:
            return wire.Reply(401, '{"code":"Unauthorized"}',
                              kind="application/json")
        return wire.Reply(200, document(self.session(), RoleArn="arn"),
                          kind="application/json")


XML = """<%(action)sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <%(action)sResult>%(more)s
    <AssumedRoleUser>
      <AssumedRoleId>AROAEXAMPLE:%(name)s</AssumedRoleId>
      <Arn>%(arn)s</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>%(access)s</AccessKeyId>
      <SecretAccessKey>%(secret)s</SecretAccessKey>
      <SessionToken>%(token)s</SessionToken>
      <Expiration>%(expires)s</Expiration>
    </Credentials>
  </%(action)sResult>
  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</%(action)sResponse>
"""
FORM = "application/x-www-form-urlencoded"
COMMON = {"Action", "Version", "RoleArn", "RoleSessionName",
          "DurationSeconds"}
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}\Z", re.A)
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+\Z", re.A)


class Sts(Endpoint):
    """AssumeRole and AssumeRoleWithWebIdentity.

    `roles` maps an ARN to the external id that it asks for, or None;
    `web_token` is the only identity that is trusted.
    """

    def __init__(self, keys, roles, web_token=None, **kwargs):
        self.roles = roles
        self.web_token = web_token
        self.callers = []
        self.forms = []
        super().__init__(keys, **kwargs)

    def handle(self, request):
        try:
            return self._answer(request)
        except sigv4.Refused as e:
            status = 403 if e.code in ("AccessDenied", "ExpiredToken",
                                       "SignatureDoesNotMatch") else 400
            return wire.Reply(status, "<ErrorResponse><Error><Type>Sender"
                              "</Type><Code>%s</Code><Message>%s</Message>"
                              "</Error></ErrorResponse>" % (
                                  e.code, saxutils.escape(e.text)),
                              kind="text/xml")

    def _answer(self, request):
        kind = (request.header("content-type") or "").split(";")[0]
        if (request.method, request.target, kind) != ("POST", "/", FORM):
            raise sigv4.Refused("InvalidAction", "form of the request")
        form = request.form()
        self.forms.append(form)
        actions = {"AssumeRole": self._assume,
                   "AssumeRoleWithWebIdentity": self._web}
        if form.get("Action") not in actions or \
                form.get("Version") != "2011-06-15":
            raise sigv4.Refused("InvalidAction", str(form.get("Action")))
        more = actions[form["Action"]](request, form)
        return self._grant(form, more)

    def _check(self, form, also):
        unknown = set(form) - COMMON - also
        if unknown or not SESSION_NAME.match(form.get("RoleSessionName", "")) \
                or not ROLE_ARN.match(form.get("RoleArn", "")):
            raise sigv4.Refused("ValidationError", "%s" % sorted(unknown))
        lasts = form.get("DurationSeconds", "3600")
        if not re.match(r"\d{3,5}\Z", lasts) or not \
                900 <= int(lasts) <= 43200:
            raise sigv4.Refused("ValidationError", "DurationSeconds")
        if form["RoleArn"] not in self.roles:
            raise sigv4.Refused("AccessDenied", "not authorized to perform: "
                                "sts:AssumeRole on resource: x")

    def _assume(self, request, form):
        try:
            key, _ = sigv4.verify(request, self.keys, "sts", time.time())
        except sigv4.Refused as e:
            raise sigv4.Refused({"ExpiredTokenException": "ExpiredToken"}.get(
                e.code, "SignatureDoesNotMatch"), e.text)
        self._check(form, {"ExternalId"})
        if form.get("ExternalId") != self.roles[form["RoleArn"]]:
            raise sigv4.Refused("AccessDenied", "external id")
        self.callers.append(key)
        return ""

    def _web(self, request, form):
        if request.header("authorization") is not None:
            raise sigv4.Refused("ValidationError", "signed")
        self._check(form, {"WebIdentityToken"})
        if form.get("WebIdentityToken") != self.web_token:
            raise sigv4.Refused("InvalidIdentityToken", "not trusted")
        return ("<SubjectFromWebIdentityToken>system:sa</"
                "SubjectFromWebIdentityToken><Audience>sts.amazonaws.com"
                "</Audience><Provider>arn:oidc</Provider>")

    def _grant(self, form, more):
        who = form["RoleArn"].split(":")[-1] + "/" + form["RoleSessionName"]
        key = self.session(who)
        return wire.Reply(200, XML % {
            "action": form["Action"], "more": more,
            "name": form["RoleSessionName"],
            "arn": form["RoleArn"].replace(":iam:", ":sts:"),
            "access": key.access, "secret": saxutils.escape(key.secret),
            "token": saxutils.escape(key.token), "expires": iso(key.expires)},
            kind="text/xml")
