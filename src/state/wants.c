#include "state/wants.h"

#include "base/text.h"

/* Kept of every type: what records and look-ups need whatever happened. */
static const struct slice always[] = {
    SLICE_INIT("id"),       SLICE_INIT("arn"),
    SLICE_INIT("name"),     SLICE_INIT("tags"),
    SLICE_INIT("tags_all"), SLICE_INIT("region"),
    SLICE_INIT("owner_id"), SLICE_INIT("account_id"),
    SLICE_INIT("self"), /* of security group rules: no event names it */
};
#define ALWAYS_KEYED 2 /* the first ones, whatever mappings say */

/* While one type's bindings are gone through. */
struct asking {
    struct wants *w;
    struct want *k;
};

/* The slot that has the name, or the free one where it would go: there is
 * always one, for the table is never more than half full. */
static uint32_t
slot_of(const struct want *k, uint16_t name)
{
    uint32_t i = name * 0x9e3779b1u >> 16 & k->mask;

    while (k->attr[i].name != name && k->attr[i].name != NAME_NONE)
        i = (i + 1) & k->mask;
    return i;
}

const struct want_attr *
want_attr(const struct want *k, uint32_t name)
{
    const struct want_attr *a;

    if (name == NAME_NONE || k->attr == NULL)
        return NULL;
    a = &k->attr[slot_of(k, (uint16_t)name)];
    return a->name != NAME_NONE ? a : NULL;
}

bool
want_keeps(void *ctx, uint32_t name)
{
    return want_attr(ctx, name) != NULL;
}

/* Twice the slots; what was there moves over. */
static bool
want_grow(struct asking *q)
{
    struct want *k = q->k, old = *k;
    uint32_t size = old.attr != NULL ? (old.mask + 1) * 2 : 32;

    k->attr = arena_alloc(q->w->arena, size * sizeof(*k->attr));
    if (k->attr == NULL) {
        k->attr = old.attr;
        q->w->full = true;
        return false;
    }
    k->mask = size - 1;
    for (uint32_t i = 0; i < size; i++)
        k->attr[i] = (struct want_attr){NAME_NONE, false};
    for (uint32_t i = 0; old.attr != NULL && i <= old.mask; i++)
        if (old.attr[i].name != NAME_NONE)
            k->attr[slot_of(k, old.attr[i].name)] = old.attr[i];
    return true;
}

/* Keeps a top-level attribute; symbols that are not names are ignored. */
static void
want_add(struct asking *q, uint32_t name, bool keyed)
{
    struct want *k = q->k;
    struct want_attr *a;

    if (name >= MAP_SYM_FIRST)
        return;
    if ((k->attr == NULL || k->n >= k->mask / 2) && !want_grow(q))
        return;
    a = &k->attr[slot_of(k, (uint16_t)name)];
    k->n += a->name == NAME_NONE;
    a->name = (uint16_t)name;
    a->keyed = a->keyed || keyed;
}

/* Adds a key unless it is there; parts and any are joined into it. */
static void
want_key(struct asking *q, const uint16_t *sym, size_t n, bool parts, bool any)
{
    struct want_key *key = q->k->keys;

    if (n == 0)
        return;
    while (key != NULL &&
           (key->n != n || memcmp(key->sym, sym, n * sizeof(*sym)) != 0))
        key = key->next;
    if (key == NULL) {
        key = arena_alloc(q->w->arena, sizeof(*key) + n * sizeof(*sym));
        if (key == NULL) {
            q->w->full = true;
            return;
        }
        *key = (struct want_key){.next = q->k->keys, .n = (uint8_t)n};
        memcpy(key->sym, sym, n * sizeof(*sym));
        q->k->keys = key;
    }
    key->parts = key->parts || parts;
    key->any = key->any || any;
    want_add(q, sym[0], true);
}

/* Cuts the next alternative off a path: its symbols, and where it ends. */
static size_t
alternative(const struct map_path *path, size_t from)
{
    size_t to = from;

    while (to < path->n && path->sym[to] != MAP_SYM_ALT)
        to += path->sym[to] == MAP_SYM_FILTER ? 3 : 1;
    return to < path->n ? to : path->n;
}

