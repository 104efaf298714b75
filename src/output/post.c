/*
 * Outputs over HTTP: one POST for each record, its body by formats.h.  What
 * the receiver will surely never take is counted, told now and then, and let
 * go, so that one record cannot stop all that come after it; everything else
 * is tried again.
 */
#include <sys/utsname.h>

#include "aws/retry.h"
#include "base/text.h"
#include "net/exchange.h"
#include "output/driver.h"
#include "output/formats.h"
#include "output/post_status.h"

#define POST_HEADERS_MAX 40 /* of the configuration, and three of ours */
#define POST_ANSWER_BYTES 4096
#define POST_TOLD_EVERY 100 /* refused records for one line in the log */
#define POST_KEY_BYTES 512  /* of an idempotency key */
#define PAGERDUTY_URL SLICE("https://events.pagerduty.com/v2/enqueue")

struct post {
    struct net_client *client;
    struct url url;
    struct http_header headers[POST_HEADERS_MAX]; /* without the key */
    size_t n_headers;
    struct utsname host;
    struct arena answer;
    char key[POST_KEY_BYTES];
    char body[FORMATS_BODY_MAX_BYTES];
    struct format format;
};

/* Header lines of the configuration, which checked their form; ours stand
 * before them unless they are among those. */
static int
set_headers(struct post *p, struct list lines, struct err *e)
{
    static const struct http_header ours[] = {
        {SLICE_INIT("Content-Type"), SLICE_INIT("application/json")},
        {SLICE_INIT("User-Agent"), SLICE_INIT("tfdrift")},
    };

    if (lines.n + 3 > POST_HEADERS_MAX)
        return err_set(e, ERR_CONFIG, "too many headers");
    for (size_t i = 0; i < lines.n; i++) {
        size_t colon = slice_chr(lines.p[i], ':');

        p->headers[p->n_headers++] =
            (struct http_header){text_trim(slice_head(lines.p[i], colon)),
                                 text_trim(slice_from(lines.p[i], colon + 1))};
    }
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
        if (http_header_get(p->headers, lines.n, ours[i].name).p == NULL)
            p->headers[p->n_headers++] = ours[i];
    return 0;
}

/* The other side as the log names it: without path, user or query. */
static int
set_target(struct output *o, struct arena *arena)
{
    struct post *p = o->own;
    char text[512];
    struct buf b = buf_over(text, sizeof(text));

    url_put_origin(&b, &p->url);
    o->target = arena_copy(arena, buf_slice(&b));
    return o->target.p != NULL ? 0 : ERR_MEMORY;
}

static int
post_open(struct output *o, struct arena *arena, struct err *e)
{
    struct post *p = arena_alloc(arena, sizeof(*p));
    struct slice url = o->options.url;
    int rc;

    if (p == NULL ||
        arena_split(&p->answer, arena, POST_ANSWER_BYTES + 1024) < 0)
        return err_set(e, ERR_MEMORY, "no memory for an output");
    p->client = NULL;
    p->n_headers = 0;
    o->own = p;
    if (url.n == 0 && o->options.type == OUTPUT_PAGERDUTY)
        url = PAGERDUTY_URL;
    rc = url_parse(&p->url, url, e);
    if (rc == 0)
        rc = set_headers(p, o->options.header, e);
    if (rc == 0 && set_target(o, arena) < 0)
        rc = err_set(e, ERR_MEMORY, "no memory for an output");
    if (rc < 0)
        return rc;
    if (uname(&p->host) < 0)
        p->host.nodename[0] = '\0';
    p->format.hostname = slice_str(p->host.nodename);
    p->format.routing_key = o->options.routing_key;
    return net_client_open(&p->client, o->options.net, arena, e);
}

/*
 * The record's id as the value of a header.  Ids are plain, but for those in
 * files that somebody made up: what may not stand in a header is encoded, and
 * what is too long ends in a hash of all of it.
 */
static struct slice
key_of(struct post *p, struct slice id)
{
    struct buf b = buf_over(p->key, sizeof(p->key));

    for (size_t i = 0; i < id.n && b.n < sizeof(p->key) - 32; i++)
        if (id.p[i] > ' ' && id.p[i] < 0x7f && id.p[i] != '%')
            buf_byte(&b, (unsigned char)id.p[i]);
        else
            buf_fmt(&b, "%%%02x", (unsigned)(unsigned char)id.p[i]);
    if (id.n >= sizeof(p->key) - 32)
        buf_fmt(&b, "-%016llx", (unsigned long long)text_hash(id));
    return buf_slice(&b);
}

/* Sends it; *answer is the beginning of what is said about it, for anything
 * but a success.  Returns the status or an error. */
