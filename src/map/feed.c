#include "map/feed.h"

#include <string.h>

#include "base/text.h"
#include "map/event.h"

#define FEED_ALIGN 64 /* bytes a sweep looks at at once */

/* Takes a window of the arena. */
static char *
window_alloc(struct arena *arena, size_t size)
{
    char *p = arena_bytes(arena, size + FEED_ALIGN - 1);
    size_t skew = (uintptr_t)p % FEED_ALIGN;

    if (p == NULL)
        return NULL;
    return p + (skew != 0 ? FEED_ALIGN - skew : 0);
}

int
feed_open(struct feed *in, struct stream *stream, struct arena *arena)
{
    struct slice all;

    *in = (struct feed){.stream = stream, .arena = arena, .line = 1};
    in->mark = arena_mark(arena);
    /* What is in memory already is looked at where it is. */
    if (stream->view != NULL) {
        all = stream->view(stream->ctx);
        in->p = all.p;
        in->to = all.n;
        in->failed = FEED_END;
        return 0;
    }
    in->size = FEED_FIRST_BYTES;
    in->window = window_alloc(arena, in->size);
    in->p = in->window;
    return in->window != NULL ? 0 : ERR_MEMORY;
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Doubles the window: where it stands, when it is the last of the arena. */
static int
window_grow(struct feed *in)
{
    size_t size = least(2 * in->size, EVENT_MAX_BYTES);
    struct arena *a = in->arena;
    char *p;

    if (in->size >= EVENT_MAX_BYTES)
        return ERR_LIMIT;
    /* Behind the window lie at most the bytes its alignment left over. */
    if ((size_t)(a->base + a->used - (in->window + in->size)) < FEED_ALIGN) {
        if (arena_bytes(a, size - in->size) == NULL)
            return ERR_MEMORY;
    } else {
        /* Records are held behind it: it moves up, and back when they are
         * gone (feed_settle). */
        p = window_alloc(a, size);
        if (p == NULL)
            return ERR_MEMORY;
        memcpy(p, in->window, in->to);
        in->window = p;
        in->p = p;
    }
    in->size = size;
    return 0;
}

/* Moves what is unread to the front of the window. */
static void
window_slide(struct feed *in)
{
    in->offset += in->from;
    in->to -= in->from;
    memmove(in->window, in->window + in->from, in->to);
    in->from = 0;
}

int
feed_more(struct feed *in)
{
    ssize_t got;
    int rc;

    if (in->failed != 0)
        return in->failed;
    /* Room first: by moving, when something was used up, else by growing. */
    in->fills++;
    if (in->to == in->size && in->from > 0)
        window_slide(in);
    if (in->to == in->size) {
        rc = window_grow(in);
        if (rc != 0)
            return rc;
    }
    /* A stream that has failed or ended is never asked again. */
    got = stream_read(in->stream, in->window + in->to, in->size - in->to,
                      &in->why);
    if (got <= 0) {
        in->failed = got < 0 ? (int)got : FEED_END;
        return in->failed;
    }
    in->to += (size_t)got;
    return 1;
}

void
feed_settle(struct feed *in)
{
    char *p = in->window;

    /* Where the window was first is free, or holds the window still. */
    arena_reset(in->arena, in->mark);
    if (p == NULL)
        return;
    in->window = window_alloc(in->arena, in->size);
    if (in->window == p)
        return;
    /* It was moved up when it grew; there was room for it below. */
    memmove(in->window, p, in->to);
    in->p = in->window;
    in->fills++;
}

int
feed_blank(struct feed *in)
{
    int rc = 1;

    while (rc == 1) {
        while (in->from < in->to && text_space(in->p[in->from]))
            in->line += in->p[in->from++] == '\n';
        if (in->from < in->to)
            return (unsigned char)in->p[in->from];
        rc = feed_more(in);
    }
    return rc;
}

uint64_t
feed_line_of(const struct feed *in, size_t at)
{
    uint64_t line = in->line;

    for (size_t i = in->from; i < at; i++)
        line += in->p[i] == '\n';
    return line;
}

void
feed_pass(struct feed *in, size_t n, bool count)
{
    if (count)
        in->line = feed_line_of(in, in->from + n);
    in->from += n;
}

/* A line may be longer than the window: what is passed is given up. */
int
feed_line(struct feed *in)
{
    int rc = 1;

    while (rc == 1) {
        struct slice left = slice_of(in->p + in->from, in->to - in->from);
        size_t at = slice_chr(left, '\n');

        in->from += at < left.n ? at + 1 : left.n;
        in->line += at < left.n;
        if (at < left.n)
            return 0;
        rc = feed_more(in);
    }
    return rc;
}

/* Where a byte-wise walk over JSON stands. */
struct skipping {
    size_t depth;
    bool inside, escaped; /* of a string; behind a backslash */
    bool whole;           /* the value has ended */
};

/* Takes one byte; false when it belongs to what follows the value. */
static bool
skip_byte(struct skipping *s, char c, bool shallow)
{
    if (s->inside) {
        s->inside = c != '"' || s->escaped;
        s->escaped = c == '\\' && !s->escaped;
        return true;
    }
    switch (c) {
    case '"':
        s->inside = true;
        return true;
    case '{':
    case '[':
        s->depth++;
        return true;
    case '}':
    case ']':
        if (s->depth == 0)
            return false;
        s->depth--;
        s->whole = s->depth == 0;
        return true;
    default:
        return c != ',' || s->depth > 0 || !shallow;
    }
}

/*
 * Byte by byte, because it must be able to stop and go on anywhere: a record
 * that is skipped may be longer than all memory.
 */
int
feed_skip(struct feed *in, size_t depth)
{
    struct skipping s = {.depth = depth};
    int rc = 1;

    while (rc == 1) {
        while (in->from < in->to) {
            if (!skip_byte(&s, in->p[in->from], depth == 0))
                return 0;
            in->line += in->p[in->from++] == '\n';
            if (s.whole)
                return 0;
        }
        rc = feed_more(in);
    }
    return rc;
}
