#ifndef MAP_GEN_H
#define MAP_GEN_H

/*
 * mapc, a tool of the build: mapping files in, C tables out.  It runs on
 * the host, once a build, so it uses libc as it likes and ends at the first
 * error.  The same input gives the same output, byte for byte.
 */

#include <stdio.h>

#include "base/arena.h"
#include "base/names.h"
#include "map/form.h"

/* What the program's tables take, in bytes. */
struct gen_size {
    const char *what;
    size_t bytes;
};

#define GEN_SIZES_MAX 32

struct gen_sizes {
    struct gen_size row[GEN_SIZES_MAX];
    size_t n;
};

/* Prints a message and ends the program with status 1. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Zeroed memory; dies when there is none. */
void *take(size_t n, size_t size);

/* A dictionary of words of up to 16 bytes that names are written with. */
struct dictionary {
    unsigned shorts;   /* codes of one byte */
    unsigned count;    /* codes in all */
    uint16_t *word_at; /* in words */
    uint8_t *word_n;
    char *words;
    size_t words_n;
    struct trie *trie;
};

/* Finds words that make the n texts short. */
void dictionary_make(struct dictionary *d, const struct slice *text, size_t n);

/* Codes one text; returns the bytes written, at most twice its length. */
size_t dictionary_code(const struct dictionary *d, struct slice text,
                       uint8_t *out);

/* The table of all words that `from` holds, in the program's order. */
void table_make(struct names_table *t, const struct names *from,
                struct gen_sizes *sizes);

/*
 * The same map in less room: equal parts once, frequent symbols in a byte,
 * blocks as parts of other blocks.  Dies if the result says anything else.
 */
void pack_map(struct map *m, const struct map *plain, struct arena *arena,
              struct gen_sizes *sizes);

/* Writes both as C. */
void emit_tables(FILE *f, const struct names_table *t,
                 const struct gen_sizes *names_sizes, const struct map *m,
                 const struct gen_sizes *sizes);

#endif
