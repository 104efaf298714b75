#ifndef MAP_RESOLVE_SCOPE_H
#define MAP_RESOLVE_SCOPE_H

/*
 * What an event's paths begin from: its parameters by class, so that a path
 * that leads nowhere costs one look; its answer and record, which are packed
 * when a path first asks for them; and the members of the objects below that
 * many paths go through.  Private to resolve*.c and shelf.c.
 */

#include "map/resolve.h"

/* Class of a key, or NAME_NONE. */
uint32_t scope_class(const struct scope *s, const struct value_key *key);

/* Where a class stands among the slots, or where it would: there is always
 * a free one. */
static inline size_t
members_slot(const struct members *m, uint32_t class)
{
    size_t at = class % MEMBERS_SLOTS;

    while (m->slot[at] != 0 && m->member[m->slot[at] - 1].class != class)
        at = (at + 1) % MEMBERS_SLOTS;
    return at;
}

static inline bool
members_has(const struct members *m, uint32_t class)
{
    return m->slot[members_slot(m, class)] != 0;
}

/* The member of a class; absent when there is none. */
static inline struct value
members_get(const struct members *m, uint32_t class)
{
    unsigned i = m->slot[members_slot(m, class)];

    return i != 0 ? m->member[i - 1].v : VALUE_NOTHING;
}

/* The member of an object, `depth` steps from a root, as value_step() finds
 * it; v stands in the event and stays there as long as the scope does. */
struct value scope_step(struct scope *s, struct value v, size_t depth,
                        uint16_t class);

/* responseElements without its wrapper; absent when there is none. */
struct value scope_response(struct scope *s);

/* The whole record; absent when it is not JSON. */
struct value scope_record(struct scope *s);

#endif
