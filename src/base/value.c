#include "value.h"

/* LEB128 at *p, which moves behind it.  Most are of one byte or two. */
static inline uint32_t
read_len(const uint8_t **p)
{
    uint32_t v = *(*p)++;
    int shift = 7;

    if (v < 0x80)
        return v;
    v &= 0x7f;

    for (;;) {
        uint8_t c = *(*p)++;

        v |= (uint32_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return v;
        shift += 7;
    }
}

/* An id or a class, + 1, at *p, which moves behind it. */
static inline uint32_t
read_id(const uint8_t **p)
{
    uint32_t v = (*p)[0] | (uint32_t)(*p)[1] << 8;

    *p += 2;
    return v;
}

/* Content of a value with a length; empty for the others. */
static inline struct slice
value_body(struct value v)
{
    const uint8_t *p = v.p;
    uint32_t n;

    if (p == NULL || *p < TAG_NUMBER)
        return slice_of("", 0);
    if (*p >= TAG_SHORT)
        return slice_of((const char *)p + 1, *p & 0x7f);
    p++;
    n = read_len(&p);
    return slice_of((const char *)p, n);
}

bool
value_empty(struct value v)
{
    if (v.p == NULL || *v.p == TAG_NULL)
        return true;
    return *v.p > TAG_TRUE && value_body(v).n == 0;
}

struct slice
value_text(struct value v)
{
    switch (value_kind(v)) {
    case VALUE_FALSE:
        return SLICE("false");
    case VALUE_TRUE:
        return SLICE("true");
    case VALUE_NUMBER:
    case VALUE_STRING:
        return value_body(v);
    default:
        return slice_of("", 0);
    }
}

/* The first byte behind a value: its length alone is looked at. */
static inline const uint8_t *
value_end(struct value v)
{
    const uint8_t *p = v.p + 1;
    uint32_t n;

    if (*v.p >= TAG_SHORT)
        return p + (*v.p & 0x7f);
    if (*v.p < TAG_NUMBER)
        return p;
    n = read_len(&p);
    return p + n;
}

size_t
value_size(struct value v)
{
    return v.p != NULL ? (size_t)(value_end(v) - v.p) : 0;
}

struct value_iter
value_items(struct value v)
{
    enum value_kind kind = value_kind(v);
    struct slice body;

    if (kind != VALUE_ARRAY && kind != VALUE_OBJECT)
        return (struct value_iter){NULL, NULL, false};
    body = value_body(v);
    return (struct value_iter){(const uint8_t *)body.p,
                               (const uint8_t *)body.p + body.n,
                               kind == VALUE_OBJECT};
}

/* Reads a key at *p. */
static inline void
read_key(const uint8_t **p, struct value_key *key)
{
    uint32_t name = read_id(p);

    if (name != 0) {
        *key = (struct value_key){name - 1, NAME_NONE, slice_of("", 0)};
        return;
    }
    uint32_t fold = read_id(p);
    uint32_t n = read_len(p);

    *key = (struct value_key){NAME_NONE, fold != 0 ? fold - 1 : NAME_NONE,
                              slice_of((const char *)*p, n)};
    *p += n;
}

bool
value_next(struct value_iter *it, struct value_key *key, struct value *item)
{
    struct value_key unused;

    if (it->p == it->end)
        return false;
    if (it->keyed)
        read_key(&it->p, key != NULL ? key : &unused);
    *item = (struct value){it->p};
    it->p = value_end(*item);
    return true;
}

size_t
value_count(struct value v)
{
    struct value_iter it = value_items(v);
    struct value item;
    size_t n = 0;

    while (value_next(&it, NULL, &item))
        n++;
    return n;
}

struct value
value_at(struct value v, size_t i)
{
    struct value_iter it = value_items(v);
    struct value item;

    if (it.keyed)
        return VALUE_NOTHING;
    while (value_next(&it, NULL, &item))
        if (i-- == 0)
            return item;
    return VALUE_NOTHING;
}

/* Passes over a length and as many bytes. */
static inline const uint8_t *
skip_text(const uint8_t *p)
{
    uint32_t n = read_len(&p);

    return p + n;
}

/* The inner loop of all comparing: nothing of a member is taken apart but
 * its key and its length. */
struct value
value_get(struct value v, uint32_t name)
{
    struct slice body = value_body(v);
    const uint8_t *p = (const uint8_t *)body.p, *end = p + body.n;

    if (!value_is(v, VALUE_OBJECT) || name == NAME_NONE)
        return VALUE_NOTHING;
    while (p != end) {
        uint32_t key = read_id(&p);

        if (key == name + 1)
            return (struct value){p};
        if (key == 0) {
            read_id(&p);
            p = skip_text(p);
        }
        p = value_end((struct value){p});
    }
    return VALUE_NOTHING;
}

/* Whether a known name is of a class; members of one stand close together. */
static inline bool
name_folds(const struct names *ns, uint32_t name, uint32_t class)
{
    return name == class || (name > class && names_class(ns, name) == class);
}

struct value
value_fold(const struct names *ns, struct value v, uint32_t class)
{
    struct slice body = value_body(v);
    const uint8_t *p = (const uint8_t *)body.p, *end = p + body.n;
    struct value first = VALUE_NOTHING;

    if (!value_is(v, VALUE_OBJECT) || class == NAME_NONE)
        return first;
    while (p != end) {
        uint32_t key = read_id(&p);
        struct value item = {p};
        bool same = key != 0 && name_folds(ns, key - 1, class);

        if (key == 0) {
            same = read_id(&p) == class + 1;
            item.p = skip_text(p);
        }
        if (same && !value_empty(item))
            return item;
        if (same && first.p == NULL)
            first = item;
        p = value_end(item);
    }
    return first;
}

struct value
value_member(const struct names *ns, struct value v, struct slice text)
{
    struct value_iter it = value_items(v);
    uint32_t name = names_find(ns, text);
    struct value_key key;
    struct value item;

    while (it.keyed && value_next(&it, &key, &item))
        if (key.name != NAME_NONE ? key.name == name : slice_eq(key.text, text))
            return item;
    return VALUE_NOTHING;
}

struct slice
value_key_text(const struct names *ns, const struct value_key *key,
               char out[NAME_MAX_BYTES])
{
    return key->name == NAME_NONE ? key->text : names_text(ns, key->name, out);
}

void
value_json(struct buf *b, const struct names *ns, struct value v)
{
    enum value_kind kind = value_kind(v);
    struct value_iter it = value_items(v);
    char name[NAME_MAX_BYTES];
    struct value_key key;
    struct value item;
    bool more = false;

    if (kind == VALUE_STRING) {
        buf_json(b, value_text(v));
    } else if (kind == VALUE_ARRAY || kind == VALUE_OBJECT) {
        buf_byte(b, it.keyed ? '{' : '[');
        while (value_next(&it, &key, &item)) {
            if (more)
                buf_byte(b, ',');
            more = true;
            if (it.keyed) {
                buf_json(b, value_key_text(ns, &key, name));
                buf_byte(b, ':');
            }
            value_json(b, ns, item);
        }
        buf_byte(b, it.keyed ? '}' : ']');
    } else if (kind == VALUE_ABSENT || kind == VALUE_NULL) {
        buf_put(b, SLICE("null"));
    } else {
        buf_put(b, value_text(v));
    }
}
