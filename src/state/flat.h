#ifndef STATE_FLAT_H
#define STATE_FLAT_H

/*
 * Attributes as Terraform 0.11 wrote them and 0.12 carried them over for
 * resources it had not refreshed yet: one object of dotted names, where
 * "a.#" counts a list or set, "a.%" a map, and what stands between the dots
 * is an index, a set's hash or a key.  They are given the nesting they
 * stand for; all values stay text.
 */

#include "base/arena.h"
#include "base/names.h"
#include "base/slice.h"
#include "base/value.h"
#include "state/wants.h"

/*
 * Packs attributes_flat at the end of `out`, keeping the attributes wanted
 * by k.  Lists come in the order of their indexes, sets of their hashes.
 * Returns as pack_json() does; ERR_SYNTAX also when it is no object.
 */
int flat_pack(const struct names *ns, struct slice text, const struct want *k,
              struct arena *scratch, struct arena *out, struct value *v,
              size_t *at);

#endif
