/* Answers that are errors: what they say, and what follows from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "aws/fault.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static const struct {
    int status;
    const char *type, *body;
    enum fault_kind kind;
    const char *code, *message, *region;
} rows[] = {
    {400, "", "{\"__type\":\"ThrottlingException\",\"message\":\"Rate\"}",
     FAULT_THROTTLED, "ThrottlingException", "Rate", ""},
    {400, "",
     "{\"__type\":\"com.amazonaws.cloudtrail.v20131101#"
     "InvalidNextTokenException\",\"Message\":\"no\\nsuch\"}",
     FAULT_STALE, "InvalidNextTokenException", "no such", ""},
    {400, "ExpiredTokenException:http://internal.amazon.com/", "{}",
     FAULT_EXPIRED, "ExpiredTokenException", "", ""},
    {400, "AccessDeniedException", "{\"message\":\"no\"}", FAULT_DENIED,
     "AccessDeniedException", "no", ""},
    {400, "", "{\"code\":\"ResourceNotFoundException\"}", FAULT_OTHER,
     "ResourceNotFoundException", "", ""},
    {403, "",
     XML "<ErrorResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'>"
         "<Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>"
         "<Message>The security token is &lt;bad&gt;</Message></Error>"
         "<RequestId>x</RequestId></ErrorResponse>",
     FAULT_UNKNOWN_KEY, "InvalidClientTokenId", "The security token is <bad>",
     ""},
    {301, "",
     XML "<Error><Code>PermanentRedirect</Code><Message>m</Message>"
         "<Endpoint>b.s3-eu-west-1.amazonaws.com</Endpoint></Error>",
     FAULT_MOVED, "PermanentRedirect", "m", ""},
    {400, "",
     "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message>"
     "<Region>eu-west-1</Region></Error>",
     FAULT_MOVED, "AuthorizationHeaderMalformed", "m", "eu-west-1"},
    {404, "", "<Error><Code>NoSuchKey</Code></Error>", FAULT_ABSENT,
     "NoSuchKey", "", ""},
    {404, "", "<Error><Code>NoSuchBucket</Code></Error>", FAULT_OTHER,
     "NoSuchBucket", "", ""},
    {404, "", "", FAULT_ABSENT, "", "", ""},
    {403, "", "", FAULT_DENIED, "", "", ""},
    {503, "", "<Error><Code>SlowDown</Code></Error>", FAULT_THROTTLED,
     "SlowDown", "", ""},
    {403, "", "<Error><Code>RequestTimeTooSkewed</Code></Error>", FAULT_SKEWED,
     "RequestTimeTooSkewed", "", ""},
    {403, "",
     "<Response><Errors><Error><Code>AuthFailure</Code></Error></"
     "Errors></Response>",
     FAULT_UNKNOWN_KEY, "AuthFailure", "", ""},
    /* Half of one, or something else: the status decides. */
    {500, "", "<html><body>oops", FAULT_SERVER, "", "", ""},
    {502, "", "", FAULT_SERVER, "", "", ""},
    {429, "", "{\"message\":", FAULT_THROTTLED, "", "", ""},
    {400, "", "[1]", FAULT_OTHER, "", "", ""},
    {501, "", "", FAULT_OTHER, "", "", ""},
    {400, "", "{\"__type\":\"InternalFailure\"}", FAULT_SERVER,
     "InternalFailure", "", ""},
};

static void
test_rows(void **state)
{
    static char memory[1u << 16];
    struct arena scratch;

    (void)state;
    arena_init(&scratch, memory, sizeof(memory));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct fault f;

        fault_read(&f, rows[i].status, slice_str(rows[i].type),
                   slice_str(rows[i].body), &scratch);
        assert_string_equal(f.code, rows[i].code);
        assert_string_equal(f.message, rows[i].message);
        assert_string_equal(f.region, rows[i].region);
        assert_int_equal(f.kind, rows[i].kind);
        assert_int_equal(f.status, rows[i].status);
        assert_int_equal(arena_mark(&scratch), 0);
    }
}

/* A long message is cut between characters. */
static void
test_cut(void **state)
{
    static char memory[1u << 16], body[1024];
    struct arena scratch;
    struct fault f;
    size_t n;

    (void)state;
    n = (size_t)snprintf(body, sizeof(body), "{\"message\":\"x");
    while (n < 800)
        n += (size_t)snprintf(body + n, sizeof(body) - n, "\xe2\x82\xac");
    n += (size_t)snprintf(body + n, sizeof(body) - n, "\"}");
    arena_init(&scratch, memory, sizeof(memory));
    fault_read(&f, 400, SLICE(""), slice_of(body, n), &scratch);
    n = strlen(f.message);
    assert_in_range(n, sizeof(f.message) - 4, sizeof(f.message) - 1);
    assert_int_equal((n - 1) % 3, 0);
}

static void
test_sentence(void **state)
{
    struct fault f = {FAULT_DENIED, 400, "AccessDeniedException", "no", ""};
    struct err e;

    (void)state;
    assert_int_equal(fault_say(&f, SLICE("cloudtrail"), SLICE("LookupEvents"),
                               SLICE("eu-west-1"),
                               SLICE("cloudtrail:LookupEvents"), &e),
                     ERR_DENIED);
    assert_string_equal(e.text,
                        "cloudtrail LookupEvents in eu-west-1: "
                        "AccessDeniedException: no (missing permission: "
                        "cloudtrail:LookupEvents)");
    f = (struct fault){FAULT_SERVER, 502, "", "", ""};
    assert_int_equal(fault_say(&f, SLICE("s3"), SLICE("GetObject"),
                               SLICE("us-east-1"), SLICE("s3:GetObject"), &e),
                     ERR_REMOTE);
    assert_string_equal(e.text, "s3 GetObject in us-east-1: HTTP status 502");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
