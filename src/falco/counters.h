#ifndef FALCO_COUNTERS_H
#define FALCO_COUNTERS_H

/*
 * The plugin's counters, one for each row of counters.def.  They belong to
 * the plugin, not to an open source, and are read by another thread of Falco
 * than the one that counts.
 */

#include <stdatomic.h>
#include <stdint.h>

struct counters {
#define COUNTER(name, kind) _Atomic uint64_t name;
#include "falco/counters.def"
#undef COUNTER
};

/* Adds n, which may be "negative"; order does not matter to anybody. */
static inline void
counter_add(_Atomic uint64_t *c, uint64_t n)
{
    atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

#endif
