#include "aws/call.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"

/* The clock is corrected only when it is wrong by more than this: AWS takes
 * five minutes either way, and the SDKs correct from four on. */
#define SKEW_MIN_MS (4 * 60000)

/* What an attempt was signed with, and what it led to. */
struct attempt {
    struct sigv4_signature signature;
    char body_hash[HASH_HEX_BYTES];
    struct http_header headers[CALL_HEADERS_MAX + 4];
    size_t n;
    enum aws_outcome outcome;
    enum retry_kind retry; /* RETRY_KINDS: not worth it */
    int64_t after_ms;      /* Retry-After; -1: none */
};

void
call_json(struct call *call, struct slice target, struct slice type)
{
    call->method = SLICE("POST");
    call->path = SLICE("/");
    call->headers[0] = (struct http_header){SLICE("Content-Type"), type};
    call->headers[1] = (struct http_header){SLICE("X-Amz-Target"), target};
    call->n_headers = 2;
}

int64_t
call_server_ms(const struct aws_client *c)
{
    return when_http(exchange_header(&c->answer, SLICE("Date")));
}

/* Puts what failed before the sentence that says how. */
static int
say(const struct call *call, int rc, struct err *e)
{
    char text[ERR_TEXT_MAX_BYTES];
    struct buf b = buf_over(text, sizeof(text));

    buf_fmt(&b, "%s", e->text[0] != '\0' ? e->text : err_text(rc));
    return err_set(e, rc, "%.*s %.*s in %.*s: %.*s",
                   SLICE_FMT(endpoint_id(call->service)),
                   SLICE_FMT(call->operation), SLICE_FMT(call->region),
                   SLICE_FMT(buf_slice(&b)));
}

static void
add_header(struct attempt *at, struct slice name, struct slice value)
{
    at->headers[at->n++] = (struct http_header){name, value};
}

/* Signs with the key of the call or the client's, and adds the headers. */
static int
sign(struct aws_client *c, const struct call *call, const struct url *url,
     struct attempt *at, struct err *e)
{
    const struct sigv4_key *key = call->key != NULL ? call->key : &c->key.key;
    char host[URL_HOST_MAX_BYTES + 16];
    struct buf b = buf_over(host, sizeof(host));
    size_t query = slice_chr(url->target, '?');
    struct sigv4_request rq = {
        .method = call->method,
        .path = slice_head(url->target, query),
        .query = slice_from(url->target, query + 1),
        .headers = call->headers,
        .n_headers = call->n_headers,
        .body_hash = slice_of(at->body_hash, sizeof(at->body_hash)),
        .service = endpoint_id(call->service),
        .region = call->region,
    };

    c->signed_ms = client_wall_ms(c);
    url_put_host(&b, url);
    rq.host = buf_slice(&b);
    hash_text(call->body, at->body_hash);
    if (b.full || sigv4_sign(&rq, key, c->signed_ms, &at->signature) != 0)
        return err_set(e, ERR_LIMIT, "too long to be signed");
    add_header(at, SLICE("X-Amz-Date"),
               slice_of(at->signature.date, sizeof(at->signature.date)));
    add_header(
        at, SLICE("Authorization"),
        slice_of(at->signature.authorization, at->signature.authorization_n));
    if (key->token.n > 0)
        add_header(at, SLICE("X-Amz-Security-Token"), key->token);
    if (call->service == ENDPOINT_S3)
        add_header(at, SLICE("X-Amz-Content-Sha256"), rq.body_hash);
    return 0;
}

/* base, path and query as one URL, in c->url. */
static int
make_url(struct aws_client *c, const struct call *call, struct url *url,
         struct err *e)
{
    struct buf b = buf_over(c->url, sizeof(c->url));
    struct slice base = call->base;

