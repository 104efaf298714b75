#include "aws/s3.h"

#include "aws/s3_address.h"
#include "aws/s3_call.h"
#include "aws/when.h"

/* Sets call->base and call->path; both are in the scratch. */
static int
address(struct aws_client *c, const struct s3_bucket *b, struct slice key,
        struct call *call, struct err *e)
{
    char text[ENDPOINT_MAX_BYTES + S3_BUCKET_MAX_BYTES];
    struct buf base = buf_over(text, sizeof(text)), path;
    struct slice endpoint;
    int rc = client_endpoint(c, ENDPOINT_S3, call->region, b->endpoint,
                             &endpoint, e);

    if (rc != 0)
        return rc;
    path = arena_open(&c->scratch);
    rc = s3_address(&base, &path, endpoint, b->name, b->path_style, key, e);
    if (rc != 0)
        return rc;
    call->path = arena_keep(&c->scratch, &path);
    call->base = arena_copy(&c->scratch, buf_slice(&base));
    if (base.full)
        return err_set(e, ERR_CONFIG, "the endpoint is too long");
    return call->base.p != NULL && call->path.p != NULL
               ? 0
               : err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

/*
 * Whether S3 says that the bucket is in another region than the one that was
 * asked, which is then remembered.  S3 names it in every refusal.
 */
static bool
has_moved(struct aws_client *c, struct s3_bucket *b, const struct call *call)
{
    struct slice region = slice_str(c->fault.region);

    if (c->fault.status < 300 || !endpoint_is_region(region) ||
        slice_eq(region, call->region))
        return false;
    memcpy(b->moved, region.p, region.n + 1);
    return true;
}

int
s3_send(struct aws_client *c, struct s3_bucket *b, struct slice key,
        struct call *call, int64_t deadline_ms, struct err *e)
{
    size_t mark = arena_mark(&c->scratch);
    bool again = true;
    int rc;

    if (key.n > S3_KEY_MAX_BYTES || b->name.n > S3_BUCKET_MAX_BYTES ||
        b->name.n == 0)
        return err_set(e, ERR_CONFIG,
                       "a bucket has 1 to %d bytes and a key at most %d",
                       S3_BUCKET_MAX_BYTES, S3_KEY_MAX_BYTES);
    call->service = ENDPOINT_S3;
    for (;;) {
        call->region = b->moved[0] != '\0' ? slice_str(b->moved)
                                           : client_region(c, b->region);
        rc = address(c, b, key, call, e);
        if (rc == 0)
            rc = call_send(c, call, deadline_ms, e);
        client_rewind(c, mark);
        if (rc >= 0 || !again || !has_moved(c, b, call))
            return rc;
        again = false;
    }
}

/* What the head of an answer says about the object, if there is one. */
static void
read_head(const struct aws_client *c, int rc, struct s3_object *o)
{
    const struct exchange_answer *an = &c->answer;
    struct slice etag = exchange_header(an, SLICE("ETag"));

    *o = (struct s3_object){.size = -1, .server_ms = call_server_ms(c)};
    if (rc == S3_ABSENT)
        return;
    if (etag.n <= sizeof(o->etag_text) && etag.n > 0) {
        memcpy(o->etag_text, etag.p, etag.n);
        o->etag_n = etag.n;
    }
    o->size = rc == S3_FOUND ? an->content_length : -1;
    o->modified_ms = when_http(exchange_header(an, SLICE("Last-Modified")));
}

static int
found(int status)
{
    if (status < 0)
        return status;
    return status == 304 ? S3_UNCHANGED : status == 404 ? S3_ABSENT : S3_FOUND;
}

int
s3_get(struct aws_client *c, struct s3_bucket *b, struct slice key,
       struct slice etag, int64_t answer_ms, int64_t deadline_ms,
       struct s3_object *o, struct err *e)
{
    struct call call = {
        .operation = SLICE("GetObject"),
        .action = SLICE("s3:GetObject; or s3:ListBucket, if the object is "
                        "not there"),
        .method = SLICE("GET"),
        .may_be_absent = true,
    };
    int rc;

    if (etag.n > 0)
        call.headers[call.n_headers++] =
            (struct http_header){SLICE("If-None-Match"), etag};
    rc = found(s3_send(c, b, key, &call, answer_ms, e));
    if (rc >= 0) {
        /* Large ones take their time, but they begin at once. */
        exchange_extend(&c->answer, deadline_ms);
        read_head(c, rc, o);
        o->body = c->answer.body;
    }
    return rc;
}

int
s3_head(struct aws_client *c, struct s3_bucket *b, struct slice key,
        int64_t deadline_ms, struct s3_object *o, struct err *e)
{
    struct call call = {
        .operation = SLICE("HeadObject"),
        .action = SLICE("s3:GetObject; or s3:ListBucket, if the object is "
                        "not there"),
        .method = SLICE("HEAD"),
        .may_be_absent = true,
    };
    int rc = found(s3_send(c, b, key, &call, deadline_ms, e));

    if (rc >= 0)
        read_head(c, rc, o);
    return rc;
}

/* Where a small object goes. */
struct taken {
    struct arena *arena;
    size_t mark, max;
    struct slice *body;
};

static int
take_body(void *ctx, struct exchange_answer *an, struct err *e)
{
    struct taken *t = ctx;

    arena_reset(t->arena, t->mark);
    return exchange_body(an, t->max, t->arena, t->body, e);
}

int
s3_read(struct aws_client *c, struct s3_bucket *b, struct slice key, size_t max,
        int64_t deadline_ms, struct arena *arena, struct slice *body,
        struct s3_object *o, struct err *e)
{
    struct taken t = {arena, arena_mark(arena), max, body};
    struct call call = {
        .operation = SLICE("GetObject"),
        .action = SLICE("s3:GetObject; or s3:ListBucket, if the object is "
                        "not there"),
        .method = SLICE("GET"),
        .may_be_absent = true,
        .take = take_body,
        .ctx = &t,
    };
    int rc;

    *body = slice_of("", 0);
    rc = found(s3_send(c, b, key, &call, deadline_ms, e));
    if (rc >= 0 && o != NULL)
        read_head(c, rc, o);
    if (rc != S3_FOUND)
        arena_reset(arena, t.mark);
    return rc;
}
