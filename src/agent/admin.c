#include "agent/admin.h"

#include "agent/agent.h"
#include "agent/metrics.h"
#include "base/clock.h"
#include "net/server.h"

/* The judge's thread is stuck when it did not run for so long after it was
 * woken. */
#define STUCK_MS 60000

/* A source that was not read for this many of its intervals, and so long on
 * top (a page may take a minute, a refused call some more), is not ready. */
#define POLL_TIMES 3
#define POLL_MORE_MS 120000

struct admin {
    struct agent *agent;
    struct server *server;
    int64_t woken_ms; /* steady: when the judge was woken, and had not run */
    pthread_t thread;
    bool started;
};

/* GET /healthz */
static void
answer_health(struct admin *ad, struct server_answer *an)
{
    int64_t now = clock_steady_ms();

    if (ad->agent->pipeline.counts.beat_ms >= ad->woken_ms)
        ad->woken_ms = now;
    pipeline_wake(&ad->agent->pipeline);
    if (now - ad->woken_ms <= STUCK_MS) {
        buf_put(&an->body, SLICE("ok\n"));
        return;
    }
    an->status = 503;
    buf_put(&an->body, SLICE("the judge's thread does not run\n"));
}

/* States that are not loaded, and why. */
static void
list_states(const struct agent *a, struct buf *b)
{
    size_t n = keeper_count(a->keeper);

    if (!keeper_tried_all(a->keeper))
        buf_put(b, SLICE("states: not all were looked at yet\n"));
    for (size_t i = 0; i < n; i++) {
        struct keeper_status s;

        keeper_status(a->keeper, i, &s);
        /* What a listing no longer has is not missed; a state of its own
         * section that is not there is, and says so. */
        if (s.loaded || s.tried_ms == 0 || (s.gone && s.failure[0] == '\0'))
            continue;
        buf_fmt(b, "state %.*s: not loaded: %s\n", SLICE_FMT(s.name),
                s.failure[0] != '\0' ? s.failure : "waiting");
    }
}

/* Sources that were not read lately. */
static void
list_sources(const struct agent *a, struct buf *b)
{
    int64_t now = clock_wall_ms();
    size_t n = 0;

    for (size_t i = 0; i < a->config->n_sources; i++) {
        const struct config_source *c = &a->config->sources[i];
        int64_t late = (int64_t)c->interval_ms * POLL_TIMES + POLL_MORE_MS;

        if (c->type == CONFIG_SOURCE_FILE) {
            n++;
            continue;
        }
        for (size_t k = 0; k < c->regions.n; k++, n++) {
            int64_t ok = source_counts(a->source[n])->last_ok_ms;

            if (ok == 0)
                buf_fmt(b, "source %.*s: not read yet\n",
                        SLICE_FMT(a->source_name[n]));
            else if (now - ok > late)
                buf_fmt(b, "source %.*s: not read for %lld s\n",
                        SLICE_FMT(a->source_name[n]),
                        (long long)((now - ok) / 1000));
        }
    }
}

/* GET /readyz */
static void
answer_ready(struct admin *ad, struct server_answer *an)
{
    list_states(ad->agent, &an->body);
    list_sources(ad->agent, &an->body);
    if (an->body.n == 0)
        buf_put(&an->body, SLICE("ok\n"));
    else
        an->status = 503;
}

/* GET /metrics */
static void
answer_metrics(struct admin *ad, struct server_answer *an)
{
    an->type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_write(ad->agent, clock_wall_ms(), &an->body);
}

static void
answer(void *ctx, const struct server_request *rq, struct server_answer *an)
{
    static const struct {
        struct slice path;
        void (*answer)(struct admin *ad, struct server_answer *an);
    } pages[] = {
        {SLICE_INIT("/metrics"), answer_metrics},
        {SLICE_INIT("/healthz"), answer_health},
        {SLICE_INIT("/readyz"), answer_ready},
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        if (slice_eq(rq->path, pages[i].path)) {
            pages[i].answer(ctx, an);
            return;
        }
    an->status = 404;
    buf_put(&an->body, SLICE("/metrics, /healthz and /readyz are here\n"));
}

int
admin_open(struct admin **ad, struct agent *a,
           const struct config_address *listen, struct arena *arena,
           struct err *e)
{
    struct admin *x = arena_alloc(arena, sizeof(*x));
    struct server_handler handler = {answer, x};

    *ad = x;
    if (x == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    *x = (struct admin){.agent = a};
    return server_open(&x->server, listen->host, listen->port, handler, arena,
                       e);
}

static void *
run(void *ctx)
{
    struct admin *ad = ctx;

    server_run(ad->server);
    return NULL;
}

int
admin_start(struct admin *ad, struct err *e)
{
    int rc;

    ad->woken_ms = clock_steady_ms();
    rc = thread_start(&ad->thread, "admin", run, ad, e);
    ad->started = rc == 0;
    return rc;
}

void
admin_close(struct admin *ad)
{
    if (ad == NULL)
        return;
    if (ad->started) {
        server_stop(ad->server);
        pthread_join(ad->thread, NULL);
    }
    server_close(ad->server);
}
