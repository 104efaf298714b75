#ifndef DRIFT_RECORD_TEXT_H
#define DRIFT_RECORD_TEXT_H

/*
 * Values as a record writes them: JSON of bounded length, cut where it is
 * longer, so that one huge policy or a hostile name cannot make a line that
 * nobody can read or send.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/names.h"
#include "base/slice.h"
#include "base/value.h"

/*
 * s as a JSON string of at most `max` bytes of text and twice as many with
 * its escapes; what is longer ends, between two characters, with
 * "…(+N bytes)".
 */
void record_text(struct buf *b, struct slice s, size_t max);

/*
 * v as JSON, absent as null.  Longer than `max` bytes: strings are cut as
 * above, lists lose their last members to a string "…(+N more)", objects
 * become a string of their cut JSON.  scratch is rewound; when it is too
 * small, b's `full` flag is set.
 */
void record_value(struct buf *b, const struct names *ns, struct value v,
                  size_t max, struct arena *scratch);

#endif
