#ifndef TEST_MAP_SAID_H
#define TEST_MAP_SAID_H

/* Bindings as text, to compare what a map says. */

#include "map/map.h"

static void
said_word(const struct maps *ms, struct buf *to, uint16_t word)
{
    char name[NAME_MAX_BYTES];

    buf_put(to, word == NAME_NONE ? SLICE("?")
                                  : names_text(&ms->names, word, name));
}

static void
said_xform(const struct maps *ms, struct buf *to, const struct map_xform *x)
{
    static const char *const names[] = {
#define XFORM(name, spelling, help) spelling,
#include "map/xforms.def"
#undef XFORM
    };

    if (x->kind == MAP_X_NONE)
        return;
    buf_fmt(to, " : %s", names[x->kind]);
    for (size_t i = 0; i < x->n; i++) {
        buf_byte(to, ' ');
        said_word(ms, to, x->arg[i]);
    }
}

static void
said_when(const struct maps *ms, struct buf *to, const struct map_when *when)
{
    buf_put(to, when->negate ? SLICE("!") : SLICE(""));
    map_path_text(ms, &when->path, true, to);
    if (when->literal != NAME_NONE) {
        buf_put(to, SLICE(" = "));
        said_word(ms, to, when->literal);
    }
}

static void
said_line(const struct maps *ms, struct buf *to, const struct map_line *line)
{
    buf_put(to, SLICE("; attr "));
    map_path_text(ms, &line->attr, false, to);
    if (line->constant) {
        buf_put(to, SLICE(" := "));
        said_word(ms, to, line->literal);
        if (line->guarded) {
            buf_put(to, SLICE(" ? "));
            said_when(ms, to, &line->guard);
        }
        return;
    }
    buf_put(to, SLICE(" < "));
    map_path_text(ms, &line->path, true, to);
    said_xform(ms, to, &line->xform);
}

static void
said_head(const struct maps *ms, struct buf *to, const struct map_binding *b)
{
    buf_fmt(to, " role %d confidence %d", (int)b->role, (int)b->confidence);
    for (size_t i = 0; i < b->n_types; i++) {
        buf_byte(to, ' ');
        said_word(ms, to, map_type(b, i));
    }
    if (b->has_each) {
        buf_put(to, SLICE("; each "));
        map_path_text(ms, &b->each, true, to);
    }
    if (b->has_role_path) {
        buf_put(to, SLICE("; role < "));
        map_path_text(ms, &b->role_path, true, to);
        said_xform(ms, to, &b->role_xform);
    }
    for (size_t i = 0; i < b->n_whens; i++) {
        buf_put(to, SLICE("; when "));
        said_when(ms, to, &b->when[i]);
    }
    for (size_t i = 0; i < b->n_ids; i++) {
        buf_put(to, SLICE("; id "));
        map_path_text(ms, &b->id[i].attr, false, to);
        buf_put(to, SLICE(" < "));
        map_path_text(ms, &b->id[i].path, true, to);
        said_xform(ms, to, &b->id[i].xform);
    }
}

struct said {
    const struct maps *ms;
    struct buf *to;
};

/* A binding as one line of text. */
static bool
said_binding(void *ctx, struct slice source, struct slice event,
             const struct map_binding *b)
{
    const struct said *s = ctx;
    struct map_lines it;
    struct map_line line;
    size_t n = 0;

    buf_fmt(s->to, "%.*s %.*s", SLICE_FMT(source), SLICE_FMT(event));
    if (b != NULL) {
        said_head(s->ms, s->to, b);
        map_lines(b, &it);
        for (; map_line_next(&it, &line); n++)
            said_line(s->ms, s->to, &line);
        assert_int_equal(b->lines != NULL, n > 0);
    }
    buf_byte(s->to, '\n');
    return true;
}

/* Everything that is mapped, a binding a line. */
static inline void
said_events(const struct maps *ms, struct buf *to)
{
    struct said s = {ms, to};

    map_each_event(ms, said_binding, &s);
}

#endif