/*
 * An id line: each of its alternatives is a way to find the resource.  Which
 * part of a composite id a mapping means does not matter here: all of them
 * are keyed, for nobody knows the separator before an event comes.
 */
static void
want_id(struct asking *q, const struct map_path *path)
{
    for (size_t from = 0, to; from < path->n; from = to + 1) {
        size_t n;

        to = alternative(path, from);
        n = to - from;
        if (n > 1 && path->sym[to - 1] == MAP_SYM_ANYPART)
            want_key(q, path->sym + from, n - 1, true, false);
        else if (n > 2 && path->sym[to - 2] == MAP_SYM_PART)
            want_key(q, path->sym + from, n - 2, true, false);
        else
            want_key(q, path->sym + from, n, false, false);
    }
}

/* One binding of the type: what it is found by and what it compares. */
static bool
want_binding(void *ctx, const struct map_binding *b)
{
    struct asking *q = ctx;
    struct map_lines it;
    struct map_line line;

    /* Paths into the event (when, each, guards) ask nothing of the state. */
    q->k->known = true;
    for (size_t i = 0; i < b->n_ids; i++)
        want_id(q, &b->id[i].attr);
    map_lines(b, &it);
    while (map_line_next(&it, &line))
        for (size_t from = 0; from < line.attr.n;
             from = alternative(&line.attr, from) + 1)
            want_add(q, line.attr.sym[from], false);
    return !q->w->full;
}

void
wants_init(struct wants *w, const struct maps *ms, struct arena *arena)
{
    memset(w, 0, sizeof(*w));
    w->ms = ms;
    w->arena = arena;
}

static struct want **
wants_slot(struct wants *w, struct slice type)
{
    struct want **slot = &w->bucket[text_hash(type) % WANTS_BUCKETS];

    while (*slot != NULL && !slice_eq((*slot)->type, type))
        slot = &(*slot)->next;
    return slot;
}

/* Goes through all that is known of the type. */
static void
want_ask(struct wants *w, struct want *k)
{
    struct asking q = {w, k};

    /* With NAME_NONE these are the bindings for any type, if there are any. */
    map_each_of_type(w->ms, k->name, want_binding, &q);
    if (!k->known)
        k->name = NAME_NONE; /* a word of theirs, but not a type */
    for (size_t i = 0; k->known && i < sizeof(always) / sizeof(*always); i++) {
        uint16_t id = (uint16_t)names_find(&w->ms->names, always[i]);

        want_add(&q, id, false);
        if (i < ALWAYS_KEYED && id != NAME_NONE)
            want_key(&q, &id, 1, false, true);
    }
}

struct want *
wants_find(struct wants *w, struct slice type, bool *fresh)
{
    struct want **slot = wants_slot(w, type);
    struct want *k = *slot;

    *fresh = k == NULL;
    if (k != NULL)
        return k;
    k = arena_alloc(w->arena, sizeof(*k));
    if (k == NULL)
        return NULL;
    *k = (struct want){.type = type};
    k->name = (uint16_t)names_find(&w->ms->names, type);
    want_ask(w, k);
    if (w->full)
        return NULL;
    *slot = k;
    return k;
}

/* The types that hold an attribute of k on their own. */
static void
want_owners(struct wants *w, const struct want *k, uint16_t attr)
{
    for (size_t i = 0; !w->full; i++) {
        char out[NAME_MAX_BYTES];
        uint16_t owner;
        uint32_t child = map_part(w->ms, k->name, attr, i, &owner);
        struct asking q = {w, NULL};

        if (child == NAME_NONE)
            break;
        q.k = *wants_slot(w, names_text(&w->ms->names, child, out));
        if (q.k != NULL)
            want_key(&q, &owner, 1, false, false);
    }
}

bool
wants_parts(struct wants *w)
{
    for (size_t b = 0; b < WANTS_BUCKETS; b++)
        for (const struct want *k = w->bucket[b]; k != NULL; k = k->next)
            for (uint32_t i = 0; k->attr != NULL && i <= k->mask; i++)
                if (k->attr[i].name != NAME_NONE)
                    want_owners(w, k, k->attr[i].name);
    return !w->full;
}
