/* States that a listing finds: they come, go, and come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* No network here: the keeper gets these instead. */
#define aws_client_open test_client_open
#define aws_client_close test_client_close
#define aws_client_stop test_client_stop
#define aws_client_rest test_client_rest
#define backend_s3 test_backend_s3

#include "agent/keeper.c"
#include "agent/keeper_open.c"
#include "base/stream.h"
#include "tests/unit/agent/keeper_case.h"

#define SECTION(name) \
    "[state \"" name "\"]\ntype = s3\nbucket = b\nregion = eu-west-1\n"
#define ALL SECTION("all") "key = p/*/s\n"
#define MEMORY (24u << 20)
#define OBJECTS 6

/* A store: key i is there when its serial is not 0.  Inside of the case's
 * gate, for the test changes it while the keeper reads. */
static struct store {
    const char *key[OBJECTS];
    unsigned serial[OBJECTS];
    bool denied; /* listing is */
    unsigned looks, lists;
} store;

static struct keeper_case c;

static void
mark_of(unsigned i, char mark[16], size_t *n)
{
    *n = (size_t)snprintf(mark, 16, "\"%u\"", store.serial[i]);
}

static int
store_list(struct backend *b, struct slice pattern, int64_t deadline_ms,
           struct arena *scratch,
           int (*each)(void *ctx, const struct backend_key *key, struct err *e),
           void *ctx, struct err *e)
{
    struct store now;
    char mark[16];
    size_t n;
    int rc = 0;

    (void)b;
    (void)deadline_ms;
    assert_true(scratch->size > 0);
    assert_int_equal(0, memcmp(pattern.p, "p/*/s", pattern.n));
    gate_enter(&c.gate);
    now = store;
    store.lists++;
    gate_leave(&c.gate);
    if (now.denied)
        return err_set(e, ERR_DENIED, "denied");
    for (unsigned i = 0; i < OBJECTS && rc == 0; i++)
        if (now.key[i] != NULL && now.serial[i] != 0) {
            n = (size_t)snprintf(mark, 16, "\"%u\"", now.serial[i]);
            rc = each(
                ctx,
                &(struct backend_key){slice_str(now.key[i]), slice_of(mark, n)},
                e);
        }
    return rc;
}

static int
store_look(struct backend *b, struct backend_look *l, struct err *e)
{
    struct stream_mem m = {SLICE("")};
    struct stream in;
    char mark[16];
    size_t n = 0;
    int rc = 0;

    (void)b;
    l->state = NULL;
    l->gone = true;
    gate_enter(&c.gate);
    store.looks++;
    for (unsigned i = 0; i < OBJECTS; i++)
        if (store.key[i] != NULL && store.serial[i] != 0 &&
            slice_eq(l->key, slice_str(store.key[i]))) {
            l->gone = false;
            mark_of(i, mark, &n);
            if (slice_eq(slice_of(l->mark.text, l->mark.n), slice_of(mark, n)))
                break;
            m.left = case_state(store.serial[i], 300);
            in = stream_mem(&m);
            rc = state_load(&l->state, l->maps, &in, l->name, l->key, l->keep,
                            l->scratch, e);
            memcpy(l->mark.text, mark, n);
            l->mark.n = (uint8_t)n;
        }
    gate_leave(&c.gate);
    return l->gone ? err_set(e, ERR_REMOTE, "gone") : rc;
}

static void
store_put(unsigned i, const char *key, unsigned serial)
{
    gate_enter(&c.gate);
    store.key[i] = key;
    store.serial[i] = serial;
    gate_leave(&c.gate);
}

int
test_client_open(struct aws_client **client, const struct aws *aws,
                 const struct aws_identity *who, struct arena *arena,
                 struct err *e)
{
    (void)aws;
    (void)arena;
    (void)e;
    assert_int_equal(0, who->role_arn.n);
    *client = NULL;
    return 0;
}

void
test_client_close(struct aws_client *client)
{
    (void)client;
}

