/* The keeper over local files: what a judge gets to see of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/agent/keeper_case.h"

#define ONE "[state \"one\"]\ntype = local\npath = @/one.tfstate\n"
#define TWO "[state \"two\"]\ntype = local\npath = @/two.tfstate\n"
#define MEMORY (24u << 20)

static struct keeper_case c;

/* A keeper over one.tfstate, which is loaded. */
static void
open_one(const char *text)
{
    case_folder(&c);
    case_write(&c, "one.tfstate", case_state(1, 0));
    case_keeper(&c, text, MEMORY);
    case_start(&c);
    case_want(&c, SIZE_MAX, clock_steady_ms());
    assert_true(keeper_tried_all(c.k));
}

static void
test_change(void **state)
{
    struct keeper_status s;
    int64_t now;

    (void)state;
    open_one(ONE);
    assert_int_equal(1, c.n);
    assert_true(c.changed);
    assert_int_equal(1, state_serial(c.states[0]));
    assert_int_equal(0, keeper_number(c.k, c.states[0]));
    assert_int_equal(SIZE_MAX, keeper_number(c.k, (void *)&c));
    assert_true(keeper_loaded_all(c.k));
    assert_int_equal(1, keeper_count(c.k));
    /* Written over, and looked at because somebody asks. */
    case_write(&c, "one.tfstate", case_state(2, 100000));
    now = clock_steady_ms() + 1; /* surely after what was loaded first */
    case_want(&c, 0, now);
    assert_true(c.changed);
    assert_int_equal(2, state_serial(c.states[0]));
    assert_int_equal(0, keeper_number(c.k, c.states[0]));
    /* As it was: known by its times once these are not of today. */
    case_age(&c, "one.tfstate");
    case_want(&c, 0, clock_steady_ms() + 1);
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_false(c.changed);
    s = case_status(&c, 0);
    assert_true(s.loads >= 3 && s.unchanged >= 1);
    assert_int_equal(0, s.failures);
    assert_int_equal(2, s.serial);
    assert_int_equal(1, s.resources);
    assert_true(s.loaded && !s.gone && !s.locked);
    assert_true(s.tried_ms >= now && s.good_ms == s.tried_ms);
    assert_memory_equal("one", s.name.p, s.name.n);
    /* An older wish is fulfilled already; one for later is not yet. */
    assert_true(keeper_want(c.k, 0, now));
    assert_false(keeper_want(c.k, 0, clock_steady_ms() + 60000));
    case_end(&c);
}

/* Cut short, then completed within the time a writer may take. */
static void
test_torn(void **state)
{
    struct slice text = case_state(2, 5000);

    (void)state;
    open_one(ONE);
    case_write(&c, "one.tfstate", slice_head(text, 2000));
    assert_false(keeper_want(c.k, 0, clock_steady_ms() + 1));
    usleep(300000);
    assert_int_equal(0, case_status(&c, 0).failures);
    case_write(&c, "one.tfstate", case_state(2, 5000));
    case_want(&c, 0, clock_steady_ms() - 299);
    assert_int_equal(2, state_serial(c.states[0]));
    assert_int_equal(0, case_status(&c, 0).failures);
    /* Empty, as between Terraform's open() and write(), for good. */
    case_write(&c, "one.tfstate", SLICE(""));
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_false(c.changed);
    assert_int_equal(2, state_serial(c.states[0]));
    assert_int_equal(1, case_status(&c, 0).failures);
    assert_true(case_status(&c, 0).loaded);
    assert_non_null(strstr(case_status(&c, 0).failure, "empty"));
    /* What has been broken for long is an error at once. */
    case_write(&c, "one.tfstate", slice_head(text, 2000));
    case_age(&c, "one.tfstate");
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_int_equal(2, case_status(&c, 0).failures);
    assert_non_null(strstr(case_status(&c, 0).failure, "torn"));
    case_end(&c);
}

static void
test_vanish(void **state)
{
    (void)state;
    open_one(ONE);
    assert_int_equal(0, unlink(case_path(&c, "one.tfstate")));
    case_want(&c, 0, clock_steady_ms() + 1);
    /* The last good one stays in use. */
    assert_false(c.changed);
    assert_int_equal(1, c.n);
    assert_true(case_status(&c, 0).gone);
    assert_true(keeper_loaded_all(c.k));
    case_write(&c, "one.tfstate", case_state(7, 0));
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_false(case_status(&c, 0).gone);
    assert_int_equal(0, strlen(case_status(&c, 0).failure));
    assert_int_equal(7, state_serial(c.states[0]));
    case_end(&c);
}

static void
test_lock(void **state)
{
    (void)state;
    open_one(ONE);
    assert_false(case_status(&c, 0).locked);
    case_write(&c, ".one.tfstate.lock.info", SLICE("{}"));
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_true(case_status(&c, 0).locked);
    assert_int_equal(0, unlink(case_path(&c, ".one.tfstate.lock.info")));
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_false(case_status(&c, 0).locked);
    case_end(&c);
}

/* One that cannot be had stops nothing else. */
static void
test_others(void **state)
{
    (void)state;
    open_one(TWO ONE "[state \"three\"]\ntype = local\npath = @\n");
    assert_int_equal(3, keeper_count(c.k));
    assert_int_equal(1, c.n);
    assert_int_equal(1, keeper_number(c.k, c.states[0]));
    assert_false(keeper_loaded_all(c.k));
    assert_true(case_status(&c, 0).gone);
    assert_int_equal(1, case_status(&c, 2).failures);
    assert_false(case_status(&c, 2).gone);
    /* They are adopted in the order of their numbers. */
    case_write(&c, "two.tfstate", case_state(5, 0));
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_int_equal(2, c.n);
    assert_int_equal(5, state_serial(c.states[0]));
    assert_int_equal(1, state_serial(c.states[1]));
    case_end(&c);
}

