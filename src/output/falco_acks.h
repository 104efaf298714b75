#ifndef OUTPUT_FALCO_ACKS_H
#define OUTPUT_FALCO_ACKS_H

/*
 * What a reader of the Falco socket says: one greeting, then
 * acknowledgements, a line each.  Bytes in, lines out; any bytes will do, and
 * a line too long for either is dropped as it comes.  No I/O.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define FALCO_ID_MAX_BYTES 256 /* of an id that can be acknowledged */

struct falco_acks {
    char line[FALCO_ID_MAX_BYTES + 8]; /* the beginning of one */
    size_t n;
    bool skipping; /* the rest of one that is too long */
};

enum falco_word {
    FALCO_NOTHING,  /* no whole line is left in the bytes */
    FALCO_GREETING, /* "tfdrift 1" */
    FALCO_ACK,      /* "ack <id>" */
    FALCO_OTHER     /* neither: to be ignored */
};

/*
 * The next line of *bytes, which it moves past.  Of FALCO_ACK *id is set,
 * valid until the next call.  Call it until it says FALCO_NOTHING; what
 * is then left of a line is kept for later bytes.  Start with a zeroed
 * struct for each connection.
 */
enum falco_word falco_acks_next(struct falco_acks *a, struct slice *bytes,
                                struct slice *id);

/* Whether an acknowledgement can carry this id as it stands in the record:
 * printable ASCII that JSON leaves alone, and not too long. */
bool falco_acks_fit(struct slice id);

#endif
