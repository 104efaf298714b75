#include "map/words.h"

#include "base/err.h"

int
words_init(struct words *w, struct names *ns, struct arena *arena)
{
    static const struct slice text[W_COUNT] = {
#define WORD(name, text) [W_##name] = SLICE_INIT(text),
#include "map/words.def"
#undef WORD
    };

    for (int i = 0; i < W_COUNT; i++) {
        uint32_t id = names_add(ns, arena, text[i]);

        if (id == NAME_NONE)
            return ERR_MEMORY;
        w->id[i] = (uint16_t)id;
        w->class[i] = (uint16_t)names_class(ns, id);
    }
    return 0;
}
