#include "agent/pipeline.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define STATUS_NUMBERS KEEPER_STATES_MAX
#define EVENTS_AT_ONCE 256     /* before held ones and outputs are looked at */
#define LEDGER_DRIFT_BYTES 256 /* of memory for each open drift there may be */

const struct slice pipeline_ignored_text[PIPELINE_IGNORED_END] = {
    [PIPELINE_FAILED] = SLICE_INIT("failed"),
    [PIPELINE_READ_ONLY] = SLICE_INIT("read-only"),
    [PIPELINE_NOT_A_CALL] = SLICE_INIT("not-a-call"),
    [PIPELINE_TERRAFORM] = SLICE_INIT("terraform"),
    [PIPELINE_AUTOSCALING] = SLICE_INIT("autoscaling"),
    [PIPELINE_SERVICE] = SLICE_INIT("service"),
    [PIPELINE_RULE] = SLICE_INIT("rule"),
    [PIPELINE_DUPLICATE] = SLICE_INIT("duplicate"),
};

static size_t
at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Asked of every resource judged, so the address is made only when anything
 * is open at all. */
static bool
is_open(void *ctx, const struct instance *in)
{
    const struct pipeline *p = ctx;
    char mem[STATE_ADDRESS_MAX_BYTES];
    struct buf b = buf_over(mem, sizeof(mem));

    if (p->ledger.live == 0)
        return false;
    state_address(in, &p->o.maps->names, &b);
    return ledger_is_open(&p->ledger, state_name(in->state), buf_slice(&b));
}

/* Judges and tellers over the arenas. */
static void
set_up_judge(struct pipeline *p)
{
    const struct config_rules *rules = &p->o.config->rules;

    p->judge = (struct judge){.maps = p->o.maps,
                              .words = p->o.words,
                              .shelf = &p->shelf,
                              .key = sip_key_random(),
                              .filter = &rules->filter,
                              .arena = &p->event,
                              .scratch = &p->scratch,
                              .is_open = is_open,
                              .is_open_ctx = p};
    p->teller = (struct teller){
        .maker = {p->o.maps, &rules->severity, &p->event, &p->scratch},
        .ignore = &rules->ignore,
        .unmanaged = rules->filter.unmanaged,
        .ledger = &p->ledger};
}

/* Everything of a fixed size; a small memory gives smaller tables. */
static int
set_up_tables(struct pipeline *p, struct arena *a, size_t bytes)
{
    size_t drifts = at_most(LEDGER_DRIFTS, bytes / 16 / LEDGER_DRIFT_BYTES);
    size_t ids = at_most(DEDUP_IDS, bytes / 8 / 32);

    p->good_ms = arena_alloc(a, STATUS_NUMBERS * sizeof(*p->good_ms));
    p->locked = arena_alloc(a, STATUS_NUMBERS * sizeof(*p->locked));
    p->line = arena_alloc(a, PIPELINE_LINES * sizeof(*p->line));
    p->noted = arena_alloc(a, OUTBOX_OUTPUTS_MAX * sizeof(*p->noted));
    p->output_hash =
        arena_alloc(a, OUTBOX_OUTPUTS_MAX * sizeof(*p->output_hash));
    if (p->good_ms == NULL || p->locked == NULL || p->line == NULL ||
        p->noted == NULL || p->output_hash == NULL ||
        arena_split(&p->event, a, bytes / 8) < 0 ||
        arena_split(&p->scratch, a, bytes / 16 * 3) < 0 ||
        ledger_init(&p->ledger, a, drifts, at_most(LEDGER_BYTES, bytes / 12)) <
            0 ||
        shelf_init(&p->shelf, a) < 0 || dedup_init(&p->dedup, a, ids) < 0 ||
        tally_init(&p->unmapped, a) < 0 ||
        batches_init(&p->batches, a, p->o.n_sources) < 0)
        return ERR_MEMORY;
    return held_init(&p->held, a, bytes / 8);
}

int
pipeline_open(struct pipeline *p, const struct pipeline_options *o,
              struct arena *arena, size_t bytes, struct err *e)
{
    struct checkpoint kept = p->checkpoint;
    int rc;

