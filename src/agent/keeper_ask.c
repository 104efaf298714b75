#include "agent/keeper_inside.h"

/* Inside: brings one state up to date; returns what is in use. */
static struct state *
adopt_one(struct keeper *k, struct keeper_entry *t)
{
    if (t->fresh != NULL || t->dropped) {
        blocks_free(&k->region, t->current);
        t->current = t->fresh;
        t->fresh = NULL;
        t->dropped = false;
    }
    return t->current;
}

size_t
keeper_adopt(struct keeper *k, struct state *const **states, bool *changed)
{
    gate_enter(&k->gate);
    *changed = k->news;
    if (k->news) {
        k->news = false;
        k->n_adopted = 0;
        for (size_t i = 0; i < k->n; i++) {
            struct state *st = adopt_one(k, &k->entry[i]);

            if (st != NULL)
                k->adopted[k->n_adopted++] = st;
        }
    }
    gate_leave(&k->gate);
    *states = k->adopted;
    return k->n_adopted;
}

size_t
keeper_number(const struct keeper *k, const struct state *st)
{
    /* The gate is no part of what a reader sees of a keeper. */
    struct gate *gate = (struct gate *)(uintptr_t)&k->gate;
    const struct block *block;
    size_t number = SIZE_MAX;

    gate_enter(gate);
    block = blocks_find(&k->region, st);
    if (block != NULL)
        number = block->tag;
    gate_leave(gate);
    return number;
}

size_t
keeper_count(struct keeper *k)
{
    size_t n;

    gate_enter(&k->gate);
    n = k->n;
    gate_leave(&k->gate);
    return n;
}

void
keeper_status(struct keeper *k, size_t number, struct keeper_status *out)
{
    gate_enter(&k->gate);
    *out = k->entry[number].status;
    gate_leave(&k->gate);
}

bool
keeper_tried_all(struct keeper *k)
{
    bool all = true;

    gate_enter(&k->gate);
    for (size_t i = 0; i < k->n_sections && all; i++)
        all = !k->section[i].many || k->section[i].turn.tried_ms != 0;
    for (size_t i = 0; i < k->n && all; i++)
        all = k->entry[i].turn.tried_ms != 0 || k->entry[i].status.gone;
    gate_leave(&k->gate);
    return all;
}

bool
keeper_loaded_all(struct keeper *k)
{
    bool all = true;

    gate_enter(&k->gate);
    for (size_t i = 0; i < k->n_sections && all; i++)
        all = !k->section[i].many || k->section[i].worked;
    for (size_t i = 0; i < k->n && all; i++) {
        const struct keeper_entry *t = &k->entry[i];

        /* What a listing no longer has is not missed. */
        all =
            t->status.loaded || (t->status.gone && k->section[t->section].many);
    }
    gate_leave(&k->gate);
    return all;
}

/*
 * Inside: whether a turn is over and adopted, or is asked for.  What failed
 * again and again is looked at in its own time, and its last look is the
 * answer: a server that is silent would hold up everyone who asks for all
 * states.  *asked: the keeper has something new to do.
 */
static bool
want_turn(struct keeper_turn *t, bool pending, int64_t since_ms, bool *asked)
{
    if (t->tried_ms < since_ms) {
        *asked |= keeper_turn_want(t, since_ms);
        return !pending && t->failed >= KEEPER_HOPELESS;
    }
    return !pending;
}

/* Inside: the same for a state; one that is gone is sought by listing. */
static bool
want_entry(struct keeper *k, struct keeper_entry *t, int64_t since_ms,
           bool *asked)
{
    struct keeper_section *s = &k->section[t->section];
    bool pending = t->fresh != NULL || t->dropped;

    if (t->status.gone && s->many)
        return want_turn(&s->turn, pending, since_ms, asked);
    return want_turn(&t->turn, pending, since_ms, asked);
}

bool
keeper_want(struct keeper *k, size_t number, int64_t since_ms)
{
    bool over = true, asked = false;

    gate_enter(&k->gate);
    if (number != SIZE_MAX) {
        if (number < k->n)
            over = want_entry(k, &k->entry[number], since_ms, &asked);
    } else {
        /* Listings come first: they may answer for states. */
        for (size_t i = 0; i < k->n_sections; i++)
            if (k->section[i].many)
                over &= want_turn(&k->section[i].turn, false, since_ms, &asked);
        for (size_t i = 0; i < k->n; i++)
            over &= want_entry(k, &k->entry[i], since_ms, &asked);
    }
    gate_leave(&k->gate);
    if (asked)
        gate_wake(&k->gate);
    return over;
}