static int
post_send(struct output *o, const struct exchange_request *rq,
          struct slice *answer, struct err *e)
{
    struct post *p = o->own;
    int64_t deadline =
        driver_deadline(o, clock_steady_ms() + (int64_t)o->options.timeout_ms);
    struct exchange_answer an;
    struct slice after;
    struct err ignored;
    int rc = exchange(p->client, rq, deadline, &an, e);
    int64_t wait;
    char *text;
    ssize_t n;

    *answer = SLICE("");
    if (rc < 0 || (an.status >= 200 && an.status < 300))
        return rc < 0 ? rc : an.status;
    after = exchange_header(&an, SLICE("Retry-After"));
    wait = after.p != NULL ? retry_after_ms(after, clock_wall_ms()) : -1;
    if (wait > DRIVER_RETRY_AFTER_MS)
        wait = DRIVER_RETRY_AFTER_MS;
    if (wait > 0)
        o->not_before = clock_steady_ms() + wait;
    arena_reset(&p->answer, 0);
    text = arena_bytes(&p->answer, POST_ANSWER_BYTES);
    n = stream_read(&an.body, text, POST_ANSWER_BYTES, &ignored);
    if (n > 0)
        *answer = slice_of(text, (size_t)n);
    return an.status;
}

/* Told for the first, and then for one in a hundred. */
static void
refused(struct output *o, struct slice id, int status, struct slice answer)
{
    uint64_t count = atomic_fetch_add(&o->counts.refused, 1);

    if (count % POST_TOLD_EVERY != 0)
        return;
    LOG(LOG_WARNING, "output", "a record is refused for good",
        log_text("output", o->options.name), log_text("target", o->target),
        log_text("id", id), log_number("status", (uint64_t)status),
        log_text("answer", answer), log_number("refused", count + 1));
}

static int
post_judge(struct output *o, const struct outbox_line *line, int status,
           struct slice answer, struct err *e)
{
    switch (post_status(o->options.type, status, answer)) {
    case POST_TAKEN:
        return 0;
    case POST_REFUSED:
        refused(o, line->id, status, answer);
        return 1;
    case POST_CURABLE:
        return err_set(e, ERR_DENIED,
                       "%.*s answers %d: check the configuration",
                       SLICE_FMT(o->target), status);
    default:
        return err_set(e, status == 429 ? ERR_THROTTLED : ERR_REMOTE,
                       "%.*s answers %d", SLICE_FMT(o->target), status);
    }
}

static int
post_deliver(struct output *o, const struct outbox_line *line, struct err *e)
{
    struct post *p = o->own;
    struct http_header headers[POST_HEADERS_MAX];
    struct buf body = buf_over(p->body, sizeof(p->body));
    struct exchange_request rq = {.method = SLICE("POST"),
                                  .url = p->url,
                                  .headers = headers,
                                  .n_headers = p->n_headers};
    struct slice answer;
    int status;

    if (formats_write(&p->format, o->options.type, line->json, &body) < 0) {
        refused(o, line->id, 0, SLICE("it cannot be written for the service"));
        return 1;
    }
    rq.body = buf_slice(&body);
    memcpy(headers, p->headers, p->n_headers * sizeof(*headers));
    if (o->options.type == OUTPUT_HTTP ||
        o->options.type == OUTPUT_FALCOSIDEKICK)
        headers[rq.n_headers++] =
            (struct http_header){SLICE("Idempotency-Key"), key_of(p, line->id)};
    status = post_send(o, &rq, &answer, e);
    return status < 0 ? status : post_judge(o, line, status, answer, e);
}

/* That a drift is over is never grave; but an incident that it began must not
 * stay open for that.  PagerDuty takes no notice of one it does not know. */
static bool
post_wants(const struct output *o, const struct outbox_line *line)
{
    struct notice n;

    return o->options.type == OUTPUT_PAGERDUTY &&
           notice_read(&n, line->json) == 0 && n.kind == RECORD_RESOLVED;
}

/* Any answer shows that names, ways and certificates are right.  HEAD asks for
 * nothing to be done, and webhooks mostly answer that they do not know it. */
static int
post_probe(struct output *o, int64_t deadline_ms, struct err *e)
{
    struct post *p = o->own;
    struct exchange_request rq = {.method = SLICE("HEAD"),
                                  .url = p->url,
                                  .headers = p->headers,
                                  .n_headers = p->n_headers};
    struct exchange_answer an;
    int rc = exchange(p->client, &rq, deadline_ms, &an, e);

    net_client_hang_up(p->client);
    return rc;
}

static void
post_cancel(struct output *o)
{
    struct post *p = o->own;

    net_client_cancel(p->client);
}

static void
post_close(struct output *o)
{
    struct post *p = o->own;

    if (p != NULL)
        net_client_close(p->client);
}

const struct driver post_driver = {
    .open = post_open,
    .deliver = post_deliver,
    .wants = post_wants,
    .probe = post_probe,
    .cancel = post_cancel,
    .close = post_close,
};
