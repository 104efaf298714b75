#include "agent/checkpoint_inner.h"

#include <string.h>

#define STAGE_BYTES (256u << 10)

_Static_assert(LEDGER_DRIFT_MAX_BYTES + 4096 < JOURNAL_PAYLOAD_MAX_BYTES &&
                   LEDGER_DRIFT_MAX_BYTES + 4096 < STAGE_BYTES,
               "any drift is one frame");

/* The place of a source, made when it is new; NULL when there are too many. */
static struct checkpoint_place *
place_of(struct checkpoint *cp, struct slice name)
{
    struct checkpoint_place *p;

    for (size_t i = 0; i < cp->n_places; i++)
        if (slice_eq(slice_str(cp->place[i].name), name))
            return &cp->place[i];
    if (cp->n_places == CHECKPOINT_SOURCES_MAX ||
        name.n >= CHECKPOINT_NAME_MAX_BYTES)
        return NULL;
    p = &cp->place[cp->n_places++];
    *p = (struct checkpoint_place){.name = ""};
    memcpy(p->name, name.p, name.n);
    return p;
}

static void
note_accepted(struct checkpoint *cp, struct checkpoint_accepted a)
{
    cp->accepted[cp->n_accepted++ % CHECKPOINT_ACCEPTED_MAX] = a;
}

static void
read_ids(struct checkpoint *cp, struct slice s)
{
    struct dedup_id id;

    for (; s.n >= sizeof(id); s = slice_from(s, sizeof(id))) {
        memcpy(&id, s.p, sizeof(id));
        dedup_seen(cp->dedup, id);
    }
}

static void
read_drift(struct checkpoint *cp, struct slice s)
{
    struct ledger_saved saved;
    uint32_t head[3];

    if (s.n < sizeof(head))
        return;
    memcpy(head, s.p, sizeof(head));
    s = slice_from(s, sizeof(head));
    saved = (struct ledger_saved){
        .id = slice_head(s, head[2]),
        .text = slice_from(s, head[2]),
        .open = head[0],
        .is_delete = (head[1] & CHECKPOINT_IS_DELETE) != 0,
        .recreated = (head[1] & CHECKPOINT_RECREATED) != 0};
    ledger_restore(cp->ledger, &saved);
}

static void
read_source(struct checkpoint *cp, struct slice s)
{
    struct checkpoint_place *p;
    struct source_position position;

    if (s.n <= sizeof(position))
        return;
    memcpy(&position, s.p, sizeof(position));
    p = place_of(cp, slice_from(s, sizeof(position)));
    if (p != NULL)
        p->position = position;
}

/* One frame of the file that was there. */
static void
read_frame(void *ctx, uint32_t kind, struct slice payload)
{
    struct checkpoint *cp = ctx;
    struct checkpoint_accepted accepted;

    switch (kind) {
    case CHECKPOINT_FRAME_IDS:
        read_ids(cp, payload);
        break;
    case CHECKPOINT_FRAME_DRIFT:
        read_drift(cp, payload);
        break;
    case CHECKPOINT_FRAME_GONE:
        ledger_restore(cp->ledger,
                       &(struct ledger_saved){.id = payload, .gone = true});
        break;
    case CHECKPOINT_FRAME_SOURCE:
        read_source(cp, payload);
        break;
    case CHECKPOINT_FRAME_ACCEPTED:
        if (payload.n == sizeof(accepted)) {
            memcpy(&accepted, payload.p, sizeof(accepted));
            note_accepted(cp, accepted);
        }
        break;
    default:
        break;
    }
}

int
checkpoint_open(struct checkpoint *cp, struct slice path, struct dedup *dedup,
                struct ledger *ledger, struct arena *arena,
                struct arena *scratch, struct err *e)
{
    struct journal journal = cp->journal;
    struct ledger_saved saved;
    size_t at = 0;
    char *stage;
    int rc;

    *cp = (struct checkpoint){.journal = journal,
                              .dedup = dedup,
                              .ledger = ledger,
                              .scratch = scratch,
                              .compact_bytes = CHECKPOINT_COMPACT_BYTES};
    cp->place = arena_alloc(arena, CHECKPOINT_SOURCES_MAX * sizeof(*cp->place));
    cp->accepted =
        arena_alloc(arena, CHECKPOINT_ACCEPTED_MAX * sizeof(*cp->accepted));
    stage = arena_bytes(arena, STAGE_BYTES);
    if (cp->place == NULL || cp->accepted == NULL || stage == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    cp->stage = buf_over(stage, STAGE_BYTES);
    rc = journal_open(&cp->journal, path, scratch, read_frame, cp, &cp->damage,
                      e);
    if (cp->journal.bytes > CHECKPOINT_COMPACT_BYTES)
        cp->compact_bytes = cp->journal.bytes;
    /* What came from the file need not go there again. */
    while (ledger_next(ledger, &at, true, &saved))
        ;
    return rc;
}

void
checkpoint_close(struct checkpoint *cp, bool keep)
{
    journal_close(&cp->journal, keep);
}

struct source_position
checkpoint_position(const struct checkpoint *cp, struct slice source)
{
    for (size_t i = 0; i < cp->n_places; i++)
        if (slice_eq(slice_str(cp->place[i].name), source))
            return cp->place[i].position;
    return (struct source_position){.until_ms = 0};
}

bool
checkpoint_accepted(const struct checkpoint *cp, uint64_t output,
                    uint64_t record)
{
    size_t n = cp->n_accepted < CHECKPOINT_ACCEPTED_MAX
                   ? cp->n_accepted
                   : CHECKPOINT_ACCEPTED_MAX;

    for (size_t i = 0; i < n; i++)
        if (cp->accepted[i].output == output &&
            cp->accepted[i].record == record)
            return true;
    return false;
}

void
checkpoint_frame(struct buf *b, enum checkpoint_kind kind, struct slice one,
                 struct slice two)
{
    size_t at = journal_begin(b, kind);

