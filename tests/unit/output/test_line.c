/* A record as one JSON line: keys and order, bounds, hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/pack.h"
#include "output/line.h"

static char mem[1 << 20], tokens[4 << 20], packed[1 << 20];

static struct record
plain_record(struct record_change changes[2])
{
    changes[0] = (struct record_change){.path = SLICE("instance_type"),
                                        .old_json = SLICE("\"t3.micro\""),
                                        .new_json = SLICE("\"t3.small\"")};
    changes[1] = (struct record_change){.path = SLICE("tags.Env"),
                                        .old_json = SLICE("null"),
                                        .new_json = SLICE("\"a\"")};
    return (struct record){
        .timestamp = SLICE("2025-12-06T07:30:00Z"),
        .service = SLICE("ec2"),
        .event = SLICE("ModifyInstanceAttribute"),
        .resource = SLICE("i-0123456789abcdef0"),
        .changes = {changes, 2},
        .user = SLICE("arn:aws:iam::123456789012:user/admin"),
        .source_ip = SLICE("203.0.113.1"),
        .user_agent = SLICE("console.amazonaws.com"),
        .kind = RECORD_DRIFT,
        .action = ACTION_UPDATE,
        .severity = SEVERITY_WARNING,
        .type = SLICE("aws_instance"),
        .address = SLICE("module.web.aws_instance.app[\"a\"]"),
        .state = SLICE("network"),
        .account = SLICE("123456789012"),
        .region = SLICE("us-east-1"),
        .event_id = SLICE("e"),
        .id = SLICE("e:0"),
        .detail = true,
    };
}

#define PLAIN_HEAD                                                 \
    "{\"timestamp\":\"2025-12-06T07:30:00Z\",\"service\":\"ec2\"," \
    "\"event\":\"ModifyInstanceAttribute\","                       \
    "\"resource\":\"i-0123456789abcdef0\",\"changes\":"
#define PLAIN_CHANGES                                 \
    "{\"instance_type\":[\"t3.micro\",\"t3.small\"]," \
    "\"tags.Env\":[null,\"a\"]}"
#define PLAIN_ACTOR                                       \
    ",\"user\":\"arn:aws:iam::123456789012:user/admin\"," \
    "\"source_ip\":\"203.0.113.1\","                      \
    "\"user_agent\":\"console.amazonaws.com\","
#define PLAIN_PLACE                                          \
    "\"account\":\"123456789012\",\"region\":\"us-east-1\"," \
    "\"event_id\":\"e\",\"id\":\"e:0\""

static void
check_line(const struct record *r, const char *want)
{
    struct buf b = buf_over(mem, sizeof(mem));

    line_record(&b, r);
    assert_false(b.full);
    if (!slice_eq(buf_slice(&b), slice_str(want)))
        fail_msg("got  %.*s\nwant %s", SLICE_FMT(buf_slice(&b)), want);
}

static void
keys(void **state)
{
    struct record_change changes[2];
    struct record r = plain_record(changes);

    (void)state;
    check_line(&r, PLAIN_HEAD PLAIN_CHANGES PLAIN_ACTOR
               "\"kind\":\"drift\",\"action\":\"update\","
               "\"severity\":\"warning\",\"type\":\"aws_instance\","
               "\"address\":\"module.web.aws_instance.app[\\\"a\\\"]\","
               "\"state\":\"network\"," PLAIN_PLACE "}");
    r.role = SLICE("arn:aws:iam::1:role/r");
    r.identity = SLICE("ana");
    changes[1].hidden = true;
    r.hidden = 1;
    r.detail = false;
    r.state_locked = true;
    r.resolves = SLICE("d:1");
    r.more = 7;
    r.kind = RECORD_RESOLVED;
    r.action = ACTION_CREATE;
    r.severity = SEVERITY_INFORMATIONAL;
    check_line(&r, PLAIN_HEAD PLAIN_CHANGES PLAIN_ACTOR
               "\"kind\":\"resolved\",\"action\":\"create\","
               "\"severity\":\"informational\",\"type\":\"aws_instance\","
               "\"address\":\"module.web.aws_instance.app[\\\"a\\\"]\","
               "\"state\":\"network\"," PLAIN_PLACE
               ",\"role\":\"arn:aws:iam::1:role/r\",\"identity\":\"ana\","
               "\"hidden\":[\"tags.Env\"],\"detail\":false,"
               "\"state_locked\":true,\"resolves\":\"d:1\",\"more\":7}");
    r = plain_record(changes);
    r.kind = RECORD_UNMANAGED;
    r.action = ACTION_DELETE;
    r.changes.n = 0;
    r.address = r.state = slice_of(NULL, 0);
    check_line(&r, PLAIN_HEAD
               "{}" PLAIN_ACTOR "\"kind\":\"unmanaged\",\"action\":\"delete\","
               "\"severity\":\"warning\",\"type\":\"aws_instance\","
               "\"address\":null,\"state\":null," PLAIN_PLACE "}");
}

/* Members of a line that are texts. */
static struct slice *
text_at(struct record *r, size_t i)
{
    struct slice *texts[] = {
        &r->timestamp, &r->service,    &r->event, &r->resource, &r->user,
        &r->source_ip, &r->user_agent, &r->type,  &r->address,  &r->state,
        &r->account,   &r->region,     &r->role,  &r->identity};

    return i < sizeof(texts) / sizeof(*texts) ? texts[i] : NULL;
}

/* What the longest texts there can be make of a line, by their bytes. */
static void
check_long(char byte)
{
    static char text[1 << 16];
    struct record_change changes[2];
    struct record r = plain_record(changes);
    struct buf b = buf_over(mem, sizeof(mem));
    struct arena scratch, out;
    struct names ns = {0};
    struct value v;

    memset(text, byte, sizeof(text));
    for (size_t i = 0; text_at(&r, i) != NULL; i++)
        *text_at(&r, i) = slice_of(text, sizeof(text));
    r.resolves = r.event_id = r.id = slice_of(text, 140);
    r.hidden = r.more = 1;
    r.detail = false;
    line_record(&b, &r);
    assert_false(b.full);
    /* What record_finish() lets changes take is beside this. */
    if (b.n + RECORD_CHANGES_MAX_BYTES > RECORD_LINE_MAX_BYTES)
        fail_msg("byte %d: %zu bytes", byte, b.n);
    arena_init(&scratch, tokens, sizeof(tokens));
    arena_init(&out, packed, sizeof(packed));
    assert_int_equal(
        pack_json(&ns, buf_slice(&b), &scratch, &out, NULL, &v, NULL), 0);
    assert_true(slice_chr(buf_slice(&b), '\n') == b.n);
}

static void
bounds(void **state)
{
    static const char bytes[] = {'a',  '"',        '\n',      1,
                                 0x7f, (char)0xff, (char)0xc3};

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        check_long(bytes[i]);
}

static void
no_room(void **state)
{
    struct record_change changes[2];
    struct record r = plain_record(changes);

    (void)state;
    for (size_t n = 0; n < 400; n++) {
        struct buf b = buf_over(mem, n);

        line_record(&b, &r);
        assert_true(b.full);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(bounds),
        cmocka_unit_test(no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
