#ifndef BASE_PACK_TEXT_H
#define BASE_PACK_TEXT_H

/*
 * Packs an object or array straight from its text, in one pass over the
 * operators that sweep.h finds, without tokens: for who reads much JSON of
 * which the beginning is at hand but not yet the end.  What is packed is
 * checked at least as strictly as by pack_json() (control characters must be
 * escaped), and the result is the same.
 */

#include <stddef.h>

#include "arena.h"
#include "pack.h"
#include "pack_words.h"
#include "slice.h"
#include "value.h"

/*
 * Packs what text begins with, white space first, at the end of `out`;
 * escapes are taken out at the end of `scratch`.  Returns 0 with *at = the
 * offset behind it; ERR_MORE when text ends too early; ERR_SYNTAX with *at =
 * the offset of what is wrong; ERR_LIMIT when nested too deeply; ERR_MEMORY.
 * filter may be NULL.
 */
int pack_text(struct pack_words *words, struct slice text,
              struct arena *scratch, struct arena *out,
              const struct pack_filter *filter, struct value *v, size_t *at);

/*
 * The same for a whole text, with nothing behind it, by ns->recent; by
 * pack_json() where there is none.  Returns as pack_json().
 */
int pack_whole(const struct names *ns, struct slice text, struct arena *scratch,
               struct arena *out, struct value *v);

/* Gives ns a memory of keys, in the arena; call it when all words are there.
 * Returns 0 or ERR_MEMORY. */
int pack_remember(struct names *ns, struct arena *arena);

#endif
