"""moto as a server: S3, DynamoDB, STS and IAM with real signatures.

Debian 12 has no moto, so it comes from a folder of sid's packages
(tools/peer-root.sh), cached under build/peers.  It listens in plain; the
agent reaches it through a front of ours that speaks TLS, reads requests
strictly, keeps what was asked and can be told to fail.
"""
import collections
import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import threading
import time

import botocore.config
import botocore.exceptions
import botocore.session

from peers import faults, sigv4, wire

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
FOLDER = os.environ.get("TFDRIFT_PEERS") or \
    os.path.join(REPO, "build", "peers")
SUITE = "sid"
PACKAGES = ("python3-moto", "python3-flask", "python3-flask-cors")
REGION = "us-east-1"
ADMIN = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}
START_S = 30
# Of one connection to the next hop only (RFC 9110, 7.6.1).
HOP = ("connection", "keep-alive", "transfer-encoding", "content-length",
       "date")


def install():
    """The folder that holds moto, or None and why it cannot be had."""
    root = os.path.join(FOLDER, "moto")
    p = subprocess.run(
        [os.path.join(REPO, "tools", "peer-root.sh"), SUITE, root, *PACKAGES],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if p.returncode:
        lines = p.stderr.decode(errors="replace").strip().split("\n")
        return None, lines[-1]
    return root, None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Moto:
    """The server; `admin` is the key of a user who may do everything."""

    def __init__(self, root, log):
        self.port = free_port()
        self.url = "http://127.0.0.1:%d" % self.port
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(("AWS_", "PYTHON"))}
        env["MOTO_S3_DEFAULT_MAX_KEYS"] = "50"  # a listing's page
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [os.path.join(root, "run"), "python3", "-W", "ignore", "-m",
                 "moto.server", "-p", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
        self._wait()
        self.admin = self.user("admin", ADMIN)
        self.require_signatures()
        self._try_signatures()

    def close(self):
        self.process.terminate()
        self.process.wait(10)

    def user(self, name, policy):
        """The sigv4.Key of a new user with that policy."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="p",
                            PolicyDocument=json.dumps(policy))
        k = iam.create_access_key(UserName=name)["AccessKey"]
        return sigv4.Key(k["AccessKeyId"], k["SecretAccessKey"],
                         who="user/" + name)

    def role(self, name, policy=None):
        """The ARN of a new role that anyone of the account may assume."""
        iam = self.client("iam")
        arn = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": "*"},
                     "Action": "sts:AssumeRole"}]}))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="p",
                            PolicyDocument=json.dumps(policy or ADMIN))
        return arn

    def client(self, service, region=REGION):
        """A botocore client past the front, as the administrator."""
        key = getattr(self, "admin", None) or sigv4.Key("test", "test")
        return botocore.session.Session().create_client(
            service, region_name=region, endpoint_url=self.url,
            aws_access_key_id=key.access, aws_secret_access_key=key.secret,
            config=botocore.config.Config(
                s3={"addressing_style": "path"}, max_pool_connections=32))

    def require_signatures(self):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        c.request("POST", "/moto-api/reset-auth", "0",
                  {"Content-Type": "text/plain"})
        assert c.getresponse().status == 200

    def _try_signatures(self):
        """Releases before 5.2 refuse what botocore signs for DynamoDB."""
        try:
            self.client("dynamodb").list_tables()
        except botocore.exceptions.ClientError as e:
            self.close()
            raise RuntimeError("this moto knows no signatures: %s" %
                               str(e)[:60])

    def _wait(self):
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        raise RuntimeError("moto did not start")


Asked = collections.namedtuple("Asked", "at service what headers status")
SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")


def service_of(request):
    m = SERVICE.search(request.header("authorization") or "")
    return m.group(1) if m else "?"


def error_s3(status, code):
    return wire.Reply(status, "<?xml version=\"1.0\"?>\n<Error><Code>%s</Code>"
                      "<Message>m</Message></Error>" % code,
                      kind="application/xml")


class Front:
    """TLS before moto.  `asked` keeps every call as (service, what); `fail`
    holds (service or None, part of what, answer) for calls to come, each
    answer a function of no argument, or the name of a fault."""

    def __init__(self, files, moto):
        self.moto = moto
        self.asked = []
        self.failing = []
        self.lock = threading.Lock()
        self.server = wire.Server(self._handle, files)
        self.url = self.server.url

    def close(self):
        self.server.close()

    def fail(self, service, part, *answers):
        with self.lock:
            self.failing += [(service, part, a) for a in answers]

    def of(self, service, part="", status=None):
        return [a for a in list(self.asked) if a.service == service and
                part in a.what and status in (None, a.status)]

    def _failure(self, service, what):
        with self.lock:
            for i, (s, part, answer) in enumerate(self.failing):
                if s == service and part in what:
                    return self.failing.pop(i)[2]
        return None

    def _handle(self, request):
        service = service_of(request)
        target = request.header("x-amz-target")
        what = " ".join((request.method, target or request.target))
        failure = self._failure(service, what)
        if callable(failure):
            reply = failure()
        else:
            reply = self._forward(request)
            if failure:
                reply.write = faults.WIRE[failure]
        with self.lock:
            self.asked.append(Asked(request.at, service, what,
                                    dict(request.headers), reply.status))
        return reply

    def _forward(self, request):
        c = http.client.HTTPConnection("127.0.0.1", self.moto.port,
                                       timeout=30)
        c.putrequest(request.method, request.target, skip_host=True,
                     skip_accept_encoding=True)
        for k, v in request.headers:
            c.putheader(k, v)
        c.endheaders(request.body)
        r = c.getresponse()
        body = r.read()
        headers = [(k, v) for k, v in r.getheaders() if k.lower() not in HOP]
        if request.method == "HEAD":
            length = r.getheader("Content-Length")
            headers += [("Content-Length", length)] if length else []
        c.close()
        return wire.Reply(r.status, body, headers,
                          write_bare if request.method == "HEAD" else None)


def write_bare(connection, reply):
    """The answer to HEAD: a head, and nothing else."""
    connection.send(reply.head(length=False))
    return True
