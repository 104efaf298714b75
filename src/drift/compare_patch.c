#include "base/pack.h"
#include "base/text.h"
#include "drift/compare.h"

/*
 * API Gateway's patch operations: {"op":"replace","path":"/variables/k",
 * "value":"v"}.  A line says patchOperations[path=/description].value,
 * or its path ends in a star, where the rest of the path is the
 * key of a map or the member of a set.  API Gateway API reference,
 * "PatchOperation".
 */
struct patch {
    struct slice rest; /* of the path, behind what the line asks for */
    struct value value;
    bool removes, adds;
};

/* Where the filter of a line's path stands; path->n when there is none. */
static size_t
filter_at(const struct map_path *path)
{
    size_t i = 0;

    while (i < path->n && path->sym[i] != MAP_SYM_FILTER)
        i++;
    return i + 2 < path->n ? i : path->n;
}

/* Reads an operation; false when it is not on the line's path. */
static bool
patch_read(const struct comparison *c, struct value op, const uint16_t *filter,
           struct patch *p)
{
    const struct scope *s = &c->trial->scope;
    const uint16_t *class = c->trial->words->class;
    struct slice path = value_text(value_step(s, op, filter[1]));
    struct slice name = value_text(value_step(s, op, class[W_OP]));
    char out[NAME_MAX_BYTES];
    struct slice want = names_text(s->names, filter[2], out);
    bool any = slice_ends(want, SLICE("*"));

    want.n -= any;
    if (!text_eq_fold(slice_head(path, want.n), want) ||
        (any ? path.n == want.n : path.n != want.n))
        return false;
    *p = (struct patch){
        .rest = slice_from(path, want.n),
        .value = value_unwrap(s, value_step(s, op, class[W_VALUE])),
        .removes = slice_eq(name, SLICE("remove")),
        .adds = slice_eq(name, SLICE("add")),
    };
    if (p->removes)
        p->value = VALUE_NOTHING;
    return true;
}

/* A JSON pointer's ~1 is a slash and its ~0 a tilde (RFC 6901). */
static struct slice
pointer_text(struct comparison *c, struct slice s)
{
    struct buf b = arena_open(c->trial->arena);

    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.p[i] == '~' && i + 1 < s.n;

        if (escape && (s.p[i + 1] == '0' || s.p[i + 1] == '1'))
            buf_byte(&b, s.p[++i] == '0' ? '~' : '/');
        else
            buf_byte(&b, (unsigned char)s.p[i]);
    }
    return arena_keep(c->trial->arena, &b);
}

/* A member joins or leaves a set, or takes the place of another. */
static void
patch_member(struct comparison *c, const struct map_line *line,
             const struct patch *p, struct slice key)
{
    struct value member = compare_string(c, key);
    struct values one = {&member, 1, 1};
    struct value next = p->value;

    if (p->removes || (!p->adds && !value_empty(next)))
        compare_del(c, line, one);
    if (p->adds)
        compare_add(c, line, one);
    else if (!value_empty(next))
        compare_add(c, line, (struct values){&next, 1, 1});
}

static void
patch_apply(struct comparison *c, const struct map_line *line,
            const struct patch *p)
{
    struct spots at = compare_spots(c, line);
    const struct spot *first = at.n > 0 ? at.spot : NULL;
    struct value old = first != NULL ? first->v : VALUE_NOTHING;
    struct value now = p->value;
    struct slice key = pointer_text(c, p->rest), path;

    c->finding->carried = true;
    if (first == NULL &&
        !attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n))
        return;
    path = compare_path(c, line, first);
    if (key.n > 0 && value_is(old, VALUE_ARRAY))
        patch_member(c, line, p, key);
    else if (key.n > 0)
        compare_member(c, line, compare_member_path(c, path, key),
                       value_member(c->trial->scope.names, old, key), now);
    else if (p->removes)
        compare_member(c, line, path, old, now);
    else
        compare_plain(c, line, (struct values){&now, 1, 1});
}

void
compare_patch(struct comparison *c, const struct map_line *line,
              struct values given)
{
    struct map_path list = line->path;
    size_t filter = filter_at(&list);
    struct values ops;
    struct patch p;

    if (filter == list.n) {
        compare_plain(c, line, given);
        return;
    }
    list.sym[filter] = MAP_SYM_LIST;
    list.n = (uint8_t)(filter + 1);
    ops = resolve(&c->trial->scope, &list);
    for (size_t i = 0; i < ops.n; i++)
        if (patch_read(c, ops.v[i], line->path.sym + filter, &p))
            patch_apply(c, line, &p);
}
