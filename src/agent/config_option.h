#ifndef AGENT_CONFIG_OPTION_H
#define AGENT_CONFIG_OPTION_H

/*
 * The rows of options.def and the kinds of sections as tables to look things
 * up in.  Read-only; nothing here reads or keeps a value.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "config.h"

/* What a value is; config_type.c has one row for each. */
enum config_type {
    CONFIG_TYPE_TEXT,
    CONFIG_TYPE_SWITCH,
    CONFIG_TYPE_NUMBER,
    CONFIG_TYPE_SIZE,
    CONFIG_TYPE_TIME,
    CONFIG_TYPE_CHOICE,
    CONFIG_TYPE_GLOBS,
    CONFIG_TYPE_PATHS,
    CONFIG_TYPE_REGIONS,
    CONFIG_TYPE_REGION,
    CONFIG_TYPE_ADDRESS,
    CONFIG_TYPE_URL,
    CONFIG_TYPE_ARN,
    CONFIG_TYPE_ACCOUNT,
    CONFIG_TYPE_HEADER,
    CONFIG_TYPES
};

/* One key; the columns are explained in options.def. */
struct config_option {
    enum config_kind kind;
    const char *key;
    size_t offset; /* of the member in its section's struct */
    enum config_type type;
    const char *preset; /* NULL: not set */
    int64_t least, most;
    const char *words;
    unsigned only, must; /* bit sets of the section's `type` values */
    bool secret;
    const char *sentence;
};

/* One kind of section. */
struct config_layout {
    const char *name;
    size_t at;    /* in struct config: the struct, or the pointer to many */
    size_t count; /* in struct config: how many, for kinds with names */
    size_t size;  /* of its struct */
};

extern const struct config_layout config_layouts[CONFIG_KINDS];

/* The rows of a kind, *n of them, in the order of options.def. */
const struct config_option *config_option_rows(enum config_kind kind,
                                               size_t *n);

/* The row of a key, or NULL. */
const struct config_option *config_option_find(enum config_kind kind,
                                               struct slice key);

/* The kind that is called so, or CONFIG_KINDS. */
enum config_kind config_option_kind(struct slice name);

/* Finding what somebody may have meant: try all that is known. */
struct config_guess {
    struct slice word;
    const char *best; /* NULL: nothing is near */
    size_t distance;  /* letters to change */
};
void config_option_guess(struct config_guess *g, const char *known);

#endif
