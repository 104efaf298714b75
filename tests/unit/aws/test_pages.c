/* Answers of CloudTrail, S3's listing and STS, whole and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "aws/cloudtrail.h"
#include "aws/s3_list.h"
#include "aws/sts_role.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static char memory[1u << 16];

static const struct {
    const char *body;
    int rc;
    const char *events, *token;
} lookups[] = {
    {"{\"Events\":[]}", 0, "[]", ""},
    {" {\"NextToken\": \"a\\/\\u00e4\" , \"Events\" : [ {\"a\":[1]} ] }\n", 0,
     "[ {\"a\":[1]} ]", "a/\xc3\xa4"},
    {"{\"Events\":[{\"CloudTrailEvent\":\"{\\\"x\\\":\\\"]}\\\"}\"}],"
     "\"NextToken\":null}",
     0, "[{\"CloudTrailEvent\":\"{\\\"x\\\":\\\"]}\\\"}\"}]", ""},
    {"{\"x\":{\"Events\":1},\"n\":-1.5e3,\"Events\":[],\"t\":true}", 0, "[]",
     ""},
    {"{\"Events\":[],\"NextToken\":\"\"}", 0, "[]", ""},
    {"", ERR_MORE, "", ""},
    {"[]", ERR_SYNTAX, "", ""},
    {"null", ERR_SYNTAX, "", ""},
    {"\"{\"", ERR_SYNTAX, "", ""},
    {"{}", ERR_FOREIGN, "", ""},
    {"{\"NextToken\":\"a\"}", ERR_FOREIGN, "", ""},
    {"{\"Events\":null}", ERR_FOREIGN, "", ""},
    {"{\"Events\":{}}", ERR_FOREIGN, "", ""},
    {"{\"Events\":\"[]\"}", ERR_FOREIGN, "", ""},
    {"{\"Events\":[],\"NextToken\":1}", ERR_FOREIGN, "", ""},
    {"{\"Events\":[],\"NextToken\":[]}", ERR_FOREIGN, "", ""},
    {"{\"Events\":[],\"NextToken\":\"\\x\"}", ERR_SYNTAX, "", ""},
    {"{", ERR_MORE, "", ""},
    {"{\"Events\"", ERR_MORE, "", ""},
    {"{\"Events\":", ERR_MORE, "", ""},
    {"{\"Events\":[", ERR_MORE, "", ""},
    {"{\"Events\":[{}]", ERR_MORE, "", ""},
    {"{\"Events\":[{}],", ERR_MORE, "", ""},
    {"{\"Events\":[{}],\"NextToken\":\"a", ERR_MORE, "", ""},
    {"{\"Events\":[]}}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[]} x", ERR_SYNTAX, "", ""},
    {"{\"Events\":[]},", ERR_SYNTAX, "", ""},
    {"{\"Events\":[],}", ERR_SYNTAX, "", ""},
    {"{,\"Events\":[]}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[} }", ERR_SYNTAX, "", ""},
    {"{\"Events\":x[]}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[]x}", ERR_SYNTAX, "", ""},
    {"{\"Events\" \"a\":[]}", ERR_SYNTAX, "", ""},
    {"{Events:[]}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[]:1}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[],\"a\":}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[{\"a\":1},]}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[{\"a\" 1}]}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[01]}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[\"\t\"]}", ERR_SYNTAX, "", ""},
    {"{\"Events\":[tru", ERR_MORE, "", ""},
    {"{\"Events\":[\"\\u12", ERR_MORE, "", ""},
    {"{\"Events\":[\"\\u12x4\"]}", ERR_SYNTAX, "", ""},
};

static void
test_lookups(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(lookups); i++) {
        struct cloudtrail_page page = {.token = SLICE("")};
        struct arena arena;
        struct err e = {0};
        int rc;

        arena_init(&arena, memory, sizeof(memory));
        rc = cloudtrail_parse(slice_str(lookups[i].body), &arena, &page, &e);
        if (rc != lookups[i].rc) {
            print_error("%s: got %d %s\n", lookups[i].body, rc, e.text);
            fail();
        }
        if (rc == 0) {
            assert_true(slice_eq(page.events, slice_str(lookups[i].events)));
            assert_true(slice_eq(page.token, slice_str(lookups[i].token)));
        } else {
            assert_int_equal(e.code, rc);
        }
    }
}

static void
test_long_token(void **state)
{
    static char body[CLOUDTRAIL_TOKEN_MAX_BYTES + 64];
    struct cloudtrail_page page;
    struct arena arena;
    int n = snprintf(body, sizeof(body), "{\"Events\":[],\"NextToken\":\"");

    (void)state;
    memset(body + n, 'a', CLOUDTRAIL_TOKEN_MAX_BYTES + 1);
    memcpy(body + n + CLOUDTRAIL_TOKEN_MAX_BYTES + 1, "\"}", 3);
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(cloudtrail_parse(slice_str(body), &arena, &page, NULL),
                     ERR_LIMIT);
}

#define LIST(inside) "<ListBucketResult>" inside "</ListBucketResult>"
#define URLED "<EncodingType>url</EncodingType>"

/* Objects as "key,etag,size;". */
static const struct {
    const char *body;
    int rc;
    const char *objects, *token;
} lists[] = {
    {LIST("<IsTruncated>false</IsTruncated>"), 0, "", ""},
    {"<?xml version=\"1.0\"?>\n" LIST(
         "<Name>b</Name><Contents><Key>a+b.tfstate</Key><LastModified>2026-11-"
         "23T17:22:08.000Z</LastModified><ETag>&quot;0f&quot;</ETag><Size>12</"
         "Size><Owner><ID>x</ID></Owner></Contents><Contents><Key>&lt;c&gt;</"
         "Key></Contents>"),
     0, "a+b.tfstate,\"0f\",12;<c>,,0;", ""},
    {LIST(URLED "<Contents><Key>env%3A/a+b%2Bc</Key></Contents>"
                "<IsTruncated>true</IsTruncated>"
                "<NextContinuationToken>1&amp;2</NextContinuationToken>"),
     0, "env:/a b+c,,0;", "1&2"},
    {LIST("<CommonPrefixes><Key>x</Key></CommonPrefixes>"), 0, "", ""},
    {LIST("<IsTruncated>true</IsTruncated>"), ERR_FOREIGN, "", ""},
    {LIST("<Contents><Size>1</Size></Contents>"), ERR_FOREIGN, "", ""},
    {LIST("<Contents><Key>a</Key><Size>-1</Size></Contents>"), ERR_FOREIGN, "",
     ""},
    {LIST("<Contents><Key>&x;</Key></Contents>"), ERR_FOREIGN, "", ""},
    {"<ListBucketResult><Contents><Key>a</Key></Contents>", ERR_MORE, "", ""},
    {"<Error><Code>x</Code></Error>", ERR_FOREIGN, "", ""},
    {"{}", ERR_SYNTAX, "", ""},
    {"", ERR_MORE, "", ""},
};

