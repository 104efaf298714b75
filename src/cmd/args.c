#include "cmd/args.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fmt.h"
#include "base/out.h"

#define HELP_COLUMN 24 /* where the sentences begin */

static const struct args_option help_option = {"help", 'h', NULL,
                                               "print this text"};

/* "  -c, --config FILE   sentence" */
static void
put_option(struct out *out, const struct args_option *o)
{
    char text[128];
    struct buf b = buf_over(text, sizeof(text));

    buf_fmt(&b, o->letter != 0 ? "  -%c, " : "      ", o->letter);
    buf_fmt(&b, "--%s", o->name);
    if (o->value != NULL)
        buf_fmt(&b, " %s", o->value);
    do
        buf_byte(&b, ' ');
    while (b.n < HELP_COLUMN);
    out_put(out, buf_slice(&b));
    out_fmt(out, "%s\n", o->help);
}

/* All that --help says, out of the tables, on standard output. */
static enum args_kind
print_help(const struct args *a)
{
    char held[4096];
    struct out out = out_over(STDOUT_FILENO, held, sizeof(held));

    out_fmt(&out, "usage: tfdrift %s%s%s%s\n\n%s\n\n", a->command,
            a->n_options > 0 ? " [OPTION]..." : "", a->words != NULL ? " " : "",
            a->words != NULL ? a->words : "", a->about);
    for (size_t i = 0; i < a->n_options; i++)
        put_option(&out, &a->options[i]);
    put_option(&out, &help_option);
    out_flush(&out);
    return ARGS_HELP;
}

int
args_wrong(const struct args *a, const char *fmt, ...)
{
    char held[1024], text[256];
    struct out out = out_over(STDERR_FILENO, held, sizeof(held));
    va_list ap;

    va_start(ap, fmt);
    fmt_list(text, sizeof(text), fmt, ap);
    va_end(ap);
    out_fmt(&out, "tfdrift %s: %s\nsee tfdrift %s --help\n", a->command, text,
            a->command);
    out_flush(&out);
    return err_status(ERR_USAGE);
}

/* A complaint about one argument, cut where somebody passed a file. */
static enum args_kind
wrong_word(const struct args *a, const char *what, struct slice word)
{
    args_wrong(a, "%s %.*s", what, SLICE_FMT(slice_head(word, 80)));
    return ARGS_WRONG;
}

/* The row that is called so, or n_options. */
static size_t
find_option(const struct args *a, struct slice name, char letter)
{
    size_t i = 0;

    while (i < a->n_options &&
           (letter != 0 ? a->options[i].letter != letter
                        : !slice_eq(slice_str(a->options[i].name), name)))
        i++;
    return i;
}

/*
 * Gives option i its value: what stands behind it in the same argument
 * (inner, p NULL when nothing does), or the next argument.
 */
static enum args_kind
give_option(struct args *a, size_t i, struct slice inner, size_t *option,
            const char **value)
{
    struct slice arg = slice_str(a->argv[a->at]);
    bool takes = a->options[i].value != NULL;

    *option = i;
    *value = inner.p;
    if (!takes && inner.p != NULL)
        return wrong_word(a, "no value is allowed in", arg);
    if (takes && inner.p == NULL) {
        if (a->at + 1 >= a->argc)
            return wrong_word(a, "a value must follow", arg);
        *value = a->argv[++a->at];
    }
    return ARGS_OPTION;
}

enum args_kind
args_next(struct args *a, size_t *option, const char **value)
{
    struct slice arg, name, inner = {NULL, 0};
    char letter = 0;
    size_t i, equal;

    if (++a->at >= a->argc)
        return ARGS_END;
    arg = slice_str(*value = a->argv[a->at]);
    if (a->no_more || arg.n < 2 || arg.p[0] != '-')
        return ARGS_WORD;
    /* From here on even "-x" is a word: files may be called so. */
    if (slice_eq(arg, SLICE("--"))) {
        a->no_more = true;
        return args_next(a, option, value);
    }
    if (slice_eq(arg, SLICE("--help")) || slice_eq(arg, SLICE("-h")))
        return print_help(a);
    name = slice_from(arg, 2);
    equal = slice_chr(name, '=');
    /* -x and what is behind it, or --name and what is behind its =. */
    if (arg.p[1] != '-') {
        letter = arg.p[1];
        if (name.n > 0)
            inner = name;
    } else if (equal < name.n) {
        inner = slice_of(name.p + equal + 1, name.n - equal - 1);
        name = slice_head(name, equal);
    }
    i = find_option(a, name, letter);
    if (i == a->n_options)
        return wrong_word(a, "unknown option", arg);
    return give_option(a, i, inner, option, value);
}
