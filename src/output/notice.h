#ifndef OUTPUT_NOTICE_H
#define OUTPUT_NOTICE_H

/*
 * A record read back from its line, by keys, for outputs that tell of it in
 * words of their own.  All views of the line: valid as long as it is.  Any
 * bytes will do; what is not a record's line is not read.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"
#include "drift/record.h"
#include "output/pieces.h"

#define NOTICE_TIME_BYTES 20 /* "2026-01-02T03:04:05Z" */

enum notice_field {
#define RECORD_FIELD(member, shape, presence, sentence) NOTICE_##member,
#include "drift/record_fields.def"
#undef RECORD_FIELD
    NOTICE_FIELDS
};

struct notice {
    struct slice json; /* the object, without the newline */
    /* Values as JSON; p is NULL for one that is not there, or null. */
    struct slice field[NOTICE_FIELDS];
    enum record_kind kind;
    enum action action;
    enum severity severity;
};

/* The key of a field: "source_ip". */
struct slice notice_key(enum notice_field f);

/* Takes a line apart.  Returns 0, or ERR_SYNTAX when it is no object, or its
 * kind, action or severity is none that there is. */
int notice_read(struct notice *n, struct slice line);

/* One change: path and values as JSON. */
struct notice_change {
    struct slice path, from, to;
    bool hidden; /* the new value is not known */
};

/* Starts over the changes; the next one. */
struct pieces notice_changes(const struct notice *n);
bool notice_change(const struct notice *n, struct pieces *p,
                   struct notice_change *c);
size_t notice_count(const struct notice *n);

/* The time of the call, UTC, whole seconds; false when it is no time. */
bool notice_time(const struct notice *n, char out[NOTICE_TIME_BYTES]);

/*
 * Writes the address of the event in the CloudTrail console
 * (docs.aws.amazon.com/awscloudtrail/latest/userguide/
 * view-cloudtrail-events-console.html; the host differs by partition).
 * false, and nothing, when region or id do not look like what AWS gives.
 */
bool notice_link(const struct notice *n, struct buf *b);

#endif
