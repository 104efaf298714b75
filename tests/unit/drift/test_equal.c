/* Kinds of equality, one table each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pack.h"
#include "drift/document.h"
#include "drift/equal.h"

struct row {
    const char *a, *b;
    bool same;
};

static const struct sip_key key = {{1, 2}};

#define EACH(rows) (sizeof(rows) / sizeof(*(rows)))

/* Runs a table of text pairs, both ways round. */
static void
check_text(bool (*fn)(struct slice, struct slice), const struct row *rows,
           size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct slice a = slice_str(rows[i].a), b = slice_str(rows[i].b);

        if (fn(a, b) != rows[i].same || fn(b, a) != rows[i].same)
            fail_msg("row %zu: %s and %s", i, rows[i].a, rows[i].b);
    }
}

static void
scalars(void **state)
{
    static const struct row rows[] = {
        {"a", "a", true},
        {"a", "A", false},
        {"true", "True", true},
        {"true", "1", false},
        {"30", "30.0", true},
        {"30", "30.5", false},
        {"-1", "-1.00", true},
        {"0", "-0", true},
        {"1795454528", "1.795454528E9", true},
        {"1.795454528e9", "1795454529", false},
        {"100", "1e2", true},
        {"10", "1e2", false},
        {"007", "7", false},
        {"012345678901", "12345678901", false},
        {"1234567890123456", "1234567890123457", false},
        {"1234567890123456", "1234567890123456.0", false},
        {"3.0E+1", "30", true},
        {"300e-1", "30", true},
        {"0.030", "3e-2", true},
        {"3e1", "3e2", false},
        {"30.", "30", false},
        {"0x1e", "30", false},
        {"1e9999", "1e9999.0", false},
        {"", "0", false},
        {".5", "0.5", false},
        {"5.", "5", false},
        {"e9", "0", false},
    };

    (void)state;
    check_text(equal_scalars, rows, EACH(rows));
}

static void
arns(void **state)
{
    static const struct row rows[] = {
        {"arn:aws:iam::1:role/web", "web", true},
        {"arn:aws:iam::1:role/path/web", "web", true},
        {"arn:aws:iam::1:role/path/web", "path/web", true},
        {"arn:aws:iam::1:role/path/web", "eb", false},
        {"arn:aws:iam::1:role/a/b/c", "b/c", false},
        {"arn:aws:lambda:r:1:function:f:live", "f", true},
        {"arn:aws:lambda:r:1:function:f:live", "live", true},
        {"arn:aws:dynamodb:r:1:table/t/index/i", "t", true},
        {"arn:aws:dynamodb:r:1:table/t/stream/2", "t", true},
        {"arn:aws:kinesis:r:1:stream/s/consumer/c", "s", true},
        {"arn:aws:logs:r:1:log-group:/aws/f:*", "/aws/f", true},
        {"arn:aws:logs:r:1:log-group:/aws/f", "/aws/f", true},
        {"arn:aws:s3:::bucket", "bucket", true},
        {"arn:aws:kms:r:1:key/0987-ab", "0987-ab", true},
        {"arn:aws:kms:r:1:alias/x", "alias/x", true},
        {"arn:aws:x:r:1", "1", false},
        {"arn:aws:s3:::b", "arn:aws:s3:::b", false},
        {"arn:aws:s3:::b", "", false},
        {"123456789012:function:f", "f", true},
        {"123456789012:function:f:live", "f", true},
        {"arn:aws:lambda:r:1:function:f", "123456789012:function:f", true},
        {"123456789012:function:f", "g", false},
        {"12345:function:f", "f", false},
    };

    (void)state;
    check_text(equal_arn_name, rows, EACH(rows));
}

