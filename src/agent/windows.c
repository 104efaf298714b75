#include "agent/windows.h"

#include <string.h>

#include "base/err.h"

int
windows_init(struct windows *w, struct arena *arena, size_t n_sources)
{
    *w = (struct windows){.n = 0};
    w->list =
        arena_alloc(arena, (n_sources * WINDOWS_EACH + 1) * sizeof(*w->list));
    return w->list != NULL ? 0 : ERR_MEMORY;
}

/* The newest window of a source that has as many as may be, or NULL. */
static struct window *
find_full(struct windows *w, size_t source)
{
    struct window *newest = NULL;
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        if (w->list[i].source == source) {
            newest = &w->list[i];
            n++;
        }
    return n == WINDOWS_EACH ? newest : NULL;
}

uint64_t
windows_open(struct windows *w, size_t source,
             const struct source_position *after)
{
    struct window *full = find_full(w, source);

    if (full != NULL) {
        /* Done with once all events of both are. */
        full->after = *after;
        full->open++;
        return full->id;
    }
    w->list[w->n++] = (struct window){
        .id = ++w->last, .source = source, .after = *after, .open = 1};
    return w->last;
}

static struct window *
find(struct windows *w, uint64_t id)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->list[i].id == id)
            return &w->list[i];
    return NULL;
}

void
windows_hold(struct windows *w, uint64_t id)
{
    struct window *one = find(w, id);

    if (one != NULL)
        one->open++;
}

void
windows_release(struct windows *w, uint64_t id)
{
    struct window *one = find(w, id);

    if (one != NULL)
        one->open--;
}

/* Whether an older window of the same source is still open. */
static bool
is_behind(const struct windows *w, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (w->list[k].source == w->list[i].source)
            return true;
    return false;
}

bool
windows_done(struct windows *w, struct window *out)
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
