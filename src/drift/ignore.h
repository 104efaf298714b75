#ifndef DRIFT_IGNORE_H
#define DRIFT_IGNORE_H

/*
 * The user's own ignore rules, over records that are not finished yet.  A
 * rule matches when each of its keys that has globs has one that matches.
 * With `attribute` globs it takes out the changes they match; without, the
 * whole record.  Pure; the rules are the caller's.
 */

#include "base/list.h"
#include "drift/record.h"

/* Keys of a rule that are texts of the record. */
enum ignore_key {
    IGNORE_TYPE,
    IGNORE_ADDRESS,
    IGNORE_RESOURCE,
    IGNORE_USER,
    IGNORE_EVENT,
    IGNORE_SERVICE,
    IGNORE_ACCOUNT,
    IGNORE_REGION,
    IGNORE_SOURCE_IP,
    IGNORE_USER_AGENT,
    IGNORE_KEYS
};

struct ignore_rule {
    struct slice name;
    struct list key[IGNORE_KEYS]; /* globs; empty: anything */
    struct list attribute;        /* globs of attribute paths */
};

struct ignore_rules {
    const struct ignore_rule *rule;
    size_t n;
};

/*
 * Takes out of r what the rules say.  Returns the rule that took the last of
 * it, NULL when something is left: a change, a deletion, a change nobody
 * knows, or an unmanaged resource.
 */
const struct ignore_rule *ignore_apply(const struct ignore_rules *rules,
                                       struct record *r);

#endif
