#ifndef DRIFT_SGRULE_GROUP_H
#define DRIFT_SGRULE_GROUP_H

/*
 * All that the states say about one security group: its own resource with
 * the blocks in it, and the resources that are rules of it, from whatever
 * state.  What EC2 has is compared with the union of their rules.
 */

#include "drift/finding.h"
#include "drift/sgrule_read.h"

/* One resource: a group, or a rule (or rules) of it. */
struct sgrule_member {
    struct instance in;
    uint32_t rules; /* how many it stands for */
    uint32_t hits;  /* how many of them the event names */
    bool gone;      /* the event deletes it */
};

struct sgrule_group {
    struct trial *trial;
    struct slice id, name;
    unsigned ways;                /* SGRULE_IN, SGRULE_OUT */
    struct sgrule_member *member; /* groups first */
    size_t n, max;
    size_t n_groups; /* aws_security_group, aws_default_security_group */
    struct sgrule_set rules; /* owner: index of the member */
};

#define SGRULE_IN 1u
#define SGRULE_OUT 2u

/*
 * Gathers what there is of the group the event names (groupId, groupName,
 * the answer's groupId), in these directions.  Everything lives in the
 * trial's scratch.  g->rules.full says that it is not all.
 */
void sgrule_group_load(struct sgrule_group *g, struct trial *t, unsigned ways);

/*
 * The member that is the rule with this id (sgr-...), or NULL.  Such a
 * resource is found even if it does not say of which group it is.
 */
struct sgrule_member *sgrule_group_by_id(struct sgrule_group *g,
                                         struct slice id);

/* A reader of rules out of the event, into `out`. */
struct sgrule_reader sgrule_group_reader(struct sgrule_group *g,
                                         struct sgrule_set *out, bool egress);

/* Whether a rule of the state stands in a block of the group's resource. */
static inline bool
sgrule_group_inline(const struct sgrule_group *g, const struct sgrule *r)
{
    return r->kind != SGRULE_ID && r->owner < g->n_groups;
}

/* Whether a resource of its own holds a rule that is the same as r. */
bool sgrule_group_owned(struct sgrule_group *g, const struct sgrule *r);

#endif
