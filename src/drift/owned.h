#ifndef DRIFT_OWNED_H
#define DRIFT_OWNED_H

/*
 * The resources that belong to something: those of one type that name it in
 * one of their attributes, in every state that is asked about the event's
 * account.  A group may stand in one state and its rules in another.
 */

#include <stdbool.h>

#include "drift/finding.h"

struct owned {
    const struct trial *t;
    uint16_t type, attr; /* name ids */
    struct slice value;
    bool scan;    /* the attribute is not one that look-ups know */
    size_t state; /* the next one */
    struct state_hits hits;
    bool open; /* hits are of state - 1 */
};

/* Starts; value is of an attribute by which mappings find resources. */
void owned_open(struct owned *o, const struct trial *t, enum word type,
                enum word attr, struct slice value);

/* The same for an attribute that is in no index: goes through all of the
 * type. */
void owned_scan(struct owned *o, const struct trial *t, enum word type,
                enum word attr, struct slice value);

/* The next one; false at the end, or when value is empty. */
bool owned_next(struct owned *o, struct instance *in);

#endif
