#include "agent/keeper_inside.h"
#include "base/log.h"

#define LIST_MS 30000

/* A listing under way. */
struct listing {
    struct keeper *k;
    size_t section;
    size_t keys, left_out;
};

/* One key of it.  What does not fit is left out; the rest goes on. */
static int
note_key(void *ctx, const struct backend_key *key, struct err *e)
{
    struct listing *l = ctx;
    struct keeper_entry *t = keeper_find(l->k, l->section, key->key);

    (void)e;
    l->keys++;
    if (t == NULL)
        t = keeper_add(l->k, l->section, key->key);
    if (t == NULL) {
        l->left_out++;
        return 0;
    }
    t->listed = true;
    t->same =
        t->mark.n > 0 && slice_eq(slice_of(t->mark.text, t->mark.n), key->mark);
    return 0;
}

/* What a listing that worked says about its size, once. */
static void
tell_size(struct keeper_section *s, const struct listing *l)
{
    if (l->keys == 0 && !s->empty)
        LOG(LOG_WARNING, KEEPER_ROOM, "no object matches the key",
            log_text("state", s->config->head.name),
            log_text("key", s->config->key));
    if (l->left_out > 0 && !s->crowded)
        LOG(LOG_ERROR, KEEPER_ROOM, "more states than there is room for",
            log_text("state", s->config->head.name),
            log_number("left_out", l->left_out), log_number("states", l->k->n));
    s->empty = l->keys == 0;
    s->crowded = l->left_out > 0;
}

int
keeper_list_once(struct keeper *k, struct keeper_section *s,
                 int64_t deadline_ms, struct err *e)
{
    struct listing l = {.k = k, .section = (size_t)(s - k->section)};
    struct arena scratch;
    int rc;

    for (size_t i = 0; i < k->n; i++)
        if (k->entry[i].section == l.section)
            k->entry[i].listed = k->entry[i].same = false;
    keeper_rest(k, s->role);
    blocks_open(&k->windows, 1, 0, &scratch);
    rc = s->backend.list(&s->backend, s->config->key, deadline_ms, &scratch,
                         note_key, &l, e);
    blocks_free(&k->windows, scratch.base);
    if (rc >= 0)
        tell_size(s, &l);
    return rc;
}

/* Inside: it is no longer listed; whether that is new. */
static bool
drop_entry(struct keeper *k, struct keeper_entry *t)
{
    if (t->status.gone)
        return false;
    t->status.gone = true;
    t->status.loaded = t->status.locked = false;
    t->status.failure[0] = '\0';
    t->mark.n = 0;
    t->turn.due_ms = CLOCK_NEVER;
    t->turn.failed = 0;
    t->turn.until_ms = 0;
    blocks_free(&k->region, t->fresh);
    t->fresh = NULL;
    t->dropped = t->current != NULL;
    k->news |= t->dropped;
    return true;
}

/*
 * Inside: it is listed.  One that is as it was needs no look of its own,
 * unless somebody waits for word of its lock: a listing says too late whether
 * there was one.
 */
static void
keep_entry(struct keeper_section *s, struct keeper_entry *t,
           const struct keeper_went *w, bool *answered)
{
    bool as_it_was = t->same && t->turn.failed == 0 && !t->status.gone;
    bool asked = t->turn.wants[0] != CLOCK_NEVER;

    t->status.gone = false;
    if (as_it_was && !s->backend.locks) {
        keeper_turn_over(&t->turn, w, answered);
        t->status.tried_ms = w->began_ms;
    } else if (!as_it_was || asked || t->status.locked) {
        /* One that failed is tried again at its own pace. */
        if (t->turn.failed == 0 || t->turn.due_ms == CLOCK_NEVER)
            t->turn.due_ms = w->ended_ms;
        return;
    }
    t->status.good_ms = w->began_ms;
    t->status.unchanged++;
}

/* Compares what is known with a listing that worked.  Returns whether the
 * judge should hear of it. */
static bool
compare(struct keeper *k, struct keeper_section *s,
        const struct keeper_went *went)
{
    size_t section = (size_t)(s - k->section);
    struct keeper_went w = *went;
    bool tell = false, answered = false, gone;

    w.listed = true;
    for (size_t i = 0; i < k->n; i++) {
        struct keeper_entry *t = &k->entry[i];

        if (t->section != section)
            continue;
        gate_enter(&k->gate);
        gone = !t->listed && drop_entry(k, t);
        if (t->listed)
            keep_entry(s, t, &w, &answered);
        gate_leave(&k->gate);
        tell |= gone || answered;
        if (gone)
            LOG(LOG_INFO, KEEPER_ROOM, "state is gone",
                log_text("state", t->status.name));
    }
    return tell;
}

/* A listing that failed changes nothing; what it would have answered for is
 * looked at one by one. */
static void
look_at_all(struct keeper *k, const struct keeper_section *s, int64_t now_ms)
{
    for (size_t i = 0; i < k->n; i++) {
        struct keeper_entry *t = &k->entry[i];

        if (t->section == (size_t)(s - k->section) && !t->status.gone &&
            t->turn.due_ms == CLOCK_NEVER)
            t->turn.due_ms = now_ms;
    }
}

void
keeper_list(struct keeper *k, struct keeper_section *s)
{
    struct keeper_went w = {.began_ms = clock_steady_ms(),
                            .period_ms = keeper_period(s)};
    bool was_bad = s->turn.failed > 0, tell = false, answered = false;
    struct err e = {0};

    w.rc = keeper_list_once(k, s, w.began_ms + LIST_MS, &e);
    if (w.rc == ERR_STOPPED)
        return;
    w.ended_ms = clock_steady_ms();
    if (w.rc < 0)
        look_at_all(k, s, w.ended_ms);
    else
        tell = compare(k, s, &w);
    /* Last, so that who waits for the listing finds all that came of it. */
    gate_enter(&k->gate);
    tell |= s->turn.tried_ms == 0;
    keeper_turn_over(&s->turn, &w, &answered);
    s->worked |= w.rc >= 0;
    gate_leave(&k->gate);
    if (was_bad != (w.rc < 0))
        keeper_tell(s->config->head.name, w.rc < 0 ? &e : NULL);
    if (tell || answered)
        k->wake(k->wake_ctx);
}
