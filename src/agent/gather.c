#include "agent/gather.h"

#include <sys/auxv.h>
#include <sys/mman.h>

#include "base/text.h"

struct gather_id {
    struct slice text;
    size_t slot; /* that says its number */
};

/* The tables of max events. */
static int
tables_init(struct gather *g, struct arena *from)
{
    for (g->slots = 1; g->slots < 2 * g->max;)
        g->slots *= 2;
    g->event = arena_alloc(from, g->max * sizeof(*g->event));
    g->spare = arena_alloc(from, g->max * sizeof(*g->spare));
    g->id = arena_alloc(from, g->max * sizeof(*g->id));
    g->slot = arena_alloc(from, g->slots * sizeof(*g->slot));
    if (g->event == NULL || g->spare == NULL || g->id == NULL ||
        g->slot == NULL)
        return ERR_MEMORY;
    /* The memory may have been used before; and it is not touched for nothing
     * when it was not. */
    gather_release(g->slot, g->slots * sizeof(*g->slot));
    for (size_t i = 0; i < g->slots; i++)
        if (g->slot[i] != 0)
            g->slot[i] = 0;
    return 0;
}

int
gather_init(struct gather *g, struct arena *from, size_t bytes)
{
    size_t end = arena_mark(from) + bytes;
    int rc;

    *g = (struct gather){.max = bytes / GATHER_EVENT_BYTES};
    if (bytes > from->size - arena_mark(from) || g->max == 0)
        return ERR_MEMORY;
    rc = tables_init(g, from);
    if (rc != 0 || arena_mark(from) >= end)
        return ERR_MEMORY;
    return arena_split(&g->text, from, end - arena_mark(from) - 16);
}

/* The slot of an id, or the empty one where it belongs. */
static size_t
slot_of(const struct gather *g, struct slice id)
{
    size_t at = text_hash(id) & (g->slots - 1);

    /* Half of the slots are empty at least: this ends. */
    while (g->slot[at] != 0 && !slice_eq(g->id[g->slot[at] - 1].text, id))
        at = (at + 1) & (g->slots - 1);
    return at;
}

int
gather_add(struct gather *g, int64_t time_ms, struct slice id, struct slice raw)
{
    size_t mark = arena_mark(&g->text), at = 0;
    struct slice copy, name;

    if (id.n > 0)
        at = slot_of(g, id);
    if (id.n > 0 && g->slot[at] != 0)
        return GATHER_TWICE;
    if (g->n == g->max)
        return ERR_MEMORY;
    copy = arena_copy(&g->text, raw);
    name = copy.p != NULL ? arena_copy(&g->text, id) : copy;
    if (name.p == NULL) {
        arena_reset(&g->text, mark);
        return ERR_MEMORY;
    }
    g->event[g->n] = (struct source_event){time_ms, copy};
    g->id[g->n] = (struct gather_id){name, at};
    g->n++;
    if (id.n > 0)
        g->slot[at] = (uint32_t)g->n;
    return GATHER_TAKEN;
}

void
gather_turn(struct gather *g, size_t from)
{
    for (size_t i = from, k = g->n; i + 1 < k; i++) {
        struct source_event last = g->event[--k];

        g->event[k] = g->event[i];
        g->event[i] = last;
    }
}

/* Two sorted runs, [from, mid) and [mid, to), as one in `out`. */
static void
merge(const struct source_event *in, size_t from, size_t mid, size_t to,
      struct source_event *out)
{
    size_t a = from, b = mid;

    for (size_t i = from; i < to; i++)
        if (a < mid && (b >= to || in[a].time_ms <= in[b].time_ms))
            out[i] = in[a++];
        else
            out[i] = in[b++];
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool
is_sorted(const struct gather *g)
{
    for (size_t i = 1; i < g->n; i++)
        if (g->event[i - 1].time_ms > g->event[i].time_ms)
            return false;
    return true;
}

void
gather_sort(struct gather *g)
{
    struct source_event *from = g->event, *to = g->spare;

    /* Most windows are: then the spare table is never touched. */
    if (is_sorted(g))
        return;
    for (size_t run = 1; run < g->n; run *= 2) {
        struct source_event *done = to;

        for (size_t i = 0; i < g->n; i += 2 * run)
            merge(from, i, least(i + run, g->n), least(i + 2 * run, g->n), to);
        to = from;
        from = done;
    }
    g->event = from;
    g->spare = to;
}

void
gather_release(void *p, size_t n)
{
    uintptr_t page = (uintptr_t)getauxval(AT_PAGESZ);
    uintptr_t from = ((uintptr_t)p + page - 1) / page * page;
    uintptr_t to = ((uintptr_t)p + n) / page * page;

    /* Only a favour to others: that it fails changes nothing for us, but
     * whoever relies on the zeros must look. */
    if (from < to)
        madvise((void *)from, to - from, MADV_DONTNEED);
}

void
gather_clear(struct gather *g)
{
    for (size_t i = 0; i < g->n; i++)
        g->slot[g->id[i].slot] = 0;
    if (g->n > g->touched)
        g->touched = g->n;
    arena_reset(&g->text, 0);
    g->n = 0;
}

void
gather_rest(struct gather *g)
{
    gather_clear(g);
    if (g->touched == 0)
        return;
    gather_release(g->text.base, g->text.peak);
    gather_release(g->event, g->touched * sizeof(*g->event));
    gather_release(g->spare, g->touched * sizeof(*g->spare));
    gather_release(g->id, g->touched * sizeof(*g->id));
    /* Ids are anywhere among them; all are zero. */
    gather_release(g->slot, g->slots * sizeof(*g->slot));
    g->text.peak = 0;
    g->touched = 0;
}
