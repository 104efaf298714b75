#ifndef TESTS_UNIT_MAP_RECORDS_H
#define TESTS_UNIT_MAP_RECORDS_H

/* What the tests of the reader share: short records, and places in short.
 * cmocka.h and what it needs come first. */

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

static char memory[16u << 20], text[64u << 20];

/*
 * Writes s into `text`: "@x" is a record with the eventID x, "#x" the same as
 * a JSON string; '~' stands for a quote.
 */
static struct slice
expand(const char *s)
{
    struct buf b = buf_over(text, sizeof(text));

    for (; *s != '\0'; s++) {
        bool escaped = *s == '#';
        char record[256];
        int n;

        if (*s != '@' && !escaped) {
            buf_byte(&b, (unsigned char)(*s == '~' ? '"' : *s));
            continue;
        }
        n = snprintf(record, sizeof(record),
                     "{\"eventVersion\":\"1\",\"eventSource\":"
                     "\"x.amazonaws.com\",\"eventName\":\"N\",\"userAgent\":"
                     "\"[a:b]\",\"requestParameters\":{\"a\":[{},\"}\"]},"
                     "\"eventID\":\"%c\"}",
                     *++s);
        if (escaped)
            buf_json(&b, slice_of(record, (size_t)n));
        else
            buf_put(&b, slice_of(record, (size_t)n));
    }
    return buf_slice(&b);
}

/* "x:LINE: (offset N) what" as kind, LINE, and the byte that is there, or '$'
 * at the end of all. */
static void
put_place(struct buf *b, char kind, const struct err *e, struct slice all)
{
    unsigned long line = 0, offset = 0;
    char c;

    if (sscanf(e->text, "x:%lu: (offset %lu)", &line, &offset) != 2)
        fail_msg("no place in: %s", e->text);
    assert_true(offset <= all.n);
    c = offset < all.n ? all.p[offset] : '$';
    buf_fmt(b, "%c%lu%c ", kind, line, c);
}

#endif
