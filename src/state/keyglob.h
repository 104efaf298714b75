#ifndef STATE_KEYGLOB_H
#define STATE_KEYGLOB_H

/*
 * Patterns of object keys: '*' is any run of bytes within one part of the
 * key, parts being what stands between slashes; '**' is any run, slashes
 * included, and '**' with a slash behind it may also be nothing at all.
 * Other bytes stand for themselves.
 */

#include <stdbool.h>

#include "base/slice.h"

/* Whether it is a pattern and not a key. */
bool keyglob_is(struct slice key);

/* What every key that matches begins with. */
struct slice keyglob_prefix(struct slice pattern);

/* Whether it matches the whole of a key; takes at most pattern.n * key.n
 * squared steps, mostly key.n. */
bool keyglob_match(struct slice pattern, struct slice key);

#endif