/* What never works is not tried each time that somebody asks. */
static void
test_hopeless(void **state)
{
    (void)state;
    open_one(ONE TWO);
    for (int i = 0; i < 10; i++)
        case_want(&c, SIZE_MAX, clock_steady_ms() + 1);
    assert_int_equal(3, case_status(&c, 1).failures);
    assert_true(case_status(&c, 0).loads + case_status(&c, 0).unchanged > 9);
    case_end(&c);
}

/* A state that does not fit leaves the last one, and the others, in use. */
static void
test_too_large(void **state)
{
    (void)state;
    case_folder(&c);
    case_write(&c, "one.tfstate", case_state(1, 0));
    case_write(&c, "two.tfstate", case_state(1, 0));
    case_keeper(&c, ONE TWO, 1u << 20);
    case_start(&c);
    case_want(&c, SIZE_MAX, clock_steady_ms());
    assert_int_equal(2, c.n);
    case_write(&c, "one.tfstate", case_state(2, 1000000));
    case_want(&c, SIZE_MAX, clock_steady_ms() + 1);
    assert_int_equal(2, c.n);
    assert_int_equal(1, state_serial(c.states[0]));
    assert_int_equal(1, case_status(&c, 0).failures);
    assert_int_equal(0, case_status(&c, 1).failures);
    case_write(&c, "one.tfstate", case_state(3, 0));
    case_want(&c, 0, clock_steady_ms() + 1);
    assert_int_equal(3, state_serial(c.states[0]));
    case_end(&c);
}

/* By itself it looks when cache_ttl is over, and not before. */
static void
test_pace(void **state)
{
    uint64_t looks;

    (void)state;
    open_one(ONE "cache_ttl = 1s\n" TWO "cache_ttl = 5m\n");
    case_write(&c, "two.tfstate", case_state(1, 0));
    case_want(&c, 1, clock_steady_ms() + 1);
    looks = case_status(&c, 1).loads + case_status(&c, 1).unchanged;
    case_write(&c, "one.tfstate", case_state(9, 0));
    for (int i = 0; i < 40 && case_status(&c, 0).serial != 9; i++)
        usleep(100000);
    assert_int_equal(9, case_status(&c, 0).serial);
    assert_int_equal(looks,
                     case_status(&c, 1).loads + case_status(&c, 1).unchanged);
    case_end(&c);
}

#define WRITES 100

/* Writes over the file again and again, at times half of it first. */
static void *
write_often(void *ctx)
{
    (void)ctx;
    for (unsigned i = 2; i <= WRITES; i++) {
        struct slice text = case_state(i, i * 7919 % 50000);

        if (i % 16 == 0) {
            case_write(&c, "one.tfstate", slice_head(text, text.n / 2));
            usleep(2000);
        }
        case_write(&c, "one.tfstate", text);
        usleep(15000);
    }
    return NULL;
}

/* What is adopted is whole, newer than what was before, and stays readable
 * until the next call, while another thread loads what comes next. */
static void
test_threads(void **state)
{
    uint64_t last = 1, adopted = 0;
    struct state_hits hits;
    struct instance in;
    pthread_t writer;
    char id[32];

    (void)state;
    open_one(ONE);
    assert_int_equal(0, pthread_create(&writer, NULL, write_often, NULL));
    while (last < WRITES) {
        case_want(&c, 0, clock_steady_ms() + 1);
        assert_int_equal(1, c.n);
        assert_true(state_serial(c.states[0]) >= last);
        last = state_serial(c.states[0]);
        snprintf(id, sizeof(id), "i-%u", (unsigned)last);
        state_find(c.states[0], NAME_NONE, slice_str(id), &hits);
        assert_true(state_hit_next(&hits, &in));
        assert_int_equal(0, keeper_number(c.k, c.states[0]));
        adopted += c.changed;
    }
    pthread_join(writer, NULL);
    assert_true(adopted > 3);
    case_end(&c);
}

/* For `check --online`. */
static void
tell_probe(void *ctx, struct slice name, const struct err *e)
{
    struct buf *b = ctx;

    buf_fmt(b, "%.*s:%d ", SLICE_FMT(name), e != NULL ? e->code : 0);
}

static void
test_probe(void **state)
{
    char mem[256], want[64];
    struct buf b = buf_over(mem, sizeof(mem));

    (void)state;
    case_folder(&c);
    case_write(&c, "one.tfstate", case_state(1, 0));
    case_keeper(&c, TWO ONE, MEMORY);
    keeper_probe(c.k, clock_steady_ms() + 5000, tell_probe, &b);
    snprintf(want, sizeof(want), "two:%d one:0 ", ERR_IO);
    assert_int_equal(strlen(want), b.n);
    assert_memory_equal(want, b.p, b.n);
    assert_int_equal(0, c.k->region.used);
    case_end(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_change),  cmocka_unit_test(test_torn),
        cmocka_unit_test(test_vanish),  cmocka_unit_test(test_lock),
        cmocka_unit_test(test_others),  cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_pace),    cmocka_unit_test(test_hopeless),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_probe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