    memset(p, 0, sizeof(*p));
    p->checkpoint = kept;
    p->o = *o;
    p->taking = SIZE_MAX;
    gate_init(&p->gate);
    /* Some of it is taken later: names of events that no mapping knows. */
    if (arena_split(&p->memory, arena, bytes) < 0 ||
        set_up_tables(p, &p->memory, bytes) < 0)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    set_up_judge(p);
    for (size_t i = 0; i < o->n_outputs; i++) {
        p->noted[i] = 0;
        p->output_hash[i] = text_hash(o->output[i]);
    }
    rc = checkpoint_open(&p->checkpoint, o->config->agent.checkpoint, &p->dedup,
                         &p->ledger, &p->memory, &p->scratch, e);
    if (rc == 0 && p->checkpoint.damage.text[0] != '\0')
        LOG(LOG_WARNING, "agent", "the checkpoint was damaged; set aside",
            log_text("what", slice_str(p->checkpoint.damage.text)),
            log_number("offset", p->checkpoint.damage.offset));
    p->opened = rc == 0;
    return rc;
}

void
pipeline_wake(void *ctx)
{
    struct pipeline *p = ctx;

    gate_enter(&p->gate);
    p->woken = true;
    gate_wake(&p->gate);
    gate_leave(&p->gate);
}

bool
pipeline_wait(struct pipeline *p, int64_t deadline_ms)
{
    bool closing;

    gate_enter(&p->gate);
    while (!p->woken && !p->closing && gate_wait(&p->gate, deadline_ms))
        ;
    p->woken = false;
    p->counts.beat_ms = clock_steady_ms();
    closing = p->closing;
    gate_leave(&p->gate);
    return !closing;
}

bool
pipeline_known(void *ctx, struct slice event_id)
{
    struct pipeline *p = ctx;
    bool known;

    gate_enter(&p->gate);
    known = dedup_has(&p->dedup, dedup_id(event_id));
    gate_leave(&p->gate);
    if (known) {
        atomic_fetch_add(&p->counts.events, 1);
        atomic_fetch_add(&p->counts.verdict[VERDICT_IGNORED], 1);
        atomic_fetch_add(&p->counts.ignored[PIPELINE_DUPLICATE], 1);
    }
    return known;
}

bool
pipeline_submit(void *ctx, size_t source, const struct source_batch *batch)
{
    struct pipeline *p = ctx;
    bool taken;

    gate_enter(&p->gate);
    p->slot[source] = batch;
    p->woken = true;
    gate_wake(&p->gate);
    /* A batch that is being read stays until the judge's thread leaves it. */
    while (p->slot[source] != NULL && (!p->closing || p->taking == source))
        gate_wait(&p->gate, CLOCK_NEVER);
    taken = p->slot[source] == NULL;
    p->slot[source] = NULL;
    gate_leave(&p->gate);
    return taken;
}

/* What the keeper knows of the states, and the states themselves. */
static void
look_at_states(struct pipeline *p)
{
    bool changed;

    p->n_states = keeper_adopt(p->o.keeper, &p->judge.states, &changed);
    p->judge.n_states = p->n_states;
    p->n_numbers = at_most(keeper_count(p->o.keeper), STATUS_NUMBERS);
    p->oldest_good = CLOCK_NEVER;
    p->all_loaded = keeper_loaded_all(p->o.keeper);
    for (size_t i = 0; i < p->n_numbers; i++) {
        struct keeper_status s;

        keeper_status(p->o.keeper, i, &s);
        p->good_ms[i] = s.good_ms;
        p->locked[i] = s.locked;
        if (!s.gone && s.good_ms < p->oldest_good)
            p->oldest_good = s.good_ms;
    }
}

/* The next batch that waits, every source in its turn. */
static const struct source_batch *
next_batch(struct pipeline *p)
{
    const struct source_batch *batch = NULL;

    gate_enter(&p->gate);
    for (size_t k = 0; k < p->o.n_sources && batch == NULL; k++) {
        size_t i = (p->next_source + k) % p->o.n_sources;

        if (p->slot[i] == NULL || p->closing)
            continue;
        batch = p->slot[i];
        p->taking = i;
        p->next_source = i + 1;
    }
    gate_leave(&p->gate);
    return batch;
}

