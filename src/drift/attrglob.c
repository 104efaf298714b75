#include "drift/attrglob.h"

#include "base/buf.h"
#include "base/text.h"

/* Length of an index "[12]" at the start of s, or 0. */
static size_t
attrglob_index(struct slice s)
{
    size_t i = 1;

    if (s.n < 3 || s.p[0] != '[')
        return 0;
    while (i < s.n && text_digit(s.p[i]))
        i++;
    return i > 1 && i < s.n && s.p[i] == ']' ? i + 1 : 0;
}

/* Keys of maps may hold brackets too; only digits in them are an index. */
void
attrglob_plain(struct buf *b, struct slice path)
{
    for (size_t i = 0; i < path.n;) {
        size_t n = attrglob_index(slice_from(path, i));

        if (n == 0)
            buf_byte(b, (unsigned char)path.p[i++]);
        i += n;
    }
}

/* As it is first: a rule that names an index means that one. */
bool
attrglob_match(struct slice glob, struct slice head, struct slice path)
{
    char mem[ATTRGLOB_MAX_BYTES];
    struct buf b = buf_over(mem, sizeof(mem));
    size_t from;

    /* Half for each, so that neither can push the other out. */
    head = slice_head(head, sizeof(mem) / 2);
    path = slice_head(path, sizeof(mem) / 2);
    buf_put(&b, head);
    from = b.n;
    buf_put(&b, path);
    if (text_glob(glob, buf_slice(&b)))
        return true;
    b.n = from;
    attrglob_plain(&b, path);
    /* The path, then what it stands in: cut at its last dot, and again. */
    for (;;) {
        if (text_glob(glob, buf_slice(&b)))
            return true;
        while (b.n > from && b.p[b.n - 1] != '.')
            b.n--;
        if (b.n <= from)
            return false;
        b.n--;
    }
}
