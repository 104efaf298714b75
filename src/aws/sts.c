#include "aws/sts.h"

#include "aws/call.h"
#include "aws/sts_role.h"
#include "aws/uri.h"
#include "aws/when.h"
#include "aws/xml.h"
#include "base/file.h"
#include "base/text.h"

#define ANSWER_MAX_BYTES 16384
#define FORM_TYPE "application/x-www-form-urlencoded; charset=utf-8"

/* A leaf of the answer, by its name and that of the element around it. */
struct leaf {
    struct slice parent, name;
    struct slice *value;
    bool needed;
};

/* Fills the leaves' values in, decoded in the arena. */
static int
read_leaves(struct slice text, const struct leaf *leaf, size_t n,
            struct arena *arena, struct err *e)
{
    struct xml x;
    int rc;

    xml_init(&x, text);
    while ((rc = xml_next(&x)) > 0)
        for (size_t i = 0; i < n; i++) {
            struct buf b;

            if (!slice_eq(x.name, leaf[i].name) ||
                !slice_eq(x.parent, leaf[i].parent))
                continue;
            b = arena_open(arena);
            if (!xml_decode(&b, text_trim(x.raw)))
                return err_set(e, ERR_SYNTAX, "the answer is malformed XML");
            *leaf[i].value = arena_keep(arena, &b);
            if (leaf[i].value->p == NULL)
                return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
        }
    if (rc != 0)
        return err_set(e, rc, "the answer is no whole XML document");
    for (size_t i = 0; i < n; i++)
        if (leaf[i].needed && leaf[i].value->n == 0)
            return err_set(e, ERR_FOREIGN, "the answer has no %.*s",
                           SLICE_FMT(leaf[i].name));
    return 0;
}

int
sts_parse(struct slice xml, struct arena *arena, struct creds *out,
          struct err *e)
{
    struct slice expires = {"", 0};
    struct creds found = {0};
    const struct slice in = SLICE("Credentials");
    const struct leaf leaves[] = {
        {in, SLICE("AccessKeyId"), &found.key.id, true},
        {in, SLICE("SecretAccessKey"), &found.key.secret, true},
        {in, SLICE("SessionToken"), &found.key.token, true},
        {in, SLICE("Expiration"), &expires, true},
    };
    int rc =
        read_leaves(xml, leaves, sizeof(leaves) / sizeof(*leaves), arena, e);

    if (rc != 0)
        return rc;
    found.expires_ms = when_iso(expires);
    if (found.expires_ms == 0)
        return err_set(e, ERR_FOREIGN, "the answer's Expiration is no time");
    *out = found;
    return 0;
}

/* Where an answer goes; its take() is called for each attempt. */
struct taken {
    struct arena *arena;
    struct creds *creds;
    struct sts_caller *caller;
};

static int
take_creds(void *ctx, struct exchange_answer *an, struct err *e)
{
    struct taken *t = ctx;
    struct slice body;
    int rc = exchange_body(an, ANSWER_MAX_BYTES, t->arena, &body, e);

    return rc != 0 ? rc : sts_parse(body, t->arena, t->creds, e);
}

static int
take_caller(void *ctx, struct exchange_answer *an, struct err *e)
{
    struct taken *t = ctx;
    const struct slice in = SLICE("GetCallerIdentityResult");
    const struct leaf leaves[] = {
        {in, SLICE("Account"), &t->caller->account, true},
        {in, SLICE("Arn"), &t->caller->arn, true},
        {in, SLICE("UserId"), &t->caller->user_id, true},
    };
    struct slice body;
    int rc = exchange_body(an, ANSWER_MAX_BYTES, t->arena, &body, e);

    return rc != 0 ? rc
                   : read_leaves(body, leaves, sizeof(leaves) / sizeof(*leaves),
                                 t->arena, e);
}

