#include "state/doc.h"

#include "base/pack.h"
#include "base/scan.h"
#include "base/text.h"
#include "base/wide.h"

int
doc_wrong(struct doc *d, const char *what)
{
    d->bad = doc_offset(d);
    d->what = what;
    return ERR_SYNTAX;
}

int
doc_more(struct doc *d)
{
    int rc = window_fill(&d->w);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    d->bad = d->w.offset + d->w.to;
    d->what = "the document ends";
    return ERR_MORE;
}

/* Moves to the next byte that is not white space; 0 if there is none. */
static int
doc_space(struct doc *d)
{
    int rc;

    for (;;) {
        d->w.at = wide_space(d->w.p, d->w.at, d->w.to);
        if (d->w.at < d->w.to)
            return 1;
        rc = window_fill(&d->w);
        if (rc <= 0)
            return rc;
    }
}

int
doc_peek(struct doc *d)
{
    int rc;

    if (d->w.at < d->w.to && !text_space(d->w.p[d->w.at]))
        return (unsigned char)d->w.p[d->w.at];
    rc = doc_space(d);
    if (rc == 0)
        rc = doc_more(d);
    return rc < 0 ? rc : (unsigned char)d->w.p[d->w.at];
}

int
doc_ended(struct doc *d)
{
    int rc = doc_space(d);

    return rc < 0 ? rc : !rc;
}

int
doc_take(struct doc *d, char c, const char *what)
{
    int rc = doc_peek(d);

    if (rc < 0)
        return rc;
    if (rc != (unsigned char)c)
        return doc_wrong(d, what);
    d->w.at++;
    return 0;
}

/*
 * Moves *n, counted from the current byte since the window may move, to the
 * quote that ends the string; 1: it is not at hand yet.
 */
static int
string_end(struct doc *d, size_t *n)
{
    const struct window *w = &d->w;

    while (w->at + *n < w->to) {
        char c;

        *n = wide_mark(w->p, w->at + *n, w->to) - w->at;
        if (w->at + *n == w->to)
            break;
        c = w->p[w->at + *n];
        if (c == '"')
            return 0;
        if (c != '\\')
            return doc_wrong(d, "a control character in a string");
        *n += 2; /* and what it escapes */
    }
    return 1;
}

int
doc_string(struct doc *d, struct slice *raw)
{
    int rc = doc_peek(d);
    size_t n = 1;

    if (rc < 0)
        return rc;
    if (rc != '"')
        return doc_wrong(d, "expected a string");
    while ((rc = string_end(d, &n)) > 0) {
        rc = doc_more(d);
        if (rc < 0)
            break;
    }
    if (rc < 0)
        return rc;
    *raw = slice_of(d->w.p + d->w.at + 1, n - 1);
    d->w.at += n + 1;
    return 0;
}

int
doc_text(struct doc *d, struct buf *out)
{
    struct slice raw;
    int rc = doc_string(d, &raw);

    if (rc < 0)
        return rc;
    if (!text_unescape(out, raw))
        return doc_wrong(d, "an escape that JSON does not know");
    if (out->full) {
        d->what = "a name that is too long";
        return ERR_LIMIT;
    }
    return 0;
}

int
doc_item(struct doc *d, bool *first)
{
    int c = doc_peek(d);

    if (c < 0)
        return c;
    if (c == ']') {
        d->w.at++;
        return 0;
    }
    if (!*first) {
        if (c != ',')
            return doc_wrong(d, "expected ',' or ']' after an item");
        d->w.at++;
    }
    *first = false;
    return 1;
}

int
doc_member(struct doc *d, bool *first, struct slice *key)
{
    int c = doc_peek(d);
    size_t outer, from;
    int rc;

    if (c < 0)
        return c;
    if (c == '}') {
        d->w.at++;
        return 0;
    }
    if (!*first) {
        if (c != ',')
            return doc_wrong(d, "expected ',' or '}' after a member");
        d->w.at++;
        c = doc_peek(d);
    }
    if (c >= 0 && c != '"')
        return doc_wrong(d, "expected a member's name");
    *first = false;
    /* The name must survive looking for the colon. */
    outer = window_hold(&d->w);
    from = d->w.at - d->w.held + 1;
    rc = doc_string(d, key);
    if (rc == 0)
        rc = doc_take(d, ':', "expected ':' after a member's name");
    if (rc == 0)
        *key = doc_slice(d, (struct span){from, key->n});
    window_release(&d->w, outer);
    return rc < 0 ? rc : 1;
}

