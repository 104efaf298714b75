#include "text.h"

#include "lanes.h"
#include "wide.h"

bool
text_eq_fold(struct slice a, struct slice b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (text_lower(a.p[i]) != text_lower(b.p[i]))
            return false;
    return true;
}

/* Where the needle begins among s[from..to), or SIZE_MAX. */
static size_t
find_each(struct slice s, struct slice needle, size_t from, size_t to)
{
    for (; from < to; from++)
        if (s.p[from] == needle.p[0] &&
            memcmp(s.p + from, needle.p, needle.n) == 0)
            return from;
    return SIZE_MAX;
}

/* Whether the bytes that a needle begins and ends with are right anywhere
 * among sixteen places, `span` apart. */
static inline lanes
both_at(const char *p, size_t span, lanes first, lanes last)
{
    return lanes_same(lanes_load(p), first) &
           lanes_same(lanes_load(p + span), last);
}

/* First and last byte of the needle are looked for at many places at once:
 * both are right hardly anywhere else. */
size_t
text_find(struct slice s, struct slice needle)
{
    size_t i = 0, found = SIZE_MAX, span = needle.n - 1, places;
    lanes first, last;

    if (needle.n == 0 || needle.n > s.n)
        return needle.n == 0 ? 0 : s.n;
    places = s.n - span;
    first = lanes_of(needle.p[0]);
    last = lanes_of(needle.p[span]);
    for (; places - i >= 2 * LANES; i += 2 * LANES)
        if (lanes_any(both_at(s.p + i, span, first, last) |
                      both_at(s.p + i + LANES, span, first, last)) &&
            (found = find_each(s, needle, i, i + 2 * LANES)) != SIZE_MAX)
            return found;
    if (places - i < LANES || lanes_any(both_at(s.p + i, span, first, last)))
        found = find_each(s, needle, i, places);
    else if (lanes_any(both_at(s.p + places - LANES, span, first, last)))
        found = find_each(s, needle, places - LANES, places);
    return found != SIZE_MAX ? found : s.n;
}

