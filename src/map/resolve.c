#include "base/pack.h"
#include "base/text.h"
#include "map/resolve_scope.h"

bool
values_push(struct arena *a, struct values *list, struct value v)
{
    if (list->n == list->max) {
        size_t max = list->max != 0 ? list->max * 2 : 8;
        struct value *more = arena_alloc(a, max * sizeof(*more));

        if (more == NULL)
            return false;
        if (list->n > 0)
            memcpy(more, list->v, list->n * sizeof(*more));
        list->v = more;
        list->max = max;
    }
    list->v[list->n++] = v;
    return true;
}

/* The members of an object that say something about wrapping. */
struct wrapping {
    size_t others;     /* members that are neither tag nor xmlns */
    struct value only; /* the last one of them */
    uint32_t only_class;
    struct value content, list; /* items, item or member, in this order */
    bool tag, quantity;
};

static void
wrapping_read(const struct scope *s, struct value v, struct wrapping *w)
{
    const uint16_t *class = s->words->class;
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;
    int rank = 3;

    *w = (struct wrapping){0};
    while (value_next(&it, &key, &item)) {
        uint32_t c = scope_class(s, &key);
        int r = c == class[W_ITEMS]    ? 0
                : c == class[W_ITEM]   ? 1
                : c == class[W_MEMBER] ? 2
                                       : 3;

        if (c == class[W_TAG] || c == class[W_XMLNS]) {
            w->tag |= c == class[W_TAG];
            continue;
        }
        w->others++;
        w->only = item;
        w->only_class = c;
        w->quantity |= c == class[W_QUANTITY];
        if (c == class[W_CONTENT])
            w->content = item;
        if (r < rank) {
            rank = r;
            w->list = item;
        }
    }
}

static bool
class_wraps(const struct scope *s, uint32_t c)
{
    const uint16_t *class = s->words->class;

    return c == class[W_ITEMS] || c == class[W_ITEM] || c == class[W_CONTENT] ||
           c == class[W_VALUE] || c == class[W_MEMBER];
}

/* Whether an object may wrap something: what does so begins with what it
 * wraps or with an attribute of XML, or has a content anywhere. */
static bool
may_wrap(const struct scope *s, struct value v)
{
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;
    uint32_t c;

    if (!value_next(&it, &key, &item))
        return false;
    c = scope_class(s, &key);
    return class_wraps(s, c) || c == s->words->class[W_TAG] ||
           c == s->words->class[W_XMLNS] ||
           value_fold(s->names, v, s->words->class[W_CONTENT]).p != NULL;
}

struct value
value_unwrap(const struct scope *s, struct value v)
{
    struct wrapping w;

    while (value_is(v, VALUE_OBJECT) && may_wrap(s, v)) {
        wrapping_read(s, v, &w);
        if (w.others == 1 && class_wraps(s, w.only_class))
            v = w.only;
        else if (w.content.p != NULL && w.tag)
            v = w.content;
        else
            break;
    }
    return v;
}

/* v without the wrapper of a list: an array, an element, or nothing. */
static struct value
list_unwrap(const struct scope *s, struct value v)
{
    struct wrapping w;

    for (;;) {
        v = value_unwrap(s, v);
        if (!value_is(v, VALUE_OBJECT))
            return v;
        wrapping_read(s, v, &w);
        if (w.list.p == NULL)
            return w.others - w.quantity == 0 ? VALUE_NOTHING : v;
        v = w.list;
    }
}

struct values
value_list(struct scope *s, struct value v)
{
    struct values list = {0};
    struct value_iter it;
    struct value item;

    v = list_unwrap(s, v);
    if (!value_is(v, VALUE_ARRAY)) {
        if (!value_empty(v))
            values_push(s->arena, &list, v);
        return list;
    }
    it = value_items(v);
    while (value_next(&it, NULL, &item))
        values_push(s->arena, &list, item);
    return list;
}

struct value
value_step(const struct scope *s, struct value v, uint32_t class)
{
    struct value item = value_fold(s->names, v, class);
    struct value outer = v;

    if (item.p != NULL && !value_is(item, VALUE_NULL))
        return item;
    v = value_unwrap(s, v);
    if (value_is(v, VALUE_OBJECT))
        return v.p == outer.p ? item : value_fold(s->names, v, class);
    /* {"value": x} and x are the same. */
    if (class == s->words->class[W_VALUE] ||
        class == s->words->class[W_CONTENT])
        return v;
    return VALUE_NOTHING;
}

