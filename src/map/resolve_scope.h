#ifndef MAP_RESOLVE_SCOPE_H
#define MAP_RESOLVE_SCOPE_H

/*
 * What an event's paths begin from: its parameters by class, so that a path
 * that leads nowhere costs one look, and its answer and record, which are
 * packed when a path first asks for them.  Private to resolve*.c.
 */

#include "map/resolve.h"

/* Class of a key, or NAME_NONE. */
uint32_t scope_class(const struct scope *s, const struct value_key *key);

/* Whether a path that begins with this name cannot lead anywhere. */
bool scope_lacks(const struct scope *s, uint16_t class);

/* A member of the parameters themselves; absent when there is none. */
struct value scope_step(const struct scope *s, uint16_t class);

/* responseElements without its wrapper; absent when there is none. */
struct value scope_response(struct scope *s);

/* The whole record; absent when it is not JSON. */
struct value scope_record(struct scope *s);

#endif
