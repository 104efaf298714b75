#include "agent/source.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/source_parts.h"
#include "aws/when.h"
#include "base/clock.h"
#include "base/log.h"

static const struct source_kind *const kinds[] = {
    [CONFIG_SOURCE_CLOUDTRAIL] = &source_cloudtrail,
    [CONFIG_SOURCE_FILE] = &source_file,
};

void
source_slots_init(struct source_slots *s, uint64_t workers)
{
    cpu_set_t set;
    int cores =
        sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

    memset(s, 0, sizeof(*s));
    gate_init(&s->gate);
    s->free = workers > 0 ? workers : (uint64_t)cores;
}

void
source_slot_take(struct source *s)
{
    struct source_slots *slots = s->o.slots;

    /* Whoever has one gives it back before it waits for anything: this
     * never takes longer than a page takes to decode. */
    gate_enter(&slots->gate);
    while (slots->free == 0)
        gate_wait(&slots->gate, CLOCK_NEVER);
    slots->free--;
    gate_leave(&slots->gate);
}

void
source_slot_give(struct source *s)
{
    struct source_slots *slots = s->o.slots;

    gate_enter(&slots->gate);
    slots->free++;
    gate_leave(&slots->gate);
    gate_wake(&slots->gate);
}

/* "prod/us-east-1", or "prod" for a file. */
static int
name_make(struct source *s)
{
    struct slice name = s->o.config->head.name;
    struct buf b = arena_open(s->arena);

    buf_put(&b, name);
    if (s->o.config->type == CONFIG_SOURCE_CLOUDTRAIL) {
        buf_byte(&b, '/');
        buf_put(&b, s->o.region);
    }
    s->name = arena_keep(s->arena, &b);
    return s->name.p != NULL ? 0 : ERR_MEMORY;
}

int
source_open(struct source **out, const struct source_options *o,
            struct arena *arena, struct err *e)
{
    struct source *s;
    int rc;

    *out = NULL;
    s = arena->size - arena->used >= SOURCE_ARENA_MIN_BYTES
            ? arena_alloc(arena, sizeof(*s))
            : NULL;
    if (s == NULL)
        return err_set(e, ERR_MEMORY, "%.*s: no memory for this source",
                       SLICE_FMT(o->config->head.name));
    memset(s, 0, sizeof(*s));
    s->o = *o;
    s->arena = arena;
    s->kind = kinds[o->config->type];
    if (name_make(s) != 0)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake < 0)
        return err_set(e, ERR_IO, "%.*s: no descriptor left: %s",
                       SLICE_FMT(s->name), strerror(errno));
    rc = s->kind->open(s, e);
    if (rc == 0)
        *out = s;
    else
        close(s->wake);
    return rc;
}

static void *
thread_run(void *ctx)
{
    struct source *s = ctx;

    s->kind->run(s);
    return NULL;
}

int
source_start(struct source *s, struct err *e)
{
    int rc = thread_start(&s->thread, "source", thread_run, s, e);

    s->started = rc == 0;
    return rc;
}

struct slice
source_name(const struct source *s)
{
    return s->name;
}

const struct source_counts *
source_counts(const struct source *s)
{
    return &s->counts;
}

void
source_stop(struct source *s)
{
    static const uint64_t one = 1;
    ssize_t done;

    atomic_store(&s->stopping, true);
    /* It only fails when it is readable already. */
    done = write(s->wake, &one, sizeof(one));
    (void)done;
    s->kind->stop(s);
}

void
source_join(struct source *s)
{
    if (s->started)
        pthread_join(s->thread, NULL);
    s->started = false;
    s->kind->close(s);
    if (s->wake >= 0)
        close(s->wake);
    s->wake = -1;
}

int
source_probe(struct source *s, int64_t deadline_ms, struct err *e)
{
    return s->kind->probe(s, deadline_ms, e);
}

bool
source_stopping(const struct source *s)
{
    return atomic_load(&s->stopping);
}

bool
source_wait(struct source *s, int fd, int64_t deadline_ms)
{
    struct pollfd p[2] = {{s->wake, POLLIN, 0}, {fd, POLLIN, 0}};

    while (!source_stopping(s)) {
        int left = clock_left_ms(deadline_ms);
        int n = poll(p, 2, left);

        if (n > 0 && p[1].revents != 0)
            return !source_stopping(s);
        /* A wait longer than poll() can take goes on. */
        if (n == 0 && clock_left_ms(deadline_ms) == 0)
            return false;
    }
    return false;
}

int
source_add(struct source *s, const struct event *ev)
{
    struct gather *g = &s->gather;
    size_t mark = arena_mark(&g->text);
    struct slice id = event_text(ev, EVENT_ID, &g->text);
    struct slice when = event_text(ev, EVENT_TIME, &g->text);
    int64_t at_ms = when_iso(when);
    int rc = GATHER_TWICE;

    if (at_ms != 0)
        s->time_ms = at_ms;
    /* What has escapes was copied without them and stays until the batch is
     * cleared; AWS writes neither of the two with any. */
    if (id.n == 0 || !s->o.sink->known(s->o.sink->ctx, id))
        rc = gather_add(g, s->time_ms, id, ev->raw);
    if (rc == ERR_MEMORY) {
        arena_reset(&g->text, mark);
        return rc;
    }
    atomic_fetch_add(&s->counts.events, 1);
    if (rc == GATHER_TWICE) {
        arena_reset(&g->text, mark);
        atomic_fetch_add(&s->counts.duplicates, 1);
    }
    if (s->time_ms > atomic_load(&s->counts.newest_ms))
        atomic_store(&s->counts.newest_ms, s->time_ms);
    return 0;
}

void
source_refuse(struct source *s, const struct err *why)
{
    atomic_fetch_add(&s->counts.refused, 1);
    LOG(LOG_WARNING, "agent", "a record is refused",
        log_text("source", s->name), log_text("why", slice_str(why->text)));
}

static bool
hand_over(struct source *s, const struct source_batch *batch, bool slot)
{
    bool taken;

    if (slot)
        source_slot_give(s);
    taken = s->o.sink->submit(s->o.sink->ctx, s->o.number, batch);
    if (slot)
        source_slot_take(s);
    /* Nobody takes anything any more: that is an end like any other. */
    if (!taken)
        atomic_store(&s->stopping, true);
    return taken;
}

bool
source_submit(struct source *s, struct source_position after, bool slot)
{
    struct gather *g = &s->gather;
    struct source_batch batch;
    bool taken;

    gather_sort(g);
    batch = (struct source_batch){g->event, g->n, after, s->ahead_ms};
    taken = hand_over(s, &batch, slot);
    gather_clear(g);
    return taken;
}

bool
source_submit_one(struct source *s, struct source_event event,
                  struct source_position after, bool slot)
{
    struct source_batch batch = {&event, 1, after, s->ahead_ms};

    return hand_over(s, &batch, slot);
}

void
source_failed(struct source *s, const struct err *why)
{
    atomic_fetch_add(&s->counts.failures, 1);
    if (why->code == ERR_THROTTLED)
        atomic_fetch_add(&s->counts.throttled, 1);
    /* One line when it begins, one when it is over; the rest are counted. */
    if (!s->failing)
        LOG(LOG_WARNING, "agent", "a source fails; it is tried again",
            log_text("source", s->name), log_text("why", slice_str(why->text)));
    s->failing = true;
}

void
source_worked(struct source *s, int64_t wall_ms)
{
    atomic_store(&s->counts.last_ok_ms, wall_ms);
    if (s->failing)
        LOG(LOG_INFO, "agent", "a source works again",
            log_text("source", s->name));
    s->failing = false;
}