void
test_client_stop(struct aws_client *client)
{
    (void)client;
}

void
test_client_rest(struct aws_client *client)
{
    (void)client;
}

void
test_backend_s3(struct backend *b, const struct backend_s3 *o)
{
    *b = (struct backend){
        .look = store_look, .list = store_list, .locks = o->lockfile};
}

static void
open_store(const char *text)
{
    case_folder(&c);
    case_keeper(&c, text, MEMORY);
    memset(&store, 0, sizeof(store));
    store_put(0, "p/a/s", 1);
    store_put(1, "p/b/s", 1);
}

static void
start_store(const char *text)
{
    open_store(text);
    case_start(&c);
    case_want(&c, SIZE_MAX, clock_steady_ms());
}

/* Names of what is adopted, with serials. */
static const char *
adopted(void)
{
    static char mem[512];
    struct buf b = buf_over(mem, sizeof(mem) - 1);

    for (size_t i = 0; i < c.n; i++)
        buf_fmt(&b, "%.*s=%u ", SLICE_FMT(state_name(c.states[i])),
                (unsigned)state_serial(c.states[i]));
    mem[b.n] = '\0';
    return mem;
}

static void
want_all(const char *want)
{
    case_want(&c, SIZE_MAX, clock_steady_ms() + 1);
    assert_string_equal(want, adopted());
}

static void
test_come_and_go(void **state)
{
    (void)state;
    start_store(ALL);
    assert_string_equal("all/p/a/s=1 all/p/b/s=1 ", adopted());
    assert_true(keeper_tried_all(c.k) && keeper_loaded_all(c.k));
    /* One comes, one changes. */
    store_put(2, "p/c/s", 5);
    store_put(0, "p/a/s", 2);
    want_all("all/p/a/s=2 all/p/b/s=1 all/p/c/s=5 ");
    /* One goes, and stays away. */
    store_put(1, "p/b/s", 0);
    want_all("all/p/a/s=2 all/p/c/s=5 ");
    assert_true(case_status(&c, 1).gone && !case_status(&c, 1).loaded);
    assert_true(keeper_loaded_all(c.k));
    want_all("all/p/a/s=2 all/p/c/s=5 ");
    assert_false(c.changed);
    /* It comes back under its number. */
    store_put(1, "p/b/s", 9);
    want_all("all/p/a/s=2 all/p/b/s=9 all/p/c/s=5 ");
    assert_int_equal(1, keeper_number(c.k, c.states[1]));
    assert_false(case_status(&c, 1).gone);
    assert_int_equal(3, keeper_count(c.k));
    case_end(&c);
}

/* What is as it was is not asked for one by one, unless locks count. */
static void
test_spared(void **state)
{
    unsigned looks;

    (void)state;
    start_store(ALL);
    looks = store.looks;
    assert_int_equal(2, looks);
    want_all("all/p/a/s=1 all/p/b/s=1 ");
    assert_int_equal(looks, store.looks);
    assert_true(case_status(&c, 0).unchanged >= 1);
    store_put(0, "p/a/s", 2);
    want_all("all/p/a/s=2 all/p/b/s=1 ");
    assert_int_equal(looks + 1, store.looks);
    /* One alone can be asked for, too. */
    case_want(&c, 1, clock_steady_ms() + 1);
    assert_int_equal(looks + 2, store.looks);
    case_end(&c);

    start_store(ALL "lockfile = on\n");
    looks = store.looks;
    want_all("all/p/a/s=1 all/p/b/s=1 ");
    assert_int_equal(looks + 2, store.looks);
    case_end(&c);
}

