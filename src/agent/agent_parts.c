#include "agent/agent_parts.h"

#include <string.h>

#include "base/pack_text.h"

/* Of all memory; the states get what is left. */
#define OUTBOX_SHARE 16
#define PIPELINE_SHARE 4
#define SOURCES_SHARE 8 /* for all of them together */
#define MAPS_SCRATCH_SHARE 16
#define OUTBOX_MIN_BYTES (512u << 10)
#define PIPELINE_MIN_BYTES (7u << 19)
#define KEEPER_MIN_BYTES (1u << 20)

static int
no_memory(const struct agent *a, struct err *e)
{
    return err_set(e, ERR_CONFIG,
                   "%.*s: [agent] memory: %llu bytes are too few for %zu "
                   "sources and %zu outputs; allowed: more",
                   SLICE_FMT(a->config->file),
                   (unsigned long long)a->config->agent.memory_bytes,
                   a->n_sources, a->n_outputs);
}

static size_t
share(const struct agent *a, size_t parts, size_t least)
{
    size_t n = (size_t)(a->config->agent.memory_bytes / parts);

    return n > least ? n : least;
}

/* The mappings, and the words of them that the judge looks for. */
int
agent_open_maps(struct agent *a, struct err *e)
{
    struct arena scratch;
    struct slice empty;
    size_t mark;
    int rc;

    maps_init(&a->maps);
    if (a->config->map.include.n > 0) {
        /* What is kept lies below the scratch that is given back. */
        size_t bytes = share(a, MAPS_SCRATCH_SHARE, 1u << 20);

        if (arena_split(&scratch, a->memory, bytes) < 0)
            return no_memory(a, e);
        rc = config_maps_read(a->config, &a->maps, a->memory, &scratch, &empty,
                              e);
        if (rc < 0)
            return rc;
    }
    mark = arena_mark(a->memory);
    if (words_init(&a->words, &a->maps.names, a->memory) < 0 ||
        pack_remember(&a->maps.names, a->memory) < 0) {
        arena_reset(a->memory, mark);
        return no_memory(a, e);
    }
    return 0;
}

static const char *
environment(void *ctx, const char *name)
{
    (void)ctx;
    return config_environment.get(config_environment.ctx, name);
}

/* Connections that may be open at once: of each source and each output, and
 * the keeper's, which looks at one state after the other. */
static size_t
count_clients(const struct agent *a)
{
    size_t states = a->config->n_states;

    return a->n_sources + a->n_outputs + 2 * (states < 8 ? states : 8);
}

int
agent_open_network(struct agent *a, struct err *e)
{
    struct net_env net_env = {environment, NULL};
    struct aws_options options = {.env = {environment, NULL},
                                  .observer = {agent_observe, NULL}};
    int rc;

    a->calls = arena_alloc(a->memory, sizeof(*a->calls));
    if (a->calls == NULL)
        return no_memory(a, e);
    memset(a->calls, 0, sizeof(*a->calls));
    gate_init(&a->calls->gate);
    rc = net_init(&a->net, &net_env, count_clients(a), a->memory, e);
    options.net = a->net;
    options.observer.ctx = a->calls;
    return rc < 0 ? rc : aws_open(&a->aws, &options, a->memory, e);
}

/* Names, and room for what belongs to them. */
int
agent_open_tables(struct agent *a, struct err *e)
{
    size_t s = a->n_sources + 1, o = a->n_outputs + 1;
    size_t n = 0;

    a->source = arena_alloc(a->memory, s * sizeof(*a->source));
    a->source_name = arena_alloc(a->memory, s * sizeof(*a->source_name));
    a->source_arena = arena_alloc(a->memory, s * sizeof(*a->source_arena));
    a->output = arena_alloc(a->memory, o * sizeof(*a->output));
    a->output_name = arena_alloc(a->memory, o * sizeof(*a->output_name));
    if (a->source == NULL || a->source_name == NULL ||
        a->source_arena == NULL || a->output == NULL || a->output_name == NULL)
        return no_memory(a, e);
    memset(a->source, 0, s * sizeof(*a->source));
    memset(a->output, 0, o * sizeof(*a->output));
    for (size_t i = 0; i < a->n_outputs; i++)
        a->output_name[i] = a->config->outputs[i].head.name;
    for (size_t i = 0; i < a->config->n_sources; i++) {
        const struct config_source *c = &a->config->sources[i];

        if (c->type == CONFIG_SOURCE_FILE)
            a->source_name[n++] = c->head.name;
        for (size_t k = 0;
             c->type == CONFIG_SOURCE_CLOUDTRAIL && k < c->regions.n; k++) {
            struct buf b = arena_open(a->memory);

            buf_fmt(&b, "%.*s/%.*s", SLICE_FMT(c->head.name),
                    SLICE_FMT(c->regions.p[k]));
            a->source_name[n++] = arena_keep(a->memory, &b);
        }
    }
    return 0;
}

