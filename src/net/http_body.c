#include "base/text.h"
#include "net/http.h"

/* Where in the chunked coding we are: RFC 9112 section 7.1. */
enum {
    CHUNK_SIZE,    /* hexadecimal digits */
    CHUNK_EXT,     /* extensions, up to the line's CR */
    CHUNK_SIZE_LF, /* the LF after it */
    CHUNK_DATA,
    CHUNK_CR,      /* the CR after the data */
    CHUNK_LF,      /* its LF */
    TRAILER_START, /* of a trailer's line, or of the empty one */
    TRAILER_LINE,  /* the rest of a trailer, which nobody reads */
    TRAILER_LF,    /* the LF that ends it */
    TRAILER_END    /* the LF that ends all */
};

void
http_body_init(struct http_body *b, const struct http_head *h)
{
    *b = (struct http_body){.framing = h->framing, .state = CHUNK_SIZE};
    if (h->framing == HTTP_LENGTH)
        b->left = (uint64_t)h->length;
    b->done = h->framing == HTTP_NO_BODY ||
              (h->framing == HTTP_LENGTH && b->left == 0);
}

static int
broken(struct err *e, const char *where)
{
    return err_set(e, ERR_SYNTAX, "the chunked coding is broken: %s", where);
}

/* One byte of a chunk's size. */
static int
take_size(struct http_body *b, char c, struct err *e)
{
    char l = text_lower(c);
    unsigned v;

    if (text_digit(c) || (l >= 'a' && l <= 'f')) {
        v = text_digit(c) ? (unsigned)(c - '0') : (unsigned)(l - 'a') + 10;
        if (b->left >> 58 != 0)
            return err_set(e, ERR_LIMIT, "a chunk of more bytes than fit");
        b->left = b->left << 4 | v;
        b->digits = true;
        return 0;
    }
    if (!b->digits)
        return broken(e, "a chunk without a size");
    if (c == '\r')
        b->state = CHUNK_SIZE_LF;
    else if (c == ';' || c == ' ' || c == '\t')
        b->state = CHUNK_EXT;
    else
        return broken(e, "a size that is no number");
    return 0;
}

/* The line of a size is over: data follows, or after size 0 the trailers. */
static void
begin_chunk(struct http_body *b)
{
    b->state = b->left > 0 ? CHUNK_DATA : TRAILER_START;
    b->digits = false;
    b->line = 0;
}

static bool
is_control(char c)
{
    return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

/* Whatever a line may say, up to its CR: then comes state `next`. */
static int
pass_line(struct http_body *b, char c, int next, struct err *e)
{
    if (c == '\r')
        b->state = next;
    else if (is_control(c))
        return broken(e, "a control character");
    return 0;
}

/* Exactly this byte: then comes state `next`. */
static int
pass_byte(struct http_body *b, char c, char want, int next, struct err *e)
{
    if (c != want)
        return broken(e, "a line does not end where it must");
    b->state = next;
    return 0;
}

/* One byte of the framing. */
static int
step(struct http_body *b, char c, struct err *e)
{
    bool trailer = b->state >= TRAILER_START;
    int rc = 0;

    if (++b->line > (trailer ? HTTP_TRAILERS_MAX_BYTES : HTTP_LINE_MAX_BYTES))
        return err_set(e, ERR_LIMIT, "more than %d bytes of a body's %s",
                       trailer ? HTTP_TRAILERS_MAX_BYTES : HTTP_LINE_MAX_BYTES,
                       trailer ? "trailers" : "chunk extension");
    switch (b->state) {
    case CHUNK_SIZE:
        return take_size(b, c, e);
    case CHUNK_EXT:
        return pass_line(b, c, CHUNK_SIZE_LF, e);
    case CHUNK_SIZE_LF:
        rc = pass_byte(b, c, '\n', CHUNK_DATA, e);
        if (rc == 0)
            begin_chunk(b);
        return rc;
    case CHUNK_CR:
        return pass_byte(b, c, '\r', CHUNK_LF, e);
    case CHUNK_LF:
        b->line = 0;
        return pass_byte(b, c, '\n', CHUNK_SIZE, e);
    case TRAILER_START:
        b->state = TRAILER_LINE;
        return pass_line(b, c, TRAILER_END, e);
    case TRAILER_LINE:
        return pass_line(b, c, TRAILER_LF, e);
    case TRAILER_LF:
        return pass_byte(b, c, '\n', TRAILER_START, e);
    default: /* TRAILER_END */
        rc = pass_byte(b, c, '\n', TRAILER_END, e);
        b->done = rc == 0;
        return rc;
    }
}

uint64_t
http_body_plain(const struct http_body *b)
{
    if (b->done)
        return 0;
    if (b->framing == HTTP_UNTIL_CLOSE)
        return UINT64_MAX;
    return b->framing == HTTP_LENGTH || b->state == CHUNK_DATA ? b->left : 0;
}

void
http_body_skip(struct http_body *b, uint64_t n)
{
    if (b->framing == HTTP_UNTIL_CLOSE)
        return;
    b->left -= n;
    if (b->left > 0)
        return;
    if (b->framing == HTTP_LENGTH)
        b->done = true;
    else
        b->state = CHUNK_CR;
}

ssize_t
http_body_next(struct http_body *b, struct slice in, struct slice *data,
               struct err *e)
{
    size_t i = 0;
    uint64_t plain;
    int rc;

    *data = slice_of("", 0);
    while (!b->done && i < in.n) {
        plain = http_body_plain(b);
        if (plain > 0) {
            *data = slice_from(in, i);
            if (data->n > plain)
                data->n = (size_t)plain;
            http_body_skip(b, data->n);
            return (ssize_t)(i + data->n);
        }
        rc = step(b, in.p[i++], e);
        if (rc < 0)
            return rc;
    }
    return (ssize_t)i;
}

int
http_body_end(struct http_body *b, struct err *e)
{
    if (b->framing == HTTP_UNTIL_CLOSE)
        b->done = true;
    if (b->done)
        return 0;
    return err_set(e, ERR_MORE, "the answer's body ends in the middle");
}
