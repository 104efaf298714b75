#include "config.h"

#include <ini.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "config_key.h"
#include "config_option.h"
#include "config_section.h"

/*
 * inih parts keys from values and takes comments away.  It keeps no more
 * than 49 bytes of a section's head, does not say when it cuts one, and does
 * not call back for an empty section; so every line passes through
 * line_give(), which reads the heads itself and refuses what inih would
 * read otherwise than it stands there.
 */
struct lines {
    struct config_reading *r;
    struct slice rest;
    struct slice last; /* the line that inih has, without blanks around */
    int rc;            /* the first error; nothing is read after it */
};

/* The text up to the next newline; false at the end.  A newline at the very
 * end does not begin one more line. */
static bool
line_cut(struct slice *rest, struct slice *line)
{
    return rest->n > 0 && text_cut(rest, '\n', line);
}

/*
 * Reads [word] or [word "name"] off s, which begins with [; name->p is NULL
 * without quotes.  Nothing but a comment may follow: inih would drop a key
 * on the same line without a word.
 */
static bool
head_read(struct slice s, struct slice *word, struct slice *name)
{
    size_t end = slice_chr(s, ']'), n = 0;
    struct slice after = text_trim(slice_from(s, end + 1));
    struct slice inner = text_trim(slice_of(s.p + 1, end - 1));

    *name = slice_of(NULL, 0);
    if (end == s.n || (after.n > 0 && after.p[0] != ';' && after.p[0] != '#'))
        return false;
    while (n < inner.n && !text_space(inner.p[n]) && inner.p[n] != '"')
        n++;
    *word = slice_head(inner, n);
    inner = text_trim(slice_from(inner, n));
    if (inner.n == 0)
        return n > 0;
    if (n == 0 || inner.n < 2 || inner.p[0] != '"' ||
        inner.p[inner.n - 1] != '"')
        return false;
    *name = slice_of(inner.p + 1, inner.n - 2);
    return true;
}

/* Opens the section of a line that begins with [. */
static int
head_open(struct lines *l, struct slice line)
{
    struct slice word, name;

    if (head_read(line, &word, &name))
        return config_section_open(l->r, word, name);
    l->r->head = NULL;
    return config_reading_fail(
        l->r, SLICE(""),
        "not a section; allowed: [agent], [source \"NAME\"] and the like");
}

/* Whether inih would see the line as it stands there: it ends at a zero byte
 * and takes more than blanks and tabs for white space. */
static bool
line_is_text(struct slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t' &&
            line.p[i] != '\r')
            return false;
    return true;
}

/*
 * inih's way to ask for a line: like fgets(), into str of `size` bytes, which
 * is INI_MAX_LINE.  Three of them are for a newline, a zero byte, and inih's
 * own sign of a line that did not fit.  A longer line would be cut in two, so
 * it is refused.
 */
static char *
line_give(char *str, int size, void *ctx)
{
    struct lines *l = ctx;
    struct slice line;

    if (l->rc < 0 || size < 3 || !line_cut(&l->rest, &line))
        return NULL;
    l->r->line++;
    l->last = text_trim(line);
    if (line.n > (size_t)size - 3)
        l->rc = config_reading_fail(l->r, SLICE(""),
                                    "the line is too long; allowed: %d bytes",
                                    size - 3);
    else if (!line_is_text(line))
        l->rc = config_reading_fail(l->r, SLICE(""),
                                    "the line holds a control character; "
                                    "allowed: text");
    else if (slice_starts(l->last, SLICE("[")))
        l->rc = head_open(l, l->last);
    if (l->rc < 0)
        return NULL;
    if (line.n > 0)
        memcpy(str, line.p, line.n);
    memcpy(str + line.n, "\n", sizeof("\n"));
    return str;
}

/* inih's call for each key with its value, comments taken away.  section is
 * inih's idea of it, which we do not use.  Returns 0 to stop. */
