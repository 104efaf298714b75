/*
 * Lines from the shelf are those that the map has coded, whatever else stood
 * there before, and those an event is silent of are passed over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map/shelf.h"
#include "said.h"

#define LINE_BYTES 4096

static char keep_mem[4 << 20], scratch_mem[1 << 20], arena_mem[1 << 20];

struct both {
    struct maps maps;
    struct shelf shelf;
    size_t bindings, lines, cleared;
};

static bool
same_lines(void *ctx, struct slice source, struct slice event,
           const struct map_binding *b)
{
    char coded[LINE_BYTES], shelved[LINE_BYTES];
    struct both *t = ctx;
    struct map_lines it;
    struct map_line line, other;
    struct shelf_walk walk;
    size_t before = t->shelf.n;

    if (b == NULL)
        return true;
    /* The second time it stands there already. */
    for (int time = 0; time < 2; time++) {
        map_lines(b, &it);
        shelf_lines(&t->shelf, b, &walk);
        while (map_line_next(&it, &line)) {
            struct buf x = buf_over(coded, sizeof(coded));
            struct buf y = buf_over(shelved, sizeof(shelved));

            assert_true(shelf_next(&walk, NULL, &other));
            said_line(&t->maps, &x, &line);
            said_line(&t->maps, &y, &other);
            if (!slice_eq(buf_slice(&x), buf_slice(&y)))
                fail_msg("%.*s %.*s: %.*s, coded %.*s", SLICE_FMT(source),
                         SLICE_FMT(event), SLICE_FMT(buf_slice(&y)),
                         SLICE_FMT(buf_slice(&x)));
            t->lines++;
        }
        assert_false(shelf_next(&walk, NULL, &other));
    }
    t->cleared += t->shelf.n < before;
    t->bindings++;
    return true;
}

/* All there is goes over the shelf, which holds a small part of it. */
static void
all_lines(void **state)
{
    static struct both t;
    struct arena keep;

    (void)state;
    arena_init(&keep, keep_mem, sizeof(keep_mem));
    maps_init(&t.maps);
    assert_int_equal(0, shelf_init(&t.shelf, &keep));
    map_each_event(&t.maps, same_lines, &t);
    assert_in_range(t.bindings, 4000, 100000);
    assert_in_range(t.lines, 2 * t.bindings, SIZE_MAX);
    assert_in_range(t.cleared, 10, t.bindings);
}

#define LONG_LINES 2000
#define SHORT_EVENTS 40

/* What has no room is decoded each time, and what has comes back after it. */
static void
long_lines(void **state)
{
    static char text[1 << 18];
    struct buf b = buf_over(text, sizeof(text));
    static struct both t;
    struct arena keep;
    struct err e = {0};

    (void)state;
    buf_put(&b, SLICE("[test Long]\ntype = aws_vpc\nid = id < zz\n"));
    for (size_t i = 0; i < LONG_LINES; i++)
        buf_fmt(&b, "attr = n%zu < a.b.c.d.e.f.g.h[].i.j|b.k%zu|c\n", i, i);
    for (size_t i = 0; i < SHORT_EVENTS; i++)
        buf_fmt(&b,
                "[test Short%zu]\ntype = aws_vpc\nid = id < zz\n"
                "attr = n%zu < a\nattr = n9 < b : enum X=y\n",
                i, i);
    assert_false(b.full);
    arena_init(&keep, keep_mem, sizeof(keep_mem));
    maps_init(&t.maps);
    assert_int_equal(
        0, map_read(&t.maps, &keep, SLICE("t.map"), buf_slice(&b), &e));
    assert_int_equal(0, shelf_init(&t.shelf, &keep));
    for (size_t i = 0; i < 2 * SHORT_EVENTS; i++) {
        struct map_ref ref[MAP_BINDINGS_MAX];
        struct map_binding binding;
        char name[16];
        struct buf event = buf_over(name, sizeof(name));
        bool known;

        if (i % 8 == 3)
            buf_put(&event, SLICE("Long"));
        else
            buf_fmt(&event, "Short%zu", i / 2);
        assert_int_equal(1, map_find(&t.maps, SLICE("test.amazonaws.com"),
                                     buf_slice(&event), ref, &known));
        map_binding(ref[0], &binding);
        same_lines(&t, SLICE("test"), buf_slice(&event), &binding);
        assert_int_equal(t.shelf.n == 0, i % 8 == 3);
    }
}

