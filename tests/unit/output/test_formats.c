/*
 * Bodies for services, compared whole with files in tests/data/outputs, which
 * tests/e2e/test_outputs.py holds against what the services publish.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "output/formats.h"

#define FOLDER "tests/data/outputs/"

static const char *const records[] = {
    "block",     "update",   "hidden",  "policy", "delete",
    "unmanaged", "resolved", "hostile", "long",   "strange",
};

static const struct {
    const char *name;
    enum output_type type;
} services[] = {
    {"falcosidekick", OUTPUT_FALCOSIDEKICK},
    {"slack", OUTPUT_SLACK},
    {"pagerduty", OUTPUT_PAGERDUTY},
    {"teams", OUTPUT_TEAMS},
    {"discord", OUTPUT_DISCORD},
};

static struct format format;
static char body[FORMATS_BODY_MAX_BYTES], memory[1u << 20];

static struct slice
read_file(struct arena *arena, const char *record, const char *suffix)
{
    char path[128];
    struct slice text;
    struct err e;

    snprintf(path, sizeof(path), FOLDER "%s.%s", record, suffix);
    if (file_read(slice_str(path), 1u << 18, arena, &text, &e) != 0)
        fail_msg("%s", e.text);
    return text;
}

static void
golden(void **state)
{
    (void)state;
    format.hostname = SLICE("edge-01");
    format.routing_key = SLICE("0123456789abcdef0123456789abcdef");
    for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++)
        for (size_t k = 0; k < sizeof(services) / sizeof(*services); k++) {
            struct buf b = buf_over(body, sizeof(body));
            struct arena arena;
            struct slice want;

            arena_init(&arena, memory, sizeof(memory));
            want = read_file(&arena, records[i], services[k].name);
            assert_int_equal(
                formats_write(&format, services[k].type,
                              read_file(&arena, records[i], "record"), &b),
                0);
            if (!slice_eq(buf_slice(&b), slice_head(want, want.n - 1)))
                fail_msg("%s for %s: %.*s", records[i], services[k].name,
                         SLICE_FMT(buf_slice(&b)));
        }
}

static void
as_it_is(void **state)
{
    struct buf b = buf_over(body, sizeof(body));
    struct arena arena;
    struct slice line;

    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    line = read_file(&arena, "update", "record");
    assert_int_equal(formats_write(&format, OUTPUT_HTTP, line, &b), 0);
    assert_true(slice_eq(buf_slice(&b), slice_head(line, line.n - 1)));
    b = buf_over(body, 100);
    assert_int_equal(formats_write(&format, OUTPUT_SLACK, line, &b), ERR_LIMIT);
}

static void
no_record(void **state)
{
    static const char *const lines[] = {
        "",
        "\n",
        "{}",
        "[]",
        "nonsense",
        "{\"kind\":\"drift\"}",
        "{\"kind\":\"drift\",\"action\":\"update\",\"severity\":\"bad\"}",
        "{\"kind\":\"drift\",\"action\":\"update\",\"severity\":\"debug\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct buf b = buf_over(body, sizeof(body));

        assert_int_equal(
            formats_write(&format, OUTPUT_SLACK, slice_str(lines[i]), &b),
            ERR_SYNTAX);
        assert_int_equal(b.n, 0);
    }
}

/* One value through each markup. */
static const struct {
    const char *json;
    enum prose_markup markup;
    size_t most;
    const char *want;
} values[] = {
    {"\"abc\"", PROSE_PLAIN, 9, "abc"},
    {"\"abc\"", PROSE_PLAIN, 3, "abc"},
    {"\"abcd\"", PROSE_PLAIN, 3, "ab…"},
    {"\"\"", PROSE_PLAIN, 9, "\"\""},
    {"12", PROSE_PLAIN, 9, "12"},
    {"[1,\"a\"]", PROSE_PLAIN, 9, "[1,\"a\"]"},
    {"\"a\\u00e9\\\"\\\\\\/\"", PROSE_PLAIN, 9, "aé\"\\/"},
    {"\"\\ud83c\\udf88!\"", PROSE_PLAIN, 9, "🎈!"},
    {"\"\\ud83c\\udf88!\"", PROSE_PLAIN, 3, "🎈!"},
    {"\"🎈🎈\"", PROSE_PLAIN, 3, "🎈…"}, /* two units each */
    {"\"🎈🎈\"", PROSE_PLAIN, 4, "🎈🎈"},
    {"\"\\ud83cx\"", PROSE_PLAIN, 9, "\ufffdx"},
    {"\"a\\nb\\tc\\u0000d\"", PROSE_PLAIN, 9, "a b c\ufffdd"},
    {"\"a\\u202eb\\u2028c\"", PROSE_PLAIN, 9,
     "a\ufffd"
     "b\ufffd"
     "c"},
    {"\"\xff\xc3\"", PROSE_PLAIN, 9, "\ufffd\ufffd"},
    {"\"\\q\\\"", PROSE_PLAIN, 9, "\ufffd\ufffd"},
    {"\"a&<b>\"", PROSE_SLACK, 30, "a&amp;&lt;b&gt;"},
    {"\"a&bc\"", PROSE_SLACK, 7, "a&amp;…"},
    {"\"a&b\"", PROSE_SLACK, 6, "a…"},
    {"\"a&b\"", PROSE_SLACK, 5, "a…"}, /* no half of an entity */
    {"\"a`<\"", PROSE_SLACK_CODE, 30, "`aˋ&lt;`"},
    {"\"abcdef\"", PROSE_SLACK_CODE, 5, "`ab…`"},
    {"\"a*_b`\"", PROSE_DISCORD, 30, "a\\*\\_b\\`"},
    {"\"a*b\"", PROSE_DISCORD, 3, "a…"},
    {"\"a*`b\"", PROSE_DISCORD_CODE, 30, "`a*ˋb`"},
};

