/*
 * The dictionary that names are coded with.  Pairs of neighbours that occur
 * often become words, again and again (byte pair encoding); then the texts
 * are cut in the cheapest way, and the words that earn least are dropped.
 */

#include <stdlib.h>
#include <string.h>

#include "map/gen/gen.h"

#define LONG_CODES 2048 /* of two bytes */
#define SHORT_CODES (256 - LONG_CODES / 256)
#define CODES (SHORT_CODES + LONG_CODES)
#define CANDIDATES (CODES * 2)
#define MERGES 24    /* pairs that become words in one round */
#define ROUNDS 6     /* of cutting and dropping */
#define WORD_BYTES 3 /* that tell of a word where it stands */
#define PAIR_SLOTS (1u << 18)
#define WORD_SLOTS (1u << 14)
#define GAP UINT16_MAX /* between two texts */

struct word {
    char s[NAMES_WORD_MAX];
    uint8_t n;
    uint8_t cost; /* bytes of its code; 0: dropped */
    uint32_t uses;
    int64_t worth; /* bytes that it spares */
    uint16_t code;
};

/* All words, with a hash over their spelling. */
struct trie {
    struct word word[CANDIDATES + 256];
    unsigned n;
    uint16_t slot[WORD_SLOTS]; /* index + 1 */
};

struct pair {
    uint32_t key; /* left << 16 | right */
    uint32_t uses;
};

static uint32_t
hash_next(uint32_t h, char c)
{
    return (h ^ (unsigned char)c) * 16777619u;
}

/* The word of this spelling and hash; NULL when there is none. */
static struct word *
word_find(struct trie *t, const char *s, size_t n, uint32_t h)
{
    for (uint32_t at = h * 2654435761u >> 18; t->slot[at] != 0;
         at = (at + 1) % WORD_SLOTS) {
        struct word *w = &t->word[t->slot[at] - 1];

        if (w->n == n && memcmp(w->s, s, n) == 0)
            return w;
    }
    return NULL;
}

static unsigned
word_add(struct trie *t, const char *s, size_t n)
{
    uint32_t h = 0, at;
    struct word *w;

    for (size_t i = 0; i < n; i++)
        h = hash_next(h, s[i]);
    w = word_find(t, s, n, h);
    if (w != NULL)
        return (unsigned)(w - t->word);
    for (at = h * 2654435761u >> 18; t->slot[at] != 0;)
        at = (at + 1) % WORD_SLOTS;
    w = &t->word[t->n];
    *w = (struct word){.n = (uint8_t)n, .cost = 2};
    memcpy(w->s, s, n);
    t->slot[at] = (uint16_t)++t->n;
    return t->n - 1;
}

static struct pair *
pair_slot(struct pair *table, uint32_t key)
{
    uint32_t at = key * 2654435761u >> 14;

    while (table[at].uses != 0 && table[at].key != key)
        at = (at + 1) % PAIR_SLOTS;
    return &table[at];
}

static int
pair_cmp(const void *pa, const void *pb)
{
    const struct pair *a = pa, *b = pb;

    return a->uses != b->uses ? (a->uses > b->uses ? -1 : 1)
                              : (a->key > b->key) - (a->key < b->key);
}

static bool
joins(const struct trie *t, uint16_t a, uint16_t b)
{
    return a != GAP && b != GAP &&
           t->word[a].n + t->word[b].n <= NAMES_WORD_MAX;
}

/* The most frequent pairs of neighbours; returns how many. */
static size_t
count_pairs(const struct trie *t, const uint16_t *seq, size_t n,
            struct pair *table)
{
    size_t used = 0;

    memset(table, 0, PAIR_SLOTS * sizeof(*table));
    for (size_t i = 0; i + 1 < n; i++)
        if (joins(t, seq[i], seq[i + 1])) {
            uint32_t key = (uint32_t)seq[i] << 16 | seq[i + 1];
            struct pair *p = pair_slot(table, key);

            p->key = key;
            p->uses++;
        }
    for (size_t i = 0; i < PAIR_SLOTS; i++)
        if (table[i].uses > 0)
            table[used++] = table[i];
    if (used > PAIR_SLOTS / 2)
        die("mapc: too many different pairs");
    qsort(table, used, sizeof(*table), pair_cmp);
    return used;
}

