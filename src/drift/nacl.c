#include "drift/nacl.h"

#include "base/pack.h"
#include "base/text.h"
#include "drift/cidr.h"
#include "drift/equal.h"
#include "drift/owned.h"

/* One entry, as texts of the event or of a state. */
struct entry {
    bool egress;
    struct slice number, protocol, action, cidr, cidr6;
    struct slice from, to, type, code;
};

/* Text of a parameter, in an outer one unless that is W_COUNT; "" when there
 * is none. */
static struct slice
parameter(const struct trial *t, enum word outer, enum word name)
{
    const struct scope *s = &t->scope;
    struct value v = s->params;

    if (outer != W_COUNT)
        v = value_step(s, v, s->words->class[outer]);
    v = value_step(s, v, s->words->class[name]);
    return value_text(value_unwrap(s, v));
}

static void
entry_read(const struct trial *t, struct entry *e)
{
    char canonical[CIDR_TEXT_MAX_BYTES];
    struct cidr net;

    *e = (struct entry){
        .egress = text_eq_fold(parameter(t, W_COUNT, W_EGRESS), SLICE("true")),
        .number = parameter(t, W_COUNT, W_RULE_NUMBER),
        .protocol = parameter(t, W_COUNT, W_ACL_PROTOCOL),
        .action = parameter(t, W_COUNT, W_RULE_ACTION),
        .cidr = parameter(t, W_COUNT, W_CIDR_BLOCK),
        .cidr6 = parameter(t, W_COUNT, W_IPV6_CIDR_BLOCK),
        .from = parameter(t, W_PORT_RANGE, W_FROM),
        .to = parameter(t, W_PORT_RANGE, W_TO),
        .type = parameter(t, W_ICMP_TYPE_CODE, W_TYPE),
        .code = parameter(t, W_ICMP_TYPE_CODE, W_CODE),
    };
    /* What EC2 makes of it. */
    net = cidr_read(e->cidr);
    if (net.family != 0)
        e->cidr = arena_copy(t->arena, cidr_text(&net, canonical));
    net = cidr_read(e->cidr6);
    if (net.family != 0)
        e->cidr6 = arena_copy(t->arena, cidr_text(&net, canonical));
}

static struct slice
attr(const struct trial *t, struct value block, enum word name)
{
    return value_text(value_get(block, t->words->id[name]));
}

/* Whether aws_network_acl_rule holds the entry: a number is taken once for
 * each direction. */
static bool
has_own_resource(const struct trial *t, const struct entry *e)
{
    struct slice acl = parameter(t, W_COUNT, W_NETWORK_ACL_ID);
    struct instance in;
    struct owned o;

    owned_open(&o, t, W_AWS_NETWORK_ACL_RULE, W_NETWORK_ACL_ID, acl);
    while (owned_next(&o, &in)) {
        bool egress = slice_eq(attr(t, in.attrs, W_EGRESS), SLICE("true"));

        if (egress == e->egress &&
            equal_scalars(attr(t, in.attrs, W_RULE_NUMBER), e->number))
            return true;
    }
    return false;
}

/* The ACL's block with the number; absent when it has none. */
static struct value
entry_block(const struct trial *t, const struct finding *f,
            const struct entry *e)
{
    struct value_iter it = value_items(
        value_get(f->in.attrs, t->words->id[e->egress ? W_EGRESS : W_INGRESS]));
    struct value block;

    while (value_next(&it, NULL, &block))
        if (equal_scalars(attr(t, block, W_RULE_NO), e->number))
            return block;
    return VALUE_NOTHING;
}

static bool
is_protocol(struct slice text, const char *name)
{
    return equal_protocol(text, slice_str(name));
}

/* Numbers that are left out are 0. */
static bool
same_number(struct slice state, struct slice event)
{
    static const struct slice zero = SLICE_INIT("0");

    return equal_scalars(state.n > 0 ? state : zero,
                         event.n > 0 ? event : zero);
}

/* Networks that are left out are none. */
static bool
same_network(struct slice state, struct slice event)
{
    return state.n == 0 || event.n == 0 ? state.n == event.n
                                        : cidr_same(state, event);
}