/* What all calls of STS have in common. */
static int
sts_send(struct aws_client *c, struct call *call, struct slice region,
         int64_t deadline_ms, struct err *e)
{
    int rc;

    call->service = ENDPOINT_STS;
    call->method = SLICE("POST");
    call->path = SLICE("/");
    call->headers[0] =
        (struct http_header){SLICE("Content-Type"), SLICE(FORM_TYPE)};
    call->n_headers = 1;
    call->region = client_region(c, region);
    rc = client_endpoint(c, ENDPOINT_STS, call->region, slice_of("", 0),
                         &call->base, e);
    if (rc != 0)
        return rc;
    rc = call_send(c, call, deadline_ms, e);
    return rc < 0 ? rc : 0;
}

int
sts_whoami(struct aws_client *c, struct slice region, int64_t deadline_ms,
           struct arena *arena, struct sts_caller *who, struct err *e)
{
    size_t mark = arena_mark(arena);
    struct taken t = {.arena = arena, .caller = who};
    struct call call = {
        .operation = SLICE("GetCallerIdentity"),
        .body = SLICE("Action=GetCallerIdentity&Version=2011-06-15"),
        .take = take_caller,
        .ctx = &t,
    };
    int rc;

    *who = (struct sts_caller){0};
    rc = sts_send(c, &call, region, deadline_ms, e);
    client_rewind(c, 0);
    if (rc != 0)
        arena_reset(arena, mark);
    return rc;
}

/*
 * A field whose value may not be there.  A default name tells who it was in
 * the account's own trail.
 */
static void
put_role(struct buf *b, const struct sts_role *role)
{
    uri_put_field(b, 0, SLICE("RoleArn"), role->arn);
    uri_put_field(b, 0, SLICE("RoleSessionName"),
                  role->session.n > 0 ? role->session : SLICE("tfdrift"));
    if (role->external_id.n > 0)
        uri_put_field(b, 0, SLICE("ExternalId"), role->external_id);
    if (role->duration_s.n > 0)
        uri_put_field(b, 0, SLICE("DurationSeconds"), role->duration_s);
}

/* Keeps the form in the scratch and sends it; the answer's arena is the rest
 * of the scratch. */
static int
assume(struct aws_client *c, struct call *call, struct buf *form,
       int64_t deadline_ms, struct creds *out, struct err *e)
{
    struct arena answer;
    struct taken t = {.arena = &answer, .creds = out};

    call->body = arena_keep(&c->scratch, form);
    if (call->body.p == NULL ||
        arena_split(&answer, &c->scratch, 2 * ANSWER_MAX_BYTES) != 0)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    call->take = take_creds;
    call->ctx = &t;
    return sts_send(c, call, c->who.region, deadline_ms, e);
}

int
sts_assume(struct aws_client *c, const struct sigv4_key *key,
           const struct sts_role *role, int64_t deadline_ms, struct creds *out,
           struct err *e)
{
    struct call call = {.operation = SLICE("AssumeRole"),
                        .action = SLICE("sts:AssumeRole"),
                        .key = key};
    struct buf form = arena_open(&c->scratch);

    buf_put(&form, SLICE("Action=AssumeRole&Version=2011-06-15"));
    put_role(&form, role);
    return assume(c, &call, &form, deadline_ms, out, e);
}

int
sts_assume_web(struct aws_client *c, const struct sts_role *role,
               int64_t deadline_ms, struct creds *out, struct err *e)
{
    struct call call = {.operation = SLICE("AssumeRoleWithWebIdentity"),
                        .action = SLICE("sts:AssumeRoleWithWebIdentity"),
                        .anonymous = true};
    struct slice token;
    struct buf form;
    int rc = file_read(role->token_file, STS_TOKEN_MAX_BYTES, &c->scratch,
                       &token, e);

    if (rc != 0)
        return rc;
    form = arena_open(&c->scratch);
    buf_put(&form, SLICE("Action=AssumeRoleWithWebIdentity&"
                         "Version=2011-06-15"));
    put_role(&form, role);
    uri_put_field(&form, 0, SLICE("WebIdentityToken"), text_trim(token));
    return assume(c, &call, &form, deadline_ms, out, e);
}
