#include "pack_words.h"

void
pack_words_ask(struct pack_words *words, struct slice key, bool keep,
               struct pack_word *word)
{
    uint32_t name = names_find(words->names, key), class = NAME_NONE;
    struct pack_word *pair;

    *word = (struct pack_word){.n = (uint16_t)key.n};
    /* Of a known name the class is known as well, and nobody asks here. */
    if (name == NAME_NONE)
        class = names_fold(words->names, key);
    word->name = name != NAME_NONE ? (uint16_t)(name + 1) : 0;
    word->class = class != NAME_NONE ? (uint16_t)(class + 1) : 0;
    if (!keep || key.n > PACK_WORD_MAX_BYTES)
        return;
    pair = pack_words_place(words, key, word->part);
    pair[1] = pair[0];
    pair[0] = *word;
}

uint32_t
pack_words_name(const struct names *ns, struct slice text)
{
    const struct pack_word *known;
    struct pack_word word;

    if (ns->recent == NULL)
        return names_find(ns, text);
    known = pack_words_find(ns->recent, text);
    if (known == NULL) {
        /* Only what may stand in a key as it is may be met as one. */
        pack_words_ask(ns->recent, text, wide_mark(text.p, 0, text.n) == text.n,
                       &word);
        known = &word;
    }
    return known->name != 0 ? known->name - 1u : NAME_NONE;
}
