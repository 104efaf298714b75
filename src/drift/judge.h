#ifndef DRIFT_JUDGE_H
#define DRIFT_JUDGE_H

/*
 * What becomes of one event: the verdict of DESIGN's table, and for each
 * resource it touches a finding.  Pure: no I/O, no clock, nothing kept
 * between events but what the caller passes.
 */

#include "drift/filter.h"
#include "drift/finding.h"

/* Everything that stays the same from event to event. */
struct judge {
    const struct maps *maps;
    const struct words *words;
    struct shelf *shelf; /* or NULL */
    struct sip_key key;  /* that nobody can guess */
    struct state *const *states;
    size_t n_states;
    const struct filter *filter;
    struct arena *arena;   /* of one event; the caller resets it */
    struct arena *scratch; /* tokens */
    bool (*is_open)(void *ctx, const struct instance *in); /* or NULL */
    void *is_open_ctx;
    const struct observer *observer; /* NULL: nobody looks on */
};

/* A resource that the event names and no state has. */
struct unmanaged {
    uint16_t type;         /* NAME_NONE: the event may mean several */
    struct slice resource; /* its id, as the event gives it */
    enum action action;
    bool creates; /* the event creates it */
};

struct judgement {
    enum verdict verdict;
    struct slice reason; /* why it is ignored; else empty */
    struct trial trial;  /* with the findings */
    struct unmanaged *unmanaged;
    size_t n_unmanaged;
};

/* Judges one event; what out points to lives until j->arena is reset. */
void judge_event(const struct judge *j, const struct event *ev,
                 struct judgement *out);

/*
 * Judges an event of Terraform's own, which judge_event() ignores, for what
 * it puts back of drifts that are open and for nothing else: no finding is a
 * drift, and nothing is unmanaged.
 */
void judge_settling(const struct judge *j, const struct event *ev,
                    struct judgement *out);

#endif
