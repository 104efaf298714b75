#ifndef AGENT_METRICS_H
#define AGENT_METRICS_H

/*
 * The agent's numbers as Prometheus reads them: text format 0.0.4
 * (prometheus.io, "Exposition formats").  Base units stand in the names,
 * counters end in _total, times are seconds.  Any thread may call this.
 */

#include "agent/agent.h"
#include "base/buf.h"

#define METRICS_STATES_MAX 256   /* with series of their own */
#define METRICS_UNMAPPED_MAX 100 /* names, the most frequent */

/* now_ms is the time of day.  Lines that do not fit are left out, the last
 * ones first. */
void metrics_write(struct agent *a, int64_t now_ms, struct buf *b);

/* A label's value: quoted, with backslash, quote and newline escaped; what is
 * no UTF-8 becomes U+FFFD, other control characters question marks. */
void metrics_label(struct buf *b, struct slice value);

/* --- between metrics.c and metrics_rows.c --- */

void metrics_head(struct buf *b, const char *name, const char *type,
                  const char *help);
void metrics_sample(struct buf *b, const char *name, const char *label,
                    struct slice value, uint64_t n);
void metrics_sample_ms(struct buf *b, const char *name, const char *label,
                       struct slice value, int64_t ms);

/* Ends the line that began there, or takes it out when it does not fit. */
void metrics_end(struct buf *b, size_t begun);

/* Series of each source, output, state, and operation of AWS. */
void metrics_sources(struct agent *a, struct buf *b);
void metrics_outputs(struct agent *a, struct buf *b);
void metrics_states(struct agent *a, struct buf *b);
void metrics_calls(struct agent *a, struct buf *b);

#endif
