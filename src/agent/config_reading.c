#include "config_reading.h"

#include <stdarg.h>

#include "base/fmt.h"
#include "base/log.h"

#define SHOWN_MAX_BYTES 64 /* of a key or a value */
#define FILE_SHOWN_MAX_BYTES 200

void
config_reading_quote(struct buf *b, struct slice text)
{
    log_quote(b, slice_head(text, SHOWN_MAX_BYTES));
    if (text.n > SHOWN_MAX_BYTES)
        buf_put(b, SLICE("..."));
}

static int blame_line(struct err *e, struct slice file, unsigned line,
                      const struct config_head *head, struct slice key,
                      const char *fmt, va_list ap)
    __attribute__((format(printf, 6, 0)));

/* Of a very long path the end tells more. */
static struct slice
file_end(struct slice file)
{
    size_t more = file.n > FILE_SHOWN_MAX_BYTES ? file.n : 0;

    return slice_from(file, more > 0 ? more - FILE_SHOWN_MAX_BYTES : 0);
}

/*
 * The message, piece by piece: where it is wrong, then what is.  It is cut
 * where e ends, never refused.
 */
static int
blame_line(struct err *e, struct slice file, unsigned line,
           const struct config_head *head, struct slice key, const char *fmt,
           va_list ap)
{
    char text[ERR_TEXT_MAX_BYTES];
    struct buf b = buf_over(text, sizeof(text) - 1);
    int n;

    buf_put(&b, file_end(file));
    if (line > 0)
        buf_fmt(&b, ":%u", line);
    buf_put(&b, SLICE(": "));
    if (head != NULL) {
        buf_fmt(&b, "[%s", config_layouts[head->kind].name);
        if (head->name.n > 0)
            buf_fmt(&b, " \"%.*s\"", SLICE_FMT(head->name));
        buf_put(&b, key.n > 0 ? SLICE("] ") : SLICE("]: "));
    }
    if (key.n > 0) {
        config_reading_quote(&b, key);
        buf_put(&b, SLICE(": "));
    }
    /* One byte beyond max is left for fmt_list()'s terminator. */
    n = fmt_list(b.p + b.n, b.max - b.n + 1, fmt, ap);
    if (n > 0)
        b.n += (size_t)n < b.max - b.n ? (size_t)n : b.max - b.n;
    /* A file name may hold anything; a message is one line of text. */
    for (size_t i = 0; i < b.n; i++)
        if ((unsigned char)b.p[i] < ' ' || b.p[i] == 0x7f)
            b.p[i] = '?';
    return err_set(e, ERR_CONFIG, "%.*s", SLICE_FMT(buf_slice(&b)));
}

int
config_reading_fail(struct config_reading *r, struct slice key, const char *fmt,
                    ...)
{
    va_list ap;

    va_start(ap, fmt);
    blame_line(r->e, r->c->file, r->line, r->head, key, fmt, ap);
    va_end(ap);
    return ERR_CONFIG;
}

int
config_blame(const struct config *c, const struct config_head *head,
             const char *key, struct err *e, const char *fmt, ...)
{
    unsigned line = head->line;
    const struct config_option *o = NULL, *rows;
    size_t n;
    va_list ap;

    rows = config_option_rows(head->kind, &n);
    if (key != NULL)
        o = config_option_find(head->kind, slice_str(key));
    /* A default has no line of its own: then the section's must do. */
    if (o != NULL && head->lines[o - rows] > 0)
        line = head->lines[o - rows];
    va_start(ap, fmt);
    blame_line(e, c->file, line, head, slice_str(key != NULL ? key : ""), fmt,
               ap);
    va_end(ap);
    return ERR_CONFIG;
}

int
config_reading_full(struct config_reading *r)
{
    return err_set(r->e, ERR_MEMORY,
                   "%.*s: the configuration does not fit into memory",
                   SLICE_FMT(file_end(r->c->file)));
}

void
config_known_init(struct config_known *k, struct slice word)
{
    k->list = buf_over(k->text, sizeof(k->text));
    k->guess = (struct config_guess){.word = word};
}

void
config_known_add(struct config_known *k, const char *known)
{
    if (k->list.n > 0)
        buf_put(&k->list, SLICE(", "));
    buf_put(&k->list, slice_str(known));
    config_option_guess(&k->guess, known);
}

int
config_known_fail(struct config_reading *r, const char *what,
                  const struct config_known *k)
{
    const char *best = k->guess.best;

    return config_reading_fail(
        r, k->guess.word, "unknown %s%s%s%s; allowed: %.*s", what,
        best != NULL ? ", did you mean " : "", best != NULL ? best : "",
        best != NULL ? "?" : "", SLICE_FMT(buf_slice(&k->list)));
}
