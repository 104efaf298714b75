/* Written by tests/tools/sigv4_rows.py: signed by botocore. */
{"POST",
 "/",
 "",
 "cloudtrail.eu-west-1.amazonaws.com",
 "Content-Type",
 "application/x-amz-json-1.1",
 "X-Amz-Target",
 "a.B.LookupEvents",
 "{\042MaxResults\042:50}",
 "cloudtrail",
 "eu-west-1",
 "",
 INT64_C(1795454528000),
 "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/cl"
 "oudtrail/aws4_request, SignedHeaders=content-type;host;x-amz-"
 "date;x-amz-target, Signature=9d9a5951c87f2a95fd23c28e16883721"
 "24535e2698c650f3e75352b2fb83b49d"},

    {"POST",
     "/",
     "",
     "127.0.0.1:8443",
     "Content-Type",
     "application/x-amz-json-1.1",
     "X-Amz-Target",
     "a.B.LookupEvents",
     "{\042MaxResults\042:50,\042NextToken\042:\042\303\244\134\042"
     "\042}",
     "cloudtrail",
     "us-east-1",
     "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJIMEYCIQ==",
     INT64_C(1795454528000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/cl"
     "oudtrail/aws4_request, SignedHeaders=content-type;host;x-amz-"
     "date;x-amz-security-token;x-amz-target, Signature=b8d022ab73c"
     "b9c6d6f413dcda7c1b2822dc53054517dbbc1e52151cf643b1c90"},

    {"POST",
     "/",
     "",
     "dynamodb.us-gov-west-1.amazonaws.com",
     "Content-Type",
     "application/x-amz-json-1.0",
     "X-Amz-Target",
     "DynamoDB_20120810.GetItem",
     "{}",
     "dynamodb",
     "us-gov-west-1",
     "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJIMEYCIQ==",
     INT64_C(1709164799000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240228/us-gov-west-"
     "1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-am"
     "z-date;x-amz-security-token;x-amz-target, Signature=34aee23ca"
     "09357f2c5aed314be9b16aa2690304bac8f77b79f760710cdbfbeb7"},

    {"POST",
     "/",
     "",
     "sts.cn-north-1.amazonaws.com.cn",
     "Content-Type",
     "application/x-www-form-urlencoded; charset=utf-8",
     "",
     "",
     "Action=AssumeRole&Version=2011-06-15&ExternalId=a%2Bb%20c",
     "sts",
     "cn-north-1",
     "",
     INT64_C(951782400000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20000229/cn-north-1/s"
     "ts/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
     "Signature=f1711fdce433853223845fb075296fb49ddca5beee68c0959aa"
     "b0c4caa30ab39"},

    {"POST",
     "/prefix/sts%20x/",
     "",
     "proxy.example:8080",
     "Content-Type",
     "application/x-www-form-urlencoded; charset=utf-8",
     "",
     "",
     "",
     "sts",
     "us-east-1",
     "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJIMEYCIQ==",
     INT64_C(4102444799000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20991231/us-east-1/st"
     "s/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-"
     "amz-security-token, Signature=58eeb209e5fc58b8b8397434d3b7327"
     "a7e8364463202d0940f94b73fe8cff8af"},

    {"GET",
     "/env%3A/prod/terraform.tfstate",
     "",
     "state.s3.us-east-1.amazonaws.com",
     "",
     "",
     "",
     "",
     "",
     "s3",
     "us-east-1",
     "",
     INT64_C(1795454528000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/s3"
     "/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-"
     "date, Signature=85fc56bf56d7f372efa99aefa270cf93cc666a16b98a8"
     "63fea5dac31541ad8b5"},

    {"GET",
     "/my.bucket/a%20b%2Bc/%C3%A4%2A~%28x%29/t.tfstate",
     "",
     "s3.eu-central-1.amazonaws.com",
     "If-None-Match",
     "\0420123456789abcdef0123456789abcdef-2\042",
     "",
     "",
     "",
     "s3",
     "eu-central-1",
     "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJIMEYCIQ==",
     INT64_C(1795454528000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-central-1"
     "/s3/aws4_request, SignedHeaders=host;if-none-match;x-amz-cont"
     "ent-sha256;x-amz-date;x-amz-security-token, Signature=74fa5f0"
     "8fa65ad88b34ab8395228583fedb49acc6564c5c774921f62584650f6"},

    {"HEAD",
     "/b//double/./dots/../x",
     "",
     "s3.us-east-1.amazonaws.com",
     "",
     "",
     "",
     "",
     "",
     "s3",
     "us-east-1",
     "",
     INT64_C(1795454528000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/s3"
     "/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-"
     "date, Signature=8930a009327388677863ddfa3d3f279fc7492127ce64e"
     "38c4e46970858c8b931"},

    {"GET",
     "/bucket",
     "list-type=2&encoding-type=url&max-keys=1000&prefix=env%3A%2F&"
     "continuation-token=1%2F%2B%3D%3D",
     "127.0.0.1:5000",
     "",
     "",
     "",
     "",
     "",
     "s3",
     "us-east-1",
     "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJIMEYCIQ==",
     INT64_C(1795454528000),
     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/s3"
     "/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-"
     "date;x-amz-security-token, Signature=772474ba388a53b5b7ed7f04"
     "ace2781d904aa2b8998ee39d2b516ed93f17ea7a"},
