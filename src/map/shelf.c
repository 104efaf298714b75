#include "map/shelf.h"

#include <stddef.h>

#include "map/resolve_scope.h"

/*
 * A line on the shelf, in units of two bytes: its length in units; the
 * lengths of its paths; its transform; whether it has a tail; how many names
 * its path begins with, one an alternative, or 0 if it is always asked for;
 * these names, the event's path, the attribute's, the tail.
 */
enum {
    HEAD_LENGTH,
    HEAD_PATH,
    HEAD_ATTR,
    HEAD_XFORM,
    HEAD_TAIL,
    HEAD_FIRSTS,
    HEAD_UNITS
};

#define UNIT sizeof(uint16_t)
#define SHELF_UNITS (SHELF_BYTES / UNIT)

/* The tail: a transform's words, a constant, which few lines have. */
#define TAIL_AT offsetof(struct map_line, xform)
#define TAIL_UNITS ((sizeof(struct map_line) - TAIL_AT) / UNIT)
_Static_assert((sizeof(struct map_line) - TAIL_AT) % UNIT == 0, "whole units");

#define LINE_UNITS_MAX (HEAD_UNITS + 3 * MAP_PATH_MAX + TAIL_UNITS)

int
shelf_init(struct shelf *s, struct arena *arena)
{
    memset(s, 0, sizeof(*s));
    s->unit = arena_alloc(arena, SHELF_BYTES);
    return s->unit != NULL ? 0 : ERR_MEMORY;
}

/* Where a binding stands, or the empty slot where it would: some are always
 * left empty. */
static struct shelf_slot *
slot_of(struct shelf *s, struct map_ref ref)
{
    uint32_t hash = ref.at * UINT32_C(0x9e3779b1) >> 16;
    struct shelf_slot *slot = &s->slot[hash % SHELF_SLOTS];

    while (slot->ref.map != NULL &&
           (slot->ref.at != ref.at || slot->ref.map != ref.map))
        if (++slot == s->slot + SHELF_SLOTS)
            slot = s->slot;
    return slot;
}

/* A whole set of tags says something even where it is missing. */
static bool
is_always(const struct map_line *l)
{
    return l->constant || l->xform.kind == MAP_X_TAGS_ALL;
}

/* Puts the names that the alternatives of a path begin with; 0 when one
 * begins elsewhere than in the parameters, or l is asked for without. */
static uint16_t
put_firsts(uint16_t *p, const struct map_line *l)
{
    uint16_t n = 0;

    for (size_t i = 0; i < l->path.n && !is_always(l); i++) {
        if (l->path.sym[i] >= MAP_SYM_FIRST)
            return 0;
        p[n++] = l->path.sym[i];
        while (i < l->path.n && l->path.sym[i] != MAP_SYM_ALT)
            i++;
    }
    return n;
}

/* Puts a line at p; returns its length. */
static size_t
put_line(uint16_t *p, const struct map_line *l)
{
    bool tail = l->constant || l->xform.n > 0;
    uint16_t *end = p + HEAD_UNITS;

    p[HEAD_FIRSTS] = put_firsts(end, l);
    end += p[HEAD_FIRSTS];
    memcpy(end, l->path.sym, l->path.n * UNIT);
    end += l->path.n;
    memcpy(end, l->attr.sym, l->attr.n * UNIT);
    end += l->attr.n;
    if (tail) {
        memcpy(end, (const char *)l + TAIL_AT, TAIL_UNITS * UNIT);
        end += TAIL_UNITS;
    }
    p[HEAD_LENGTH] = (uint16_t)(end - p);
    p[HEAD_PATH] = l->path.n;
    p[HEAD_ATTR] = l->attr.n;
    p[HEAD_XFORM] = (uint16_t)l->xform.kind;
    p[HEAD_TAIL] = tail;
    return (size_t)(end - p);
}

/* Takes the line at p apart. */
static void
get_line(const uint16_t *p, struct map_line *l)
{
    const uint16_t *path = p + HEAD_UNITS + p[HEAD_FIRSTS];
    const uint16_t *attr = path + p[HEAD_PATH];

    l->path.n = (uint8_t)p[HEAD_PATH];
    l->attr.n = (uint8_t)p[HEAD_ATTR];
    for (size_t i = 0; i < l->path.n; i++)
        l->path.sym[i] = path[i];
    for (size_t i = 0; i < l->attr.n; i++)
        l->attr.sym[i] = attr[i];
    map_line_plain(l);
    l->xform.kind = (enum map_xform_kind)p[HEAD_XFORM];
    if (p[HEAD_TAIL] != 0)
        memcpy((char *)l + TAIL_AT, attr + l->attr.n, TAIL_UNITS * UNIT);
}

/* Puts all lines of b behind what is there; false: there is no room. */
static bool
put_binding(struct shelf *s, const struct map_binding *b)
{
    struct shelf_slot *slot = slot_of(s, b->ref);
    struct map_lines it;
    struct map_line line;
    size_t n = s->n;

    if (s->used == SHELF_USED_MAX)
        return false;
    map_lines(b, &it);
    while (SHELF_UNITS - n >= LINE_UNITS_MAX && map_line_next(&it, &line))
        n += put_line(s->unit + n, &line);
    if (SHELF_UNITS - n < LINE_UNITS_MAX)
        return false;
    *slot = (struct shelf_slot){b->ref, (uint32_t)s->n, (uint32_t)n};
    s->n = n;
    s->used++;
    return true;
}

/* Whether b stands on the shelf now. */
static bool
has_binding(struct shelf *s, const struct map_binding *b)
{
    if (slot_of(s, b->ref)->ref.map != NULL || put_binding(s, b))
        return true;
    memset(s->slot, 0, sizeof(s->slot));
    s->n = s->used = 0;
    return put_binding(s, b);
}

void
shelf_lines(struct shelf *s, const struct map_binding *b, struct shelf_walk *w)
{
    const struct shelf_slot *slot;

    w->p = w->end = NULL;
    if (s == NULL || !has_binding(s, b)) {
        map_lines(b, &w->coded);
        return;
    }
    slot = slot_of(s, b->ref);
    w->p = s->unit + slot->from;
    w->end = s->unit + slot->to;
}

/* Whether the event has nothing by which the path of a line begins. */
static inline bool
is_silent(const struct members *top, const uint16_t *p)
{
    const uint16_t *first = p + HEAD_UNITS;

    for (size_t i = 0; i < p[HEAD_FIRSTS]; i++)
        if (members_has(top, first[i]))
            return false;
    return p[HEAD_FIRSTS] > 0;
}

static bool
next_coded(struct shelf_walk *w, const struct scope *scope,
           struct map_line *line)
{
    while (map_line_next(&w->coded, line))
        if (scope == NULL || is_always(line) ||
            !resolve_silent(scope, line->path.sym, line->path.n))
            return true;
    return false;
}

bool
shelf_next(struct shelf_walk *w, const struct scope *scope,
           struct map_line *line)
{
    const struct members *top =
        scope != NULL && scope->top.plain && scope->prefix == NULL ? &scope->top
                                                                   : NULL;
    const uint16_t *p = w->p;

    if (w->end == NULL)
        return next_coded(w, scope, line);
    while (p != w->end && top != NULL && is_silent(top, p))
        p += p[HEAD_LENGTH];
    w->p = p;
    if (p == w->end)
        return false;
    w->p += p[HEAD_LENGTH];
    get_line(p, line);
    return true;
}
