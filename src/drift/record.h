#ifndef DRIFT_RECORD_H
#define DRIFT_RECORD_H

/*
 * The record: one drift as outputs hear of it, a struct with one member for
 * each row of record_fields.def.  It is made from an event and a finding;
 * texts are views of the event and of the maker's arena, values are JSON of
 * bounded length, and what is sensitive never gets in.  The JSON line of any
 * record is shorter than RECORD_LINE_MAX_BYTES, whatever the event holds.
 */

#include <stdbool.h>
#include <stddef.h>

#include "drift/judge.h"
#include "drift/severity.h"

#define RECORD_LINE_MAX_BYTES (64u << 10)
#define RECORD_VALUE_MAX_BYTES 4096 /* of one value, before its escapes */
#define RECORD_TEXT_MAX_BYTES 1024  /* of any other text, likewise */
#define RECORD_CHANGES_MAX_BYTES (30u << 10) /* of all changes, as JSON */

enum record_kind { RECORD_DRIFT, RECORD_UNMANAGED, RECORD_RESOLVED };

struct record_change {
    struct slice path;
    struct slice old_json, new_json; /* after record_finish() */
    bool hidden;
    const struct change *from; /* NULL in a resolved record */
};

struct record_changes {
    struct record_change *list;
    size_t n;
};

/* The member of each shape of record_fields.def. */
#define RECORD_C_TEXT struct slice
#define RECORD_C_NULLABLE struct slice /* p NULL: null */
#define RECORD_C_CHANGES struct record_changes
#define RECORD_C_KIND enum record_kind
#define RECORD_C_ACTION enum action
#define RECORD_C_SEVERITY enum severity
#define RECORD_C_HIDDEN size_t /* how many changes are hidden */
#define RECORD_C_FLAG bool
#define RECORD_C_COUNT size_t

struct record {
#define RECORD_FIELD(member, shape, presence, sentence) RECORD_C_##shape member;
#include "drift/record_fields.def"
#undef RECORD_FIELD
};

/* What every record is made with. */
struct record_maker {
    const struct maps *maps;
    const struct severity_rules *severity;
    struct arena *arena; /* the event's: a record lives as long */
    struct arena *scratch;
};

/*
 * What an event gives to all of its records.  Without an id of its own an
 * event is called "h-" and a hash of its bytes.
 */
void record_event(struct record *common, const struct event *ev,
                  const struct record_maker *m);

/* The event's id alone, as in its records; in the arena or the event. */
struct slice record_event_id(const struct event *ev, struct arena *arena);

/* The first label of an event source: "ec2" of "ec2.amazonaws.com". */
struct slice record_service(struct slice source);

/*
 * A record of a finding, of a resource no state has, or of one whose drift
 * is over (its changes are the ledger's).  Values are not written yet, so
 * that ignored changes cost nothing: ignore_apply() may take some out.
 * Return 0 or ERR_MEMORY.
 */
int record_drift(struct record *r, const struct record *common,
                 const struct finding *f, const struct record_maker *m);
int record_unmanaged(struct record *r, const struct record *common,
                     const struct unmanaged *u, const struct record_maker *m);
int record_resolved(struct record *r, const struct record *common,
                    const struct instance *in, const struct record_maker *m);

/* Address of an instance, and its id as records give it. */
struct slice record_address(const struct instance *in,
                            const struct record_maker *m);
struct slice record_resource(const struct instance *in,
                             const struct record_maker *m);

/* Writes the values, weighs the record, and numbers it: "<event_id>:<n>".
 * Returns 0 or ERR_MEMORY. */
int record_finish(struct record *r, const struct instance *in, size_t n,
                  const struct record_maker *m);

/* The words of a kind and of an action. */
struct slice record_kind_text(enum record_kind kind);
struct slice record_action_text(enum action action);

#endif
