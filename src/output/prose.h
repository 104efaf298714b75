#ifndef OUTPUT_PROSE_H
#define OUTPUT_PROSE_H

/*
 * Text for people in somebody else's service: put together from our own words
 * and from values out of a record, which are made harmless for the service's
 * markup and cut to a number of characters.  Control characters and marks
 * that turn the direction of writing are replaced, so that no name in an
 * event can look like something else.
 *
 * Characters are counted as UTF-16 units, as services in JavaScript do; where
 * a service counts code points, that is never more than it allows.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

#define PROSE_BYTES(units) (3 * (units)) /* that text may take, as UTF-8 */

struct prose {
    struct buf b;
    size_t units, max;
};

/* What a value is put into. */
enum prose_markup {
    PROSE_PLAIN,        /* no markup: plain text */
    PROSE_SLACK,        /* Slack's mrkdwn */
    PROSE_SLACK_CODE,   /* ... between backticks, which are added */
    PROSE_DISCORD,      /* Discord's markdown */
    PROSE_DISCORD_CODE, /* ... between backticks, which are added */
    PROSE_MARKUPS
};

/* An empty text of at most `units` characters over PROSE_BYTES(units). */
struct prose prose_over(char *mem, size_t units);

/* Our own words, with whatever markup they hold; all of them or, when they
 * do not fit, none. */
void prose_put(struct prose *p, struct slice words);

/*
 * A JSON value of a record: a string without its quotes and escapes (an empty
 * one with its quotes, so that it can be seen), anything else as it is.
 * Takes at most `most` characters, markup and all; what is longer ends in
 * "…".
 */
void prose_value(struct prose *p, struct slice json, enum prose_markup markup,
                 size_t most);

/* Characters there is still room for. */
static inline size_t
prose_left(const struct prose *p)
{
    return p->max - p->units;
}

/* The text as a JSON string. */
static inline void
prose_json(struct buf *b, const struct prose *p)
{
    buf_json(b, buf_slice(&p->b));
}

#endif
