#include "state/index.h"

#include "base/text.h"
#include "base/wide.h"

/* Resources of ARNs that have others below them, which may stand for them:
 * a function's version, a table's stream, a stream's consumer. */
static const struct slice middles[] = {
    SLICE_INIT("function:"),     SLICE_INIT("table/"),
    SLICE_INIT("stream/"),       SLICE_INIT("layer:"),
    SLICE_INIT("stateMachine:"), SLICE_INIT("deliverystream/"),
    SLICE_INIT("domain/"),
};

#define RECENT 32 /* pairs of an instance among which a new one is sought */

/* While the pairs are gathered. */
struct indexing {
    const struct state *st;
    struct arena *keep;
    uint64_t *pairs; /* at the end of keep */
    size_t n;        /* of them */
    size_t first;    /* of the instance at hand */
    uint16_t type;
    uint32_t number;
    bool full; /* keep is */
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

/* What is high goes up further and comes back at the bottom. */
static uint64_t
hash_mix(uint64_t h)
{
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

/*
 * Without case: 0x20 is what letters differ by, and for other bytes it does
 * not matter here.  A Route 53 name begins with \\052 or with the '*' that
 * this stands for: neither counts.
 */
static uint64_t
hash_text(struct slice s)
{
    const uint64_t cases = UINT64_C(0x2020202020202020);
    uint64_t h;
    size_t i = 0;

    if (slice_starts(s, SLICE("\\052")))
        s = slice_from(s, 4);
    else if (slice_starts(s, SLICE("*")))
        s = slice_from(s, 1);
    h = s.n;
    for (; s.n - i >= 8; i += 8)
        h = hash_mix(h ^ (wide_load(s.p + i) | cases));
    return hash_mix(h ^ (wide_load_short(s.p + i, s.n - i) | cases));
}

/* The same for resources of one type, or of any (NAME_NONE). */
static uint32_t
hash_of(uint16_t type, uint64_t text)
{
    return (uint32_t)hash_mix(text ^ type);
}

/* One pair for the instance at hand, unless it has it. */
static void
put_hash(struct indexing *x, uint32_t hash)
{
    uint64_t pair = (uint64_t)hash << 32 | x->number;
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
    struct slice found[2] = {index_last(text), index_middle(text)};

    for (size_t i = 0; i < 2; i++) {
        uint64_t h;

        if (found[i].n == 0)
            continue;
        h = hash_text(found[i]);
        put_hash(x, hash_of(x->type, h));
        if (key->any && x->type != NAME_NONE)
            put_hash(x, hash_of(NAME_NONE, h));
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
    x->first = x->n;
    if (k->name != NAME_NONE)
        put_hash(x, hash_of(k->name, 0));
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

/* All pairs of all instances; false when an arena is full. */
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
    return !x->full;
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
    struct indexing x = {.st = st, .keep = keep};
    unsigned bits = 4;
    size_t mark;
    uint32_t *dir;

    /* Some three pairs an instance: short buckets at four bytes for each. */
    while (bits < 26 && st->n >> bits != 0)
        bits++;
    x.pairs = arena_alloc(keep, 0);
    mark = arena_mark(keep);
    if (x.pairs == NULL || !wants_parts(w) || !put_all(&x, w) ||
        x.n > UINT32_MAX)
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
    hash = hash_of(type, key.n > 0 ? hash_text(key) : 0);
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
