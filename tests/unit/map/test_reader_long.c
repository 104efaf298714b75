/*
 * The reader and what is too long: lines, records, answers, and lines that
 * only seem to go on for ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map/reader.h"
#include "tests/unit/base/dribble.h"
#include "tests/unit/map/records.h"

/* A document of any length that is never in memory as a whole. */
struct endless {
    struct slice head, body, tail; /* body comes `times` times */
    size_t times, at;              /* at: byte of the piece at hand */
    int part;
};

static ssize_t
endless_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct endless *s = ctx;
    size_t done = 0;

    (void)e;
    while (done < n && s->part < 3) {
        struct slice *pieces[] = {&s->head, &s->body, &s->tail};
        struct slice left = slice_from(*pieces[s->part], s->at);
        size_t take = left.n < n - done ? left.n : n - done;

        if (take > 0)
            memcpy(p + done, left.p, take);
        done += take;
        s->at += take;
        if (take < left.n)
            continue;
        s->at = 0;
        s->part += s->part != 1 || s->times-- <= 1;
    }
    return (ssize_t)done;
}

/* 100 MB and more on one line, in a window that does not grow. */
static void
long_line(void **state)
{
    struct slice record = expand("@a");
    struct endless s = {.head = SLICE("{\"Records\":["), .times = 400000};
    struct stream in = {.read = endless_read, .ctx = &s};
    struct arena arena;
    struct reader r;
    struct event ev;
    struct err e;
    size_t n = 0;

    (void)state;
    s.body = slice_of(record.p, record.n + 1);
    text[record.n] = ',';
    s.tail = SLICE("{}]}");
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
    while (reader_next(&r, &ev, &e) == READER_EVENT)
        n++;
    assert_int_equal(n, 400000);
    assert_int_equal(r.refused, 1);
    assert_int_equal(reader_next(&r, &ev, &e), READER_END);
    assert_true(arena.peak < 300u << 10);
}

/* A record of `size` bytes, in a document; what comes of it. */
static void
big_record(const char *head, size_t size, const char *tail, size_t room,
           const char *want, const char *says)
{
    static const char front[] =
        "{\"eventVersion\":\"1\",\"eventSource\":\"x.amazonaws.com\","
        "\"eventName\":\"N\",\"eventID\":\"b\",\"y\":{\"z\":\"[";
    struct slice all = slice_of(text, strlen(head) + size + strlen(tail));
    struct dribble d = {all, 0, false};
    struct stream in = dribble_stream(&d);
    char mem[64];
    struct buf got = buf_over(mem, sizeof(mem));
    struct arena arena;
    struct reader r;
    struct event ev;
    struct err e;
    enum reader_kind kind;

    memset(text, 'x', all.n);
    memcpy(text, head, strlen(head));
    memcpy(text + strlen(head), front, strlen(front));
    memcpy(text + strlen(head) + size - 3, "\"}}", 3);
    memcpy(text + all.n - strlen(tail), tail, strlen(tail));
    arena_init(&arena, memory, room);
    assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
    while ((kind = reader_next(&r, &ev, &e)) != READER_END) {
        if (kind == READER_EVENT)
            buf_byte(&got, (unsigned char)ev.field[EVENT_ID].p[1]);
        else
            put_place(&got, kind == READER_ERROR ? 'E' : '!', &e, all);
        if (kind == READER_REFUSED)
            assert_true(slice_ends(slice_str(e.text), slice_str(says)));
    }
    if (!slice_eq(buf_slice(&got), slice_str(want)))
        fail_msg("%s: %.*s (%s)", head, SLICE_FMT(buf_slice(&got)), e.text);
    assert_true(arena.peak < EVENT_MAX_BYTES + (300u << 10));
}

#define A                                                          \
    "{\"eventVersion\":\"1\",\"eventSource\":\"x.amazonaws.com\"," \
    "\"eventName\":\"N\",\"eventID\":\"a\"}"

static void
big_records(void **state)
{
    static const struct {
        const char *head, *tail;
        const char *fits, *does_not;
    } documents[] = {
        {"", "", "b", "!1{ "},
        {"", "\n" A, "ba", "!1{ a"},
        {A "\n", "\n" A "\n" A, "abaa", "a!2{ aa"},
        {"[" A ",", "," A "]", "aba", "a!1{ a"},
        {"{\"Records\":[", "," A "]}" A, "baa", "!1{ aa"},
    };
    static const char over[] = "longer than a record may be (4 MB)";
    static const char room[] = "longer than there is memory for";

    (void)state;
    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
        const char *h = documents[i].head, *t = documents[i].tail;

        big_record(h, 300u << 10, t, sizeof(memory), documents[i].fits, "");
        big_record(h, 300u << 10, t, 300u << 10, documents[i].does_not, room);
        big_record(h, EVENT_MAX_BYTES, t, sizeof(memory), documents[i].fits,
                   "");
        big_record(h, EVENT_MAX_BYTES + 1, t, sizeof(memory),
                   documents[i].does_not, over);
        big_record(h, 5 * EVENT_MAX_BYTES + 77, t, sizeof(memory),
                   documents[i].does_not, over);
    }
}

