#ifndef MAP_FORM_H
#define MAP_FORM_H

/*
 * The coded form of a map: what encode.c writes, decode.c and look.c read,
 * and gen/ prints as tables.  Private to this room.  It is only ever made
 * by our own code, so reading it checks nothing.
 *
 *   symbol   a name id or a map_symbol: below FORM_FREQUENT an index in
 *            `frequent`; FORM_WIDE and two bytes, high first; else a byte of
 *            which FORM_FREQUENT is taken and one more, high first
 *   number   LEB128
 *   path     count, symbols
 *   head     role:3 confidence:2 types:1 (0: one, 1: a count byte follows,
 *            no types being any) lines:2; type ids, low byte first; number:
 *            offset in finds; if lines: two bytes of the offset in lines, low
 *            first, to which 1 adds nothing, 2 64 KB and 3 the byte after
 *   event    its heads; FORM_LONG bytes and more have their length before
 *            them, two bytes, low first
 *   find     each:1 role:1 whens:3 ids:3 (7: a count byte follows); path of
 *            each; whens; path and transform of the role; ids
 *   when     path, negate, symbol (NAME_NONE: any value)
 *   id       attribute:3 path:3 (7: a count byte follows) transform:1;
 *            symbols; symbols; index of the transform
 *   block    number: own lines * 2 + 1 if it has a base; base: its offset in
 *            three bytes, mask length, mask (bit i: line i of the base is a
 *            line of this one too); own lines
 *   line     delta to the line before in its block, both paths empty at
 *            first: shape; attribute symbols, symbols of the path that are
 *            told, then `derived` ones that are the classes of the last ones
 *            of the attribute, then [] if list; if more: index of the
 *            transform, or FORM_CONSTANT symbol, or FORM_GUARDED symbol when
 *   shape    attr:4 path:4 symbols are those of the line before, new:2 told:2
 *            derived:2 list:1 more:1 (3 in new or told: a count byte follows
 *            the shape): an index in `shapes`, or FORM_SHAPES and two bytes,
 *            high first
 *   trait    flags (0: a part), path; for a part also symbols of the child
 *            type and of the owner attribute
 */

#include "map/map.h"

#define FORM_FREQUENT 192
#define FORM_WIDE 0xffu
#define FORM_NEAR ((FORM_WIDE - FORM_FREQUENT) << 8) /* two bytes: below */
#define FORM_SHAPES 255
#define FORM_PLAIN 0x44u /* one symbol new, the path's derived from it */
#define FORM_XFORMS_MAX 254
#define FORM_CONSTANT 0xfe
#define FORM_GUARDED 0xff
#define FORM_SOURCES_MAX 1024
#define FORM_GROUP 16 /* events between two known offsets */
#define FORM_LONG 0xffu

struct map {
    struct names names;       /* what its numbers mean */
    const struct map *older;  /* a user's file read before; NULL */
    const uint16_t *frequent; /* FORM_FREQUENT symbols, or NULL */
    const uint16_t *shapes;   /* FORM_SHAPES of lines, or NULL */
    const struct map_xform *xform;
    const uint16_t *source;    /* name ids, ascending */
    const uint16_t *source_at; /* index of its first event; one more */
    const uint16_t *event;     /* name ids, ascending within a source */
    const uint32_t *event_at;  /* offset in heads of every 16th event */
    const uint8_t *event_n;    /* bytes of heads, at most FORM_LONG */
    const uint8_t *heads, *finds, *lines;
    const uint16_t *type;        /* ids ascending, one for each source that
                                  * has bindings for it; NAME_NONE: any */
    const uint16_t *type_source; /* index of that source */
    const uint16_t *trait_type;  /* ids, ascending */
    const uint32_t *trait_at;    /* offset of its first trait; one more */
    const uint8_t *traits;
    uint32_t n_sources, n_types, n_trait_types;
};

static inline const uint8_t *
form_symbol(const struct map *m, const uint8_t *p, uint16_t *symbol)
{
    unsigned v = p[0];

    if (v < FORM_FREQUENT) {
        *symbol = m->frequent[v];
        return p + 1;
    }
    if (v == FORM_WIDE) {
        *symbol = (uint16_t)(p[1] << 8 | p[2]);
        return p + 3;
    }
    *symbol = (uint16_t)((v - FORM_FREQUENT) << 8 | p[1]);
    return p + 2;
}

static inline const uint8_t *
form_number(const uint8_t *p, uint32_t *number)
{
    unsigned shift = 0;

    *number = 0;
    do {
        *number |= (uint32_t)(*p & 0x7f) << shift;
        shift += 7;
    } while ((*p++ & 0x80) != 0);
    return p;
}

static inline uint32_t
form_offset(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

/* n more symbols at the end of a path that has room for them. */
const uint8_t *form_symbols(const struct map *m, const uint8_t *p, size_t n,
                            struct map_path *path);

/* The head at `at`: types, role, confidence and lines' offset; where the
 * next head begins.  b's find part stays as it was. */
uint32_t form_head(const struct map *m, uint32_t at, struct map_binding *b,
                   uint32_t *find);

/* The heads of event i, counted over all sources. */
void form_heads(const struct map *m, uint32_t i, uint32_t *from, uint32_t *to);

/* The same by name; false when the map does not know it. */
bool form_event(const struct map *m, uint32_t source, uint32_t event,
                uint32_t *from, uint32_t *to);

/* The index of v in an ascending table, or n. */
uint32_t form_index(const uint16_t *table, uint32_t n, uint32_t v);

#endif
