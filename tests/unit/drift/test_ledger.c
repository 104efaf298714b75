/*
 * Open drifts and what closes them: short stories of a resource called "r"
 * (or another), told step by step.
 */
#include "drift/ledger.h"
#include "ledger_steps.h"
#include "packed.h"

#define STATE SLICE("s")

/* A change of a row. */
struct made {
    struct record_change change;
    struct change from;
};

static struct made made[8];
static size_t n_made;
static const char *now = ""; /* when what is told happens */
static char told[4096];

static void
make_change(const struct step *s)
{
    struct made *m = &made[n_made++];

    m->from = (struct change){
        .kind = s->op == SET      ? CHANGE_SET
                : s->op == BLOCKS ? CHANGE_BLOCKS
                                  : CHANGE_VALUE,
        .path = slice_str(s->path),
        .old_value = packed(s->old),
        .new_value = packed(s->now),
    };
    m->change = (struct record_change){
        .path = m->from.path,
        .old_json = quoted(s->old),
        .new_json = quoted(s->now),
        .from = &m->from,
    };
}

static void
open_record(struct ledger *l, const struct step *s)
{
    struct record_change list[8];
    struct record r = {.id = slice_str(s->id),
                       .state = STATE,
                       .address = SLICE("r"),
                       .timestamp = slice_str(now),
                       .detail = true,
                       .action =
                           s->op == DELETE ? ACTION_DELETE : ACTION_UPDATE,
                       .changes = {list, n_made}};

    for (size_t i = 0; i < n_made; i++)
        list[i] = made[i].change;
    ledger_open(l, &r, &packed_maps.names, &packed_scratch);
    n_made = 0;
}

static void
put_plain(struct buf *b, struct slice s)
{
    buf_byte(b, ' ');
    for (size_t i = 0; i < s.n; i++)
        buf_byte(b, s.p[i] == '"' ? '\'' : (unsigned char)s.p[i]);
}

/* Gives a finding to the ledger; what that closes, as one line. */
static struct slice
apply(struct ledger *l, const struct step *s)
{
    struct settled settled = {slice_str(s->path), packed(s->now)};
    struct finding f = {.settled = &settled,
                        .n_settled = s->op == SETTLE,
                        .creates = s->op != SETTLE,
                        .verdict =
                            s->op == DIFFER ? VERDICT_DRIFT : VERDICT_NONE};
    struct buf b = buf_over(told, sizeof(told));
    struct ledger_closed c;
    size_t n = ledger_apply(l, &packed_maps.names, STATE, SLICE("r"),
                            slice_str(now), &f);

    while (ledger_take(l, STATE, SLICE("r"), &packed_arena, &c)) {
        buf_put(&b, c.id);
        if (c.was_deleted)
            buf_put(&b, SLICE(" deleted"));
        for (size_t i = 0; i < c.changes.n; i++) {
            put_plain(&b, c.changes.list[i].path);
            put_plain(&b, c.changes.list[i].old_json);
            put_plain(&b, c.changes.list[i].new_json);
        }
        buf_put(&b, SLICE("; "));
        n--;
    }
    assert_int_equal(n, 0);
    return buf_slice(&b);
}

static void
stories(void **state)
{
    const char *story = "";
    struct ledger l;

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        const struct step *s = &steps[i];
        struct slice closed = {"", 0};

        if (s->op == BEGIN) {
            story = s->path;
            now = "2025-12-06T07:30:00Z";
            packed_init();
            assert_int_equal(ledger_init(&l, &packed_arena, 8, 4096), 0);
        } else if (s->op == AT) {
            now = s->path;
        } else if (s->op == OPEN || s->op == CLOSED) {
            if (ledger_is_open(&l, STATE, slice_str(s->id)) != (s->op == OPEN))
                fail_msg("%s: step %zu", story, i);
        } else if (s->op <= DELETE) {
            if (s->op != DELETE)
                make_change(s);
            if (s->op != JOIN)
                open_record(&l, s);
        } else {
            closed = apply(&l, s);
        }
        if (!slice_eq(closed, slice_str(s->want)))
            fail_msg("%s: step %zu closes \"%.*s\", not \"%s\"", story, i,
                     SLICE_FMT(closed), s->want);
    }
}

/* A record with n bytes of value, of resource number r. */
static void
open_sized(struct ledger *l, int number, size_t n)
{
    static char value[LEDGER_DRIFT_MAX_BYTES];
    char address[16], id[16];
    struct change from = {.path = SLICE("x")};
    struct record_change change = {
        .path = SLICE("x"), .new_json = {value, n}, .from = &from};
    struct record r = {.state = STATE, .detail = true, .changes = {&change, 1}};

    memset(value, 'v', sizeof(value));
    snprintf(address, sizeof(address), "r%d", number);
    snprintf(id, sizeof(id), "id%d", number);
    r.address = slice_str(address);
    r.id = slice_str(id);
    ledger_open(l, &r, &packed_maps.names, &packed_scratch);
}

static bool
is_kept(const struct ledger *l, int number)
{
    char address[16];

    snprintf(address, sizeof(address), "r%d", number);
    return ledger_is_open(l, STATE, slice_str(address));
}