    /* "https://host/" and "/path" meet at one slash. */
    if (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    buf_put(&b, base);
    buf_put(&b, call->path);
    if (call->query.n > 0) {
        buf_byte(&b, '?');
        buf_put(&b, call->query);
    }
    if (b.full)
        return err_set(e, ERR_LIMIT, "the URL is too long");
    return url_parse(url, buf_slice(&b), e);
}

/* What an error without an answer means for counters and for retrying. */
static void
judge_error(struct attempt *at, int rc)
{
    at->outcome = rc == ERR_TIMEOUT                      ? AWS_TIMEOUT
                  : rc == ERR_SYNTAX                     ? AWS_MALFORMED
                  : rc == ERR_FOREIGN || rc == ERR_LIMIT ? AWS_MALFORMED
                                                         : AWS_NETWORK;
    switch (rc) {
    case ERR_RESOLVE:
    case ERR_CONNECT:
    case ERR_IO:
    case ERR_MORE:
    case ERR_TIMEOUT:
    case ERR_SYNTAX:
    case ERR_FOREIGN:
        at->retry = RETRY_NETWORK;
        break;
    default: /* trust, memory, limits and being stopped stay as they are */
        at->retry = RETRY_KINDS;
    }
}

/* How far AWS's clock was ahead of the time that we signed with; 0: not
 * known.  (Another thread may have corrected the clock since.) */
static int64_t
clock_error_ms(const struct aws_client *c)
{
    int64_t date = call_server_ms(c);

    return date != 0 ? date - c->signed_ms : 0;
}

/*
 * An answer to HEAD has no body to say why: S3 refuses a wrong clock with 403
 * and a session that is over with 400, as it does another region, which it
 * names (AmazonS3/latest/API, ErrorResponses.html).
 */
static void
guess_kind(struct aws_client *c, const struct call *call)
{
    struct fault *f = &c->fault;

    if (f->status == 403 && llabs(clock_error_ms(c)) >= SKEW_MIN_MS)
        f->kind = FAULT_SKEWED;
    if (f->status == 400 && call->service == ENDPOINT_S3 &&
        (f->region[0] == '\0' || slice_eq(slice_str(f->region), call->region)))
        f->kind = FAULT_EXPIRED;
}

/* The answer is no success: reads what it says. */
static int
take_fault(struct aws_client *c, const struct call *call, struct attempt *at,
           struct err *e)
{
    struct slice body = {"", 0};
    struct slice type = exchange_header(&c->answer, SLICE("X-Amzn-ErrorType"));
    struct slice moved =
        exchange_header(&c->answer, SLICE("X-Amz-Bucket-Region"));
    struct fault *f = &c->fault;

    /* One that cannot be read is judged by its status. */
    if (exchange_body(&c->answer, FAULT_BODY_MAX_BYTES, &c->scratch, &body,
                      NULL) != 0)
        body = slice_of("", 0);
    fault_read(f, c->answer.status, type, body, &c->scratch);
    if (moved.n > 0 && moved.n < sizeof(f->region)) {
        memcpy(f->region, moved.p, moved.n);
        f->region[moved.n] = '\0';
    }
    if (f->code[0] == '\0')
        guess_kind(c, call);
    at->outcome = fault_outcome(f);
    at->retry = fault_retry(f);
    at->after_ms = retry_after_ms(
        exchange_header(&c->answer, SLICE("Retry-After")), client_wall_ms(c));
    if (f->kind == FAULT_ABSENT && call->may_be_absent)
        return c->answer.status;
    return fault_say(f, endpoint_id(call->service), call->operation,
                     call->region, call->action, e);
}

/* One attempt: a status, or an error. */
static int
attempt(struct aws_client *c, const struct call *call, int64_t deadline_ms,
        struct attempt *at, struct err *e)
{
    struct exchange_request rq = {.method = call->method, .body = call->body};
    int rc;

