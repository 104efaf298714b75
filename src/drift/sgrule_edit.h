#ifndef DRIFT_SGRULE_EDIT_H
#define DRIFT_SGRULE_EDIT_H

/*
 * Calls that change rules which stay: by their ids, or only what is said
 * about them.
 */

#include "drift/sgrule_group.h"

/*
 * ModifySecurityGroupRules, both directions loaded: a rule resource is
 * compared attribute by attribute, as far as the event names them.  For a
 * rule in a block the event shows what it is now, not what it was nor its
 * direction: if no state has such a rule it is added to the blocks of the
 * direction that has the most similar one.
 */
void sgrule_modify(struct sgrule_group *g, bool egress);

/* UpdateSecurityGroupRuleDescriptionsIngress and Egress, by content or by
 * rule id; a description that is left out is taken away. */
void sgrule_describe(struct sgrule_group *g, bool egress);

#endif
