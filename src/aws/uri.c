#include "aws/uri.h"

#include "base/text.h"

static bool
is_unreserved(char c)
{
    char low = text_lower(c);

    return (low >= 'a' && low <= 'z') || text_digit(c) || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void
uri_put(struct buf *b, struct slice s, bool path)
{
    static const char digit[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (is_unreserved(s.p[i]) || (path && c == '/')) {
            buf_byte(b, c);
        } else {
            char coded[3] = {'%', digit[c >> 4], digit[c & 15]};

            buf_put(b, slice_of(coded, sizeof(coded)));
        }
    }
}

void
uri_put_field(struct buf *b, size_t from, struct slice name, struct slice value)
{
    if (b->n > from)
        buf_byte(b, '&');
    uri_put(b, name, false);
    buf_byte(b, '=');
    uri_put(b, value, false);
}
