#ifndef STATE_KIND_H
#define STATE_KIND_H

/*
 * What a JSON document is, by the members of its outermost object: a state
 * that can be read, or one of the things that people mistake for one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define KIND_VERSION 4 /* the state format read here */

/* Members that tell; their places are the bits of `seen`. */
enum kind_member {
    KIND_MEMBER_VERSION,
    KIND_MEMBER_SERIAL,
    KIND_MEMBER_LINEAGE,
    KIND_MEMBER_TERRAFORM_VERSION,
    KIND_MEMBER_RESOURCES,
    KIND_MEMBER_FORMAT_VERSION,
    KIND_MEMBER_PLANNED_VALUES,
    KIND_MEMBER_RESOURCE_CHANGES,
    KIND_MEMBER_ENCRYPTED_DATA,
    KIND_MEMBER_ENCRYPTION_VERSION,
    KIND_MEMBER_META,
    KIND_MEMBER_COUNT
};

/* The member of this name, or KIND_MEMBER_COUNT. */
enum kind_member kind_member(struct slice name);

/*
 * Judges a whole object: seen has the bit of every member it had, version is
 * the number under "version" (0: none).  Returns 0 for a state, or
 * ERR_FOREIGN with e saying what `file` is instead.
 */
int kind_judge(uint32_t seen, uint64_t version, struct slice file,
               struct err *e);

/*
 * Judges what is no JSON object by its first bytes, those of white space
 * left out; json: it is another JSON value.  Returns ERR_FOREIGN with e
 * saying what it is.
 */
int kind_refuse(struct slice head, bool json, struct slice file, struct err *e);

#endif
