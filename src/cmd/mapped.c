#include "cmd/mapped.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/text.h"

/* Bindings come in no order, and an event may stand in two maps: so the
 * digests of all are gathered, sorted and counted. */
struct digests {
    uint64_t *p; /* NULL: only count how many */
    size_t n;
};

/* One digest for each binding, the same for those of one event.  64 bits: of
 * 65,536 events two are confused once in 10^10 times. */
static bool
add_event(void *ctx, struct slice source, struct slice event,
          const struct map_binding *b)
{
    struct digests *d = ctx;

    if (b == NULL) /* known to touch nothing */
        return true;
    if (d->p != NULL)
        d->p[d->n] = text_hash(source) * 31 + text_hash(event);
    d->n++;
    return true;
}

/* For qsort(), which in musl sorts in place and allocates nothing. */
static int
compare_digests(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x < y ? -1 : x > y;
}

/* Types are names with numbers: a bit each says whether it was counted. */
static bool
add_types(void *ctx, struct slice source, struct slice event,
          const struct map_binding *b)
{
    struct mapped *m = ctx;

    (void)source;
    (void)event;
    for (size_t i = 0; b != NULL && i < b->n_types; i++) {
        uint16_t type = map_type(b, i);
        uint8_t bit = (uint8_t)(1u << type % 8);

        m->types += (m->seen[type / 8] & bit) == 0;
        m->seen[type / 8] |= bit;
    }
    return true;
}

int
mapped_count(const struct maps *ms, struct arena *scratch, struct mapped *m)
{
    struct digests d = {NULL, 0};
    size_t mark = arena_mark(scratch);

    *m = (struct mapped){0};
    map_each_event(ms, add_types, m);
    /* Once to know how many there are, once to gather them. */
    map_each_event(ms, add_event, &d);
    d.p = arena_alloc(scratch, (d.n + 1) * sizeof(*d.p));
    if (d.p == NULL)
        return ERR_MEMORY;
    d.n = 0;
    map_each_event(ms, add_event, &d);
    qsort(d.p, d.n, sizeof(*d.p), compare_digests);
    for (size_t i = 0; i < d.n; i++)
        m->events += i == 0 || d.p[i] != d.p[i - 1];
    arena_reset(scratch, mark);
    return 0;
}

bool
mapped_has_type(const struct maps *ms, const struct mapped *m,
                struct slice glob)
{
    char text[NAME_MAX_BYTES];

    for (uint32_t id = 0; id < NAME_NONE; id++)
        if ((m->seen[id / 8] & 1u << id % 8) != 0 &&
            text_glob(glob, names_text(&ms->names, id, text)))
            return true;
    return false;
}
