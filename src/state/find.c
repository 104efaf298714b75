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

/* Adds a key unless it is there; empty ones are none. */
static size_t
add_key(struct slice *out, size_t n, struct slice key)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(out[i], key))
            return n;
    if (key.n > 0 && n < STATE_KEYS_MAX)
        out[n++] = key;
    return n;
}

/* What follows the first or the last c of an ARN's resource. */
static size_t
add_tails(struct slice *out, size_t n, struct slice r, char c)
{
    size_t first = slice_chr(r, c);

    if (first == r.n)
        return n;
    n = add_key(out, n, slice_from(r, first + 1));
    return add_key(out, n, slice_from(r, slice_rchr(r, c) + 1));
}

/* The name that has others below it. */
static size_t
add_middle(struct slice *out, size_t n, struct slice r)
{
    for (size_t k = 0; k < sizeof(middles) / sizeof(*middles); k++) {
        struct slice rest = slice_from(r, middles[k].n);
        size_t i = 0;

        if (!slice_starts(r, middles[k]))
            continue;
        while (i < rest.n && rest.p[i] != ':' && rest.p[i] != '/')
            i++;
        n = add_key(out, n, slice_head(rest, i));
    }
    return n;
}

/* The resource of arn:partition:service:region:account:RESOURCE, or of
 * ACCOUNT:function:NAME; empty when it is neither. */
static struct slice
arn_resource(struct slice s)
{
    int colons = slice_starts(s, SLICE("arn:")) ? 5 : 0;

    if (colons == 0 && s.n > 22 &&
        slice_starts(slice_from(s, 12), SLICE(":function:")))
        colons = 1;
    if (colons == 0)
        return slice_of("", 0);
    while (colons-- > 0)
        s = slice_from(s, slice_chr(s, ':') + 1);
    return s;
}

/* What is high goes up further and comes back at the bottom. */
static uint64_t
hash_mix(uint64_t h)
{
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

/*
 * The hash of a key.  Case does not count: letters differ by 0x20, and for
 * other bytes that bit does not matter here.  A Route 53 name begins with
 * \052 or with the '*' that this stands for: neither counts.
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

size_t
state_keys(struct slice value, struct state_key out[STATE_KEYS_MAX])
{
    struct slice text[STATE_KEYS_MAX], r;
    size_t n;

    if (slice_ends(value, SLICE(":*")))
        value.n -= 2;
    if (value.n > 1 && value.p[value.n - 1] == '.')
        value.n--;
    n = add_key(text, 0, value);
    r = arn_resource(value);
    if (r.n > 0) {
        n = add_key(text, n, r);
        n = add_tails(text, n, r, '/');
        n = add_tails(text, n, r, ':');
        n = add_middle(text, n, r);
    }
    for (size_t i = 0; i < n; i++)
        out[i] = (struct state_key){text[i], hash_text(text[i])};
    return n;
}

uint32_t
index_hash(uint16_t type, uint64_t key)
{
    return (uint32_t)hash_mix(key ^ type);
}

#define BUCKET_FEW 64 /* pairs of a bucket; more have the same hash mostly */

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

/*
 * The same where few pairs are to be looked at: hashes are spread evenly, so
 * that it is looked for where it should be.  `part` of 2^32 of them are
 * below v, if they are.
 */
static uint32_t
pair_near(const uint64_t *pairs, uint32_t lo, uint32_t hi, uint64_t v,
          uint32_t part)
{
    uint32_t at = lo + (uint32_t)((uint64_t)part * (hi - lo) >> 32);

    while (at > lo && pairs[at - 1] >= v)
        at--;
    while (at < hi && pairs[at] < v)
        at++;
    return at;
}

static bool
has_type(const struct state *st, uint16_t type)
{
    return (st->types[type % STORE_TYPE_BITS / 64] >> type % 64 & 1) != 0;
}

void
state_find_key(const struct state *st, uint16_t type,
               const struct state_key *key, struct state_hits *hits)
{
    uint32_t hash, lo, hi;
    uint64_t first, last;

    *hits = (struct state_hits){.st = st, .type = type};
    if (type != NAME_NONE && !has_type(st, type))
        return;
    hash = index_hash(type, key != NULL ? key->hash : 0);
    lo = st->dir[hash >> st->shift];
    hi = st->dir[(hash >> st->shift) + 1];
    first = (uint64_t)hash << 32;
    last = first | UINT32_MAX;
    if (hi - lo > BUCKET_FEW) {
        hits->at = pair_bound(st->pairs, lo, hi, first);
        hits->end = pair_bound(st->pairs, hits->at, hi, last);
        return;
    }
    hits->at = pair_near(st->pairs, lo, hi, first, hash << (32 - st->shift));
    hits->end = hits->at;
    while (hits->end < hi && st->pairs[hits->end] <= last)
        hits->end++;
}

void
state_find(const struct state *st, uint16_t type, struct slice value,
           struct state_hits *hits)
{
    struct state_key keys[STATE_KEYS_MAX];

    if (value.p != NULL && state_keys(value, keys) == 0)
        *hits = (struct state_hits){.st = st, .type = type};
    else
        state_find_key(st, type, value.p != NULL ? keys : NULL, hits);
}

bool
state_hit_next(struct state_hits *hits, struct instance *in)
{
    const struct state *st = hits->st;

    while (hits->at < hits->end) {
        *in = stored_at(st, (uint32_t)st->pairs[hits->at++]);
        /* Two types may share a hash. */
        if (hits->type == NAME_NONE || in->type == hits->type)
            return true;
    }
    return false;
}