/* Lines that each seem to run on for ever cost no more than their length. */
static void
hostile_lines(void **state)
{
    static const char *const lines[] = {"{\"a\":{\n", "{\"a\":[{\"\n",
                                        "{\"\\\n", "[{\n", "{\"a\":\"\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct slice line = slice_str(lines[i]);
        struct endless s = {.body = line, .tail = SLICE("\n" A "\n")};
        struct stream in = {.read = endless_read, .ctx = &s};
        struct arena arena;
        struct reader r;
        struct event ev;
        struct err e;
        enum reader_kind kind;
        size_t events = 0, stops = 0;

        s.times = (8u << 20) / line.n;
        arena_init(&arena, memory, sizeof(memory));
        assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
        while ((kind = reader_next(&r, &ev, &e)) != READER_END) {
            events += kind == READER_EVENT;
            stops += kind == READER_ERROR;
        }
        assert_int_equal(events + stops, 1);
        assert_true(stops == 1 || r.refused > 0);
    }
}

/* Lines of which each is torn only by the brackets at the very end. */
static void
hostile_brackets(void **state)
{
    const size_t lines = 300000;
    struct buf b = buf_over(text, sizeof(text));
    struct stream in;
    struct stream_mem m;
    struct arena arena;
    struct reader r;
    struct event ev;
    struct err e;

    (void)state;
    for (size_t i = 0; i < lines; i++)
        buf_put(&b, SLICE("{\"a\":[\n"));
    for (size_t i = 0; i < 2 * lines; i++)
        buf_byte(&b, '}');
    buf_put(&b, SLICE("\n" A));
    m.left = buf_slice(&b);
    in = stream_mem(&m);
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
    while (reader_next(&r, &ev, &e) == READER_REFUSED)
        continue;
    assert_int_equal(r.refused, lines);
    assert_true(slice_eq(ev.field[EVENT_ID], SLICE("\"a\"")));
    assert_int_equal(reader_next(&r, &ev, &e), READER_END);
}

/* The window grows, and moves, while records are held in front of it. */
static void
growth_while_held(void **state)
{
    struct slice record = expand("{~CloudTrailEvent~:#a},");
    struct buf b = buf_over(text + 4096, sizeof(text) - 4096);
    struct stream in;
    struct dribble d;
    struct arena arena;
    struct reader r;
    struct event ev;
    struct err e;
    size_t n = 0, used;

    (void)state;
    buf_put(&b, SLICE("{\"Events\":["));
    for (int i = 0; i < 100; i++)
        buf_put(&b, record);
    buf_put(&b, SLICE("{\"y\":\""));
    for (int i = 0; i < 700000; i++)
        buf_byte(&b, 'x');
    buf_put(&b, SLICE("\"},"));
    buf_put(&b, record);
    b.n--;
    buf_put(&b, SLICE("]}\n"));
    for (int i = 0; i < 9000; i++)
        buf_put(&b, SLICE(A "\n"));
    d = (struct dribble){buf_slice(&b), 4000, false};
    in = dribble_stream(&d);
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
    assert_int_equal(reader_next(&r, &ev, &e), READER_REFUSED);
    while (reader_next(&r, &ev, &e) == READER_EVENT) {
        assert_int_equal(event_check(&ev, NULL), 0);
        assert_true(slice_eq(ev.field[EVENT_ID], SLICE("\"a\"")));
        n++;
    }
    assert_int_equal(n, 101 + 9000);
    assert_int_equal(r.refused, 1);
    /* Only the window is left. */
    used = arena_mark(&arena);
    assert_true(used >= 1u << 20 && used < (1u << 20) + 256);
}

/* A LookupEvents answer that does not fit, and one that just does. */
static void
held(void **state)
{
    static const struct {
        size_t room, events;
        enum reader_kind last;
    } tries[] = {{16u << 20, 2000, READER_END}, {600u << 10, 0, READER_ERROR}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buf b = buf_over(text + (1u << 20), 8u << 20);
        struct slice record = expand("{~CloudTrailEvent~:#a},");
        struct dribble d = {{NULL, 0}, 0, false};
        struct stream in = dribble_stream(&d);
        enum reader_kind kind;
        struct arena arena;
        struct reader r;
        struct event ev;
        struct err e;
        size_t n = 0;

        buf_put(&b, SLICE("{\"Events\":["));
        for (int k = 0; k < 2000; k++)
            buf_put(&b, record);
        buf_put(&b, SLICE("{\"CloudTrailEvent\":0}]}"));
        d.left = buf_slice(&b);
        arena_init(&arena, memory, tries[i].room);
        assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
        do {
            kind = reader_next(&r, &ev, &e);
            n += kind == READER_EVENT;
        } while (kind == READER_EVENT || kind == READER_REFUSED);
        assert_int_equal(kind, tries[i].last);
        if (kind == READER_END)
            assert_int_equal(n, tries[i].events);
        else
            assert_non_null(strstr(e.text, "x:1: (offset "));
        if (kind == READER_ERROR)
            assert_int_equal(e.code, ERR_MEMORY);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_line),         cmocka_unit_test(big_records),
        cmocka_unit_test(hostile_lines),     cmocka_unit_test(hostile_brackets),
        cmocka_unit_test(growth_while_held), cmocka_unit_test(held),
    };

    return cmocka_run_group_tests_name("reader long", tests, NULL, NULL);
}
