/* Numbers of words: the generated table, and words added to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/names.h"
#include "map/map.h"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

static char area[8u << 20];

/* Any name of the table: each is found under its own number, its class is
 * the first of those that spell the same without case and underscores. */
static void
table_round_trip(void **state)
{
    const struct names ns = {.table = &map_builtin_names};
    char text[NAME_MAX_BYTES], first[NAME_MAX_BYTES];

    (void)state;
    assert_in_range(map_builtin_names.count, 10000, NAMES_MAX);
    for (uint32_t id = 0; id < map_builtin_names.count; id++) {
        struct slice s = names_text(&ns, id, text);
        uint32_t class = names_class(&ns, id);

        assert_in_range(s.n, 1, NAME_MAX_BYTES);
        assert_int_equal(id, names_find(&ns, s));
        assert_int_equal(class, names_fold(&ns, s));
        assert_in_range(class, 0, id);
        assert_int_equal(names_hash(s),
                         names_hash(names_text(&ns, class, first)));
    }
}

/* Whether two spellings are of one class, and where a word is not known. */
static void
table_classes(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"instance_type", "instanceType", true},
        {"instance_type", "InstanceType", true},
        {"instance_type", "INSTANCETYPE", true},
        {"instance_type", "_instance__type_", true},
        {"instance_type", "instance-type", false},
        {"instance_type", "instancetypes", false},
        {"aws_instance", "awsInstance", true},
        {"ModifyInstanceAttribute", "modify_instance_attribute", true},
    };
    const struct names ns = {.table = &map_builtin_names};

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint32_t a = names_fold(&ns, slice_str(rows[i].a));
        uint32_t b = names_fold(&ns, slice_str(rows[i].b));

        print_message("%s %s\n", rows[i].a, rows[i].b);
        assert_int_not_equal(NAME_NONE, a);
        assert_int_equal(rows[i].same, a == b);
    }
}

static void
unknown_words(void **state)
{
    static const char *const rows[] = {"", "_", "no_such_word_at_all",
                                       "instance_type ", "\xff\xfe"};
    const struct names ns = {.table = &map_builtin_names}, none = {0};
    char long_text[NAME_MAX_BYTES + 1], out[NAME_MAX_BYTES];

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        assert_int_equal(NAME_NONE, names_find(&ns, slice_str(rows[i])));
        assert_int_equal(NAME_NONE, names_fold(&ns, slice_str(rows[i])));
    }
    memset(long_text, 'x', sizeof(long_text));
    assert_int_equal(NAME_NONE,
                     names_find(&ns, slice_of(long_text, sizeof(long_text))));
    assert_int_equal(NAME_NONE, names_find(&none, SLICE("instance_type")));
    assert_int_equal(NAME_NONE, names_class(&none, 0));
    assert_int_equal(0, names_text(&none, 0, out).n);
    assert_int_equal(0, names_text(&ns, NAME_NONE, out).n);
}

/* Words added behind the table, some in classes that are there already. */
static void
added_words(void **state)
{
    static const struct {
        const char *word, *class; /* NULL: a class of its own */
        bool is_new;
    } rows[] = {
        {"instance_type", NULL, false},
        {"Instance_Type", "instance_type", true},
        {"frobnicate_me", NULL, true},
        {"frobnicateMe", "frobnicate_me", true},
        {"FrobnicateMe", "frobnicate_me", true},
        {"frobnicate_me", NULL, false},
    };
    struct names ns = {.table = &map_builtin_names};
    struct arena arena;
    uint32_t next = map_builtin_names.count;
    char out[NAME_MAX_BYTES];

    (void)state;
    arena_init(&arena, area, sizeof(area));
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice word = slice_str(rows[i].word);
        uint32_t id = names_add(&ns, &arena, word);

        print_message("%s\n", rows[i].word);
        assert_int_equal(rows[i].is_new, id == next);
        next += rows[i].is_new;
        assert_int_equal(id, names_find(&ns, word));
        assert_true(slice_eq(word, names_text(&ns, id, out)));
        if (rows[i].class != NULL)
            assert_int_equal(names_fold(&ns, slice_str(rows[i].class)),
                             names_class(&ns, id));
        assert_int_equal(names_class(&ns, id), names_fold(&ns, word));
    }
}

/* Adds many words; returns how many went in. */
static uint32_t
add_many(struct names *ns, struct arena *arena, uint32_t n)
{
    char word[16];

    for (uint32_t i = 0; i < n; i++) {
        snprintf(word, sizeof(word), "w%ux", i);
        if (names_add(ns, arena, slice_str(word)) == NAME_NONE)
            return i;
    }
    return n;
}

static void
growing_and_limits(void **state)
{
    struct names ns = {0};
    struct arena arena;
    char word[16], out[NAME_MAX_BYTES];

    (void)state;
    arena_init(&arena, area, sizeof(area));
    assert_int_equal(NAMES_MAX, add_many(&ns, &arena, NAMES_MAX + 10));
    for (uint32_t i = 0; i < NAMES_MAX; i++) {
        snprintf(word, sizeof(word), "w%ux", i);
        assert_int_equal(i, names_find(&ns, slice_str(word)));
        assert_true(slice_eq(slice_str(word), names_text(&ns, i, out)));
    }
    ns = (struct names){0};
    arena_init(&arena, area, 40000);
    assert_in_range(add_many(&ns, &arena, NAMES_MAX), 300, 2000);
    assert_in_range(arena.fails, 1, 100);
    assert_int_equal(299, names_find(&ns, SLICE("w299x")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_round_trip),   cmocka_unit_test(table_classes),
        cmocka_unit_test(unknown_words),      cmocka_unit_test(added_words),
        cmocka_unit_test(growing_and_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
