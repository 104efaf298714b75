#ifndef BASE_NAMES_H
#define BASE_NAMES_H

/*
 * Every word the mappings know (attributes, members of requests, types,
 * events, literals) has a number, so that keys are compared as integers.
 * The built-in table is generated, read-only and coded; words of a user's
 * own mapping files follow it in an arena.  Look-ups never allocate.
 *
 * Two names that differ only in case and underscores are of one class:
 * instance_type, instanceType and InstanceType.  CloudTrail spells a member
 * in several ways, Terraform in one; the class is what joins them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "slice.h"

#define NAME_NONE 0xffffu
#define NAME_MAX_BYTES 255
#define NAMES_MAX 0x7ff0u /* ids stay below: maps keep them in 15 bits */
#define NAMES_WORD_MAX 16 /* bytes one code stands for */
#define NAMES_GROUP 16    /* names between two known offsets */
#define NAMES_LONG 15     /* bytes that do not fit into the length of one */

/*
 * The generated table.  Names stand in the order of names_hash(), then of
 * the squeezed spelling (lower case, no underscores), then of the exact
 * one: a class is a run of neighbours.
 *
 * The text of a group of names is their lengths, four bits each, low ones
 * first, and as many bytes of codes for each; for a name of NAMES_LONG and
 * more, a byte with what is more goes before them.  A code stands for a word
 * of 1 to 16 bytes; codes below `shorts` take one byte, code c above takes
 * two: shorts + (c - shorts) / 256, (c - shorts) % 256.
 */
struct names_table {
    uint32_t count;
    unsigned dir_bits;       /* log2 of the number of buckets, 1 to 16 */
    const uint16_t *dir;     /* top bits of the hash -> first id; ends with
                               * count */
    const uint8_t *prints;   /* low 8 bits of each name's hash */
    const uint16_t *seconds; /* names that are not the first of their class,
                              * ascending */
    uint32_t n_seconds;
    const uint16_t *groups; /* offset in text of every 16th name, less
                             * group_bytes for each group before it */
    uint32_t group_bytes;
    const uint8_t *text;
    unsigned shorts;
    const uint16_t *word_at; /* code -> offset in words */
    const uint8_t *word_n;   /* code -> length in bytes */
    const char *words;       /* 16 bytes follow the last word */
};

struct names_extra; /* the words that follow the table */
struct pack_words;  /* keys met lately: pack_text.h */

struct names {
    const struct names_table *table; /* may be NULL: no built-in words */
    struct names_extra *extra;       /* may be NULL */
    struct pack_words *recent;       /* may be NULL: no memory of keys */
};

/* Equal for all spellings of a class. */
uint32_t names_hash(struct slice text);

/* The id of exactly this spelling, or NAME_NONE. */
uint32_t names_find(const struct names *ns, struct slice text);

/* The class of a spelling (the id of its first member), or NAME_NONE. */
uint32_t names_fold(const struct names *ns, struct slice text);

/*
 * Both at once: the id of exactly this spelling, with *class its class; or
 * NAME_NONE, with *class that of another spelling, or NAME_NONE too.
 */
uint32_t names_both(const struct names *ns, struct slice text, uint32_t *class);

/* The class of a known name. */
uint32_t names_class(const struct names *ns, uint32_t id);

/*
 * The spelling of a name, decoded into out (or a view of the arena for an
 * added word); empty for an unknown id.
 */
struct slice names_text(const struct names *ns, uint32_t id,
                        char out[NAME_MAX_BYTES]);

/*
 * The id of this spelling, added when new.  Returns NAME_NONE when the
 * arena or the 16 bits are full or the text is too long.  `arena` must be
 * the same in every call for one ns and outlive it.
 */
uint32_t names_add(struct names *ns, struct arena *arena, struct slice text);

#endif