static const struct {
    const char *params, *want; /* which attributes come */
} spoken[] = {
    {"{}", "fixed all"},
    {"{\"zz\":1}", "fixed all"},
    {"{\"a\":1}", "plain deep either fixed all"},
    {"{\"B\":1}", "either fixed all"},
    {"{\"c\":1}", "worded fixed all"},
    {"{\"a\":1,\"c\":[]}", "plain deep either worded fixed all"},
    /* What may be a wrapper may hold anything. */
    {"{\"items\":[{\"a\":1}]}", "plain deep either worded fixed all"},
};

static const char sections[] = "[test T]\n"
                               "type = aws_vpc\n"
                               "id = id < zz\n"
                               "attr = plain < a\n"
                               "attr = deep < a.x[].y\n"
                               "attr = either < b|a.x\n"
                               "attr = worded < c : enum X=y\n"
                               "attr = fixed := true\n"
                               "attr = all < tagSet : tags-all\n";

/* The attributes of the lines that an event does not pass over. */
static void
tell_spoken(const struct maps *ms, struct shelf *shelf,
            const struct map_binding *b, const struct scope *scope,
            struct buf *out)
{
    struct shelf_walk walk;
    struct map_line line;

    shelf_lines(shelf, b, &walk);
    while (shelf_next(&walk, scope, &line)) {
        if (out->n > 0)
            buf_byte(out, ' ');
        map_path_text(ms, &line.attr, false, out);
    }
}

static void
spoken_lines(void **state)
{
    char json[1024], told[256];
    struct map_ref ref[MAP_BINDINGS_MAX];
    struct arena keep, scratch, arena;
    static struct shelf shelf;
    struct map_binding b;
    struct words words;
    struct maps ms;
    struct err e = {0};
    bool known;

    (void)state;
    arena_init(&keep, keep_mem, sizeof(keep_mem));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    maps_init(&ms);
    assert_int_equal(
        0, map_read(&ms, &keep, SLICE("t.map"), slice_str(sections), &e));
    assert_int_equal(0, words_init(&words, &ms.names, &keep));
    assert_int_equal(0, shelf_init(&shelf, &keep));
    assert_int_equal(
        1, map_find(&ms, SLICE("test.amazonaws.com"), SLICE("T"), ref, &known));
    map_binding(ref[0], &b);
    for (size_t i = 0; i < sizeof(spoken) / sizeof(*spoken); i++)
        for (int with = 0; with < 2; with++) {
            struct buf text = buf_over(json, sizeof(json));
            struct buf out = buf_over(told, sizeof(told));
            struct scope scope;
            struct event ev;
            size_t at;

            arena_init(&arena, arena_mem, sizeof(arena_mem));
            buf_fmt(&text,
                    "{\"eventVersion\":\"1.08\",\"eventSource\":"
                    "\"test.amazonaws.com\",\"eventName\":\"T\","
                    "\"awsRegion\":\"r\",\"requestParameters\":%s}",
                    spoken[i].params);
            assert_int_equal(0, event_decode(buf_slice(&text), &ev, &at));
            scope_init(&scope, &ms.names, &words, &ev, &arena, &scratch);
            tell_spoken(&ms, with != 0 ? &shelf : NULL, &b, &scope, &out);
            buf_byte(&out, '\0');
            assert_string_equal(spoken[i].want, told);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lines),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(spoken_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
