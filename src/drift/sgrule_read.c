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

/* What rules are made of, whatever the shape at hand calls it. */
enum part {
    PART_CIDR, /* the first four in the order of enum sgrule_kind */
    PART_CIDR6,
    PART_LIST,
    PART_GROUP,
    PART_GROUP_NAME,  /* when the group has no id */
    PART_GROUP_OWNER, /* its account */
    PART_SOURCE,      /* one group more */
    PART_SELF,
    PART_PROTOCOL,
    PART_FROM,
    PART_TO,
    PART_DESCRIPTION,
    PARTS
};
#define KINDS (PART_GROUP + 1)

struct parts {
    struct value v[PARTS]; /* absent: there is no such member */
};

/* The name a shape has for a part. */
struct row {
    enum word name : 8;
    enum part part : 8;
};

/* The members of an object, in the order they mostly come in. */
struct shape {
    const struct row *row;
    size_t n;
};
#define SHAPE(rows) (&(const struct shape){rows, sizeof(rows) / sizeof(*rows)})

/* An element of ipPermissions: lists by kind. */
static const struct row permission[] = {
    {W_IP_PROTOCOL, PART_PROTOCOL}, {W_FROM_PORT, PART_FROM},
    {W_TO_PORT, PART_TO},           {W_GROUPS, PART_GROUP},
    {W_IP_RANGES, PART_CIDR},       {W_IPV6_RANGES, PART_CIDR6},
    {W_PREFIX_LIST_IDS, PART_LIST},
};

/* An element of one of those lists. */
static const struct row peer[] = {
    {W_CIDR_IP, PART_CIDR},
    {W_CIDR_IPV6, PART_CIDR6},
    {W_PREFIX_LIST_ID, PART_LIST},
    {W_USER_ID, PART_GROUP_OWNER},
    {W_GROUP_ID, PART_GROUP},
    {W_GROUP_NAME, PART_GROUP_NAME},
    {W_DESCRIPTION, PART_DESCRIPTION},
};

/* The parameters of a call of the old form. */
static const struct row parameters[] = {
    {W_SOURCE_SG_NAME, PART_GROUP}, {W_SOURCE_SG_OWNER, PART_GROUP_OWNER},
    {W_IP_PROTOCOL, PART_PROTOCOL}, {W_FROM_PORT, PART_FROM},
    {W_TO_PORT, PART_TO},           {W_CIDR_IP, PART_CIDR},
};

/* One rule; the group is called otherwise in a state than in an event. */
static const struct row single[] = {
    {W_CIDR_IPV4, PART_CIDR},
    {W_CIDR_IPV6, PART_CIDR6},
    {W_DESCRIPTION, PART_DESCRIPTION},
    {W_FROM_PORT, PART_FROM},
    {W_IP_PROTOCOL, PART_PROTOCOL},
    {W_PREFIX_LIST_ID, PART_LIST},
    {W_REFERENCED_GROUP_ID, PART_GROUP},
    {W_REFERENCED_SG_ID, PART_GROUP},
    {W_TO_PORT, PART_TO},
};

/* Only aws_security_group_rule has a source: there it is one group. */
static const struct row block[] = {
    {W_CIDR_BLOCKS, PART_CIDR},      {W_DESCRIPTION, PART_DESCRIPTION},
    {W_FROM_PORT, PART_FROM},        {W_IPV6_CIDR_BLOCKS, PART_CIDR6},
    {W_PREFIX_LIST_IDS, PART_LIST},  {W_PROTOCOL, PART_PROTOCOL},
    {W_SECURITY_GROUPS, PART_GROUP}, {W_SELF, PART_SELF},
    {W_SOURCE_SG_ID, PART_SOURCE},   {W_TO_PORT, PART_TO},
};

/* A member's name as rows have it: itself in a state, its class in an
 * event. */
static uint32_t
member_name(const struct sgrule_reader *rd, const struct value_key *key)
{
    if (rd->scope == NULL)
        return key->name;
    return key->name != NAME_NONE ? names_class(rd->scope->names, key->name)
                                  : key->fold;
}

