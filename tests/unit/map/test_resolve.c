/*
 * Paths into events, through everything CloudTrail wraps values in.  A path
 * is written as in a mapping file and read by the same reader.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map/resolve.h"

static char keep_mem[4 << 20], scratch_mem[1 << 20], arena_mem[1 << 20];
static char json[1 << 16], told[1 << 16];

static const struct {
    const char *path, *params, *response;
    const char *want; /* the values as a JSON list */
} table[] = {
    {"a", "{\"a\":1}", "null", "[1]"},
    {"a", "{\"A\":1}", "null", "[1]"},
    {"instanceType", "{\"InstanceType\":\"x\"}", "null", "[\"x\"]"},
    {"a", "{\"b\":1}", "null", "[]"},
    {"a", "{\"a\":null}", "null", "[]"},
    {"a", "null", "null", "[]"},
    {"a", "\"null\"", "null", "[]"},
    {"a", "\"{\\\"a\\\":7}\"", "null", "[7]"},
    /* wrappers */
    {"a.b", "{\"a\":{\"value\":{\"b\":1}}}", "null", "[1]"},
    {"a.value", "{\"a\":\"x\"}", "null", "[\"x\"]"},
    {"a.b", "{\"a\":{\"b\":null,\"value\":{\"b\":1}}}", "null", "[]"},
    {"a.b", "{\"a\":{\"tag\":1,\"content\":{\"b\":1}}}", "null", "[1]"},
    {"a.b", "{\"a\":{\"B\":\"\",\"b\":1,\"b\":2}}", "null", "[1]"},
    {"a.b", "{\"a\":[{\"b\":1}]}", "null", "[]"},
    {"a.value", "{\"a\":{\"value\":\"x\"}}", "null", "[\"x\"]"},
    {"a", "{\"a\":{\"tag\":1,\"content\":\"x\"}}", "null", "[\"x\"]"},
    {"a", "{\"a\":{\"xmlns\":\"u\",\"item\":\"x\"}}", "null", "[\"x\"]"},
    {"a", "{\"RunItRequest\":{\"a\":1}}", "null", "[1]"},
    {"a", "{\"DelTGwVpcAttachReq\":{\"a\":1}}", "null", "[1]"},
    {"a", "{\"RunItRequest\":{\"a\":1},\"b\":2}", "null", "[]"},
    {"a", "{\"RunItRequest\":\"\"}", "null", "[]"},
    /* lists */
    {"a[]", "{\"a\":{\"items\":[1,2]}}", "null", "[1,2]"},
    {"a[]", "{\"a\":{\"quantity\":2,\"items\":[1,2]}}", "null", "[1,2]"},
    {"a[]", "{\"a\":{\"quantity\":0}}", "null", "[]"},
    {"a[]", "{\"a\":{\"items\":{\"item\":[1,2]}}}", "null", "[1,2]"},
    {"a[]", "{\"a\":{\"member\":[1]}}", "null", "[1]"},
    {"a[]", "{\"a\":1}", "null", "[1]"},
    {"a[]", "{\"a\":{}}", "null", "[]"},
    {"a[]", "{\"a\":\"\"}", "null", "[]"},
    {"a[].b", "{\"a\":{\"items\":[{\"b\":1},{\"c\":2},{\"b\":3}]}}", "null",
     "[1,3]"},
    {"a[].b", "{\"a\":{\"tag\":1,\"b\":5}}", "null", "[5]"},
    {"a[].b[]", "{\"a\":[{\"b\":[1,2]},{\"b\":3}]}", "null", "[1,2,3]"},
    {"a", "{\"a\":[1,2]}", "null", "[[1,2]]"},
    {"a[key=k].value",
     "{\"a\":[{\"key\":\"j\",\"value\":1},{\"key\":\"K\",\"value\":2}]}",
     "null", "[2]"},
    {"a[key=x.y].value", "{\"a\":{\"key\":\"x.y\",\"value\":\"v\"}}", "null",
     "[\"v\"]"},
    /* roots and alternatives */
    {">a", "null", "{\"a\":1}", "[1]"},
    {">a", "{\"a\":2}", "null", "[]"},
    {"a|b", "{\"b\":1}", "null", "[1]"},
    {"a|b", "{\"a\":2,\"b\":1}", "null", "[2]"},
    {"a|>b", "{}", "{\"RunItResponse\":{\"b\":3}}", "[3]"},
    {"@awsRegion", "null", "null", "[\"us-east-1\"]"},
    {"@userIdentity.accountId", "null", "null", "[\"1\"]"},
};

static struct slice
event_json(const char *params, const char *response)
{
    struct buf b = buf_over(json, sizeof(json));

    buf_fmt(&b,
            "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"accountId\":"
            "\"1\"},\"eventTime\":\"2025-12-06T07:30:00Z\",\"eventSource\":"
            "\"test.amazonaws.com\",\"eventName\":\"T\",\"awsRegion\":"
            "\"us-east-1\",\"requestParameters\":%s,\"responseElements\":%s}",
            params, response);
    return buf_slice(&b);
}

/* The path of `attr = name < PATH` as the mapping reader makes it. */
static void
read_path(struct maps *ms, struct arena *keep, const char *path,
          struct map_path *out)
{
    char text[512];
    struct buf b = buf_over(text, sizeof(text));
    struct map_ref ref[MAP_BINDINGS_MAX];
    struct map_binding binding;
    struct map_lines it;
    struct map_line line;
    struct err e = {0};
    bool known;

