#include "buf.h"

#include <stdarg.h>

#include "fmt.h"
#include "text.h"
#include "wide.h"

void
buf_put(struct buf *b, struct slice s)
{
    if (s.n > b->max - b->n) {
        b->full = true;
        return;
    }
    wide_copy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void
buf_u64(struct buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    buf_put(b, slice_of(digits + at, sizeof(digits) - at));
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
    size_t room = b->max - b->n;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = fmt_list(b->p + b->n, room, fmt, ap);
    va_end(ap);
    /* fmt_list() needs room for a terminator that we do not keep. */
    if (n < 0 || (size_t)n >= room)
        b->full = true;
    else
        b->n += (size_t)n;
}

/* The two-character escapes of RFC 8259; 0 for characters without one. */
static char
json_short(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

void
buf_json(struct buf *b, struct slice s)
{
    size_t i = 0;

    buf_byte(b, '"');
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        size_t run = text_utf8(slice_from(s, i));

        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f) {
            if (json_short(c) != 0) {
                buf_byte(b, '\\');
                buf_byte(b, (unsigned char)json_short(c));
            } else {
                buf_fmt(b, "\\u%04x", c);
            }
            i++;
        } else if (run == 0 && text_line_end(slice_from(s, i))) {
            /* U+2028 and U+2029: one record is one line to all readers. */
            buf_fmt(b, "\\u%04x", 0x2000 + (s.p[i + 2] & 0x3f));
            i += 3;
        } else if (run == 0) {
            buf_put(b, SLICE("\xef\xbf\xbd"));
            i++;
        } else {
            buf_put(b, slice_of(s.p + i, run));
            i += run;
        }
    }
    buf_byte(b, '"');
}
