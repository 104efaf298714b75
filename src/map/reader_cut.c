#include "map/reader_parts.h"

#include "base/text.h"

#define SHOWN_MAX_BYTES 40            /* of a line that is no JSON */
#define WASTE_FREE_BYTES (256u << 10) /* see reader_bad_document() */
#define WASTE_FACTOR 8

/* The place of a byte that is there. */
struct reader_place
reader_place(const struct reader *r, size_t at)
{
    return (struct reader_place){feed_line_of(&r->feed, at),
                                 feed_offset(&r->feed, at)};
}

/* "NAME:LINE: (offset N) what" */
static int
say(const struct reader *r, struct reader_place at, int code, const char *what,
    struct err *e)
{
    return err_set(e, code, "%.*s:%llu: (offset %llu) %s", SLICE_FMT(r->name),
                   (unsigned long long)at.line, (unsigned long long)at.offset,
                   what);
}

int
reader_refuse(struct reader *r, struct reader_place at, int code,
              const char *what, struct err *e)
{
    r->refused++;
    say(r, at, code, what, e);
    return READER_REFUSED;
}

/* Reading stops; but first come the records that are held. */
static int
stop(struct reader *r)
{
    r->mode = READER_GIVE;
    return READER_AGAIN;
}

int
reader_stop(struct reader *r, struct reader_place at, int code,
            const char *what)
{
    say(r, at, code, what, &r->fail);
    return stop(r);
}

/* The stream's own failure, or its end inside of something. */
int
reader_stop_short(struct reader *r, struct reader_place at, const char *what)
{
    if (r->feed.failed == FEED_END)
        return reader_stop(r, at, ERR_MORE, what);
    r->fail = r->feed.why;
    r->fail.code = r->feed.failed;
    return stop(r);
}

/* Why something could not be cut. */
static const char *
bad_text(int rc)
{
    switch (rc) {
    case ERR_MORE:
        return "the input ends in the middle of a record";
    case ERR_LIMIT:
        return "longer than a record may be (4 MB)";
    case ERR_MEMORY:
        return "longer than there is memory for";
    case ERR_FOREIGN:
        return "not a CloudTrail record: no object";
    default:
        return "malformed JSON";
    }
}

/*
 * Makes the byte at `from`, an opening bracket, the operator the sweep gave
 * last: goes on with the sweep there is, or starts one over what is there.
 */
static void
sweep_to(struct reader *r, size_t to)
{
    struct feed *in = &r->feed;
    size_t at;

    /* Between two records of one line lie only a comma or nothing: the sweep
     * that read the first goes on with the second. */
    if (r->fills == in->fills && !r->by_line) {
        do
            at = sweep_next(&r->sweep, &r->sweep.at);
        while (at < in->from - r->swept);
        if (at == in->from - r->swept)
            return;
    }
    r->swept = in->from;
    r->fills = in->fills;
    sweep_init(&r->sweep, slice_of(in->p + in->from, to - in->from),
               SWEEP_BATCH);
    sweep_next(&r->sweep, &r->sweep.at);
}

/* The sweep may have taken the inside of a string for its outside. */
void
reader_lost(struct reader *r)
{
    r->fills = r->feed.fills - 1;
}

/* Reads more, until what is new may hold the end of an object or there is
 * no more to come; what came then is worth a last look. */
static int
more_object(struct feed *in)
{
    size_t had = in->to - in->from;
    int rc;

    do
        rc = feed_more(in);
    while (rc == 1 && memchr(in->p + in->from + had, '}',
                             in->to - in->from - had) == NULL);
    return in->to - in->from > had ? 1 : rc;
}

/* Where the document at hand must end: its line's end, or nowhere yet. */
static int
line_end(struct reader *r, size_t *to)
{
    struct feed *in = &r->feed;
    int rc = 1;

    *to = in->to;
    if (!r->by_line || r->mode != READER_BETWEEN)
        return 0;
    while (rc == 1) {
        struct slice left = slice_of(in->p + in->from, in->to - in->from);
        size_t at = slice_chr(left, '\n');

        *to = in->from + at;
        if (at < left.n)
            return 0;
        rc = feed_more(in);
    }
    return rc == FEED_END ? 0 : rc;
}

