#include "map/encode.h"

void
coder_init(struct coder *c, const struct names *names, struct map_xform *xform)
{
    *c = (struct coder){.names = names, .xform = xform, .n_xforms = 1};
    xform[0] = (struct map_xform){.kind = MAP_X_NONE};
}

void
encode_symbol(const struct coder *c, struct buf *out, uint16_t symbol)
{
    if (c->uses != NULL)
        c->uses[symbol]++;
    if (c->short_of != NULL && c->short_of[symbol] != 0) {
        buf_byte(out, (unsigned char)(c->short_of[symbol] - 1));
        return;
    }
    if (symbol < FORM_NEAR) {
        buf_byte(out, (unsigned char)(FORM_FREQUENT + (symbol >> 8)));
    } else {
        buf_byte(out, FORM_WIDE);
        buf_byte(out, (unsigned char)(symbol >> 8));
    }
    buf_byte(out, symbol & 0xff);
}

static void
encode_shape(const struct coder *c, struct buf *out, unsigned shape)
{
    if (c->shape_uses != NULL)
        c->shape_uses[shape]++;
    if (c->index_of_shape != NULL && c->index_of_shape[shape] != 0) {
        buf_byte(out, (unsigned char)(c->index_of_shape[shape] - 1));
        return;
    }
    buf_byte(out, FORM_SHAPES);
    buf_byte(out, (unsigned char)(shape >> 8));
    buf_byte(out, shape & 0xff);
}

static void
encode_symbols(const struct coder *c, struct buf *out,
               const struct map_path *path, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++)
        encode_symbol(c, out, path->sym[i]);
}

void
encode_path(const struct coder *c, struct buf *out, const struct map_path *path)
{
    buf_byte(out, path->n);
    encode_symbols(c, out, path, 0, path->n);
}

void
encode_number(struct buf *out, uint32_t number)
{
    while (number >= 0x80) {
        buf_byte(out, (unsigned char)(number | 0x80));
        number >>= 7;
    }
    buf_byte(out, (unsigned char)number);
}

void
encode_offset(struct buf *out, uint32_t offset)
{
    buf_byte(out, offset & 0xff);
    buf_byte(out, offset >> 8 & 0xff);
    buf_byte(out, offset >> 16 & 0xff);
}

/* Only words that are there count; the rest of the array is whatever. */
static bool
xform_eq(const struct map_xform *a, const struct map_xform *b)
{
    return a->kind == b->kind && a->n == b->n &&
           memcmp(a->arg, b->arg, a->n * sizeof(a->arg[0])) == 0;
}

/* The index of a transform, added when new; ERR_LIMIT when full. */
static int
xform_index(struct coder *c, const struct map_xform *x)
{
    for (unsigned i = 0; i < c->n_xforms; i++)
        if (xform_eq(&c->xform[i], x))
            return (int)i;
    if (c->n_xforms == FORM_XFORMS_MAX)
        return ERR_LIMIT;
    c->xform[c->n_xforms] = *x;
    return (int)c->n_xforms++;
}

static void
encode_when(const struct coder *c, struct buf *out, const struct map_when *when)
{
    encode_path(c, out, &when->path);
    buf_byte(out, when->negate);
    encode_symbol(c, out, when->literal);
}

/* 7 stands for "more than six, see the byte that follows". */
static unsigned
count_bits(size_t n)
{
    return n < 7 ? (unsigned)n : 7;
}

/* The count byte of what did not fit into three bits. */
static void
encode_count(struct buf *out, size_t n)
{
    if (n >= 7)
        buf_byte(out, (unsigned char)n);
}

static int
encode_id(struct coder *c, struct buf *out, const struct map_id *id)
{
    int x = xform_index(c, &id->xform);
    unsigned flags = count_bits(id->attr.n) | count_bits(id->path.n) << 3;

    if (x < 0)
        return x;
    buf_byte(out, (unsigned char)(flags | (x > 0 ? 0x40 : 0)));
    encode_count(out, id->attr.n);
    encode_symbols(c, out, &id->attr, 0, id->attr.n);
    encode_count(out, id->path.n);
    encode_symbols(c, out, &id->path, 0, id->path.n);
    if (x > 0)
        buf_byte(out, (unsigned char)x);
    return 0;
}

/* The commonest parts first: a reader of ids decides by one byte whether
 * there is anything else. */
int
encode_find(struct coder *c, struct buf *out, const struct map_binding *b)
{
    int x, r = 0;

    buf_byte(
        out,
        (unsigned char)((b->has_each ? 1 : 0) | (b->has_role_path ? 2 : 0) |
                        (unsigned)b->n_whens << 2 | count_bits(b->n_ids) << 5));
    encode_count(out, b->n_ids);
    if (b->has_each)
        encode_path(c, out, &b->each);
    for (size_t i = 0; i < b->n_whens; i++)
        encode_when(c, out, &b->when[i]);
    if (b->has_role_path) {
        x = xform_index(c, &b->role_xform);
        if (x < 0)
            return x;
        encode_path(c, out, &b->role_path);
        buf_byte(out, (unsigned char)x);
    }
    for (size_t i = 0; i < b->n_ids && r == 0; i++)
        r = encode_id(c, out, &b->id[i]);
    return r;
}

