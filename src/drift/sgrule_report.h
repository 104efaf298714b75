#ifndef DRIFT_SGRULE_REPORT_H
#define DRIFT_SGRULE_REPORT_H

/* What the marks on a group's rules mean for its resources, as findings. */

#include "drift/sgrule_group.h"

/*
 * The finding of member `at`: rules removed and added as changes of ingress
 * and egress, settled ones as settled.  NULL when the arena is full.
 */
struct finding *sgrule_report(struct sgrule_group *g, size_t at);

/* sgrule_report() of all groups. */
void sgrule_report_groups(struct sgrule_group *g);

/*
 * A rule changed that the event does not show: unknown for the groups that
 * have a rule in a block which could be it.  `description` of what is not
 * shown, when that is all that changed: no group that has it already is
 * meant; NULL: any rule.
 */
void sgrule_report_unseen(struct sgrule_group *g,
                          const struct slice *description);

/*
 * Whether lists were cut short for want of memory: what a part of the rules
 * says is no verdict, and all members are reported without detail.
 */
bool sgrule_report_incomplete(struct sgrule_group *g,
                              const struct sgrule_set *said);

#endif
