#ifndef MAP_MAP_H
#define MAP_MAP_H

/*
 * What the mappings know: this event of this service touches this resource
 * type, found by this id, through these attributes.  One coded form serves
 * the built-in tables (read-only, generated from aws/ by gen/) and a user's
 * own files (encoded into an arena by map_read()).  Reading a mapping never
 * allocates and knows nothing of events or states.
 *
 * The text format is described in README.md, "How to add a mapping".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/names.h"
#include "base/slice.h"

#define MAP_PATH_MAX 48     /* symbols in one path with its alternatives */
#define MAP_IDS_MAX 12      /* id lines of a binding */
#define MAP_WHENS_MAX 4     /* when lines of a binding */
#define MAP_ARGS_MAX 16     /* words of a transform */
#define MAP_BINDINGS_MAX 96 /* bindings of one event */
#define MAP_TYPES_MAX 128   /* types of one binding */
#define MAP_LINES_MAX 2040  /* attribute lines of one binding */

/*
 * A path is a string of symbols.  Below MAP_SYM_FIRST a symbol is a name: an
 * exact id in attribute paths, a class in paths into an event.
 */
enum map_symbol {
    MAP_SYM_FIRST = 0xfff0,
    MAP_SYM_LIST = MAP_SYM_FIRST, /* [] */
    MAP_SYM_FILTER,   /* [key=literal]: then class of key, id of literal */
    MAP_SYM_ALT,      /* | : another path follows */
    MAP_SYM_RESPONSE, /* > : first symbol: from responseElements */
    MAP_SYM_EVENT,    /* @ : first symbol: from the record itself */
    MAP_SYM_ELEMENT,  /* . : first symbol: from the element of each */
    MAP_SYM_PART,     /* #N: last symbol of an id attribute, then N */
    MAP_SYM_ANYPART   /* ~ : last symbol of an id attribute */
};

struct map_path {
    uint16_t sym[MAP_PATH_MAX];
    uint8_t n;
};

enum map_role {
    MAP_UPDATE,
    MAP_CREATE,
    MAP_DELETE,
    MAP_UPSERT,
    MAP_NONE /* no binding: takes a built-in one out */
};

enum map_confidence { MAP_HIGH, MAP_MEDIUM, MAP_LOW };

/* Transforms, one name each: xforms.def has (enum, spelling, sentence). */
enum map_xform_kind {
#define XFORM(name, text, help) MAP_X_##name,
#include "map/xforms.def"
#undef XFORM
    MAP_X_COUNT
};

/*
 * A transform and its words.  "enum A=b C=d" and "merge a=b" give pairs of
 * words (arg[0]=A arg[1]=b ...), "kv name=literal" one pair, "strip X" and
 * "drop key" one word in arg[0].
 */
struct map_xform {
    uint8_t kind;               /* enum map_xform_kind */
    uint8_t n;                  /* words in arg */
    uint16_t arg[MAP_ARGS_MAX]; /* exact name ids */
};

/* PATH, !PATH, PATH = literal, !PATH = literal */
struct map_when {
    struct map_path path;
    bool negate;
    uint16_t literal; /* exact id, or NAME_NONE: any value */
};

/* id = ATTRIBUTE < PATH : TRANSFORM */
struct map_id {
    struct map_path attr; /* of the resource; alternatives with ALT */
    struct map_path path; /* of the event */
    struct map_xform xform;
};

/* attr = ATTRIBUTE < PATH : TRANSFORM, or attr = ATTRIBUTE := LITERAL */
struct map_line {
    struct map_path attr;
    struct map_path path; /* n is 0 for a literal */
    struct map_xform xform;
    bool constant;    /* := */
    uint16_t literal; /* of a constant; NAME_NONE for "?" */
    bool guarded;     /* := LITERAL ? PATH = literal */
    struct map_when guard;
};

/* Makes a line one without transform: its paths are all there is of it. */
static inline void
map_line_plain(struct map_line *line)
{
    line->xform.kind = MAP_X_NONE;
    line->xform.n = 0;
    line->constant = line->guarded = false;
    line->literal = NAME_NONE;
}

struct map; /* one set of sections: the built-in ones, or a user's */

/* Where one binding stands; cheap to copy, valid as long as its map. */
struct map_ref {
    const struct map *map;
    uint32_t at;
};

struct map_binding {
    struct map_ref ref;
    const uint8_t *types; /* n_types ids, two bytes each, low byte first */
    size_t n_types;       /* 0: any type ("*") */
    enum map_role role;
    enum map_confidence confidence;
    bool has_role_path; /* the role is read from the event */
    struct map_path role_path;
    struct map_xform role_xform; /* enum VALUE=role ... */
    bool has_each;
    struct map_path each;
    size_t n_whens;
    struct map_when when[MAP_WHENS_MAX];
    size_t n_ids; /* 0: the one resource of its type */
    struct map_id id[MAP_IDS_MAX];
    const uint8_t *lines; /* coded, for map_lines(); NULL: none */
};

