#ifndef DRIFT_SOUGHT_H
#define DRIFT_SOUGHT_H

/*
 * What an event asked for, element by element, and whether it was there: the
 * resources that nobody manages are those that no binding found.
 */

#include "drift/judge.h"

/* One element of a binding that found no resource, or did. */
struct sought {
    struct slice text; /* its ids */
    uint16_t type;
    enum map_role role;
    size_t binding; /* which of the event's */
    bool bulk;      /* one element of several */
    bool found;
};

struct sought_list {
    struct sought *list;
    size_t n, max;
};

/* Lists the resources nobody manages in out; its trial must be over. */
void sought_unmanaged(struct judgement *out, const struct sought_list *all);

#endif
