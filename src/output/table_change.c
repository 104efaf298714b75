#include "output/table_change.h"

#include "base/text.h"
#include "output/cells.h"
#include "output/paint.h"
#include "output/pieces.h"

#define CHANGE_PATH_MAX 32 /* columns that paths are lined up to */
#define CHANGE_KEEP 12     /* columns shown before the first difference */
#define CHANGE_ROWS 4      /* lines that one member of a set may take */

static const struct slice arrow = SLICE_INIT(" \xe2\x86\x92 ");

#define ARROW_WIDTH 3

/*
 * A person wants to see at once what is different.  So values that fit stand
 * side by side, long ones one below the other from just before the first
 * difference, and of two lists only the members that went or came.
 */

/* Where and how wide the lines of one record are. */
struct lines {
    const struct table *table;
    struct buf *b;
    size_t indent;
    size_t path; /* columns of the path */
};

/* A value as people write it: texts without quotes, but for empty ones. */
static struct slice
plain_text(struct arena *a, struct slice json)
{
    struct slice inside = slice_of(json.p + 1, json.n - 2);
    struct buf b;

    if (json.n <= 2 || json.p[0] != '"')
        return json;
    b = arena_open(a);
    if (!text_unescape(&b, inside) || b.full)
        return json;
    return arena_keep(a, &b);
}

/* A value inside of a block: short words and lists of them lose their
 * quotes, what has blanks in it keeps them. */
static void
put_member(struct buf *b, struct slice json)
{
    struct pieces p = pieces_of(json);
    struct slice key, value;
    const char *comma = "";

    if (json.n > 0 && json.p[0] == '[') {
        buf_byte(b, '[');
        while (pieces_next(&p, &key, &value)) {
            buf_put(b, slice_str(comma));
            put_member(b, value);
            comma = ",";
        }
        buf_byte(b, ']');
    } else if (json.n > 2 && json.p[0] == '"' &&
               slice_chr(json, ' ') == json.n &&
               slice_chr(json, '\\') == json.n) {
        buf_put(b, slice_of(json.p + 1, json.n - 2));
    } else {
        buf_put(b, json);
    }
}

/* A block as "from_port=22 cidr_blocks=[..]", without what is empty. */
static struct slice
block_text(struct arena *a, struct slice json)
{
    struct pieces p = pieces_of(json);
    struct slice key, value;
    struct buf b;

    if (!p.keyed)
        return plain_text(a, json);
    b = arena_open(a);
    while (pieces_next(&p, &key, &value)) {
        if (pieces_empty(value) || slice_eq(value, SLICE("false")))
            continue;
        if (b.n > 0)
            buf_byte(&b, ' ');
        buf_put(&b, slice_of(key.p + 1, key.n - 2));
        buf_byte(&b, '=');
        put_member(&b, value);
    }
    return b.n > 0 && !b.full ? arena_keep(a, &b) : json;
}

/* In a colour, cut to a width. */
static void
put_painted(const struct lines *l, struct slice s, size_t width,
            enum paint paint)
{
    paint_put(l->b, l->table->colours, paint);
    cells_put(l->b, s, width, CELLS_CUT_END);
    paint_put(l->b, l->table->colours, PAINT_OFF);
}

/* Begins a line: the path, or blanks where it was said already. */
static void
put_path(const struct lines *l, struct slice path)
{
    cells_blank(l->b, l->indent);
    cells_pad(l->b, path, l->path, CELLS_CUT_MIDDLE);
    cells_blank(l->b, 2);
}

/* Columns left beside the path. */
static size_t
room(const struct lines *l)
{
    return l->table->width - l->indent - l->path - 2;
}

