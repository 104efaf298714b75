#ifndef MAP_RESOLVE_H
#define MAP_RESOLVE_H

/*
 * Following a mapping's path into an event, through all that CloudTrail
 * wraps values in: {"items":[..]}, {"item":x}, {"tag":1,"content":x},
 * {"value":x}, one <Op>Request around everything, a lone value where a list
 * is meant.  Pure: values in, values out, in the caller's arena.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/value.h"
#include "map/event.h"
#include "map/map.h"
#include "map/words.h"

/* Values found, in the order of the event. */
struct values {
    struct value *v;
    size_t n, max;
};

#define MEMBERS_MAX 128   /* of an object with more each is looked for */
#define MEMBERS_SLOTS 256 /* a power of two */
#define SCOPE_FOCI 2      /* objects on the way from a root that count */

/* The members of an object by class. */
struct members {
    struct value of;
    unsigned asked; /* times before they were noted */
    bool plain;     /* all of them are noted, and it wraps nothing */
    struct {
        uint32_t class;
        struct value v;
    } member[MEMBERS_MAX];
    uint8_t slot[MEMBERS_SLOTS]; /* by class: number of a member + 1, or 0 */
};

/* One event as paths see it. */
struct scope {
    const struct names *names;
    const struct words *words;
    const struct event *event;
    struct arena *arena;           /* what paths find; reset after the event */
    struct arena *scratch;         /* tokens */
    struct value params, response; /* without their wrapper */
    struct value record;           /* the whole record, packed on demand */
    struct value element;          /* of the binding's each */
    /* Paths that begin so are read from `element` (an implied each). */
    const struct map_path *prefix; /* NULL: none */
    size_t prefix_n;               /* its first symbols that count */
    bool record_done;
    const char *broken; /* a member of the record that is not JSON */
    struct members top; /* those of params */
    struct members focus[SCOPE_FOCI]; /* of what is asked again and again */
};

/* Packs the event's parameters; the answer and the record when asked for. */
void scope_init(struct scope *s, const struct names *names,
                const struct words *words, const struct event *event,
                struct arena *arena, struct arena *scratch);

/*
 * What the path leads to: null and absent values are left out, wrappers
 * taken off, lists of `[]` steps opened.  The list lives in the arena; when
 * that is full it is cut short and the arena counts it.
 */
struct values resolve(struct scope *s, const struct map_path *path);

/* Whether a path, sym[0..n), leads to nothing, told at a glance by the first
 * name of each alternative; false: it may lead to something. */
bool resolve_silent(const struct scope *s, const uint16_t *sym, size_t n);

/* The first value, or an absent one. */
struct value resolve_one(struct scope *s, const struct map_path *path);

/* Whether a when line holds. */
bool resolve_when(struct scope *s, const struct map_when *when);

/* The member of an object through its wrapper; absent when there is none. */
struct value value_step(const struct scope *s, struct value v, uint32_t class);

/* A value without its wrappers. */
struct value value_unwrap(const struct scope *s, struct value v);

/* v as a list: calls for each element, wrappers of lists taken off. */
struct values value_list(struct scope *s, struct value v);

/* Appends; false when the arena is full. */
bool values_push(struct arena *a, struct values *list, struct value v);

#endif
