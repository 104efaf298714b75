#include "drift/sgrule_edit.h"

#include "base/pack.h"
#include "drift/sgrule_report.h"

#define UNSEEN_MAX 64 /* descriptions looked for one by one */

/* Whether an attribute's text says what a rule does, part by part. */
static bool
same_protocol(const struct sgrule *r, struct slice old)
{
    return slice_eq(sgrule_protocol(old), r->protocol);
}

/* A port that is not there is none, as a protocol without ports has it. */
static bool
same_port(const struct sgrule *r, struct slice old, int32_t port)
{
    if (old.n == 0 && !sgrule_has_ports(r->protocol))
        return true;
    return sgrule_port(old, r->protocol) == port;
}

static bool
same_from(const struct sgrule *r, struct slice old)
{
    return same_port(r, old, r->from);
}

static bool
same_to(const struct sgrule *r, struct slice old)
{
    return same_port(r, old, r->to);
}

static bool
same_cidr(const struct sgrule *r, struct slice old)
{
    return cidr_same(old, r->shown);
}

static bool
same_list(const struct sgrule *r, struct slice old)
{
    return slice_eq(old, r->value);
}

static bool
same_group(const struct sgrule *r, struct slice old)
{
    return slice_eq(sgrule_peer(old), r->value);
}

static bool
same_description(const struct sgrule *r, struct slice old)
{
    return slice_eq(old, r->description);
}

/* The part of a rule as Terraform will read it. */
static void
put_protocol(struct buf *b, const struct sgrule *r)
{
    pack_string(b, r->protocol);
}

static void
put_from(struct buf *b, const struct sgrule *r)
{
    sgrule_put_port(b, r->from);
}

static void
put_to(struct buf *b, const struct sgrule *r)
{
    sgrule_put_port(b, r->to);
}

static void
put_shown(struct buf *b, const struct sgrule *r)
{
    pack_string(b, r->shown);
}

static void
put_description(struct buf *b, const struct sgrule *r)
{
    pack_string(b, r->description);
}

/* A part of a rule: as events call it, as an attribute of the types with
 * one rule and of aws_security_group_rule, where it may be a list. */
struct part {
    enum word event, single, block;
    bool list, port;
    bool (*same)(const struct sgrule *r, struct slice old);
    void (*put)(struct buf *b, const struct sgrule *r);
};

static const struct part description = {
    W_DESCRIPTION, W_DESCRIPTION,    W_DESCRIPTION,  false,
    false,         same_description, put_description};

static const struct part parts[] = {
    {W_IP_PROTOCOL, W_IP_PROTOCOL, W_PROTOCOL, false, false, same_protocol,
     put_protocol},
    {W_FROM_PORT, W_FROM_PORT, W_FROM_PORT, false, true, same_from, put_from},
    {W_TO_PORT, W_TO_PORT, W_TO_PORT, false, true, same_to, put_to},
    {W_CIDR_IPV4, W_CIDR_IPV4, W_CIDR_BLOCKS, true, false, same_cidr,
     put_shown},
    {W_CIDR_IPV6, W_CIDR_IPV6, W_IPV6_CIDR_BLOCKS, true, false, same_cidr,
     put_shown},
    {W_PREFIX_LIST_ID, W_PREFIX_LIST_ID, W_PREFIX_LIST_IDS, true, false,
     same_list, put_shown},
    {W_REFERENCED_GROUP_ID, W_REFERENCED_SG_ID, W_SOURCE_SG_ID, false, false,
     same_group, put_shown},
};

/* Whether the attribute says what r does. */
static bool
part_same(const struct sgrule_group *g, const struct sgrule_member *m,
          const struct part *p, const struct sgrule *r, struct value old)
{
    const uint16_t *id = g->trial->words->id;

    /* The group itself may be written as `self`. */
    if (r->kind == SGRULE_SELF && p->block == W_SOURCE_SG_ID &&
        slice_eq(value_text(value_get(m->in.attrs, id[W_SELF])), SLICE("true")))
        return true;
    if (value_is(old, VALUE_ARRAY))
        return value_count(old) == 1 &&
               p->same(r, value_text(value_at(old, 0)));
    return p->same(r, value_text(old));
}

