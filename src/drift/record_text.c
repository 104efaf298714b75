#include "drift/record_text.h"

/* s without the pieces of a character that stand at its end (RFC 3629). */
static struct slice
text_whole(struct slice s)
{
    for (size_t back = 1; back <= 4 && back <= s.n; back++) {
        unsigned char c = (unsigned char)s.p[s.n - back];
        size_t need = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

        if ((c & 0xc0) != 0x80)
            return need > back ? slice_head(s, s.n - back) : s;
    }
    return s; /* not UTF-8: buf_json() replaces each byte */
}

void
record_text(struct buf *b, struct slice s, size_t max)
{
    struct slice head = s.n <= max ? s : text_whole(slice_head(s, max));
    size_t start = b->n;

    buf_json(b, head);
    /* Escapes can make six bytes of one. */
    while (b->n - start > 2 * max + 2) {
        head = text_whole(slice_head(head, head.n / 2));
        b->n = start;
        buf_json(b, head);
    }
    /* How much is missing is said inside, where a person will see it. */
    if (head.n == s.n || b->full)
        return;
    b->n--; /* the closing quote */
    buf_fmt(b, "\xe2\x80\xa6(+%zu bytes)\"", s.n - head.n);
}

/* The JSON of v in scratch; p is NULL when it does not fit. */
static struct slice
value_text_json(const struct names *ns, struct value v, struct arena *scratch)
{
    struct buf b = arena_open(scratch);

    value_json(&b, ns, v);
    return arena_keep(scratch, &b);
}

/* A list, as many of its members as there is room for.  It stays a list:
 * whoever reads records can go on counting on that. */
static void
put_list(struct buf *b, const struct names *ns, struct value v, size_t max,
         struct arena *scratch)
{
    struct value_iter it = value_items(v);
    size_t left = value_count(v), start = b->n, mark = arena_mark(scratch);
    struct value item;

    buf_byte(b, '[');
    while (value_next(&it, NULL, &item)) {
        struct slice json = value_text_json(ns, item, scratch);

        arena_reset(scratch, mark); /* read before the next one is written */
        if (json.p == NULL)
            b->full = true;
        if (json.n > max - (b->n - start < max ? b->n - start : max))
            break;
        buf_put(b, json);
        buf_byte(b, ',');
        left--;
    }
    buf_fmt(b, "\"\xe2\x80\xa6(+%zu more)\"]", left);
}

void
record_value(struct buf *b, const struct names *ns, struct value v, size_t max,
             struct arena *scratch)
{
    size_t mark = arena_mark(scratch);
    struct slice json;

    if (value_is(v, VALUE_ABSENT)) {
        buf_put(b, SLICE("null"));
        return;
    }
    if (value_is(v, VALUE_STRING)) {
        record_text(b, value_text(v), max);
        return;
    }
    /* Written once as a whole: nearly all of them are short. */
    json = value_text_json(ns, v, scratch);
    if (json.p == NULL)
        b->full = true;
    else if (json.n <= max)
        buf_put(b, json);
    else if (value_is(v, VALUE_ARRAY))
        put_list(b, ns, v, max, scratch);
    else
        record_text(b, json, max);
    arena_reset(scratch, mark);
}
