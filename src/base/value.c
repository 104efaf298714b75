#include "value.h"

#include "value_tags.h"

/* LEB128 at *p, which moves behind it. */
static uint32_t
read_len(const uint8_t **p)
{
    uint32_t v = 0;
    int shift = 0;

    for (;;) {
        uint8_t c = *(*p)++;

        v |= (uint32_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return v;
        shift += 7;
    }
}

enum value_kind
value_kind(struct value v)
{
    static const enum value_kind kinds[] = {
        [TAG_NULL] = VALUE_NULL,     [TAG_FALSE] = VALUE_FALSE,
        [TAG_TRUE] = VALUE_TRUE,     [TAG_NUMBER] = VALUE_NUMBER,
        [TAG_STRING] = VALUE_STRING, [TAG_ARRAY] = VALUE_ARRAY,
        [TAG_OBJECT] = VALUE_OBJECT,
    };

    if (v.p == NULL)
        return VALUE_ABSENT;
    return *v.p >= TAG_SHORT ? VALUE_STRING : kinds[*v.p];
}

/* Content of a value with a length; empty for the others. */
static struct slice
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

/* The first byte behind a value. */
static const uint8_t *
value_end(struct value v)
{
    struct slice body;

    if (*v.p < TAG_NUMBER)
        return v.p + 1;
    body = value_body(v);
    return (const uint8_t *)body.p + body.n;
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
static void
read_key(const uint8_t **p, struct value_key *key)
{
    uint32_t name = read_len(p);

    if (name != 0) {
        *key = (struct value_key){name - 1, NAME_NONE, slice_of("", 0)};
        return;
    }
    uint32_t fold = read_len(p);
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

struct value
value_get(struct value v, uint32_t name)
{
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;

    while (it.keyed && value_next(&it, &key, &item))
        if (key.name == name && name != NAME_NONE)
            return item;
    return VALUE_NOTHING;
}

/* Whether a key is of a class; members of one stand close together. */
static bool
key_folds(const struct names *ns, const struct value_key *key, uint32_t class)
{
    if (key->name == NAME_NONE)
        return key->fold == class;
    if (key->name == class)
        return true;
    return key->name > class && names_class(ns, key->name) == class;
}

struct value
value_fold(const struct names *ns, struct value v, uint32_t class)
{
    struct value_iter it = value_items(v);
    struct value first = VALUE_NOTHING;
    struct value_key key;
    struct value item;

    if (class == NAME_NONE)
        return first;
    while (it.keyed && value_next(&it, &key, &item)) {
        if (!key_folds(ns, &key, class))
            continue;
        if (!value_empty(item))
            return item;
        if (first.p == NULL)
            first = item;
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