    buf_fmt(&b, "[test T]\ntype = aws_vpc\nid = id < zz\nattr = name < %s\n",
            path);
    maps_init(ms);
    if (map_read(ms, keep, SLICE("t.map"), buf_slice(&b), &e) != 0)
        fail_msg("%s: %s", path, e.text);
    assert_int_equal(
        1, map_find(ms, SLICE("test.amazonaws.com"), SLICE("T"), ref, &known));
    map_binding(ref[0], &binding);
    map_lines(&binding, &it);
    assert_true(map_line_next(&it, &line));
    *out = line.path;
}

/* All that the path leads to, as a JSON list. */
static void
tell_values(struct scope *scope, const struct map_path *path, struct buf *b)
{
    struct values got = resolve(scope, path);

    buf_byte(b, '[');
    for (size_t i = 0; i < got.n; i++) {
        if (i > 0)
            buf_byte(b, ',');
        value_json(b, scope->names, got.v[i]);
    }
    buf_byte(b, ']');
}

static void
paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct arena keep, scratch, arena;
        struct map_path path;
        struct maps ms;
        struct words words;
        struct scope scope;
        struct event ev;
        size_t at;

        arena_init(&keep, keep_mem, sizeof(keep_mem));
        arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
        arena_init(&arena, arena_mem, sizeof(arena_mem));
        read_path(&ms, &keep, table[i].path, &path);
        assert_int_equal(0, words_init(&words, &ms.names, &keep));
        assert_int_equal(
            0, event_decode(event_json(table[i].params, table[i].response), &ev,
                            &at));
        scope_init(&scope, &ms.names, &words, &ev, &arena, &scratch);
        /* The members of what is asked again and again are noted. */
        for (int time = 0; time < 6; time++) {
            struct buf b = buf_over(told, sizeof(told));

            tell_values(&scope, &path, &b);
            if (!slice_eq(buf_slice(&b), slice_str(table[i].want)))
                fail_msg("%s in %s: got %.*s, want %s", table[i].path,
                         table[i].params, (int)b.n, b.p, table[i].want);
        }
    }
}

#define CROWD_MAX 140

/* {"a":{"k0":0,...},"k0":0,...}, and a path to each of the 2 n members. */
static void
crowd(size_t n, struct arena *keep, struct maps *ms, struct buf *params)
{
    static char text[1 << 14];
    struct buf b = buf_over(text, sizeof(text));
    struct err e = {0};

    buf_put(&b, SLICE("[test T]\ntype = aws_vpc\nid = id < zz\n"));
    buf_put(params, SLICE("{\"a\":{"));
    for (size_t i = 0; i < n; i++) {
        buf_fmt(&b, "attr = n%zu < a.k%zu\nattr = m%zu < k%zu\n", i, i, i, i);
        buf_fmt(params, "%s\"k%zu\":%zu", i > 0 ? "," : "", i, i);
    }
    buf_byte(params, '}');
    for (size_t i = 0; i < n; i++)
        buf_fmt(params, ",\"k%zu\":%zu", i, i);
    buf_put(params, SLICE("}"));
    buf_byte(params, '\0');
    assert_false(b.full || params->full);
    maps_init(ms);
    assert_int_equal(0, map_read(ms, keep, SLICE("t.map"), buf_slice(&b), &e));
}

/* Each member of n is found, however many there are, and however often. */
static void
find_crowd(size_t n)
{
    static char params[1 << 13];
    struct buf b = buf_over(params, sizeof(params));
    struct map_ref ref[MAP_BINDINGS_MAX];
    struct arena keep, scratch, arena;
    struct map_binding binding;
    struct map_lines it;
    struct map_line line;
    struct words words;
    struct scope scope;
    struct event ev;
    struct maps ms;
    bool known;
    size_t at;

    arena_init(&keep, keep_mem, sizeof(keep_mem));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    arena_init(&arena, arena_mem, sizeof(arena_mem));
    crowd(n, &keep, &ms, &b);
    assert_int_equal(0, words_init(&words, &ms.names, &keep));
    assert_int_equal(0, event_decode(event_json(params, "null"), &ev, &at));
    scope_init(&scope, &ms.names, &words, &ev, &arena, &scratch);
    assert_int_equal(
        1, map_find(&ms, SLICE("test.amazonaws.com"), SLICE("T"), ref, &known));
    map_binding(ref[0], &binding);
    map_lines(&binding, &it);
    for (at = 0; map_line_next(&it, &line); at++) {
        char name[64], want[16];
        struct buf path = buf_over(name, sizeof(name));
        struct buf number = buf_over(want, sizeof(want));
        struct value v = resolve_one(&scope, &line.path);

        map_path_text(&ms, &line.path, true, &path);
        buf_put(&number, slice_from(buf_slice(&path),
                                    slice_rchr(buf_slice(&path), 'k') + 1));
        if (!slice_eq(value_text(v), buf_slice(&number)))
            fail_msg("%zu members: %.*s", n, SLICE_FMT(buf_slice(&path)));
    }
    assert_int_equal(at, 2 * n);
}

static void
crowds(void **state)
{
    (void)state;
    for (size_t n = 1; n <= CROWD_MAX; n++)
        find_crowd(n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(crowds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
