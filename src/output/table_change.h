#ifndef OUTPUT_TABLE_CHANGE_H
#define OUTPUT_TABLE_CHANGE_H

/* The changes of a record, one or more lines each; part of table.h. */

#include "output/table.h"

void table_changes(const struct table *t, struct buf *b, const struct record *r,
                   size_t indent);

#endif