struct slice
text_trim(struct slice s)
{
    while (s.n > 0 && text_space(s.p[0]))
        s = slice_from(s, 1);
    while (s.n > 0 && text_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool
text_cut(struct slice *rest, char c, struct slice *piece)
{
    size_t at;

    if (rest->p == NULL)
        return false;
    at = slice_chr(*rest, c);
    *piece = slice_head(*rest, at);
    *rest = at < rest->n ? slice_of(rest->p + at + 1, rest->n - at - 1)
                         : slice_of(NULL, 0);
    return true;
}

/* Any pattern: a star that does not fit as it is takes in one byte more. */
static bool
glob_any(struct slice pattern, struct slice s)
{
    size_t p = 0, i = 0, star = SIZE_MAX, from = 0;

    while (i < s.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            from = i;
        } else if (p < pattern.n &&
                   (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

/* Most patterns are "text", "*text" and "*text*". */
bool
text_glob(struct slice pattern, struct slice s)
{
    size_t head = pattern.n > 0 && pattern.p[0] == '*', tail = head;

    while (tail < pattern.n && pattern.p[tail] != '*' && pattern.p[tail] != '?')
        tail++;
    if (tail == pattern.n)
        return head != 0 ? slice_ends(s, slice_from(pattern, 1))
                         : slice_eq(s, pattern);
    if (head != 0 && tail == pattern.n - 1 && pattern.p[tail] == '*')
        return text_find(s, slice_of(pattern.p + 1, pattern.n - 2)) != s.n;
    return glob_any(pattern, s);
}

/* Length of the valid UTF-8 character at the start of s, or 0.  The ranges
 * are those of RFC 3629 section 4. */
static size_t
utf8_one(struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    unsigned char lo = 0x80, hi = 0xbf;

    if (n == 1)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4 || s.n < n)
        return 0;
    if (p[0] == 0xe0)
        lo = 0xa0;
    else if (p[0] == 0xed)
        hi = 0x9f;
    else if (p[0] == 0xf0)
        lo = 0x90;
    else if (p[0] == 0xf4)
        hi = 0x8f;
    if (p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

bool
text_line_end(struct slice s)
{
    return slice_starts(s, SLICE("\xe2\x80\xa8")) ||
           slice_starts(s, SLICE("\xe2\x80\xa9"));
}

size_t
text_utf8(struct slice s)
{
    size_t i = 0;

    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        size_t n;

        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
            break;
        n = utf8_one(slice_from(s, i));
        if (n == 0 || (n == 3 && text_line_end(slice_from(s, i))))
            break;
        i += n;
    }
    return i;
}

void
text_put_utf8(struct buf *b, uint32_t cp)
{
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = 0xfffd;
    if (cp < 0x80) {
        buf_byte(b, (unsigned char)cp);
        return;
    }
    if (cp < 0x800) {
        buf_byte(b, (unsigned char)(0xc0 | cp >> 6));
    } else {
        if (cp < 0x10000) {
            buf_byte(b, (unsigned char)(0xe0 | cp >> 12));
        } else {
            buf_byte(b, (unsigned char)(0xf0 | cp >> 18));
            buf_byte(b, (unsigned char)(0x80 | (cp >> 12 & 0x3f)));
        }
        buf_byte(b, (unsigned char)(0x80 | (cp >> 6 & 0x3f)));
    }
    buf_byte(b, (unsigned char)(0x80 | (cp & 0x3f)));
}

static int
hex_digit(char c)
{
    c = text_lower(c);
    if (text_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits at the start of s, or -1. */
static int32_t
hex_four(struct slice s)
{
    int32_t v = 0;

    if (s.n < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        int d = hex_digit(s.p[i]);

        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* What one letter after a backslash stands for, or 0. */
static char
short_escape(char c)
{
    static const char plain[128] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };

    return (c & 0x80) == 0 ? plain[(unsigned char)c] : '\0';
}

/* The escape after a backslash; returns the bytes read, 0 when unknown. */
static size_t
unescape_one(struct buf *b, struct slice s)
{
    char c = s.n > 0 ? short_escape(s.p[0]) : '\0';
    int32_t hi, lo;

    if (c != '\0') {
        buf_byte(b, (unsigned char)c);
        return 1;
    }
    if (s.n == 0 || s.p[0] != 'u')
        return 0;
    hi = hex_four(slice_from(s, 1));
    if (hi < 0)
        return 0;
    if (hi >= 0xd800 && hi < 0xdc00 && s.n >= 11 && s.p[5] == '\\' &&
        s.p[6] == 'u') {
        lo = hex_four(slice_from(s, 7));
        if (lo >= 0xdc00 && lo < 0xe000) {
            text_put_utf8(b, 0x10000u + ((uint32_t)(hi - 0xd800) << 10) +
                                 (uint32_t)(lo - 0xdc00));
            return 11;
        }
    }
    text_put_utf8(b, (uint32_t)hi);
    return 5;
}

/* Writes what s begins with up to a quote, a backslash or a control
 * character; returns how much that is. */
static size_t
put_run(struct buf *b, struct slice s)
{
    size_t i = 0;

    /* Runs are short: copied while they are looked at, past their end. */
    while (s.n - i >= LANES && b->max - b->n >= LANES) {
        lanes x = lanes_load(s.p + i);
        size_t run = lanes_first(lanes_marks(x));

        memcpy(b->p + b->n, &x, LANES);
        b->n += run;
        i += run;
        if (run < LANES)
            return i;
    }
    for (; i < s.n && !wide_is_mark(s.p[i]); i++)
        buf_byte(b, (unsigned char)s.p[i]);
    return i;
}

size_t
text_unescape_some(struct buf *b, struct slice s)
{
    size_t i = 0, used = 0;

    while (i < s.n) {
        i += put_run(b, slice_of(s.p + i, s.n - i));
        if (i == s.n || s.p[i] != '\\')
            break;
        used = unescape_one(b, slice_of(s.p + i + 1, s.n - i - 1));
        if (used == 0)
            break;
        i += 1 + used;
    }
    return i;
}

bool
text_unescape(struct buf *b, struct slice s)
{
    for (;;) {
        size_t i = text_unescape_some(b, s);

        if (i == s.n || s.p[i] == '\\')
            return i == s.n;
        buf_byte(b, (unsigned char)s.p[i]);
        s = slice_from(s, i + 1);
    }
}

void
text_unquote(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        int hi = i + 2 < s.n && s.p[i] == '%' ? hex_digit(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? hex_digit(s.p[i + 2]) : -1;

        if (lo >= 0) {
            buf_byte(b, (unsigned char)(hi << 4 | lo));
            i += 2;
        } else {
            buf_byte(b, (unsigned char)s.p[i]);
        }
    }
}

uint64_t
text_hash(struct slice s)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
    h ^= h >> 32;
    h *= 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}
