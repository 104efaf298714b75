#ifndef DRIFT_COMPARE_H
#define DRIFT_COMPARE_H

/*
 * One binding of an event against one resource: every attribute line whose
 * value the event carries is compared with the state, and what differs goes
 * into the resource's finding.  Each kind of comparison is one function,
 * found by the line's transform in a table.
 */

#include "drift/attr.h"
#include "drift/equal.h"
#include "drift/finding.h"

/* What comparing needs to know. */
struct comparison {
    struct trial *trial;
    const struct map_binding *binding;
    struct finding *finding;
    const struct picks *picks;
    struct equal_room room;
    size_t first; /* changes the finding had before */
};

/* Compares all attribute lines of b with the resource of f. */
void compare_binding(struct trial *t, const struct map_binding *b,
                     struct finding *f, const struct picks *picks);

/* A transform applied to a value of an event; what it makes lives in the
 * trial's arena. */
struct value compare_transform(struct trial *t, const struct map_xform *x,
                               struct value v);

/* Whether services of this type keep their names in lower case. */
bool compare_lower_cased(struct slice type);

/* ---- for the files of the comparison only ---- */

typedef void compare_fn(struct comparison *c, const struct map_line *line,
                        struct values given);

compare_fn compare_plain, compare_tags, compare_tag_keys, compare_all_tags;
compare_fn compare_add, compare_del, compare_merge, compare_drop;
compare_fn compare_map, compare_patch, compare_present, compare_kept,
    compare_unknown, compare_nothing;

/* Takes out changes that say nothing of their own: blocks around a change,
 * and what only the console's form filled in. */
void compare_prune(struct comparison *c);

/* Where the attribute of a line stands in the state. */
struct spots compare_spots(struct comparison *c, const struct map_line *l);

/* Whether two values of this attribute are the same to a user. */
bool compare_equal(const struct comparison *c, const struct map_line *line,
                   struct value state, struct value event);

/* Text of an attribute's path at a spot; NULL: where it would be. */
struct slice compare_path(struct comparison *c, const struct map_line *line,
                          const struct spot *at);

/* path + "." + key */
struct slice compare_member_path(struct comparison *c, struct slice path,
                                 struct slice key);

/* Reports a change of a line's attribute, the new value in the old one's
 * type (the state's true and the event's "false" give true, false). */
struct change *compare_change(struct comparison *c, const struct map_line *line,
                              enum change_kind kind, struct slice path,
                              struct value state, struct value event);

/* One member of a map or object: same, changed, or hidden. */
void compare_member(struct comparison *c, const struct map_line *line,
                    struct slice path, struct value state, struct value event);

/* Members of a value as a flat list: of a list its items, else itself;
 * empty ones left out. */
void compare_flatten(struct comparison *c, struct value v, struct values *out);

/* An array value of the list. */
struct value compare_array(struct comparison *c, const struct values *list);

/* A string value of the text. */
struct value compare_string(struct comparison *c, struct slice text);

#endif
