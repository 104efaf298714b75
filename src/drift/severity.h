#ifndef DRIFT_SEVERITY_H
#define DRIFT_SEVERITY_H

/*
 * How grave a drift is, by the user's list of globs: the first that matches
 * wins.  Without a match it is the default, but what only AWS computes is a
 * notice at most.  Pure; the list is the caller's.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* Falco's priorities, gravest first (falco.org/docs, "Rules: priority"). */
enum severity {
    SEVERITY_EMERGENCY,
    SEVERITY_ALERT,
    SEVERITY_CRITICAL,
    SEVERITY_ERROR,
    SEVERITY_WARNING,
    SEVERITY_NOTICE,
    SEVERITY_INFORMATIONAL,
    SEVERITY_DEBUG,
    SEVERITY_COUNT
};

/* A glob of TYPE.ATTRIBUTE or TYPE!delete; without dot and '!', of TYPE. */
struct severity_rule {
    struct slice pattern;
    enum severity level;
};

struct severity_rules {
    const struct severity_rule *rule;
    size_t n;
    enum severity preset; /* when none matches; usually SEVERITY_WARNING */
};

/* The word records carry: "warning". */
struct slice severity_text(enum severity level);

/*
 * One changed attribute; path is empty when it is not known which.  computed:
 * only AWS sets it.
 */
enum severity severity_change(const struct severity_rules *rules,
                              struct slice type, struct slice path,
                              bool computed);

/* A resource as a whole: what is "delete", or "unmanaged". */
enum severity severity_whole(const struct severity_rules *rules,
                             struct slice type, struct slice what);

/* The graver of two. */
static inline enum severity
severity_graver(enum severity a, enum severity b)
{
    return a < b ? a : b;
}

#endif
