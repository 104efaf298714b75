#ifndef AGENT_SANDBOX_H
#define AGENT_SANDBOX_H

/*
 * What the process may still do once it is set up: everything else is
 * refused by the kernel, for good, in all threads started afterwards.
 *
 *   seccomp   only the system calls listed in sandbox_calls.def; no new
 *             programs and no new processes
 *   Landlock  writing, creating and removing only in the folders given
 *             (kernels before 5.13, or without it: not restricted)
 *
 * A program that gives credentials (`exec`) inherits all this and could not
 * work in it: then only what no such program needs is refused.
 *
 * Reading files stays allowed: a reload may name new ones, and secrets are
 * mounted anew under the names they have.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct sandbox {
    const struct slice *folder; /* where files may be written and made */
    size_t n_folders;
    bool exec; /* a credential_process may be run */
};

/*
 * Enters it, in the calling thread and those it will start.  *landlock is
 * the version of Landlock in force, 0: none.  Returns 0; or ERR_IO with e
 * set when the kernel refuses what it ought to allow.
 */
int sandbox_enter(const struct sandbox *s, int *landlock, struct err *e);

#endif
