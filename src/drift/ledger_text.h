#ifndef DRIFT_LEDGER_TEXT_H
#define DRIFT_LEDGER_TEXT_H

/*
 * One open drift as bytes: what the ledger keeps of a record.  Written once;
 * after that only the marks of what is still open change.
 *
 *   head     key of the hashes; lengths; state, address, id, time of the
 *            event
 *   change   lengths, open mark; path, old, new; its members
 *   member   of a set that changed: open mark; a hash of each of its fields
 *
 * Numbers are in the machine's own order and may stand anywhere.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/names.h"
#include "base/sip.h"
#include "drift/finding.h"
#include "drift/record.h"

/* What values are read with, and hashed. */
struct ledger_terms {
    const struct names *names;
    struct sip_key key;
};

struct ledger_head {
    struct sip_key key;
    struct slice state, address, id, time;
    uint32_t n_changes;
};

/* A place in the bytes. */
struct ledger_at {
    char *p;
    size_t at, n;
};

struct ledger_change {
    struct slice path, old_json, new_json;
    uint32_t n_members;
    bool open;
    size_t mark; /* where its open mark stands */
};

/* Writes all of r; b's `full` flag tells whether it fits. */
void ledger_write(struct buf *b, const struct record *r,
                  const struct ledger_terms *t);

/* Reads the head; the changes follow at `it`. */
struct ledger_head ledger_read(char *p, size_t n, struct ledger_at *it);

/* Reads the next change; its members follow at `it`. */
void ledger_read_change(struct ledger_at *it, struct ledger_change *c);

/* Steps over the members of c. */
void ledger_skip_members(struct ledger_at *it, const struct ledger_change *c);

/*
 * Closes the members of c that are the settled one, and steps over all.
 * Returns how many are open afterwards.  A settled object is a member that
 * has all its fields; a settled text is a member with that field: its key.
 */
size_t ledger_settle_members(struct ledger_at *it,
                             const struct ledger_change *c,
                             const struct ledger_terms *t,
                             struct value settled);

/* Closes a change. */
void ledger_close_change(struct ledger_at *it, const struct ledger_change *c);

#endif
