#include "state/window.h"

#include <string.h>

#define NOT_HELD SIZE_MAX

int
window_open(struct window *w, struct stream *in, size_t max,
            struct arena *arena, struct err *e)
{
    size_t room = (arena->size - arena->used) / 2;

    *w = (struct window){.in = in, .e = e, .held = NOT_HELD};
    w->scant = room < max;
    w->max = w->scant ? room : max;
    w->size = w->max < WINDOW_FIRST_BYTES ? w->max : WINDOW_FIRST_BYTES;
    /* All at once, so that growing neither moves nor copies anything. */
    w->p = arena_bytes(arena, w->max);
    return w->p != NULL && w->max > 0 ? 0 : ERR_MEMORY;
}

/* Gives up what nobody wants, and makes the window larger if that is not
 * enough to read on. */
static int
window_room(struct window *w)
{
    size_t from = w->held < w->at ? w->held : w->at;

    if (from > 0) {
        memmove(w->p, w->p + from, w->to - from);
        w->offset += from;
        w->at -= from;
        w->to -= from;
        if (w->held != NOT_HELD)
            w->held -= from;
    }
    if (w->to < w->size)
        return 0;
    if (w->size == w->max)
        return w->scant ? ERR_MEMORY : ERR_LIMIT;
    w->size = w->size > w->max / 2 ? w->max : w->size * 2;
    return 0;
}

/*
 * Reads until the window is full, so that however little a read gives, what
 * did not fit is not looked at again and again.  1: there is more; 0: the
 * stream has ended.
 */
int
window_fill(struct window *w)
{
    size_t before;
    int rc;

    if (w->ended)
        return 0;
    rc = window_room(w);
    if (rc != 0)
        return rc;
    before = w->to;
    while (w->to < w->size) {
        ssize_t n = stream_read(w->in, w->p + w->to, w->size - w->to, w->e);

        if (n < 0)
            return (int)n;
        if (n == 0) {
            w->ended = true;
            break;
        }
        w->to += (size_t)n;
    }
    return w->to > before;
}

size_t
window_hold(struct window *w)
{
    size_t before = w->held;

    if (before == NOT_HELD)
        w->held = w->at;
    return before;
}

void
window_release(struct window *w, size_t before)
{
    if (before == NOT_HELD)
        w->held = NOT_HELD;
}