/* The last ones stay, in numbers and in bytes; the others are counted. */
static void
full(void **state)
{
    struct ledger l;
    int first;

    (void)state;
    packed_init();
    assert_int_equal(ledger_init(&l, &packed_arena, 5, 1 << 20), 0);
    for (int i = 0; i < 100; i++) {
        open_sized(&l, i, 10);
        for (int k = 0; k <= i; k++)
            assert_int_equal(is_kept(&l, k), k > i - 5);
    }
    assert_int_equal(l.forgotten, 95);

    assert_int_equal(ledger_init(&l, &packed_arena, 1000, 10000), 0);
    for (int i = 0; i < 1000; i++) {
        open_sized(&l, i, (size_t)(i * 37 % 900));
        assert_true(is_kept(&l, i));
        for (first = 0; !is_kept(&l, first);)
            first++;
        for (int k = first; k <= i; k++)
            assert_true(is_kept(&l, k));
        assert_int_equal(l.forgotten, first);
        assert_true(i < 100 || i - first >= 8); /* no fewer than need be */
    }
    open_sized(&l, 5000, 20000); /* longer than all there is */
    assert_false(is_kept(&l, 5000));
    assert_true(is_kept(&l, 999));
    open_sized(&l, 5001, 9930);
    assert_true(is_kept(&l, 5001));
    assert_false(is_kept(&l, 999));

    /* Longer than what a checkpoint can keep. */
    assert_int_equal(ledger_init(&l, &packed_arena, 10, 1 << 20), 0);
    open_sized(&l, 1, LEDGER_DRIFT_MAX_BYTES);
    assert_false(is_kept(&l, 1));
    open_sized(&l, 2, LEDGER_DRIFT_MAX_BYTES - 200);
    assert_true(is_kept(&l, 2));
}

/* Drift and back, for ever: nothing is forgotten, nothing grows. */
static void
back_and_forth(void **state)
{
    const struct step opens = {VALUE, "a:0", "x", "1", "2", ""};
    const struct step settles = {SETTLE, "", "x", NULL, NULL, ""};
    struct ledger l;

    (void)state;
    packed_init();
    assert_int_equal(ledger_init(&l, &packed_arena, 4, 512), 0);
    for (int i = 0; i < 1000; i++) {
        size_t mark = arena_mark(&packed_arena);

        make_change(&opens);
        open_record(&l, &opens);
        assert_true(ledger_is_open(&l, STATE, SLICE("r")));
        assert_true(slice_eq(apply(&l, &settles), SLICE("a:0 x 2 1; ")));
        assert_false(ledger_is_open(&l, STATE, SLICE("r")));
        arena_reset(&packed_arena, mark);
    }
    assert_int_equal(l.forgotten, 0);
    assert_int_equal(l.live, 0);
}

/* What cannot be seen to end is not kept. */
static void
not_kept(void **state)
{
    struct change from = {.path = SLICE("x")};
    struct record_change change = {.path = SLICE("x"), .from = &from};
    struct record_changes one = {&change, 1};
    const struct record records[] = {
        {.detail = false, .changes = one},
        {.detail = true, .changes = one, .more = 1},
        {.detail = true},
        {.detail = true, .changes = one, .kind = RECORD_UNMANAGED},
        {.detail = true, .changes = one, .kind = RECORD_RESOLVED},
    };
    struct ledger l;

    (void)state;
    packed_init();
    assert_int_equal(ledger_init(&l, &packed_arena, 4, 4096), 0);
    for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
        ledger_open(&l, &records[i], &packed_maps.names, &packed_scratch);
        assert_int_equal(l.live, 0);
    }
}

/* Of a secret set no hash is kept; it is settled as a whole. */
static void
secrets(void **state)
{
    const struct step opens = {SET, "a:0", "x", "['1']", "['2']", ""};
    const struct step part = {SETTLE, "", "x", NULL, "'2'", ""};
    const struct step other = {SETTLE, "", "x", NULL, "'1'", ""};
    const struct step whole = {SETTLE, "", "x", NULL, NULL, ""};
    struct ledger l;

    (void)state;
    packed_init();
    assert_int_equal(ledger_init(&l, &packed_arena, 4, 4096), 0);
    make_change(&opens);
    made[0].from.traits = MAP_SENSITIVE;
    open_record(&l, &opens);
    assert_int_equal(apply(&l, &part).n + apply(&l, &other).n, 0);
    assert_true(apply(&l, &whole).n > 0);
}

/* The hashes of members are made under the ledger's own key, which goes with
 * the drift when it is kept elsewhere. */
static void
moved(void **state)
{
    const struct step opens = {SET, "a:0", "x", "['1']", "['2']", ""};
    const struct step back[] = {{SETTLE, "", "x", NULL, "'1'", ""},
                                {SETTLE, "", "x", NULL, "'2'", ""}};
    struct ledger_saved saved[2];
    struct ledger l[2], other;

    (void)state;
    packed_init();
    assert_int_equal(ledger_init(&other, &packed_arena, 4, 4096), 0);
    for (size_t i = 0; i < 2; i++) {
        size_t at = 0;

        assert_int_equal(ledger_init(&l[i], &packed_arena, 4, 4096), 0);
        make_change(&opens);
        open_record(&l[i], &opens);
        assert_true(ledger_next(&l[i], &at, false, &saved[i]));
    }
    assert_int_equal(saved[0].text.n, saved[1].text.n);
    assert_false(slice_eq(saved[0].text, saved[1].text));
    assert_true(ledger_restore(&other, &saved[0]));
    assert_int_equal(apply(&other, &back[0]).n, 0);
    assert_true(apply(&other, &back[1]).n > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories),        cmocka_unit_test(full),
        cmocka_unit_test(back_and_forth), cmocka_unit_test(not_kept),
        cmocka_unit_test(secrets),        cmocka_unit_test(moved),
    };

    packed_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
