#ifndef DRIFT_LEDGER_INNER_H
#define DRIFT_LEDGER_INNER_H

/* What ledger.c and ledger_save.c share; nobody else's. */

#include "drift/ledger.h"

/* Takes a drift out; its slot and its bytes wait until room is needed. */
void ledger_drop(struct ledger *l, struct ledger_drift *d);

/* One more drift, the newest; d says all but where its bytes are and whose
 * they are.  False when there is no room, or the bytes are no drift. */
bool ledger_add(struct ledger *l, struct slice text, struct ledger_drift d);

#endif
