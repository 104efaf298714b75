/* Looks at objects, against a made-up S3 and DynamoDB: what is asked in which
 * order, and what becomes of the answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define s3_get test_s3_get
#define s3_head test_s3_head
#define s3_list test_s3_list
#define dynamodb_lock test_dynamodb_lock
#include "state/backend_s3.c"

#define STATE(serial)                                   \
    "{\"version\":4,\"serial\":" serial ",\"lineage\":" \
    "\"l\",\"resources\":[]}"

/* What the services hold, and what was asked of them: L lock item, D digest,
 * H lock file, G object, W whether it is there. */
static struct world {
    const char *body, *etag, *digest;
    size_t cut; /* the body breaks off there; 0: never */
    bool item, lockfile;
    int table_rc, head_rc, get_rc, wary_rc;
    struct buf asked;
    struct stream_mem mem;
    size_t sent;
} world;

static char asked_mem[64], keep_mem[1u << 20], scratch_mem[8u << 20];
static struct arena keep, scratch;
static struct maps maps;

static int
answer(int rc, struct err *e)
{
    return rc == 0 ? 0 : err_set(e, rc, "error %d", rc);
}

int
test_dynamodb_lock(struct aws_client *c, const struct dynamodb_table *t,
                   struct slice lock_id, int64_t deadline_ms,
                   struct arena *arena, struct dynamodb_item *item,
                   struct err *e)
{
    (void)c;
    (void)deadline_ms;
    assert_non_null(arena_bytes(arena, 100));
    assert_true(slice_eq(t->name, SLICE("locks")));
    assert_true(slice_eq(t->region, SLICE("eu-west-1")));
    *item = (struct dynamodb_item){0};
    if (slice_eq(lock_id, SLICE("b/a/k"))) {
        buf_byte(&world.asked, 'L');
        item->found = world.item;
    } else {
        assert_true(slice_eq(lock_id, SLICE("b/a/k-md5")));
        buf_byte(&world.asked, 'D');
        item->found = world.digest != NULL;
        if (item->found)
            item->digest = slice_str(world.digest);
    }
    return answer(world.table_rc, e);
}

int
test_s3_head(struct aws_client *c, struct s3_bucket *b, struct slice key,
             int64_t deadline_ms, struct s3_object *o, struct err *e)
{
    (void)c;
    (void)b;
    (void)o;
    assert_int_equal(5, deadline_ms);
    if (slice_eq(key, SLICE("a/k"))) {
        buf_byte(&world.asked, 'W');
        return answer(world.wary_rc, e);
    }
    assert_true(slice_eq(key, SLICE("a/k.tflock")));
    buf_byte(&world.asked, 'H');
    if (world.head_rc < 0)
        return answer(world.head_rc, e);
    return world.lockfile ? S3_FOUND : S3_ABSENT;
}

/* Seven bytes at a time. */
static ssize_t
body_read(void *ctx, char *p, size_t n, struct err *e)
{
    size_t left = strlen(world.body) - world.sent;

    (void)ctx;
    n = n < 7 ? n : 7;
    n = n < left ? n : left;
    if (world.cut > 0 && world.sent + n > world.cut)
        return err_set(e, ERR_MORE, "the body breaks off");
    memcpy(p, world.body + world.sent, n);
    world.sent += n;
    return (ssize_t)n;
}

int
test_s3_get(struct aws_client *c, struct s3_bucket *b, struct slice key,
            struct slice etag, int64_t answer_ms, int64_t deadline_ms,
            struct s3_object *o, struct err *e)
{
    (void)c;
    assert_true(answer_ms <= deadline_ms);
    assert_int_equal(9, deadline_ms);
    assert_true(slice_eq(b->name, SLICE("b")));
    assert_true(slice_eq(key, SLICE("a/k")));
    buf_byte(&world.asked, 'G');
    memset(o, 0, sizeof(*o));
    if (world.get_rc < 0)
        return answer(world.get_rc, e);
    if (world.body == NULL)
        return S3_ABSENT;
    if (slice_eq(etag, slice_str(world.etag)))
        return S3_UNCHANGED;
    o->etag_n = strlen(world.etag);
    memcpy(o->etag_text, world.etag, o->etag_n);
    world.sent = 0;
    o->body = (struct stream){.read = body_read};
    return S3_FOUND;
}

