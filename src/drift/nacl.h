#ifndef DRIFT_NACL_H
#define DRIFT_NACL_H

/*
 * Numbered entries in the blocks of a network ACL.  docs.aws.amazon.com/
 * AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html; the blocks are
 * those of aws_network_acl and aws_default_network_acl.
 */

#include <stdbool.h>

#include "drift/finding.h"

/*
 * Judges CreateNetworkAclEntry, ReplaceNetworkAclEntry or
 * DeleteNetworkAclEntry against the ACL whose finding is f: a BLOCKS change
 * of `ingress` or `egress`.  False when the entry is a resource of its own
 * (aws_network_acl_rule, in whatever state), which then is where it is
 * reported: f means nothing then.
 *
 * Settled: the path and a block that has only rule_no: the ACL has, or
 * lacks, that entry as the state says, whatever it was.
 */
bool nacl_judge(struct trial *t, struct finding *f);

#endif