static void
times(void **state)
{
    static const struct row rows[] = {
        {"2025-12-06T07:30:00Z", "2025-12-06T07:30:00.000Z", true},
        {"2025-12-06T07:30:00Z", "2025-12-06T08:30:00+01:00", true},
        {"2025-12-06T07:30:00Z", "2025-12-06T07:30:01Z", false},
        {"2025-12-06T07:30:00Z", "2025-12-06 07:30:00 +0000 UTC", true},
        {"2025-12-06T07:30:00Z", "Dec 6, 2025 7:30:00 AM", true},
        {"2025-12-06T19:30:00Z", "Dec 6, 2025, 7:30:00 PM", true},
        {"2025-12-06T00:05:00Z", "Dec 6, 2025 12:05:00 AM", true},
        {"2025-12-06T07:30:00Z", "1765006200", true},
        {"2025-12-06T07:30:00Z", "1765006200000", true},
        {"2025-12-06T07:30:00Z", "1765006201", false},
        {"2024-02-29T00:00:00Z", "1709164800", true},
        {"1765006200", "1765006200000", false},
        {"2025-13-06T07:30:00Z", "1765006200", false},
        {"2025-12-06", "2025-12-06T00:00:00Z", false},
    };

    (void)state;
    check_text(equal_times, rows, EACH(rows));
}

static void
spellings(void **state)
{
    static const struct row dns[] = {
        {"a.example.com.", "A.example.com", true},
        {"\\052.example.com.", "*.example.com", true},
        {"a.example.com", "b.example.com", false},
        {"", ".", true},
    };
    static const struct row versions[] = {
        {"8.0", "8.0.35", true},
        {"8.0.35", "8.0.36", false},
        {"8", "8.0.35", true},
        {"6.x", "6.2", true},
        {"7.1", "7.0", false},
        {"8.0", "8.01", false},
        {"OpenSearch_2.3", "OpenSearch_2.5", false},
    };
    static const struct row protocols[] = {
        {"tcp", "6", true},  {"TCP", "tcp", true},   {"-1", "all", true},
        {"udp", "6", false}, {"58", "icmpv6", true}, {"50", "50", true},
    };

    (void)state;
    check_text(equal_dns, dns, EACH(dns));
    check_text(equal_version, versions, EACH(versions));
    check_text(equal_protocol, protocols, EACH(protocols));
}

/* ---- values: rows are JSON texts */

static char area[1 << 16], tokens[1 << 16];

struct value_row {
    const char *a, *b;
    enum equality equal;
};

static struct value
parse(const struct equal_room *r, const char *text)
{
    struct value v = VALUE_NOTHING;

    if (*text != '\0')
        assert_int_equal(0, pack_json(r->names, slice_str(text), r->scratch,
                                      r->arena, NULL, &v, NULL));
    return v;
}

static void
check_values(const struct value_row *rows, size_t n)
{
    static const struct names none = {0};
    struct arena arena, scratch;
    struct equal_room room = {&none, &key, &arena, &scratch};

    for (size_t i = 0; i < n; i++) {
        arena_init(&arena, area, sizeof(area));
        arena_init(&scratch, tokens, sizeof(tokens));
        struct value a = parse(&room, rows[i].a);
        struct value b = parse(&room, rows[i].b);
        size_t mark = arena_mark(&arena);

        if (equal_values(&room, a, b) != rows[i].equal ||
            equal_values(&room, b, a) != rows[i].equal)
            fail_msg("row %zu: %s and %s", i, rows[i].a, rows[i].b);
        assert_int_equal(mark, arena_mark(&arena));
    }
}

static void
values(void **state)
{
    static const struct value_row rows[] = {
        {"", "null", EQUAL_YES},
        {"null", "\"\"", EQUAL_YES},
        {"[]", "{}", EQUAL_YES},
        {"", "[]", EQUAL_YES},
        {"[]", "[1]", EQUAL_NO},
        {"true", "\"true\"", EQUAL_YES},
        {"30", "\"30\"", EQUAL_YES},
        {"false", "null", EQUAL_NO},
        {"[1,2]", "[1,2]", EQUAL_YES},
        {"[1,2]", "[2,1]", EQUAL_NO},
        {"{\"a\":1,\"b\":2}", "\"{\\\"b\\\":2, \\\"a\\\":1.0}\"", EQUAL_YES},
        {"\"alias/x\"", "\"arn:aws:kms:r:1:key/1\"", EQUAL_UNKNOWN},
        {"\"arn:aws:kms:r:1:alias/x\"", "\"1234-ab\"", EQUAL_UNKNOWN},
        {"\"alias/x\"", "\"arn:aws:kms:r:1:alias/x\"", EQUAL_YES},
        {"\"alias/x\"", "\"alias/y\"", EQUAL_NO},
        {"\"alias/x\"", "null", EQUAL_NO},
    };

    (void)state;
    check_values(rows, EACH(rows));
}