    buf_put(b, one);
    buf_put(b, two);
    journal_end(b, at);
}

void
checkpoint_drift(struct buf *b, const struct ledger_saved *saved)
{
    uint32_t head[3] = {saved->open,
                        (saved->is_delete ? CHECKPOINT_IS_DELETE : 0u) |
                            (saved->recreated ? CHECKPOINT_RECREATED : 0u),
                        (uint32_t)saved->id.n};
    size_t at;

    if (saved->gone) {
        checkpoint_frame(b, CHECKPOINT_FRAME_GONE, saved->id, slice_of("", 0));
        return;
    }
    at = journal_begin(b, CHECKPOINT_FRAME_DRIFT);
    buf_put(b, checkpoint_bytes(head, sizeof(head)));
    buf_put(b, saved->id);
    buf_put(b, saved->text);
    journal_end(b, at);
}

/* Opens a piece of the stage; returns where it begins. */
static size_t
stage_begin(struct checkpoint *cp, uint64_t line)
{
    uint64_t head[2] = {line, 0};
    size_t at = cp->stage.n;

    if (line > cp->last)
        cp->last = line;
    buf_put(&cp->stage, checkpoint_bytes(head, sizeof(head)));
    return at;
}

/* Gives up all that waits for lines; what outputs accepted stays, for none
 * of them is to get it twice. */
static void
stage_shed(struct checkpoint *cp, size_t end)
{
    uint64_t head[2];
    size_t kept = 0;

    for (size_t at = 0; at < end; at += CHECKPOINT_STAGE_HEAD + head[1]) {
        memcpy(head, cp->stage.p + at, sizeof(head));
        if (head[0] != 0)
            continue;
        memmove(cp->stage.p + kept, cp->stage.p + at,
                CHECKPOINT_STAGE_HEAD + head[1]);
        kept += CHECKPOINT_STAGE_HEAD + head[1];
    }
    cp->stage.n = kept;
}

/*
 * Closes it.  When it does not fit, because the disk or an output refuses for
 * long, all that waits is given up for a whole new file later: what is in
 * memory is then written as it is, once nothing is under way.
 */
static void
stage_end(struct checkpoint *cp, size_t at, uint64_t line)
{
    uint64_t n = cp->stage.n - at - CHECKPOINT_STAGE_HEAD;
    bool full = cp->stage.full;

    cp->stage.full = false;
    if (!full && (!cp->overrun || line == 0)) {
        memcpy(cp->stage.p + at + 8, &n, sizeof(n));
        return;
    }
    cp->stage.n = at;
    if (full)
        stage_shed(cp, at);
    cp->overrun = true;
}

void
checkpoint_event(struct checkpoint *cp, struct dedup_id id, uint64_t line)
{
    size_t at = stage_begin(cp, line), next = 0;
    struct ledger_saved saved;

    /* What the event did stands before the word that it is done. */
    while (ledger_next(cp->ledger, &next, true, &saved))
        checkpoint_drift(&cp->stage, &saved);
    checkpoint_frame(&cp->stage, CHECKPOINT_FRAME_IDS,
                     checkpoint_bytes(&id, sizeof(id)), slice_of("", 0));
    stage_end(cp, at, line);
}

void
checkpoint_source(struct checkpoint *cp, struct slice source,
                  const struct source_position *position, uint64_t line)
{
    struct checkpoint_place *p = place_of(cp, source);
    size_t at = stage_begin(cp, line);

    if (p != NULL)
        p->position = *position;
    checkpoint_frame(&cp->stage, CHECKPOINT_FRAME_SOURCE,
                     checkpoint_bytes(position, sizeof(*position)), source);
    stage_end(cp, at, line);
}

void
checkpoint_accept(struct checkpoint *cp, uint64_t output, uint64_t record)
{
    struct checkpoint_accepted a = {output, record};
    size_t at = stage_begin(cp, 0);

    checkpoint_frame(&cp->stage, CHECKPOINT_FRAME_ACCEPTED,
                     checkpoint_bytes(&a, sizeof(a)), slice_of("", 0));
    stage_end(cp, at, 0);
    note_accepted(cp, a);
}
