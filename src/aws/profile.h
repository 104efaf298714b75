#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

/*
 * The shared files of AWS's tools, ~/.aws/config and ~/.aws/credentials
 * (docs.aws.amazon.com/sdkref/latest/guide/file-format.html), as text: values
 * are found by walking it, nothing is kept.  Pure.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

/* The texts of both files; an empty one is a file that is not there. */
struct profiles {
    struct slice config;
    struct slice credentials;
};

/*
 * Whether a file is made of sections, keys with values, comments and blank
 * lines.  Returns 0, or ERR_CONFIG with the line in e (never its text: it
 * may be a secret).  file is for the message.
 */
int profile_check(struct slice text, struct slice file, struct err *e);

/* Whether either file has the profile. */
bool profile_exists(const struct profiles *p, struct slice profile);

/*
 * A profile's value for a key; empty when it has none.  The credentials file
 * goes before the config file, and in each the last line counts.  A view.
 */
struct slice profile_get(const struct profiles *p, struct slice profile,
                         struct slice key);

/* The same of a [services NAME] section: "endpoint_url" in the lines that are
 * indented below "s3 =". */
struct slice profile_service(const struct profiles *p, struct slice services,
                             struct slice service, struct slice key);

#endif
