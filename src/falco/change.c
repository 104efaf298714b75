#include "falco/change.h"

#include "base/pack_text.h"
#include "base/text.h"

#define NOT_TEXT SLICE("\xef\xbf\xbd") /* U+FFFD */

/* In runs: nearly all texts are one. */
void
change_put_text(struct buf *b, struct slice s)
{
    while (s.n > 0) {
        size_t run = text_utf8(s);

        /* These two only mean something inside of JSON. */
        while (run < s.n && (s.p[run] == '"' || s.p[run] == '\\'))
            run += 1 + text_utf8(slice_from(s, run + 1));
        buf_put(b, slice_head(s, run));
        s = slice_from(s, run);
        if (s.n == 0)
            break;
        buf_put(b, NOT_TEXT);
        s = slice_from(s, text_line_end(s) ? 3 : 1);
    }
}

/* A policy is a string to some calls and has line breaks in it, which no
 * rule could foresee; an object to others. */
static bool
put_document(struct buf *b, struct message *m, struct slice text)
{
    size_t mark = arena_mark(&m->packed);
    struct value v;
    bool read;

    text = text_trim(text);
    read = text.n > 0 && (text.p[0] == '{' || text.p[0] == '[') &&
           pack_whole(&m->names, text, &m->scratch, &m->packed, &v) == 0;
    if (read)
        value_json(b, &m->names, v);
    arena_reset(&m->packed, mark);
    return read;
}

/* "null" shows in old->new that there was nothing, rather than "". */
void
change_put_value(struct buf *b, struct message *m, struct value v)
{
    if (value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT))
        value_json(b, &m->names, v);
    else if (value_is(v, VALUE_ABSENT) || value_is(v, VALUE_NULL))
        buf_put(b, SLICE("null"));
    else if (!put_document(b, m, value_text(v)))
        change_put_text(b, value_text(v));
}

/* Records of later agents may have something else there: no changes. */
struct change_iter
change_begin(struct message *m)
{
    struct value changes = message_get(m, SLICE("changes"));

    if (!value_is(changes, VALUE_OBJECT))
        changes = VALUE_NOTHING;
    return (struct change_iter){value_items(changes)};
}

bool
change_next(struct change_iter *it, struct change_pair *pair)
{
    struct value_key key;
    struct value item;

    if (!value_next(&it->it, &key, &item))
        return false;
    *pair =
        (struct change_pair){key.text, value_at(item, 0), value_at(item, 1)};
    return true;
}

/* Brackets as an argument has to write them: a[0]["b"] is a.0.b. */
static struct slice
without_brackets(struct slice path, char *out, size_t max)
{
    size_t n = 0;

    if (slice_chr(path, '[') == path.n)
        return path;
    for (size_t i = 0; i < path.n && n < max; i++)
        if (path.p[i] == '[')
            out[n++] = '.';
        else if (path.p[i] != ']' && path.p[i] != '"')
            out[n++] = path.p[i];
    return slice_of(out, n);
}

bool
change_matches(struct slice path, struct slice argument)
{
    char room[RECORD_TEXT_MAX_BYTES + 64];

    if (slice_eq(path, argument))
        return true;
    /* A path is cut at RECORD_TEXT_MAX_BYTES, so that it fits. */
    path = without_brackets(path, room, sizeof(room));
    return text_glob(argument, path);
}

void
change_put(struct buf *b, struct message *m, const struct change_pair *pair)
{
    change_put_value(b, m, pair->old_value);
    buf_put(b, SLICE("->"));
    change_put_value(b, m, pair->new_value);
}
