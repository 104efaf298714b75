#ifndef OUTPUT_LINE_H
#define OUTPUT_LINE_H

/* A record as outputs send it: one JSON object on one line. */

#include "base/buf.h"
#include "drift/record.h"

/*
 * Writes r (finished) with its keys in the order of record_fields.def and no
 * newline; fewer than RECORD_LINE_MAX_BYTES bytes.  b's `full` flag is the
 * only error there is.
 */
void line_record(struct buf *b, const struct record *r);

#endif
