/* Packing from text alone gives what pack_json() gives, or fails with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pack_text.h"
#include "base/text.h"
#include "map/map.h"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

static char area[2][1 << 18], tokens[1 << 18];
static struct pack_words words;

static const struct names known = {.table = &map_builtin_names};

/* What one of the two makes of a text. */
struct packed {
    int rc;
    size_t at;
    struct slice bytes;
};

static struct packed
pack_tokens(struct slice in, const struct pack_filter *filter)
{
    struct packed p = {0, 0, {NULL, 0}};
    struct arena arena, scratch;
    struct value v;

    arena_init(&arena, area[0], sizeof(area[0]));
    arena_init(&scratch, tokens, sizeof(tokens));
    p.rc = pack_json(&known, in, &scratch, &arena, filter, &v, &p.at);
    p.bytes = slice_of(area[0], arena_mark(&arena));
    return p;
}

static struct packed
pack_straight(struct slice in, const struct pack_filter *filter)
{
    struct packed p = {0, 0, {NULL, 0}};
    struct arena arena, scratch;
    struct value v;

    arena_init(&arena, area[1], sizeof(area[1]));
    arena_init(&scratch, tokens, sizeof(tokens));
    words.names = &known;
    p.rc = pack_text(&words, in, &scratch, &arena, filter, &v, &p.at);
    p.bytes = slice_of(area[1], arena_mark(&arena));
    assert_int_equal(0, arena_mark(&scratch));
    if (p.rc == 0)
        assert_ptr_equal(area[1], v.p);
    else
        assert_int_equal(0, p.bytes.n);
    return p;
}

/* Attributes that a filter keeps: id and tags. */
static bool
keeps(void *ctx, uint32_t name)
{
    const uint32_t *ids = ctx;

    return name == ids[0] || name == ids[1];
}

static const char *const good[] = {
    "{}",
    " [ ] ",
    "[[],{},[[]],[{}]]",
    "[null,true,false,0,-1.5e+7,\"\"]",
    "{\"id\":\"x\"}",
    "{\"id\" : null , \"tags\" : { \"Name\" : \"web\" } }",
    "{\n  \"id\": \"i-1\",\n  \"tags\": {\n    \"a\": \"b\"\n  }\n}",
    "{\"kept\":1,\"id\":2,\"dropped\":{\"id\":3,\"l\":[1,2]},\"tags\":[]}",
    "{\"id\":[{\"id\":[{\"id\":1}]},2],\"x\":\"y\",\"tags\":{}}",
    "{\"\":{\"\":[\"\"]},\"instanceType\":1,\"INSTANCE_TYPE\":2}",
    "{\"\\u0069d\":\"\\u00e9\\ud83d\\ude00\\/\\b\\n\\\\\\\"\",\"k\":\"\\\\\"}",
    "[\"a\\\\\",\"\\\"b\",\"{[,:]}\",\"\\\\\\\"\"]",
    "{\"a key that is longer than forty bytes and so is new each time\":1,"
    "\"a key that is longer than forty bytes and so is new each time\":2}",
    "{\"enable_resource_name_dns_a_record\":true,"
    "\"enable_resource_name_dns_a_record_on_launch\":false}",
};

static void
alike(void **state)
{
    uint32_t ids[2] = {names_find(&known, SLICE("id")),
                       names_find(&known, SLICE("tags"))};
    struct pack_filter filter = {keeps, ids};

    (void)state;
    for (size_t i = 0; i < ROWS(good); i++)
        for (int k = 0; k < 2; k++) {
            const struct pack_filter *f = k == 0 ? NULL : &filter;
            struct packed a = pack_tokens(slice_str(good[i]), f);
            struct packed b = pack_straight(slice_str(good[i]), f);

            if (a.rc != 0 || b.rc != 0 || !slice_eq(a.bytes, b.bytes))
                fail_msg("row %zu, filter %d: %d %d, %zu %zu bytes", i, k, a.rc,
                         b.rc, a.bytes.n, b.bytes.n);
            assert_true(b.at <= strlen(good[i]));
        }
}

static void
goes_on(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } rows[] = {
        {"{} ,", 2},
        {"{}}", 2},
        {" [1,2]\"", 6},
        {"{\"a\":[]}garbage{{[", 8},
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct packed p = pack_straight(slice_str(rows[i].text), NULL);

        if (p.rc != 0 || p.at != rows[i].at)
            fail_msg("%s: %d, ends at %zu", rows[i].text, p.rc, p.at);
    }
}

/* However a text is cut, the rest is asked for. */
static void
torn(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(good); i++) {
        struct packed whole = pack_straight(slice_str(good[i]), NULL);

        for (size_t n = 0; n < whole.at; n++) {
            struct packed p = pack_straight(slice_of(good[i], n), NULL);

            if (p.rc != ERR_MORE)
                fail_msg("%.*s: %d", (int)n, good[i], p.rc);
        }
    }
}

