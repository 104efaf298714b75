#include "drift/sgrule_read.h"

/*
 * Names of a state are Terraform's, exactly; those of an event come in
 * several spellings and wrappings.  That is all that tells the two apart, so
 * one reader serves both.
 */
struct value
sgrule_read_member(const struct sgrule_reader *rd, struct value v,
                   enum word name)
{
    if (rd->scope == NULL)
        return value_get(v, rd->words->id[name]);
    return value_unwrap(rd->scope,
                        value_step(rd->scope, v, rd->words->class[name]));
}

static struct slice
member_text(const struct sgrule_reader *rd, struct value v, enum word name)
{
    return value_text(sgrule_read_member(rd, v, name));
}

/*
 * Protocol and ports, common to all rules of v.  Where ports mean nothing
 * they are 0, as Terraform keeps them, whatever the event says (-1, 0 or
 * nothing at all).
 */
static struct sgrule
rule_start(const struct sgrule_reader *rd, struct value v, enum word protocol)
{
    struct sgrule r = {
        .egress = rd->egress,
        .owner = rd->owner,
        .protocol = sgrule_protocol(member_text(rd, v, protocol)),
    };

    if (sgrule_has_ports(r.protocol)) {
        r.from = sgrule_port(member_text(rd, v, W_FROM_PORT), r.protocol);
        r.to = sgrule_port(member_text(rd, v, W_TO_PORT), r.protocol);
    }
    return r;
}

/*
 * A state always says the description, if only by leaving it out.  An event
 * that leaves it out says nothing of it: to revoke a rule, for one, it is
 * not needed.
 */
static void
rule_describe(const struct sgrule_reader *rd, struct value v, struct sgrule *r)
{
    struct value d = sgrule_read_member(rd, v, W_DESCRIPTION);

    r->described =
        rd->scope == NULL || (d.p != NULL && !value_is(d, VALUE_NULL));
    r->description = value_text(d);
}

/* Adds the rule for one CIDR, list or group; nothing for an empty text. */
static void
push(const struct sgrule_reader *rd, struct sgrule r, enum sgrule_kind kind,
     struct slice text)
{
    char canonical[CIDR_TEXT_MAX_BYTES];
    struct cidr net;

    if (text.n == 0)
        return;
    r.kind = kind;
    r.value = r.shown = text;
    if (kind == SGRULE_CIDR || kind == SGRULE_CIDR6) {
        net = cidr_read(text);
        /* Old calls have one member for both families. */
        if (net.family != 0)
            r.kind = net.family == 6 ? SGRULE_CIDR6 : SGRULE_CIDR;
        /* Terraform will read what EC2 makes of it. */
        if (rd->scope != NULL && net.family != 0)
            r.shown = arena_copy(rd->out->arena, cidr_text(&net, canonical));
    } else if (kind == SGRULE_GROUP) {
        r.value = sgrule_peer(text);
        /* A rule for the group itself: `self` in a block, its own id in
         * other places, its name in calls for the default VPC. */
        if (slice_eq(r.value, rd->group) ||
            (rd->name.n > 0 && slice_eq(r.value, rd->name))) {
            r.kind = SGRULE_SELF;
            r.value = r.shown = rd->group;
        }
    }
    if (r.shown.p == NULL)
        rd->out->full = true;
    else
        sgrule_set_push(rd->out, &r);
}

/* "account/sg-1" for a group of another account, as the provider has it. */
static struct slice
peer_text(const struct sgrule_reader *rd, struct slice owner,
          struct slice group)
{
    struct buf b;

    if (owner.n == 0 || rd->account.n == 0 || slice_eq(owner, rd->account) ||
        group.n == 0 || slice_chr(group, '/') < group.n)
        return group;
    b = arena_open(rd->out->arena);
    buf_put(&b, owner);
    buf_byte(&b, '/');
    buf_put(&b, group);
    return arena_keep(rd->out->arena, &b);
}