/* The row of a member; the search begins where it is expected. */
static size_t
row_find(const struct shape *shape, const uint16_t *names, uint32_t name,
         size_t from)
{
    for (size_t i = from; i < shape->n; i++)
        if (names[shape->row[i].name] == name)
            return i;
    for (size_t i = 0; i < from; i++)
        if (names[shape->row[i].name] == name)
            return i;
    return shape->n;
}

/* Adds the members of v; of two the first that says something counts.
 * Returns whether v may be a wrapper of what has them: there are none, or
 * there is a content beside them. */
static bool
parts_add(const struct sgrule_reader *rd, const struct shape *shape,
          struct value v, struct parts *parts)
{
    const uint16_t *names =
        rd->scope != NULL ? rd->words->class : rd->words->id;
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;
    size_t from = 0;
    bool any = false, content = false;

    while (it.keyed && value_next(&it, &key, &item)) {
        uint32_t name = member_name(rd, &key);
        size_t i = row_find(shape, names, name, from);
        struct value *at;

        if (i == shape->n) {
            content |= name == names[W_CONTENT];
            continue;
        }
        any = true;
        from = i + 1;
        at = &parts->v[shape->row[i].part];
        if (at->p == NULL || (value_empty(*at) && !value_empty(item)))
            *at = item;
    }
    return !any || content;
}

/* All parts of v in one walk, or two when v is a wrapper of what has them. */
static void
parts_read(const struct sgrule_reader *rd, const struct shape *shape,
           struct value v, struct parts *parts)
{
    *parts = (struct parts){0};
    if (parts_add(rd, shape, v, parts) && rd->scope != NULL)
        parts_add(rd, shape, value_unwrap(rd->scope, v), parts);
}

static struct slice
part_text(const struct sgrule_reader *rd, const struct parts *parts,
          enum part part)
{
    struct value v = parts->v[part];

    return value_text(rd->scope != NULL ? value_unwrap(rd->scope, v) : v);
}

/*
 * Protocol and ports, common to all rules of an object.  Where ports mean
 * nothing they are 0, as Terraform keeps them, whatever the event says (-1,
 * 0 or nothing at all).
 */
static void
rule_start(const struct sgrule_reader *rd, const struct parts *parts,
           struct sgrule *r)
{
    *r = (struct sgrule){
        .egress = rd->egress,
        .owner = rd->owner,
        .protocol = sgrule_protocol(part_text(rd, parts, PART_PROTOCOL)),
    };
    if (sgrule_has_ports(r->protocol)) {
        r->from = sgrule_port(part_text(rd, parts, PART_FROM), r->protocol);
        r->to = sgrule_port(part_text(rd, parts, PART_TO), r->protocol);
    }
}

/*
 * A state always says the description, if only by leaving it out.  An event
 * that leaves it out says nothing of it: to revoke a rule, for one, it is
 * not needed.
 */
static void
rule_describe(const struct sgrule_reader *rd, const struct parts *parts,
              struct sgrule *r)
{
    struct value d = parts->v[PART_DESCRIPTION];

    if (rd->scope != NULL)
        d = value_unwrap(rd->scope, d);
    r->described =
        rd->scope == NULL || (d.p != NULL && !value_is(d, VALUE_NULL));
    r->description = value_text(d);
}

/* A network is compared as such, and says itself of which family it is: old
 * calls have one member for both. */
static void
rule_network(const struct sgrule_reader *rd, struct sgrule *r)
{
    char canonical[CIDR_TEXT_MAX_BYTES];

    r->net = cidr_read(r->value);
    if (r->net.family == 0)
        return;
    r->kind = r->net.family == 6 ? SGRULE_CIDR6 : SGRULE_CIDR;
    /* Terraform will read what EC2 makes of it. */
    if (rd->scope != NULL)
        r->shown = arena_copy(rd->out->arena, cidr_text(&r->net, canonical));
}

/* A rule for the group itself: `self` in a block, its own id in other
 * places, its name in calls for the default VPC. */