int
agent_open_outbox(struct agent *a, struct err *e)
{
    uint64_t queue[OUTBOX_OUTPUTS_MAX];

    for (size_t i = 0; i < a->n_outputs; i++)
        queue[i] = a->config->outputs[i].queue;
    if (outbox_init(&a->outbox, a->memory,
                    share(a, OUTBOX_SHARE, OUTBOX_MIN_BYTES), a->n_outputs,
                    queue, pipeline_wake, &a->pipeline) < 0)
        return no_memory(a, e);
    return 0;
}

int
agent_open_outputs(struct agent *a, struct err *e)
{
    int rc = 0;

    for (size_t i = 0; i < a->n_outputs && rc == 0; i++) {
        struct output_options o;

        agent_output_options(&a->config->outputs[i], a->net, &o);
        rc = output_open(&a->output[i], &o, a->outbox, i, a->memory, e);
    }
    return rc;
}

void
agent_output_options(const struct config_output *c, const struct net *net,
                     struct output_options *o)
{
    *o = (struct output_options){.type = (enum output_type)c->type,
                                 .name = c->head.name,
                                 .socket = c->socket,
                                 .path = c->path,
                                 .url = c->url,
                                 .routing_key = c->routing_key,
                                 .header = c->header,
                                 .timeout_ms = c->timeout_ms,
                                 .min_severity = c->min_severity,
                                 .net = net};
}

/* What each source gets. */
static size_t
source_bytes(const struct agent *a)
{
    return share(a, SOURCES_SHARE * (a->n_sources + 1), AGENT_SOURCE_BYTES);
}

/* Source number n: a section, and one of its regions. */
static int
open_source(struct agent *a, const struct config_source *c, struct slice region,
            size_t n, struct err *e)
{
    size_t each = source_bytes(a);
    struct source_options o = {.config = c,
                               .region = region,
                               .number = n,
                               .aws = a->aws,
                               .start = checkpoint_position(
                                   &a->pipeline.checkpoint, a->source_name[n]),
                               .sink = &a->sink,
                               .slots = &a->slots};

    if (arena_split(&a->source_arena[n], a->memory, each) < 0)
        return no_memory(a, e);
    return source_open(&a->source[n], &o, &a->source_arena[n], e);
}

int
agent_open_sources(struct agent *a, struct err *e)
{
    size_t n = 0;
    int rc = 0;

    a->sink =
        (struct source_sink){&a->pipeline, pipeline_known, pipeline_submit};
    source_slots_init(&a->slots, a->config->agent.workers);
    for (size_t i = 0; i < a->config->n_sources && rc == 0; i++) {
        const struct config_source *c = &a->config->sources[i];

        if (c->type == CONFIG_SOURCE_FILE)
            rc = open_source(a, c, SLICE(""), n++, e);
        for (size_t k = 0;
             c->type == CONFIG_SOURCE_CLOUDTRAIL && k < c->regions.n && rc == 0;
             k++)
            rc = open_source(a, c, c->regions.p[k], n++, e);
    }
    return rc;
}

/* Memory that the states do not get. */
static size_t
others_bytes(const struct agent *a)
{
    return share(a, PIPELINE_SHARE, PIPELINE_MIN_BYTES) +
           share(a, OUTBOX_SHARE, OUTBOX_MIN_BYTES) +
           source_bytes(a) * a->n_sources + AGENT_OUTPUT_BYTES * a->n_outputs +
           AGENT_ADMIN_BYTES;
}

/* The keeper of states gets all memory that nobody else wants. */
int
agent_open_keeper(struct agent *a, struct err *e)
{
    size_t left = a->memory->size - a->memory->used;
    size_t others = others_bytes(a);

    if (left < others + KEEPER_MIN_BYTES ||
        arena_split(&a->keeper_arena, a->memory, left - others) < 0)
        return no_memory(a, e);
    return keeper_open(&a->keeper, a->config, &a->maps, a->aws,
                       &a->keeper_arena, pipeline_wake, &a->pipeline, e);
}

/* The judge's thread with what it is given. */
int
agent_open_pipeline(struct agent *a, struct err *e)
{
    struct pipeline_options o = {.config = a->config,
                                 .maps = &a->maps,
                                 .words = &a->words,
                                 .keeper = a->keeper,
                                 .outbox = a->outbox,
                                 .source = a->source_name,
                                 .output = a->output_name,
                                 .n_sources = a->n_sources,
                                 .n_outputs = a->n_outputs};

    return pipeline_open(&a->pipeline, &o, a->memory,
                         share(a, PIPELINE_SHARE, PIPELINE_MIN_BYTES), e);
}

int
agent_open_admin(struct agent *a, struct err *e)
{
    if (a->config->agent.listen.host.n == 0)
        return 0;
    return admin_open(&a->admin, a, &a->config->agent.listen, a->memory, e);
}
