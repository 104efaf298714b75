/* One record: what is one, what is not, and what its members are read as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map/event.h"

static char memory[1u << 20], scratch_memory[1u << 20];

/* Members that make a record of whatever is added. */
#define BASE "\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"X\","
#define FULL "{" BASE "\"eventVersion\":\"1.08\""

static const struct {
    const char *text;
    int rc;
    int at;           /* of ERR_SYNTAX */
    const char *says; /* of ERR_FOREIGN */
} decodes[] = {
    {FULL "}", 0, 0, NULL},
    {" \r\n\t" FULL " } \n", 0, 0, NULL},
    {"{ \"eventSource\" : \"a.amazonaws.com.cn\" , \"eventName\":\"X\" "
     ",\n\"eventTime\" :\t\"\" ,\"awsRegion\":null,\"userIdentity\":{}}",
     0, 0, NULL},
    {"{" BASE "\"@timestamp\":\"2020\",\"eventType\":\"AwsApiCall\","
     "\"awsRegion\":\"x\"}",
     0, 0, NULL},
    {"{" BASE "\"errorCode\":\"AccessDenied\",\"userIdentity\":{\"a\":[{}]}}",
     0, 0, NULL},
    /* the last of two counts */
    {FULL ",\"eventSource\":\"aws:s3\"}", ERR_FOREIGN, 0, "is \"aws:s3\","},
    {"{\"eventSource\":\"aws:s3\"," BASE "\"eventVersion\":\"1\"}", 0, 0, NULL},
    /* JSON, but no record */
    {"{}", ERR_FOREIGN, 0, "it has no eventSource"},
    {"{\"record\":" FULL "}}", ERR_FOREIGN, 0, "it has no eventSource"},
    {"{\"EventSource\":\"ec2.amazonaws.com\"}", ERR_FOREIGN, 0,
     "it has no eventSource"},
    {"{\"eventSource\":\"aws:s3\"}", ERR_FOREIGN, 0,
     "eventSource is \"aws:s3\", expected SERVICE.amazonaws.com"},
    {"{\"eventSource\":\"sts.aliyuncs.com\"}", ERR_FOREIGN, 0,
     "eventSource is \"sts.aliyuncs.com\","},
    {"{\"eventSource\":\".amazonaws.com\"}", ERR_FOREIGN, 0,
     "eventSource is \".amazonaws.com\","},
    {"{\"eventSource\":\"ec2.amazonaws.com.evil.example\"}", ERR_FOREIGN, 0,
     "eventSource is \"ec2.amazonaws.com.evil"},
    {"{\"eventSource\":12}", ERR_FOREIGN, 0, "eventSource is \"\","},
    {"{\"eventSource\":\"\x1b[2J\"}", ERR_FOREIGN, 0, "is \"\\u001b[2J\","},
    {"{\"eventSource\":\"ec2.amazonaws.com\",\"eventVersion\":\"1\"}",
     ERR_FOREIGN, 0, "it has no eventName"},
    {"{\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"\","
     "\"eventVersion\":\"1\"}",
     ERR_FOREIGN, 0, "it has no eventName"},
    {"{\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":null,"
     "\"eventVersion\":\"1\"}",
     ERR_FOREIGN, 0, "it has no eventName"},
    {"{" BASE "\"awsRegion\":\"x\",\"userIdentity\":{}}", ERR_FOREIGN, 0,
     "it has neither eventTime nor"},
    {"{" BASE "\"awsRegion\":\"x\",\"eventTime\":null}", ERR_FOREIGN, 0,
     "it has neither eventTime nor"},
    {"{" BASE "\"eventTime\":\"x\"}", ERR_FOREIGN, 0,
     "it has neither userIdentity nor"},
    /* not JSON, or not all of it */
    {"", ERR_SYNTAX, 0, NULL},
    {"  ", ERR_SYNTAX, 2, NULL},
    {"null", ERR_SYNTAX, 0, NULL},
    {" []", ERR_SYNTAX, 1, NULL},
    {"{", ERR_SYNTAX, 1, NULL},
    {" {\"a\"", ERR_SYNTAX, 5, NULL},
    {"{\"a\":", ERR_SYNTAX, 5, NULL},
    {"{\"a\":1", ERR_SYNTAX, 6, NULL},
    {"{\"a\":{", ERR_SYNTAX, 6, NULL},
    {"{\"a\":{}", ERR_SYNTAX, 7, NULL},
    {"{\"a\":\"}", ERR_SYNTAX, 7, NULL},
    {"{\"a\":1,", ERR_SYNTAX, 7, NULL},
    {"{}x", ERR_SYNTAX, 2, NULL},
    {"{}{}", ERR_SYNTAX, 2, NULL},
    {"{\"a\":1]", ERR_SYNTAX, 6, NULL},
    {"{\"a\":[}}", ERR_SYNTAX, 6, NULL},
    {"{\"a\":{]}", ERR_SYNTAX, 6, NULL},
    {"{\"a\":1,}", ERR_SYNTAX, 7, NULL},
    {"{,}", ERR_SYNTAX, 1, NULL},
    {"{x}", ERR_SYNTAX, 2, NULL},
    {"{:1}", ERR_SYNTAX, 1, NULL},
    {"{a:1}", ERR_SYNTAX, 1, NULL},
    {"{\"a:1}", ERR_SYNTAX, 6, NULL},
    {"{\":1}", ERR_SYNTAX, 5, NULL},
    {"{\"a\":}", ERR_SYNTAX, 5, NULL},
    {"{\"a\":,\"b\":1}", ERR_SYNTAX, 5, NULL},
    {"{\"a\"::1}", ERR_SYNTAX, 5, NULL},
    {"{\"a\":1:2}", ERR_SYNTAX, 6, NULL},
    {"{\"a\":x}", ERR_SYNTAX, 5, NULL},
    {"{\"a\":tru}", ERR_SYNTAX, 5, NULL},
    {"{\"a\":nulls}", ERR_SYNTAX, 5, NULL},
    {"{\"a\":x{}}", ERR_SYNTAX, 5, NULL},
    {"{\"a\":{}x}", ERR_SYNTAX, 7, NULL},
    {"{\"a\":{}{}}", ERR_SYNTAX, 7, NULL},
    {"{\"a\":\"b\"x}", ERR_SYNTAX, 5, NULL},
    {"{\"a\" \"b\"}", ERR_SYNTAX, 8, NULL},
};