/* Replaces each of the chosen pairs by its word; returns the new length. */
static size_t
merge_pairs(uint16_t *seq, size_t n, const struct pair *chosen, size_t k)
{
    size_t out = 0;

    for (size_t i = 0; i < n; i++) {
        size_t j = 0;

        while (i + 1 < n && j < k &&
               chosen[j].key != ((uint32_t)seq[i] << 16 | seq[i + 1]))
            j++;
        if (i + 1 < n && j < k) {
            seq[out++] = (uint16_t)chosen[j].uses;
            i++;
        } else {
            seq[out++] = seq[i];
        }
    }
    return out;
}

/* One round: the best pairs that share no word with each other.  In
 * `chosen`, uses is the index of the new word. */
static size_t
choose_pairs(struct trie *t, const struct pair *table, size_t used,
             struct pair chosen[MERGES])
{
    size_t k = 0;

    for (size_t i = 0; i < used && k < MERGES && t->n < CANDIDATES; i++) {
        uint16_t a = (uint16_t)(table[i].key >> 16);
        uint16_t b = (uint16_t)table[i].key;
        char s[2 * NAMES_WORD_MAX];
        bool apart =
            table[i].uses >= 3 && table[i].uses * 10 >= table[0].uses * 7;

        for (size_t j = 0; j < k && apart; j++)
            apart = a != chosen[j].key >> 16 && b != chosen[j].key >> 16 &&
                    a != (uint16_t)chosen[j].key &&
                    b != (uint16_t)chosen[j].key;
        if (!apart)
            continue;
        memcpy(s, t->word[a].s, t->word[a].n);
        memcpy(s + t->word[a].n, t->word[b].s, t->word[b].n);
        chosen[k].key = table[i].key;
        chosen[k++].uses = word_add(t, s, (size_t)t->word[a].n + t->word[b].n);
    }
    return k;
}

static void
find_candidates(struct trie *t, const struct slice *text, size_t n)
{
    struct pair *table = take(PAIR_SLOTS, sizeof(*table));
    struct pair chosen[MERGES];
    uint16_t *seq;
    size_t len = 0, k;

    for (size_t i = 0; i < n; i++)
        len += text[i].n + 1;
    seq = take(len, sizeof(*seq));
    len = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < text[i].n; j++)
            seq[len++] = (uint16_t)word_add(t, text[i].p + j, 1);
        seq[len++] = GAP;
    }
    do {
        k = count_pairs(t, seq, len, table);
        k = choose_pairs(t, table, k, chosen);
        len = merge_pairs(seq, len, chosen, k);
    } while (k > 0 && t->n < CANDIDATES);
    free(seq);
    free(table);
}

/* Cuts a text into words at the least cost; steps[i] is the word that ends
 * at i.  Returns the cost. */
static unsigned
cut(struct trie *t, struct slice text, struct word *steps[NAME_MAX_BYTES + 1])
{
    unsigned best[NAME_MAX_BYTES + 1];

    for (size_t i = 0; i <= text.n; i++)
        best[i] = i == 0 ? 0 : UINT16_MAX;
    for (size_t i = 0; i < text.n; i++) {
        uint32_t h = 0;

        for (size_t l = 1; l <= NAMES_WORD_MAX && i + l <= text.n; l++) {
            struct word *w;

            h = hash_next(h, text.p[i + l - 1]);
            w = word_find(t, text.p + i, l, h);
            if (w == NULL || w->cost == 0 || best[i] + w->cost >= best[i + l])
                continue;
            best[i + l] = best[i] + w->cost;
            steps[i + l] = w;
        }
    }
    return best[text.n];
}

static void
count_uses(struct trie *t, const struct slice *text, size_t n)
{
    struct word *steps[NAME_MAX_BYTES + 1];

    for (unsigned i = 0; i < t->n; i++)
        t->word[i].uses = 0;
    for (size_t i = 0; i < n; i++) {
        cut(t, text[i], steps);
        for (size_t at = text[i].n; at > 0; at -= steps[at]->n)
            steps[at]->uses++;
    }
}

/* Characters, which must stay, first; then by what words spare. */
static int
worth_cmp(const void *pa, const void *pb)
{
    const struct word *a = *(struct word *const *)pa;
    const struct word *b = *(struct word *const *)pb;

    return a->worth != b->worth ? (a->worth > b->worth ? -1 : 1)
                                : (a > b) - (a < b);
}

static int
uses_cmp(const void *pa, const void *pb)
{
    const struct word *a = *(struct word *const *)pa;
    const struct word *b = *(struct word *const *)pb;

    if (a->cost == 0 || b->cost == 0)
        return (a->cost == 0) - (b->cost == 0);
    return a->uses != b->uses ? (a->uses > b->uses ? -1 : 1)
                              : (a > b) - (a < b);
}

