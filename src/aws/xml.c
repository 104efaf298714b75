#include "aws/xml.h"

#include "base/err.h"
#include "base/text.h"

static const struct slice cdata = SLICE_INIT("<![CDATA[");

void
xml_init(struct xml *x, struct slice text)
{
    *x = (struct xml){.left = text};
    if (slice_starts(x->left, SLICE("\xef\xbb\xbf")))
        x->left = slice_from(x->left, 3);
}

/* Passes over everything to the end of `end`; false when it is not there. */
static bool
skip_past(struct slice *s, struct slice end)
{
    size_t at = text_find(*s, end);

    if (at == s->n)
        return false;
    *s = slice_of(s->p + at + end.n, s->n - at - end.n);
    return true;
}

/* Letters and what else is above ASCII or common; enough to tell a name from
 * what is none. */
static bool
is_name_byte(char c, bool first)
{
    char low = text_lower(c);

    return (low >= 'a' && low <= 'z') || c == '_' || c == ':' ||
           (unsigned char)c >= 0x80 ||
           (!first && (text_digit(c) || c == '-' || c == '.'));
}

/* A name off the start of *s; empty when there is none. */
static struct slice
cut_name(struct slice *s)
{
    struct slice name;
    size_t n = 0;

    while (n < s->n && is_name_byte(s->p[n], n == 0))
        n++;
    name = slice_head(*s, n);
    *s = slice_of(s->p + n, s->n - n);
    return name;
}

static void
skip_space(struct slice *s)
{
    while (s->n > 0 && text_space(s->p[0]))
        *s = slice_of(s->p + 1, s->n - 1);
}

/* One attribute, white space before it included. */
static int
skip_attribute(struct slice *s)
{
    size_t end;
    char quote;

    if (cut_name(s).n == 0)
        return ERR_SYNTAX;
    skip_space(s);
    if (s->n == 0 || s->p[0] != '=')
        return s->n == 0 ? ERR_MORE : ERR_SYNTAX;
    *s = slice_of(s->p + 1, s->n - 1);
    skip_space(s);
    if (s->n == 0)
        return ERR_MORE;
    quote = s->p[0];
    if (quote != '"' && quote != '\'')
        return ERR_SYNTAX;
    *s = slice_of(s->p + 1, s->n - 1);
    end = slice_chr(*s, quote);
    if (end == s->n)
        return ERR_MORE;
    if (slice_chr(slice_head(*s, end), '<') < end)
        return ERR_SYNTAX;
    *s = slice_of(s->p + end + 1, s->n - end - 1);
    return 0;
}

/* Takes the innermost element off. */
static void
close_element(struct xml *x, struct slice raw)
{
    x->name = x->open[--x->depth];
    x->parent = x->depth > 0 ? x->open[x->depth - 1] : slice_of("", 0);
    x->raw = raw;
    x->text = NULL;
}

/* "<name a='b'>" or "<name/>": 1 when it is closed already. */
static int
read_open(struct xml *x)
{
    struct slice s = slice_from(x->left, 1), name = cut_name(&s);
    bool spaced;
    int rc;

    if (name.n == 0 || (x->depth == 0 && x->begun))
        return s.n == 0 ? ERR_MORE : ERR_SYNTAX;
    if (x->depth == XML_DEPTH_MAX)
        return ERR_LIMIT;
    for (;;) {
        spaced = s.n > 0 && text_space(s.p[0]);
        skip_space(&s);
        if (s.n == 0)
            return ERR_MORE;
        if (s.p[0] == '>' || s.p[0] == '/')
            break;
        rc = spaced ? skip_attribute(&s) : ERR_SYNTAX;
        if (rc != 0)
            return rc;
    }
    x->begun = true;
    x->open[x->depth++] = name;
    if (s.p[0] == '>') {
        x->left = slice_of(s.p + 1, s.n - 1);
        x->text = x->left.p;
        return 0;
    }
    if (s.n < 2 || s.p[1] != '>')
        return s.n < 2 ? ERR_MORE : ERR_SYNTAX;
    x->left = slice_of(s.p + 2, s.n - 2);
    close_element(x, slice_of("", 0));
    return 1;
}

