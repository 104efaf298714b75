#include "output/table.h"

#include "base/text.h"
#include "output/cells.h"
#include "output/paint.h"
#include "output/table_change.h"

#define TABLE_GAP 2
#define TABLE_ID_MIN 4   /* columns of an id that still say something */
#define TABLE_WIDE 100   /* columns from which on there is room for the year */
#define TABLE_WIDEST 120 /* ... and for changes below their resource */

/* Columns of the head line; the resource takes what is left. */
enum { COLUMN_SEVERITY = 9, COLUMN_ACTION = 9 };

/* With or without the year. */
static size_t
time_width(const struct table *t)
{
    return t->width >= TABLE_WIDE ? 19 : 14;
}

/* Where the resource begins. */
static size_t
resource_at(const struct table *t)
{
    return time_width(t) + COLUMN_SEVERITY + COLUMN_ACTION + 3 * TABLE_GAP;
}

void
table_head(const struct table *t, struct buf *b)
{
    paint_put(b, t->colours, PAINT_DIM);
    cells_pad(b, SLICE("TIME"), time_width(t) + TABLE_GAP, CELLS_CUT_END);
    cells_pad(b, SLICE("SEVERITY"), COLUMN_SEVERITY + TABLE_GAP, CELLS_CUT_END);
    cells_pad(b, SLICE("ACTION"), COLUMN_ACTION + TABLE_GAP, CELLS_CUT_END);
    buf_put(b, SLICE("RESOURCE"));
    paint_put(b, t->colours, PAINT_OFF);
    buf_byte(b, '\n');
}

/* 2025-12-06T07:30:00Z as 2025-12-06 07:30:00, without the year where it is
 * narrow; other texts as they are. */
static void
put_time(const struct table *t, struct buf *b, struct slice time)
{
    char text[19];

    if (time.n == 20 && time.p[10] == 'T' && time.p[19] == 'Z') {
        memcpy(text, time.p, sizeof(text));
        text[10] = ' ';
        time = slice_of(text, sizeof(text));
        time = slice_from(time, time.n - time_width(t));
    }
    paint_put(b, t->colours, PAINT_DIM);
    cells_pad(b, time, time_width(t), CELLS_CUT_END);
    paint_put(b, t->colours, PAINT_OFF);
    cells_blank(b, TABLE_GAP);
}

/* A word in its colour, filled up to its column. */
static void
put_word(const struct table *t, struct buf *b, struct slice word, size_t width,
         enum paint paint)
{
    paint_put(b, t->colours, paint);
    cells_put(b, word, width, CELLS_CUT_END);
    paint_put(b, t->colours, PAINT_OFF);
    cells_blank(b, width - cells_width(slice_head(word, width)) + TABLE_GAP);
}

/* The gravest three must not be overlooked: white on red. */
static void
put_severity(const struct table *t, struct buf *b, enum severity level)
{
    static const enum paint paints[SEVERITY_COUNT] = {
        [SEVERITY_EMERGENCY] = PAINT_ALARM,   [SEVERITY_ALERT] = PAINT_ALARM,
        [SEVERITY_CRITICAL] = PAINT_ALARM,    [SEVERITY_ERROR] = PAINT_RED,
        [SEVERITY_WARNING] = PAINT_YELLOW,    [SEVERITY_NOTICE] = PAINT_CYAN,
        [SEVERITY_INFORMATIONAL] = PAINT_DIM, [SEVERITY_DEBUG] = PAINT_DIM,
    };
    struct slice word =
        level == SEVERITY_INFORMATIONAL ? SLICE("info") : severity_text(level);

    put_word(t, b, word, COLUMN_SEVERITY, paints[level]);
}

/* What happened: a drift's action, or the kind of a record that is none. */
static void
put_action(const struct table *t, struct buf *b, const struct record *r)
{
    struct slice word = r->kind == RECORD_DRIFT ? record_action_text(r->action)
                                                : record_kind_text(r->kind);
    enum paint paint = r->kind == RECORD_RESOLVED    ? PAINT_GREEN
                       : r->kind == RECORD_UNMANAGED ? PAINT_CYAN
                       : r->action == ACTION_DELETE  ? PAINT_RED
                                                     : PAINT_YELLOW;

    put_word(t, b, word, COLUMN_ACTION, paint);
}

