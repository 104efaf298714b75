"""Prints tests/unit/aws/sigv4_botocore.h: requests signed by botocore.

    python3 tests/tools/sigv4_rows.py >tests/unit/aws/sigv4_botocore.h
"""
import datetime

import botocore.auth
import botocore.awsrequest
import botocore.credentials

KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJIMEYCIQ=="
EMPTY = ("e3b0c44298fc1c149afbf4c8996fb924"
         "27ae41e4649b934ca495991b7852b855")
JSON = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"

# method, path as sent, query as sent, host, headers, body, service, region,
# token, seconds since 1970
ROWS = [
    ("POST", "/", "", "cloudtrail.eu-west-1.amazonaws.com",
     [("Content-Type", JSON), ("X-Amz-Target", "a.B.LookupEvents")],
     '{"MaxResults":50}', "cloudtrail", "eu-west-1", None, 1795454528),
    ("POST", "/", "", "127.0.0.1:8443",
     [("Content-Type", JSON), ("X-Amz-Target", "a.B.LookupEvents")],
     '{"MaxResults":50,"NextToken":"\u00e4\\""}', "cloudtrail", "us-east-1",
     TOKEN, 1795454528),
    ("POST", "/", "", "dynamodb.us-gov-west-1.amazonaws.com",
     [("Content-Type", "application/x-amz-json-1.0"),
      ("X-Amz-Target", "DynamoDB_20120810.GetItem")],
     "{}", "dynamodb", "us-gov-west-1", TOKEN, 1709164799),
    ("POST", "/", "", "sts.cn-north-1.amazonaws.com.cn",
     [("Content-Type", FORM)],
     "Action=AssumeRole&Version=2011-06-15&ExternalId=a%2Bb%20c",
     "sts", "cn-north-1", None, 951782400),
    ("POST", "/prefix/sts%20x/", "", "proxy.example:8080",
     [("Content-Type", FORM)], "", "sts", "us-east-1", TOKEN, 4102444799),
    ("GET", "/env%3A/prod/terraform.tfstate", "",
     "state.s3.us-east-1.amazonaws.com", [], "", "s3", "us-east-1", None,
     1795454528),
    ("GET", "/my.bucket/a%20b%2Bc/%C3%A4%2A~%28x%29/t.tfstate", "",
     "s3.eu-central-1.amazonaws.com",
     [("If-None-Match", '"0123456789abcdef0123456789abcdef-2"')], "", "s3",
     "eu-central-1", TOKEN, 1795454528),
    ("HEAD", "/b//double/./dots/../x", "", "s3.us-east-1.amazonaws.com", [],
     "", "s3", "us-east-1", None, 1795454528),
    ("GET", "/bucket",
     "list-type=2&encoding-type=url&max-keys=1000&prefix=env%3A%2F"
     "&continuation-token=1%2F%2B%3D%3D", "127.0.0.1:5000", [], "", "s3",
     "us-east-1", TOKEN, 1795454528),
]


def sign(method, path, query, host, headers, body, service, region, token, at):
    signer = {"s3": botocore.auth.S3SigV4Auth}.get(
        service, botocore.auth.SigV4Auth)(
            botocore.credentials.Credentials(*KEY, token), service, region)
    stamp = datetime.datetime.fromtimestamp(
        at, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    request = botocore.awsrequest.AWSRequest(
        method, "https://" + host + path + ("?" + query if query else ""),
        headers=dict(headers), data=body.encode())
    request.headers["Host"] = host
    request.context["timestamp"] = stamp
    # HTTP's client adds these after signing, or does not send them at all.
    if service == "s3":
        request.context["payload_signing_enabled"] = True
    request.headers["X-Amz-Date"] = stamp
    if token:
        request.headers["X-Amz-Security-Token"] = token
    if service == "s3":
        request.headers["X-Amz-Content-SHA256"] = signer.payload(request)
    canonical = signer.canonical_request(request)
    signed = signer.headers_to_sign(request)
    signature = signer.signature(
        signer.string_to_sign(request, canonical), request)
    return "AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s" % (
        signer.scope(request), signer.signed_headers(signed), signature)


def text(s):
    """As a literal of C, in pieces that fit a line."""
    pieces, out = [], ""
    for c in s.encode():
        out += (chr(c) if 32 <= c < 127 and chr(c) not in '"\\?' else
                "\\%03o" % c)
        if len(out) > 60:
            pieces.append(out)
            out = ""
    return "\n     ".join('"%s"' % p for p in pieces + [out])


print("/* Written by tests/tools/sigv4_rows.py: signed by botocore. */")
for row in ROWS:
    method, path, query, host, headers, body, service, region, token, at = row
    (n1, v1), (n2, v2) = (headers + [("", ""), ("", "")])[:2]
    print("{%s},\n" % ",\n     ".join(
        [text(v) for v in (method, path, query, host, n1, v1, n2, v2, body,
                           service, region, token or "")] +
        ["INT64_C(%d)" % (at * 1000), text(sign(*row))]))