static const struct s3_entry entries[] = {
    {SLICE_INIT("p/a/s"), SLICE_INIT("\"1\""), 1, 0},
    {SLICE_INIT("p/a/s.tflock"), SLICE_INIT("\"2\""), 1, 0},
    {SLICE_INIT("p/a/s.backup"), SLICE_INIT("\"3\""), 1, 0},
    {SLICE_INIT("p/b/"), SLICE_INIT("\"4\""), 0, 0},
    {SLICE_INIT("p/b/s"), SLICE_INIT("\"5\""), 1, 0},
};

int64_t
test_s3_list(struct aws_client *c, struct s3_bucket *b, struct slice prefix,
             int64_t deadline_ms, struct arena *arena,
             int (*each)(void *ctx, const struct s3_entry *entry,
                         struct err *e),
             void *ctx, struct err *e)
{
    (void)c;
    (void)b;
    (void)deadline_ms;
    (void)arena;
    assert_true(slice_eq(prefix, SLICE("p/")));
    for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
        int rc = each(ctx, &entries[i], e);

        if (rc < 0)
            return rc;
    }
    return sizeof(entries) / sizeof(*entries);
}

static struct backend
open_backend(bool table, bool file)
{
    struct backend b;

    backend_s3(&b, &(struct backend_s3){.bucket = SLICE("b"),
                                        .region = SLICE("eu-west-1"),
                                        .lock_table =
                                            table ? SLICE("locks") : SLICE(""),
                                        .lockfile = file});
    assert_int_equal(table || file, b.locks);
    return b;
}

/* MD5 of STATE("1"), by md5sum(1). */
#define MD5_OF_1 "d652af85fad4a20c469bfe775d529377"

static const struct row {
    const char *what;
    struct world world;
    const char *mark; /* what is known */
    bool table, file, wary;
    int rc, told; /* told: e->code */
    const char *asked;
    bool loads, locked, gone;
    int64_t patience_ms;
} rows[] = {
    {.what = "plain", .asked = "G", .loads = true},
    {.what = "as it was", .mark = "\"e\"", .asked = "G"},
    {.what = "another", .mark = "\"d\"", .asked = "G", .loads = true},
    {.what = "no locks",
     .table = true,
     .file = true,
     .asked = "LHGD",
     .loads = true},
    {.what = "locks, as it was",
     .table = true,
     .file = true,
     .mark = "\"e\"",
     .asked = "LHG"},
    {.what = "lock item",
     .world = {.item = true},
     .table = true,
     .asked = "LGD",
     .loads = true,
     .locked = true},
    {.what = "lock file",
     .world = {.lockfile = true},
     .file = true,
     .asked = "HG",
     .loads = true,
     .locked = true},
    {.what = "digest",
     .world = {.digest = MD5_OF_1},
     .table = true,
     .asked = "LGD",
     .loads = true},
    {.what = "empty digest",
     .world = {.digest = ""},
     .table = true,
     .asked = "LGD",
     .loads = true},
    {.what = "another digest",
     .world = {.digest = "00000000000000000000000000000000"},
     .table = true,
     .asked = "LGD",
     .rc = ERR_FOREIGN,
     .told = ERR_FOREIGN,
     .patience_ms = 10000},
    {.what = "no right to the table",
     .world = {.table_rc = ERR_DENIED, .lockfile = true},
     .table = true,
     .file = true,
     .asked = "LHGD",
     .told = ERR_DENIED,
     .loads = true,
     .locked = true},
    {.what = "no such table",
     .world = {.table_rc = ERR_REMOTE},
     .table = true,
     .file = true,
     .rc = ERR_REMOTE,
     .told = ERR_REMOTE,
     .asked = "L"},
    {.what = "no right to the lock file",
     .world = {.head_rc = ERR_DENIED},
     .file = true,
     .told = ERR_DENIED,
     .asked = "HG",
     .loads = true},
    {.what = "no answer about the lock file",
     .world = {.head_rc = ERR_TIMEOUT},
     .file = true,
     .rc = ERR_TIMEOUT,
     .told = ERR_TIMEOUT,
     .asked = "H"},
    {.what = "wary", .file = true, .wary = true, .asked = "WHG", .loads = true},
    {.what = "wary of what gives no answer",
     .world = {.wary_rc = ERR_TIMEOUT},
     .file = true,
     .wary = true,
     .asked = "W",
     .rc = ERR_TIMEOUT,
     .told = ERR_TIMEOUT},
    {.what = "no right",
     .world = {.get_rc = ERR_DENIED},
     .asked = "G",
     .rc = ERR_DENIED,
     .told = ERR_DENIED},
    {.what = "broken off",
     .world = {.cut = 20},
     .asked = "G",
     .rc = ERR_MORE,
     .told = ERR_MORE,
     .patience_ms = 3000},
    {.what = "foreign",
     .world = {.body = "{\"version\":3,\"serial\":1}"},
     .asked = "G",
     .rc = ERR_FOREIGN,
     .told = ERR_FOREIGN},
};

