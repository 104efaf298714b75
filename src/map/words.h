#ifndef MAP_WORDS_H
#define MAP_WORDS_H

/* The numbers of the words that the code asks for by name (words.def). */

#include "base/arena.h"
#include "base/names.h"

enum word {
#define WORD(name, text) W_##name,
#include "map/words.def"
#undef WORD
    W_COUNT
};

struct words {
    uint16_t id[W_COUNT];    /* exact, for states */
    uint16_t class[W_COUNT]; /* for events */
};

/*
 * Looks all words up once; those that no mapping has are added to ns, which
 * takes a little of `arena`.  Returns 0 or ERR_MEMORY.
 */
int words_init(struct words *w, struct names *ns, struct arena *arena);

#endif