static const struct {
    const char *text;
    size_t at;
} bad_rows[] = {
    {"1,", 0},
    {"\"a\":", 0},
    {"x{}", 0},
    {"[1,]", 3},
    {"[,1]", 1},
    {"[1 2]", 1},
    {"[1}", 2},
    {"{]", 1},
    {"{1:2}", 1},
    {"{\"a\"}", 1},
    {"{\"a\",\"b\":1}", 4},
    {"{\"a\":}", 5},
    {"{\"a\":1,}", 7},
    {"{\"a\":1 \"b\":2}", 5},
    {"{\"a\":1:2}", 6},
    {"{\"a\":{}1}", 7},
    {"{\"a\":[] []}", 8},
    {"{\"a\":{}:1}", 7},
    {"{,}", 1},
    {"{:1}", 1},
    {"{a:1}", 1},
    {"{\"a\" \"b\":1}", 3},
    {"[\"a\" \"b\"]", 3},
    {"[\"a\"\"b\"]", 3},
    {"[\"a\"b]", 1},
    {"[nul]", 1},
    {"[truefalse]", 1},
    {"[01]", 1},
    {"[-]", 1},
    {"[1.]", 1},
    {"[1e]", 1},
    {"[.5]", 1},
    {"[+1]", 1},
    {"[\"\\x\"]", 1},
    {"[\"\\u12\"]", 1},
    {"{\"\\x\":1}", 1},
    {"[\"tab\there\"]", 5},
    {"[\"line\nhere, and more\"]", 6},
};

static void
bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(bad_rows); i++) {
        struct packed p = pack_straight(slice_str(bad_rows[i].text), NULL);

        if (p.rc != ERR_SYNTAX || p.at != bad_rows[i].at)
            fail_msg("%s: %d at %zu", bad_rows[i].text, p.rc, p.at);
    }
}

static void
limits(void **state)
{
    char deep[2 * PACK_DEPTH_MAX + 2];
    struct arena arena, scratch;
    struct packed p;
    struct value v;
    size_t at;

    (void)state;
    memset(deep, '[', PACK_DEPTH_MAX + 1);
    memset(deep + PACK_DEPTH_MAX + 1, ']', PACK_DEPTH_MAX + 1);
    p = pack_straight(slice_of(deep, sizeof(deep)), NULL);
    assert_int_equal(ERR_LIMIT, p.rc);
    p = pack_straight(slice_of(deep + 1, sizeof(deep) - 2), NULL);
    assert_int_equal(0, p.rc);

    /* An arena that cannot hold it is left as it was. */
    for (size_t n = 0; n < 200; n++) {
        arena_init(&arena, area[1], n);
        arena_init(&scratch, tokens, sizeof(tokens));
        if (pack_text(&words, slice_str(good[6]), &scratch, &arena, NULL, &v,
                      &at) == 0)
            break;
        assert_int_equal(0, arena_mark(&arena));
    }
    assert_true(arena.size > 20 && arena.size < 200);
}

/* Containers whose lengths take one byte, two, three. */
static void
lengths(void **state)
{
    static char text[1 << 16];

    (void)state;
    for (size_t n = 100; n < 20000; n += n < 150 ? 1 : n < 16300 ? 1999 : 9) {
        struct buf b = buf_over(text, sizeof(text));
        struct packed x, y;

        buf_put(&b, SLICE("{\"o\":[{\"p\":\""));
        for (size_t i = 0; i < n; i++)
            buf_byte(&b, (unsigned char)('a' + i % 26));
        buf_put(&b, SLICE("\"},1],\"q\":2}"));
        x = pack_tokens(buf_slice(&b), NULL);
        y = pack_straight(buf_slice(&b), NULL);
        if (y.rc != 0 || !slice_eq(x.bytes, y.bytes))
            fail_msg("%zu bytes: %d", n, y.rc);
    }
}

/* Texts with a few bytes changed: both take them or both refuse them. */
static void
changed(void **state)
{
    static const char bytes[] = "{}[]:,\"\\ntf0129-.eE au\n ";
    uint64_t seed = 1;
    char text[256];
    size_t taken = 0;

    (void)state;
    for (size_t round = 0; round < 60000; round++) {
        const char *from = good[round % ROWS(good)];
        size_t n = strlen(from);
        struct packed a, b;

        memcpy(text, from, n);
        for (size_t i = 0; i <= round % 3; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            text[(seed >> 33) % n] = bytes[(seed >> 20) % (sizeof(bytes) - 1)];
        }
        a = pack_tokens(slice_of(text, n), NULL);
        b = pack_straight(slice_of(text, n), NULL);
        taken += b.rc == 0;
        /* pack_json() has no use for what follows, nor for plain values, and
         * lets a line's end into a string. */
        if (a.rc == 0 ? b.rc != 0 && memchr(text, '\n', n) == NULL &&
                            (text[0] == '{' || text[0] == '[')
                      : b.rc == 0 &&
                            text_trim(slice_of(text + b.at, n - b.at)).n == 0)
            fail_msg("%.*s: %d %d", (int)n, text, a.rc, b.rc);
        if (a.rc == 0 && b.rc == 0)
            assert_true(slice_eq(a.bytes, b.bytes));
    }
    assert_true(taken > 1000 && taken < 59000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike),   cmocka_unit_test(goes_on),
        cmocka_unit_test(torn),    cmocka_unit_test(bad),
        cmocka_unit_test(limits),  cmocka_unit_test(lengths),
        cmocka_unit_test(changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
