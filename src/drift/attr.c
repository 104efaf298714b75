#include "drift/attr.h"

static bool
spots_push(struct arena *a, struct spots *list, const struct spot *s)
{
    if (list->n == list->max) {
        size_t max = list->max != 0 ? list->max * 2 : 2;
        struct spot *more = arena_alloc(a, max * sizeof(*more));

        if (more == NULL)
            return false;
        if (list->n > 0)
            memcpy(more, list->spot, list->n * sizeof(*more));
        list->spot = more;
        list->max = max;
    }
    list->spot[list->n++] = *s;
    return true;
}

/* The element picked for the block at sym[0..n), or -1: all. */
static int32_t
picked(const struct picks *picks, const uint16_t *sym, size_t n)
{
    for (size_t i = 0; picks != NULL && i < picks->n; i++)
        if (picks->pick[i].n == n &&
            memcmp(picks->pick[i].sym, sym, n * sizeof(*sym)) == 0)
            return picks->pick[i].index;
    return -1;
}

struct finder {
    struct arena *arena;
    const uint16_t *sym;
    size_t n;
    const struct picks *picks;
    struct spots found;
    struct spot at;
};

/* From the value of sym[0..done) on. */
static void
find(struct finder *f, struct value v, size_t done)
{
    struct value_iter it;
    struct value item;
    int32_t i = 0, only;

    if (done == f->n) {
        f->at.v = v;
        spots_push(f->arena, &f->found, &f->at);
        return;
    }
    if (!value_is(v, VALUE_ARRAY)) {
        item = value_get(v, f->sym[done]);
        f->at.index[done] = -1;
        if (item.p != NULL)
            find(f, item, done + 1);
        return;
    }
    only = picked(f->picks, f->sym, done);
    for (it = value_items(v); value_next(&it, NULL, &item); i++) {
        struct value member = value_get(item, f->sym[done]);

        if (member.p == NULL || (only >= 0 && only != i) || i > INT16_MAX)
            continue;
        f->at.index[done - 1] = (int16_t)i;
        f->at.index[done] = -1;
        find(f, member, done + 1);
    }
    if (done > 0)
        f->at.index[done - 1] = -1;
}

struct spots
attr_find(struct arena *a, const struct instance *in, const uint16_t *sym,
          size_t n, const struct picks *picks)
{
    struct finder f;
    struct value v;

    f.found = (struct spots){NULL, 0, 0};
    if (n == 0 || n > ATTR_DEPTH_MAX)
        return f.found;
    v = state_attr(in, sym[0]);
    if (v.p == NULL)
        return f.found;
    f.arena = a;
    f.sym = sym;
    f.n = n;
    f.picks = picks;
    f.at.index[0] = -1;
    find(&f, v, 1);
    return f.found;
}

/* Like attr_known(), from the value of the symbols before on. */
static bool
known(struct value v, const uint16_t *sym, size_t n)
{
    struct value_iter it;
    struct value item;

    if (n == 0)
        return true;
    if (value_is(v, VALUE_ARRAY)) {
        for (it = value_items(v); value_next(&it, NULL, &item);)
            if (value_is(item, VALUE_OBJECT) && !known(item, sym, n))
                return false;
        return true;
    }
    if (!value_is(v, VALUE_OBJECT))
        return true;
    item = value_get(v, sym[0]);
    return item.p != NULL && known(item, sym + 1, n - 1);
}

bool
attr_known(struct value attrs, const uint16_t *sym, size_t n)
{
    return known(attrs, sym, n);
}

static void
put_name(const struct names *ns, uint16_t sym, bool first, struct buf *out)
{
    char text[NAME_MAX_BYTES];

    if (!first)
        buf_byte(out, '.');
    buf_put(out, names_text(ns, sym, text));
}

void
attr_text(const struct names *ns, const uint16_t *sym, size_t n,
          const struct spot *at, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        put_name(ns, sym[i], i == 0, out);
        if (at != NULL && i + 1 < n && at->index[i] >= 0)
            buf_fmt(out, "[%d]", (int)at->index[i]);
    }
}

void
attr_text_new(const struct names *ns, struct value attrs, const uint16_t *sym,
              size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        put_name(ns, sym[i], i == 0, out);
        attrs = value_get(attrs, sym[i]);
        if (i + 1 == n)
            break;
        /* A block that is not there yet would be the first one. */
        if (!value_is(attrs, VALUE_OBJECT)) {
            buf_put(out, SLICE("[0]"));
            attrs = value_at(attrs, 0);
        }
    }
}
