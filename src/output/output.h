#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

/*
 * An output: a thread that takes lines out of the outbox and gives them to
 * somebody, until told to stop.  It retries for ever (backoff with full
 * jitter, Retry-After) and says once in the log when it begins to fail and
 * once when it works again; it never drops a line that may be delivered
 * later, and never blocks another output.
 *
 * The log names an output by its section and by its host, path or socket;
 * URLs, keys and headers may hold secrets and are never shown.  SIGPIPE must
 * be ignored by the program.
 */

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/list.h"
#include "base/slice.h"
#include "drift/severity.h"
#include "net/net.h"
#include "output/outbox.h"

enum output_type {
    OUTPUT_FALCO,
    OUTPUT_STDOUT,
    OUTPUT_FILE,
    OUTPUT_HTTP,
    OUTPUT_FALCOSIDEKICK,
    OUTPUT_SLACK,
    OUTPUT_PAGERDUTY,
    OUTPUT_TEAMS,
    OUTPUT_DISCORD,
    OUTPUT_TYPES
};

/* What it is; the texts must outlive it. */
struct output_options {
    enum output_type type;
    struct slice name;   /* of its section */
    struct slice socket; /* falco; "@name": an abstract one */
    struct slice path;   /* file */
    struct slice url;
    struct slice routing_key;
    struct list header; /* "Name: value" */
    uint64_t timeout_ms;
    enum severity min_severity;
    const struct net *net; /* for those that speak HTTP */
};

/* Numbers for the metrics; any thread may read them. */
struct output_counts {
    _Atomic uint64_t accepted;  /* records */
    _Atomic uint64_t skipped;   /* below min_severity, or known */
    _Atomic uint64_t refused;   /* the receiver will never take it (HTTP 4xx) */
    _Atomic uint64_t attempts;  /* deliveries tried */
    _Atomic uint64_t failures;  /* tries that failed */
    _Atomic uint64_t resent;    /* attempts with a record tried before */
    _Atomic int64_t last_ok_ms; /* wall clock; 0: never */
    _Atomic bool up;            /* the last try worked, or none was needed */
};

struct output;

/* Readies output number i of the outbox and opens what must be there at the
 * start (a file).  Memory (an HTTP client, a line's room) comes from the
 * arena, which the output keeps; ob may be NULL for one that is only probed.
 * Returns 0 or an error with e set. */
int output_open(struct output **o, const struct output_options *options,
                struct outbox *ob, size_t i, struct arena *arena,
                struct err *e);

/* Starts its thread. */
int output_start(struct output *o, struct err *e);

/* A file is opened anew, soon and before the next line (SIGHUP: logs were
 * rotated). */
void output_reopen(struct output *o);

/*
 * Asks it to end by the deadline (steady clock): what waits is still tried
 * until then, once at once and, failing that, again.  It takes the lines that
 * are there by now and waits for no more.  output_join() waits for its
 * thread, until the deadline and hardly longer; without output_stop() first,
 * it waits for outbox_close() and all lines to be accepted.
 */
void output_stop(struct output *o, int64_t deadline_ms);
void output_join(struct output *o);

/* Closes what it has open; its thread was joined or never started.  NULL may
 * be passed.  Its memory stays the arena's. */
void output_close(struct output *o);

const struct output_counts *output_counts(const struct output *o);

/* Tries it once without delivering a record, for `check --online`: connects,
 * opens, and says in e what is wrong.  Returns 0 or the error. */
int output_probe(struct output *o, int64_t deadline_ms, struct err *e);

#endif