/* The source or target that is a group, by id, or by name alone. */
static void
push_peer(const struct sgrule_reader *rd, struct sgrule r, struct value v)
{
    struct slice group = member_text(rd, v, W_GROUP_ID);

    if (group.n == 0)
        group = member_text(rd, v, W_GROUP_NAME);
    push(rd, r, SGRULE_GROUP,
         peer_text(rd, member_text(rd, v, W_USER_ID), group));
}

void
sgrule_read_permission(const struct sgrule_reader *rd, struct value v)
{
    /* Where a permission keeps what it lets in, by kind. */
    static const struct {
        enum word list, member;
        enum sgrule_kind kind;
    } lists[] = {
        {W_IP_RANGES, W_CIDR_IP, SGRULE_CIDR},
        {W_IPV6_RANGES, W_CIDR_IPV6, SGRULE_CIDR6},
        {W_PREFIX_LIST_IDS, W_PREFIX_LIST_ID, SGRULE_LIST},
        {W_GROUPS, W_GROUP_ID, SGRULE_GROUP},
    };
    struct sgrule r = rule_start(rd, v, W_IP_PROTOCOL);

    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        struct values given =
            value_list(rd->scope, value_step(rd->scope, v,
                                             rd->words->class[lists[i].list]));

        for (size_t k = 0; k < given.n; k++) {
            struct value one = given.v[k];

            rule_describe(rd, one, &r);
            if (!value_is(one, VALUE_OBJECT))
                push(rd, r, lists[i].kind, value_text(one));
            else if (lists[i].kind == SGRULE_GROUP)
                push_peer(rd, r, one);
            else
                push(rd, r, lists[i].kind,
                     member_text(rd, one, lists[i].member));
        }
    }
}

void
sgrule_read_parameters(const struct sgrule_reader *rd, struct value v)
{
    struct sgrule r = rule_start(rd, v, W_IP_PROTOCOL);

    push(rd, r, SGRULE_CIDR, member_text(rd, v, W_CIDR_IP));
    push(rd, r, SGRULE_GROUP,
         peer_text(rd, member_text(rd, v, W_SOURCE_SG_OWNER),
                   member_text(rd, v, W_SOURCE_SG_NAME)));
}

struct sgrule
sgrule_read_single(const struct sgrule_reader *rd, struct value v)
{
    struct sgrule r = rule_start(rd, v, W_IP_PROTOCOL);
    size_t before = rd->out->n;

    rule_describe(rd, v, &r);
    /* One of them is set; the other members are absent or null. */
    push(rd, r, SGRULE_CIDR, member_text(rd, v, W_CIDR_IPV4));
    push(rd, r, SGRULE_CIDR6, member_text(rd, v, W_CIDR_IPV6));
    push(rd, r, SGRULE_LIST, member_text(rd, v, W_PREFIX_LIST_ID));
    push(rd, r, SGRULE_GROUP,
         member_text(rd, v,
                     rd->scope != NULL ? W_REFERENCED_GROUP_ID
                                       : W_REFERENCED_SG_ID));
    return rd->out->n > before ? rd->out->rule[rd->out->n - 1] : r;
}

void
sgrule_read_block(const struct sgrule_reader *rd, struct value v)
{
    static const struct {
        enum word list;
        enum sgrule_kind kind;
    } lists[] = {
        {W_CIDR_BLOCKS, SGRULE_CIDR},
        {W_IPV6_CIDR_BLOCKS, SGRULE_CIDR6},
        {W_PREFIX_LIST_IDS, SGRULE_LIST},
        {W_SECURITY_GROUPS, SGRULE_GROUP},
    };
    struct sgrule r = rule_start(rd, v, W_PROTOCOL);

    rule_describe(rd, v, &r);
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        struct value_iter it =
            value_items(sgrule_read_member(rd, v, lists[i].list));
        struct value one;

        while (value_next(&it, NULL, &one))
            push(rd, r, lists[i].kind, value_text(one));
    }
    /* Only aws_security_group_rule has this one: there it is one group. */
    push(rd, r, SGRULE_GROUP, member_text(rd, v, W_SOURCE_SG_ID));
    if (slice_eq(member_text(rd, v, W_SELF), SLICE("true")))
        push(rd, r, SGRULE_GROUP, rd->group);
}