static int
key_give(void *ctx, const char *section, const char *key, const char *value,
         int line)
{
    struct lines *l = ctx;

    (void)section;
    (void)line;
    if (key != NULL)
        l->rc = config_key_set(l->r, slice_str(key), slice_str(value));
    return l->rc == 0;
}

/*
 * How many sections of each kind, and lines of [severity], there may be: no
 * fewer than will be added, so that arrays of this size hold them all.
 * Names are compared each with each, which is why there is a limit.
 */
static int
text_count(struct config_reading *r, struct slice text,
           size_t count[CONFIG_KINDS], size_t *rules)
{
    enum config_kind kind = CONFIG_KINDS;
    struct slice line, word, name;
    unsigned at = 0;

    while (line_cut(&text, &line)) {
        line = text_trim(line);
        at++;
        if (slice_starts(line, SLICE("[")) && head_read(line, &word, &name)) {
            kind = config_option_kind(word);
            count[kind]++;
        } else if (kind == CONFIG_SEVERITY && line.n > 0) {
            ++*rules;
        }
        if (count[kind] > CONFIG_SECTIONS_MAX || *rules > CONFIG_SECTIONS_MAX) {
            r->line = at;
            return config_reading_fail(r, SLICE(""),
                                       "too many sections or lines of "
                                       "[severity]; allowed: %d of a kind",
                                       CONFIG_SECTIONS_MAX);
        }
    }
    return 0;
}

/* A line that inih could not part.  Only a key that is known is shown: who
 * knows what else has been broken into two lines. */
static int
line_fail(const struct lines *l)
{
    size_t n = 0;
    struct slice word;

    while (n < l->last.n && !text_space(l->last.p[n]))
        n++;
    word = slice_head(l->last, n);
    if (l->r->head != NULL &&
        config_option_find(l->r->head->kind, word) != NULL)
        return config_reading_fail(
            l->r, word, "has no value; allowed: %.*s = VALUE", SLICE_FMT(word));
    return config_reading_fail(l->r, SLICE(""),
                               "neither a section nor a key; allowed: "
                               "[section], key = value, ; comment");
}

/* Counts, makes room, reads. */
static int
text_read(struct config_reading *r, struct slice text)
{
    size_t count[CONFIG_KINDS + 1] = {0}, rules = 0;
    struct lines l = {.r = r, .rest = text};
    int rc = text_count(r, text, count, &rules), at;

    if (rc == 0)
        rc = config_section_reserve(r, count, rules);
    if (rc < 0)
        return rc;
    at = ini_parse_stream(line_give, &l, key_give, &l);
    if (l.rc < 0 || at != 0)
        return l.rc < 0 ? l.rc : line_fail(&l);
    return config_section_finish(r);
}

int
config_parse(struct config *c, struct slice file, struct slice text,
             const struct config_env *env, struct arena *a, struct err *e)
{
    struct config_reading r = {.c = c, .env = env, .arena = a, .e = e};

    *c = (struct config){0};
    /* An editor's byte order mark says nothing about UTF-8. */
    if (slice_starts(text, SLICE("\xef\xbb\xbf")))
        text = slice_from(text, 3);
    c->file = file.n > 0 ? arena_copy(a, file) : file;
    if (file.n > 0 && c->file.p == NULL) {
        c->file = file;
        return config_reading_full(&r);
    }
    return text_read(&r, text);
}

int
config_read(struct config *c, struct slice file, const struct config_env *env,
            struct arena *a, struct err *e)
{
    struct slice text;
    int rc = file_read(file, CONFIG_FILE_MAX_BYTES, a, &text, e);

    /* A restart does not make a file appear or shrink. */
    if (rc < 0 && rc != ERR_MEMORY && e != NULL)
        e->code = ERR_CONFIG;
    if (rc < 0)
        return rc != ERR_MEMORY ? ERR_CONFIG : rc;
    return config_parse(c, file, text, env, a, e);
}

/* getenv() in the form of config_env. */
static const char *
environment_get(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

const struct config_env config_environment = {environment_get, NULL};
