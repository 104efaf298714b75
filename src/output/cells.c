#include "output/cells.h"

#include <stdint.h>

#include "base/text.h"

#define CELLS_ELLIPSIS SLICE("\xe2\x80\xa6")
#define CELLS_REPLACED SLICE("\xef\xbf\xbd")

/* Ranges of code points that take no or two columns, or are not shown; the
 * rest takes one.  From the Unicode character database: East_Asian_Width
 * W and F, General_Category Mn, Cc, Bidi_Control; blocks, not every hole. */
static const struct {
    uint32_t first, last;
    signed char width; /* -1: replaced */
} ranges[] = {
    {0x00, 0x1f, -1},       {0x7f, 0x9f, -1},      {0x300, 0x36f, 0},
    {0x61c, 0x61c, -1},     {0x1100, 0x115f, 2},   {0x200b, 0x200d, 0},
    {0x200e, 0x200f, -1},   {0x2028, 0x202e, -1},  {0x2060, 0x2064, 0},
    {0x2066, 0x2069, -1},   {0x20d0, 0x20ff, 0},   {0x2e80, 0x303e, 2},
    {0x3041, 0xa4cf, 2},    {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},
    {0xfe00, 0xfe0f, 0},    {0xfe30, 0xfe6f, 2},   {0xfeff, 0xfeff, 0},
    {0xff00, 0xff60, 2},    {0xffe0, 0xffe6, 2},   {0x1f300, 0x1f64f, 2},
    {0x1f680, 0x1f6ff, 2},  {0x1f900, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
    {0xe0000, 0xe0fff, -1},
};

/* A few dozen ranges, and mostly the first is it: no need to search better. */
static int
width_of(uint32_t cp)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
        if (cp >= ranges[i].first && cp <= ranges[i].last)
            return ranges[i].width;
    return 1;
}

/* One character at the start of s: its bytes, code point and columns. */
struct cell {
    size_t bytes;
    int width; /* -1: to be replaced */
};

static struct cell
cell_at(struct slice s)
{
    unsigned char c = (unsigned char)s.p[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t cp = c < 0x80 ? c : c & (0x7fu >> n);

    if (c < 0x80)
        return (struct cell){1, width_of(c)};
    /* text_utf8() knows what is valid; its run holds this character. */
    if (text_utf8(slice_head(s, n)) != n)
        return (struct cell){1, -1};
    for (size_t i = 1; i < n; i++)
        cp = cp << 6 | ((unsigned char)s.p[i] & 0x3f);
    return (struct cell){n, width_of(cp)};
}

/* U+FFFD takes one column. */
static size_t
drawn(struct cell c)
{
    return c.width < 0 ? 1 : (size_t)c.width;
}

size_t
cells_width(struct slice s)
{
    size_t sum = 0;

    while (s.n > 0) {
        struct cell c = cell_at(s);

        sum += drawn(c);
        s = slice_from(s, c.bytes);
    }
    return sum;
}

size_t
cells_bytes(struct slice s, size_t width)
{
    size_t at = 0;

    while (at < s.n) {
        struct cell c = cell_at(slice_from(s, at));

        if (drawn(c) > width)
            break;
        width -= drawn(c);
        at += c.bytes;
    }
    return at;
}

/* Puts all of s. */
static void
put_all(struct buf *b, struct slice s)
{
    while (s.n > 0) {
        struct cell c = cell_at(s);

        if (s.p[0] == '\n' || s.p[0] == '\t')
            buf_byte(b, ' '); /* a document that was laid out */
        else
            buf_put(b, c.width < 0 ? CELLS_REPLACED : slice_head(s, c.bytes));
        s = slice_from(s, c.bytes);
    }
}

size_t
cells_put(struct buf *b, struct slice s, size_t width, enum cells_cut cut)
{
    size_t all = cells_width(s), tail = 0, from;
    struct slice head;

    if (all <= width) {
        put_all(b, s);
        return all;
    }
    if (width == 0)
        return 0;
    /* The name at the end says more than the modules before it. */
    if (cut == CELLS_CUT_MIDDLE)
        tail = (width - 1) * 2 / 3;
    head = slice_head(s, cells_bytes(s, width - 1 - tail));
    from = cells_bytes(s, all - tail);
    /* A wide character may stand across the place. */
    if (cells_width(slice_from(s, from)) > tail)
        from += cell_at(slice_from(s, from)).bytes;
    put_all(b, head);
    buf_put(b, CELLS_ELLIPSIS);
    put_all(b, slice_from(s, from));
    return cells_width(head) + 1 + cells_width(slice_from(s, from));
}

void
cells_blank(struct buf *b, size_t n)
{
    while (n-- > 0)
        buf_byte(b, ' ');
}

void
cells_pad(struct buf *b, struct slice s, size_t width, enum cells_cut cut)
{
    cells_blank(b, width - cells_put(b, s, width, cut));
}
