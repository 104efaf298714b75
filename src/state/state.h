#ifndef STATE_STATE_H
#define STATE_STATE_H

/*
 * Terraform states in memory, ready to be asked "who has this id?".  A
 * document (format version 4, Terraform's internal/states/statefile) is
 * indexed while it streams in; of every managed instance the attributes that
 * some mapping asks for are kept in packed form, and data sources and
 * deposed objects are left out.  Looking up costs the same however many
 * resources there are.  Nothing here does I/O but through the stream given.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/names.h"
#include "base/stream.h"
#include "base/value.h"
#include "map/map.h"

#define STATE_INSTANCE_MAX_BYTES (8u << 20) /* one instance's JSON */
#define STATE_ADDRESS_MAX_BYTES 1024

struct state; /* one loaded document; lives in the arena it was loaded into */

/* One instance of a managed resource, as a look-up gives it. */
struct instance {
    const struct state *state;
    uint32_t number;      /* its place in the state */
    uint16_t type;        /* name id; NAME_NONE if no mapping knows it */
    struct value attrs;   /* object; the attributes kept */
    const uint8_t *table; /* where they are, for state_attr() */
    bool flat;            /* came as attributes_flat: all values are text */
};

/*
 * Loads one document into `keep`, using `scratch` for windows and tokens.
 * name is the state's name for records, file names it in messages; both are
 * copied.  Returns 0 and *st; ERR_FOREIGN (version 3, encrypted by OpenTofu,
 * other JSON, not JSON: the message says which), ERR_SYNTAX or ERR_MORE (torn)
 * with the offset, ERR_LIMIT, ERR_MEMORY.  On error `keep` is rewound.
 */
int state_load(struct state **st, const struct maps *ms, struct stream *in,
               struct slice name, struct slice file, struct arena *keep,
               struct arena *scratch, struct err *e);

struct slice state_name(const struct state *st);
struct slice state_lineage(const struct state *st);
uint64_t state_serial(const struct state *st);
/* All managed ones; of types that no mapping knows nothing else is kept. */
size_t state_instances(const struct state *st);

/* The account that only this state is asked about; empty: any.  Not copied. */
void state_set_account(struct state *st, struct slice account);
struct slice state_account(const struct state *st);

struct instance state_instance(const struct state *st, uint32_t number);

/* The attribute with exactly this name, as value_get() of attrs finds it;
 * absent when there is none. */
struct value state_attr(const struct instance *in, uint16_t name);

/* sensitive_attributes as in the document. */
struct value state_sensitive(const struct instance *in);

/* module.web.aws_instance.app["blue"], as Terraform prints it; out->full when
 * it does not fit. */
void state_address(const struct instance *in, const struct names *ns,
                   struct buf *out);

/* The type as text (also when no mapping knows it). */
struct slice state_type(const struct instance *in);

#define STATE_KEYS_MAX 8

/* A text by which things are found. */
struct state_key {
    struct slice text;
    uint64_t hash;
};

/*
 * The texts that a value is found by: itself (without a log group's ":*" and
 * a final dot), and for an ARN also what names may stand for it, that is its
 * resource and what follows the first or last '/' or ':' in that, or the
 * name of a function, table or stream with something below it.  The first
 * one is the value itself.  Returns how many; views of value.
 */
size_t state_keys(struct slice value, struct state_key out[STATE_KEYS_MAX]);

/*
 * Candidates for "a resource of `type` that has this key in an attribute by
 * which mappings find resources": those with the same text, without case,
 * and those with an ARN that it may stand for; the caller compares, and for
 * an ARN looks up all its keys.  They come in the order of the document.
 * type NAME_NONE: of any type, by id or arn only.  key NULL: all instances
 * of the type (of any: none).
 */
struct state_hits {
    const struct state *st;
    uint32_t at, end; /* how many are left: end - at */
    uint16_t type;
};
void state_find_key(const struct state *st, uint16_t type,
                    const struct state_key *key, struct state_hits *hits);

/* The same by the first key of a value; value NULL (p): of none. */
void state_find(const struct state *st, uint16_t type, struct slice value,
                struct state_hits *hits);
bool state_hit_next(struct state_hits *hits, struct instance *in);

#endif
