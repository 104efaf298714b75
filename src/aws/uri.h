#ifndef AWS_URI_H
#define AWS_URI_H

/*
 * Percent-encoding as signatures want it (docs.aws.amazon.com/IAM/latest/
 * UserGuide, reference_sigv-create-signed-request.html, "UriEncode"): all
 * bytes but letters, digits, '-', '.', '_' and '~', in upper-case hex.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Appends s, encoded; '/' stays as it is when `path`. */
void uri_put(struct buf *b, struct slice s, bool path);

/*
 * Appends "name=value", encoded, to a query or a form; a '&' first when b
 * holds bytes already after `from`.
 */
void uri_put_field(struct buf *b, size_t from, struct slice name,
                   struct slice value);

#endif
