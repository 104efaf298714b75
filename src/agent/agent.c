#include "agent/agent.h"

#include <string.h>

#include "agent/agent_parts.h"
#include "base/clock.h"
#include "base/log.h"

/* How long ending may take when everything answers. */
#define JOIN_MS 500

/* For one source, one output, or all states. */
#define PROBE_MS 60000

/* How many sources there are, a region one each. */
static size_t
count_sources(const struct config *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n_sources; i++)
        n += c->sources[i].type == CONFIG_SOURCE_FILE ? 1
                                                      : c->sources[i].regions.n;
    return n;
}

typedef int step(struct agent *a, struct err *e);

/* Takes the steps over an agent of which nothing is open. */
static int
take_steps(struct agent *a, const struct config *c, struct arena *memory,
           step *const *steps, struct err *e)
{
    struct checkpoint kept = a->pipeline.checkpoint;
    uint64_t reloads = a->reloads, failures = a->reload_failures;
    struct slice version = a->version;
    int rc = 0;

    memset(a, 0, sizeof(*a));
    a->pipeline.checkpoint = kept;
    a->version = version;
    a->reloads = reloads;
    a->reload_failures = failures;
    a->config = c;
    a->memory = memory;
    a->n_sources = count_sources(c);
    a->n_outputs = c->n_outputs;
    a->started_ms = clock_wall_ms();
    if (a->n_sources > PIPELINE_SOURCES_MAX ||
        a->n_outputs > OUTBOX_OUTPUTS_MAX)
        return err_set(
            e, ERR_CONFIG, "%.*s: more than %d sources or %d outputs",
            SLICE_FMT(c->file), PIPELINE_SOURCES_MAX, OUTBOX_OUTPUTS_MAX);
    while (rc >= 0 && *steps != NULL)
        rc = (*steps++)(a, e);
    return rc < 0 ? rc : 0;
}

int
agent_open(struct agent *a, const struct config *c, struct arena *memory,
           struct err *e)
{
    static step *const steps[] = {
        agent_open_maps,    agent_open_tables,
        agent_open_network, agent_open_keeper,
        agent_open_outbox,  agent_open_pipeline,
        agent_open_sources, agent_open_outputs,
        agent_open_admin,   NULL,
    };

    return take_steps(a, c, memory, steps, e);
}

int
agent_start(struct agent *a, struct err *e)
{
    int rc = a->admin != NULL ? admin_start(a->admin, e) : 0;

    for (size_t i = 0; i < a->n_outputs && rc == 0; i++)
        rc = output_start(a->output[i], e);
    if (rc == 0)
        rc = pipeline_start(&a->pipeline, e);
    if (rc == 0)
        rc = keeper_start(a->keeper, e);
    for (size_t i = 0; i < a->n_sources && rc == 0; i++)
        rc = source_start(a->source[i], e);
    return rc;
}

void
agent_reopen(struct agent *a)
{
    for (size_t i = 0; i < a->n_outputs; i++)
        output_reopen(a->output[i]);
}

/* Sources first: what they hold is read again.  The judge finishes the event
 * it is at; its thread must be over before the states go. */
static void
close_sources(struct agent *a)
{
    for (size_t i = 0; i < a->n_sources; i++)
        if (a->source[i] != NULL)
            source_stop(a->source[i]);
    if (a->keeper != NULL)
        keeper_stop(a->keeper);
    if (a->pipeline.opened) {
        pipeline_stop(&a->pipeline);
        pipeline_join(&a->pipeline);
    }
    for (size_t i = 0; i < a->n_sources; i++)
        if (a->source[i] != NULL)
            source_join(a->source[i]);
    if (a->keeper != NULL)
        keeper_join(a->keeper);
}

static void
close_outputs(struct agent *a, int64_t deadline_ms)
{
    if (a->outbox != NULL)
        outbox_close(a->outbox);
    for (size_t i = 0; i < a->n_outputs; i++)
        if (a->output[i] != NULL && a->outbox != NULL)
            output_stop(a->output[i], deadline_ms - JOIN_MS);
    for (size_t i = 0; i < a->n_outputs; i++) {
        if (a->output[i] == NULL)
            continue;
        output_join(a->output[i]);
        output_close(a->output[i]);
    }
}

void
agent_close(struct agent *a, bool keep, int64_t deadline_ms)
{
    struct err e;

    close_sources(a);
    close_outputs(a, deadline_ms);
    admin_close(a->admin);
    if (pipeline_close(&a->pipeline, keep, &e) < 0)
        LOG(LOG_ERROR, "agent",
            "not everything is saved: it will be read again",
            log_text("error", slice_str(e.text)));
    aws_close(a->aws);
    net_close(a->net);
}

/* Told of each part by agent_probe(). */
struct probing {
    void (*each)(void *ctx, enum agent_part part, struct slice name,
                 const struct err *e);
    void *ctx;
};

static void
probed_state(void *ctx, struct slice name, const struct err *e)
{
    const struct err fine = {.code = 0};
    struct probing *p = ctx;

    p->each(p->ctx, AGENT_STATE, name, e != NULL ? e : &fine);
}

/* One output, which may not even be opened. */
static void
probe_output(struct agent *a, size_t i, const struct probing *p)
{
    struct output_options o;
    struct err why = {.code = 0};

    agent_output_options(&a->config->outputs[i], a->net, &o);
    if (output_open(&a->output[i], &o, NULL, i, a->memory, &why) == 0)
        output_probe(a->output[i], clock_steady_ms() + PROBE_MS, &why);
    p->each(p->ctx, AGENT_OUTPUT, a->output_name[i], &why);
}

int
agent_probe(struct agent *a, const struct config *c, struct arena *memory,
            void (*each)(void *ctx, enum agent_part part, struct slice name,
                         const struct err *e),
            void *ctx, struct err *e)
{
    /* Neither the checkpoint nor the port: a running agent has them. */
    static step *const steps[] = {
        agent_open_maps,   agent_open_tables,  agent_open_network,
        agent_open_keeper, agent_open_sources, NULL,
    };
    struct probing p = {each, ctx};
    int rc = take_steps(a, c, memory, steps, e);

    for (size_t i = 0; i < a->n_sources && rc == 0; i++) {
        struct err why = {.code = 0};

        source_probe(a->source[i], clock_steady_ms() + PROBE_MS, &why);
        each(ctx, AGENT_SOURCE, a->source_name[i], &why);
    }
    if (rc == 0)
        keeper_probe(a->keeper, clock_steady_ms() + PROBE_MS, probed_state, &p);
    for (size_t i = 0; i < a->n_outputs && rc == 0; i++)
        probe_output(a, i, &p);
    agent_close(a, false, clock_steady_ms());
    return rc;
}
