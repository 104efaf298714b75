#ifndef AWS_WHEN_H
#define AWS_WHEN_H

/*
 * Times as AWS writes them, in milliseconds since 1970.  Pure: what the time
 * is now is never asked here.
 */

#include <stdint.h>

#include "base/slice.h"

#define WHEN_STAMP_BYTES 16 /* "20150830T123600Z" */

/*
 * An HTTP date as servers must write it (RFC 9110 section 5.6.7):
 * "Sun, 06 Nov 1994 08:49:37 GMT".  0 when it is none.
 */
int64_t when_http(struct slice text);

/*
 * ISO 8601 with date and time: "2026-01-02T03:04:05Z", also with a fraction,
 * an offset (+01:00, +0100) or without a zone, which is UTC.  0 when it is
 * none.
 */
int64_t when_iso(struct slice text);

/* The basic form that signatures use; whole seconds, rounded down. */
void when_stamp(int64_t ms, char out[WHEN_STAMP_BYTES]);

#endif
