#ifndef DRIFT_SGRULE_H
#define DRIFT_SGRULE_H

/*
 * Calls that change the rules of a security group.  Terraform keeps a rule
 * in a block of the group's resource or in a resource of its own, EC2 knows
 * one list of rules: so an event is compared with the union of both, one
 * CIDR (or group, or prefix list) at a time.  API reference:
 * docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */

#include <stdbool.h>

#include "drift/finding.h"

/*
 * True when the event is one of these and was judged here, for all types:
 * AuthorizeSecurityGroupIngress and Egress, RevokeSecurityGroupIngress and
 * Egress, ModifySecurityGroupRules,
 * UpdateSecurityGroupRuleDescriptionsIngress and Egress.  No binding needs
 * to be looked at then.  *known: a state has the group or a rule of it.
 *
 * Findings: the group's resource for rules in its blocks and for rules no
 * state has (a BLOCKS change of `ingress` or `egress`, one block for each
 * rule); the rule's resource when it is taken away (deleted) or edited (its
 * attributes).  The trial's scratch is left as it was.
 *
 * Settled: a rule put back or an unknown one taken away gives the path
 * `ingress` or `egress` and a block without `description`, which stands for
 * every block that is equal in the members it has.  A rule resource of
 * which drift is open and whose rules are all let in is `creates`.
 */
bool sgrule_judge(struct trial *t, bool *known);

#endif