    *at = (struct attempt){.retry = RETRY_KINDS, .after_ms = -1};
    c->fault = (struct fault){0};
    for (size_t i = 0; i < call->n_headers; i++)
        add_header(at, call->headers[i].name, call->headers[i].value);
    rc = make_url(c, call, &rq.url, e);
    if (rc == 0 && !call->anonymous)
        rc = sign(c, call, &rq.url, at, e);
    if (rc != 0)
        return rc;
    rq.headers = at->headers;
    rq.n_headers = at->n;
    rc = exchange(c->net, &rq, deadline_ms, &c->answer, e);
    /* A head that is too long is broken; ERR_LIMIT is about bodies. */
    if (rc == ERR_LIMIT)
        rc = ERR_SYNTAX;
    if (rc == 0) {
        int status = c->answer.status;

        if (status == 304 && call->may_be_absent) {
            at->outcome = AWS_ABSENT;
            return status;
        }
        if (status < 200 || status > 299)
            return take_fault(c, call, at, e);
        if (call->take != NULL)
            rc = call->take(call->ctx, &c->answer, e);
        if (rc == 0)
            return status;
    }
    judge_error(at, rc);
    return say(call, rc, e);
}

/*
 * Whether what AWS refused is right by now: the clock is corrected, or the
 * credentials are new.  *healed holds what was tried already, so that
 * nothing is tried twice.
 */
static bool
heal(struct aws_client *c, const struct call *call, int rc, unsigned *healed)
{
    int64_t error = clock_error_ms(c);

    if (rc != ERR_DENIED || (*healed & 1u << c->fault.kind) != 0)
        return false;
    *healed |= 1u << c->fault.kind;
    if (c->fault.kind == FAULT_SKEWED) {
        if (llabs(error) < SKEW_MIN_MS)
            return false;
        atomic_store(&c->aws->shared->skew_ms,
                     call_server_ms(c) - clock_wall_ms());
        return true;
    }
    if (call->anonymous || call->key != NULL ||
        (c->fault.kind != FAULT_EXPIRED && c->fault.kind != FAULT_UNKNOWN_KEY))
        return false;
    creds_spent(c);
    return true;
}

/* Waits before the next attempt; false when there is none, and rc stands. */
static bool
wait_again(struct aws_client *c, const struct attempt *at, unsigned tries,
           int64_t deadline_ms, unsigned *paid)
{
    int64_t until;

    if (at->retry == RETRY_KINDS || tries >= RETRY_ATTEMPTS_MAX)
        return false;
    until =
        clock_steady_ms() +
        retry_delay_ms(at->retry, tries, (uint32_t)random_u64(), at->after_ms);
    return until < deadline_ms && retry_pay(&c->budget, at->retry, paid) &&
           client_pause(c, until);
}

static void
observe(const struct aws_client *c, const struct call *call,
        const struct attempt *at)
{
    const struct aws_observer *o = &c->aws->observer;

    if (o->observe != NULL)
        o->observe(o->ctx, endpoint_id(call->service), call->operation,
                   call->region, at->outcome);
}

int
call_send(struct aws_client *c, struct call *call, int64_t deadline_ms,
          struct err *e)
{
    unsigned tries = 0, paid = 0, healed = 0;
    struct err own = {0};
    struct attempt at;
    int rc;

    if (e == NULL)
        e = &own;
    for (;;) {
        size_t mark = arena_mark(&c->scratch);

        if ((call->turn != NULL && !call->turn(call->turn_ctx)) ||
            atomic_load(&c->stopped))
            return err_set(e, ERR_STOPPED, "%s", err_text(ERR_STOPPED));
        rc = call->anonymous || call->key != NULL
                 ? 0
                 : creds_get(c, deadline_ms, e);
        /* What is too much for credentials is not the caller's to mend. */
        if (rc == ERR_LIMIT || rc == ERR_MEMORY)
            rc = ERR_REMOTE;
        if (rc != 0)
            return say(call, rc, e);
        e->text[0] = '\0';
        rc = attempt(c, call, deadline_ms, &at, e);
        client_rewind(c, mark);
        observe(c, call, &at);
        if (rc >= 0) {
            retry_refund(&c->budget, paid);
            return rc;
        }
        if (heal(c, call, rc, &healed))
            continue;
        if (!wait_again(c, &at, ++tries, deadline_ms, &paid))
            return rc;
    }
}
