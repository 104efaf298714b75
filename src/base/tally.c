#include "tally.h"

#include "base/err.h"
#include "base/text.h"

#define TALLY_SLOTS (2 * TALLY_MAX) /* a power of two, half full at most */

int
tally_init(struct tally *t, struct arena *arena)
{
    size_t bytes = TALLY_SLOTS * sizeof(*t->slot);

    *t = (struct tally){.arena = arena, .slot = arena_alloc(arena, bytes)};
    if (t->slot == NULL)
        return ERR_MEMORY;
    memset(t->slot, 0, bytes);
    return 0;
}

void
tally_add(struct tally *t, struct slice service, struct slice event)
{
    size_t at = (text_hash(event) ^ text_hash(service)) % TALLY_SLOTS;
    struct tally_name *name;

    /* There is always a free slot to end at. */
    for (;; at = (at + 1) % TALLY_SLOTS) {
        name = &t->slot[at];
        if (name->count == 0)
            break;
        if (slice_eq(name->event, event) && slice_eq(name->service, service)) {
            name->count++;
            return;
        }
    }
    if (t->n == TALLY_MAX) {
        t->others++;
        return;
    }
    service = arena_copy(t->arena, service);
    event = arena_copy(t->arena, event);
    if (service.p == NULL || event.p == NULL) {
        t->others++;
        return;
    }
    *name = (struct tally_name){service, event, 1};
    t->n++;
}

/* Order of bytes, the shorter first. */
static int
compare_text(struct slice a, struct slice b)
{
    int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* Whether a goes before b. */
static bool
is_before(const struct tally_name *a, const struct tally_name *b)
{
    int c = compare_text(a->service, b->service);

    if (a->count != b->count)
        return a->count > b->count;
    return c != 0 ? c < 0 : compare_text(a->event, b->event) < 0;
}

size_t
tally_top(const struct tally *t, const struct tally_name **out, size_t max)
{
    size_t n = 0;

    /* Insertion into a list that is short: ten, where it is shown. */
    for (size_t i = 0; i < TALLY_SLOTS; i++) {
        const struct tally_name *name = &t->slot[i];
        size_t at = n;

        if (name->count == 0)
            continue;
        while (at > 0 && is_before(name, out[at - 1]))
            at--;
        if (at == max)
            continue;
        n += n < max;
        memmove(&out[at + 1], &out[at], (n - 1 - at) * sizeof(*out));
        out[at] = name;
    }
    return n;
}
