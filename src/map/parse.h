#ifndef MAP_PARSE_H
#define MAP_PARSE_H

/*
 * Reads a mapping file line by line and hands what it says to a sink: every
 * attribute line as it comes, then the binding it belongs to.  Keeps
 * nothing itself.  Private to this room and its host tool.
 */

#include "base/err.h"
#include "map/map.h"
#include "map/syntax.h"

#define PARSE_EVENTS_MAX 64 /* events of one section */

struct parse_section {
    uint16_t source;
    size_t n_events;
    uint16_t event[PARSE_EVENTS_MAX];
};

/* A line of a [type] section. */
struct parse_trait {
    uint16_t type;
    unsigned flags; /* enum map_trait; 0: a part */
    struct map_path attr;
    uint16_t child, owner; /* of a part */
};

/* Each function returns 0 or an error, which ends the reading. */
struct parse_sink {
    struct lexicon lex;
    const struct names *names; /* where lex puts its words */
    void *ctx;
    int (*line)(void *ctx, const struct map_line *line);
    /* b->ref and b->lines are not set. */
    int (*binding)(void *ctx, const struct parse_section *section,
                   const struct map_binding *b);
    int (*trait)(void *ctx, const struct parse_trait *trait);
};

/*
 * Returns 0; ERR_SYNTAX or ERR_LIMIT with "FILE:LINE: what is wrong,
 * expected what" in e; or what the sink or the lexicon returned, in e too.
 */
int parse_map(const struct parse_sink *sink, struct slice file,
              struct slice text, struct err *e);

#endif