static void
decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(decodes) / sizeof(*decodes); i++) {
        struct slice text = slice_str(decodes[i].text);
        struct event ev;
        struct err why;
        size_t at = 0;
        int rc = event_decode(text, &ev, &at);

        if (rc != decodes[i].rc)
            fail_msg("row %zu: %d instead of %d", i, rc, decodes[i].rc);
        if (rc == ERR_SYNTAX && (int)at != decodes[i].at)
            fail_msg("row %zu: at %zu, not %d", i, at, decodes[i].at);
        if (rc == ERR_SYNTAX)
            continue;
        assert_int_equal(event_check(&ev, &why), rc);
        if (rc != 0 && strstr(why.text, decodes[i].says) == NULL)
            fail_msg("row %zu: %s", i, why.text);
        assert_true(ev.raw.p[0] == '{' && ev.raw.p[ev.raw.n - 1] == '}');
    }
}

/* Every field is found by its name, and only by its name. */
static void
fields(void **state)
{
    static const char *const members[EVENT_FIELD_COUNT] = {
#define FIELD(name, member) [EVENT_##name] = member,
#include "map/event_fields.def"
#undef FIELD
    };
    char text[512];
    size_t at;

    (void)state;
    for (size_t f = 0; f < EVENT_FIELD_COUNT; f++)
        for (size_t wrong = 0; wrong <= strlen(members[f]); wrong++) {
            struct buf b = buf_over(text, sizeof(text));
            bool right = wrong == strlen(members[f]);
            struct event ev;

            buf_fmt(&b, "{\"%s\":\"value\",\"x\":[1,{\"%s\":2}]}", members[f],
                    members[f]);
            if (!right)
                text[2 + wrong] ^= 0x40;
            event_decode(buf_slice(&b), &ev, &at);
            for (size_t i = 0; i < EVENT_FIELD_COUNT; i++)
                assert_int_equal(ev.field[i].n, right && i == f ? 7 : 0);
        }
}

