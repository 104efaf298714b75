#ifndef AGENT_CONFIG_READING_H
#define AGENT_CONFIG_READING_H

/*
 * A configuration while it is being read: where the reader is, and the one
 * form in which it says what is wrong there.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "config.h"
#include "config_option.h"

struct config_reading {
    struct config *c;
    struct config_head *head; /* of the open section; NULL: none yet */
    unsigned line;            /* that is being read, from 1 */
    const struct config_env *env;
    struct arena *arena;
    struct err *e;
    struct ignore_rule *ignore;     /* c->rules.ignore.rule */
    struct severity_rule *severity; /* c->rules.severity.rule */
};

/*
 * "FILE:LINE: [kind "name"] key: text" about the line that is being read
 * into r->e; key may be empty.  Returns ERR_CONFIG.
 */
int config_reading_fail(struct config_reading *r, struct slice key,
                        const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The arena is full: sets r->e, returns ERR_MEMORY. */
int config_reading_full(struct config_reading *r);

/* Adds a value or a key to a message: quoted where needed, cut, masked. */
void config_reading_quote(struct buf *b, struct slice text);

/* What is known, as "a, b, c", and what of it is nearest to a word. */
struct config_known {
    char text[320];
    struct buf list;
    struct config_guess guess;
};
void config_known_init(struct config_known *k, struct slice word);
void config_known_add(struct config_known *k, const char *known);

/* The word is not among the known: "unknown WHAT, did you mean ...?" */
int config_known_fail(struct config_reading *r, const char *what,
                      const struct config_known *k);

#endif
