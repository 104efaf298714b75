#include "aws/cloudtrail.h"

#include "aws/call.h"
#include "aws/json_check.h"
#include "base/scan.h"
#include "base/text.h"

#define TARGET                            \
    "com.amazonaws.cloudtrail.v20131101." \
    "CloudTrail_20131101.LookupEvents"

/* One member of the outermost object. */
struct member {
    struct slice key;   /* without its quotes, as it is written */
    struct slice value; /* as it is written */
};

/* A walk over the members of an object that is known to be JSON. */
struct walk {
    struct scan scan;
    struct slice text;
    size_t at; /* behind what was read: '{' or ',' */
};

static struct slice
between(struct slice text, size_t from, size_t to)
{
    return text_trim(slice_of(text.p + from, to - from));
}

/* The next member; false behind the last one. */
static bool
next_member(struct walk *w, struct member *m)
{
    const char *p = w->text.p;
    size_t op = w->at < w->text.n ? scan_next(&w->scan) : SCAN_END;
    size_t from = op + 1;
    struct slice key;

    if (op == SCAN_END || p[op] != ':')
        return false; /* the '}' of an empty object */
    key = between(w->text, w->at, op);
    m->key = slice_of(key.p + 1, key.n - 2);
    op = scan_next(&w->scan);
    if (p[op] == '{' || p[op] == '[') {
        scan_close(&w->scan);
        op = scan_next(&w->scan);
    }
    m->value = between(w->text, from, op);
    w->at = p[op] == ',' ? op + 1 : w->text.n;
    return true;
}

/* NextToken: a string, or null as some services say "none". */
static int
take_token(struct slice value, struct arena *arena, struct slice *token,
           struct err *e)
{
    struct slice inside;
    struct buf b;

    *token = slice_of("", 0);
    if (slice_eq(value, SLICE("null")))
        return 0;
    if (value.p[0] != '"')
        return err_set(e, ERR_FOREIGN, "NextToken is no text");
    inside = slice_of(value.p + 1, value.n - 2);
    if (inside.n > CLOUDTRAIL_TOKEN_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "NextToken has more than %d bytes",
                       CLOUDTRAIL_TOKEN_MAX_BYTES);
    *token = inside;
    if (slice_chr(inside, '\\') == inside.n)
        return 0;
    b = arena_open(arena);
    if (!text_unescape(&b, inside))
        return err_set(e, ERR_SYNTAX, "NextToken has a malformed escape");
    *token = arena_keep(arena, &b);
    return token->p != NULL
               ? 0
               : err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

int
cloudtrail_parse(struct slice body, struct arena *arena,
                 struct cloudtrail_page *page, struct err *e)
{
    struct walk w = {.text = text_trim(body)};
    struct slice token = {"", 0}, events = {NULL, 0};
    struct member m;
    int rc = json_check(w.text);

    if (rc == 0 && w.text.p[0] != '{')
        rc = ERR_SYNTAX;
    if (rc != 0)
        return err_set(e, rc, "the answer is no whole JSON object");
    scan_init(&w.scan, w.text);
    scan_next(&w.scan);
    for (w.at = 1; next_member(&w, &m);) {
        if (slice_eq(m.key, SLICE("Events")))
            events = m.value;
        else if (slice_eq(m.key, SLICE("NextToken")))
            token = m.value;
    }
    if (events.n == 0 || events.p[0] != '[')
        return err_set(e, ERR_FOREIGN, "the answer has no list of Events");
    page->body = body;
    page->events = events;
    return token.n > 0 ? take_token(token, arena, &page->token, e) : 0;
}

/* Where an answer goes. */
struct taken {
    const struct aws_client *c;
    struct arena *arena;
    size_t mark, max;
    struct cloudtrail_page *page;
};

static int
take_page(void *ctx, struct exchange_answer *an, struct err *e)
{
    struct taken *t = ctx;
    struct slice body;
    int rc;

    *t->page = (struct cloudtrail_page){.token = SLICE("")};
    arena_reset(t->arena, t->mark);
    rc = exchange_body(an, t->max, t->arena, &body, e);
    if (rc == 0)
        rc = cloudtrail_parse(body, t->arena, t->page, e);
    if (rc == 0)
        t->page->server_ms = call_server_ms(t->c);
    return rc;
}

/* The request's body. */
static struct slice
write_query(struct aws_client *c, const struct cloudtrail_query *q)
{
    struct buf b = arena_open(&c->scratch);
    int64_t from_s = q->start_ms / 1000, to_s = (q->end_ms + 999) / 1000;

    buf_fmt(&b,
            "{\"LookupAttributes\":[{\"AttributeKey\":\"ReadOnly\","
            "\"AttributeValue\":\"false\"}],\"StartTime\":%lld,"
            "\"EndTime\":%lld,\"MaxResults\":%u",
            (long long)from_s, (long long)to_s, q->max_results);
    if (q->token.n > 0) {
        buf_put(&b, SLICE(",\"NextToken\":"));
        buf_json(&b, q->token);
    }
    buf_byte(&b, '}');
    return arena_keep(&c->scratch, &b);
}

int
cloudtrail_lookup(struct aws_client *c, const struct cloudtrail_query *q,
                  size_t body_max, int64_t deadline_ms, struct arena *arena,
                  struct cloudtrail_page *page, struct err *e)
{
    struct taken t = {c, arena, arena_mark(arena), body_max, page};
    struct call call = {.service = ENDPOINT_CLOUDTRAIL,
                        .operation = SLICE("LookupEvents"),
                        .action = SLICE("cloudtrail:LookupEvents"),
                        .region = q->region,
                        .take = take_page,
                        .ctx = &t,
                        .turn = q->turn,
                        .turn_ctx = q->turn_ctx};
    int rc;

    call_json(&call, SLICE(TARGET), SLICE("application/x-amz-json-1.1"));
    call.body = write_query(c, q);
    rc = call.body.p == NULL
             ? err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY))
             : client_endpoint(c, ENDPOINT_CLOUDTRAIL, q->region, q->endpoint,
                               &call.base, e);
    if (rc == 0)
        rc = call_send(c, &call, deadline_ms, e);
    client_rewind(c, 0);
    if (rc < 0)
        arena_reset(arena, t.mark);
    return rc < 0 ? rc : 0;
}
