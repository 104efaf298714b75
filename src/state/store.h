#ifndef STATE_STORE_H
#define STATE_STORE_H

/*
 * How a loaded state lies in memory.  Private to this room.
 *
 * Records stand one after the other as they came in the document, without
 * gaps; packed values (base/value.h) end by themselves.
 *
 *   type      RECORD_TYPE, name id (two bytes, low first), its text
 *   instance  RECORD_INSTANCE or RECORD_FLAT, its number (four bytes, low
 *             first), its type's name id, where its attributes are: how many
 *             (a byte), their name ids, and the offsets of their values in
 *             the attributes (two bytes each); attributes, index key (null,
 *             a number or a string), sensitive attributes.  Attributes too
 *             many or too long for that count as none there.
 *   resource  RECORD_RESOURCE, offset of its type's record (four bytes, low
 *             first), module, name; it follows the instances it owns, since
 *             a document may say the module after them
 *
 * Behind the records: one place for each instance, then the index.
 */

#include <stdint.h>

#include "base/slice.h"
#include "base/value.h"
#include "state/state.h"

enum record {
    RECORD_TYPE,
    RECORD_INSTANCE,
    RECORD_FLAT, /* an instance that came as attributes_flat */
    RECORD_RESOURCE
};

#define STORE_HEAD_BYTES 7 /* of an instance, before the next */
#define STORE_ATTRS_MAX 255

/* Bytes that say where n attributes are. */
#define STORE_TABLE_BYTES(n) (1 + 4 * (size_t)(n))

/* Where an instance and the resource that owns it are, from `records`. */
struct place {
    uint32_t at, resource;
};

#define STORE_TYPE_BITS 4096 /* a power of two */

struct state {
    struct slice name, lineage, account;
    uint64_t serial;
    const uint8_t *records;
    size_t size; /* bytes of records */
    const struct place *places;
    uint32_t n; /* instances */
    /*
     * Pairs (hash << 32 | offset of the instance's record), ascending, and
     * so in the order of the document; bucket b, the top bits of the hash,
     * is pairs[dir[b]] to pairs[dir[b + 1]].  What a look-up reads of a
     * large state is not in any cache: from a pair it is one step to the
     * attributes, and number and type stand beside them.
     */
    const uint32_t *dir;
    /* Which types there are, a bit each by type % STORE_TYPE_BITS: most that
     * are asked for are not, and this is always in a cache. */
    uint64_t types[STORE_TYPE_BITS / 64];
    unsigned shift; /* hash >> shift is the bucket */
    const uint64_t *pairs;
};

/* An instance's record, taken apart. */
struct stored_instance {
    bool flat;
    uint32_t number;
    uint16_t type; /* name id or NAME_NONE */
    struct value attrs, key, sensitive;
};

struct stored_resource {
    uint32_t type; /* offset of its record */
    struct value module, name;
};

/* Takes apart the record at p; returns where the next one is. */
const uint8_t *stored_instance(const uint8_t *p, struct stored_instance *r);
const uint8_t *stored_resource(const uint8_t *p, struct stored_resource *r);
const uint8_t *stored_type(const uint8_t *p, uint16_t *name,
                           struct slice *text);

/* The instance whose record is at this offset. */
struct instance stored_at(const struct state *st, uint32_t at);

#endif
