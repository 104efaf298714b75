#include "map/reader_parts.h"

/*
 * LookupEvents answers are newest first and are judged oldest first: each
 * record is put in front of the one before, and the list is given as it
 * stands when the answer ends.
 */
struct reader_held {
    struct reader_held *older;
    struct slice text;
    struct reader_place place;
};

int
reader_open(struct reader *r, struct stream *in, struct slice name,
            struct arena *scratch)
{
    *r = (struct reader){.name = name};
    return feed_open(&r->feed, in, scratch);
}

/* What a record was wrapped in is off: now it is one, or it is refused. */
static int
take_text(struct reader *r, struct slice text, struct reader_place at,
          struct event *ev, struct err *e)
{
    struct err why;
    size_t bad;

    switch (event_decode(text, ev, &bad)) {
    case 0:
        return READER_EVENT;
    case ERR_FOREIGN:
        event_check(ev, &why);
        return reader_refuse(r, at, ERR_FOREIGN, why.text, e);
    default:
        return reader_refuse(
            r, at, ERR_SYNTAX,
            "not a CloudTrail record: what is wrapped here is no "
            "JSON object",
            e);
    }
}

/* Keeps a record of a LookupEvents answer until the answer's end. */
static int
hold_text(struct reader *r, struct slice text, struct reader_place at)
{
    struct arena *a = r->feed.arena;
    struct reader_held *h = arena_alloc(a, sizeof(*h));

    if (h == NULL)
        return ERR_MEMORY;
    *h = (struct reader_held){r->held, text, at};
    r->held = h;
    return READER_AGAIN;
}

/* A record that is wrapped as the text of a string. */
static int
take_string(struct reader *r, struct slice json, struct reader_place at,
            struct event *ev, struct err *e)
{
    bool hold = r->mode == READER_LIST && r->list == CUT_EVENTS;
    struct slice text;
    int rc = json.p[0] == '"' ? 0 : ERR_SYNTAX;

    /* From here on something may lie in the arena above the window. */
    r->borrowed = true;
    if (rc == 0)
        rc = event_string(json, r->feed.arena, &text);
    if (rc == 0 && !hold)
        return take_text(r, text, at, ev, e);
    if (rc == 0 && text.p == json.p + 1) /* a view: it will not stay */
        text = arena_copy(r->feed.arena, text);
    if (rc == 0)
        rc = text.p != NULL ? hold_text(r, text, at) : ERR_MEMORY;
    if (rc == ERR_MEMORY && hold)
        return reader_stop(r, at, rc,
                           "out of memory: the records of a LookupEvents "
                           "answer are held until its end");
    if (rc == ERR_MEMORY)
        return reader_refuse(r, at, rc, err_text(rc), e);
    if (rc == ERR_SYNTAX)
        return reader_refuse(r, at, rc,
                             "not a CloudTrail record: what is wrapped here "
                             "is no JSON string",
                             e);
    return rc;
}

/* What wraps a record as a string, if the object at hand does. */
static struct slice
string_of(const struct reader *r, const struct event *ev)
{
    struct slice none = {NULL, 0};

    if (ev->field[EVENT_SOURCE].n > 0)
        return none;
    if (r->mode == READER_LIST && r->list == CUT_LOG_EVENTS)
        return cut_member(&r->cut, CUT_MESSAGE);
    return cut_member(&r->cut, CUT_TRAIL);
}

/* The object up to `end`, which was cut: a record, or what wraps one. */
static int
take_object(struct reader *r, size_t end, struct event *ev, struct err *e)
{
    struct feed *in = &r->feed;
    struct reader_place at = reader_place(r, in->from);
    struct slice detail = {NULL, 0}, string;
    struct err why;

    /* The views stay good: nothing moves before the next call. */
    cut_event(&r->cut, slice_of(in->p + in->from, end - in->from), ev);
    feed_pass(in, end - in->from, r->cut.breaks);
    if (event_check(ev, NULL) == 0)
        return READER_EVENT;
    /* No record by itself: perhaps it wraps one.  Detail alone is not enough
     * for EventBridge, everything may have a member of that name. */
    string = string_of(r, ev);
    if (string.n > 0)
        return take_string(r, string, at, ev, e);
    if (cut_member(&r->cut, CUT_DETAIL_TYPE).n > 0)
        detail = cut_member(&r->cut, CUT_DETAIL);
    if (detail.n > 0)
        return take_text(r, detail, at, ev, e);
    event_check(ev, &why);
    return reader_refuse(r, at, ERR_FOREIGN, why.text, e);
}

