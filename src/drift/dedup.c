#include "drift/dedup.h"

#include "base/err.h"
#include "base/text.h"

#define DEDUP_UUID_BYTES 36

int
dedup_init(struct dedup *d, struct arena *a, size_t max)
{
    size_t slots = 2;

    /* At most half full, so that a run of taken slots stays short. */
    while (slots < 2 * max)
        slots *= 2;
    *d = (struct dedup){.max = max, .mask = slots - 1};
    d->ring = arena_alloc(a, max * sizeof(*d->ring));
    d->index = arena_alloc(a, slots * sizeof(*d->index));
    if (d->ring == NULL || d->index == NULL)
        return ERR_MEMORY;
    memset(d->index, 0, slots * sizeof(*d->index));
    return 0;
}

/* Value of a hexadecimal digit, or -1. */
static int
dedup_digit(char c)
{
    if (text_digit(c))
        return c - '0';
    c = text_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads 8-4-4-4-12 digits (RFC 9562 section 4). */
static bool
dedup_uuid(struct slice text, struct dedup_id *id)
{
    unsigned digits = 0;

    if (text.n != DEDUP_UUID_BYTES)
        return false;
    *id = (struct dedup_id){{0, 0}};
    for (size_t i = 0; i < text.n; i++) {
        int digit = dedup_digit(text.p[i]);

        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text.p[i] != '-')
                return false;
            continue;
        }
        if (digit < 0)
            return false;
        id->half[digits / 16] = id->half[digits / 16] << 4 | (unsigned)digit;
        digits++;
    }
    return true;
}

struct dedup_id
dedup_id(struct slice text)
{
    struct dedup_id id;

    if (!dedup_uuid(text, &id)) {
        id.half[0] = text_hash(text);
        /* Any second hash will do that is not a function of the first. */
        id.half[1] = text.n;
        for (size_t i = 0; i < text.n; i++)
            id.half[1] = id.half[1] * 0x100000001b3u ^ (uint8_t)text.p[i];
    }
    if (id.half[0] == 0 && id.half[1] == 0)
        id.half[1] = 1;
    return id;
}

/* Where an id would like to stand.  Mixed, since not every UUID is random:
 * Fibonacci hashing, Knuth, TAOCP volume 3, section 6.4. */
static size_t
dedup_home(const struct dedup *d, struct dedup_id id)
{
    uint64_t h = (id.half[0] ^ id.half[1]) * 0x9e3779b97f4a7c15u;

    return (size_t)(h >> 32) & d->mask;
}

/* The slot that holds this id, or the free one where it would go. */
static size_t
dedup_slot(const struct dedup *d, struct dedup_id id)
{
    size_t at = dedup_home(d, id);

    while (d->index[at] != 0) {
        const struct dedup_id *have = &d->ring[d->index[at] - 1];

        if (have->half[0] == id.half[0] && have->half[1] == id.half[1])
            break;
        at = (at + 1) & d->mask;
    }
    return at;
}

/*
 * Frees a slot and moves up what had been pushed past it, so that look-ups
 * may go on stopping at the first free slot.
 */
static void
dedup_free(struct dedup *d, size_t hole)
{
    for (size_t at = (hole + 1) & d->mask; d->index[at] != 0;
         at = (at + 1) & d->mask) {
        size_t home = dedup_home(d, d->ring[d->index[at] - 1]);

        /* It may move when its home is not between the hole and here. */
        if (((at - home) & d->mask) >= ((at - hole) & d->mask)) {
            d->index[hole] = d->index[at];
            hole = at;
        }
    }
    d->index[hole] = 0;
}

bool
dedup_has(const struct dedup *d, struct dedup_id id)
{
    return d->index[dedup_slot(d, id)] != 0;
}

struct dedup_id
dedup_at(const struct dedup *d, size_t i)
{
    return d->ring[(d->next + d->max - d->n + i) % d->max];
}

bool
dedup_seen(struct dedup *d, struct dedup_id id)
{
    if (dedup_has(d, id))
        return true;
    if (d->n == d->max) {
        dedup_free(d, dedup_slot(d, d->ring[d->next]));
        d->dropped++;
    } else {
        d->n++;
    }
    d->ring[d->next] = id;
    d->index[dedup_slot(d, id)] = (uint32_t)d->next + 1;
    d->next = (d->next + 1) % d->max;
    return false;
}