static void
rule_group(const struct sgrule_reader *rd, struct sgrule *r)
{
    r->value = sgrule_peer(r->value);
    if (slice_eq(r->value, rd->group) ||
        (rd->name.n > 0 && slice_eq(r->value, rd->name))) {
        r->kind = SGRULE_SELF;
        r->value = r->shown = rd->group;
    }
}

/* Makes r the rule for one CIDR, list or group, and adds it; nothing for an
 * empty text. */
static void
push(const struct sgrule_reader *rd, struct sgrule *r, enum sgrule_kind kind,
     struct slice text)
{
    if (text.n == 0)
        return;
    r->kind = kind;
    r->value = r->shown = text;
    r->net = (struct cidr){0};
    if (kind == SGRULE_CIDR || kind == SGRULE_CIDR6)
        rule_network(rd, r);
    else if (kind == SGRULE_GROUP)
        rule_group(rd, r);
    if (r->shown.p == NULL)
        rd->out->full = true;
    else
        sgrule_set_push(rd->out, r);
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

/* Adds the rule for the one part of a kind. */
static void
push_part(const struct sgrule_reader *rd, struct sgrule *r,
          enum sgrule_kind kind, const struct parts *parts)
{
    struct slice text = part_text(rd, parts, (enum part)kind);

    if (kind == SGRULE_GROUP) {
        if (text.n == 0)
            text = part_text(rd, parts, PART_GROUP_NAME);
        text = peer_text(rd, part_text(rd, parts, PART_GROUP_OWNER), text);
    }
    push(rd, r, kind, text);
}

void
sgrule_read_permission(const struct sgrule_reader *rd, struct value v)
{
    struct parts parts, one;
    struct sgrule r;

    parts_read(rd, SHAPE(permission), v, &parts);
    rule_start(rd, &parts, &r);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct values given = {0};

        /* Most calls are about one kind. */
        if (!value_empty(parts.v[kind]))
            given = value_list(rd->scope, parts.v[kind]);
        for (size_t i = 0; i < given.n; i++) {
            parts_read(rd, SHAPE(peer), given.v[i], &one);
            rule_describe(rd, &one, &r);
            if (value_is(given.v[i], VALUE_OBJECT))
                push_part(rd, &r, (enum sgrule_kind)kind, &one);
            else
                push(rd, &r, (enum sgrule_kind)kind, value_text(given.v[i]));
        }
    }
}

void
sgrule_read_parameters(const struct sgrule_reader *rd, struct value v)
{
    struct parts parts;
    struct sgrule r;

    parts_read(rd, SHAPE(parameters), v, &parts);
    rule_start(rd, &parts, &r);
    push_part(rd, &r, SGRULE_CIDR, &parts);
    push_part(rd, &r, SGRULE_GROUP, &parts);
}

struct sgrule
sgrule_read_single(const struct sgrule_reader *rd, struct value v)
{
    struct parts parts;
    struct sgrule r;

    parts_read(rd, SHAPE(single), v, &parts);
    rule_start(rd, &parts, &r);
    rule_describe(rd, &parts, &r);
    /* One of them is set; the other members are absent or null. */
    for (size_t kind = 0; kind < KINDS; kind++)
        push_part(rd, &r, (enum sgrule_kind)kind, &parts);
    return r;
}

void
sgrule_read_block(const struct sgrule_reader *rd, struct value v)
{
    struct parts parts;
    struct sgrule r;

    parts_read(rd, SHAPE(block), v, &parts);
    rule_start(rd, &parts, &r);
    rule_describe(rd, &parts, &r);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct value_iter it = value_items(parts.v[kind]);
        struct value one;

        while (value_next(&it, NULL, &one))
            push(rd, &r, (enum sgrule_kind)kind, value_text(one));
    }
    push(rd, &r, SGRULE_GROUP, part_text(rd, &parts, PART_SOURCE));
    if (slice_eq(part_text(rd, &parts, PART_SELF), SLICE("true")))
        push(rd, &r, SGRULE_GROUP, rd->group);
}
