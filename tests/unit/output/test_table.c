/* Records as people see them: whole screens, and that no line is too wide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/text.h"
#include "output/cells.h"
#include "output/table.h"

static char mem[1 << 20], scratch_mem[1 << 20];
static struct arena scratch;

static struct record
record_of(struct record_change *changes, size_t n)
{
    return (struct record){
        .timestamp = SLICE("2025-12-06T07:30:00Z"),
        .service = SLICE("ec2"),
        .event = SLICE("ModifyInstanceAttribute"),
        .resource = SLICE("i-0123456789abcdef0"),
        .changes = {changes, n},
        .user = SLICE("arn:aws:iam::123456789012:user/ops/admin"),
        .source_ip = SLICE("203.0.113.1"),
        .kind = RECORD_DRIFT,
        .action = ACTION_UPDATE,
        .severity = SEVERITY_WARNING,
        .type = SLICE("aws_instance"),
        .address = SLICE("module.web.aws_instance.app[0]"),
        .detail = true,
    };
}

static struct slice
drawn(const struct record *r, size_t width, bool colours)
{
    struct table t = {width, colours, &scratch};
    struct buf b = buf_over(mem, sizeof(mem));

    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    table_record(&t, &b, r);
    assert_false(b.full);
    assert_int_equal(scratch.used, 0);
    return buf_slice(&b);
}

static void
check_drawn(const struct record *r, size_t width, const char *want)
{
    struct slice got = drawn(r, width, false);

    if (!slice_eq(got, slice_str(want)))
        fail_msg("at %zu:\n%.*s\nnot:\n%s", width, SLICE_FMT(got), want);
}

static void
head(void **state)
{
    struct table t = {80, false, &scratch};
    struct buf b = buf_over(mem, sizeof(mem));

    (void)state;
    table_head(&t, &b);
    assert_true(
        slice_eq(buf_slice(&b),
                 SLICE("TIME            SEVERITY   ACTION     RESOURCE\n")));
}

static void
values(void **state)
{
    struct record_change changes[] = {
        {SLICE("instance_type"), SLICE("\"t3.micro\""), SLICE("\"t3.small\""),
         .from = NULL},
        {SLICE("tags.Env"), SLICE("null"), SLICE("\"\""), .from = NULL},
        {SLICE("password"), SLICE("\"(sensitive)\""), SLICE("null"),
         .hidden = true},
    };
    struct record r = record_of(changes, 3);

    (void)state;
    check_drawn(&r, 80,
                "12-06 07:30:00  warning    update     "
                "module.web.aws_instance.app[0]\n"
                "    instance_type  t3.micro → t3.small\n"
                "    tags.Env       null → \"\"\n"
                "    password       (sensitive) → (hidden)\n"
                "    by admin from 203.0.113.1 with ec2 "
                "ModifyInstanceAttribute\n");
    r.more = 2;
    r.detail = false;
    r.changes.n = 1;
    r.severity = SEVERITY_INFORMATIONAL;
    r.role = SLICE("arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/"
                   "AWSReservedSSO_Admin_0123456789abcdef");
    r.identity = SLICE("ana@example.com");
    check_drawn(&r, 120,
                "2025-12-06 07:30:00  info       update     "
                "module.web.aws_instance.app[0]  i-0123456789abcdef0\n"
                "                                           "
                "instance_type  t3.micro → t3.small\n"
                "                                           "
                "2 more changes\n"
                "                                           "
                "something changed that the event does not show\n"
                "                                           "
                "by ana@example.com (Admin) from 203.0.113.1 with ec2 "
                "ModifyInstanceAttribute\n");
}

static void
lists(void **state)
{
    struct record_change changes[] = {
        {SLICE("ingress"), SLICE("[]"),
         SLICE("[{\"from_port\":22,\"cidr_blocks\":[\"0.0.0.0/0\"],"
               "\"description\":\"\",\"self\":false},{\"name\":"
               "\"a b\",\"value\":\"a_long_word_that_fills_a_row_and"
               "_more_of_it\",\"n\":[1,[true]]}]"),
         .from = NULL},
        {SLICE("ids"), SLICE("[\"a\",\"b\"]"), SLICE("[\"b\",\"c\"]"),
         .from = NULL},
        {SLICE("layers"), SLICE("[\"a\",\"b\"]"), SLICE("[\"b\",\"a\"]"),
         .from = NULL},
    };
    struct record r = record_of(changes, 3);

    (void)state;
    r.action = ACTION_DELETE;
    r.address = SLICE("module.network.aws_security_group.frontend[\"blue\"]");
    check_drawn(&r, 80,
                "12-06 07:30:00  warning    delete     \n"
                "    module.network.aws_security_group.frontend[\"blue\"]  "
                "i-0123456789abcdef0\n"
                "    ingress  + from_port=22 cidr_blocks=[0.0.0.0/0]\n"
                "             + name=\"a b\" "
                "value=a_long_word_that_fills_a_row_and_more_of_it\n"
                "               n=[1,[true]]\n"
                "    ids      - a\n"
                "             + c\n"
                "    layers   [\"a\",\"b\"] → [\"b\",\"a\"]\n"
                "    by admin from 203.0.113.1 with ec2 "
                "ModifyInstanceAttribute\n");
}

/* Long texts show where they differ. */
static void
documents(void **state)
{
    struct record_change changes[] = {
        {SLICE("policy"),
         SLICE("\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\","
               "\\\"Action\\\":\\\"s3:GetObject\\\"}]}\""),
         SLICE("\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\","
               "\\\"Action\\\":\\\"*\\\"}]}\""),
         .from = NULL}};
    struct record r = record_of(changes, 1);

    (void)state;
    check_drawn(&r, 80,
                "12-06 07:30:00  warning    update     "
                "module.web.aws_instance.app[0]\n"
                "    policy  …\",\"Action\":\"s3:GetObject\"}]} → "
                "…\",\"Action\":\"*\"}]}\n"
                "    by admin from 203.0.113.1 with ec2 "
                "ModifyInstanceAttribute\n");
    check_drawn(&r, 60,
                "12-06 07:30:00  warning    update     \n"
                "    module.web.aws_instance.app[0]  i-0123456789abcdef0\n"
                "    policy  …\",\"Action\":\"s3:GetObject\"}]}\n"
                "            → …\",\"Action\":\"*\"}]}\n"
                "    by admin from 203.0.113.1 with ec2 "
                "ModifyInstanceAttrib…\n");
}

