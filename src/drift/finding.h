#ifndef DRIFT_FINDING_H
#define DRIFT_FINDING_H

/*
 * What one event means for one resource, while it is being judged: a list of
 * findings, one for each resource the event touches, each with its changes.
 * Everything lives in the trial's arena and is gone when that is reset.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/sip.h"
#include "base/value.h"
#include "map/map.h"
#include "map/resolve.h"
#include "map/shelf.h"
#include "map/words.h"
#include "state/state.h"

enum verdict { /* in order of gravity */
               VERDICT_IGNORED,
               VERDICT_UNMAPPED,
               VERDICT_NONE,
               VERDICT_UNMANAGED,
               VERDICT_DRIFT
};

enum action { ACTION_CREATE, ACTION_UPDATE, ACTION_DELETE };

enum change_kind {
    CHANGE_VALUE, /* one value became another */
    CHANGE_SET,   /* [old members, new members] of a set of plain values */
    CHANGE_BLOCKS /* [[removed blocks], [added blocks]] */
};

struct change {
    enum change_kind kind;
    struct slice path; /* as Terraform writes it: root_block_device[0].iops */
    struct value old_value, new_value; /* absent: null */
    bool hidden;     /* CloudTrail does not show the new value */
    bool added;      /* in a block that the state does not have */
    bool outer;      /* a block of which another change tells more */
    unsigned traits; /* MAP_SENSITIVE, MAP_COMPUTED: of the attribute */
};

/* Something the event sets to what the state says. */
struct settled {
    struct slice path;
    struct value member; /* of a set; absent: the whole attribute */
};

struct finding {
    struct instance in;
    enum verdict verdict; /* NONE or DRIFT */
    enum action action;
    bool carried; /* the event carries an attribute of this resource */
    bool unknown; /* something changed that the event does not show */
    bool creates; /* the event says that it creates the resource */
    bool watched; /* drift of it is open: settled values are wanted */
    struct change *change;
    size_t n_changes, max_changes;
    struct settled *settled;
    size_t n_settled, max_settled;
};

struct wanted;
struct finding;

/*
 * Told of each step while an event is judged, so that "why?" is answered by
 * the judge itself.  Any function may be NULL.
 */
struct observer {
    void *ctx;
    /* A binding is taken up; applies: its when lines hold. */
    void (*binding)(void *ctx, const struct map_binding *b, bool applies);
    /* The ids of one element of it. */
    void (*wanted)(void *ctx, const struct wanted *w);
    /* A resource has them. */
    void (*found)(void *ctx, const struct instance *in);
    /* An attribute line was looked at: what the event gives for it, and
     * whether that makes a change. */
    void (*line)(void *ctx, const struct finding *f,
                 const struct map_line *line, struct values given,
                 bool changed);
};

/* One event before the judge. */
struct trial {
    const struct maps *maps;
    const struct words *words;
    struct shelf *shelf;
    struct sip_key key;
    struct state *const *states;
    size_t n_states;
    struct arena *arena, *scratch; /* of the scope too */
    struct scope scope;
    struct slice event_name; /* without its version suffix */
    struct slice account;    /* of the event */
    struct slice region;
    struct finding **finding;
    size_t n_findings, max_findings;
    bool (*is_open)(void *ctx, const struct instance *in); /* or NULL */
    void *is_open_ctx;
    const struct observer *observer; /* NULL: nobody looks on */
};

/* The finding for an instance, made when new; NULL when the arena is full. */
struct finding *finding_of(struct trial *t, const struct instance *in);

/*
 * Adds a change; a second one of the same path replaces the first but keeps
 * its old value.  Makes the verdict DRIFT.  Values must live in the arena or
 * in the state; path is copied.
 */
struct change *finding_change(struct trial *t, struct finding *f,
                              enum change_kind kind, struct slice path,
                              struct value old_value, struct value new_value);

/* The change with this path, or NULL. */
struct change *finding_changed(const struct finding *f, struct slice path);

/* Notes what is as the state says, when f is watched. */
void finding_settled(struct trial *t, struct finding *f, struct slice path,
                     struct value member);

/* Says that the resource is gone. */
void finding_deleted(struct finding *f);

/* Says that the event, if it deleted the resource, creates it again: a batch
 * of record changes takes out the old and puts in the new. */
void finding_returned(struct finding *f);

#endif