#define POLICY(s) "{\"Version\":\"2012-10-17\",\"Statement\":" s "}"
#define TEXT(s) "\"" s "\""

static void
policies(void **state)
{
    static const struct value_row rows[] = {
        /* one string or a list of one, a statement or a list of one */
        {POLICY("[{\"Action\":[\"a\"],\"Resource\":\"*\"}]"),
         POLICY("{\"Resource\":[\"*\"],\"Action\":\"a\"}"), EQUAL_YES},
        /* sets */
        {POLICY("[{\"Action\":[\"a\",\"b\"]}]"),
         POLICY("[{\"Action\":[\"b\",\"a\"]}]"), EQUAL_YES},
        {POLICY("[{\"Action\":[\"a\",\"b\"]}]"),
         POLICY("[{\"Action\":[\"a\",\"c\"]}]"), EQUAL_NO},
        {POLICY("[{\"Action\":\"a\"},{\"Action\":\"b\"}]"),
         POLICY("[{\"Action\":\"b\"},{\"Action\":\"a\"}]"), EQUAL_YES},
        /* an empty or absent Sid, an empty Condition */
        {POLICY("[{\"Sid\":\"\",\"Action\":\"a\"}]"),
         POLICY("[{\"Action\":\"a\",\"Condition\":{}}]"), EQUAL_YES},
        {POLICY("[{\"Sid\":\"x\",\"Action\":\"a\"}]"),
         POLICY("[{\"Action\":\"a\"}]"), EQUAL_NO},
        /* an account and its root */
        {POLICY("[{\"Principal\":{\"AWS\":\"123456789012\"}}]"),
         POLICY("[{\"Principal\":{\"AWS\":"
                "[\"arn:aws:iam::123456789012:root\"]}}]"),
         EQUAL_YES},
        {POLICY("[{\"Resource\":\"123456789012\"}]"),
         POLICY("[{\"Resource\":\"arn:aws:iam::123456789012:root\"}]"),
         EQUAL_NO},
        /* everybody */
        {POLICY("[{\"Principal\":\"*\"}]"),
         POLICY("[{\"Principal\":{\"AWS\":[\"*\"]}}]"), EQUAL_YES},
        {POLICY("[{\"Principal\":\"*\"}]"),
         POLICY("[{\"Principal\":{\"Service\":\"*\"}}]"), EQUAL_NO},
        /* numbers and booleans are text */
        {POLICY("[{\"Condition\":{\"Bool\":{\"aws:x\":\"true\"},"
                "\"NumericLessThan\":{\"y\":\"30\"}}}]"),
         POLICY("[{\"Condition\":{\"NumericLessThan\":{\"y\":30},"
                "\"Bool\":{\"aws:x\":true}}}]"),
         EQUAL_YES},
        {POLICY("[{\"Effect\":\"Allow\",\"Action\":\"a\"}]"),
         POLICY("[{\"Effect\":\"Deny\",\"Action\":\"a\"}]"), EQUAL_NO},
        /* in text, URL-encoded */
        {TEXT("%7B%22Statement%22%3A%5B%7B%22Action%22%3A%22a%22%7D%5D%7D"),
         "{\"Statement\":{\"Action\":[\"a\"]}}", EQUAL_YES},
        {TEXT("{\\\"Statement\\\":[{\\\"Action\\\":\\\"a\\\"}]}"),
         TEXT(" {\\n\\\"Statement\\\": {\\\"Action\\\": [\\\"a\\\"]}}"),
         EQUAL_YES},
        {TEXT("{torn"), TEXT("{torn2"), EQUAL_NO},
    };

    (void)state;
    check_values(rows, EACH(rows));
}

