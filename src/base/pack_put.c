#include "pack.h"

static void
put_len(struct buf *b, uint32_t v)
{
    while (v >= 0x80) {
        buf_byte(b, (unsigned char)(v | 0x80));
        v >>= 7;
    }
    buf_byte(b, (unsigned char)v);
}

void
pack_null(struct buf *b)
{
    buf_byte(b, TAG_NULL);
}

void
pack_bool(struct buf *b, bool v)
{
    buf_byte(b, v ? TAG_TRUE : TAG_FALSE);
}

void
pack_number(struct buf *b, struct slice text)
{
    buf_byte(b, TAG_NUMBER);
    put_len(b, (uint32_t)text.n);
    buf_put(b, text);
}

void
pack_string(struct buf *b, struct slice text)
{
    if (text.n < TAG_SHORT) {
        buf_byte(b, (unsigned char)(TAG_SHORT | text.n));
    } else {
        buf_byte(b, TAG_STRING);
        put_len(b, (uint32_t)text.n);
    }
    buf_put(b, text);
}

void
pack_value(struct buf *b, struct value v)
{
    if (v.p == NULL)
        pack_null(b);
    else
        buf_put(b, slice_of((const char *)v.p, value_size(v)));
}

size_t
pack_array(struct buf *b)
{
    buf_byte(b, TAG_ARRAY);
    buf_byte(b, 0);
    return b->n - 2;
}

size_t
pack_object(struct buf *b)
{
    buf_byte(b, TAG_OBJECT);
    buf_byte(b, 0);
    return b->n - 2;
}

/* Most containers are short: one byte was left for the length, and a longer
 * one moves what was written. */
void
pack_close(struct buf *b, size_t mark)
{
    char len[5];
    struct buf l = buf_over(len, sizeof(len));
    size_t n;

    if (b->full)
        return;
    n = b->n - mark - 2;
    put_len(&l, (uint32_t)n);
    if (l.n - 1 > b->max - b->n) {
        b->full = true;
        return;
    }
    if (l.n > 1)
        memmove(b->p + mark + 1 + l.n, b->p + mark + 2, n);
    memcpy(b->p + mark + 1, len, l.n);
    b->n += l.n - 1;
}

/* An id or a class; 0 for none. */
static void
put_id(struct buf *b, uint32_t id)
{
    uint32_t v = id != NAME_NONE ? id + 1 : 0;

    buf_byte(b, (unsigned char)v);
    buf_byte(b, (unsigned char)(v >> 8));
}

void
pack_name(struct buf *b, uint32_t name)
{
    put_id(b, name);
}

void
pack_key(struct buf *b, const struct names *ns, struct slice text)
{
    uint32_t class, name = names_both(ns, text, &class);

    if (name != NAME_NONE) {
        pack_name(b, name);
        return;
    }
    put_id(b, NAME_NONE);
    put_id(b, class);
    put_len(b, (uint32_t)text.n);
    buf_put(b, text);
}
