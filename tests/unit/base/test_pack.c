/* JSON into packed values and back, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pack.h"
#include "map/map.h"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

static char area[1 << 18], tokens[1 << 18], text[1 << 18];

/* Packs and writes as JSON again; the outcome of packing. */
static int
round_trip(const struct names *ns, struct slice in, struct buf *out, size_t *at)
{
    struct arena arena, scratch;
    struct value v;
    int rc;

    arena_init(&arena, area, sizeof(area));
    arena_init(&scratch, tokens, sizeof(tokens));
    rc = pack_json(ns, in, &scratch, &arena, NULL, &v, at);
    assert_int_equal(0, arena_mark(&scratch));
    *out = buf_over(text, sizeof(text));
    if (rc == 0)
        value_json(out, ns, v);
    else
        assert_int_equal(0, arena_mark(&arena));
    return rc;
}

static void
good(void **state)
{
    static const struct {
        const char *in, *out; /* NULL: as it went in */
    } rows[] = {
        {"{}", NULL},
        {" [ ] ", "[]"},
        {"null", NULL},
        {" true ", "true"},
        {"-1.50e+7", NULL},
        {"\"\"", NULL},
        {"{\"a\" : [1, {\"b\":null}, \"c\"] }",
         "{\"a\":[1,{\"b\":null},\"c\"]}"},
        {"{\"instance_type\":1,\"instanceType\":2,\"InstanceType\":3}", NULL},
        {"{\"\":{\"\":[]}}", NULL},
        {"\"\\u00e9\\ud83d\\ude00\\/\\b\\n\\\\\\\"\"",
         "\"\xc3\xa9\xf0\x9f\x98\x80/\\b\\n\\\\\\\"\""},
        {"\"\\ud83d alone\"", "\"\xef\xbf\xbd alone\""},
        {"\"\x80 broken\"", "\"\xef\xbf\xbd broken\""},
        {"{\"k\\u0065y\":1}", "{\"key\":1}"},
        {"\"\\u0000\\u001f\"", NULL},
    };
    struct names none = {0}, known = {.table = &map_builtin_names};
    struct buf out;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *want = rows[i].out != NULL ? rows[i].out : rows[i].in;

        for (int k = 0; k < 2; k++) {
            if (round_trip(k == 0 ? &none : &known, slice_str(rows[i].in), &out,
                           NULL) != 0 ||
                !slice_eq(buf_slice(&out), slice_str(want)))
                fail_msg("row %zu: %s gave %.*s", i, rows[i].in, (int)out.n,
                         out.p);
        }
    }
}

static void
bad(void **state)
{
    static const struct {
        const char *in;
        int code;
        size_t at;
    } rows[] = {
        {"", ERR_SYNTAX, 0},           {"   ", ERR_SYNTAX, 3},
        {"{", ERR_SYNTAX, 1},          {"[1 2]", ERR_SYNTAX, 3},
        {"[1,]", ERR_SYNTAX, 2},       {"[,1]", ERR_SYNTAX, 2},
        {"{\"a\"}", ERR_SYNTAX, 1},    {"{\"a\":1:2}", ERR_SYNTAX, 5},
        {"{\"a\" 1}", ERR_SYNTAX, 5},  {"{\"a\":1 \"b\":2}", ERR_SYNTAX, 7},
        {"{1:2}", ERR_SYNTAX, 1},      {"{\"a\":01}", ERR_SYNTAX, 5},
        {"{\"a\":1.}", ERR_SYNTAX, 5}, {"{\"a\":-}", ERR_SYNTAX, 5},
        {"{\"a\":1e}", ERR_SYNTAX, 5}, {"{\"a\":tru}", ERR_SYNTAX, 5},
        {"truth", ERR_SYNTAX, 0},      {"{} {}", ERR_SYNTAX, 2},
        {"[]]", ERR_SYNTAX, 2},        {"\"\\x\"", ERR_SYNTAX, 2},
        {"{]", ERR_SYNTAX, 1},
    };
    struct names none = {0};
    struct buf out;
    size_t at;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        at = SIZE_MAX;
        int rc = round_trip(&none, slice_str(rows[i].in), &out, &at);

        if (rc != rows[i].code || at > strlen(rows[i].in))
            fail_msg("row %zu: %s gave %d at %zu", i, rows[i].in, rc, at);
    }
}

