/* From the coded form to bindings, lines and transforms. */

#include "map/form.h"

const uint8_t *
form_symbols(const struct map *m, const uint8_t *p, size_t n,
             struct map_path *path)
{
    while (n-- > 0)
        p = form_symbol(m, p, &path->sym[path->n++]);
    return p;
}

/* Paths never hold more than MAP_PATH_MAX symbols: the parser saw to it. */
static const uint8_t *
get_path(const struct map *m, const uint8_t *p, struct map_path *path)
{
    path->n = 0;
    return form_symbols(m, p + 1, p[0], path);
}

static const uint8_t *
get_when(const struct map *m, const uint8_t *p, struct map_when *when)
{
    p = get_path(m, p, &when->path);
    when->negate = *p++ != 0;
    return form_symbol(m, p, &when->literal);
}

/* A count in three bits, or in the byte that follows. */
static const uint8_t *
get_count(const uint8_t *p, unsigned bits, size_t *n)
{
    *n = bits & 7;
    if (*n == 7)
        *n = *p++;
    return p;
}

static const uint8_t *
get_id(const struct map *m, const uint8_t *p, struct map_id *id)
{
    unsigned flags = *p++;
    size_t n;

    id->attr.n = id->path.n = 0;
    p = get_count(p, flags, &n);
    p = form_symbols(m, p, n, &id->attr);
    p = get_count(p, flags >> 3, &n);
    p = form_symbols(m, p, n, &id->path);
    id->xform = m->xform[(flags & 0x40) != 0 ? *p++ : 0];
    return p;
}

static const uint8_t *
get_lines(const struct map *m, const uint8_t *p, unsigned how,
          struct map_binding *b)
{
    uint32_t at = p[0] | (uint32_t)p[1] << 8;

    p += 2;
    at |= (uint32_t)(how == 3 ? *p++ : how - 1) << 16;
    b->lines = m->lines + at;
    return p;
}

/* Heads stand one behind the other: whoever looks for a type or an event
 * reads them and nothing else. */
uint32_t
form_head(const struct map *m, uint32_t at, struct map_binding *b,
          uint32_t *find)
{
    const uint8_t *p = m->heads + at;
    unsigned flags = *p++;

    b->ref = (struct map_ref){m, at};
    b->role = (enum map_role)(flags & 7);
    b->confidence = (enum map_confidence)(flags >> 3 & 3);
    /* Nearly all bindings have one type. */
    b->n_types = (flags & 0x20) == 0 ? 1 : *p++;
    b->types = p;
    p = form_number(p + 2 * b->n_types, find);
    b->lines = NULL;
    if ((flags & 0xc0) != 0)
        p = get_lines(m, p, flags >> 6, b);
    return (uint32_t)(p - m->heads);
}

void
map_binding(struct map_ref ref, struct map_binding *b)
{
    const struct map *m = ref.map;
    const uint8_t *p;
    unsigned flags;
    uint32_t find;

    form_head(m, ref.at, b, &find);
    p = m->finds + find;
    flags = *p++;
    b->has_each = (flags & 1) != 0;
    b->has_role_path = (flags & 2) != 0;
    b->n_whens = flags >> 2 & 7;
    p = get_count(p, flags >> 5, &b->n_ids);
    if (b->has_each)
        p = get_path(m, p, &b->each);
    for (size_t i = 0; i < b->n_whens; i++)
        p = get_when(m, p, &b->when[i]);
    if (b->has_role_path) {
        p = get_path(m, p, &b->role_path);
        b->role_xform = m->xform[*p++];
    }
    for (size_t i = 0; i < b->n_ids; i++)
        p = get_id(m, p, &b->id[i]);
}

bool
map_has_type(const struct map_binding *b, uint16_t type)
{
    for (size_t i = 0; i < b->n_types; i++)
        if (map_type(b, i) == type)
            return true;
    return b->n_types == 0;
}