static void
try_row(const struct row *r, const char *body)
{
    struct backend b = open_backend(r->table, r->file);
    struct backend_look l = {.key = SLICE("a/k"),
                             .name = SLICE("net"),
                             .maps = &maps,
                             .keep = &keep,
                             .answer_ms = 5,
                             .deadline_ms = 9,
                             .wary = r->wary,
                             .scratch = &scratch};
    struct err e = {.code = ERR_SYNTAX};
    int rc;

    world = r->world;
    world.asked = buf_over(asked_mem, sizeof(asked_mem));
    world.etag = "\"e\"";
    if (world.body == NULL)
        world.body = body;
    if (r->mark != NULL) {
        l.mark.n = (uint8_t)strlen(r->mark);
        memcpy(l.mark.text, r->mark, l.mark.n);
    }
    arena_init(&keep, keep_mem, sizeof(keep_mem));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    rc = s3_look(&b, &l, &e);
    if (rc != r->rc || e.code != r->told || l.locked != r->locked ||
        l.gone != r->gone || (l.state != NULL) != r->loads ||
        l.patience_ms != r->patience_ms ||
        !slice_eq(buf_slice(&world.asked), slice_str(r->asked)))
        fail_msg("%s: %d %s, asked %.*s", r->what, rc,
                 e.code != 0 ? e.text : "", SLICE_FMT(buf_slice(&world.asked)));
    assert_int_equal(0, scratch.used);
    assert_true(r->loads || keep.used == 0);
    if (r->loads)
        assert_memory_equal("\"e\"", l.mark.text, 3);
    if (r->rc == ERR_FOREIGN)
        assert_non_null(strstr(e.text, "s3://b/a/k: "));
}

static void
test_looks(void **state)
{
    (void)state;
    maps_init(&maps);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        try_row(&rows[i], STATE("1"));
    try_row(&(struct row){.what = "gone",
                          .asked = "G",
                          .mark = "\"e\"",
                          .rc = ERR_REMOTE,
                          .told = ERR_REMOTE,
                          .gone = true},
            NULL);
}

/* Gathers "key mark " of what is listed. */
static int
gather(void *ctx, const struct backend_key *key, struct err *e)
{
    struct buf *b = ctx;

    if (b->n > 0 && b->p[0] == '!')
        return err_set(e, ERR_LIMIT, "enough");
    buf_put(b, key->key);
    buf_put(b, key->mark);
    return 0;
}

static void
test_list(void **state)
{
    struct backend b = open_backend(false, false);
    char mem[256];
    struct buf out = buf_over(mem, sizeof(mem));
    struct err e;

    (void)state;
    assert_int_equal(0,
                     b.list(&b, SLICE("p/**"), 0, &scratch, gather, &out, &e));
    assert_true(slice_eq(buf_slice(&out), SLICE("p/a/s\"1\"p/b/s\"5\"")));
    out.n = 0;
    assert_int_equal(0,
                     b.list(&b, SLICE("p/*/s"), 0, &scratch, gather, &out, &e));
    assert_true(slice_eq(buf_slice(&out), SLICE("p/a/s\"1\"p/b/s\"5\"")));
    mem[0] = '!';
    out.n = 1;
    assert_int_equal(ERR_LIMIT,
                     b.list(&b, SLICE("p/**"), 0, &scratch, gather, &out, &e));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
