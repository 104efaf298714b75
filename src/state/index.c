#include "state/index.h"

#include <stdlib.h>

#include "base/text.h"

/* Resources of ARNs that have others below them, which may stand for them:
 * a function's version, a table's stream, a stream's consumer. */
static const struct slice middles[] = {
    SLICE_INIT("function:"),     SLICE_INIT("table/"),
    SLICE_INIT("stream/"),       SLICE_INIT("layer:"),
    SLICE_INIT("stateMachine:"), SLICE_INIT("deliverystream/"),
    SLICE_INIT("domain/"),
};

/* While the pairs are counted (pairs NULL) and then put in place. */
struct indexing {
    const struct state *st;
    uint32_t *dir; /* pairs in each bucket, then where the next one goes */
    uint64_t *pairs;
    unsigned shift;
    uint16_t type;
    uint32_t number;
};

struct slice
index_last(struct slice text)
{
    struct slice s = text;

    if (slice_ends(s, SLICE(":*")))
        s.n -= 2;
    while (s.n > 0 && memchr("/:.", s.p[s.n - 1], 3) != NULL)
        s.n--;
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '/' || s.p[i - 1] == ':')
            return slice_from(s, i);
    return s.n > 0 ? s : text;
}

struct slice
index_middle(struct slice text)
{
    size_t colons = 0, i = 0;

    if (!slice_starts(text, SLICE("arn:")))
        return slice_of("", 0);
    while (i < text.n && colons < 5)
        colons += text.p[i++] == ':';
    text = slice_from(text, i);
    for (size_t k = 0; k < sizeof(middles) / sizeof(*middles); k++)
        if (slice_starts(text, middles[k])) {
            text = slice_from(text, middles[k].n);
            for (i = 0; i < text.n; i++)
                if (text.p[i] == ':' || text.p[i] == '/')
                    return slice_head(text, i);
        }
    return slice_of("", 0);
}

/* Without case, and with Route 53's \052 read as the '*' it stands for. */
static uint32_t
hash_of(uint16_t type, struct slice s)
{
    uint64_t h = 0xcbf29ce484222325u ^ type;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)text_lower(s.p[i]);

        if (c == '\\' && slice_starts(slice_from(s, i), SLICE("\\052"))) {
            c = '*';
            i += 3;
        }
        h = (h ^ c) * 0x100000001b3u;
    }
    h ^= h >> 32;
    h *= 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 32);
}

/* One pair for the instance at hand. */
static void
put_hash(struct indexing *x, uint32_t hash)
{
    uint32_t *at = &x->dir[hash >> x->shift];

    if (x->pairs != NULL)
        x->pairs[*at] = (uint64_t)hash << 32 | x->number;
    ++*at;
}

