#ifndef BASE_VALUE_H
#define BASE_VALUE_H

/*
 * One JSON value in a packed form, read in place: a state keeps its
 * attributes so, and the parts of an event that are looked at are brought
 * into the same form, so that comparing knows one shape only.
 *
 *   null false true        one byte
 *   number, string         tag, length, text (numbers as they were written)
 *   array                  tag, length in bytes, items
 *   object                 tag, length in bytes, (key, item)...
 *   key                    id + 1 of an exactly known name, or
 *                          0, class + 1 of the name (0: unknown), length, text
 *
 * Lengths are LEB128, ids and classes two bytes, low first.  Reading never
 * allocates and never fails: only pack*.c write this form.  A value is valid
 * as long as the bytes under it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "names.h"
#include "slice.h"
#include "value_tags.h"

enum value_kind {
    VALUE_ABSENT, /* there is no value at all */
    VALUE_NULL,   /* from here on in the order of enum value_tag */
    VALUE_FALSE,
    VALUE_TRUE,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT
};

struct value {
    const uint8_t *p; /* NULL: absent */
};

#define VALUE_NOTHING ((struct value){NULL})

/* One key of an object. */
struct value_key {
    uint32_t name;     /* exact id, or NAME_NONE */
    uint32_t fold;     /* class when name is NAME_NONE, or NAME_NONE */
    struct slice text; /* the spelling when name is NAME_NONE */
};

struct value_iter {
    const uint8_t *p, *end;
    bool keyed; /* an object: items have keys */
};

static inline enum value_kind
value_kind(struct value v)
{
    if (v.p == NULL)
        return VALUE_ABSENT;
    return *v.p >= TAG_SHORT ? VALUE_STRING
                             : (enum value_kind)(VALUE_NULL + *v.p);
}

static inline bool
value_is(struct value v, enum value_kind kind)
{
    return value_kind(v) == kind;
}

/* Absent, null, "", [] or {}: what Terraform does not tell apart. */
bool value_empty(struct value v);

/* Text of a string or a number, "true"/"false" of a bool; else empty. */
struct slice value_text(struct value v);

/* Bytes the packed form takes. */
size_t value_size(struct value v);

/* Starts over the items of an array or object; over nothing for others. */
struct value_iter value_items(struct value v);

/* The next item; key may be NULL and is set only for objects. */
bool value_next(struct value_iter *it, struct value_key *key,
                struct value *item);

/* Number of items of an array or object, else 0. */
size_t value_count(struct value v);

/* Item i of an array; absent when there is none. */
struct value value_at(struct value v, size_t i);

/* The member with exactly this name id; absent when there is none. */
struct value value_get(struct value v, uint32_t name);

/*
 * The first member whose name is of this class, however it is spelled, that
 * is not empty; an empty one when there is no other.  (S3 writes a flag
 * "tagging":"" beside the document "Tagging".)
 */
struct value value_fold(const struct names *ns, struct value v, uint32_t class);

/* The member with this spelling, whether its name is known or not. */
struct value value_member(const struct names *ns, struct value v,
                          struct slice text);

/* A key's spelling; out is used when the name is a known one. */
struct slice value_key_text(const struct names *ns, const struct value_key *key,
                            char out[NAME_MAX_BYTES]);

/* The value as JSON text, members in their order, no white space. */
void value_json(struct buf *b, const struct names *ns, struct value v);

#endif