/* Bytes that two texts have in common at their start. */
static size_t
common_head(struct slice a, struct slice b)
{
    size_t n = 0;

    while (n < a.n && n < b.n && a.p[n] == b.p[n])
        n++;
    /* Not into the middle of a character. */
    while (n > 0 && n < a.n && ((unsigned char)a.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* s from a little before its byte `at`, where that saves something. */
static struct slice
around(struct arena *a, struct slice s, size_t at)
{
    size_t width = cells_width(slice_head(s, at)), from;
    struct buf b;

    if (width <= CHANGE_KEEP + 1)
        return s;
    from = cells_bytes(s, width - CHANGE_KEEP);
    b = arena_open(a);
    buf_put(&b, SLICE("\xe2\x80\xa6"));
    buf_put(&b, slice_from(s, from));
    return b.full ? s : arena_keep(a, &b);
}

/* old → new on one line if they fit, else on two, cut to what differs. */
static void
put_scalar(const struct lines *l, const struct record_change *c)
{
    struct arena *a = l->table->scratch;
    struct slice old = plain_text(a, c->old_json);
    struct slice now =
        c->hidden ? SLICE("(hidden)") : plain_text(a, c->new_json);
    size_t left = room(l), same = common_head(old, now);

    put_path(l, c->path);
    if (cells_width(old) + ARROW_WIDTH + cells_width(now) > left) {
        old = around(a, old, same);
        now = around(a, now, same);
    }
    if (cells_width(old) + ARROW_WIDTH + cells_width(now) <= left) {
        put_painted(l, old, left, PAINT_RED);
        buf_put(l->b, arrow);
        put_painted(l, now, left, PAINT_GREEN);
    } else {
        put_painted(l, old, left, PAINT_RED);
        buf_byte(l->b, '\n');
        put_path(l, SLICE(""));
        buf_put(l->b, slice_from(arrow, 1));
        put_painted(l, now, left - ARROW_WIDTH + 1, PAINT_GREEN);
    }
    buf_byte(l->b, '\n');
}

/* Lists are told by members, all else by values. */
static bool
is_list(struct slice json)
{
    return json.n >= 2 && json.p[0] == '[';
}

/* As text: both sides were written by the same hand. */
static bool
has_member(struct slice list, struct slice member)
{
    struct pieces p = pieces_of(list);
    struct slice key, value;

    while (pieces_next(&p, &key, &value))
        if (slice_eq(value, member))
            return true;
    return false;
}

/* The part of s that fits into a row, broken at a blank if there is one. */
static struct slice
row_of(struct slice s, size_t width)
{
    size_t n = cells_bytes(s, width), at = n;

    if (n == s.n)
        return s;
    while (at > 0 && s.p[at] != ' ')
        at--;
    return slice_head(s, at > 0 ? at : n);
}

/* A member behind its sign, in as many rows as it needs and may have. */
static void
put_rows(const struct lines *l, struct slice text, bool added)
{
    enum paint paint = added ? PAINT_GREEN : PAINT_RED;
    size_t width = room(l) - 2;

    put_painted(l, added ? SLICE("+ ") : SLICE("- "), 2, paint);
    for (int i = 1; i < CHANGE_ROWS && cells_width(text) > width; i++) {
        struct slice row = row_of(text, width);

        put_painted(l, row, width, paint);
        buf_byte(l->b, '\n');
        put_path(l, SLICE(""));
        cells_blank(l->b, 2);
        text = slice_from(text, row.n);
        text = text_trim(text);
    }
    put_painted(l, text, width, paint);
    buf_byte(l->b, '\n');
}

/* Rows "- member" or "+ member" for what one list has and the other has not;
 * returns how many members there were. */
static size_t
put_members(const struct lines *l, struct slice *path, struct slice list,
            struct slice other, bool added)
{
    struct pieces p = pieces_of(list);
    struct slice key, value;
    size_t n = 0;

    while (pieces_next(&p, &key, &value)) {
        if (has_member(other, value))
            continue;
        if (n++ >= TABLE_MEMBERS_MAX)
            continue;
        put_path(l, *path);
        *path = SLICE("");
        put_rows(l, block_text(l->table->scratch, value), added);
    }
    if (n > TABLE_MEMBERS_MAX) {
        put_path(l, SLICE(""));
        buf_fmt(l->b, "  %zu more\n", n - TABLE_MEMBERS_MAX);
    }
    return n;
}

/* Two lists: what went and what came; in another order, both as they are. */
static void
put_lists(const struct lines *l, const struct record_change *c)
{
    struct slice path = c->path;
    size_t n = put_members(l, &path, c->old_json, c->new_json, false);

    n += put_members(l, &path, c->new_json, c->old_json, true);
    if (n == 0)
        put_scalar(l, c);
}

/* A remark in the place of a change. */
static void
put_note(const struct lines *l, const char *text, size_t n)
{
    cells_blank(l->b, l->indent);
    paint_put(l->b, l->table->colours, PAINT_DIM);
    if (n > 0)
        buf_fmt(l->b, "%zu ", n);
    buf_put(l->b, slice_str(text));
    paint_put(l->b, l->table->colours, PAINT_OFF);
    buf_byte(l->b, '\n');
}

void
table_changes(const struct table *t, struct buf *b, const struct record *r,
              size_t indent)
{
    const struct record_changes *c = &r->changes;
    size_t shown = c->n < TABLE_CHANGES_MAX ? c->n : TABLE_CHANGES_MAX;
    struct lines l = {.table = t, .b = b, .indent = indent};
    size_t mark = arena_mark(t->scratch);
    size_t most = (t->width - indent) / 2;

    if (most > CHANGE_PATH_MAX)
        most = CHANGE_PATH_MAX;
    for (size_t i = 0; i < shown; i++) {
        size_t width = cells_width(c->list[i].path);

        if (width > l.path)
            l.path = width < most ? width : most;
    }
    for (size_t i = 0; i < shown; i++) {
        const struct record_change *one = &c->list[i];

        if (!one->hidden && (is_list(one->old_json) || is_list(one->new_json)))
            put_lists(&l, one);
        else
            put_scalar(&l, one);
        arena_reset(t->scratch, mark);
    }
    if (c->n - shown + r->more > 0)
        put_note(&l, "more changes", c->n - shown + r->more);
    if (!r->detail)
        put_note(&l, "something changed that the event does not show", 0);
}