static void
put_text(struct indexing *x, const struct want_key *key, struct slice text)
{
    struct slice found[2] = {index_last(text), index_middle(text)};

    for (size_t i = 0; i < 2; i++) {
        if (found[i].n == 0)
            continue;
        put_hash(x, hash_of(x->type, found[i]));
        if (key->any && x->type != NAME_NONE)
            put_hash(x, hash_of(NAME_NONE, found[i]));
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

/* All pairs of one instance. */
static void
put_instance(struct indexing *x, const struct want *k, uint32_t number)
{
    const struct state *st = x->st;
    struct stored_instance r;
    struct value_key name;
    struct value_iter it;
    struct value v;

    x->number = number;
    x->type = k->name;
    if (k->name != NAME_NONE)
        put_hash(x, hash_of(k->name, slice_of("", 0)));
    stored_instance(st->records + st->places[number].at, &r);
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

/* All pairs of all instances; false when the wants' arena is full. */
static bool
put_all(struct indexing *x, struct wants *w)
{
    const struct state *st = x->st;
    const struct want *k = NULL;
    struct stored_resource res;
    struct slice type;
    uint16_t name;
    bool fresh;

    for (uint32_t i = 0; i < st->n; i++) {
        stored_resource(st->records + st->places[i].resource, &res);
        if (k == NULL || k->record != res.type) {
            stored_type(st->records + res.type, &name, &type);
            k = wants_find(w, type, &fresh);
            if (k == NULL)
                return false;
        }
        put_instance(x, k, i);
    }
    return true;
}

static int
pair_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Sorts p[0..n): buckets are short, but a value that all instances share
 * makes a long one. */
static void
sort_pairs(uint64_t *p, uint32_t n)
{
    if (n > 32) {
        qsort(p, n, sizeof(*p), pair_order);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        uint64_t v = p[i];
        uint32_t j = i;

        for (; j > 0 && p[j - 1] > v; j--)
            p[j] = p[j - 1];
        p[j] = v;
    }
}

/*
 * Sorts every bucket and drops pairs that are there twice.  dir[b] is the
 * end of bucket b before, and its beginning after.  Returns the pairs left.
 */
static uint32_t
settle(struct indexing *x, uint32_t buckets)
{
    uint32_t from = 0, left = 0;

    for (uint32_t b = 0; b < buckets; b++) {
        uint32_t to = x->dir[b];

        sort_pairs(x->pairs + from, to - from);
        x->dir[b] = left;
        for (uint32_t i = from; i < to; i++)
            if (left == x->dir[b] || x->pairs[i] != x->pairs[left - 1])
                x->pairs[left++] = x->pairs[i];
        from = to;
    }
    x->dir[buckets] = left;
    return left;
}

/* Turns counts into beginnings; the sum of all. */
static uint64_t
begin_buckets(uint32_t *dir, uint32_t buckets)
{
    uint64_t sum = 0;

    for (uint32_t b = 0; b < buckets; b++) {
        uint32_t n = dir[b];

        dir[b] = (uint32_t)sum;
        sum += n;
    }
    return sum;
}

int
index_build(struct state *st, struct wants *w, struct arena *keep)
{
    struct indexing x = {.st = st};
    unsigned bits = 4;
    uint32_t buckets, left;
    uint64_t total;

    /* Some three pairs an instance: short buckets at four bytes for each. */
    while (bits < 26 && st->n >> bits != 0)
        bits++;
    buckets = (uint32_t)1 << bits;
    x.shift = 32 - bits;
    x.dir = arena_alloc(keep, ((size_t)buckets + 1) * sizeof(*x.dir));
    if (x.dir == NULL || !wants_parts(w))
        return ERR_MEMORY;
    memset(x.dir, 0, ((size_t)buckets + 1) * sizeof(*x.dir));
    if (!put_all(&x, w))
        return ERR_MEMORY;
    total = begin_buckets(x.dir, buckets);
    if (total > UINT32_MAX)
        return ERR_MEMORY;
    x.pairs = arena_alloc(keep, total * sizeof(*x.pairs));
    if (x.pairs == NULL || !put_all(&x, w))
        return ERR_MEMORY;
    left = settle(&x, buckets);
    arena_reset(keep, arena_mark(keep) - (total - left) * sizeof(*x.pairs));
    st->dir = x.dir;
    st->shift = x.shift;
    st->pairs = x.pairs;
    return 0;
}

/* The first pair of [lo, hi) that is not below v. */
static uint32_t
pair_bound(const uint64_t *pairs, uint32_t lo, uint32_t hi, uint64_t v)
{
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (pairs[mid] < v)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

void
state_find(const struct state *st, uint16_t type, struct slice value,
           struct state_hits *hits)
{
    struct slice key = slice_of("", 0), middle;
    uint32_t hash, lo, hi;

    *hits = (struct state_hits){.st = st, .type = type};
    if (value.p != NULL) {
        middle = index_middle(value);
        key = middle.n > 0 ? middle : index_last(value);
        if (key.n == 0)
            return;
    }
    hash = hash_of(type, key);
    lo = st->dir[hash >> st->shift];
    hi = st->dir[(hash >> st->shift) + 1];
    hits->at = pair_bound(st->pairs, lo, hi, (uint64_t)hash << 32);
    hits->end =
        pair_bound(st->pairs, hits->at, hi, (uint64_t)hash << 32 | UINT32_MAX);
}

bool
state_hit_next(struct state_hits *hits, struct instance *in)
{
    const struct state *st = hits->st;

    while (hits->at < hits->end) {
        *in = state_instance(st, (uint32_t)st->pairs[hits->at++]);
        /* Two types may share a hash. */
        if (hits->type == NAME_NONE || in->type == hits->type)
            return true;
    }
    return false;
}
