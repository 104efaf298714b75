#include "state/index.h"

#include "base/text.h"

#define BUCKET_INSTANCES 8 /* on average, at most */
#define RECENT 32 /* pairs of an instance among which a new one is sought */

/* While the pairs are gathered. */
struct indexing {
    const uint8_t *records;
    struct place *places;
    struct arena *keep;
    uint64_t *pairs; /* at the end of keep */
    size_t n;        /* of them */
    size_t first;    /* of the instance at hand */
    uint16_t type;
    uint64_t *types;     /* of the state */
    uint32_t number, at; /* its place, and its record's */
    bool full;           /* keep is */
};

/* One pair for the instance at hand, unless it has it. */
static void
put_hash(struct indexing *x, uint32_t hash)
{
    uint64_t pair = (uint64_t)hash << 32 | x->at;
    size_t i = x->n - x->first < RECENT ? x->first : x->n - RECENT;

    while (i < x->n && x->pairs[i] != pair)
        i++;
    if (i < x->n)
        return;
    if (arena_bytes(x->keep, sizeof(pair)) == NULL)
        x->full = true;
    else
        x->pairs[x->n++] = pair;
}

static void
put_text(struct indexing *x, const struct want_key *key, struct slice text)
{
    struct state_key found[STATE_KEYS_MAX];
    size_t n = state_keys(text, found);

    for (size_t i = 0; i < n; i++) {
        put_hash(x, index_hash(x->type, found[i].hash));
        if (key->any && x->type != NAME_NONE)
            put_hash(x, index_hash(NAME_NONE, found[i].hash));
    }
}

/* A composite id by its parts: nobody knows which separator it was. */
static void
put_parts(struct indexing *x, const struct want_key *key, struct slice id)
{
    static const char separators[] = "/:,|_;";

    for (const char *c = separators; *c != '\0'; c++) {
        struct slice rest = id, part;

        if (slice_chr(id, *c) == id.n)
            continue;
        for (size_t i = 0; i < INDEX_PARTS_MAX && text_cut(&rest, *c, &part);
             i++)
            put_text(x, key, part);
    }
}

/* All values that sym[0..n) stands for below v; lists are gone through. */
static void
put_path(struct indexing *x, const struct want_key *key, struct value v,
         size_t at)
{
    struct value_iter it = value_items(v);
    struct value item;

    if (value_is(v, VALUE_ARRAY)) {
        while (value_next(&it, NULL, &item))
            put_path(x, key, item, at);
    } else if (at == key->n) {
        put_text(x, key, value_text(v));
        if (key->parts)
            put_parts(x, key, value_text(v));
    } else if (key->sym[at] == MAP_SYM_LIST) {
        put_path(x, key, v, at + 1);
    } else if (key->sym[at] == MAP_SYM_FILTER) {
        put_path(x, key, v, at + 3 < key->n ? at + 3 : key->n);
    } else {
        put_path(x, key, value_get(v, key->sym[at]), at + 1);
    }
}

/* All pairs of the instance at hand. */
static void
put_instance(struct indexing *x, const struct want *k)
{
    struct stored_instance r;
    struct value_key name;
    struct value_iter it;
    struct value v;

    x->first = x->n;
    x->at = x->places[x->number].at;
    if (k->name != NAME_NONE)
        put_hash(x, index_hash(k->name, 0));
    stored_instance(x->records + x->at, &r);
    it = value_items(r.attrs);
    while (value_next(&it, &name, &v)) {
        const struct want_attr *a = want_attr(k, name.name);

        if (a == NULL || !a->keyed)
            continue;
        for (const struct want_key *key = k->keys; key != NULL; key = key->next)
            if (key->sym[0] == a->name)
                put_path(x, key, v, 1);
    }
}

/* The instances from x->number up to `to`, which the resource at `at` owns. */
static bool
put_owned(struct indexing *x, struct wants *w, uint32_t to, uint32_t at)
{
    struct stored_resource resource;
    const struct want *k;
    struct slice type;
    uint16_t name;
    bool fresh;

    stored_resource(x->records + at, &resource);
    stored_type(x->records + resource.type, &name, &type);
    k = wants_find(w, type, &fresh);
    if (k == NULL)
        return false;
    x->type = k->name;
    x->types[k->name % STORE_TYPE_BITS / 64] |= (uint64_t)1 << k->name % 64;
    for (; x->number < to; x->number++) {
        x->places[x->number].resource = at;
        put_instance(x, k);
    }
    return !x->full;
}