static void
other_names(void **state)
{
    static const struct {
        const char *text;
        const char *time, *id;
    } rows[] = {
        {FULL ",\"@timestamp\":\"2020\",\"eventId\":\"a\"}", "2020", "a"},
        {FULL ",\"eventTime\":\"2021\",\"eventID\":\"b\"}", "2021", "b"},
        {FULL ",\"eventTime\":\"2021\",\"@timestamp\":\"2020\","
              "\"eventId\":\"a\",\"eventID\":\"b\"}",
         "2021", "b"},
        {FULL "}", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena arena;
        struct event ev;
        size_t at;

        arena_init(&arena, memory, sizeof(memory));
        assert_int_equal(event_decode(slice_str(rows[i].text), &ev, &at), 0);
        assert_true(slice_eq(event_text(&ev, EVENT_TIME, &arena),
                             slice_str(rows[i].time)));
        assert_true(
            slice_eq(event_text(&ev, EVENT_ID, &arena), slice_str(rows[i].id)));
    }
}

/* requestParameters as they are written, as text, and as a value's JSON
 * ("-": absent). */
static const struct {
    const char *json, *text, *value;
} reads[] = {
    {"null", "", "-"},
    {"\"\"", "", "-"},
    {"\"null\"", "null", "-"},
    {"\"a\"", "a", "\"a\""},
    {"\"a\\u00e9\\n\\\"\"", "a\xc3\xa9\n\"", "\"a\xc3\xa9\\n\\\"\""},
    {"\"a\\x\"", "a\\x", "-"},
    {"\"a\" \"b\"", "a\" \"b", "-"},
    {"\"a\\\\\" \"b\"", "a\\\\\" \"b", "-"},
    {"\"{\\\"a\\\":[1,\\\"b\\\"]}\"", "{\"a\":[1,\"b\"]}", "{\"a\":[1,\"b\"]}"},
    {"\" [1] \"", " [1] ", "[1]"},
    {"\"{\\\"a\\\":}\"", "{\"a\":}", "-"},
    {"\"{a\"", "{a", "-"},
    {"true", "true", "true"},
    {"-1.5e3", "-1.5e3", "-1.5e3"},
    {"1x", "1x", "-"},
    {"{\"a\":{\"b\":null}}", "{\"a\":{\"b\":null}}", "{\"a\":{\"b\":null}}"},
    {"{\"a\":}", "{\"a\":}", "-"},
    {"{\"a\" 1}", "{\"a\" 1}", "-"},
};

static void
members(void **state)
{
    const struct names none = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
        struct arena arena, scratch;
        char text[256], json[256];
        struct buf b = buf_over(text, sizeof(text));
        struct buf out = buf_over(json, sizeof(json));
        struct event ev;
        struct value v;
        size_t at;

        arena_init(&arena, memory, sizeof(memory));
        arena_init(&scratch, scratch_memory, sizeof(scratch_memory));
        buf_fmt(&b, FULL ",\"requestParameters\":%s}", reads[i].json);
        assert_int_equal(event_decode(buf_slice(&b), &ev, &at), 0);
        if (!slice_eq(event_text(&ev, EVENT_PARAMETERS, &arena),
                      slice_str(reads[i].text)))
            fail_msg("row %zu: text", i);
        v = event_value(&ev, EVENT_PARAMETERS, &none, &scratch, &arena);
        assert_int_equal(arena_mark(&scratch), 0);
        if (value_is(v, VALUE_ABSENT))
            buf_byte(&out, '-');
        else
            value_json(&out, &none, v);
        if (!slice_eq(buf_slice(&out), slice_str(reads[i].value)))
            fail_msg("row %zu: value %.*s", i, SLICE_FMT(buf_slice(&out)));
        v = event_value(&ev, EVENT_RESPONSE, &none, &scratch, &arena);
        assert_true(value_is(v, VALUE_ABSENT));
    }
}

/* Without room there is no value, and text stays as it is written. */
static void
no_memory(void **state)
{
    struct slice text = SLICE(FULL ",\"userAgent\":\"a\\nb\","
                                   "\"requestParameters\":{\"a\":1}}");
    const struct names none = {0};
    struct arena full, scratch;
    struct event ev;
    size_t at;

    (void)state;
    arena_init(&full, memory, 2);
    arena_init(&scratch, scratch_memory, sizeof(scratch_memory));
    assert_int_equal(event_decode(text, &ev, &at), 0);
    assert_true(
        slice_eq(event_text(&ev, EVENT_USER_AGENT, &full), SLICE("a\\nb")));
    assert_true(
        value_is(event_value(&ev, EVENT_PARAMETERS, &none, &scratch, &full),
                 VALUE_ABSENT));
    assert_true(
        value_is(event_value(&ev, EVENT_PARAMETERS, &none, &full, &scratch),
                 VALUE_ABSENT));
    assert_true(full.fails > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode),      cmocka_unit_test(fields),
        cmocka_unit_test(other_names), cmocka_unit_test(members),
        cmocka_unit_test(no_memory),
    };

    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
