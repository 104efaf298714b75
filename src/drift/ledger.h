#ifndef DRIFT_LEDGER_H
#define DRIFT_LEDGER_H

/*
 * The drifts that are open: written to the outputs, and not yet put back.
 * A later event that sets what the state says settles the paths it carries;
 * when the last path of a record is settled the record is closed, and the
 * caller writes a `resolved` record for it.
 *
 * Everything is plain data in two fixed arrays, joined by offsets, so that
 * it can be saved as it is.  Full (of records, or of bytes) is an ordinary
 * condition: the oldest drift is forgotten, and counted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/sip.h"
#include "drift/finding.h"
#include "drift/record.h"

#define LEDGER_DRIFTS 4096                  /* where nobody says otherwise */
#define LEDGER_BYTES (4u << 20)             /* likewise */
#define LEDGER_DRIFT_MAX_BYTES (128u << 10) /* of one that is kept */

/* One record whose drift is open, or that is closed and not yet told. */
struct ledger_drift {
    uint64_t key;   /* hash of state name and address */
    uint32_t at;    /* of its bytes in `text` */
    uint32_t n;     /* bytes */
    uint32_t older; /* the next one in the hash chain + 1 */
    uint32_t open;  /* paths that are not settled; 0: closed */
    bool gone;      /* told or forgotten: its bytes may be reused */
    bool is_delete; /* the resource was deleted */
    bool recreated; /* it came back, but not as the state says */
    bool changed;   /* since ledger_changed() last gave it */
};

struct ledger {
    struct ledger_drift *drift; /* oldest first */
    size_t n, slots;            /* used and there are */
    size_t live, max;           /* not gone, and at most */
    size_t first;               /* no live one before */
    char *text;
    size_t used, size; /* bytes of text */
    uint32_t *heads;   /* hash -> newest drift + 1 */
    size_t mask;
    struct sip_key key; /* of the hashes of new drifts */
    uint64_t forgotten; /* open drifts that had to go */
    bool changed;       /* some drift is */
};

/* Room for max drifts and their texts in the arena, which must outlive l.
 * Returns 0 or ERR_MEMORY. */
int ledger_init(struct ledger *l, struct arena *a, size_t max, size_t bytes);

/* Whether some drift of the resource is open. */
bool ledger_is_open(const struct ledger *l, struct slice state,
                    struct slice address);

/*
 * What an event says of a resource, before its own drifts are opened: what
 * of it is settled, and whether it creates the resource again.  `when` is its
 * time, in the form of the records' timestamps: events may come late, and
 * drifts that happened after it stay open.  Returns how many drifts it
 * closes.
 */
size_t ledger_apply(struct ledger *l, const struct names *ns,
                    struct slice state, struct slice address, struct slice when,
                    const struct finding *f);

/* A drift that is over. */
struct ledger_closed {
    struct slice id;               /* of its record */
    bool was_deleted;              /* the resource is back */
    struct record_changes changes; /* [drifted value, state's value] */
};

/*
 * The next drift of the resource that ledger_apply() closed; false when
 * there is none.  out's list is in `arena`, the texts are views of the
 * ledger, valid until the next ledger_open().
 */
bool ledger_take(struct ledger *l, struct slice state, struct slice address,
                 struct arena *arena, struct ledger_closed *out);

/*
 * Opens a finished drift record.  One that does not tell all that changed
 * ("detail": false, or changes left out) cannot be seen to end, and is not
 * kept, nor is one of more than LEDGER_DRIFT_MAX_BYTES.  scratch is not moved.
 */
void ledger_open(struct ledger *l, const struct record *r,
                 const struct names *ns, struct arena *scratch);

/* A drift as bytes that may be kept elsewhere. */
struct ledger_saved {
    struct slice text; /* a view of the ledger, until ledger_open() */
    struct slice id;   /* of its record; in text */
    uint32_t open;
    bool gone, is_delete, recreated;
};

/*
 * The next drift from *at on (0 at first) that is there, or with `changed`
 * only those that changed since they were given like this, the gone ones
 * among them.  False at the end.
 */
bool ledger_next(struct ledger *l, size_t *at, bool changed,
                 struct ledger_saved *out);

/*
 * Puts one back in the place of what is there under its id, as the newest;
 * or takes that out, when it is gone.  False when the bytes are none that
 * ledger_next() gave.
 */
bool ledger_restore(struct ledger *l, const struct ledger_saved *saved);

#endif
