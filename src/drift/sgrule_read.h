#ifndef DRIFT_SGRULE_READ_H
#define DRIFT_SGRULE_READ_H

/*
 * Rules out of the shapes they come in: permissions of a call, one rule in
 * plain members, blocks and attributes of a state.  What is read are views
 * of the event or the state; what had to be put together lives in the set's
 * arena.
 */

#include "drift/sgrule_set.h"
#include "map/resolve.h"

struct sgrule_reader {
    const struct words *words;
    struct scope *scope; /* of the event; NULL: values are of a state */
    struct slice group;  /* id of the group the rules are of */
    struct slice name;   /* its name, when known */
    struct slice account;
    bool egress;
    uint32_t owner;
    struct sgrule_set *out;
};

/* A member of an event's object (its wrappers off) or of a state's. */
struct value sgrule_read_member(const struct sgrule_reader *rd, struct value v,
                                enum word name);

/* One element of ipPermissions: any number of rules. */
void sgrule_read_permission(const struct sgrule_reader *rd, struct value v);

/* The old form of a call: one CIDR or group beside the ports. */
void sgrule_read_parameters(const struct sgrule_reader *rd, struct value v);

/*
 * An object that is one rule: of ModifySecurityGroupRules, of an answer's
 * rule set, the attributes of aws_vpc_security_group_ingress_rule and
 * egress_rule.  Returns it too, also when it says of no CIDR or group.
 */
struct sgrule sgrule_read_single(const struct sgrule_reader *rd,
                                 struct value v);

/* An ingress or egress block, or the attributes of
 * aws_security_group_rule. */
void sgrule_read_block(const struct sgrule_reader *rd, struct value v);

#endif
