#include <string.h>

#include "aws/md5.h"
#include "base/stream.h"
#include "base/text.h"
#include "state/backend.h"
#include "state/keyglob.h"

/* Terraform writes the object first and its digest then; its own reader
 * waits as long: internal/backend/remote-state/s3/client.go,
 * consistencyRetryTimeout. */
#define DIGEST_MS 10000
#define BROKEN_OFF_MS 3000 /* a body may break off; then ask again */
#define SCHEME "s3://"
#define PLACE_MAX_BYTES (S3_BUCKET_MAX_BYTES + 1 + S3_KEY_MAX_BYTES + 4)

/* Keys that are no states, by their ends: locks, and the copies that
 * people make with Terraform's own names. */
static const struct slice others[] = {SLICE_INIT(".tflock"),
                                      SLICE_INIT(".backup"), SLICE_INIT("/")};

/* Bytes on their way, and their MD5. */
struct digested {
    struct stream *in;
    struct md5 md5;
};

static ssize_t
digested_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct digested *d = ctx;
    ssize_t got = stream_read(d->in, p, n, e);

    if (got > 0)
        md5_put(&d->md5, slice_of(p, (size_t)got));
    return got;
}

/* Puts "bucket/key" and a tail into mem; p is NULL when it does not fit. */
static struct slice
place_of(const struct backend *b, struct slice key, struct slice tail,
         char mem[PLACE_MAX_BYTES])
{
    struct buf out = buf_over(mem, PLACE_MAX_BYTES);

    buf_put(&out, b->bucket.name);
    buf_byte(&out, '/');
    buf_put(&out, key);
    buf_put(&out, tail);
    return out.full ? slice_of(NULL, 0) : buf_slice(&out);
}

/* Whether the lock table has a lock of this state. */
static int
table_locked(struct backend *b, struct backend_look *l, struct err *e)
{
    size_t used = arena_mark(l->scratch);
    char mem[PLACE_MAX_BYTES];
    struct dynamodb_item item = {0};
    int rc = dynamodb_lock(b->table, &b->lock_table,
                           place_of(b, l->key, SLICE(""), mem), l->answer_ms,
                           l->scratch, &item, e);

    l->locked |= rc == 0 && item.found;
    arena_reset(l->scratch, used);
    return rc;
}

/* Whether KEY.tflock is there. */
static int
file_locked(struct backend *b, struct backend_look *l, struct err *e)
{
    char mem[S3_KEY_MAX_BYTES + 8];
    struct buf key = buf_over(mem, sizeof(mem));
    struct s3_object o;
    int rc;

    buf_put(&key, l->key);
    buf_put(&key, SLICE(".tflock"));
    rc = s3_head(b->objects, &b->bucket, buf_slice(&key), l->answer_ms, &o, e);
    l->locked |= rc == S3_FOUND;
    return rc < 0 ? rc : 0;
}

/*
 * Looks for locks.  One that may not be read is told, but a state without
 * word of its lock is better than no state; what fails otherwise may work
 * the next time, and until then the last good state stays.
 */
static int
look_locks(struct backend *b, struct backend_look *l, struct err *e)
{
    struct err why = {0};
    int rc = 0;

    if (b->lock_table.name.n > 0 && (rc = table_locked(b, l, &why)) < 0)
        err_set(e, rc, "lock_table %.*s: %s", SLICE_FMT(b->lock_table.name),
                why.text);
    if ((rc == 0 || rc == ERR_DENIED) && b->lockfile &&
        (rc = file_locked(b, l, &why)) < 0)
        *e = why;
    return rc == ERR_DENIED ? 0 : rc;
}

/* Compares what came with the digest that Terraform keeps beside the lock;
 * none is fine: the table may be newer than the state. */
static int
check_digest(struct backend *b, struct backend_look *l, struct md5 *md5,
             struct err *e)
{
    size_t used = arena_mark(l->scratch);
    char mem[PLACE_MAX_BYTES], hex[MD5_HEX_BYTES];
    struct dynamodb_item item = {0};
    int rc = dynamodb_lock(b->table, &b->lock_table,
                           place_of(b, l->key, SLICE("-md5"), mem),
                           l->deadline_ms, l->scratch, &item, e);

    md5_end(md5, hex);
    if (rc == 0 && item.found && item.digest.n > 0 &&
        !text_eq_fold(item.digest, slice_of(hex, sizeof(hex)))) {
        l->patience_ms = DIGEST_MS;
        rc = err_set(e, ERR_FOREIGN,
                     "s3://%.*s/%.*s: its MD5 is %.*s, but the digest in "
                     "DynamoDB table %.*s is %.*s",
                     SLICE_FMT(b->bucket.name), SLICE_FMT(l->key),
                     SLICE_FMT(slice_of(hex, sizeof(hex))),
                     SLICE_FMT(b->lock_table.name),
                     SLICE_FMT(slice_head(item.digest, 64)));
    }
    arena_reset(l->scratch, used);
    /* Without the right to read it no state would be better than this one. */
    return rc == ERR_DENIED ? 0 : rc;
}