/* "</name>" */
static int
read_close(struct xml *x)
{
    struct slice s = slice_from(x->left, 2), name = cut_name(&s), raw;

    skip_space(&s);
    if (s.n == 0)
        return ERR_MORE;
    if (s.p[0] != '>' || x->depth == 0 ||
        !slice_eq(name, x->open[x->depth - 1]))
        return ERR_SYNTAX;
    raw = x->text != NULL ? slice_of(x->text, (size_t)(x->left.p - x->text))
                          : slice_of("", 0);
    x->left = slice_of(s.p + 1, s.n - 1);
    close_element(x, raw);
    return 1;
}

/* What begins with "<": 1 when an element ended, 0 when not. */
static int
read_markup(struct xml *x)
{
    struct slice s = x->left;

    if (s.n < 2)
        return ERR_MORE;
    if (s.p[1] == '/')
        return read_close(x);
    if (slice_starts(s, SLICE("<!--"))) {
        x->left = slice_from(s, 4);
        return skip_past(&x->left, SLICE("-->")) ? 0 : ERR_MORE;
    }
    if (s.p[1] == '?') {
        x->left = slice_from(s, 2);
        return skip_past(&x->left, SLICE("?>")) ? 0 : ERR_MORE;
    }
    if (s.p[1] != '!')
        return read_open(x);
    if (x->depth == 0 || !slice_starts(s, cdata))
        return slice_starts(cdata, s) ? ERR_MORE : ERR_SYNTAX;
    x->left = slice_from(s, cdata.n);
    return skip_past(&x->left, SLICE("]]>")) ? 0 : ERR_MORE;
}

int
xml_next(struct xml *x)
{
    for (;;) {
        size_t n = slice_chr(x->left, '<');
        int rc;

        /* Outside of the root there is nothing but white space. */
        if (x->depth == 0 && text_trim(slice_head(x->left, n)).n > 0)
            return ERR_SYNTAX;
        if (n == x->left.n)
            return x->depth == 0 && x->begun ? 0 : ERR_MORE;
        x->left = slice_of(x->left.p + n, x->left.n - n);
        rc = read_markup(x);
        if (rc != 0)
            return rc;
    }
}

/* "lt", "#65", "#x41": what stands between '&' and ';'. */
static bool
put_entity(struct buf *b, struct slice name)
{
    static const struct {
        struct slice name;
        char c;
    } known[] = {
        {SLICE_INIT("lt"), '<'},    {SLICE_INIT("gt"), '>'},
        {SLICE_INIT("amp"), '&'},   {SLICE_INIT("quot"), '"'},
        {SLICE_INIT("apos"), '\''},
    };
    bool hex = slice_starts(name, SLICE("#x"));
    uint32_t cp = 0;

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (slice_eq(name, known[i].name)) {
            buf_byte(b, (unsigned char)known[i].c);
            return true;
        }
    if (name.n < 2 || name.p[0] != '#' || (hex && name.n < 3) || name.n > 9)
        return false;
    for (size_t i = hex ? 2 : 1; i < name.n; i++) {
        char c = text_lower(name.p[i]);

        if (!text_digit(c) && !(hex && c >= 'a' && c <= 'f'))
            return false;
        cp = cp * (hex ? 16 : 10) +
             (uint32_t)(text_digit(c) ? c - '0' : c - 'a' + 10);
    }
    if (cp == 0)
        return false;
    text_put_utf8(b, cp);
    return true;
}

bool
xml_decode(struct buf *b, struct slice raw)
{
    while (raw.n > 0) {
        size_t n = 0, end;

        while (n < raw.n && raw.p[n] != '&' && raw.p[n] != '<')
            n++;
        buf_put(b, slice_head(raw, n));
        raw = slice_of(raw.p + n, raw.n - n);
        if (raw.n == 0)
            break;
        if (slice_starts(raw, cdata)) {
            raw = slice_from(raw, cdata.n);
            end = text_find(raw, SLICE("]]>"));
            if (end == raw.n)
                return false;
            buf_put(b, slice_head(raw, end));
            raw = slice_from(raw, end + 3);
        } else if (raw.p[0] == '<') { /* a comment, an instruction */
            if (!skip_past(&raw, raw.n > 1 && raw.p[1] == '?' ? SLICE("?>")
                                                              : SLICE("-->")))
                return false;
        } else {
            end = slice_chr(raw, ';');
            if (end == raw.n || !put_entity(b, slice_of(raw.p + 1, end - 1)))
                return false;
            raw = slice_from(raw, end + 1);
        }
    }
    return true;
}