/* Depth and room end with an error, not with the stack. */
static void
limits(void **state)
{
    static char deep[1 << 16];
    struct names none = {0};
    struct arena arena, scratch;
    struct value v;
    struct buf out;

    (void)state;
    for (size_t n = 1; n < sizeof(deep) / 2; n = n * 2 + 3) {
        memset(deep, '[', n);
        memset(deep + n, ']', n);
        assert_int_equal(
            n > PACK_DEPTH_MAX ? ERR_LIMIT : 0,
            round_trip(&none, slice_of(deep, 2 * n), &out, NULL) == ERR_MEMORY
                ? ERR_LIMIT
                : round_trip(&none, slice_of(deep, 2 * n), &out, NULL));
    }
    for (size_t room = 0; room < 64; room++) {
        arena_init(&arena, area, room);
        arena_init(&scratch, tokens, sizeof(tokens));
        struct slice in = SLICE("{\"abcdefghij\":[\"klmnopqrst\",12345,{}]}");
        int rc = pack_json(&none, in, &scratch, &arena, NULL, &v, NULL);

        assert_true(rc == ERR_MEMORY || (rc == 0 && room >= 34));
        arena_init(&arena, area, sizeof(area));
        arena_init(&scratch, tokens, room);
        rc = pack_json(&none, in, &scratch, &arena, NULL, &v, NULL);
        assert_int_equal(ERR_MEMORY, rc);
    }
}

/* Strings and containers around the sizes where lengths get longer. */
static void
lengths(void **state)
{
    static const size_t sizes[] = {0,   1,     126,   127,   128,
                                   129, 16383, 16384, 16385, 70000};
    static char json[1 << 17];
    struct names none = {0};
    struct buf out;

    (void)state;
    for (size_t i = 0; i < ROWS(sizes); i++) {
        size_t n = sizes[i];

        memcpy(json, "[[\"", 3);
        memset(json + 3, 'x', n);
        memcpy(json + 3 + n, "\"],1]", 5);
        assert_int_equal(0,
                         round_trip(&none, slice_of(json, n + 8), &out, NULL));
        assert_true(slice_eq(buf_slice(&out), slice_of(json, n + 8)));
    }
}

static bool
keep_type(void *ctx, uint32_t name)
{
    return name == *(uint32_t *)ctx;
}

static void
members(void **state)
{
    struct names ns = {.table = &map_builtin_names};
    uint32_t name = names_find(&ns, SLICE("instance_type"));
    struct pack_filter filter = {keep_type, &name};
    struct arena arena, scratch;
    struct value v;
    struct slice in = SLICE("{\"x\":[{\"instance_type\":0}],\"instance_type\":"
                            "{\"x\":1},\"y\":2}");

    (void)state;
    assert_int_not_equal(NAME_NONE, name);
    arena_init(&arena, area, sizeof(area));
    arena_init(&scratch, tokens, sizeof(tokens));
    assert_int_equal(0,
                     pack_json(&ns, in, &scratch, &arena, &filter, &v, NULL));
    assert_int_equal(1, value_count(v));
    assert_int_equal(1, value_count(value_get(v, name)));
    assert_int_equal(0, pack_json(&ns, in, &scratch, &arena, NULL, &v, NULL));
    assert_int_equal(3, value_count(v));
    assert_true(value_is(value_member(&ns, v, SLICE("y")), VALUE_NUMBER));
    assert_true(value_is(value_member(&ns, v, SLICE("Y")), VALUE_ABSENT));
    assert_true(
        value_is(value_fold(&ns, v, names_fold(&ns, SLICE("InstanceType"))),
                 VALUE_OBJECT));
    assert_true(value_is(value_at(v, 0), VALUE_ABSENT));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),    cmocka_unit_test(bad),
        cmocka_unit_test(limits),  cmocka_unit_test(lengths),
        cmocka_unit_test(members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
