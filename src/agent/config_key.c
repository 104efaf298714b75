#include "config_key.h"

#include "base/text.h"
#include "config_expand.h"
#include "config_type.h"

/*
 * Replaces ${NAME} and @/path.  The text is in the arena, without blanks
 * around it, and ends with a zero byte, since paths among them go to system
 * calls.  No value may hold control characters: some become headers of HTTP
 * requests, and all may be logged.
 */
static int
value_expand(struct config_reading *r, const struct config_option *o,
             struct slice raw, struct slice *text, bool *secret)
{
    struct slice key = slice_str(o->key);
    struct buf b = arena_open(r->arena);
    struct err why = {0};
    int rc;

    /* Room for the longest value and its zero byte, or none at all: so a
     * value that is too long is told from an arena that is full. */
    if (b.max <= CONFIG_VALUE_MAX_BYTES)
        return config_reading_full(r);
    b.max = CONFIG_VALUE_MAX_BYTES;
    rc = config_expand(&b, raw, r->env, secret, &why);
    if (rc == ERR_LIMIT)
        return config_reading_fail(r, key, "too long; allowed: %d bytes",
                                   CONFIG_VALUE_MAX_BYTES);
    if (rc < 0)
        return config_reading_fail(r, key, "%s", why.text);
    *text = text_trim(buf_slice(&b));
    if (text->n == 0)
        return 0;
    b.p[(size_t)(text->p - b.p) + text->n] = '\0';
    arena_bytes(r->arena, b.n + 1); /* fits: there was more than b.max */
    for (size_t i = 0; i < text->n; i++)
        if ((unsigned char)text->p[i] < ' ' || text->p[i] == 0x7f)
            return config_reading_fail(
                r, key, "holds a control character; allowed: printable text");
    return 0;
}

/*
 * What is wrong with a value, and what is allowed.  The value is shown unless
 * its key is a secret or part of it came out of a file: whoever mounts a file
 * for a value may well mean it to be secret.
 */
static int
fail_value(struct config_reading *r, const struct config_option *o,
           struct slice text, bool secret, int rc)
{
    char allowed[192], shown[128];
    struct buf a = buf_over(allowed, sizeof(allowed));
    struct buf v = buf_over(shown, sizeof(shown));

    if (rc == ERR_MEMORY)
        return config_reading_full(r);
    config_type_allowed(o, &a);
    if (rc == ERR_LIMIT)
        buf_put(&v, SLICE("too long or too many"));
    else if (secret)
        buf_put(&v, SLICE("bad value (not shown)"));
    else
        config_reading_quote(&v, text);
    return config_reading_fail(r, slice_str(o->key), "%s%.*s; allowed: %.*s",
                               rc == ERR_LIMIT || secret ? "" : "bad value ",
                               SLICE_FMT(buf_slice(&v)),
                               SLICE_FMT(buf_slice(&a)));
}

int
config_key_put(struct config_reading *r, const struct config_option *o,
               struct slice raw, void *field, bool preset)
{
    bool secret = o->secret;
    struct slice text = {NULL, 0};
    int rc = value_expand(r, o, raw, &text, &secret);

    /* A default out of an environment that does not have it is none; the
     * check for keys that must be there comes later. */
    if (rc < 0 || (preset && text.n == 0))
        return rc;
    rc = config_type_read(o, text, field, r->arena);
    return rc < 0 ? fail_value(r, o, text, secret, rc) : 0;
}

/*
 * What is not a key of [severity] is the glob of a rule, as drift/severity.h
 * matches it.  Only its shape can be wrong: a type that no mapping knows is
 * left to the check command, since mappings are read after this file.
 */
static bool
pattern_is_good(struct slice s)
{
    size_t mark = slice_chr(s, '!');
    size_t dot = slice_chr(s, '.');

    if (mark < s.n)
        return mark > 0 && (slice_ends(s, SLICE("!delete")) ||
                            slice_ends(s, SLICE("!unmanaged")));
    return s.n > 0 && dot > 0 && dot + 1 != s.n;
}

/*
 * A line of [severity].  Its value is one of the words of `default`, so it is
 * read by a copy of that row under the name of the pattern.  The place for it
 * was counted before.
 */
static int
rule_add(struct config_reading *r, struct slice pattern, struct slice value)
{
    struct severity_rules *all = &r->c->rules.severity;
    size_t n;
    struct config_option o = *config_option_rows(CONFIG_SEVERITY, &n);
    struct severity_rule *rule = &r->severity[all->n];
    char *text = arena_bytes(r->arena, pattern.n + 1);

    if (text == NULL)
        return config_reading_full(r);
    memcpy(text, pattern.p, pattern.n);
    text[pattern.n] = '\0';
    if (!pattern_is_good(pattern))
        return config_reading_fail(
            r, pattern,
            "no such key; allowed: default, or a glob of TYPE, "
            "TYPE.ATTRIBUTE, TYPE!delete or TYPE!unmanaged");
    for (size_t i = 0; i < all->n; i++)
        if (slice_eq(all->rule[i].pattern, pattern))
            return config_reading_fail(
                r, pattern,
                "stands here already; allowed: one line each, "
                "the first that matches wins");
    o.key = text;
    rule->pattern = slice_of(text, pattern.n);
    all->n++;
    return config_key_put(r, &o, value, &rule->level, false);
}

/* A key that its section does not know: says which it does. */
static int
fail_key(struct config_reading *r, struct slice key)
{
    size_t n;
    const struct config_option *rows = config_option_rows(r->head->kind, &n);
    struct config_known k;

    config_known_init(&k, key);
    for (size_t i = 0; i < n; i++)
        config_known_add(&k, rows[i].key);
    return config_known_fail(r, "key", &k);
}

int
config_key_set(struct config_reading *r, struct slice key, struct slice value)
{
    const struct config_option *o, *rows;
    unsigned *line;
    size_t n;

    if (r->head == NULL)
        return config_reading_fail(
            r, key, "stands before any [section]; allowed: a section first");
    rows = config_option_rows(r->head->kind, &n);
    o = config_option_find(r->head->kind, key);
    if (o == NULL)
        return r->head->kind == CONFIG_SEVERITY ? rule_add(r, key, value)
                                                : fail_key(r, key);
    /* The line is noted first, so that even a bad value counts as given. */
    line = &r->head->lines[o - rows];
    if (*line > 0 && !config_type_repeats(o))
        return config_reading_fail(
            r, key, "stands in line %u already; allowed: once a section",
            *line);
    *line = r->line;
    return config_key_put(r, o, value, (char *)r->head + o->offset, false);
}
