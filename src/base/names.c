#include "names.h"

#include <string.h>

#include "text.h"
#include "wide.h"

#define EXTRA_FIRST 256 /* words the first arrays have room for */

/* A word that is not in the table. The hash is kept: arrays that grow are
 * filled again without reading a single spelling. */
struct word {
    const char *p;
    uint32_t hash;
    uint16_t class;
    uint8_t n;
};

/* Open addressing over twice as many slots as words; when the words are
 * full, arrays twice as large take over and the old ones stay behind. */
struct names_extra {
    struct word *words;
    uint16_t *slots; /* index in words + 1; 0: free */
    uint32_t count, max;
};

/* A decoded name and room for the last word to be copied whole. */
struct spelling {
    size_t n;
    char p[NAME_MAX_BYTES + NAMES_WORD_MAX];
};

/* Rotate and xor costs two cycles a byte where a multiplication would cost
 * five; one at the end spreads the bits. */
uint32_t
names_hash(struct slice text)
{
    uint64_t h = 0;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text_lower(text.p[i]);
        uint64_t next = (h << 7 | h >> 57) ^ c;

        h = c == '_' ? h : next;
    }
    return (uint32_t)((h ^ h >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* Whether two spellings are of one class. */
static bool
squeezed_eq(struct slice a, struct slice b)
{
    size_t i = 0, j = 0;

    for (;;) {
        while (i < a.n && a.p[i] == '_')
            i++;
        while (j < b.n && b.p[j] == '_')
            j++;
        if (i == a.n || j == b.n)
            return i == a.n && j == b.n;
        if (text_lower(a.p[i++]) != text_lower(b.p[j++]))
            return false;
    }
}

static bool
is_second(const struct names_table *t, uint32_t id)
{
    uint32_t lo = 0, hi = t->n_seconds;

    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;

        if (t->seconds[mid] < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < t->n_seconds && t->seconds[lo] == id;
}

/* Hardly a name in a hundred has others in its class, and these, being of
 * one hash, have the fingerprint of the one before. */
static inline bool
table_first(const struct names_table *t, uint32_t id)
{
    return id == 0 || t->prints[id] != t->prints[id - 1] || !is_second(t, id);
}

/* Decodes name id.  Words are copied as 16 bytes, whatever their length:
 * a fixed size needs no branch. */
static struct slice
table_text(const struct names_table *t, uint32_t id, struct spelling *s)
{
    uint32_t group = id / NAMES_GROUP;
    const uint8_t *p = t->text + t->groups[group] + group * t->group_bytes;
    const uint8_t *end = p + sizeof(uint64_t);
    uint64_t lengths = wide_load((const char *)p);

    /* Offsets are known for each group only; within it, lengths lead on. */
    for (uint32_t i = 0; i <= id % NAMES_GROUP; i++, lengths >>= 4) {
        unsigned n = lengths & NAMES_LONG;

        p = end;
        if (n == NAMES_LONG)
            n += *p++;
        end = p + n;
    }
    s->n = 0;
    while (p < end) {
        unsigned code = *p++;

        if (code >= t->shorts)
            code = t->shorts + (code - t->shorts) * 256 + *p++;
        memcpy(s->p + s->n, t->words + t->word_at[code], NAMES_WORD_MAX);
        s->n += t->word_n[code];
    }
    return slice_of(s->p, s->n);
}

/* The name of this exact spelling, or the class of this spelling. */
static uint32_t
table_look(const struct names_table *t, struct slice text, uint32_t hash,
           bool exact)
{
    uint32_t bucket = hash >> (32 - t->dir_bits);
    uint8_t print = (uint8_t)hash;
    struct spelling s;

    /* Some eight names stand in a bucket; the fingerprint leaves one in 256
     * of those that are not meant, so what follows is hardly ever in vain. */
    for (uint32_t i = t->dir[bucket]; i < t->dir[bucket + 1]; i++) {
        if (t->prints[i] != print || (!exact && !table_first(t, i)))
            continue;
        table_text(t, i, &s);
        if (exact ? slice_eq(slice_of(s.p, s.n), text)
                  : squeezed_eq(slice_of(s.p, s.n), text))
            return i;
    }
    return NAME_NONE;
}

static uint32_t
table_count(const struct names *ns)
{
    return ns->table != NULL ? ns->table->count : 0;
}

/* The word of this spelling (exact) or class; NULL when there is none. */
static const struct word *
extra_look(const struct names_extra *x, struct slice text, uint32_t hash,
           bool exact)
{
    uint32_t mask = x->max * 2 - 1;

    for (uint32_t at = hash & mask; x->slots[at] != 0; at = (at + 1) & mask) {
        const struct word *w = &x->words[x->slots[at] - 1];
        struct slice spelt = slice_of(w->p, w->n);

        if (w->hash == hash &&
            (exact ? slice_eq(spelt, text) : squeezed_eq(spelt, text)))
            return w;
    }
    return NULL;
}

/* The table first: its words are the ones that keys mostly are. */
static uint32_t
names_look(const struct names *ns, struct slice text, bool exact)
{
    const struct word *w = NULL;
    uint32_t hash, id = NAME_NONE;

    if (text.n > NAME_MAX_BYTES)
        return NAME_NONE;
    hash = names_hash(text);
    if (ns->table != NULL)
        id = table_look(ns->table, text, hash, exact);
    if (id == NAME_NONE && ns->extra != NULL)
        w = extra_look(ns->extra, text, hash, exact);
    if (w == NULL)
        return id;
    return exact ? table_count(ns) + (uint32_t)(w - ns->extra->words)
                 : w->class;
}

uint32_t
names_find(const struct names *ns, struct slice text)
{
    return names_look(ns, text, true);
}

uint32_t
names_fold(const struct names *ns, struct slice text)
{
    return names_look(ns, text, false);
}

uint32_t
names_both(const struct names *ns, struct slice text, uint32_t *class)
{
    uint32_t id = names_look(ns, text, true);

    *class =
        id != NAME_NONE ? names_class(ns, id) : names_look(ns, text, false);
    return id;
}

uint32_t
names_class(const struct names *ns, uint32_t id)
{
    uint32_t count = table_count(ns);

    if (id < count) {
        /* A class is a run of neighbours, nearly always of one or two. */
        while (!table_first(ns->table, id))
            id--;
        return id;
    }
    if (ns->extra != NULL && id - count < ns->extra->count)
        return ns->extra->words[id - count].class;
    return NAME_NONE;
}

struct slice
names_text(const struct names *ns, uint32_t id, char out[NAME_MAX_BYTES])
{
    uint32_t count = table_count(ns);
    struct spelling s;

    if (id < count) {
        table_text(ns->table, id, &s);
        memcpy(out, s.p, s.n);
        return slice_of(out, s.n);
    }
    if (ns->extra != NULL && id - count < ns->extra->count)
        return slice_of(ns->extra->words[id - count].p,
                        ns->extra->words[id - count].n);
    return slice_of("", 0);
}

/* There is always a free slot: there are twice as many as words. */
static void
extra_link(struct names_extra *x, uint32_t index)
{
    uint32_t mask = x->max * 2 - 1;
    uint32_t at = x->words[index].hash & mask;

    while (x->slots[at] != 0)
        at = (at + 1) & mask;
    x->slots[at] = (uint16_t)(index + 1);
}

/* Arrays for twice as many words; false when the arena is full. */
static bool
extra_grow(struct names *ns, struct arena *arena)
{
    struct names_extra *x = ns->extra;
    struct names_extra now;

    if (x == NULL) {
        x = arena_alloc(arena, sizeof(*x));
        if (x == NULL)
            return false;
        *x = (struct names_extra){0};
    }
    now = *x;
    now.max = x->max != 0 ? x->max * 2 : EXTRA_FIRST;
    now.words = arena_alloc(arena, now.max * sizeof(*now.words));
    now.slots = arena_alloc(arena, now.max * 2 * sizeof(*now.slots));
    if (now.words == NULL || now.slots == NULL)
        return false;
    memset(now.slots, 0, now.max * 2 * sizeof(*now.slots));
    if (x->count > 0)
        memcpy(now.words, x->words, x->count * sizeof(*now.words));
    for (uint32_t i = 0; i < now.count; i++)
        extra_link(&now, i);
    *x = now;
    ns->extra = x;
    return true;
}

uint32_t
names_add(struct names *ns, struct arena *arena, struct slice text)
{
    uint32_t id = names_find(ns, text);
    uint32_t class = names_fold(ns, text);
    struct names_extra *x;
    struct slice kept;

    if (id != NAME_NONE || text.n > NAME_MAX_BYTES)
        return id;
    id = table_count(ns) + (ns->extra != NULL ? ns->extra->count : 0);
    if (id >= NAMES_MAX)
        return NAME_NONE;
    if ((ns->extra == NULL || ns->extra->count == ns->extra->max) &&
        !extra_grow(ns, arena))
        return NAME_NONE;
    x = ns->extra;
    /* The text must outlive the file it was read from. */
    kept = arena_copy(arena, text);
    if (kept.p == NULL)
        return NAME_NONE;
    x->words[x->count] = (struct word){
        .p = kept.p,
        .hash = names_hash(text),
        .class = (uint16_t)(class != NAME_NONE ? class : id),
        .n = (uint8_t)text.n,
    };
    extra_link(x, x->count++);
    return id;
}
