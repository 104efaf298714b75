#ifndef MAP_CUT_H
#define MAP_CUT_H

/*
 * Cuts one JSON object into its outermost members in a single pass over the
 * operators of its text, keeping views of those with a name that matters.
 * Nested values are passed over from bracket to bracket: what is in them is
 * for pack_json() to judge.  Nor does it look into strings: two with white
 * space between them pass for one.  Private to event.c and the reader.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/sweep.h"
#include "map/event.h"

/* Rows of members: 0 is none, then those of event_fields.def in their order,
 * then those of cut_rows.def. */
enum cut_row {
    CUT_NONE,
    CUT_FIELDS_END = CUT_NONE + EVENT_FIELD_COUNT, /* the last field */
#define CUT(name, member) CUT_##name,
#include "map/cut_rows.def"
#undef CUT
    CUT_END
};

enum cut_found {
    CUT_OBJECT, /* the object is whole */
    CUT_LIST    /* a member that holds a list of records begins */
};

struct cut {
    struct slice member[CUT_END]; /* JSON text by row, set where seen */
    uint32_t seen;                /* bit for each row */
    enum cut_row list;            /* CUT_LIST: which */
    bool breaks; /* a line break stood between outermost members */
};

/*
 * Cuts the object whose '{' the sweep has just given, at `open`.  `lists`
 * says whether a member that holds a list of records ends the cut, with the
 * sweep behind the list's '['.  Returns an enum cut_found with *end = offset
 * of the byte that follows; ERR_MORE when the text ends first; ERR_SYNTAX
 * with *end = offset of what is wrong.
 */
int cut_object(struct sweep *s, size_t open, bool lists, struct cut *c,
               size_t *end);

/* A member's JSON text; empty when there was none. */
static inline struct slice
cut_member(const struct cut *c, enum cut_row row)
{
    return (c->seen >> row & 1) != 0 ? c->member[row] : slice_of(NULL, 0);
}

/* What was cut as an event over `raw`. */
void cut_event(const struct cut *c, struct slice raw, struct event *ev);

#endif
