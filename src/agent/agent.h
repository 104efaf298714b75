#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

/*
 * The agent: everything that runs between a configuration and its end.  It
 * is opened, started and closed as a whole; a reload closes one and opens
 * the next over the same memory, and the checkpoint carries over what must
 * not be forgotten.
 *
 * Threads: one for each (source, region), the judge's, the keeper of states,
 * one for each output, and the admin port's.  The main thread waits for
 * signals.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/admin.h"
#include "agent/config.h"
#include "agent/keeper.h"
#include "agent/pipeline.h"
#include "agent/source.h"
#include "aws/aws.h"
#include "base/arena.h"
#include "base/err.h"
#include "map/map.h"
#include "map/words.h"
#include "net/net.h"
#include "output/outbox.h"
#include "output/output.h"

/* One operation of AWS, as it went; any thread may read the counts. */
#define AGENT_CALLS_MAX 64
struct agent_call {
    struct slice service, operation; /* literals of the aws room */
    _Atomic uint64_t outcome[AWS_OUTCOMES];
};
struct agent_calls {
    struct gate gate; /* for adding a row */
    struct agent_call call[AGENT_CALLS_MAX];
    _Atomic size_t n;
};

/* Of memory: what a source, an output and the admin port get at least. */
#define AGENT_SOURCE_BYTES (SOURCE_ARENA_MIN_BYTES + (320u << 10))
#define AGENT_OUTPUT_BYTES (384u << 10)
#define AGENT_ADMIN_BYTES (1280u << 10)

struct agent {
    const struct config *config;
    struct arena *memory; /* all there is; what is below lives in it */
    struct maps maps;
    struct words words;

    struct net *net;
    struct aws *aws;
    struct keeper *keeper;
    struct arena keeper_arena;
    struct outbox *outbox;
    struct pipeline pipeline;
    struct source_slots slots;
    struct source_sink sink;
    struct source **source;
    struct slice *source_name;
    struct arena *source_arena;
    size_t n_sources;
    struct output **output;
    struct slice *output_name;
    size_t n_outputs;
    struct admin *admin; /* NULL: no port is configured */

    struct slice version;      /* of the program; set by the caller */
    struct agent_calls *calls; /* of AWS, by operation and outcome */
    int64_t started_ms;        /* wall clock */
    uint64_t reloads;          /* that worked; the caller counts */
    uint64_t reload_failures;
};

/*
 * Opens everything over zeroed or closed a: reads mappings and checkpoint,
 * opens files and the admin port, asks nothing of the network.  memory is
 * used from where it stands.  Returns 0; or an error with e set, and
 * agent_close() is still to be called.
 */
int agent_open(struct agent *a, const struct config *c, struct arena *memory,
               struct err *e);

/*
 * Enters the sandbox that an open agent can work in; for good, so once in a
 * process, before any thread is started.  Returns 0 or an error with e set.
 */
int agent_confine(const struct agent *a, struct err *e);

/* Starts all threads. */
int agent_start(struct agent *a, struct err *e);

/* Logs were rotated: files are opened anew. */
void agent_reopen(struct agent *a);

/*
 * Ends everything by the deadline (steady clock): events that were taken are
 * finished, outputs get what is there, and the checkpoint is written.
 * keep: a checkpoint in memory is kept for the next agent_open().
 */
void agent_close(struct agent *a, bool keep, int64_t deadline_ms);

/*
 * Tries every source, state and output once, as `check --online` does; takes
 * neither the checkpoint nor the admin port.  each() is told of every one:
 * e->code is 0 or the error.  a and memory as for agent_open(); all is closed
 * again.  Returns 0, or an error with e set when that much cannot be opened.
 */
enum agent_part { AGENT_SOURCE, AGENT_STATE, AGENT_OUTPUT };
int agent_probe(struct agent *a, const struct config *c, struct arena *memory,
                void (*each)(void *ctx, enum agent_part part, struct slice name,
                             const struct err *e),
                void *ctx, struct err *e);

/* What the configuration says of an output, as the output wants it. */
void agent_output_options(const struct config_output *c, const struct net *net,
                          struct output_options *o);

/* An aws_observer's function over a struct agent_calls. */
void agent_observe(void *ctx, struct slice service, struct slice operation,
                   struct slice region, enum aws_outcome outcome);

#endif
