/* What is known of resource types, and paths as text. */

#include "map/form.h"

struct trait {
    unsigned flags; /* enum map_trait; 0: a part */
    struct map_path attr;
    uint16_t child, owner; /* of a part */
};

/* The traits of a type over all maps, a user's first. */
struct trait_walk {
    const struct maps *ms;
    const struct map *map;
    uint16_t type;
    const uint8_t *p, *end;
};

/* The map whose word comes first; NULL when there is none at all. */
static void
walk_start(struct trait_walk *w, const struct maps *ms, uint16_t type)
{
    *w = (struct trait_walk){.ms = ms, .type = type};
    w->map = ms->user != NULL ? ms->user : ms->builtin;
}

/* Opens the traits of the next map that has some for the type. */
static bool
walk_open(struct trait_walk *w)
{
    while (w->p == w->end) {
        const struct map *m = w->map;
        uint32_t t;

        if (m == NULL)
            return false;
        t = form_index(m->trait_type, m->n_trait_types, w->type);
        if (t < m->n_trait_types && w->p == NULL) {
            w->p = m->traits + m->trait_at[t];
            w->end = m->traits + m->trait_at[t + 1];
            continue;
        }
        w->p = w->end = NULL;
        w->map = m == w->ms->builtin ? NULL
                 : m->older != NULL  ? m->older
                                     : w->ms->builtin;
    }
    return true;
}

static bool
walk_next(struct trait_walk *w, struct trait *t)
{
    const uint8_t *p;

    if (!walk_open(w))
        return false;
    p = w->p;
    t->flags = *p++;
    t->attr.n = 0;
    p = form_symbols(w->map, p + 1, p[0], &t->attr);
    if (t->flags == 0) {
        p = form_symbol(w->map, p, &t->child);
        p = form_symbol(w->map, p, &t->owner);
    }
    w->p = p;
    return true;
}

/* What is known of a block holds for its members. */
static bool
begins_with(const struct map_path *path, const struct map_path *head)
{
    return path->n >= head->n &&
           memcmp(path->sym, head->sym, head->n * sizeof(head->sym[0])) == 0;
}

/* Types have few traits, most have none: no index within a type. */
unsigned
map_traits(const struct maps *ms, uint16_t type, const struct map_path *attr)
{
    struct trait_walk w;
    struct trait t;
    unsigned flags = 0;

    walk_start(&w, ms, type);
    while (walk_next(&w, &t))
        if (begins_with(attr, &t.attr))
            flags |= t.flags;
    return flags;
}

uint16_t
map_part(const struct maps *ms, uint16_t type, uint16_t attr, size_t i,
         uint16_t *owner)
{
    struct trait_walk w;
    struct trait t;

    walk_start(&w, ms, type);
    while (walk_next(&w, &t)) {
        if (t.flags != 0 || t.attr.sym[0] != attr || i-- > 0)
            continue;
        *owner = t.owner;
        return t.child;
    }
    return NAME_NONE;
}

/* A name of an event: CloudTrail writes memberName where the only spelling
 * that is known may be Terraform's member_name. */
static void
put_member(struct buf *out, struct slice name)
{
    bool upper = false;

    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (c == '_' && i > 0) {
            upper = true;
            continue;
        }
        buf_byte(out,
                 (unsigned char)(upper && c >= 'a' && c <= 'z' ? c - ('a' - 'A')
                                                               : c));
        upper = false;
    }
}

static void
put_name(const struct maps *ms, uint16_t symbol, bool event, struct buf *out)
{
    char text[NAME_MAX_BYTES];
    struct slice name = names_text(&ms->names, symbol, text);

    if (event)
        put_member(out, name);
    else
        buf_put(out, name);
}

/* The signs of symbols that are no names; 0 where more is to say. */
static const char signs[] = {
    [MAP_SYM_ALT - MAP_SYM_FIRST] = '|',
    [MAP_SYM_RESPONSE - MAP_SYM_FIRST] = '>',
    [MAP_SYM_EVENT - MAP_SYM_FIRST] = '@',
    [MAP_SYM_ELEMENT - MAP_SYM_FIRST] = '.',
    [MAP_SYM_ANYPART - MAP_SYM_FIRST] = '~',
};

/* Whether a name that follows this symbol needs no dot before it. */
static bool
opens(uint16_t symbol)
{
    return symbol == MAP_SYM_ALT || symbol == MAP_SYM_RESPONSE ||
           symbol == MAP_SYM_EVENT || symbol == MAP_SYM_ELEMENT;
}

/* Symbol i of a path; returns how many it took. */
static size_t
put_symbol(const struct maps *ms, const struct map_path *path, size_t i,
           bool event, struct buf *out)
{
    const uint16_t *sym = path->sym + i;

    switch (sym[0]) {
    case MAP_SYM_LIST:
        buf_put(out, SLICE("[]"));
        return 1;
    case MAP_SYM_FILTER:
        buf_byte(out, '[');
        put_name(ms, sym[1], event, out);
        buf_byte(out, '=');
        put_name(ms, sym[2], false, out);
        buf_byte(out, ']');
        return 3;
    case MAP_SYM_PART:
        buf_byte(out, '#');
        buf_u64(out, sym[1]);
        return 2;
    default:
        if (sym[0] >= MAP_SYM_FIRST) {
            buf_byte(out, (unsigned char)signs[sym[0] - MAP_SYM_FIRST]);
            return 1;
        }
        if (i > 0 && !opens(sym[-1]))
            buf_byte(out, '.');
        put_name(ms, sym[0], event, out);
        return 1;
    }
}

void
map_path_text(const struct maps *ms, const struct map_path *path, bool event,
              struct buf *out)
{
    for (size_t i = 0; i < path->n;)
        i += put_symbol(ms, path, i, event, out);
}