void
map_lines(const struct map_binding *b, struct map_lines *it)
{
    uint32_t n, base_n;

    it->map = b->ref.map;
    it->left = it->mask_n = it->mask_at = 0;
    it->fresh = true;
    if (b->lines == NULL)
        return;
    it->p = form_number(b->lines, &n);
    it->left = n / 2;
    if (n % 2 == 0)
        return;
    /* A base never has a base itself. */
    /* Follows the lines of the base in full, since they are deltas, and
     * shows those of the mask. */
    it->base = form_number(it->map->lines + form_offset(it->p), &base_n);
    it->mask = it->p + 4;
    it->mask_n = base_n / 2;
    if (it->mask_n > (size_t)it->p[3] * 8)
        it->mask_n = (size_t)it->p[3] * 8;
    it->p = it->mask + it->p[3];
}

/* A constant and its guard. */
static const uint8_t *
get_constant(const struct map *m, const uint8_t *p, struct map_line *line)
{
    line->constant = true;
    line->guarded = *p == FORM_GUARDED;
    p = form_symbol(m, p + 1, &line->literal);
    if (line->guarded)
        p = get_when(m, p, &line->guard);
    return p;
}

/* Most paths end as their attribute does; what the naming rule says is not
 * stored. */
static void
derive(const struct map *m, const struct map_path *attr, size_t n,
       struct map_path *path)
{
    for (size_t i = attr->n - n; i < attr->n; i++)
        path->sym[path->n++] = (uint16_t)names_class(&m->names, attr->sym[i]);
}

/* The commonest shapes are numbered. */
static const uint8_t *
get_shape(const struct map *m, const uint8_t *p, unsigned *shape)
{
    if (*p < FORM_SHAPES) {
        *shape = m->shapes[*p];
        return p + 1;
    }
    *shape = (unsigned)p[1] << 8 | p[2];
    return p + 3;
}

/* What is new in a line, whatever it is. */
static const uint8_t *
get_paths(const struct map *m, const uint8_t *p, unsigned what,
          struct map_line *line)
{
    size_t added = what >> 6, told = what >> 4 & 3, derived = what >> 2 & 3;

    if (added == 3)
        added = *p++;
    if (told == 3)
        told = *p++;
    p = form_symbols(m, p, added, &line->attr);
    p = form_symbols(m, p, told, &line->path);
    derive(m, &line->attr, derived, &line->path);
    if ((what & 2) != 0)
        line->path.sym[line->path.n++] = MAP_SYM_LIST;
    if ((what & 1) == 0)
        return p;
    if (*p >= FORM_CONSTANT)
        return get_constant(m, p, line);
    line->xform = m->xform[*p];
    return p + 1;
}

/* Reads one line over the one before it. */
static const uint8_t *
get_line(const struct map *m, const uint8_t *p, struct map_line *line)
{
    unsigned shape;

    p = get_shape(m, p, &shape);
    line->attr.n = shape >> 12;
    line->path.n = shape >> 8 & 15;
    map_line_plain(line);
    if ((shape & 0xff) != FORM_PLAIN)
        return get_paths(m, p, shape & 0xff, line);
    /* Three lines in five. */
    p = form_symbol(m, p, &line->attr.sym[line->attr.n++]);
    derive(m, &line->attr, 1, &line->path);
    return p;
}

bool
map_line_next(struct map_lines *it, struct map_line *line)
{
    while (it->mask_at < it->mask_n) {
        size_t i = it->mask_at++;

        if (it->fresh)
            line->attr.n = line->path.n = 0;
        it->base = get_line(it->map, it->base, line);
        /* Own lines follow none of the base. */
        it->fresh = it->mask_at == it->mask_n;
        if ((it->mask[i / 8] >> i % 8 & 1) != 0)
            return true;
    }
    if (it->left == 0)
        return false;
    it->left--;
    if (it->fresh)
        line->attr.n = line->path.n = 0;
    it->fresh = false;
    it->p = get_line(it->map, it->p, line);
    return true;
}
