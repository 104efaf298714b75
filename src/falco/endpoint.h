#ifndef FALCO_ENDPOINT_H
#define FALCO_ENDPOINT_H

/*
 * The name that writers connect to: a Unix stream socket, in the file system
 * or abstract (unix(7)).  A socket file that nobody listens on any more is
 * replaced; one in use, or a file that is no socket, is left alone.
 */

#include <stdint.h>

#include "base/err.h"
#include "falco/settings.h"

struct endpoint {
    int fd;                             /* listening, not blocking; -1: none */
    char path[SETTINGS_NAME_MAX_BYTES]; /* empty for an abstract socket */
    uint64_t inode;                     /* of our file ... */
    uint32_t major, minor;              /* ... on this device */
};

/*
 * Binds and listens.  A missing last folder of the path is made.  Returns 0,
 * or ERR_IO with a sentence that names the socket; nothing is left behind
 * then.
 */
int endpoint_bind(struct endpoint *ep, const struct settings *s, struct err *e);

/* Closes it, and removes its file if it is still ours.  May be called twice,
 * and for one that was never bound (fd -1). */
void endpoint_release(struct endpoint *ep);

#endif