/* Loads what the body holds, plain or gzip, to its very end. */
static int
load_body(struct backend_look *l, struct slice place, struct stream *body,
          struct err *e)
{
    size_t used = arena_mark(l->scratch);
    struct stream in;
    int rc = stream_sniff(&in, body, place, l->scratch, e);

    if (rc >= 0)
        rc = state_load(&l->state, l->maps, &in, l->name, place, l->keep,
                        l->scratch, e);
    arena_reset(l->scratch, used);
    return rc < 0 ? rc : 0;
}

static int
load_object(struct backend *b, struct backend_look *l, struct s3_object *o,
            struct err *e)
{
    size_t kept = arena_mark(l->keep);
    struct digested d = {.in = &o->body};
    struct stream body = {.read = digested_read, .ctx = &d};
    char mem[sizeof(SCHEME) + PLACE_MAX_BYTES] = SCHEME;
    struct slice place =
        place_of(b, l->key, SLICE(""), mem + sizeof(SCHEME) - 1);
    int rc;

    place = slice_of(mem, sizeof(SCHEME) - 1 + place.n);
    md5_begin(&d.md5);
    rc = load_body(l, place, &body, e);
    /* A body that broke off is the stream's error; the whole of it was good
     * or bad for reasons that another look would find again. */
    if (rc == ERR_MORE || rc == ERR_IO)
        l->patience_ms = BROKEN_OFF_MS;
    if (rc == 0 && b->lock_table.name.n > 0)
        rc = check_digest(b, l, &d.md5, e);
    if (rc < 0) {
        l->state = NULL;
        arena_reset(l->keep, kept);
        return rc;
    }
    l->mark.n = (uint8_t)o->etag_n;
    memcpy(l->mark.text, o->etag_text, o->etag_n);
    return 0;
}

static int
s3_look(struct backend *b, struct backend_look *l, struct err *e)
{
    struct s3_object o;
    struct err unlocked = {0};
    int rc;

    l->state = NULL;
    l->locked = l->gone = false;
    l->patience_ms = 0;
    e->code = 0;
    /* A server that never answers is found out before it costs much. */
    if (l->wary &&
        (rc = s3_head(b->objects, &b->bucket, l->key, l->answer_ms, &o, e)) < 0)
        return rc;
    rc = look_locks(b, l, &unlocked);
    if (rc < 0) {
        *e = unlocked;
        return rc;
    }
    rc = s3_get(b->objects, &b->bucket, l->key,
                slice_of(l->mark.text, l->mark.n), l->answer_ms, l->deadline_ms,
                &o, e);
    if (rc == S3_ABSENT) {
        l->gone = true;
        return err_set(e, ERR_REMOTE, "s3://%.*s/%.*s: there is no such object",
                       SLICE_FMT(b->bucket.name), SLICE_FMT(l->key));
    }
    if (rc == S3_FOUND)
        rc = load_object(b, l, &o, e);
    if (rc >= 0 && e->code == 0)
        *e = unlocked;
    return rc < 0 ? rc : 0;
}

/* A listing under way. */
struct finding {
    struct slice pattern;
    int (*each)(void *ctx, const struct backend_key *key, struct err *e);
    void *ctx;
};

static int
find_one(void *ctx, const struct s3_entry *entry, struct err *e)
{
    struct finding *f = ctx;

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (slice_ends(entry->key, others[i]))
            return 0;
    if (!keyglob_match(f->pattern, entry->key))
        return 0;
    return f->each(f->ctx, &(struct backend_key){entry->key, entry->etag}, e);
}

static int
s3_find(struct backend *b, struct slice pattern, int64_t deadline_ms,
        struct arena *scratch,
        int (*each)(void *ctx, const struct backend_key *key, struct err *e),
        void *ctx, struct err *e)
{
    struct finding f = {pattern, each, ctx};
    int64_t rc = s3_list(b->objects, &b->bucket, keyglob_prefix(pattern),
                         deadline_ms, scratch, find_one, &f, e);

    return rc < 0 ? (int)rc : 0;
}

void
backend_s3(struct backend *b, const struct backend_s3 *o)
{
    *b = (struct backend){
        .look = s3_look,
        .list = s3_find,
        .locks = o->lock_table.n > 0 || o->lockfile,
        .objects = o->objects,
        .table = o->table,
        .bucket = {.name = o->bucket,
                   .region = o->region,
                   .endpoint = o->endpoint,
                   .path_style = o->path_style},
        .lock_table = {.name = o->lock_table, .region = o->region},
        .lockfile = o->lockfile};
}
