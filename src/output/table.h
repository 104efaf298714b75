#ifndef OUTPUT_TABLE_H
#define OUTPUT_TABLE_H

/*
 * Records for people: a head line each (when, how grave, what, which
 * resource) and below it the changes, old → new, and who did it.  Text is
 * cut to the width it is given, and nothing in it can disturb a terminal.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "drift/record.h"

#define TABLE_WIDTH_MIN 60
#define TABLE_WIDTH_MAX 200
#define TABLE_CHANGES_MAX 24 /* of one record; the rest is counted */
#define TABLE_MEMBERS_MAX 12 /* of one set, likewise */

struct table {
    size_t width; /* columns, within the limits above */
    bool colours;
    struct arena *scratch; /* rewound by each call */
};

/* The line above the first record. */
void table_head(const struct table *t, struct buf *b);

/* One finished record; b's `full` flag is the only error there is. */
void table_record(const struct table *t, struct buf *b, const struct record *r);

#endif
