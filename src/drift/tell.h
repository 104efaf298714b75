#ifndef DRIFT_TELL_H
#define DRIFT_TELL_H

/*
 * From a judgement to records: of each drift and each unmanaged resource
 * that the user wants to hear of, and of each open drift that the event puts
 * back.  Kept between events is only the ledger.
 */

#include "drift/filter.h"
#include "drift/ignore.h"
#include "drift/judge.h"
#include "drift/ledger.h"
#include "drift/record.h"

/* What stays the same from event to event. */
struct teller {
    struct record_maker maker;
    const struct ignore_rules *ignore;
    enum filter_unmanaged unmanaged; /* which of them are told */
    struct ledger *ledger;
};

/* What became of an event: its records, and what each resource got. */
struct outcome {
    enum verdict verdict;
    struct slice reason;
    struct slice event_id;
    struct record *record;
    size_t n_records, max_records;
    struct judgement judgement; /* judge_event()'s, beforehand */
    enum verdict *finding;      /* of each finding, after the user's rules */
    enum verdict *unmanaged;    /* of each unmanaged resource, likewise */
};

/*
 * Makes all records of a judged event; o->verdict and o->reason are the
 * judgement's beforehand, and become `ignored` when the user's rules take
 * everything.  The ledger hears what the event settles.  What o points to
 * lives in the maker's arena.  Returns 0 or ERR_MEMORY.
 */
int tell_event(struct teller *by, const struct event *ev, struct outcome *o);

/* The drifts of o are open from now on: they were written. */
void tell_remember(struct teller *by, const struct outcome *o);

#endif