/* The attribute of a member that a part is. */
static uint16_t
part_name(const struct sgrule_group *g, const struct sgrule_member *m,
          const struct part *p)
{
    const uint16_t *id = g->trial->words->id;

    return m->in.type == id[W_AWS_SECURITY_GROUP_RULE] ? id[p->block]
                                                       : id[p->single];
}

/* Compares one part of a rule resource; one that its state does not have
 * is not compared. */
static void
edit_part(struct sgrule_group *g, const struct sgrule_member *m,
          const struct part *p, const struct sgrule *r)
{
    struct trial *t = g->trial;
    struct finding *f = finding_of(t, &m->in);
    uint16_t name = part_name(g, m, p);
    bool list = p->list && name == t->words->id[p->block];
    struct value old = value_get(m->in.attrs, name);
    char out[NAME_MAX_BYTES];
    struct slice path = names_text(t->scope.names, name, out);
    struct buf b;
    size_t mark;

    if (f == NULL || old.p == NULL)
        return;
    if (part_same(g, m, p, r, old)) {
        finding_settled(t, f, path, VALUE_NOTHING);
        return;
    }
    b = arena_open(t->arena);
    mark = list ? pack_array(&b) : 0;
    p->put(&b, r);
    if (list)
        pack_close(&b, mark);
    finding_change(t, f, list ? CHANGE_SET : CHANGE_VALUE, path, old,
                   (struct value){(const uint8_t *)arena_keep(t->arena, &b).p});
}

/* ---- rules in blocks ---- */

/* A rule in a block is what the event says, or its description changes. */
static void
describe_inline(struct sgrule_group *g, uint32_t at, const struct sgrule *r)
{
    struct sgrule now = g->rules.rule[at];

    if (!r->described || slice_eq(now.description, r->description)) {
        g->rules.rule[at].marks = SGRULE_SETTLED;
        return;
    }
    g->rules.rule[at].marks = SGRULE_REMOVED;
    now.description = r->description;
    now.marks = SGRULE_ADDED;
    /* Its owner stays the group that had it, so that it is shown there. */
    sgrule_set_push(&g->rules, &now);
}

/*
 * A rule that is now as r says, wherever the states have it; false when
 * none does.
 */
static bool
describe_rule(struct sgrule_group *g, const struct sgrule *r)
{
    bool owned = sgrule_group_owned(g, r);
    uint32_t at = sgrule_set_find(&g->rules, r);

    if (at == SGRULE_NONE)
        return false;
    /* Named before in this call. */
    if (g->rules.rule[at].marks != 0)
        return true;
    for (; at != SGRULE_NONE; at = sgrule_set_next(&g->rules, at, r)) {
        if (sgrule_group_inline(g, &g->rules.rule[at])) {
            if (!owned)
                describe_inline(g, at, r);
        } else if (r->described) {
            edit_part(g, &g->member[g->rules.rule[at].owner], &description, r);
        }
    }
    return true;
}

/*
 * Whether r, edited, goes out: ModifySecurityGroupRules does not say it.
 * The block it most resembles decides; a CIDR is edited more often than
 * ports are.
 */
static bool
goes_out(const struct sgrule_group *g, const struct sgrule *r)
{
    unsigned best[2] = {0, 0};

    for (size_t i = 0; i < g->rules.n; i++) {
        const struct sgrule *o = &g->rules.rule[i];
        unsigned like;

        if (o->owner >= g->n_groups || o->kind != r->kind)
            continue;
        like = slice_eq(o->value, r->value) ? 1 : 0;
        if (slice_eq(o->protocol, r->protocol) && o->from == r->from &&
            o->to == r->to)
            like += 2;
        if (like > best[o->egress])
            best[o->egress] = like;
    }
    return best[1] > best[0];
}

/* A rule of no resource of its own was edited. */
static void
modify_inline(struct sgrule_group *g, const struct sgrule *r)
{
    struct sgrule in = *r, out = *r;

    out.egress = true;
    if (describe_rule(g, &in) || describe_rule(g, &out))
        return;
    in.egress = goes_out(g, r);
    in.marks = SGRULE_ADDED;
    sgrule_set_push(&g->rules, &in);
}

