#ifndef OUTPUT_POST_STATUS_H
#define OUTPUT_POST_STATUS_H

/* What an HTTP status means for a record.  Pure. */

#include "base/slice.h"
#include "output/output.h"

enum post_status {
    POST_TAKEN,   /* the receiver has it */
    POST_LATER,   /* it may take it another time */
    POST_CURABLE, /* it will, once somebody mends the configuration */
    POST_REFUSED  /* it never will */
};

/* answer: the beginning of the body, in which some say more. */
enum post_status post_status(enum output_type type, int status,
                             struct slice answer);

#endif
