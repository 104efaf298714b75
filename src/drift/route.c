#include "drift/route.h"

#include "base/pack.h"
#include "base/text.h"
#include "drift/cidr.h"
#include "drift/owned.h"

/* Where to: as the event and aws_route call it, and as the block does. */
struct where {
    enum word event, block;
};

static const struct where wheres[] = {
    {W_DESTINATION_CIDR_BLOCK, W_CIDR_BLOCK},
    {W_DESTINATION_IPV6_CIDR_BLOCK, W_IPV6_CIDR_BLOCK},
    {W_DESTINATION_PREFIX_LIST_ID, W_DESTINATION_PREFIX_LIST_ID},
};
#define WHERES (sizeof(wheres) / sizeof(*wheres))

/* Through what, in the order of a block's members. */
static const struct where targets[] = {
    {W_CARRIER_GATEWAY_ID, W_CARRIER_GATEWAY_ID},
    {W_CORE_NETWORK_ARN, W_CORE_NETWORK_ARN},
    {W_EGRESS_ONLY_INTERNET_GATEWAY_ID, W_EGRESS_ONLY_GATEWAY_ID},
    {W_GATEWAY_ID, W_GATEWAY_ID},
    {W_INSTANCE_ID, W_INSTANCE_ID},
    {W_LOCAL_GATEWAY_ID, W_LOCAL_GATEWAY_ID},
    {W_NAT_GATEWAY_ID, W_NAT_GATEWAY_ID},
    {W_NETWORK_INTERFACE_ID, W_NETWORK_INTERFACE_ID},
    {W_ODB_NETWORK_ARN, W_ODB_NETWORK_ARN},
    {W_TRANSIT_GATEWAY_ID, W_TRANSIT_GATEWAY_ID},
    {W_VPC_ENDPOINT_ID, W_VPC_ENDPOINT_ID},
    {W_VPC_PEERING_CONNECTION_ID, W_VPC_PEERING_CONNECTION_ID},
};
#define TARGETS (sizeof(targets) / sizeof(*targets))

/* One route as the event has it. */
struct route {
    const struct where *where;
    struct slice to;
    struct slice through[TARGETS];
    bool local; /* to what the table does by itself */
};

/* Text of a parameter of the call, "" when it has none. */
static struct slice
parameter(const struct trial *t, enum word name)
{
    const struct scope *s = &t->scope;
    struct value v = value_step(s, s->params, s->words->class[name]);

    return value_text(value_unwrap(s, v));
}

/* The slot for a target of the block. */
static struct slice *
through(struct route *r, enum word block)
{
    size_t i = 0;

    while (targets[i].block != block)
        i++;
    return &r->through[i];
}

/* False when the event names no destination. */
static bool
route_read(const struct trial *t, struct route *r)
{
    char canonical[CIDR_TEXT_MAX_BYTES];
    struct slice *gateway;
    struct cidr net;

    *r = (struct route){0};
    for (size_t i = 0; r->where == NULL && i < WHERES; i++) {
        r->to = parameter(t, wheres[i].event);
        r->where = r->to.n > 0 ? &wheres[i] : NULL;
    }
    net = cidr_read(r->to);
    if (net.family != 0)
        r->to = arena_copy(t->arena, cidr_text(&net, canonical));
    for (size_t i = 0; i < TARGETS; i++)
        r->through[i] = parameter(t, targets[i].event);
    gateway = through(r, W_GATEWAY_ID);
    r->local = text_eq_fold(parameter(t, W_LOCAL_TARGET), SLICE("true"));
    if (r->local)
        *gateway = SLICE("local");
    /* The call takes endpoints as gateways; Terraform tells them apart. */
    if (slice_starts(*gateway, SLICE("vpce-"))) {
        *through(r, W_VPC_ENDPOINT_ID) = *gateway;
        *gateway = SLICE("");
    }
    return r->where != NULL;
}

/* Whether aws_route holds the route to that destination. */
static bool
has_own_resource(const struct trial *t, const struct route *r)
{
    struct slice table = parameter(t, W_ROUTE_TABLE_ID);
    struct instance in;
    struct owned o;

    owned_open(&o, t, W_AWS_ROUTE, W_ROUTE_TABLE_ID, table);
    while (owned_next(&o, &in)) {
        struct slice to =
            value_text(value_get(in.attrs, t->words->id[r->where->event]));

        if (to.n > 0 && cidr_same(to, r->to))
            return true;
    }
    return false;
}

/* The table's block for the destination; absent when it has none, also in
 * a state without the attribute: every version of the provider has it. */
static struct value
route_block(const struct trial *t, const struct finding *f,
            const struct route *r)
{
    const uint16_t *id = t->words->id;
    struct value_iter it = value_items(value_get(f->in.attrs, id[W_ROUTE]));
    struct value block;

    while (value_next(&it, NULL, &block)) {
        struct slice to = value_text(value_get(block, id[r->where->block]));

        if (to.n > 0 && cidr_same(to, r->to))
            return block;
    }
    return VALUE_NOTHING;
}

/*
 * Whether the block goes through what the event says.  An instance stands
 * for its network interface in newer states: that cannot be told.
 */
static bool
route_same(const struct trial *t, const struct route *r, struct value block)
{
    const uint16_t *id = t->words->id;

    for (size_t i = 0; i < TARGETS; i++) {
        struct value v = value_get(block, id[targets[i].block]);

        if (r->through[i].n == 0)
            continue;
        if (targets[i].block == W_INSTANCE_ID && value_empty(v))
            v = value_get(block, id[W_NETWORK_INTERFACE_ID]);
        else if (!slice_eq(value_text(v), r->through[i]))
            return false;
        if (value_empty(v))
            return false;
    }
    return true;
}

/* The route as a block: its destination, and through what unless `bare`. */
static void
put_route(struct buf *b, const struct trial *t, const struct route *r,
          bool bare)
{
    const uint16_t *id = t->words->id;
    size_t block = pack_object(b);

    pack_name(b, id[r->where->block]);
    pack_string(b, r->to);
    for (size_t i = 0; !bare && i < TARGETS; i++) {
        if (r->through[i].n == 0)
            continue;
        pack_name(b, id[targets[i].block]);
        pack_string(b, r->through[i]);
    }
    pack_close(b, block);
}

/* A list of one block of the state, of the event's route, or of none. */
static struct value
block_list(const struct trial *t, struct value block, const struct route *r)
{
    struct buf b = arena_open(t->arena);
    size_t list = pack_array(&b);

    if (block.p != NULL)
        pack_value(&b, block);
    if (r != NULL)
        put_route(&b, t, r, false);
    pack_close(&b, list);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

/* What tells the route from the table's others. */
static struct value
destination(const struct trial *t, const struct route *r)
{
    struct buf b = arena_open(t->arena);

    put_route(&b, t, r, true);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

bool
route_judge(struct trial *t, struct finding *f)
{
    bool deleted = slice_eq(t->event_name, SLICE("DeleteRoute")), same;
    struct value block;
    struct route r;

    if (!route_read(t, &r))
        return true;
    if (has_own_resource(t, &r))
        return false;
    f->carried = true;
    block = route_block(t, f, &r);
    if (block.p != NULL)
        same = !deleted && route_same(t, &r, block);
    else /* what is local by itself needs no block */
        same = deleted || r.local;
    if (same) {
        if (f->watched)
            finding_settled(t, f, SLICE("route"), destination(t, &r));
        return true;
    }
    finding_change(t, f, CHANGE_BLOCKS, SLICE("route"),
                   block_list(t, block, NULL),
                   block_list(t, VALUE_NOTHING, deleted ? NULL : &r));
    return true;
}