/* An object: a document of its own, or an element of a list. */
static int
step_object(struct reader *r, struct event *ev, struct err *e)
{
    size_t end;
    int rc = reader_cut(r, &end);

    if (rc < 0 && r->mode == READER_BETWEEN)
        return reader_bad_document(r, rc, end, e);
    if (rc < 0)
        return reader_bad_element(r, rc, end, e);
    if (rc == CUT_OBJECT)
        return take_object(r, end, ev, e);
    feed_pass(&r->feed, end - r->feed.from, r->cut.breaks);
    r->mode = READER_LIST;
    r->list = r->cut.list;
    r->wrapped = true;
    r->begun = false;
    return READER_AGAIN;
}

/* Passes over the mark that some editors put in front of UTF-8. */
static int
skip_mark(struct reader *r)
{
    static const struct slice mark = SLICE_INIT("\xef\xbb\xbf");
    struct feed *in = &r->feed;

    while (in->to < mark.n && feed_more(in) == 1)
        continue;
    if (slice_starts(slice_of(in->p, in->to), mark))
        feed_pass(in, mark.n, false);
    return feed_blank(in);
}

static int
step_between(struct reader *r, struct event *ev, struct err *e)
{
    struct feed *in = &r->feed;
    int c;

    /* Nothing is held or begun here: before the read that may wait. */
    r->restart = feed_offset(in, in->from);
    c = feed_blank(in);
    /* Only the very first bytes can be a byte order mark. */
    if (c == 0xef && feed_offset(in, in->from) == 0)
        c = skip_mark(r);
    if (c == '{')
        return step_object(r, ev, e);
    if (c >= 0 && c != '[')
        return reader_bad_line(r, e);
    if (c == '[') {
        feed_pass(in, 1, false);
        r->mode = READER_LIST;
        r->list = CUT_NONE;
        r->wrapped = false;
        r->begun = false;
        return READER_AGAIN;
    }
    if (c != FEED_END)
        return reader_stop_short(r, reader_place(r, in->from), "");
    r->mode = READER_OVER;
    return READER_END;
}

static int
step_list(struct reader *r, struct event *ev, struct err *e)
{
    struct feed *in = &r->feed;
    int c = feed_blank(in);

    if (c == ']') {
        feed_pass(in, 1, false);
        r->mode = r->wrapped ? READER_REST : READER_GIVE;
        return READER_AGAIN;
    }
    /* Every element but the first has a comma in front of it. */
    if (r->begun && c >= 0) {
        if (c != ',')
            return reader_stop(r, reader_place(r, in->from), ERR_SYNTAX,
                               "malformed JSON: expected ',' or ']'");
        feed_pass(in, 1, false);
        c = feed_blank(in);
    }
    if (c < 0)
        return reader_stop_short(r, reader_place(r, in->from),
                                 "the input ends in the middle of a list "
                                 "of records");
    r->begun = true;
    if (c == '{')
        return step_object(r, ev, e);
    return reader_bad_element(r, ERR_FOREIGN, 0, e);
}

static int
step_rest(struct reader *r, struct event *ev, struct err *e)
{
    (void)ev;
    (void)e;
    reader_lost(r);
    if (feed_skip(&r->feed, 1) != 0)
        return reader_stop_short(r, reader_place(r, r->feed.from),
                                 "the input ends in the middle of a "
                                 "document");
    r->mode = READER_GIVE;
    return READER_AGAIN;
}

/* What was held, oldest first; then why reading stops, or what follows. */
static int
step_give(struct reader *r, struct event *ev, struct err *e)
{
    struct reader_held *h = r->held;

    if (h != NULL) {
        r->held = h->older;
        return take_text(r, h->text, h->place, ev, e);
    }
    /* Nothing is held (any more): the document is over, or reading is. */
    r->mode = r->fail.code != 0 ? READER_OVER : READER_BETWEEN;
    if (r->fail.code == 0)
        return READER_AGAIN;
    if (e != NULL)
        *e = r->fail;
    return READER_ERROR;
}

static int
step_over(struct reader *r, struct event *ev, struct err *e)
{
    (void)r;
    (void)ev;
    (void)e;
    return READER_END;
}

enum reader_kind
reader_next(struct reader *r, struct event *ev, struct err *e)
{
    static int (*const steps[])(struct reader *, struct event *,
                                struct err *) = {
        [READER_BETWEEN] = step_between, [READER_LIST] = step_list,
        [READER_REST] = step_rest,       [READER_GIVE] = step_give,
        [READER_OVER] = step_over,
    };
    int kind;

    /* What the last call gave may go now, and its memory with it. */
    if (r->borrowed && r->held == NULL) {
        feed_settle(&r->feed);
        r->borrowed = false;
    }
    do
        kind = steps[r->mode](r, ev, e);
    while (kind == READER_AGAIN);
    r->offset = feed_offset(&r->feed, r->feed.from);
    return (enum reader_kind)kind;
}
