#ifndef TESTS_CONFIG_CASE_H
#define TESTS_CONFIG_CASE_H

/* A configuration out of a text and a made-up environment. */

#include "agent/config.h"

#define CASE_FILE "t.ini"

struct config_case {
    struct config config;
    struct arena arena;
    struct err err;
    int code; /* of config_parse() */
};

/* Names and values that follow one another; NULL ends. */
static inline const char *
case_variable(void *ctx, const char *name)
{
    const char *const *pair = ctx;

    for (; pair != NULL && pair[0] != NULL; pair += 2)
        if (strcmp(pair[0], name) == 0)
            return pair[1];
    return NULL;
}

static inline void
case_open(struct config_case *c, struct slice text, const char *const *env)
{
    /* What a callback may write through; we only read. */
    const struct config_env e = {case_variable, (void *)(uintptr_t)env};

    memset(c, 0, sizeof(*c));
    if (arena_map(&c->arena, 4u << 20) < 0)
        fail_msg("no memory");
    c->code = config_parse(&c->config, SLICE(CASE_FILE), text, &e, &c->arena,
                           &c->err);
}

static inline void
case_close(struct config_case *c)
{
    arena_unmap(&c->arena);
}

/* Fails, with the text, unless it is answered by exactly this message; want
 * NULL: it must be accepted. */
static inline void
case_says(struct slice text, const char *const *env, const char *want)
{
    struct config_case c;

    case_open(&c, text, env);
    if (want == NULL && c.code != 0)
        fail_msg("%.*s\nrefused: %s", SLICE_FMT(slice_head(text, 200)),
                 c.err.text);
    if (want != NULL && (c.code != ERR_CONFIG || c.err.code != ERR_CONFIG ||
                         strcmp(c.err.text, want) != 0))
        fail_msg("%.*s\ncode: %d\nsaid: %s\nwant: %s",
                 SLICE_FMT(slice_head(text, 200)), c.code,
                 c.code != 0 ? c.err.text : "", want);
    case_close(&c);
}

#endif