static int
note(void *ctx, const struct s3_entry *entry, struct err *e)
{
    (void)e;
    buf_fmt(ctx, "%.*s,%.*s,%lld;", SLICE_FMT(entry->key),
            SLICE_FMT(entry->etag), (long long)entry->size);
    return 0;
}

static void
test_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(lists); i++) {
        char said[512];
        struct buf b = buf_over(said, sizeof(said) - 1);
        struct s3_page page;
        struct err e = {0};
        int rc = s3_list_parse(slice_str(lists[i].body), &page, NULL, NULL, &e);

        if (rc != lists[i].rc) {
            print_error("%s: got %d %s\n", lists[i].body, rc, e.text);
            fail();
        }
        if (rc != 0)
            continue;
        rc = s3_list_parse(slice_str(lists[i].body), &page, note, &b, &e);
        assert_int_equal(rc, 0);
        said[b.n] = '\0';
        assert_string_equal(said, lists[i].objects);
        assert_true(slice_eq(slice_of(page.token, page.token_n),
                             slice_str(lists[i].token)));
    }
}

#define ASSUMED(inside)                                                  \
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-" \
    "15/\"><AssumeRoleResult><AssumedRoleUser><Arn>arn</Arn>"            \
    "</AssumedRoleUser><Credentials>" inside                             \
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
#define KEYS                                                  \
    "<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s/+=</" \
    "SecretAccessKey><SessionToken>\n t== </SessionToken>"

static const struct {
    const char *body;
    int rc;
} assumed[] = {
    {ASSUMED(KEYS "<Expiration>2026-11-23T17:22:08Z</Expiration>"), 0},
    {ASSUMED(KEYS "<Expiration>soon</Expiration>"), ERR_FOREIGN},
    {ASSUMED(KEYS), ERR_FOREIGN},
    {ASSUMED("<AccessKeyId>ASIA1</AccessKeyId>"), ERR_FOREIGN},
    {"<AccessKeyId>ASIA1</AccessKeyId>", ERR_FOREIGN},
    {"<Credentials>" KEYS, ERR_MORE},
    {"<html>", ERR_MORE},
    {"{}", ERR_SYNTAX},
};

static void
test_assumed(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(assumed); i++) {
        struct creds got = {0};
        struct arena arena;
        struct err e;

        arena_init(&arena, memory, sizeof(memory));
        assert_int_equal(
            sts_parse(slice_str(assumed[i].body), &arena, &got, &e),
            assumed[i].rc);
        if (assumed[i].rc != 0)
            continue;
        assert_true(slice_eq(got.key.id, SLICE("ASIA1")));
        assert_true(slice_eq(got.key.secret, SLICE("s/+=")));
        assert_true(slice_eq(got.key.token, SLICE("t==")));
        assert_int_equal(got.expires_ms, INT64_C(1795454528000));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_long_token),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_assumed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
