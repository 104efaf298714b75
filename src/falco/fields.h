#ifndef FALCO_FIELDS_H
#define FALCO_FIELDS_H

/*
 * The fields that rules can use, and their values for one record.  What is
 * not text (control characters, broken UTF-8) is U+FFFD in them, so that a
 * user agent cannot write lines of its own into an alert.
 */

#include <plugin/plugin_types.h>

#include "base/arena.h"
#include "falco/message.h"

/* All fields as get_fields() gives them. */
extern const char fields_json[];

/*
 * Fills in the values of one request.  They live in the arena, until it is
 * reset.  res_len is 0 where the record has no value, or the arena is full.
 */
void fields_extract(struct message *m, struct arena *arena,
                    ss_plugin_extract_field *f);

/*
 * The record in one line of text: what, who, from where.  It is terminated,
 * and empty when the arena is full.
 */
const char *fields_summary(struct message *m, struct arena *arena);

#endif
