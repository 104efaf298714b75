#ifndef MAP_RESOLVE_SCOPE_H
#define MAP_RESOLVE_SCOPE_H

/*
 * What an event's paths begin from: its parameters by class, so that a path
 * that leads nowhere costs one look, and its answer and record, which are
 * packed when a path first asks for them.  Private to resolve*.c and shelf.c.
 */

#include "map/resolve.h"

/* Class of a key, or NAME_NONE. */
uint32_t scope_class(const struct scope *s, const struct value_key *key);

/* Where a class stands among the slots, or where it would: there is always
 * a free one. */
static inline size_t
scope_slot(const struct scope *s, uint32_t class)
{
    size_t at = class % SCOPE_SLOTS;

    while (s->slot[at] != 0 && s->member[s->slot[at] - 1].class != class)
        at = (at + 1) % SCOPE_SLOTS;
    return at;
}

static inline bool
scope_has(const struct scope *s, uint32_t class)
{
    return s->slot[scope_slot(s, class)] != 0;
}

/* Whether a path that begins with this name cannot lead anywhere. */
static inline bool
scope_lacks(const struct scope *s, uint16_t class)
{
    return s->plain && s->prefix == NULL && !scope_has(s, class);
}

/* Whether a path, sym[0..n), cannot lead anywhere, told at a glance by the
 * first name of each alternative; false: it may. */
bool scope_silent(const struct scope *s, const uint16_t *sym, size_t n);

/* A member of the parameters themselves; absent when there is none. */
struct value scope_step(const struct scope *s, uint16_t class);

/* responseElements without its wrapper; absent when there is none. */
struct value scope_response(struct scope *s);

/* The whole record; absent when it is not JSON. */
struct value scope_record(struct scope *s);

#endif
