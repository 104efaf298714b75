#include "output/prose.h"

#include <stdint.h>

#include "base/text.h"

#define ELLIPSIS SLICE("\xe2\x80\xa6")
#define REPLACED SLICE("\xef\xbf\xbd")

/*
 * What becomes of characters that mean something to a service.
 * Slack: docs.slack.dev/messaging/formatting-message-text, "Escaping text".
 * Discord takes a backslash before any punctuation; between backticks there
 * is no escape at all, so one becomes a letter that looks like it, U+02CB.
 */
static const struct {
    const char *special;    /* these ... */
    const char *instead[6]; /* ... become these; NULL: a backslash before */
    bool code;
} markups[PROSE_MARKUPS] = {
    [PROSE_PLAIN] = {"", {NULL}, false},
    [PROSE_SLACK] = {"&<>", {"&amp;", "&lt;", "&gt;"}, false},
    [PROSE_SLACK_CODE] = {"&<>`", {"&amp;", "&lt;", "&gt;", "\xcb\x8b"}, true},
    [PROSE_DISCORD] = {"\\*_~`|>#-[]()<:@", {NULL}, false},
    [PROSE_DISCORD_CODE] = {"`", {"\xcb\x8b"}, true},
};

/* Marks that change how text before or after them is read, and what may end
 * a line: Unicode's Bidi_Control, Cc, and U+2028/2029. */
static bool
is_harmful(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x61c ||
           cp == 0x200e || cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

struct prose
prose_over(char *mem, size_t units)
{
    return (struct prose){.b = buf_over(mem, PROSE_BYTES(units)), .max = units};
}

/* UTF-16 units of valid UTF-8: two for each character of four bytes. */
static size_t
units_of(struct slice s)
{
    size_t units = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        units += (c & 0xc0) != 0x80;
        units += c >= 0xf0;
    }
    return units;
}

void
prose_put(struct prose *p, struct slice words)
{
    size_t units = units_of(words);

    if (units > prose_left(p))
        return;
    buf_put(&p->b, words);
    p->units += units;
}

/* The code point of one valid UTF-8 character. */
static uint32_t
code_point(struct slice s)
{
    unsigned char c = (unsigned char)s.p[0];
    uint32_t cp = c < 0x80 ? c : c & (0x7fu >> s.n);

    for (size_t i = 1; i < s.n; i++)
        cp = cp << 6 | ((unsigned char)s.p[i] & 0x3f);
    return cp;
}

/* Takes an escape off *s: one of \x, \uXXXX, or two of those for one
 * character. */
static struct slice
cut_escape(struct slice *s, struct buf *b)
{
    struct slice escape = slice_head(*s, 2);

    if (s->n >= 6 && s->p[1] == 'u') {
        bool pair = s->n >= 12 && (s->p[2] == 'd' || s->p[2] == 'D') &&
                    s->p[6] == '\\' && s->p[7] == 'u' &&
                    (s->p[3] == '8' || s->p[3] == '9' ||
                     text_lower(s->p[3]) == 'a' || text_lower(s->p[3]) == 'b');

        escape = slice_head(*s, pair ? 12 : 6);
    }
    *s = slice_from(*s, escape.n);
    if (!text_unescape(b, escape))
        return REPLACED;
    return buf_slice(b);
}

/*
 * The next character of a value: valid UTF-8, harmless, not yet escaped.
 * mem takes what an escape stands for.  Two halves that are no pair give two
 * replacements; only the first is shown.
 */
static struct slice
cut_character(struct slice *s, bool quoted, char mem[8])
{
    struct buf b = buf_over(mem, 8);
    unsigned char c = (unsigned char)s->p[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    struct slice one = slice_head(*s, n);
    uint32_t cp;

    if (quoted && c == '\\') {
        one = cut_escape(s, &b);
    } else if (c >= 0x80 && text_utf8(one) != n && !text_line_end(one)) {
        *s = slice_from(*s, 1);
        return REPLACED;
    } else {
        *s = slice_from(*s, n);
    }
    n = one.n > 0 && (one.p[0] & 0x80) == 0 ? 1 : one.n;
    cp = n > 0 ? code_point(slice_head(one, n)) : 0;
    if (cp == '\n' || cp == '\r' || cp == '\t')
        return SLICE(" ");
    return is_harmful(cp) ? REPLACED : slice_head(one, n);
}

/* A character as the markup wants it; mem holds it if it is changed. */
static struct slice
escape_character(struct slice c, enum prose_markup markup, char mem[2])
{
    const char *special = markups[markup].special;
    const char *at = c.n == 1 ? strchr(special, c.p[0]) : NULL;
    const char *instead;

    if (at == NULL || *at == '\0')
        return c;
    instead = markups[markup].instead[0] != NULL
                  ? markups[markup].instead[at - special]
                  : NULL;
    if (instead != NULL)
        return slice_str(instead);
    mem[0] = '\\';
    mem[1] = *at;
    return slice_of(mem, 2);
}

/* The inside of a value, at most `most` characters of it. */
static void
put_inside(struct prose *p, struct slice s, bool quoted,
           enum prose_markup markup, size_t most)
{
    size_t used = 0, end_n = p->b.n, end_used = 0;
    char mem[8], escaped[2];

    while (s.n > 0) {
        struct slice c =
            escape_character(cut_character(&s, quoted, mem), markup, escaped);
        size_t units = units_of(c);

        if (units > most - used) { /* back to where "…" still fits */
            p->b.n = end_n;
            used = end_used;
            buf_put(&p->b, most > used ? ELLIPSIS : SLICE(""));
            used += most > used;
            break;
        }
        buf_put(&p->b, c);
        used += units;
        if (used < most) {
            end_n = p->b.n;
            end_used = used;
        }
    }
    p->units += used;
}

void
prose_value(struct prose *p, struct slice json, enum prose_markup markup,
            size_t most)
{
    bool code = markups[markup].code;
    bool quoted = json.n > 2 && json.p[0] == '"';

    if (most > prose_left(p))
        most = prose_left(p);
    if (most < 3)
        return;
    if (quoted)
        json = slice_of(json.p + 1, json.n - 2);
    if (code)
        prose_put(p, SLICE("`"));
    put_inside(p, json, quoted, markup, code ? most - 2 : most);
    if (code)
        prose_put(p, SLICE("`"));
}
