/*
 * Any bytes as a user's mapping file, over the built-in tables: it is read or
 * refused with a message, and what was read can be walked and looked up.
 */
#include "map/map.h"

static char area[4u << 20];

static bool
walk(void *ctx, struct slice source, struct slice event,
     const struct map_binding *b)
{
    const struct maps *ms = ctx;
    struct map_ref refs[MAP_BINDINGS_MAX];
    char held[4096];
    struct buf out = buf_over(held, sizeof(held));
    struct map_lines it;
    struct map_line line;
    size_t n = 0;
    bool known;

    if (map_find(ms, source, event, refs, &known) == 0 && b != NULL)
        __builtin_trap();
    if (b == NULL)
        return true;
    map_lines(b, &it);
    for (; map_line_next(&it, &line); n++) {
        out.n = 0;
        map_path_text(ms, &line.attr, false, &out);
        map_path_text(ms, &line.path, true, &out);
    }
    if ((n > 0) != (b->lines != NULL))
        __builtin_trap();
    for (size_t i = 0; i < b->n_types && b->n_ids > 0; i++)
        map_traits(ms, map_type(b, i), &b->id[0].attr);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of((const char *)data, size);
    struct maps ms;
    struct arena arena;
    struct err e = {0};

    maps_init(&ms);
    arena_init(&arena, area, sizeof(area));
    /* Twice: the second reading replaces all that the first one said. */
    for (int i = 0; i < 2; i++)
        if (map_read(&ms, &arena, SLICE("fuzz.map"), text, &e) < 0 &&
            e.text[0] == '\0')
            __builtin_trap();
    ms.builtin = NULL; /* walking that each time would find nothing new */
    map_each_event(&ms, walk, &ms);
    return 0;
}
