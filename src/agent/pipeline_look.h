#ifndef AGENT_PIPELINE_LOOK_H
#define AGENT_PIPELINE_LOOK_H

/*
 * One look at one event by the states as they are now.  An event is judged
 * anew each time: the states may have changed, and nothing else is kept of
 * it but its bytes.  The pipeline's own.
 */

#include "agent/pipeline.h"

/* One event in front of the pipeline. */
struct looking {
    struct pipeline *p;
    struct event ev;
    struct dedup_id id;
    struct outcome o;
    struct held_keys keys;
    size_t state;     /* whose look counts; SIZE_MAX: that of all */
    int64_t since_ms; /* steady clock: when it happened */
    size_t behind;    /* so many of the held came before it */
    bool terraform;   /* Terraform's own; only what it puts back is told */
};

/* Reads the event, over what was left of the one before.  False: it is
 * none, and e says why. */
bool look_decode(struct looking *l, struct slice raw, struct err *e);

/* Judges it; false when that cannot be done, and e says why. */
bool look_judge(struct looking *l, struct err *e);

/* Whether the states that it may be about were looked at after it. */
bool look_is_fresh(const struct looking *l);

/* The event is over: told, if there is anything to tell, and counted.  False
 * as for pipeline_tell(). */
bool look_finish(struct looking *l, bool locked);

/* It cannot be judged: said, counted, and done with all the same. */
void look_refuse(struct looking *l, const struct err *e);

/* The wait before the check after `attempt` checks that found nothing. */
static inline int64_t
look_delay_ms(const struct pipeline *p, unsigned attempt)
{
    return (int64_t)p->o.config->verify.delay_ms << attempt;
}

#endif
