#include "agent/windows.h"

#include <string.h>

uint64_t
windows_open(struct windows *w, size_t source,
             const struct source_position *after)
{
    if (w->n == WINDOWS_MAX)
        return 0;
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
