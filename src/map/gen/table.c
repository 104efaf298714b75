/* The table of names: order, directory, fingerprints, coded text. */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "map/gen/gen.h"

#define DIR_BITS 11

struct entry {
    struct slice text;
    uint32_t hash;
    char squeezed[NAME_MAX_BYTES];
    size_t n;
};

static void
squeeze(struct entry *e)
{
    e->hash = names_hash(e->text);
    for (size_t i = 0; i < e->text.n; i++)
        if (e->text.p[i] != '_')
            e->squeezed[e->n++] = text_lower(e->text.p[i]);
}

static int
bytes_cmp(const char *a, size_t a_n, const char *b, size_t b_n)
{
    int c = memcmp(a, b, a_n < b_n ? a_n : b_n);

    return c != 0 ? c : (a_n > b_n) - (a_n < b_n);
}

static int
entry_cmp(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    int c;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    c = bytes_cmp(a->squeezed, a->n, b->squeezed, b->n);
    return c != 0 ? c : bytes_cmp(a->text.p, a->text.n, b->text.p, b->text.n);
}

static struct entry *
collect(const struct names *from, size_t *n)
{
    struct entry *e = take(NAMES_MAX, sizeof(*e));
    char text[NAME_MAX_BYTES];

    /* Words of the arena stay where they are: nothing is in a table yet. */
    for (*n = 0; *n < NAMES_MAX; (*n)++) {
        e[*n].text = names_text(from, (uint32_t)*n, text);
        if (e[*n].text.n == 0)
            break;
        squeeze(&e[*n]);
    }
    qsort(e, *n, sizeof(*e), entry_cmp);
    return e;
}

/* Offsets as what they are beyond equal groups, none of which is negative. */
static void
index_groups(struct names_table *t, const uint32_t *at, size_t n)
{
    uint16_t *groups = take(n, sizeof(*groups));

    t->group_bytes = UINT16_MAX;
    for (uint32_t i = 1; i < n; i++)
        if (at[i] / i < t->group_bytes)
            t->group_bytes = at[i] / i;
    for (uint32_t i = 0; i < n; i++) {
        if (at[i] - i * t->group_bytes > UINT16_MAX)
            die("mapc: groups of names are too different");
        groups[i] = (uint16_t)(at[i] - i * t->group_bytes);
    }
    t->groups = groups;
}

/* Offsets of groups and the coded text; returns its length. */
static size_t
code_text(struct names_table *t, const struct dictionary *d,
          const struct entry *e, size_t n)
{
    uint32_t *groups = take(n / NAMES_GROUP + 1, sizeof(*groups));
    uint8_t *text = take(n * 2 + 1, NAME_MAX_BYTES + 1);
    uint8_t coded[2 * NAME_MAX_BYTES];
    uint8_t *lengths = text;
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        size_t len = dictionary_code(d, e[i].text, coded);
        unsigned told = len < NAMES_LONG ? (unsigned)len : NAMES_LONG;

        if (len > UINT8_MAX)
            die("mapc: %.*s: too long", SLICE_FMT(e[i].text));
        if (i % NAMES_GROUP == 0) {
            groups[i / NAMES_GROUP] = (uint32_t)at;
            lengths = text + at;
            at += NAMES_GROUP / 2;
        }
        lengths[i % NAMES_GROUP / 2] |= (uint8_t)(told << i % 2 * 4);
        if (told == NAMES_LONG)
            text[at++] = (uint8_t)(len - NAMES_LONG);
        memcpy(text + at, coded, len);
        at += len;
    }
    index_groups(t, groups, (n + NAMES_GROUP - 1) / NAMES_GROUP);
    free(groups);
    t->text = text;
    return at;
}

static bool
same_class(const struct entry *a, const struct entry *b)
{
    return a->hash == b->hash &&
           bytes_cmp(a->squeezed, a->n, b->squeezed, b->n) == 0;
}

/* Directory, fingerprints, and which names do not begin a class. */
static void
index_names(struct names_table *t, const struct entry *e, size_t n)
{
    uint16_t *dir = take((1u << DIR_BITS) + 1, sizeof(*dir));
    uint8_t *prints = take(n, 1);
    uint16_t *seconds = take(n, sizeof(*seconds));
    uint32_t bucket = 0;

    for (size_t i = 0; i < n; i++) {
        while (bucket <= e[i].hash >> (32 - DIR_BITS))
            dir[bucket++] = (uint16_t)i;
        prints[i] = (uint8_t)e[i].hash;
        if (i > 0 && same_class(&e[i - 1], &e[i]))
            seconds[t->n_seconds++] = (uint16_t)i;
    }
    while (bucket <= 1u << DIR_BITS)
        dir[bucket++] = (uint16_t)n;
    t->dir_bits = DIR_BITS;
    t->dir = dir;
    t->prints = prints;
    t->seconds = seconds;
}

void
table_make(struct names_table *t, const struct names *from,
           struct gen_sizes *sizes)
{
    struct dictionary d = {0};
    struct slice *texts;
    size_t n, text_n;
    struct entry *e = collect(from, &n);

    texts = take(n, sizeof(*texts));
    for (size_t i = 0; i < n; i++)
        texts[i] = e[i].text;
    dictionary_make(&d, texts, n);
    *t = (struct names_table){.count = (uint32_t)n};
    index_names(t, e, n);
    text_n = code_text(t, &d, e, n);
    t->shorts = d.shorts;
    t->word_at = d.word_at;
    t->word_n = d.word_n;
    t->words = d.words;
    *sizes = (struct gen_sizes){
        .row = {{"name text", text_n},
                {"name groups", (n + NAMES_GROUP - 1) / NAMES_GROUP * 2},
                {"name directory", ((1u << DIR_BITS) + 1) * 2},
                {"name prints", n},
                {"name seconds", t->n_seconds * 2},
                {"word offsets", d.count * 2},
                {"word lengths", d.count},
                {"words", d.words_n}},
        .n = 8};
    free(texts);
    free(e);
}
