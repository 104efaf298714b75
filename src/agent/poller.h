#ifndef AGENT_POLLER_H
#define AGENT_POLLER_H

/*
 * One region of one account, as LookupEvents shows it: the pages of a window
 * (window.h) put together to a batch.  Private to source_cloudtrail.c and
 * poller.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/limiter.h"
#include "agent/source_parts.h"
#include "agent/window.h"
#include "aws/cloudtrail.h"
#include "base/arena.h"
#include "map/reader.h"

/* What became of a window. */
enum ask {
    ASK_DONE,
    ASK_FULL,   /* it does not fit into memory */
    ASK_FEWER,  /* a page does not; p->why */
    ASK_FAILED, /* p->why */
    ASK_STOPPED
};

struct poller {
    struct source *s;
    struct aws_client *client;
    struct window window;
    struct arena page; /* an answer, and the records out of it */
    struct reader reader;
    struct limiter *limiter;
    unsigned max_results;
    unsigned failures; /* in a row */
    bool again;        /* the call was tried before */
    bool by_page;      /* hand over what there is when memory is full */
    struct err why;
    struct err refused; /* the first record of the window that was */
    uint64_t n_refused;
    size_t n_token;
    char token[CLOUDTRAIL_TOKEN_MAX_BYTES];
};

/*
 * Asks for one page of the window, in its turn, within the deadline (steady
 * clock; CLOCK_NEVER: the usual one).  Returns as cloudtrail_lookup(), with
 * p->why set.
 */
int poller_page(struct poller *p, int64_t deadline_ms,
                struct cloudtrail_page *page);

/* All pages of the window into the batch, newest first. */
enum ask poller_window(struct poller *p);

/* Hands the batch over, oldest first, with what is delivered by then; the
 * slot is given back meanwhile if `slot`.  False when the pipeline closes. */
bool poller_submit(struct poller *p, bool slot);

#endif
