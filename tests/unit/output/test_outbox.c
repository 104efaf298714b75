/* The outbox: lines in order, one pace for each output, no line lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "output/outbox.h"

static char memory[1u << 20];
static int wakes;

static void
count_wake(void *ctx)
{
    (void)ctx;
    wakes++;
}

static struct outbox *
outbox_of(size_t bytes, size_t n, uint64_t queue)
{
    uint64_t queues[OUTBOX_OUTPUTS_MAX];
    struct outbox *ob = NULL;
    struct arena arena;

    for (size_t i = 0; i < n; i++)
        queues[i] = queue;
    memset(memory, 0xa5, sizeof(memory));
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(
        outbox_init(&ob, &arena, bytes, n, queues, count_wake, NULL), 0);
    wakes = 0;
    return ob;
}

/* Line `number` is a run of one letter, its length told by the number too. */
static size_t
line_of(uint64_t number, size_t longest, char *out)
{
    size_t n = 1 + (size_t)(number * 7919 % longest);

    memset(out, 'a' + (int)(number % 26), n);
    return n;
}

static uint64_t
put_next(struct outbox *ob, size_t longest)
{
    static char text[RECORD_LINE_MAX_BYTES];
    uint64_t number = outbox_last(ob) + 1;
    char id[32];
    size_t n = line_of(number, longest, text);
    int id_n = snprintf(id, sizeof(id), "id-%d", (int)number);

    return outbox_put(ob, slice_of(text, n), slice_of(id, (size_t)id_n),
                      (enum severity)(number % SEVERITY_COUNT), number);
}

/* What was put as `number` is what output i gets. */
static void
expect_line(struct outbox *ob, size_t i, uint64_t number, size_t longest)
{
    static char text[RECORD_LINE_MAX_BYTES];
    struct outbox_line line;
    size_t n = line_of(number, longest, text);
    char id[32];

    assert_true(outbox_line(ob, i, number, 0, &line));
    assert_int_equal(line.number, number);
    assert_int_equal(line.json.n, n + 1);
    assert_memory_equal(line.json.p, text, n);
    assert_int_equal(line.json.p[n], '\n');
    snprintf(id, sizeof(id), "id-%d", (int)number);
    assert_true(slice_eq(line.id, slice_str(id)));
    assert_int_equal(line.severity, number % SEVERITY_COUNT);
    assert_int_equal(line.known, number);
}

static void
fill_and_drain(void **state)
{
    struct outbox *ob = outbox_of(100000, 1, 3);
    struct outbox_line line;

    (void)state;
    assert_int_equal(outbox_last(ob), 0);
    assert_false(outbox_line(ob, 0, 1, 0, &line));
    assert_true(outbox_room(ob, 1));
    for (uint64_t i = 1; i <= 3; i++)
        assert_int_equal(put_next(ob, 300), i);
    assert_false(outbox_room(ob, 1)); /* the queue is full */
    outbox_accept(ob, 0, 1);
    assert_int_equal(wakes, 1);
    assert_int_equal(outbox_done(ob), 1);
    assert_false(outbox_line(ob, 0, 1, 0, &line)); /* it is gone */
    outbox_accept(ob, 0, 1);                       /* twice is once */
    assert_int_equal(wakes, 1);
    assert_true(outbox_room(ob, 1));
    assert_false(outbox_room(ob, 2));
    outbox_accept(ob, 0, 99); /* no more than there is */
    assert_int_equal(outbox_done(ob), 3);
    assert_int_equal(outbox_accepted(ob, 0), 3);
    assert_true(outbox_room(ob, 1));
}

/* The bytes run out before the queue does. */
static void
full_ring(void **state)
{
    struct outbox *ob = outbox_of(3 * OUTBOX_LINE_BYTES, 1, 1000);
    uint64_t first = 1, last;

    (void)state;
    assert_true(outbox_room(ob, 3));
    assert_false(outbox_room(ob, 4));
    while (outbox_room(ob, 1))
        assert_int_not_equal(put_next(ob, 60000), 0);
    last = outbox_last(ob);
    assert_true(last >= 3);
    while (put_next(ob, 60000) != 0)
        last++; /* shorter ones may still fit; then 0, and nothing changes */
    assert_int_equal(outbox_last(ob), last);
    outbox_accept(ob, 0, first);
    for (uint64_t i = first + 1; i <= last; i++)
        expect_line(ob, 0, i, 60000);
    while (!outbox_room(ob, 1))
        outbox_accept(ob, 0, ++first);
    assert_int_equal(put_next(ob, 60000), last + 1);
    expect_line(ob, 0, last + 1, 60000);
    expect_line(ob, 0, first + 1, 60000); /* asked for again */
}