static void
others(void **state)
{
    struct record r = record_of(NULL, 0);

    (void)state;
    r.kind = RECORD_UNMANAGED;
    r.address = slice_of(NULL, 0);
    r.user = SLICE("arn:aws:iam::123456789012:root");
    r.timestamp = SLICE("yesterday, at some time or other");
    check_drawn(&r, 80,
                "yesterday, at…  warning    unmanaged  aws_instance  "
                "i-0123456789abcdef0\n"
                "    by root from 203.0.113.1 with ec2 "
                "ModifyInstanceAttribute\n");
    r.type = r.user = r.source_ip = SLICE("");
    r.kind = RECORD_RESOLVED;
    check_drawn(&r, 80,
                "yesterday, at…  warning    resolved   i-0123456789abcdef0\n"
                "    by somebody with ec2 ModifyInstanceAttribute\n");
}

/* Width of a line without its colours; fails at other control bytes. */
static size_t
line_width(struct slice line)
{
    char plain[4096];
    struct buf b = buf_over(plain, sizeof(plain));

    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '\x1b') {
            i += slice_chr(slice_from(line, i), 'm');
            continue;
        }
        assert_true((unsigned char)line.p[i] >= 0x20);
        buf_byte(&b, (unsigned char)line.p[i]);
    }
    assert_false(b.full);
    return cells_width(buf_slice(&b));
}

static void
any_width(void **state)
{
    static char text[3000], json[3004];
    struct record_change changes[40];

    (void)state;
    memset(text, 'x', sizeof(text));
    memset(json, 'y', sizeof(json));
    json[0] = json[sizeof(json) - 1] = '"';
    for (size_t i = 0; i < 40; i++)
        changes[i] = (struct record_change){
            .path = slice_of(text, i * 7 % 90),
            .old_json = i % 3 ? slice_of(json, sizeof(json)) : SLICE("null"),
            .new_json = i % 2 ? SLICE("[\"\x1b[2J日本\",{\"a\":[1]}]")
                              : SLICE("\"\\u001b[31m\\nb\"")};
    for (size_t width = TABLE_WIDTH_MIN; width <= TABLE_WIDTH_MAX; width++) {
        struct record r = record_of(changes, 40);
        struct slice rest, line;

        r.address = slice_of(text, width);
        r.event = r.identity = SLICE("\x1b]0;title\a\r\n");
        rest = drawn(&r, width, width % 2);
        assert_true((slice_chr(rest, '\x1b') < rest.n) == (width % 2 == 1));
        while (text_cut(&rest, '\n', &line))
            if (line_width(line) > width)
                fail_msg("%zu: %.*s", width, SLICE_FMT(line));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head),   cmocka_unit_test(values),
        cmocka_unit_test(lists),  cmocka_unit_test(documents),
        cmocka_unit_test(others), cmocka_unit_test(any_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