static bool
literal_ok(struct slice s)
{
    return slice_eq(s, SLICE("null")) || slice_eq(s, SLICE("true")) ||
           slice_eq(s, SLICE("false")) || pack_is_number(s);
}

/* Passes over a number, true, false or null, which end where something else
 * begins, be that in the next window. */
static int
doc_literal(struct doc *d)
{
    size_t n = 0;
    int rc = 1;

    while (rc > 0) {
        while (d->w.at + n < d->w.to && !text_space(d->w.p[d->w.at + n]) &&
               memchr(",]}", d->w.p[d->w.at + n], 3) == NULL)
            n++;
        rc = d->w.at + n < d->w.to ? 0 : window_fill(&d->w);
        if (rc < 0)
            return rc;
    }
    if (!literal_ok(slice_of(d->w.p + d->w.at, n)))
        return d->w.at + n < d->w.to || n == 0
                   ? doc_wrong(d, "expected a value")
                   : doc_more(d); /* it may be half of one */
    d->w.at += n;
    return 0;
}

/* Passes over a string or a literal. */
static int
doc_scalar(struct doc *d)
{
    struct slice raw;

    return d->w.p[d->w.at] == '"' ? doc_string(d, &raw) : doc_literal(d);
}

/*
 * What doc_skip() is inside of: one bit for each container, the innermost
 * lowest, set for an object.
 */
struct nest {
    uint64_t objects;
    int depth;
    bool first; /* nothing of the innermost is read yet */
};

/* Goes on to the next value that is due: 1, or 0 when all is closed.  No
 * recursion: how deep a document is must not be the stack's concern. */
static int
nest_next(struct doc *d, struct nest *n)
{
    struct slice key;
    int rc;

    while (n->depth > 0) {
        rc = (n->objects & 1) != 0 ? doc_member(d, &n->first, &key)
                                   : doc_item(d, &n->first);
        if (rc != 0)
            return rc;
        n->objects >>= 1;
        n->depth--;
        n->first = false;
    }
    return 0;
}

int
doc_skip(struct doc *d)
{
    struct nest n = {0, 0, false};
    int rc;

    do {
        int c = doc_peek(d);

        if (c < 0)
            return c;
        if (c == '{' || c == '[') {
            if (n.depth == DOC_DEPTH_MAX) {
                d->what = "nested too deeply";
                return ERR_LIMIT;
            }
            n.objects = n.objects << 1 | (c == '{');
            n.depth++;
            n.first = true;
            d->w.at++;
        } else {
            rc = doc_scalar(d);
            if (rc < 0)
                return rc;
        }
        rc = nest_next(d, &n);
    } while (rc > 0);
    return rc;
}

/*
 * Moves behind the bracket that closes the one at the current byte.  When it
 * is not at hand the search begins anew: the window is then twice as large
 * or full again, so that this costs no more than the search itself.
 */
static int
doc_close(struct doc *d)
{
    for (;;) {
        struct scan s;
        size_t end;
        int rc;

        scan_init(&s, slice_of(d->w.p + d->w.at + 1, d->w.to - d->w.at - 1));
        end = scan_close(&s);
        if (end != SCAN_END) {
            d->w.at += end + 2;
            return 0;
        }
        rc = doc_more(d);
        if (rc < 0)
            return rc;
    }
}

int
doc_value(struct doc *d, struct span *value)
{
    int c = doc_peek(d);
    int rc;

    if (c < 0)
        return c;
    value->from = d->w.at - d->w.held;
    rc = c == '{' || c == '[' ? doc_close(d) : doc_scalar(d);
    value->n = d->w.at - d->w.held - value->from;
    return rc;
}