/* The address (or the type of what has none), on a line of its own where it
 * is too long for the head line; then the id, if there is room. */
static void
put_resource(const struct table *t, struct buf *b, const struct record *r,
             size_t indent)
{
    size_t left = t->width - resource_at(t), used;
    struct slice name = r->address.p != NULL ? r->address : r->type;

    if (cells_width(name) > left && indent < resource_at(t)) {
        buf_byte(b, '\n');
        cells_blank(b, indent);
        left = t->width - indent;
    }
    paint_put(b, t->colours, PAINT_BOLD);
    used = cells_put(b, name, left, CELLS_CUT_MIDDLE);
    paint_put(b, t->colours, PAINT_OFF);
    used += used > 0 ? TABLE_GAP : 0;
    if (r->resource.n == 0 || used + TABLE_ID_MIN > left ||
        (r->address.p != NULL && used + cells_width(r->resource) > left))
        return; /* beside an address an id is welcome, but whole */
    cells_blank(b, used > 0 ? TABLE_GAP : 0);
    paint_put(b, t->colours, PAINT_DIM);
    cells_put(b, r->resource, left - used, CELLS_CUT_MIDDLE);
    paint_put(b, t->colours, PAINT_OFF);
}

/* What follows the last c, or all: of an ARN what people call it. */
static struct slice
after_last(struct slice s, char c)
{
    size_t at = slice_rchr(s, c);

    return at < s.n ? slice_from(s, at + 1) : s;
}

/* The role's name; of single sign-on, the permission set's:
 * AWSReservedSSO_NAME_0123456789abcdef (IAM Identity Center user guide,
 * "Referencing permission sets"). */
static struct slice
role_name(struct slice role)
{
    struct slice name = after_last(role, '/');
    struct slice mark = SLICE("AWSReservedSSO_");

    if (!slice_starts(name, mark))
        return name;
    name = slice_from(name, mark.n);
    return slice_head(name, slice_rchr(name, '_'));
}

/* "by ana (Admin) from 203.0.113.1 with ec2 StopInstances" */
static void
put_actor(const struct table *t, struct buf *b, const struct record *r,
          size_t indent)
{
    struct slice who = r->identity.n > 0
                           ? r->identity
                           : after_last(after_last(r->user, '/'), ':');
    size_t mark = arena_mark(t->scratch);
    struct buf line = arena_open(t->scratch);

    buf_put(&line, SLICE("by "));
    buf_put(&line, who.n > 0 ? who : SLICE("somebody"));
    if (r->role.n > 0) {
        buf_put(&line, SLICE(" ("));
        buf_put(&line, role_name(r->role));
        buf_byte(&line, ')');
    }
    if (r->source_ip.n > 0) {
        buf_put(&line, SLICE(" from "));
        buf_put(&line, r->source_ip);
    }
    buf_put(&line, SLICE(" with "));
    buf_put(&line, r->service);
    buf_byte(&line, ' ');
    buf_put(&line, r->event);
    b->full |= line.full;
    cells_blank(b, indent);
    paint_put(b, t->colours, PAINT_DIM);
    cells_put(b, buf_slice(&line), t->width - indent, CELLS_CUT_END);
    paint_put(b, t->colours, PAINT_OFF);
    buf_byte(b, '\n');
    arena_reset(t->scratch, mark);
}

void
table_record(const struct table *t, struct buf *b, const struct record *r)
{
    size_t indent = t->width >= TABLE_WIDEST ? resource_at(t) : 4;

    put_time(t, b, r->timestamp);
    put_severity(t, b, r->severity);
    put_action(t, b, r);
    put_resource(t, b, r, indent);
    buf_byte(b, '\n');
    table_changes(t, b, r, indent);
    put_actor(t, b, r, indent);
}
