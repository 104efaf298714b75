#include "drift/sgrule.h"

#include "drift/sgrule_edit.h"
#include "drift/sgrule_report.h"

/* Rules the event speaks of, read from its parameters. */
static void
read_call(struct sgrule_group *g, struct sgrule_set *said, bool egress)
{
    struct scope *s = &g->trial->scope;
    const uint16_t *class = s->words->class;
    const uint16_t old[] = {class[W_CIDR_IP], MAP_SYM_ALT,
                            class[W_SOURCE_SG_NAME]};
    struct sgrule_reader rd = sgrule_group_reader(g, said, egress);
    struct values list =
        value_list(s, value_step(s, s->params, class[W_IP_PERMISSIONS]));

    for (size_t i = 0; i < list.n; i++)
        sgrule_read_permission(&rd, list.v[i]);
    /* Few calls still have the old form, and it is long to look for. */
    if (!resolve_silent(s, old, sizeof(old) / sizeof(*old)))
        sgrule_read_parameters(&rd, s->params);
}

/* A rule that is let in; the same one twice in a call counts once. */
static void
authorize_rule(struct sgrule_group *g, const struct sgrule *r)
{
    uint32_t at = sgrule_set_find(&g->rules, r);
    struct sgrule added = *r;

    if (at == SGRULE_NONE) {
        added.marks = SGRULE_ADDED;
        sgrule_set_push(&g->rules, &added);
        return;
    }
    if (g->rules.rule[at].marks != 0)
        return;
    /* It may stand in a block and in a resource of its own, or twice. */
    for (; at != SGRULE_NONE; at = sgrule_set_next(&g->rules, at, r)) {
        g->rules.rule[at].marks |= SGRULE_SETTLED;
        g->member[g->rules.rule[at].owner].hits++;
    }
}

/*
 * Rule resources that were deleted and are whole again.  Others are not
 * findings: a rule that is let in and was there says nothing.
 */
static void
report_put_back(struct sgrule_group *g)
{
    struct trial *t = g->trial;

    for (size_t i = g->n_groups; t->is_open != NULL && i < g->n; i++) {
        const struct sgrule_member *m = &g->member[i];
        struct finding *f;

        if (m->hits == 0 || m->hits < m->rules ||
            !t->is_open(t->is_open_ctx, &m->in))
            continue;
        f = finding_of(t, &m->in);
        if (f != NULL)
            f->carried = f->creates = true;
    }
}

static bool
any_added(const struct sgrule_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->rule[i].marks & SGRULE_ADDED)
            return true;
    return false;
}

static void
judge_authorize(struct sgrule_group *g, bool egress)
{
    struct sgrule_set said;

    sgrule_set_init(&said, g->trial->scratch);
    read_call(g, &said, egress);
    for (size_t i = 0; i < said.n; i++)
        authorize_rule(g, &said.rule[i]);
    if (sgrule_report_incomplete(g, &said))
        return;
    sgrule_report_groups(g);
    report_put_back(g);
    /*
     * A group of which only rules are managed: whoever keeps its rules in
     * Terraform wants to hear of one more, and the first rule resource is
     * all there is to pin it to.
     */
    if (g->n_groups == 0 && g->n > 0 && any_added(&g->rules))
        sgrule_report(g, 0);
}

/* A rule that is taken away. */
static void
revoke_rule(struct sgrule_group *g, const struct sgrule *r)
{
    uint32_t at = sgrule_set_find(&g->rules, r);
    bool owned = sgrule_group_owned(g, r);
    struct sgrule foreign = *r;

    if (at == SGRULE_NONE) {
        /* Whoever let it in, it is gone now, as the state says. */
        foreign.marks = SGRULE_SETTLED;
        sgrule_set_push(&g->rules, &foreign);
        return;
    }
    if (g->rules.rule[at].marks != 0)
        return;
    for (; at != SGRULE_NONE; at = sgrule_set_next(&g->rules, at, r)) {
        struct sgrule *rule = &g->rules.rule[at];

        rule->marks |= SGRULE_HIT;
        /*
         * The group's resource shows rules of others too, as far as it was
         * refreshed since: such a rule is reported where it is kept.
         */
        /* A resource with several CIDRs is gone when one of them is: the
         * provider finds it only whole. */
        if (!sgrule_group_inline(g, rule))
            g->member[rule->owner].gone = true;
        else if (!owned)
            rule->marks |= SGRULE_REMOVED;
    }
}