/*
 * Cuts the object at `from`, reading more as needed.  Returns as
 * cut_object() with *end = a place in the input; ERR_MORE at its end;
 * ERR_LIMIT or ERR_MEMORY when it is too long.
 */
int
reader_cut(struct reader *r, size_t *end)
{
    bool lists = r->mode == READER_BETWEEN;
    struct feed *in = &r->feed;
    size_t to;
    int rc = line_end(r, &to), more = 1;

    while (rc == 0) {
        sweep_to(r, to);
        rc = cut_object(&r->sweep, in->from - r->swept, lists, &r->cut, end);
        *end += r->swept;
        /* Within its line it is torn, whatever the next lines hold. */
        if (rc != ERR_MORE || to < in->to)
            break;
        more = more_object(in);
        if (more != 1)
            return more == ERR_LIMIT || more == ERR_MEMORY ? more : ERR_MORE;
        to = in->to;
        rc = 0;
    }
    if (rc == CUT_OBJECT && *end - in->from > EVENT_MAX_BYTES)
        return ERR_LIMIT;
    return rc;
}

/* Whether another document may begin on a line behind this one. */
static bool
has_next(const struct feed *in)
{
    struct slice left = slice_of(in->p + in->from, in->to - in->from);

    for (size_t at; (at = slice_chr(left, '\n')) < left.n;) {
        left = slice_from(left, at + 1);
        for (at = 0; at < left.n && text_space(left.p[at]);)
            at++;
        if (at < left.n && (left.p[at] == '{' || left.p[at] == '['))
            return true;
    }
    return false;
}

/* The line at `from`, as far as it is shown. */
static struct slice
line_head(struct feed *in)
{
    struct slice line;
    int rc = 1;

    for (;;) {
        line = slice_of(in->p + in->from, in->to - in->from);
        line = slice_head(line, SHOWN_MAX_BYTES);
        if (line.n == SHOWN_MAX_BYTES || slice_chr(line, '\n') < line.n ||
            rc != 1)
            return slice_head(line, slice_chr(line, '\n'));
        rc = feed_more(in);
    }
}

int
reader_bad_line(struct reader *r, struct err *e)
{
    struct slice line = text_trim(line_head(&r->feed));
    struct reader_place at = reader_place(r, r->feed.from);
    char what[8 * SHOWN_MAX_BYTES];
    struct buf b = buf_over(what, sizeof(what) - 1);

    buf_put(&b, SLICE("not JSON: "));
    buf_json(&b, line);
    what[b.n] = '\0';
    feed_line(&r->feed);
    reader_lost(r);
    return reader_refuse(r, at, ERR_SYNTAX, what, e);
}

/*
 * A document that cannot be cut ends where a line begins like another one.
 * That document may have been looked at before, as a part of this one, and
 * what follows it again with it.  So that lines that seem to run on for ever
 * do not cost the square of their number, only WASTE_FACTOR times the input
 * is looked at in vain; then every document must end on its own line.
 */
int
reader_bad_document(struct reader *r, int rc, size_t bad, struct err *e)
{
    struct feed *in = &r->feed;
    struct reader_place at = reader_place(r, rc == ERR_SYNTAX ? bad : in->from);
    int c;

    /* Torn at the very end: nothing behind it could be a document. */
    if (rc == ERR_MORE && in->failed != 0 && !has_next(in))
        return reader_stop_short(r, at, bad_text(rc));
    r->wasted += (rc == ERR_SYNTAX ? bad : in->to) - in->from;
    r->by_line |=
        rc != ERR_SYNTAX ||
        r->wasted > WASTE_FREE_BYTES + WASTE_FACTOR * feed_offset(in, in->from);
    do {
        feed_line(in);
        c = feed_blank(in);
    } while (c >= 0 && c != '{' && c != '[');
    reader_lost(r);
    return reader_refuse(r, at, rc, bad_text(rc), e);
}

/* An element that cannot be cut ends where its brackets do. */
int
reader_bad_element(struct reader *r, int rc, size_t bad, struct err *e)
{
    struct reader_place at =
        reader_place(r, rc == ERR_SYNTAX ? bad : r->feed.from);

    if (rc == ERR_MORE || feed_skip(&r->feed, 0) != 0)
        return reader_stop_short(r, at, bad_text(rc));
    reader_lost(r);
    return reader_refuse(r, at, rc, bad_text(rc), e);
}
