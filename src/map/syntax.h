#ifndef MAP_SYNTAX_H
#define MAP_SYNTAX_H

/*
 * The small grammars inside a line of a mapping file: paths, attributes,
 * transforms.  Pure; how a word becomes a number is the caller's.  Private
 * to this room and its host tool.
 */

#include "map/map.h"

/*
 * Number of a word: exact, or the class of its spelling.  NAME_NONE when
 * there is no room for it.
 */
struct lexicon {
    uint32_t (*word)(void *ctx, struct slice text, bool class);
    void *ctx;
};

/*
 * Each returns 0; ERR_SYNTAX or ERR_LIMIT with *why = a sentence that says
 * what was expected; or ERR_MEMORY when the lexicon has no room.
 */
int syntax_word(const struct lexicon *lex, struct slice text, uint16_t *word,
                const char **why);

/* A path into an event: a.b[].c, >a, @a, ., .a, a[k=v].b, P|Q. */
int syntax_path(const struct lexicon *lex, struct slice text,
                struct map_path *path, const char **why);

enum syntax_attr {
    ATTR_PLAIN, /* a.b.c */
    ATTR_ID,    /* also a|b, a#1 and a~ */
    ATTR_LISTS  /* also a[].b: [] stands for what the path has there */
};

/* An attribute of a resource; [] is no part of it. */
int syntax_attr(const struct lexicon *lex, struct slice text,
                enum syntax_attr kind, struct map_path *path, const char **why);

/*
 * The path that the naming rule gives an attribute, which was read from
 * text as ATTR_LISTS: its classes, and its []; one more at the end if
 * `list` and there is none.
 */
int syntax_derive(const struct names *names, struct slice text, bool list,
                  const struct map_path *attr, struct map_path *path,
                  const char **why);

/* A transform and its words, separated by spaces. */
int syntax_xform(const struct lexicon *lex, struct slice text,
                 struct map_xform *x, const char **why);

/* Cuts the first word (no white space in it) off *rest; empty at the end. */
struct slice syntax_cut(struct slice *rest);

#endif