static void
prose(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        char mem[PROSE_BYTES(40)];
        struct prose p = prose_over(mem, 40);

        prose_value(&p, slice_str(values[i].json), values[i].markup,
                    values[i].most);
        if (!slice_eq(buf_slice(&p.b), slice_str(values[i].want)))
            fail_msg("row %zu: %.*s", i, SLICE_FMT(buf_slice(&p.b)));
        assert_true(p.units <= values[i].most);
    }
}

/* Where in the console an event is. */
static const struct {
    const char *region, *id, *want;
} links[] = {
    {"eu-west-1", "3b1c-9",
     "https://eu-west-1.console.aws.amazon.com/"
     "cloudtrailv2/home?region=eu-west-1"
     "#/events/3b1c-9"},
    {"us-gov-west-1", "a",
     "https://us-gov-west-1.console.amazonaws-us-gov.com/"
     "cloudtrailv2/home?region=us-gov-west-1#/events/a"},
    {"cn-north-1", "a",
     "https://cn-north-1.console.amazonaws.cn/"
     "cloudtrailv2/home?region=cn-north-1#/events/a"},
    {"", "a", NULL},
    {"eu-west-1", "", NULL},
    {"eu-west-1", "h-0011", NULL},
    {"eu-west-1", "a b", NULL},
    {"eu-west-1", "a\\u003e", NULL},
    {"evil.example/", "a", NULL},
};

static void
link_of(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
        char line[512], mem[256];
        struct buf b = buf_over(mem, sizeof(mem));
        struct notice n;

        snprintf(line, sizeof(line),
                 "{\"kind\":\"drift\",\"action\":\"update\",\"severity\":"
                 "\"debug\",\"region\":\"%s\",\"event_id\":\"%s\"}",
                 links[i].region, links[i].id);
        assert_int_equal(notice_read(&n, slice_str(line)), 0);
        assert_int_equal(notice_link(&n, &b), links[i].want != NULL);
        if (links[i].want != NULL)
            assert_true(slice_eq(buf_slice(&b), slice_str(links[i].want)));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),    cmocka_unit_test(as_it_is),
        cmocka_unit_test(no_record), cmocka_unit_test(prose),
        cmocka_unit_test(link_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
