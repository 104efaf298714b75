/*
 * The checkpoint: what is there after the process was killed at any time.
 */
#include "checkpoint_case.h"

#define EVENTS 200u

/* Whatever outputs have accepted by a kill, no more than that is done. */
static void
test_prefix(void **state)
{
    struct life l = {.cp = {.n_places = 0}};
    char mem[1u << 16];
    struct err e = {.text = ""};
    uint64_t done = 0;
    bool damaged;

    (void)state;
    srand(1);
    assert_int_equal(begin(&l, path_of("prefix"), &e), 0);
    for (uint64_t i = 1; i <= EVENTS; i++) {
        event(&l, i);
        if (done < i && rand() % 3 == 0)
            done += 1 + (uint64_t)rand() % (i - done);
        save(&l, done);
        store(path_of("copy"), mem, load(path_of("prefix"), mem, sizeof(mem)));
        assert_int_equal(check_prefix(path_of("copy"), &damaged), done);
        assert_false(damaged);
    }
    end(&l, false);
}

/* A file of some events, in mem. */
static size_t
some_events(char *mem, size_t max)
{
    struct life l = {.cp = {.n_places = 0}};
    const char *path = path_of("some");
    struct err e = {.text = ""};
    size_t n;

    unlink(path);
    assert_int_equal(begin(&l, path, &e), 0);
    for (uint64_t i = 1; i <= 5; i++) {
        event(&l, i);
        save(&l, i);
    }
    end(&l, false);
    n = load(path, mem, max);
    assert_in_range(n, 100, max - 1);
    return n;
}

/* Cut off anywhere it is a shorter one, and never damaged. */
static void
test_torn(void **state)
{
    char mem[4096];
    size_t n = some_events(mem, sizeof(mem));
    uint64_t last = 0;
    bool damaged;

    (void)state;
    for (size_t cut = 0; cut <= n; cut++) {
        uint64_t known;

        store(path_of("copy"), mem, cut);
        known = check_prefix(path_of("copy"), &damaged);
        assert_false(damaged);
        assert_in_range(known, last, last + 1);
        last = known;
    }
    assert_int_equal(last, 5);
}

/* With any byte wrong, what stands before it is kept and the file is put
 * aside, unless the byte makes the last frame seem to be cut off. */
static void
test_damaged(void **state)
{
    char mem[4096], copy[4096];
    size_t n = some_events(mem, sizeof(mem));
    unsigned set_aside = 0;
    bool damaged, again;

    (void)state;
    for (size_t at = 0; at < n; at++) {
        mem[at] ^= 0x10;
        store(path_of("copy"), mem, n);
        unlink(path_of("copy.damaged"));
        check_prefix(path_of("copy"), &damaged);
        set_aside += damaged;
        if (damaged) {
            assert_int_equal(load(path_of("copy.damaged"), copy, sizeof(copy)),
                             n);
            assert_memory_equal(copy, mem, n);
        }
        check_prefix(path_of("copy"), &again);
        assert_false(again);
        mem[at] ^= 0x10;
    }
    assert_in_range(set_aside, n * 9 / 10, n);
}

/* It does not grow for ever, and nothing that is kept gets lost. */
static void
test_replaced(void **state)
{
    struct life l = {.cp = {.n_places = 0}};
    const char *path = path_of("replaced");
    struct dedup_id busy = id_of(39999);
    struct err e = {.text = ""};
    struct stat st;
    bool damaged;

    (void)state;
    assert_int_equal(begin(&l, path, &e), 0);
    for (uint64_t i = 1; i <= 40000; i++) {
        event(&l, i);
        if (i % 100 == 0)
            assert_int_equal(checkpoint_write(&l.cp, i, &busy, 0, &e), 0);
    }
    assert_true(l.cp.replaced > 0);
    end(&l, false);
    assert_int_equal(stat(path, &st), 0);
    assert_in_range(st.st_size, 40000 * 16, 4u << 20);
    assert_int_equal(check_prefix(path, &damaged), 40000);
    assert_false(damaged);
}

/* What an output had accepted of an event that is not done. */
static void
test_accepted(void **state)
{
    const char *path = path_of("accepted");
    struct err e = {.text = ""};

    (void)state;
    for (unsigned turn = 0; turn < 3; turn++) {
        struct life l = {.cp = {.n_places = 0}};

        assert_int_equal(begin(&l, path, &e), 0);
        assert_int_equal(checkpoint_accepted(&l.cp, 7, 100), turn > 0);
        assert_false(checkpoint_accepted(&l.cp, 7, 101));
        assert_false(checkpoint_accepted(&l.cp, 8, 100));
        if (turn == 0) {
            event(&l, 1);
            checkpoint_accept(&l.cp, 7, 100);
            save(&l, 0);
        }
        assert_int_equal(l.dedup.n, turn == 0 ? 1 : 0);
        end(&l, false);
    }
}

/* Without a path it outlives the agent, not the process. */
static void
test_memory(void **state)
{
    struct life l = {.cp = {.n_places = 0}};
    struct err e = {.text = ""};

    (void)state;
    assert_int_equal(begin(&l, "", &e), 0);
    event(&l, 1);
    save(&l, 1);
    end(&l, true);
    assert_int_equal(begin(&l, "", &e), 0);
    assert_true(dedup_has(&l.dedup, id_of(1)));
    assert_int_equal(checkpoint_position(&l.cp, SOURCE).until_ms, 1);
    end(&l, false);
    assert_int_equal(begin(&l, "", &e), 0);
    assert_false(dedup_has(&l.dedup, id_of(1)));
    end(&l, false);
}

/* Two processes must not share it; a folder must be there. */
static void
test_refused(void **state)
{
    struct life one = {.cp = {.n_places = 0}}, two = {.cp = {.n_places = 0}};
    struct err e = {.text = ""};

    (void)state;
    assert_int_equal(begin(&one, path_of("locked"), &e), 0);
    assert_int_equal(begin(&two, path_of("locked"), &e), ERR_IO);
    assert_non_null(strstr(e.text, "another process"));
    end(&two, false);
    end(&one, false);
    assert_int_equal(begin(&two, path_of("not/there"), &e), ERR_IO);
    assert_non_null(strstr(e.text, "not/there"));
    end(&two, false);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefix),   cmocka_unit_test(test_torn),
        cmocka_unit_test(test_damaged),  cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_refused),

    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