/* What texts would take more without a word, less what it takes itself. */
static void
weigh_words(struct trie *t)
{
    struct word *steps[NAME_MAX_BYTES + 1];

    for (unsigned i = 0; i < t->n; i++) {
        struct word *w = &t->word[i];
        unsigned cost = w->cost, without;

        w->cost = 0;
        without = cut(t, slice_of(w->s, w->n), steps);
        w->cost = (uint8_t)cost;
        w->worth = (int64_t)w->uses * (without - cost) - w->n - WORD_BYTES;
        if (cost == 0 || w->n == 1)
            w->worth = cost == 0 ? INT64_MIN : INT64_MAX;
    }
}

/* Keeps `keep` words and gives the most used of them codes of one byte. */
static void
drop_words(struct trie *t, struct word **order, unsigned keep)
{
    weigh_words(t);
    qsort(order, t->n, sizeof(*order), worth_cmp);
    for (unsigned i = keep; i < t->n; i++)
        order[i]->cost = 0;
    qsort(order, t->n, sizeof(*order), uses_cmp);
    for (unsigned i = 0; i < t->n; i++)
        if (order[i]->cost != 0)
            order[i]->cost = i < SHORT_CODES ? 1 : 2;
}

static int
length_cmp(const void *pa, const void *pb)
{
    const struct word *a = *(struct word *const *)pa;
    const struct word *b = *(struct word *const *)pb;

    return a->n != b->n ? (a->n > b->n ? -1 : 1) : memcmp(a->s, b->s, a->n);
}

/* Where a word stands in the text of all words; it is appended, as much of
 * it as does not overlap with the end, if it does not occur. */
static size_t
place_word(struct dictionary *d, const struct word *w)
{
    size_t n = w->n;

    for (size_t at = 0; at + n <= d->words_n; at++)
        if (memcmp(d->words + at, w->s, n) == 0)
            return at;
    while (n > d->words_n || memcmp(d->words + d->words_n - n, w->s, n) != 0)
        n--;
    memcpy(d->words + d->words_n, w->s + n, w->n - n);
    d->words_n += w->n - n;
    return d->words_n - w->n;
}

/* Numbers the words that are left, most used first, and writes them. */
static void
write_words(struct dictionary *d, struct trie *t, struct word **order)
{
    d->count = 0;
    for (unsigned i = 0; i < t->n; i++)
        if (order[i]->cost != 0)
            order[i]->code = (uint16_t)d->count++;
    d->shorts = SHORT_CODES;
    d->word_at = take(d->count, sizeof(*d->word_at));
    d->word_n = take(d->count, 1);
    d->words = take((size_t)(d->count + 1) * NAMES_WORD_MAX, 1);
    qsort(order, t->n, sizeof(*order), length_cmp);
    for (unsigned i = 0; i < t->n; i++) {
        struct word *w = order[i];

        if (w->cost == 0)
            continue;
        d->word_at[w->code] = (uint16_t)place_word(d, w);
        d->word_n[w->code] = w->n;
    }
    d->words_n += NAMES_WORD_MAX; /* the last word is copied whole */
    d->trie = t;
}

void
dictionary_make(struct dictionary *d, const struct slice *text, size_t n)
{
    struct trie *t = take(1, sizeof(*t));
    struct word **order;
    unsigned keep;

    find_candidates(t, text, n);
    order = take(t->n, sizeof(*order));
    for (unsigned i = 0; i < t->n; i++)
        order[i] = &t->word[i];
    keep = t->n;
    for (int round = 0; round < ROUNDS; round++) {
        count_uses(t, text, n);
        if (keep > CODES)
            keep -= round < ROUNDS - 2 ? (keep - CODES) / 2 : keep - CODES;
        drop_words(t, order, keep);
    }
    count_uses(t, text, n);
    drop_words(t, order, keep);
    write_words(d, t, order);
    free(order);
}

size_t
dictionary_code(const struct dictionary *d, struct slice text, uint8_t *out)
{
    struct word *steps[NAME_MAX_BYTES + 1];
    size_t n = cut(d->trie, text, steps), at = n;

    for (size_t i = text.n; i > 0; i -= steps[i]->n) {
        unsigned code = steps[i]->code;

        if (code < d->shorts) {
            out[--at] = (uint8_t)code;
            continue;
        }
        out[--at] = (uint8_t)((code - d->shorts) % 256);
        out[--at] = (uint8_t)(d->shorts + (code - d->shorts) / 256);
    }
    return n;
}
