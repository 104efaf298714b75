#ifndef BASE_PACK_WORDS_H
#define BASE_PACK_WORDS_H

/*
 * Keys that were met lately and their numbers: where the same ones come
 * again and again, few need looking up in names.h.  Exact: a key is compared
 * with all its bytes.  Never allocates.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"
#include "slice.h"
#include "wide.h"

#define PACK_WORDS 512
#define PACK_WORD_PARTS 6
#define PACK_WORD_MAX_BYTES (8 * PACK_WORD_PARTS) /* longer: not kept */

struct pack_word {
    uint64_t part[PACK_WORD_PARTS]; /* its bytes, the last eight at the end,
                                     * where they may be there twice */
    uint16_t n;
    uint16_t name, class; /* its numbers + 1; 0: not known */
};

/* Zeroed before its first use; for one struct names, to which nothing is
 * added meanwhile. */
struct pack_words {
    const struct names *names;
    struct pack_word slot[PACK_WORDS][2]; /* the later one first */
};

/* Sets the parts of a key that is not too long; returns its two places. */
static inline struct pack_word *
pack_words_place(struct pack_words *words, struct slice key, uint64_t *part)
{
    uint64_t hash = key.n;
    size_t i = 0;

    for (; i * 8 + 8 < key.n; i++) {
        part[i] = wide_load(key.p + i * 8);
        hash = (hash ^ part[i]) * UINT64_C(0x9e3779b97f4a7c15);
    }
    part[i] = key.n >= 8 ? wide_load(key.p + key.n - 8)
                         : wide_load_short(key.p, key.n);
    hash = (hash ^ part[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return words->slot[hash >> 55];
}

/* What is known of a key that was met before, until the next one is asked
 * for; NULL when it was not. */
static inline const struct pack_word *
pack_words_find(struct pack_words *words, struct slice key)
{
    uint64_t part[PACK_WORD_PARTS];
    const struct pack_word *word;

    if (key.n > PACK_WORD_MAX_BYTES)
        return NULL;
    word = pack_words_place(words, key, part);
    for (int i = 0; i < 2; i++, word++) {
        size_t same = 0, parts = (key.n + 7) / 8;

        while (same < parts && word->part[same] == part[same])
            same++;
        if (same == parts && word->n == key.n)
            return word;
    }
    return NULL;
}

/* The id of exactly this spelling, or NAME_NONE, by ns->recent if there is
 * one; for who holds ns alone. */
uint32_t pack_words_name(const struct names *ns, struct slice text);

/* Looks a key up, and remembers it if it is to be kept and not too long;
 * *word becomes what is known of it. */
void pack_words_ask(struct pack_words *words, struct slice key, bool keep,
                    struct pack_word *word);

#endif
