/* The last step of a build: sorted entries become a map's tables. */

#include <stdlib.h>

#include "map/build.h"

/* Tables in the making; `m` gets them when all went well. */
struct finish {
    struct map_build *b;
    struct map *m;
    uint16_t *source, *source_at, *event;
    uint32_t *event_at;
    uint8_t *event_n;
    uint32_t *pairs; /* type << 16 | index of its source */
    uint8_t *heads;
    uint32_t n_events, n_heads, n_pairs, n_bindings;
    uint32_t from; /* where the heads of the last event begin */
};

/* Array of n of these in the build's arena. */
#define ARRAY(f, p, n) \
    (((p) = arena_alloc((f)->b->arena, ((n) + 1) * sizeof(*(p)))) != NULL)

/* How many pairs of type and source there can be at most; a binding for any
 * type makes one too. */
static size_t
count_types(const struct map_build *b)
{
    struct map_binding head;
    size_t n, sum = 0;
    const struct build_entry *entry = build_entries(b, &n);

    for (size_t i = 0; i < n; i++) {
        build_head(b, &entry[i], &head);
        sum += head.n_types > 0 ? head.n_types : 1;
    }
    return sum;
}

/* Every table as large as it could get: one entry may be one source with
 * one event. */
static bool
allocate(struct finish *f)
{
    size_t n, heads = 0;
    const struct build_entry *entry = build_entries(f->b, &n);

    for (size_t i = 0; i < n; i++)
        heads += entry[i].n + sizeof(uint16_t);
    return ARRAY(f, f->m, 0) && ARRAY(f, f->source, n) &&
           ARRAY(f, f->source_at, n) && ARRAY(f, f->event, n) &&
           ARRAY(f, f->event_at, n / FORM_GROUP) && ARRAY(f, f->event_n, n) &&
           ARRAY(f, f->pairs, count_types(f->b)) && ARRAY(f, f->heads, heads);
}

static void
close_event(struct finish *f)
{
    if (f->n_events > 0)
        f->event_n[f->n_events - 1] =
            encode_event(f->heads, f->from, &f->n_heads);
}

/* Opens source and event of an entry where they differ from the last ones;
 * false at a limit. */
static bool
open_event(struct finish *f, const struct build_entry *entry, bool first)
{
    struct map *m = f->m;
    bool same = !first && f->source[m->n_sources - 1] == entry->source;

    if (!same) {
        if (m->n_sources == FORM_SOURCES_MAX)
            return false;
        f->source[m->n_sources] = entry->source;
        f->source_at[m->n_sources++] = (uint16_t)f->n_events;
    }
    if (same && f->event[f->n_events - 1] == entry->event)
        return true;
    if (f->n_events == UINT16_MAX)
        return false;
    close_event(f);
    f->from = f->n_heads;
    if (f->n_events % FORM_GROUP == 0)
        f->event_at[f->n_events / FORM_GROUP] = f->from;
    f->event[f->n_events++] = entry->event;
    f->n_bindings = 0;
    return true;
}

static int
add_binding(struct finish *f, const struct build_entry *entry, bool first)
{
    uint32_t source;
    struct map_binding b;

    if (!open_event(f, entry, first))
        return ERR_LIMIT;
    build_head(f->b, entry, &b);
    /* Its event is known now, and that is all it is for. */
    if (b.role == MAP_NONE)
        return 0;
    if (f->n_bindings++ == MAP_BINDINGS_MAX)
        return ERR_LIMIT;
    memcpy(f->heads + f->n_heads, f->b->heads.p + entry->at, entry->n);
    f->n_heads += entry->n;
    source = f->m->n_sources - 1;
    for (size_t i = 0; i < b.n_types; i++)
        f->pairs[f->n_pairs++] = (uint32_t)map_type(&b, i) << 16 | source;
    if (b.n_types == 0)
        f->pairs[f->n_pairs++] = (uint32_t)NAME_NONE << 16 | source;
    return 0;
}

static int
pair_cmp(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

    return a < b ? -1 : a > b;
}

/* Which types have bindings under which sources. */
static int
index_types(struct finish *f)
{
    uint16_t *type, *source;
    uint32_t n = 0;

    if (!ARRAY(f, type, f->n_pairs) || !ARRAY(f, source, f->n_pairs))
        return ERR_MEMORY;
    qsort(f->pairs, f->n_pairs, sizeof(*f->pairs), pair_cmp);
    for (uint32_t i = 0; i < f->n_pairs; i++) {
        if (i > 0 && f->pairs[i] == f->pairs[i - 1])
            continue;
        type[n] = (uint16_t)(f->pairs[i] >> 16);
        source[n++] = (uint16_t)f->pairs[i];
    }
    f->m->type = type;
    f->m->type_source = source;
    f->m->n_types = n;
    return 0;
}

/* Traits are already sorted by type; what remains is to copy them together
 * and to note where each type begins. */
static int
index_traits(struct finish *f)
{
    const struct grow *list = &f->b->trait_entries;
    const struct build_entry *entry = (const void *)list->p;
    size_t n = list->n / sizeof(*entry), at = 0;
    uint16_t *type;
    uint32_t *type_at, types = 0;
    uint8_t *traits;

    if (!ARRAY(f, type, n) || !ARRAY(f, type_at, n) ||
        !ARRAY(f, traits, f->b->traits.n))
        return ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (types == 0 || type[types - 1] != entry[i].source) {
            type[types] = entry[i].source;
            type_at[types++] = (uint32_t)at;
        }
        memcpy(traits + at, f->b->traits.p + entry[i].at, entry[i].n);
        at += entry[i].n;
    }
    type_at[types] = (uint32_t)at;
    f->m->trait_type = type;
    f->m->trait_at = type_at;
    f->m->traits = traits;
    f->m->n_trait_types = types;
    return 0;
}

/* Ends the tables that have one row more than things. */
static void
close_tables(struct finish *f, const struct names *names)
{
    struct map *m = f->m;

    close_event(f);
    f->source_at[m->n_sources] = (uint16_t)f->n_events;
    m->names = *names;
    m->xform = f->b->coder.xform;
    m->source = f->source;
    m->source_at = f->source_at;
    m->event = f->event;
    m->event_at = f->event_at;
    m->event_n = f->event_n;
    m->heads = f->heads;
    m->finds = f->b->finds.p;
    m->lines = f->b->lines.p;
}

int
build_finish(struct map_build *b, const struct names *names, struct map **map)
{
    struct finish f = {.b = b};
    const struct build_entry *entry;
    size_t n;
    int r = 0;

    build_sort(b);
    if (!allocate(&f))
        return ERR_MEMORY;
    *f.m = (struct map){0};
    entry = build_entries(b, &n);
    for (size_t i = 0; i < n && r == 0; i++)
        r = add_binding(&f, &entry[i], i == 0);
    if (r == 0)
        r = index_types(&f);
    if (r == 0)
        r = index_traits(&f);
    if (r < 0)
        return r;
    close_tables(&f, names);
    *map = f.m;
    return 0;
}