/* A rule resource is now as r, of which the event's body names parts. */
static void
modify_member(struct sgrule_group *g, const struct sgrule_reader *rd,
              const struct sgrule_member *m, struct value body, struct sgrule r)
{
    struct slice old =
        value_text(value_get(m->in.attrs, part_name(g, m, &parts[0])));
    bool ports =
        sgrule_has_ports(r.protocol) || sgrule_has_ports(sgrule_protocol(old));

    /* Ports as the call has them, also where they mean nothing. */
    r.from = sgrule_port(value_text(sgrule_read_member(rd, body, W_FROM_PORT)),
                         r.protocol);
    r.to = sgrule_port(value_text(sgrule_read_member(rd, body, W_TO_PORT)),
                       r.protocol);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if ((ports || !parts[i].port) &&
            !value_empty(sgrule_read_member(rd, body, parts[i].event)))
            edit_part(g, m, &parts[i], &r);
    if (r.described)
        edit_part(g, m, &description, &r);
}

void
sgrule_modify(struct sgrule_group *g, bool egress)
{
    struct scope *s = &g->trial->scope;
    struct sgrule_set said;
    struct sgrule_reader rd = sgrule_group_reader(g, &said, egress);
    struct values list =
        value_list(s, value_step(s, s->params, s->words->class[W_SG_RULE]));

    sgrule_set_init(&said, g->trial->scratch);
    for (size_t i = 0; i < list.n; i++) {
        size_t before = said.n;
        struct value body = sgrule_read_member(&rd, list.v[i], W_SG_RULE);
        struct sgrule r = sgrule_read_single(&rd, body);
        struct sgrule_member *m = sgrule_group_by_id(
            g, value_text(sgrule_read_member(&rd, list.v[i], W_SG_RULE_ID)));

        if (m != NULL)
            modify_member(g, &rd, m, body, r);
        else if (said.n > before)
            modify_inline(g, &r);
    }
    if (!sgrule_report_incomplete(g, &said))
        sgrule_report_groups(g);
}

/* Descriptions by rule id; the rules themselves are not shown. */
static void
describe_ids(struct sgrule_group *g, const struct sgrule_reader *rd)
{
    struct scope *s = &g->trial->scope;
    struct values list = value_list(
        s, value_step(s, s->params, s->words->class[W_SG_RULE_DESCRIPTION]));
    size_t unseen = 0;

    for (size_t i = 0; i < list.n; i++) {
        struct value id = sgrule_read_member(rd, list.v[i], W_SG_RULE_ID);
        struct sgrule_member *m = sgrule_group_by_id(g, value_text(id));
        struct sgrule r = {.description = value_text(sgrule_read_member(
                               rd, list.v[i], W_DESCRIPTION))};

        if (m != NULL)
            edit_part(g, m, &description, &r);
        else if (unseen++ < UNSEEN_MAX)
            sgrule_report_unseen(g, &r.description);
    }
    /* More than there can be blocks with one: some rule is another now. */
    if (unseen > UNSEEN_MAX)
        sgrule_report_unseen(g, NULL);
}

void
sgrule_describe(struct sgrule_group *g, bool egress)
{
    struct scope *s = &g->trial->scope;
    struct sgrule_set said;
    struct sgrule_reader rd = sgrule_group_reader(g, &said, egress);
    struct values list = value_list(
        s, value_step(s, s->params, s->words->class[W_IP_PERMISSIONS]));

    sgrule_set_init(&said, g->trial->scratch);
    for (size_t i = 0; i < list.n; i++)
        sgrule_read_permission(&rd, list.v[i]);
    for (size_t i = 0; i < said.n; i++) {
        /* Left out here means taken away, says the API reference. */
        said.rule[i].described = true;
        describe_rule(g, &said.rule[i]);
    }
    describe_ids(g, &rd);
    if (!sgrule_report_incomplete(g, &said))
        sgrule_report_groups(g);
}