/* Three outputs at their own pace, thousands of wraps, every byte looked at. */
static void
paces(void **state)
{
    struct outbox *ob = outbox_of(2 * OUTBOX_LINE_BYTES + 12345, 3, 4096);
    uint64_t taken[3] = {0, 0, 0}, last = 0, least;
    uint32_t random = 1;

    (void)state;
    for (int turn = 0; turn < 60000; turn++) {
        size_t who;

        random = random * 1664525u + 1013904223u;
        who = random >> 30;
        if (who == 3) {
            if (outbox_room(ob, 1))
                assert_int_equal(put_next(ob, 9000), ++last);
            continue;
        }
        if (who == 2 && (random >> 24 & 3) != 0)
            continue; /* a slow one */
        for (uint32_t k = 0; k <= (random >> 20 & 3) && taken[who] < last;
             k++) {
            expect_line(ob, who, taken[who] + 1, 9000);
            if (last > taken[who] + 1)
                expect_line(ob, who, last, 9000);
            outbox_accept(ob, who, ++taken[who]);
        }
        least = taken[0] < taken[1] ? taken[0] : taken[1];
        least = taken[2] < least ? taken[2] : least;
        assert_int_equal(outbox_done(ob), least);
        assert_int_equal(outbox_accepted(ob, who), taken[who]);
    }
    assert_true(last > 5000);
}

static void *
put_later(void *ctx)
{
    usleep(30000);
    put_next(ctx, 100);
    usleep(30000);
    outbox_close(ctx);
    return NULL;
}

/* Who waits is woken by a line, by its deadline and by the end. */
static void
waiting(void **state)
{
    struct outbox *ob = outbox_of(100000, 2, 10);
    struct outbox_line line;
    struct err e;
    pthread_t t;
    int64_t before = clock_steady_ms();

    (void)state;
    assert_false(outbox_line(ob, 0, 1, before + 20, &line));
    assert_true(clock_steady_ms() >= before + 20);
    assert_int_equal(thread_start(&t, "put", put_later, ob, &e), 0);
    assert_true(outbox_line(ob, 0, 1, CLOCK_NEVER, &line));
    assert_false(outbox_line(ob, 0, 2, CLOCK_NEVER, &line));
    assert_true(outbox_closing(ob));
    assert_true(outbox_line(ob, 1, 1, CLOCK_NEVER, &line));
    pthread_join(t, NULL);
    assert_int_equal(put_next(ob, 100), 2); /* still taken */
    assert_true(outbox_line(ob, 0, 2, CLOCK_NEVER, &line));
}

static void
leaving(void **state)
{
    struct outbox *ob = outbox_of(100000, 2, 10);
    struct outbox_line line;
    uint64_t told = 0;
    int fd = eventfd(0, EFD_NONBLOCK);

    (void)state;
    outbox_watch(ob, 1, fd);
    assert_int_equal(read(fd, &told, sizeof(told)), -1);
    put_next(ob, 10);
    put_next(ob, 10);
    assert_int_equal(read(fd, &told, sizeof(told)), sizeof(told));
    assert_int_equal(told, 2);
    outbox_leave(ob, 1);
    assert_int_equal(read(fd, &told, sizeof(told)), sizeof(told));
    assert_false(outbox_line(ob, 1, 3, CLOCK_NEVER, &line));
    assert_false(outbox_closing(ob));
    outbox_watch(ob, 1, -1);
    put_next(ob, 10);
    assert_int_equal(read(fd, &told, sizeof(told)), -1);
    close(fd);
}

static void
nobody(void **state)
{
    struct outbox *ob = outbox_of(100000, 0, 0);

    (void)state;
    for (uint64_t i = 1; i < 5000; i++) {
        assert_true(outbox_room(ob, 1));
        assert_int_equal(put_next(ob, 60000), i);
        assert_int_equal(outbox_done(ob), i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill_and_drain), cmocka_unit_test(full_ring),
        cmocka_unit_test(paces),          cmocka_unit_test(waiting),
        cmocka_unit_test(leaving),        cmocka_unit_test(nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
