#ifndef FALCO_MESSAGE_H
#define FALCO_MESSAGE_H

/*
 * One line of the socket as a JSON object, and what must be known of it
 * before anybody looks at its fields.  All memory is taken when it is set
 * up; reading never allocates and takes any bytes.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/slice.h"
#include "base/value.h"
#include "drift/record.h"

#define MESSAGE_MAX_BYTES RECORD_LINE_MAX_BYTES
#define MESSAGE_ID_MAX_BYTES 256

/* Taken from the arena by message_init(). */
#define MESSAGE_MEMORY_BYTES (8u * MESSAGE_MAX_BYTES)

struct message {
    struct names names; /* no words: keys are compared as they are spelt */
    struct arena scratch, packed;
    struct value root; /* the object; absent before and after bad lines */
};

/* What to do with a line. */
enum message_use {
    MESSAGE_DELIVER, /* it has an id and a kind */
    MESSAGE_CONFIRM, /* an object with an id, but no record: it is of no use
                      * to anybody, and is acknowledged so that it does not
                      * come again for ever */
    MESSAGE_SKIP     /* no JSON object, or none that can be acknowledged */
};

/* Returns 0 or ERR_MEMORY. */
int message_init(struct message *m, struct arena *arena);

/* Reads a line of at most MESSAGE_MAX_BYTES; what was read before is gone.
 * Returns 0, or a negative ERR_* when it is not a JSON object. */
int message_read(struct message *m, struct slice line);

/* A member of the object; absent when there is none. */
static inline struct value
message_get(const struct message *m, struct slice key)
{
    return value_member(&m->names, m->root, key);
}

/*
 * Its id without escapes, as an acknowledgement repeats it; empty when there
 * is none, when it is too long, or when control characters in it would break
 * the lines of acknowledgements.  Valid until the next read.
 */
struct slice message_id(const struct message *m);

enum message_use message_use(const struct message *m);

#endif