/*
 * Rules taken away by their ids.  What they were stands in newer answers;
 * returns whether some of them remain unknown.
 */
static bool
revoke_ids(struct sgrule_group *g, struct sgrule_set *said, bool egress)
{
    struct scope *s = &g->trial->scope;
    const uint16_t *class = s->words->class;
    struct sgrule_reader rd = sgrule_group_reader(g, said, egress);
    struct map_path path = {
        .sym = {MAP_SYM_RESPONSE, class[W_REVOKED_SG_RULE_SET], MAP_SYM_LIST},
        .n = 3};
    struct values list =
        value_list(s, value_step(s, s->params, class[W_SG_RULE_IDS]));
    bool unseen = false;

    for (size_t i = 0; i < list.n; i++) {
        struct slice id =
            value_text(value_is(list.v[i], VALUE_OBJECT)
                           ? sgrule_read_member(&rd, list.v[i], W_SG_RULE_ID)
                           : list.v[i]);
        struct sgrule_member *m = sgrule_group_by_id(g, id);

        if (m != NULL)
            m->gone = true;
        else if (id.n > 0)
            unseen = true;
    }
    /* Without ids the parameters said it all. */
    if (list.n == 0)
        return false;
    list = resolve(s, &path);
    for (size_t i = 0; i < list.n; i++)
        sgrule_read_single(&rd, list.v[i]);
    return unseen && list.n == 0;
}

static void
judge_revoke(struct sgrule_group *g, bool egress)
{
    struct sgrule_set said;
    bool unseen;

    sgrule_set_init(&said, g->trial->scratch);
    read_call(g, &said, egress);
    unseen = revoke_ids(g, &said, egress);
    for (size_t i = 0; i < said.n; i++)
        revoke_rule(g, &said.rule[i]);
    if (sgrule_report_incomplete(g, &said))
        return;
    for (size_t i = g->n_groups; i < g->n; i++) {
        struct finding *f =
            g->member[i].gone ? finding_of(g->trial, &g->member[i].in) : NULL;

        if (f != NULL)
            finding_deleted(f);
    }
    sgrule_report_groups(g);
    if (unseen)
        sgrule_report_unseen(g, NULL);
}

bool
sgrule_judge(struct trial *t, bool *known)
{
    static const struct {
        struct slice event;
        void (*judge)(struct sgrule_group *g, bool egress);
        unsigned ways;
    } calls[] = {
        {SLICE_INIT("AuthorizeSecurityGroupIngress"), judge_authorize,
         SGRULE_IN},
        {SLICE_INIT("AuthorizeSecurityGroupEgress"), judge_authorize,
         SGRULE_OUT},
        {SLICE_INIT("RevokeSecurityGroupIngress"), judge_revoke, SGRULE_IN},
        {SLICE_INIT("RevokeSecurityGroupEgress"), judge_revoke, SGRULE_OUT},
        {SLICE_INIT("ModifySecurityGroupRules"), sgrule_modify,
         SGRULE_IN | SGRULE_OUT},
        {SLICE_INIT("UpdateSecurityGroupRuleDescriptionsIngress"),
         sgrule_describe, SGRULE_IN},
        {SLICE_INIT("UpdateSecurityGroupRuleDescriptionsEgress"),
         sgrule_describe, SGRULE_OUT},
    };
    size_t mark = arena_mark(t->scratch);
    struct sgrule_group g;

    *known = false;
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        if (!slice_eq(t->event_name, calls[i].event))
            continue;
        if (!slice_starts(event_text(t->scope.event, EVENT_SOURCE, t->arena),
                          SLICE("ec2.")))
            return false;
        sgrule_group_load(&g, t, calls[i].ways);
        calls[i].judge(&g, calls[i].ways == SGRULE_OUT);
        *known = g.n > 0;
        arena_reset(t->scratch, mark);
        return true;
    }
    return false;
}