void
encode_head(struct buf *out, const struct map_binding *b, uint32_t find,
            int32_t lines)
{
    unsigned how = lines < 0 ? 0 : lines < 0x20000 ? (unsigned)lines >> 16 : 2;

    if (lines >= 0)
        how++;
    buf_byte(out,
             (unsigned char)((unsigned)b->role | (unsigned)b->confidence << 3 |
                             (b->n_types != 1 ? 0x20 : 0) | how << 6));
    if (b->n_types != 1)
        buf_byte(out, (unsigned char)b->n_types);
    buf_put(out, slice_of((const char *)b->types, 2 * b->n_types));
    encode_number(out, find);
    if (how == 0)
        return;
    buf_byte(out, lines & 0xff);
    buf_byte(out, lines >> 8 & 0xff);
    if (how == 3)
        buf_byte(out, (unsigned char)(lines >> 16));
}

uint8_t
encode_event(uint8_t *heads, uint32_t from, uint32_t *to)
{
    uint32_t n = *to - from;

    if (n < FORM_LONG)
        return (uint8_t)n;
    memmove(heads + from + 2, heads + from, n);
    heads[from] = n & 0xff;
    heads[from + 1] = (uint8_t)(n >> 8);
    *to += 2;
    return FORM_LONG;
}

/* How many symbols both begin with, at most max. */
static size_t
shared_symbols(const struct map_path *a, const struct map_path *b, size_t max)
{
    size_t i = 0;

    while (i < max && i < a->n && i < b->n && a->sym[i] == b->sym[i])
        i++;
    return i;
}

/* How many of the symbols before path's `end`, at most max, are the classes
 * of the attribute's last ones. */
static size_t
derived_symbols(const struct names *names, const struct map_path *attr,
                const struct map_path *path, size_t end, size_t max)
{
    size_t most = 0;

    for (size_t d = 1; d <= max && d <= attr->n && d <= end; d++) {
        size_t i = 0;

        while (i < d && names_class(names, attr->sym[attr->n - d + i]) ==
                            path->sym[end - d + i])
            i++;
        if (i == d)
            most = d;
    }
    return most;
}

/* How the two paths of a line are written. */
struct delta {
    size_t attr, path; /* shared with the line before */
    size_t added, told, derived;
    bool list;
};

/* Shares as much with the line before as the bits of the code allow. */
static struct delta
delta_of(const struct coder *c, const struct map_line *last,
         const struct map_line *line)
{
    const struct map_path *p = &line->path;
    struct delta d;
    size_t end;

    d.attr = shared_symbols(&last->attr, &line->attr, 15);
    d.path = shared_symbols(&last->path, p, 15);
    d.list = p->n > d.path && p->sym[p->n - 1] == MAP_SYM_LIST;
    end = p->n - (d.list ? 1u : 0u);
    d.derived = end - d.path < 3 ? end - d.path : 3;
    d.derived = derived_symbols(c->names, &line->attr, p, end, d.derived);
    d.told = end - d.path - d.derived;
    d.added = line->attr.n - d.attr;
    return d;
}

static void
encode_constant(const struct coder *c, struct buf *out,
                const struct map_line *line)
{
    buf_byte(out, line->guarded ? FORM_GUARDED : FORM_CONSTANT);
    encode_symbol(c, out, line->literal);
    if (line->guarded)
        encode_when(c, out, &line->guard);
}

int
encode_line(struct coder *c, struct buf *out, struct map_line *last,
            const struct map_line *line)
{
    struct delta d = delta_of(c, last, line);
    size_t added = d.added < 3 ? d.added : 3, told = d.told < 3 ? d.told : 3;
    int x = line->constant ? 0 : xform_index(c, &line->xform);
    bool more = line->constant || x > 0;

    if (x < 0)
        return x;
    *last = *line;
    encode_shape(c, out,
                 (unsigned)(d.attr << 12 | d.path << 8 | added << 6 |
                            told << 4 | d.derived << 2) |
                     (d.list ? 2u : 0u) | (more ? 1u : 0u));
    if (added == 3)
        buf_byte(out, (unsigned char)d.added);
    if (told == 3)
        buf_byte(out, (unsigned char)d.told);
    encode_symbols(c, out, &line->attr, d.attr, d.added);
    encode_symbols(c, out, &line->path, d.path, d.told);
    if (line->constant)
        encode_constant(c, out, line);
    else if (more)
        buf_byte(out, (unsigned char)x);
    return 0;
}
