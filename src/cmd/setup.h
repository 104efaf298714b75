#ifndef CMD_SETUP_H
#define CMD_SETUP_H

/*
 * What judging needs before the first event: memory, configuration, mappings
 * and states, from what a command line names.  States are local files; one
 * that cannot be loaded is an error at once, since judging without it would
 * call its resources unmanaged.
 */

#include <stddef.h>
#include <stdint.h>

#include "agent/config.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/list.h"
#include "map/map.h"
#include "map/words.h"
#include "state/state.h"

/* Virtual; pages that nobody touches cost nothing. */
#define SETUP_MEMORY_BYTES (4ULL << 30)
#define SETUP_MEMORY_MIN_BYTES (8ULL << 20)
#define SETUP_MAP_MAX_BYTES (8u << 20) /* one mapping file */

/* What the command line says. */
struct setup_options {
    struct slice config;   /* file; p NULL: none */
    struct list states;    /* files and folders */
    struct list maps;      /* files */
    uint64_t memory_bytes; /* 0: the configuration's, or SETUP_MEMORY_BYTES */
};

struct setup {
    struct arena keep;     /* for as long as the program runs */
    struct arena event;    /* of one event; the caller resets it */
    struct arena scratch;  /* tokens */
    struct arena input;    /* of one input */
    struct arena file;     /* where the configuration is */
    struct config *config; /* NULL: none was given */
    struct maps maps;
    struct words words;
    struct state **states;
    size_t n_states;
    uint64_t n_resources;
    struct config_rules rules; /* the configuration's, or the defaults */
};

/*
 * Sets everything up.  Returns 0, or an error with one line in e that names
 * the file; s is zeroed first and setup_close() may be called in any case.
 */
int setup_open(struct setup *s, const struct setup_options *o, struct err *e);

void setup_close(struct setup *s);

#endif