/* Text of a value as a filter or a when compares it. */
static bool
value_says(const struct scope *s, struct value v, uint32_t literal)
{
    char out[NAME_MAX_BYTES];

    return text_eq_fold(value_text(value_unwrap(s, v)),
                        names_text(s->names, literal, out));
}

/* An ARN from the path of a request's URL is recorded as it stood there. */
static struct value
plain_arn(struct scope *s, struct value v)
{
    struct slice text = value_text(v);
    struct buf b;

    if (!slice_starts(text, SLICE("arn%3A")))
        return v;
    b = arena_open(s->arena);
    text_unquote(&b, text);
    text = arena_keep(s->arena, &b);
    b = arena_open(s->arena);
    pack_string(&b, text);
    return (struct value){(const uint8_t *)arena_keep(s->arena, &b).p};
}

/* Follows sym[0..n) from v, `depth` steps from a root; what it reaches is
 * pushed to out. */
static void
walk(struct scope *s, struct value v, size_t depth, const uint16_t *sym,
     size_t n, struct values *out)
{
    struct values list;

    if (v.p == NULL || value_is(v, VALUE_NULL))
        return;
    if (n == 0) {
        if (!value_is(v, VALUE_ARRAY))
            v = value_unwrap(s, v);
        if (v.p != NULL && !value_is(v, VALUE_NULL))
            values_push(s->arena, out, plain_arn(s, v));
        return;
    }
    if (sym[0] == MAP_SYM_LIST) {
        list = value_list(s, v);
        for (size_t i = 0; i < list.n; i++)
            walk(s, list.v[i], SCOPE_FOCI, sym + 1, n - 1, out);
    } else if (sym[0] == MAP_SYM_FILTER) {
        list = value_list(s, v);
        for (size_t i = 0; n >= 3 && i < list.n; i++)
            if (value_says(s, value_step(s, list.v[i], sym[1]), sym[2]))
                walk(s, list.v[i], SCOPE_FOCI, sym + 3, n - 3, out);
    } else {
        v = scope_step(s, v, depth, sym[0]);
        walk(s, v, depth + 1, sym + 1, n - 1, out);
    }
}

/* One alternative of a path. */
static void
walk_from_root(struct scope *s, const uint16_t *sym, size_t n,
               struct values *out)
{
    struct value root = s->params;

    /* What most paths are. */
    if (n > 0 && sym[0] < MAP_SYM_FIRST && s->prefix == NULL && s->top.plain) {
        walk(s, members_get(&s->top, sym[0]), 1, sym + 1, n - 1, out);
        return;
    }
    if (s->prefix != NULL && s->element.p != NULL && n >= s->prefix_n &&
        memcmp(sym, s->prefix->sym, s->prefix_n * sizeof(*sym)) == 0) {
        walk(s, s->element, 0, sym + s->prefix_n, n - s->prefix_n, out);
        return;
    }
    if (n > 0 && sym[0] >= MAP_SYM_RESPONSE) {
        root = sym[0] == MAP_SYM_RESPONSE ? scope_response(s)
               : sym[0] == MAP_SYM_EVENT  ? scope_record(s)
                                          : s->element;
        sym++;
        n--;
    }
    walk(s, root, 0, sym, n, out);
}

struct values
resolve(struct scope *s, const struct map_path *path)
{
    struct values out = {0};
    size_t from = 0;

    while (from < path->n && out.n == 0) {
        size_t to = from;

        while (to < path->n && path->sym[to] != MAP_SYM_ALT)
            to += path->sym[to] == MAP_SYM_FILTER ? 3 : 1;
        walk_from_root(s, path->sym + from, to - from, &out);
        from = to + 1;
    }
    return out;
}

bool
resolve_silent(const struct scope *s, const uint16_t *sym, size_t n)
{
    if (!s->top.plain || s->prefix != NULL || n == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (sym[i] >= MAP_SYM_FIRST || members_has(&s->top, sym[i]))
            return false;
        while (i < n && sym[i] != MAP_SYM_ALT)
            i++;
    }
    return true;
}

struct value
resolve_one(struct scope *s, const struct map_path *path)
{
    struct values out = resolve(s, path);

    return out.n > 0 ? out.v[0] : VALUE_NOTHING;
}

bool
resolve_when(struct scope *s, const struct map_when *when)
{
    struct values out = resolve(s, &when->path);
    bool hit = when->literal == NAME_NONE && out.n > 0;

    for (size_t i = 0; i < out.n && !hit; i++)
        hit = when->literal != NAME_NONE &&
              value_says(s, out.v[i], when->literal);
    return hit != when->negate;
}