/* By itself: listing, and a look at what has changed. */
static void
test_pace(void **state)
{
    unsigned looks;

    (void)state;
    start_store(ALL "cache_ttl = 1s\nlockfile = on\n");
    looks = store.looks;
    store_put(0, "p/a/s", 2);
    for (int i = 0; i < 60 && case_status(&c, 0).serial != 2; i++)
        usleep(50000);
    assert_int_equal(2, case_status(&c, 0).serial);
    for (int i = 0; i < 60 && case_status(&c, 1).unchanged < 2; i++)
        usleep(50000);
    assert_true(case_status(&c, 1).unchanged >= 2);
    assert_true(store.lists >= 3);
    assert_int_equal(looks + 1, store.looks);
    case_end(&c);
}

/* A listing that fails changes nothing; states are still looked at. */
static void
test_denied(void **state)
{
    (void)state;
    start_store(ALL);
    gate_enter(&c.gate);
    store.denied = true;
    gate_leave(&c.gate);
    store_put(0, "p/a/s", 0);
    store_put(1, "p/b/s", 2);
    want_all("all/p/a/s=1 all/p/b/s=2 ");
    assert_false(case_status(&c, 0).gone);
    assert_int_equal(1, case_status(&c, 0).failures);
    gate_enter(&c.gate);
    store.denied = false;
    gate_leave(&c.gate);
    want_all("all/p/b/s=2 ");
    assert_true(case_status(&c, 0).gone);
    case_end(&c);

    /* Nor does one that never worked hold back the other states. */
    open_store(ALL);
    store.denied = true;
    case_start(&c);
    want_all("");
    assert_true(keeper_tried_all(c.k));
    assert_false(keeper_loaded_all(c.k));
    case_end(&c);
}

/* Names are one section's and key's, and none is there twice or too long. */
static void
test_names(void **state)
{
    static char key[600];

    (void)state;
    open_store(ALL SECTION("all/p") "key = p/*/s\n");
    memset(key, 'k', sizeof(key) - 1);
    store_put(0, "p/a/s", 1);
    store_put(1, key, 1);
    store_put(2, "a/s", 1);
    store_put(3, "p/p/a/s", 1);
    case_start(&c);
    case_want(&c, SIZE_MAX, clock_steady_ms());
    assert_int_equal(8, c.n);
    for (size_t i = 0; i < 8; i++) {
        struct slice name = case_status(&c, i).name;

        assert_true(name.n > 0 && name.n <= KEEPER_NAME_MAX_BYTES);
        assert_true(slice_eq(name, state_name(c.states[i])));
        for (size_t j = 0; j < i; j++)
            assert_false(slice_eq(name, case_status(&c, j).name));
    }
    case_end(&c);
}

/* More states than there is room for: the first ones are kept. */
static void
test_crowd(void **state)
{
    (void)state;
    open_store(ALL);
    c.k->max = 1;
    case_start(&c);
    want_all("all/p/a/s=1 ");
    store_put(0, "p/a/s", 2);
    want_all("all/p/a/s=2 ");
    case_end(&c);
}

static void
tell_probe(void *ctx, struct slice name, const struct err *e)
{
    buf_fmt(ctx, "%.*s:%d ", SLICE_FMT(name), e != NULL ? e->code : 0);
}

static void
test_probe(void **state)
{
    char mem[256] = "", want[256];
    struct buf b = buf_over(mem, sizeof(mem) - 1);

    (void)state;
    open_store(ALL SECTION("x") "key = p/*/s\n");
    keeper_probe(c.k, clock_steady_ms() + 5000, tell_probe, &b);
    assert_string_equal("all/p/a/s:0 all/p/b/s:0 x/p/a/s:0 x/p/b/s:0 ", mem);
    case_end(&c);
    memset(mem, 0, sizeof(mem));
    b.n = 0;
    open_store(ALL);
    store_put(0, "p/a/s", 0);
    store_put(1, "p/a/s", 0);
    keeper_probe(c.k, clock_steady_ms() + 5000, tell_probe, &b);
    snprintf(want, sizeof(want), "all:%d ", ERR_REMOTE);
    assert_string_equal(want, mem);
    case_end(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_come_and_go), cmocka_unit_test(test_spared),
        cmocka_unit_test(test_pace),        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_names),       cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_probe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
