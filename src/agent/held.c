#include "agent/held.h"

#include <string.h>

#include "base/err.h"

int
held_init(struct held_list *l, struct arena *arena, size_t bytes)
{
    *l = (struct held_list){.n = 0};
    l->list = arena_alloc(arena, HELD_MAX * sizeof(*l->list));
    if (l->list == NULL)
        return ERR_MEMORY;
    return blocks_init(&l->blocks, arena, bytes, HELD_MAX);
}

bool
held_add(struct held_list *l, struct held *h)
{
    struct arena a;

    if (l->n == HELD_MAX || blocks_open(&l->blocks, h->raw.n + 64, 0, &a) < 0)
        return false;
    h->raw = arena_copy(&a, h->raw);
    /* Nothing of the block stays when it was too small. */
    blocks_trim(&l->blocks, &a);
    if (h->raw.p == NULL)
        return false;
    l->list[l->n++] = *h;
    if (l->n > l->peak)
        l->peak = l->n;
    return true;
}

void
held_remove(struct held_list *l, size_t i)
{
    blocks_free(&l->blocks, l->list[i].raw.p);
    l->n--;
    memmove(&l->list[i], &l->list[i + 1], (l->n - i) * sizeof(*l->list));
}

void
held_key(struct held_keys *keys, uint64_t key)
{
    if (keys->n < HELD_KEYS_MAX)
        keys->key[keys->n] = key;
    if (keys->n <= HELD_KEYS_MAX)
        keys->n++;
}

bool
held_common(const struct held_keys *a, const struct held_keys *b)
{
    if (a->n > HELD_KEYS_MAX || b->n > HELD_KEYS_MAX)
        return true;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (a->key[i] == b->key[k])
                return true;
    return false;
}

bool
held_blocks(const struct held_list *l, size_t n, const struct held_keys *keys)
{
    for (size_t i = 0; i < n; i++)
        if (held_common(&l->list[i].keys, keys))
            return true;
    return false;
}
