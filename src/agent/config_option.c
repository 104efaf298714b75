#include "config_option.h"

#include "base/text.h"

/* The C type of the member that each type of value is stored in. */
#define IS(m, t) __builtin_types_compatible_p(__typeof__(m), t)
#define FITS_TEXT(m) IS(m, struct slice)
#define FITS_SWITCH(m) IS(m, bool)
#define FITS_NUMBER(m) IS(m, uint64_t)
#define FITS_SIZE(m) IS(m, uint64_t)
#define FITS_TIME(m) IS(m, uint64_t)
#define FITS_CHOICE(m) (sizeof(m) == sizeof(int))
#define FITS_GLOBS(m) IS(m, struct list)
#define FITS_PATHS(m) IS(m, struct list)
#define FITS_REGIONS(m) IS(m, struct list)
#define FITS_REGION(m) IS(m, struct slice)
#define FITS_ADDRESS(m) IS(m, struct config_address)
#define FITS_URL(m) IS(m, struct slice)
#define FITS_ARN(m) IS(m, struct slice)
#define FITS_ACCOUNT(m) IS(m, struct slice)
#define FITS_HEADER(m) IS(m, struct list)

#define OPTION(section, key, member, type, ...)                         \
    _Static_assert(FITS_##type(((struct config_##section *)0)->member), \
                   #section " " #key ": the member has another type");
#include "options.def"
#undef OPTION

/* What a row calls a section, as its kind. */
#define KIND_agent CONFIG_AGENT
#define KIND_source CONFIG_SOURCE
#define KIND_state CONFIG_STATE
#define KIND_verify CONFIG_VERIFY
#define KIND_filter CONFIG_FILTER
#define KIND_ignore CONFIG_IGNORE
#define KIND_severity CONFIG_SEVERITY
#define KIND_map CONFIG_MAP
#define KIND_output CONFIG_OUTPUT

static const struct config_option options[] = {
#define OPTION(section, key, member, type, preset, least, most, words, only, \
               must, secret, sentence)                                       \
    {KIND_##section,                                                         \
     #key,                                                                   \
     offsetof(struct config_##section, member),                              \
     CONFIG_TYPE_##type,                                                     \
     preset,                                                                 \
     least,                                                                  \
     most,                                                                   \
     words,                                                                  \
     only,                                                                   \
     must,                                                                   \
     secret,                                                                 \
     sentence},
#include "options.def"
#undef OPTION
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

#define AT(member) offsetof(struct config, member)

/* Sections with names have an array and a count of it; the others, 0. */
const struct config_layout config_layouts[CONFIG_KINDS] = {
    [CONFIG_AGENT] = {"agent", AT(agent), 0, sizeof(struct config_agent)},
    [CONFIG_VERIFY] = {"verify", AT(verify), 0, sizeof(struct config_verify)},
    [CONFIG_FILTER] = {"filter", AT(filter), 0, sizeof(struct config_filter)},
    [CONFIG_SEVERITY] = {"severity", AT(severity), 0,
                         sizeof(struct config_severity)},
    [CONFIG_MAP] = {"map", AT(map), 0, sizeof(struct config_map)},
    [CONFIG_SOURCE] = {"source", AT(sources), AT(n_sources),
                       sizeof(struct config_source)},
    [CONFIG_STATE] = {"state", AT(states), AT(n_states),
                      sizeof(struct config_state)},
    [CONFIG_IGNORE] = {"ignore", AT(ignores), AT(n_ignores),
                       sizeof(struct config_ignore)},
    [CONFIG_OUTPUT] = {"output", AT(outputs), AT(n_outputs),
                       sizeof(struct config_output)},
};

/* The rows of a section stand together in options.def. */
const struct config_option *
config_option_rows(enum config_kind kind, size_t *n)
{
    size_t from = 0, to;

    while (from < OPTIONS && options[from].kind != kind)
        from++;
    for (to = from; to < OPTIONS && options[to].kind == kind;)
        to++;
    *n = to - from;
    return options + from;
}

const struct config_option *
config_option_find(enum config_kind kind, struct slice key)
{
    size_t n;
    const struct config_option *o = config_option_rows(kind, &n);

    for (size_t i = 0; i < n; i++)
        if (slice_eq(key, slice_str(o[i].key)))
            return o + i;
    return NULL;
}

struct slice
config_type_text(const struct config_head *head)
{
    size_t n;
    const struct config_option *o = config_option_rows(head->kind, &n);
    struct slice rest, word = slice_of("", 0);
    int type;

    /* Only a `type` that tells the other keys apart must always be there. */
    if (o->must == 0)
        return word;
    memcpy(&type, (const char *)head + o->offset, sizeof(type));
    rest = slice_str(o->words);
    for (int i = 0; i <= type && text_cut(&rest, ' ', &word);)
        i++;
    return word;
}

enum config_kind
config_option_kind(struct slice name)
{
    size_t kind = 0;

    while (kind < CONFIG_KINDS &&
           !slice_eq(name, slice_str(config_layouts[kind].name)))
        kind++;
    return (enum config_kind)kind;
}

#define GUESS_MAX_BYTES 32 /* more than the longest key */

static size_t
least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Letters to insert, leave out or change to make b of a (V. Levenshtein,
 * "Binary codes capable of correcting deletions, insertions and reversals",
 * 1966), without case.  One row of the table of distances is kept; corner is
 * what stood to the upper left.  Both texts are short.
 */
static size_t
edit_distance(struct slice a, struct slice b)
{
    size_t row[GUESS_MAX_BYTES + 1];

    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 0; i < a.n; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < b.n; j++) {
            size_t change = corner + (text_lower(a.p[i]) != text_lower(b.p[j]));

            corner = row[j + 1];
            row[j + 1] = least_of(change, least_of(row[j], corner) + 1);
        }
    }
    return row[b.n];
}

void
config_option_guess(struct config_guess *g, const char *known)
{
    struct slice word = slice_str(known);
    size_t d;

    if (g->word.n > GUESS_MAX_BYTES || word.n > GUESS_MAX_BYTES)
        return;
    d = edit_distance(g->word, word);
    /* More than a third of the letters wrong is another word. */
    if (d * 3 > word.n + 1 || (g->best != NULL && d >= g->distance))
        return;
    g->best = known;
    g->distance = d;
}
