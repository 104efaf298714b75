/*
 * Signatures: AWS's published vectors, and requests of the kinds we make as
 * botocore signs them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "aws/sigv4.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static const char secret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct row {
    const char *method, *path, *query, *host;
    const char *name1, *value1, *name2, *value2;
    const char *body, *service, *region, *token;
    int64_t now_ms;
    const char *want;
};

static const struct row botocore[] = {
#include "tests/unit/aws/sigv4_botocore.h"
};

/* The date and key of AWS's Signature Version 4 test suite, and the headers
 * that most of its requests have. */
#define SUITE_MS INT64_C(1440938160000) /* 20150830T123600Z */
#define SUITE(headers, signature)                                 \
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/" \
    "service/aws4_request, SignedHeaders=" headers ", Signature=" signature
#define PLAIN "host;x-amz-date"
#define LETTERS                       \
    "-._~0123456789ABCDEFGHIJKLMNOPQ" \
    "RSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define TOKEN "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"

/*
 * From the suite as awslabs/aws-c-auth carries it,
 * tests/aws-signing-test-suite/v4/NAME/header-signed-request.txt; its paths
 * are taken as they stand, for they are encoded when they are signed.
 */
static const struct {
    const char *name, *path, *query;
    const char *name1, *value1, *name2, *value2;
    const char *token, *want;
} suite[] = {
    {"get-vanilla", "/", "", "", "", "", "", "",
     SUITE(PLAIN,
           "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")},
    {"get-vanilla, no path", "", "", "", "", "", "", "",
     SUITE(PLAIN,
           "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")},
    {"get-vanilla-query-order-key-case", "/", "Param2=value2&Param1=value1", "",
     "", "", "", "",
     SUITE(PLAIN,
           "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")},
    {"get-vanilla-empty-query-key", "/", "Param1=value1", "", "", "", "", "",
     SUITE(PLAIN,
           "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")},
    {"get-vanilla-query-order-encoded", "/",
     "Param-3=Value3&Param=Value2&%E1%88%B4=Value1", "", "", "", "", "",
     SUITE(PLAIN,
           "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac")},
    {"get-vanilla-utf8-query", "/", "%E1%88%B4=bar", "", "", "", "", "",
     SUITE(PLAIN,
           "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")},
    {"get-vanilla-query-unreserved", "/", LETTERS "=" LETTERS, "", "", "", "",
     "",
     SUITE(PLAIN,
           "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")},
    {"get-unreserved", "/" LETTERS, "", "", "", "", "", "",
     SUITE(PLAIN,
           "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")},
    {"get-utf8", "/\xe1\x88\xb4", "", "", "", "", "", "",
     SUITE(PLAIN,
           "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")},
    {"get-space-unnormalized", "/example space/", "", "", "", "", "", "",
     SUITE(PLAIN,
           "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")},
    {"get-header-value-trim", "/", "", "My-Header2", " \"a   b   c\"",
     "My-Header1", " value1", "",
     SUITE("host;my-header1;my-header2;x-amz-date",
           "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")},
    {"get-vanilla-with-session-token", "/", "", "", "", "", "", TOKEN,
     SUITE("host;x-amz-date;x-amz-security-token",
           "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8")},
};

static int
sign_row(const struct row *r, struct sigv4_signature *out)
{
    struct http_header headers[2] = {
        {slice_str(r->name1), slice_str(r->value1)},
        {slice_str(r->name2), slice_str(r->value2)}};
    struct sigv4_key key = {SLICE("AKIDEXAMPLE"), slice_str(secret),
                            slice_str(r->token)};
    char hash[HASH_HEX_BYTES];
    struct sigv4_request rq = {
        .method = slice_str(r->method),
        .path = slice_str(r->path),
        .query = slice_str(r->query),
        .host = slice_str(r->host),
        .headers = headers,
        .n_headers = (r->name1[0] != '\0') + (r->name2[0] != '\0'),
        .body_hash = slice_of(hash, sizeof(hash)),
        .service = slice_str(r->service),
        .region = slice_str(r->region),
    };

    hash_text(slice_str(r->body), hash);
    return sigv4_sign(&rq, &key, r->now_ms, out);
}

static void
must_sign(const char *name, const struct row *r)
{
    struct sigv4_signature s;
    struct slice got;

    assert_int_equal(sign_row(r, &s), 0);
    got = slice_of(s.authorization, s.authorization_n);
    if (!slice_eq(got, slice_str(r->want))) {
        print_error("%s:\n got %.*s\nwant %s\n", name, SLICE_FMT(got), r->want);
        fail();
    }
}

static void
test_suite(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(suite); i++) {
        struct row r = {.method = "GET",
                        .path = suite[i].path,
                        .query = suite[i].query,
                        .host = "example.amazonaws.com",
                        .name1 = suite[i].name1,
                        .value1 = suite[i].value1,
                        .name2 = suite[i].name2,
                        .value2 = suite[i].value2,
                        .body = "",
                        .service = "service",
                        .region = "us-east-1",
                        .token = suite[i].token,
                        .now_ms = SUITE_MS,
                        .want = suite[i].want};

        must_sign(suite[i].name, &r);
    }
}

static void
test_botocore(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(botocore); i++)
        must_sign(botocore[i].path, &botocore[i]);
}

/* Every part that is signed changes the signature. */
static void
test_differs(void **state)
{
    const struct row *base = &botocore[1];
    struct row other[7];
    struct sigv4_signature a, b;

    (void)state;
    for (size_t i = 0; i < LENGTH(other); i++)
        other[i] = *base;
    other[0].method = "PUT";
    other[1].path = "/x";
    other[2].query = "a";
    other[3].body = "{}";
    other[4].value1 = "text/plain";
    other[5].token = "other";
    other[6].now_ms += 1000;
    assert_int_equal(sign_row(base, &a), 0);
    for (size_t i = 0; i < LENGTH(other); i++) {
        assert_int_equal(sign_row(&other[i], &b), 0);
        assert_memory_not_equal(a.authorization + a.authorization_n - 64,
                                b.authorization + b.authorization_n - 64, 64);
    }
}

/* What does not fit is refused, not cut. */
static void
test_limits(void **state)
{
    static char query[SIGV4_QUERY_MAX * 2 + 2], region[2000];
    struct row r = botocore[1];
    struct sigv4_signature s;

    (void)state;
    memset(region, 'r', sizeof(region) - 1);
    r.region = region;
    assert_int_equal(sign_row(&r, &s), ERR_LIMIT);
    r = botocore[1];
    for (size_t i = 0; i + 1 < sizeof(query); i++)
        query[i] = i % 2 == 0 ? 'a' : '&';
    r.query = query;
    assert_int_equal(sign_row(&r, &s), ERR_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),
        cmocka_unit_test(test_botocore),
        cmocka_unit_test(test_differs),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
