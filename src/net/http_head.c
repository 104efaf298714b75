#include "base/text.h"
#include "net/http.h"

/* Which bytes a token is made of besides letters and digits: RFC 9110
 * section 5.6.2. */
static bool
is_token(char c)
{
    return text_digit(c) || (text_lower(c) >= 'a' && text_lower(c) <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_control(char c)
{
    return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

static struct slice
trim_blanks(struct slice s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = slice_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

ssize_t
http_head_end(struct slice in, struct slice start, size_t *seen, struct err *e)
{
    if (!slice_starts(in, slice_head(start, in.n)))
        return err_set(e, ERR_SYNTAX, "this is not HTTP/1");
    for (size_t i = *seen; i < in.n; i++) {
        char c = in.p[i];

        if (i >= HTTP_HEAD_MAX_BYTES)
            return err_set(e, ERR_LIMIT, "headers of more than %d bytes",
                           HTTP_HEAD_MAX_BYTES);
        /* Line ends are CR LF; neither stands alone: RFC 9112 section 2.2
         * lets one be lenient, and ends where two disagree about a line. */
        if ((c == '\n') != (i > 0 && in.p[i - 1] == '\r') ||
            (is_control(c) && c != '\r' && c != '\n'))
            return err_set(e, ERR_SYNTAX, "a control character in a header");
        if (c == '\n' && i == 1)
            return err_set(e, ERR_SYNTAX, "an empty line before the headers");
        if (c == '\n' && i >= 3 && in.p[i - 2] == '\n')
            return (ssize_t)i + 1;
    }
    *seen = in.n;
    return ERR_MORE;
}

/* Cuts a line with its CR LF off; p is NULL when there is none. */
static struct slice
cut_line(struct slice *rest)
{
    size_t at = slice_chr(*rest, '\n');
    struct slice line = slice_head(*rest, at);

    if (at == rest->n || at == 0 || line.p[at - 1] != '\r')
        return slice_of(NULL, 0);
    *rest = slice_from(*rest, at + 1);
    line.n--;
    for (size_t i = 0; i < line.n; i++)
        if (is_control(line.p[i]))
            return slice_of(NULL, 0);
    return line;
}

static int
parse_header(struct http_head *h, struct slice line, struct err *e)
{
    size_t colon = slice_chr(line, ':');
    struct slice name = slice_head(line, colon);

    if (line.p[0] == ' ' || line.p[0] == '\t')
        return err_set(e, ERR_SYNTAX, "a header is folded over two lines");
    if (colon == line.n || colon == 0)
        return err_set(e, ERR_SYNTAX, "a header without a name");
    for (size_t i = 0; i < name.n; i++)
        if (!is_token(name.p[i]))
            return err_set(e, ERR_SYNTAX, "a header's name is no name");
    if (h->n_headers == HTTP_HEADERS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d headers", HTTP_HEADERS_MAX);
    h->headers[h->n_headers++] =
        (struct http_header){name, trim_blanks(slice_from(line, colon + 1))};
    return 0;
}

/* All headers up to and with the empty line, which ends the head. */
static int
parse_headers(struct http_head *h, struct slice rest, struct err *e)
{
    struct slice line;
    int rc = 0;

    while (rc == 0) {
        line = cut_line(&rest);
        if (line.p == NULL)
            return err_set(e, ERR_SYNTAX, "a header's line does not end");
        if (line.n == 0)
            return rest.n == 0 ? 0
                               : err_set(e, ERR_SYNTAX, "bytes after a head");
        rc = parse_header(h, line, e);
    }
    return rc;
}

struct slice
http_header_get(const struct http_header *headers, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++)
        if (text_eq_fold(headers[i].name, name))
            return headers[i].value;
    return slice_of(NULL, 0);
}

bool
http_header_has(struct slice value, struct slice word)
{
    struct slice rest = value, piece;

    while (text_cut(&rest, ',', &piece))
        if (text_eq_fold(trim_blanks(piece), word))
            return true;
    return false;
}

/* Digits alone; 18 of them cannot overflow. */
static int
parse_length(struct http_head *h, struct slice text, struct err *e)
{
    int64_t n = 0;

    if (h->length >= 0)
        return err_set(e, ERR_SYNTAX, "Content-Length stands there twice");
    if (text.n == 0 || text.n > 18)
        return err_set(e, ERR_SYNTAX, "Content-Length is no length");
    for (size_t i = 0; i < text.n; i++) {
        if (!text_digit(text.p[i]))
            return err_set(e, ERR_SYNTAX, "Content-Length is no length");
        n = n * 10 + (text.p[i] - '0');
    }
    h->length = n;
    return 0;
}

/*
 * Sets length, framing and keep_alive from the headers.  Two ways to tell
 * where a body ends could be read in two ways, which is how answers are
 * smuggled past a proxy (RFC 9112 section 11.2): there is only one, or none.
 */
static int
parse_framing(struct http_head *h, int minor, struct err *e)
{
    bool close = minor == 0, told = false, chunked = false;
    int rc = 0;

    h->length = -1;
    for (size_t i = 0; i < h->n_headers && rc == 0; i++) {
        struct http_header x = h->headers[i];

        if (text_eq_fold(x.name, SLICE("content-length"))) {
            rc = parse_length(h, x.value, e);
        } else if (text_eq_fold(x.name, SLICE("transfer-encoding"))) {
            if (chunked || minor == 0 ||
                !text_eq_fold(x.value, SLICE("chunked")))
                return err_set(e, ERR_SYNTAX,
                               "a Transfer-Encoding that is not known");
            chunked = true;
        } else if (text_eq_fold(x.name, SLICE("connection"))) {
            if (http_header_has(x.value, SLICE("close")))
                close = told = true;
            else if (!told && http_header_has(x.value, SLICE("keep-alive")))
                close = false;
        }
    }
    if (rc == 0 && chunked && h->length >= 0)
        return err_set(e, ERR_SYNTAX,
                       "both Content-Length and Transfer-Encoding");
    h->keep_alive = !close;
    h->framing = chunked          ? HTTP_CHUNKED
                 : h->length >= 0 ? HTTP_LENGTH
                                  : HTTP_UNTIL_CLOSE;
    return rc;
}

/* "HTTP/1.x": the x, or -1. */
static int
parse_version(struct slice s)
{
    if (s.n != 8 || !slice_starts(s, SLICE("HTTP/1.")) || !text_digit(s.p[7]))
        return -1;
    return s.p[7] - '0';
}

/* "HTTP/1.1 200 OK", also without reason and the blank before it. */
static int
parse_status(struct http_head *h, struct slice line)
{
    int minor = parse_version(slice_head(line, 8));

    if (minor < 0 || line.n < 12 || line.p[8] != ' ' ||
        (line.n > 12 && line.p[12] != ' '))
        return -1;
    for (size_t i = 9; i < 12; i++) {
        if (!text_digit(line.p[i]))
            return -1;
        h->status = h->status * 10 + (line.p[i] - '0');
    }
    return h->status >= 100 && h->status <= 599 ? minor : -1;
}

int
http_answer_parse(struct http_head *h, struct slice head, struct slice method,
                  struct err *e)
{
    struct slice line = cut_line(&head);
    int minor, rc;

    h->status = 0;
    h->n_headers = 0;
    h->method = h->target = slice_of(NULL, 0);
    minor = line.p != NULL ? parse_status(h, line) : -1;
    if (minor < 0)
        return err_set(e, ERR_SYNTAX, "a status line that is none");
    rc = parse_headers(h, head, e);
    if (rc == 0)
        rc = parse_framing(h, minor, e);
    if (rc < 0)
        return rc;
    if (h->status < 200 || h->status == 204 || h->status == 304 ||
        slice_eq(method, SLICE("HEAD")) ||
        (slice_eq(method, SLICE("CONNECT")) && h->status < 300))
        h->framing = HTTP_NO_BODY;
    if (h->framing == HTTP_UNTIL_CLOSE)
        h->keep_alive = false;
    return 0;
}

int
http_request_parse(struct http_head *h, struct slice head, struct err *e)
{
    struct slice line = cut_line(&head), rest = line;
    struct slice version = SLICE("");
    int minor, rc;

    h->status = 0;
    h->n_headers = 0;
    h->method = h->target = slice_of(NULL, 0);
    if (!text_cut(&rest, ' ', &h->method) || h->method.n == 0 ||
        !text_cut(&rest, ' ', &h->target) || h->target.n == 0 ||
        !text_cut(&rest, ' ', &version) || rest.p != NULL)
        return err_set(e, ERR_SYNTAX, "a request line that is none");
    for (size_t i = 0; i < h->method.n; i++)
        if (!is_token(h->method.p[i]))
            return err_set(e, ERR_SYNTAX, "a method that is none");
    minor = parse_version(version);
    if (minor < 0)
        return err_set(e, ERR_SYNTAX, "this is not HTTP/1");
    rc = parse_headers(h, head, e);
    if (rc == 0)
        rc = parse_framing(h, minor, e);
    if (rc == 0 && h->framing == HTTP_UNTIL_CLOSE)
        h->framing = HTTP_NO_BODY;
    return rc;
}
