#ifndef MAP_PARSER_H
#define MAP_PARSER_H

/*
 * Between parse.c, which knows sections and keys, and clause.c, which knows
 * what stands behind the keys of a binding.  Nobody else includes this.
 */

#include "map/parse.h"

struct parser {
    const struct parse_sink *sink;
    struct slice file;
    unsigned line;
    struct err *e;
    struct slice key;   /* of this line */
    struct slice value; /* what stands behind its '=' */
    bool in_events, in_type, in_binding;
    struct parse_section section;
    struct parse_trait trait;
    struct map_binding b; /* the one being read */
    uint8_t types[2 * MAP_TYPES_MAX];
    bool has_role, has_confidence;
    size_t n_lines;
};

/* Puts "FILE:LINE: KEY "VALUE": expected ..." into p->e; returns code. */
int parser_fail(struct parser *p, int code, const char *expected);

/* The same if r is an error; returns r. */
int parser_check(struct parser *p, int r, const char *expected);

/* Each reads p->value into p->b or hands it on; returns 0 or an error. */
int clause_type(struct parser *p);  /* begins a binding */
int clause_types(struct parser *p); /* more types of the same */
int clause_role(struct parser *p);
int clause_role_path(struct parser *p);
int clause_confidence(struct parser *p);
int clause_each(struct parser *p);
int clause_when(struct parser *p);
int clause_id(struct parser *p);
int clause_attr(struct parser *p);

#endif