/* Walk over the attribute lines of a binding: first those it shares with
 * another one (a base and a mask of its lines), then its own. */
struct map_lines {
    const struct map *map;
    const uint8_t *p;
    size_t left; /* own lines to come */
    const uint8_t *base, *mask;
    size_t mask_n, mask_at; /* bits */
    bool fresh;             /* the next line follows no other */
};

/* All there is: the words, the built-in map, and the user's over it. */
struct maps {
    struct names names;
    const struct map *builtin; /* NULL: none */
    const struct map *user;    /* the last file read; NULL: none */
};

/* The built-in tables (in the generated map_tables.c). */
extern const struct names_table map_builtin_names;
extern const struct map map_builtin;

/* Sets ms up over the built-in tables, without user's files. */
void maps_init(struct maps *ms);

/*
 * Reads one user's file over what is there: a (source, event, type) of it
 * replaces a built-in or an earlier one.  `file` is for messages only.
 * Everything is encoded into `arena`, which must outlive ms.
 * Returns 0, or ERR_SYNTAX / ERR_LIMIT / ERR_MEMORY with file, line, what is
 * wrong and what is allowed in e.
 */
int map_read(struct maps *ms, struct arena *arena, struct slice file,
             struct slice text, struct err *e);

/*
 * The name without the API version that some services append:
 * UpdateFunctionCode20150331v2, CreateDistribution2020_05_31.
 */
struct slice map_event_name(struct slice event);

/* The service as mappings write it: "ec2" for "ec2.amazonaws.com". */
struct slice map_source_name(struct slice source);

/*
 * The bindings of an event, a user's in front, replaced ones and role none
 * left out.  source is as in the record ("ec2.amazonaws.com"); event may
 * carry a version suffix (UpdateFunctionCode20150331v2).  Returns how many
 * of out[] are set; 0 when the event is not mapped at all, so that an event
 * whose bindings are all "none" is told apart by *known.
 */
size_t map_find(const struct maps *ms, struct slice source, struct slice event,
                struct map_ref out[MAP_BINDINGS_MAX], bool *known);

/* Decodes the head of a binding. */
void map_binding(struct map_ref ref, struct map_binding *b);

/* Type i of a binding, as a name id. */
static inline uint16_t
map_type(const struct map_binding *b, size_t i)
{
    return (uint16_t)(b->types[2 * i] | b->types[2 * i + 1] << 8);
}

/* Whether the binding is for this type (name id), "*" included. */
bool map_has_type(const struct map_binding *b, uint16_t type);

/*
 * Starts over the attribute lines; the next one, false at the end.  Lines are
 * coded as what differs from the one before: `line` must be the same object
 * in every call and left alone between them.
 */
void map_lines(const struct map_binding *b, struct map_lines *it);
bool map_line_next(struct map_lines *it, struct map_line *line);

/*
 * Every binding of a resource type, bindings for any type included; calls
 * back in no particular order until it returns false.
 */
void map_each_of_type(const struct maps *ms, uint16_t type,
                      bool (*cb)(void *ctx, const struct map_binding *b),
                      void *ctx);

/* Every binding of every (source, event), in no particular order, until cb
 * returns false; b is NULL for an event that is known to touch nothing.
 * source and event live until cb returns. */
void map_each_event(const struct maps *ms,
                    bool (*cb)(void *ctx, struct slice source,
                               struct slice event, const struct map_binding *b),
                    void *ctx);

/*
 * What is known of a type's attribute ([type NAME] sections): attr is the
 * attribute path without indexes; what is known of a block holds for all
 * that is in it.
 */
enum map_trait {
    MAP_SENSITIVE = 1, /* never written out */
    MAP_ORDERED = 2,   /* a list whose order counts */
    MAP_COMPUTED = 4   /* only AWS sets it: drift at severity notice */
};
unsigned map_traits(const struct maps *ms, uint16_t type,
                    const struct map_path *attr);

/*
 * The type whose resources hold this part (a top-level attribute) of a
 * parent type on their own, one after the other: i = 0, 1, ...;
 * NAME_NONE at the end.  *owner is the attribute by which the part's
 * resource names its parent.
 */
uint16_t map_part(const struct maps *ms, uint16_t type, uint16_t attr, size_t i,
                  uint16_t *owner);

/* A path as text, for people; names of classes in their first spelling. */
void map_path_text(const struct maps *ms, const struct map_path *path,
                   bool event, struct buf *out);

#endif
