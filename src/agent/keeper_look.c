#include <string.h>

#include "agent/keeper_inside.h"
#include "base/log.h"

/* For one look, whatever it takes, and for a small answer in it; others
 * wait meanwhile. */
#define LOOK_MS 60000
#define ANSWER_MS 10000
#define ANSWER_HOPELESS_MS 3000

/* Told when it begins, and when it is over; not each time in between. */
void
keeper_tell(struct slice name, const struct err *e)
{
    if (e != NULL)
        LOG(LOG_WARNING, KEEPER_ROOM, "state cannot be read",
            log_text("state", name), log_text("error", slice_str(e->text)));
    else
        LOG(LOG_INFO, KEEPER_ROOM, "state can be read again",
            log_text("state", name));
}

/* A look into a gap of about `hint` bytes; *room is what there was. */
static int
look_into(struct keeper *k, const struct keeper_entry *t,
          struct backend_look *l, size_t hint, size_t *room, struct err *e)
{
    struct keeper_section *s = &k->section[t->section];
    struct arena keep, scratch;
    int rc;

    /* With no memory left for it, an unchanged state can still be told. */
    gate_enter(&k->gate);
    blocks_open(&k->region, hint, (uint32_t)(t - k->entry), &keep);
    gate_leave(&k->gate);
    blocks_open(&k->windows, 1, 0, &scratch);
    *room = keep.size;
    l->keep = &keep;
    l->scratch = &scratch;
    rc = s->backend.look(&s->backend, l, e);
    blocks_free(&k->windows, scratch.base);
    gate_enter(&k->gate);
    blocks_trim(&k->region, &keep);
    gate_leave(&k->gate);
    if (l->state != NULL)
        state_set_account(l->state, s->config->account);
    return rc;
}

/* About what a state will need: a little more than the last time. */
static size_t
size_hint(struct keeper *k, const struct keeper_entry *t)
{
    const struct block *block;
    size_t hint = SIZE_MAX;

    gate_enter(&k->gate);
    block = blocks_find(&k->region, t->fresh != NULL ? t->fresh : t->current);
    if (block != NULL)
        hint =
            ((size_t)block->pages + block->pages / 4 + 16) * BLOCKS_PAGE_BYTES;
    gate_leave(&k->gate);
    return hint;
}

/* Whether nothing says that there is anybody who answers. */
static bool
is_doubtful(const struct keeper *k, const struct keeper_entry *t)
{
    return t->turn.failed > 0 ||
           (t->status.loads == 0 && !k->section[t->section].many);
}

int
keeper_glance(struct keeper *k, const struct keeper_entry *t,
              struct backend_look *l, int64_t deadline_ms, struct err *e)
{
    bool hopeless = t->turn.failed >= KEEPER_HOPELESS;
    int64_t answer_ms =
        clock_steady_ms() + (hopeless ? ANSWER_HOPELESS_MS : ANSWER_MS);
    size_t room, most;
    int rc;

    *l = (struct backend_look){
        .key = t->key,
        .name = t->status.name,
        .maps = &k->maps,
        .mark = t->mark,
        .wall_ms = clock_wall_ms(),
        .deadline_ms = deadline_ms,
        .answer_ms = answer_ms < deadline_ms ? answer_ms : deadline_ms,
        .wary = is_doubtful(k, t)};
    keeper_rest(k, k->section[t->section].role);
    rc = look_into(k, t, l, size_hint(k, t), &room, e);
    gate_enter(&k->gate);
    most = blocks_gap(&k->region);
    gate_leave(&k->gate);
    /* It has grown more than one would think. */
    if (rc == ERR_MEMORY && room < most)
        rc = look_into(k, t, l, SIZE_MAX, &room, e);
    return rc;
}

/* Inside: a new one waits to be adopted; one that waited is of no use. */
static void
take_fresh(struct keeper *k, struct keeper_entry *t, struct state *st)
{
    blocks_free(&k->region, t->fresh);
    t->fresh = st;
    t->status.loaded = true;
    t->status.loads++;
    t->status.resources = state_instances(st);
    t->status.serial = state_serial(st);
    k->news = true;
}

/* Inside: how it went, for all to see. */
static void
note_status(struct keeper_entry *t, const struct backend_look *l,
            const struct keeper_went *w, const struct err *e)
{
    struct keeper_status *s = &t->status;
    size_t n = strlen(e->text);

    s->tried_ms = w->began_ms;
    s->locked = l->locked;
    s->failure[0] = '\0';
    if (w->rc == 0)
        s->good_ms = w->began_ms;
    if (w->rc == 0 && l->state == NULL)
        s->unchanged++;
    if (e->code == 0)
        return;
    s->failures++;
    n = n < sizeof(s->failure) ? n : sizeof(s->failure) - 1;
    memcpy(s->failure, e->text, n);
    s->failure[n] = '\0';
}

/*
 * Inside: a document of its own section is gone when it is not found, and
 * what was loaded of it stays in use; of a listed one the listing decides.
 */
static void
note_gone(struct keeper *k, struct keeper_entry *t, bool gone)
{
    struct keeper_section *s = &k->section[t->section];

    if (!s->many)
        t->status.gone = gone;
    else if (gone)
        s->turn.due_ms = clock_steady_ms();
}

static void
log_look(const struct keeper_entry *t, const struct backend_look *l,
         bool was_bad, const struct err *e)
{
    if (l->state != NULL)
        LOG(t->status.loads > 1 ? LOG_DEBUG : LOG_INFO, KEEPER_ROOM,
            "state loaded", log_text("state", t->status.name),
            log_number("resources", state_instances(l->state)),
            log_number("serial", state_serial(l->state)));
    if (was_bad != (e->code != 0))
        keeper_tell(t->status.name, e->code != 0 ? e : NULL);
}

void
keeper_look(struct keeper *k, struct keeper_entry *t)
{
    const struct keeper_section *s = &k->section[t->section];
    struct keeper_went w = {.began_ms = clock_steady_ms(),
                            .period_ms = keeper_period(s),
                            .listed = s->many};
    bool was_bad = t->status.failure[0] != '\0', over, tell = false;
    struct backend_look l;
    struct err e = {0};

    w.rc = keeper_glance(k, t, &l, w.began_ms + LOOK_MS, &e);
    w.ended_ms = clock_steady_ms();
    w.patience_ms = l.patience_ms;
    gate_enter(&k->gate);
    over = !k->stopping && keeper_turn_over(&t->turn, &w, &tell);
    if (over) {
        tell |= l.state != NULL || t->status.tried_ms == 0 ||
                t->status.locked != l.locked;
        if (l.state != NULL)
            take_fresh(k, t, l.state);
        if (w.rc == 0)
            t->mark = l.mark;
        note_status(t, &l, &w, &e);
        note_gone(k, t, l.gone);
    } else if (l.state != NULL) {
        blocks_free(&k->region, l.state);
    }
    gate_leave(&k->gate);
    if (over)
        log_look(t, &l, was_bad, &e);
    if (tell)
        k->wake(k->wake_ctx);
}
