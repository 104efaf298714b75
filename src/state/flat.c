#include "state/flat.h"

#include <stdlib.h>

#include "base/pack.h"
#include "base/text.h"

struct entry {
    struct slice key; /* "ingress.1234.cidr_blocks.0" */
    struct value v;
};

/* What is being rebuilt. */
struct flat {
    const struct names *ns;
    struct entry *list;
    size_t n;
    struct buf out;
};

/* What stands between the dots, from byte `from` of a key on. */
static struct slice
segment(struct slice key, size_t from)
{
    struct slice rest = slice_from(key, from);

    return slice_head(rest, slice_chr(rest, '.'));
}

static bool
is_index(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!text_digit(s.p[i]))
            return false;
    return s.n > 0;
}

/* Indexes come first and by their value, the rest by its bytes. */
static int
segment_order(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    bool x = is_index(a), y = is_index(b);
    int order;

    if (x != y)
        return x ? -1 : 1;
    if (x && a.n != b.n)
        return a.n < b.n ? -1 : 1;
    order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* Segment by segment, so that all below one name stand together. */
static int
entry_order(const void *a, const void *b)
{
    struct slice x = ((const struct entry *)a)->key;
    struct slice y = ((const struct entry *)b)->key;

    while (x.n > 0 && y.n > 0) {
        struct slice s = segment(x, 0), t = segment(y, 0);
        int order = segment_order(s, t);

        if (order != 0)
            return order;
        x = slice_from(x, s.n + 1);
        y = slice_from(y, t.n + 1);
    }
    return (x.n > y.n) - (x.n < y.n);
}

/* The end of the entries that share the segment at `from` with entry i. */
static size_t
group_end(const struct flat *f, size_t i, size_t to, size_t from)
{
    struct slice s = segment(f->list[i].key, from);

    while (i < to && slice_eq(segment(f->list[i].key, from), s))
        i++;
    return i;
}

/* '#' or '%' if the entries [i, to), alike before `from`, are counted; a
 * list has no "%", but a map may have a key "#". */
static char
counted_as(const struct flat *f, size_t i, size_t to, size_t from)
{
    char count = 0;

    for (; i < to && count != '%'; i++) {
        struct slice rest = slice_from(f->list[i].key, from);

        if (rest.n == 1 && (rest.p[0] == '#' || rest.p[0] == '%'))
            count = rest.p[0];
    }
    return count;
}

/* A map's keys may have dots of their own. */
static void
put_map(struct flat *f, size_t i, size_t to, size_t from)
{
    size_t mark = pack_object(&f->out);

    for (; i < to; i++) {
        struct slice key = slice_from(f->list[i].key, from);

        if (slice_eq(key, SLICE("%")))
            continue;
        pack_key(&f->out, f->ns, key);
        pack_value(&f->out, f->list[i].v);
    }
    pack_close(&f->out, mark);
}

static void put_below(struct flat *f, size_t i, size_t to, size_t from,
                      int depth);

/*
 * The value that entries [i, to) make, alike up to the segment that ends at
 * byte `from` of their keys.
 */
static void
put_group(struct flat *f, size_t i, size_t to, size_t from, int depth)
{
    /* A plain value beside deeper ones says nothing: they came later. */
    while (i + 1 < to && f->list[i].key.n <= from)
        i++;
    if (f->list[i].key.n <= from)
        pack_value(&f->out, f->list[i].v);
    else if (depth == PACK_DEPTH_MAX ||
             /* then all that is left is a key */ counted_as(f, i, to,
                                                             from + 1) == '%')
        put_map(f, i, to, from + 1);
    else
        put_below(f, i, to, from + 1, depth + 1);
}

/* A list, set or block whose members' names begin at byte `from`. */
static void
put_below(struct flat *f, size_t i, size_t to, size_t from, int depth)
{
    bool list = counted_as(f, i, to, from) == '#';
    size_t mark = list ? pack_array(&f->out) : pack_object(&f->out);

    while (i < to) {
        size_t end = group_end(f, i, to, from);
        struct slice s = segment(f->list[i].key, from);

        if (!list)
            pack_key(&f->out, f->ns, s);
        if (!list || is_index(s))
            put_group(f, i, end, from + s.n, depth);
        i = end;
    }
    pack_close(&f->out, mark);
}

/*
 * The wanted members of the packed flat object, sorted.  Names that the
 * mappings know were packed as numbers and must be spelt out again.
 */
static int
gather(struct flat *f, struct value v, const struct want *k,
       struct arena *scratch)
{
    struct value_iter it = value_items(v);
    struct value_key key;
    struct entry e;

    f->n = 0;
    f->list = arena_alloc(scratch, value_count(v) * sizeof(*f->list));
    if (f->list == NULL)
        return ERR_MEMORY;
    while (value_next(&it, &key, &e.v)) {
        char name[NAME_MAX_BYTES];

        e.key = value_key_text(f->ns, &key, name);
        if (want_attr(k, names_find(f->ns, segment(e.key, 0))) == NULL)
            continue;
        if (key.name != NAME_NONE)
            e.key = arena_copy(scratch, e.key);
        if (e.key.p == NULL)
            return ERR_MEMORY;
        f->list[f->n++] = e;
    }
    qsort(f->list, f->n, sizeof(*f->list), entry_order);
    return 0;
}

int
flat_pack(const struct names *ns, struct slice text, const struct want *k,
          struct arena *scratch, struct arena *out, struct value *v, size_t *at)
{
    size_t low = arena_mark(scratch), mark = arena_mark(out);
    struct flat f = {.ns = ns};
    char *to = out->base + mark;
    int rc = pack_json(ns, text, scratch, out, NULL, v, at);

    if (rc == 0 && !value_is(*v, VALUE_OBJECT))
        rc = ERR_SYNTAX;
    if (rc == 0)
        rc = gather(&f, *v, k, scratch);
    if (rc == 0) {
        /* Written behind the flat form, then moved over it. */
        f.out = arena_open(out);
        put_below(&f, 0, f.n, 0, 0);
        rc = f.out.full ? ERR_MEMORY : 0;
        arena_reset(out, mark);
    }
    arena_reset(scratch, low);
    if (rc != 0)
        return rc;
    memmove(to, f.out.p, f.out.n);
    *v = (struct value){(const uint8_t *)to};
    return arena_bytes(out, f.out.n) != NULL ? 0 : ERR_MEMORY;
}
