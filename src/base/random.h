#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

/*
 * Numbers nobody can guess, for jitter and for the keys of hashes; TLS takes
 * what it needs from the kernel itself.  Never waits: while the kernel has
 * none yet, for a moment after the machine's start (getrandom(2)), a number
 * comes from the clock.
 */

#include <stdint.h>

uint64_t random_u64(void);

#endif
