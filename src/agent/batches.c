#include "agent/batches.h"

#include <string.h>

#include "base/err.h"

int
batches_init(struct batches *w, struct arena *arena, size_t n_sources)
{
    *w = (struct batches){.n = 0};
    w->list =
        arena_alloc(arena, (n_sources * BATCHES_EACH + 1) * sizeof(*w->list));
    return w->list != NULL ? 0 : ERR_MEMORY;
}

/* The newest batch of a source that has as many as may be, or NULL. */
static struct batch *
find_full(struct batches *w, size_t source)
{
    struct batch *newest = NULL;
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        if (w->list[i].source == source) {
            newest = &w->list[i];
            n++;
        }
    return n == BATCHES_EACH ? newest : NULL;
}

uint64_t
batches_open(struct batches *w, size_t source,
             const struct source_position *after)
{
    struct batch *full = find_full(w, source);

    if (full != NULL) {
        /* Done with once all events of both are. */
        full->after = *after;
        full->open++;
        return full->id;
    }
    w->list[w->n++] = (struct batch){
        .id = ++w->last, .source = source, .after = *after, .open = 1};
    return w->last;
}

static struct batch *
find(struct batches *w, uint64_t id)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->list[i].id == id)
            return &w->list[i];
    return NULL;
}

void
batches_hold(struct batches *w, uint64_t id)
{
    struct batch *one = find(w, id);

    if (one != NULL)
        one->open++;
}

void
batches_release(struct batches *w, uint64_t id)
{
    struct batch *one = find(w, id);

    if (one != NULL)
        one->open--;
}

/* Whether an older batch of the same source is still open. */
static bool
is_behind(const struct batches *w, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (w->list[k].source == w->list[i].source)
            return true;
    return false;
}

bool
batches_done(struct batches *w, struct batch *out)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->list[i].open > 0 || is_behind(w, i))
            continue;
        *out = w->list[i];
        w->n--;
        memmove(&w->list[i], &w->list[i + 1], (w->n - i) * sizeof(*out));
        return true;
    }
    return false;
}
