/*
 * Events that wait: which of them stand in whose way, and what happens when
 * there is no room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/held.h"

#define BYTES (1u << 20)

/* Keys are letters; more of them than are told apart are any. */
static struct held_keys
keys_of(const char *text)
{
    struct held_keys keys = {.n = 0};

    while (*text != '\0')
        held_key(&keys, (uint64_t)*text++);
    return keys;
}

static void
test_common(void **state)
{
    static const struct {
        const char *one, *other;
        bool common;
    } rows[] = {
        {"", "", false},          {"", "a", false},
        {"a", "a", true},         {"a", "b", false},
        {"abc", "cde", true},     {"abc", "def", false},
        {"abcdefgh", "h", true},  {"abcdefgh", "i", false},
        {"abcdefghi", "x", true}, /* any */
        {"abcdefghi", "", true},  {"abcdefghijklmnopq", "x", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct held_keys one = keys_of(rows[i].one);
        struct held_keys other = keys_of(rows[i].other);

        if (held_common(&one, &other) != rows[i].common ||
            held_common(&other, &one) != rows[i].common)
            fail_msg("%s and %s", rows[i].one, rows[i].other);
    }
}

static void
open_list(struct held_list *l, struct arena *arena, size_t bytes)
{
    assert_int_equal(arena_map(arena, 8u << 20), 0);
    assert_int_equal(held_init(l, arena, bytes), 0);
}

static bool
add(struct held_list *l, const char *text, const char *keys)
{
    struct held h = {.raw = slice_str(text), .keys = keys_of(keys)};
    bool added = held_add(l, &h);

    if (added) { /* a copy */
        assert_ptr_not_equal(h.raw.p, text);
        assert_true(slice_eq(h.raw, slice_str(text)));
    }
    return added;
}

/* Only what came before blocks, and only until it is gone. */
static void
test_order(void **state)
{
    struct held_keys a = keys_of("a"), b = keys_of("b"), x = keys_of("x");
    struct arena arena;
    struct held_list l;

    (void)state;
    open_list(&l, &arena, BYTES);
    assert_true(add(&l, "one", "a"));
    assert_true(add(&l, "two", "ab"));
    assert_true(add(&l, "three", "b"));
    assert_false(held_blocks(&l, 0, &a));
    assert_true(held_blocks(&l, 1, &a));
    assert_false(held_blocks(&l, 1, &b));
    assert_true(held_blocks(&l, 2, &b));
    assert_false(held_blocks(&l, l.n, &x));
    held_remove(&l, 0);
    assert_true(slice_eq(l.list[0].raw, SLICE("two")));
    assert_true(slice_eq(l.list[1].raw, SLICE("three")));
    assert_false(held_blocks(&l, 0, &a));
    held_remove(&l, 0);
    assert_false(held_blocks(&l, l.n, &a));
    assert_true(held_blocks(&l, l.n, &b));
    held_remove(&l, 0);
    assert_int_equal(l.n, 0);
    assert_int_equal(l.blocks.n, 0);
    arena_unmap(&arena);
}

static void
test_too_many(void **state)
{
    struct arena arena;
    struct held_list l;

    (void)state;
    open_list(&l, &arena, 8 * BYTES - (1u << 18));
    for (size_t i = 0; i < HELD_MAX; i++)
        assert_true(add(&l, "small", "a"));
    assert_false(add(&l, "small", "a"));
    held_remove(&l, HELD_MAX / 2);
    assert_true(add(&l, "small", "a"));
    assert_false(add(&l, "small", "a"));
    assert_int_equal(l.peak, HELD_MAX);
    arena_unmap(&arena);
}

/* Of any size, in any order, for long: nothing is lost of the memory, what
 * is refused leaves nothing behind, and the texts stay as they are. */
static void
test_too_large(void **state)
{
    static char text[2 * BYTES + 1];
    struct arena arena;
    struct held_list l;
    size_t refused = 0;

    (void)state;
    srand(3);
    open_list(&l, &arena, BYTES);
    memset(text, 'x', 2 * BYTES);
    assert_false(add(&l, text, "a")); /* larger than all there is */
    assert_int_equal(l.n, 0);
    assert_int_equal(l.blocks.n, 0);
    for (unsigned turn = 0; turn < 3000; turn++) {
        size_t n = 1 + (size_t)rand() % (BYTES / 4);
        struct held h = {.raw = slice_of(text, n)};

        if (rand() % 2 == 0 && held_add(&l, &h))
            continue;
        refused++;
        if (l.n > 0)
            held_remove(&l, (size_t)rand() % l.n);
        for (size_t i = 0; i < l.n; i++)
            assert_memory_equal(l.list[i].raw.p, text, l.list[i].raw.n);
    }
    assert_in_range(refused, 1000, 2500);
    while (l.n > 0)
        held_remove(&l, 0);
    assert_int_equal(l.blocks.used, 0);
    arena_unmap(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