/* Documents that go the same way for a while. */
static void
parted(void **state)
{
    static const struct value_row rows[] = {
        {POLICY("[{\"Action\":[\"a\",\"b\",\"c\"]}]"),
         POLICY("[{\"Action\":[\"a\",\"c\",\"b\"]}]"), EQUAL_YES},
        {POLICY("[{\"Action\":[\"a\",\"b\"]}]"),
         POLICY("[{\"Action\":[\"a\",\"b\",\"b\"]}]"), EQUAL_NO},
        {POLICY("[{\"Action\":[[],[\"a\",\"b\"]]},{\"Sid\":\"s\"}]"),
         POLICY("[{\"Action\":[[\"b\",\"a\"],[]]},{\"Sid\":\"t\"}]"), EQUAL_NO},
        {POLICY("[{\"Action\":[[\"a\",\"b\"]]}]"),
         POLICY("[{\"Action\":[\"b\",\"a\"]}]"), EQUAL_YES},
        /* a key that comes twice */
        {POLICY("[{\"Sid\":\"a\",\"Sid\":\"b\"}]"),
         POLICY("[{\"Sid\":\"b\",\"Sid\":\"a\"}]"), EQUAL_YES},
        {POLICY("[{\"Sid\":\"a\",\"Sid\":\"a\"}]"),
         POLICY("[{\"Sid\":\"a\",\"Sid\":\"b\"}]"), EQUAL_NO},
    };

    (void)state;
    check_values(rows, EACH(rows));
}

static void
base64(void **state)
{
    static const struct {
        const char *state, *event;
        bool same;
    } rows[] = {
        {"hello", "aGVsbG8=", true},
        {"aGVsbG8=", "aGVsbG8=", true},
        {"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", "aGVsbG8=", true},
        {"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", "hello", true},
        {"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434e", "aGVsbG8=", false},
        {"hello", "!!", false},
        {"hello", "", false},
    };
    static const struct names none = {0};
    struct arena arena, scratch;
    struct equal_room room = {&none, &key, &arena, &scratch};

    (void)state;
    arena_init(&arena, area, sizeof(area));
    arena_init(&scratch, tokens, sizeof(tokens));
    for (size_t i = 0; i < EACH(rows); i++)
        if (equal_base64(&room, slice_str(rows[i].state),
                         slice_str(rows[i].event)) != rows[i].same)
            fail_msg("row %zu: %s", i, rows[i].event);
}

static void
hidden(void **state)
{
    static const struct {
        const char *json;
        bool hidden;
    } rows[] = {
        {"\"HIDDEN_DUE_TO_SECURITY_REASONS\"", true},
        {"\"<sensitiveDataRemoved>\"", true},
        {"\"****\"", true},
        {"\"***\"", true},
        {"\"**\"", false},
        {"\"*\"", false},
        {"\"***REDACTED***\"", true},
        {"\"(sensitive)\"", true},
        {"\"requestParameters too large; omitted\"", true},
        {"\"Value removed for security reasons\"", true},
        {"\"a***b\"", false},
        {"\"secret\"", false},
        {"42", false},
        {"{\"omitted\":true,\"originalSize\":99999}", true},
        {"{\"omitted\":false}", false},
        {"\"\"", false},
    };
    static const struct names none = {0};
    struct arena arena, scratch;
    struct equal_room room = {&none, &key, &arena, &scratch};

    (void)state;
    arena_init(&arena, area, sizeof(area));
    arena_init(&scratch, tokens, sizeof(tokens));
    for (size_t i = 0; i < EACH(rows); i++)
        if (equal_hidden(&none, parse(&room, rows[i].json)) != rows[i].hidden)
            fail_msg("row %zu: %s", i, rows[i].json);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars), cmocka_unit_test(arns),
        cmocka_unit_test(times),   cmocka_unit_test(spellings),
        cmocka_unit_test(values),  cmocka_unit_test(policies),
        cmocka_unit_test(parted),  cmocka_unit_test(base64),
        cmocka_unit_test(hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
