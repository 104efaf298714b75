#include "map/reader_parts.h"

void
reader_refuse_event(struct reader *r, const struct event *ev, const char *what,
                    struct err *e)
{
    const struct feed *in = &r->feed;
    const char *p = ev->raw.p;
    struct reader_place at = {in->line, r->offset};

    /* Records out of strings are not where they stood. */
    if (p >= in->p + in->from - ev->raw.n && p < in->p + in->from) {
        at.offset = feed_offset(in, (size_t)(p - in->p));
        for (size_t i = 0; i < ev->raw.n; i++)
            at.line -= p[i] == '\n';
    }
    reader_refuse(r, at, ERR_SYNTAX, what, e);
}
