/*
 * How far each source is done with: stories of batches, told step by step.
 * A batch's place is its number, so what is done is seen from the numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/batches.h"

#define SOURCES 3

/* O: a batch of a source comes in; H: one of its events waits; R: it has
 * come in whole, or such an event is told.  `of` is the source for O, else
 * the number of an O, from 1. */
struct step {
    char what;
    unsigned of;
    const char *done; /* "source:place " of what is done then, in order */
};

static const struct {
    const char *name;
    struct step step[32];
} stories[] = {
    {"one after the other",
     {{'O', 0, ""}, {'R', 1, "0:1 "}, {'O', 0, ""}, {'R', 2, "0:2 "}}},
    {"an event that waits keeps the place",
     {{'O', 0, ""}, {'H', 1, ""}, {'R', 1, ""}, {'R', 1, "0:1 "}}},
    {"and those of later batches of its source",
     {{'O', 0, ""},
      {'H', 1, ""},
      {'R', 1, ""},
      {'O', 0, ""},
      {'R', 2, ""},
      {'R', 1, "0:1 0:2 "}}},
    {"but no other source's",
     {{'O', 0, ""},
      {'H', 1, ""},
      {'R', 1, ""},
      {'O', 1, ""},
      {'R', 2, "1:2 "},
      {'R', 1, "0:1 "}}},
    {"two that wait, the later one told first",
     {{'O', 2, ""},
      {'H', 1, ""},
      {'R', 1, ""},
      {'O', 2, ""},
      {'H', 2, ""},
      {'R', 2, ""},
      {'R', 2, ""},
      {'R', 1, "2:1 2:2 "}}},
    /* Numbers 5 and 6 are told apart from 4 no more: its place is theirs. */
    {"more than are told apart join the newest",
     {{'O', 0, ""},
      {'H', 1, ""},
      {'R', 1, ""},
      {'O', 0, ""},
      {'R', 2, ""},
      {'O', 0, ""},
      {'R', 3, ""},
      {'O', 0, ""},
      {'R', 4, ""},
      {'O', 0, ""},
      {'H', 5, ""},
      {'R', 5, ""},
      {'O', 0, ""},
      {'R', 6, ""},
      {'R', 1, "0:1 0:2 0:3 "},
      {'R', 5, "0:6 "}}},
    {"and what comes after them is told apart again",
     {{'O', 0, ""},
      {'H', 1, ""},
      {'R', 1, ""},
      {'O', 0, ""},
      {'R', 2, ""},
      {'O', 0, ""},
      {'R', 3, ""},
      {'O', 0, ""},
      {'R', 4, ""},
      {'O', 0, ""},
      {'R', 5, ""},
      {'R', 1, "0:1 0:2 0:3 0:5 "},
      {'O', 0, ""},
      {'R', 6, "0:6 "}}},
};

/* What is done now, as text. */
static void
put_done(struct batches *w, char *out, size_t max)
{
    struct batch one;
    size_t n = 0;

    *out = '\0';
    while (batches_done(w, &one) && n < max)
        n += (size_t)snprintf(out + n, max - n, "%zu:%llu ", one.source,
                              (unsigned long long)one.after.offset);
}

static void
test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(stories) / sizeof(*stories); i++) {
        struct arena arena;
        struct batches w;
        uint64_t id[32] = {0}, opened = 0;
        char done[128];

        assert_int_equal(arena_map(&arena, 1u << 16), 0);
        assert_int_equal(batches_init(&w, &arena, SOURCES), 0);
        for (const struct step *s = stories[i].step; s->what != '\0'; s++) {
            if (s->what == 'O') {
                struct source_position after = {.offset = ++opened};

                id[opened] = batches_open(&w, s->of, &after);
            } else if (s->what == 'H') {
                batches_hold(&w, id[s->of]);
            } else {
                batches_release(&w, id[s->of]);
            }
            put_done(&w, done, sizeof(done));
            if (strcmp(done, s->done) != 0)
                fail_msg("%s, step %td: done is \"%s\", not \"%s\"",
                         stories[i].name, s - stories[i].step, done, s->done);
        }
        assert_int_equal(w.n, 0);
        arena_unmap(&arena);
    }
}

/* However many come, there is room, and in the end all is done. */
static void
test_never_full(void **state)
{
    static uint64_t id[SOURCES * 1000];
    struct arena arena;
    struct batches w;
    struct batch one;
    uint64_t last[SOURCES] = {0};
    size_t n = 0;

    (void)state;
    assert_int_equal(arena_map(&arena, 1u << 16), 0);
    assert_int_equal(batches_init(&w, &arena, SOURCES), 0);
    for (; n < sizeof(id) / sizeof(*id); n++) {
        struct source_position after = {.offset = n};

        id[n] = batches_open(&w, n % SOURCES, &after);
        assert_int_not_equal(id[n], 0);
        batches_hold(&w, id[n]);
        batches_release(&w, id[n]);
        assert_false(batches_done(&w, &one));
        assert_in_range(w.n, 1, SOURCES * BATCHES_EACH);
    }
    while (n-- > 0)
        batches_release(&w, id[n]);
    while (batches_done(&w, &one)) {
        assert_true(one.after.offset >= last[one.source]);
        last[one.source] = one.after.offset;
    }
    for (size_t i = 0; i < SOURCES; i++)
        assert_int_equal(last[i], sizeof(id) / sizeof(*id) - SOURCES + i);
    arena_unmap(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_never_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