/* All events of the batch at hand are taken: its source may go on. */
static void
batch_taken(struct pipeline *p)
{
    batches_release(&p->batches, p->batch);
    gate_enter(&p->gate);
    p->slot[p->taking] = NULL;
    p->taking = SIZE_MAX;
    gate_wake(&p->gate);
    gate_leave(&p->gate);
}

/* Takes some events; true when there is more that could be taken now. */
static bool
take(struct pipeline *p, int64_t now_ms)
{
    const struct source_batch *batch;

    if (p->taking == SIZE_MAX) {
        batch = next_batch(p);
        if (batch == NULL)
            return false;
        p->batch = batches_open(&p->batches, p->taking, &batch->after);
        p->ahead_ms = batch->ahead_ms;
        p->at = 0;
    }
    batch = p->slot[p->taking];
    for (unsigned n = 0; n < EVENTS_AT_ONCE && p->at < batch->n; n++, p->at++)
        if (!pipeline_event(p, &batch->event[p->at], now_ms))
            return false;
    if (p->at == batch->n)
        batch_taken(p);
    return true;
}

/* Places of sources that moved on. */
static void
stage_batches(struct pipeline *p)
{
    uint64_t last = outbox_last(p->o.outbox);
    struct batch done;

    while (batches_done(&p->batches, &done))
        checkpoint_source(&p->checkpoint, p->o.source[done.source], &done.after,
                          last);
}

/* Numbers that only this thread knows. */
static void
publish(struct pipeline *p)
{
    struct pipeline_counts *c = &p->counts;

    c->held = p->held.n;
    c->open_drifts = p->ledger.live;
    c->forgotten = p->ledger.forgotten;
    c->dedup_dropped = p->dedup.dropped;
    c->unconfirmed_lines = outbox_last(p->o.outbox) - outbox_done(p->o.outbox);
    c->checkpoint_writes = p->checkpoint.writes + p->checkpoint.replaced;
    c->checkpoint_failures = p->checkpoint.failures;
    c->checkpoint_bytes = p->checkpoint.journal.bytes;
    c->checkpoint_ms = p->checkpoint.written_ms;
    c->event_peak_bytes = p->event.peak;
    c->event_fails = p->event.fails + p->scratch.fails;
}

/* Until it is closing. */
static void
judge_events(struct pipeline *p)
{
    int64_t now, next;
    size_t held;
    bool more;

    /* Without the states everything would be unmanaged. */
    while (!keeper_tried_all(p->o.keeper))
        if (!pipeline_wait(p, CLOCK_NEVER))
            return;
    do {
        now = clock_steady_ms();
        look_at_states(p);
        next = pipeline_held(p, now);
        held = p->held.n;
        /* When those that are held now are due is known after a look. */
        more = take(p, now) || p->held.n > held;
        stage_batches(p);
        pipeline_save(p, now);
        publish(p);
        if (p->checkpoint_again_ms != 0 && p->checkpoint_again_ms < next)
            next = p->checkpoint_again_ms;
    } while (pipeline_wait(p, more ? now : next));
}

static void *
run(void *ctx)
{
    struct pipeline *p = ctx;

    judge_events(p);
    gate_enter(&p->gate);
    p->taking = SIZE_MAX;
    gate_wake(&p->gate);
    gate_leave(&p->gate);
    return NULL;
}

int
pipeline_start(struct pipeline *p, struct err *e)
{
    int rc = thread_start(&p->thread, "judge", run, p, e);

    p->started = rc == 0;
    return rc;
}

void
pipeline_stop(struct pipeline *p)
{
    gate_enter(&p->gate);
    p->closing = true;
    gate_wake(&p->gate);
    gate_leave(&p->gate);
}

void
pipeline_join(struct pipeline *p)
{
    if (p->started)
        pthread_join(p->thread, NULL);
    p->started = false;
}

int
pipeline_close(struct pipeline *p, bool keep, struct err *e)
{
    int rc = 0;

    p->checkpoint_again_ms = 0;
    if (p->opened)
        pipeline_save(p, 0);
    p->opened = false;
    if (p->checkpoint_again_ms != 0)
        rc = err_set(e, ERR_IO, "the checkpoint could not be written");
    checkpoint_close(&p->checkpoint, keep);
    return rc;
}
