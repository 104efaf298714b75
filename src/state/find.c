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

uint64_t
index_text(struct slice s)
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

uint32_t
index_hash(uint16_t type, uint64_t text)
{
    return (uint32_t)hash_mix(text ^ type);
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
    hash = index_hash(type, key.n > 0 ? index_text(key) : 0);
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