/*
 * Walks over the records once: where each instance is, and its pairs as soon
 * as its resource comes by, which follows it.  False when memory is full.
 */
static bool
put_all(struct indexing *x, struct wants *w, const uint8_t *end)
{
    const uint8_t *p = x->records;
    uint32_t n = 0;

    while (p < end) {
        uint32_t at = (uint32_t)(p - x->records);
        struct stored_instance instance;
        struct stored_resource resource;
        struct slice text;
        uint16_t name;

        if (*p == RECORD_TYPE) {
            p = stored_type(p, &name, &text);
        } else if (*p == RECORD_RESOURCE) {
            p = stored_resource(p, &resource);
            if (!put_owned(x, w, n, at))
                return false;
        } else {
            x->places[n++].at = at;
            p = stored_instance(p, &instance);
        }
    }
    return true;
}

static void
sort_few(uint64_t *p, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t v = p[i];
        size_t j = i;

        for (; j > 0 && p[j - 1] > v; j--)
            p[j] = p[j - 1];
        p[j] = v;
    }
}

/*
 * Sorts in place, byte by byte from the highest (McIlroy, Bostic, McIlroy,
 * "Engineering Radix Sort", 1993): a value that all instances share costs no
 * more than others.
 */
static void
sort_pairs(uint64_t *p, size_t n, unsigned shift)
{
    size_t next[256], end[256], at = 0;

    if (n <= 32) {
        sort_few(p, n);
        return;
    }
    memset(end, 0, sizeof(end));
    for (size_t i = 0; i < n; i++)
        end[p[i] >> shift & 0xff]++;
    for (size_t b = 0; b < 256; b++) {
        next[b] = at;
        end[b] = at += end[b];
    }
    for (size_t b = 0; b < 256; b++)
        while (next[b] < end[b]) {
            uint64_t v = p[next[b]];

            for (size_t d; (d = v >> shift & 0xff) != b;) {
                uint64_t there = p[next[d]];

                p[next[d]++] = v;
                v = there;
            }
            p[next[b]++] = v;
        }
    at = 0;
    for (size_t b = 0; shift > 0 && b < 256; at = end[b++])
        sort_pairs(p + at, end[b] - at, shift - 8);
}

/* Drops pairs that are there twice; returns how many are left. */
static size_t
drop_twins(uint64_t *p, size_t n)
{
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
        if (left == 0 || p[i] != p[left - 1])
            p[left++] = p[i];
    return left;
}

/* Where each bucket begins among n sorted pairs. */
static void
fill_directory(uint32_t *dir, unsigned shift, const uint64_t *pairs, uint32_t n)
{
    uint64_t buckets = (UINT32_MAX >> shift) + (uint64_t)1;
    uint64_t b = 0;

    for (uint32_t i = 0; i < n; i++)
        while (b <= pairs[i] >> 32 >> shift)
            dir[b++] = i;
    while (b <= buckets)
        dir[b++] = n;
}

int
index_build(struct state *st, struct wants *w, struct arena *keep)
{
    struct indexing x = {
        .records = st->records, .keep = keep, .types = st->types};
    unsigned bits = 1;
    size_t mark;
    uint32_t *dir;

    /* Some three pairs an instance: few buckets, which stay in a cache, and
     * of a bucket one or two lines are looked at. */
    while (bits < 26 && st->n >> bits > BUCKET_INSTANCES)
        bits++;
    st->places = x.places = arena_alloc(keep, st->n * sizeof(*x.places));
    x.pairs = arena_alloc(keep, 0);
    mark = arena_mark(keep);
    if (x.places == NULL || x.pairs == NULL || !wants_parts(w) ||
        !put_all(&x, w, st->records + st->size) || x.n > UINT32_MAX)
        return ERR_MEMORY;
    sort_pairs(x.pairs, x.n, 56);
    x.n = drop_twins(x.pairs, x.n);
    arena_reset(keep, mark + x.n * sizeof(*x.pairs));
    dir = arena_alloc(keep, (((size_t)1 << bits) + 1) * sizeof(*dir));
    if (dir == NULL)
        return ERR_MEMORY;
    fill_directory(dir, 32 - bits, x.pairs, (uint32_t)x.n);
    st->dir = dir;
    st->shift = 32 - bits;
    st->pairs = x.pairs;
    return 0;
}
