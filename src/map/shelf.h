#ifndef MAP_SHELF_H
#define MAP_SHELF_H

/*
 * The attribute lines of bindings that were asked for lately, taken apart.
 * A map codes each line as what differs from the one before (form.h), so all
 * of them must be read to find the few an event speaks of; from the shelf
 * the others are passed over at the first name of their path.  When its
 * memory or its slots are full everything is cleared off, and what is asked
 * for next comes back.  For one thread.
 */

#include "map/resolve.h"

#define SHELF_SLOTS 256
#define SHELF_USED_MAX 192
#define SHELF_BYTES 65536

struct shelf {
    struct shelf_slot {
        struct map_ref ref; /* map NULL: empty */
        uint32_t from, to;  /* its lines, in units */
    } slot[SHELF_SLOTS];
    uint16_t *unit;
    size_t n;    /* units taken */
    size_t used; /* slots */
};

/* Walk over the lines of one binding. */
struct shelf_walk {
    const uint16_t *p, *end; /* on the shelf */
    struct map_lines coded;  /* of what the shelf has no room for */
};

/* An empty shelf; its memory comes from the arena.  0 or ERR_MEMORY. */
int shelf_init(struct shelf *s, struct arena *arena);

/* Starts over the lines of b; without a shelf (NULL) they are decoded.  The
 * walk ends with the next binding that is taken from the same shelf. */
void shelf_lines(struct shelf *s, const struct map_binding *b,
                 struct shelf_walk *w);

/*
 * The next line of which the event may say something, or of all of them when
 * scope is NULL; false at the end.  `line` must be the same object in every
 * call and left alone between them.
 */
bool shelf_next(struct shelf_walk *w, const struct scope *scope,
                struct map_line *line);

#endif
