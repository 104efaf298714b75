#ifndef FALCO_CHANGE_H
#define FALCO_CHANGE_H

/* The changes of a record, path: [old, new], as text.  Never allocates. */

#include <stdbool.h>

#include "base/buf.h"
#include "falco/message.h"

/* Text of which nothing can be mistaken for the end of a line: what is
 * neither a plain character nor valid UTF-8 becomes U+FFFD. */
void change_put_text(struct buf *b, struct slice s);

/* A value as text: strings as they are, lists and objects as JSON without
 * white space, and likewise strings that hold such a document. */
void change_put_value(struct buf *b, struct message *m, struct value v);

/* One change of a record. */
struct change_pair {
    struct slice path;
    struct value old_value, new_value; /* absent or null: there is none */
};

struct change_iter {
    struct value_iter it;
};

struct change_iter change_begin(struct message *m);
bool change_next(struct change_iter *it, struct change_pair *pair);

/*
 * Whether a path is meant by an argument: spelt alike, where block[0].name
 * and block.0.name are the same (an argument ends at the first bracket), or
 * by a glob with '*' and '?'.
 */
bool change_matches(struct slice path, struct slice argument);

/* The change as "old->new". */
void change_put(struct buf *b, struct message *m,
                const struct change_pair *pair);

#endif