/*
 * Whether the block is the entry.  Ports count for TCP and UDP, type and
 * code for ICMP; a call names all of an entry, so what it leaves out is
 * not there.
 */
static bool
entry_same(const struct trial *t, const struct entry *e, struct value block)
{
    bool ports =
        is_protocol(e->protocol, "tcp") || is_protocol(e->protocol, "udp");
    bool icmp =
        is_protocol(e->protocol, "icmp") || is_protocol(e->protocol, "icmpv6");

    return equal_protocol(attr(t, block, W_PROTOCOL), e->protocol) &&
           text_eq_fold(attr(t, block, W_ACTION), e->action) &&
           same_network(attr(t, block, W_CIDR_BLOCK), e->cidr) &&
           same_network(attr(t, block, W_IPV6_CIDR_BLOCK), e->cidr6) &&
           (!ports || (same_number(attr(t, block, W_FROM_PORT), e->from) &&
                       same_number(attr(t, block, W_TO_PORT), e->to))) &&
           (!icmp || (same_number(attr(t, block, W_ICMP_TYPE), e->type) &&
                      same_number(attr(t, block, W_ICMP_CODE), e->code)));
}

static void
put_text(struct buf *b, const struct trial *t, enum word name,
         struct slice text)
{
    pack_name(b, t->words->id[name]);
    pack_string(b, text);
}

static void
put_number(struct buf *b, const struct trial *t, enum word name,
           struct slice text)
{
    pack_name(b, t->words->id[name]);
    pack_number(b, pack_is_number(text) ? text : SLICE("0"));
}

/* The entry as a block; protocol as the state's block writes it. */
static void
put_entry(struct buf *b, const struct trial *t, const struct entry *e,
          struct slice protocol)
{
    size_t block = pack_object(b);

    put_text(b, t, W_ACTION, e->action);
    put_text(b, t, W_CIDR_BLOCK, e->cidr);
    put_number(b, t, W_FROM_PORT, e->from);
    put_number(b, t, W_ICMP_CODE, e->code);
    put_number(b, t, W_ICMP_TYPE, e->type);
    put_text(b, t, W_IPV6_CIDR_BLOCK, e->cidr6);
    put_text(b, t, W_PROTOCOL, protocol);
    put_number(b, t, W_RULE_NO, e->number);
    put_number(b, t, W_TO_PORT, e->to);
    pack_close(b, block);
}

/* A list of the state's block, or of nothing. */
static struct value
old_list(const struct trial *t, struct value block)
{
    struct buf b = arena_open(t->arena);
    size_t list = pack_array(&b);

    if (block.p != NULL)
        pack_value(&b, block);
    pack_close(&b, list);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

static struct value
new_list(const struct trial *t, const struct entry *e, struct value block)
{
    struct slice known = attr(t, block, W_PROTOCOL);
    struct buf b = arena_open(t->arena);
    size_t list = pack_array(&b);

    put_entry(&b, t, e,
              equal_protocol(known, e->protocol) ? known : e->protocol);
    pack_close(&b, list);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

/* What tells the entry from the ACL's others. */
static struct value
number_block(const struct trial *t, const struct entry *e)
{
    struct buf b = arena_open(t->arena);
    size_t block = pack_object(&b);

    put_number(&b, t, W_RULE_NO, e->number);
    pack_close(&b, block);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

bool
nacl_judge(struct trial *t, struct finding *f)
{
    bool deleted = slice_eq(t->event_name, SLICE("DeleteNetworkAclEntry"));
    struct value block;
    struct slice path;
    struct entry e;

    entry_read(t, &e);
    if (e.number.n == 0)
        return true;
    if (has_own_resource(t, &e))
        return false;
    path = e.egress ? SLICE("egress") : SLICE("ingress");
    f->carried = true;
    block = entry_block(t, f, &e);
    if (deleted ? block.p == NULL
                : block.p != NULL && entry_same(t, &e, block)) {
        if (f->watched)
            finding_settled(t, f, path, number_block(t, &e));
        return true;
    }
    finding_change(t, f, CHANGE_BLOCKS, path, old_list(t, block),
                   deleted ? old_list(t, VALUE_NOTHING)
                           : new_list(t, &e, block));
    return true;
}
