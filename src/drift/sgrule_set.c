#include "drift/sgrule_set.h"

#include "base/pack.h"
#include "base/text.h"
#include "base/wide.h"

#define FIRST_RULES 16

void
sgrule_set_init(struct sgrule_set *set, struct arena *arena)
{
    *set = (struct sgrule_set){.arena = arena};
}

static uint64_t
hash_add(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static uint64_t
hash_text(uint64_t h, struct slice s)
{
    return hash_add(h, s.n < 8 ? wide_load_short(s.p, s.n) : text_hash(s));
}

/* Of what makes a rule, so not of its description: EC2 refuses a second rule
 * that differs in that alone (InvalidPermission.Duplicate). */
static uint64_t
rule_hash(const struct sgrule *r)
{
    uint64_t h = (uint64_t)r->kind << 16 | (uint64_t)r->egress << 8;

    h = hash_add(h | r->net.bits,
                 (uint64_t)(uint32_t)r->from << 32 | (uint32_t)r->to);
    h = hash_text(h, r->protocol);
    if (r->net.family == 0)
        return hash_text(h, r->value);
    h = hash_add(h, wide_load((const char *)r->net.net));
    return hash_add(h, wide_load((const char *)r->net.net + 8));
}

/* Networks are compared as such, the rest as text. */
static bool
rule_same(const struct sgrule *a, const struct sgrule *b)
{
    if (a->kind != b->kind || a->egress != b->egress || a->from != b->from ||
        a->to != b->to || a->net.family != b->net.family ||
        !slice_eq(a->protocol, b->protocol))
        return false;
    if (a->net.family != 0)
        return memcmp(&a->net, &b->net, sizeof(a->net)) == 0;
    return slice_eq(a->value, b->value);
}

/* Twice the room; the old array stays behind in the arena, so that all
 * growing together costs as much as the last array. */
static bool
set_grow(struct sgrule_set *set)
{
    size_t max = set->max != 0 ? set->max * 2 : FIRST_RULES;
    struct sgrule *more = arena_alloc(set->arena, max * sizeof(*more));

    if (more == NULL)
        return false;
    if (set->n > 0)
        memcpy(more, set->rule, set->n * sizeof(*more));
    set->rule = more;
    set->max = max;
    return true;
}

bool
sgrule_set_push(struct sgrule_set *set, const struct sgrule *r)
{
    if (set->n == set->max && !set_grow(set)) {
        set->full = true;
        return false;
    }
    set->rule[set->n++] = *r;
    return true;
}

/*
 * Puts the rules pushed since the last look-up into their buckets.
 * Sets that are only walked over never pay for any.
 */
static bool
set_link(struct sgrule_set *set)
{
    if (set->heads < set->n) {
        size_t heads = FIRST_RULES;

        while (heads < 2 * set->n)
            heads *= 2;
        set->head = arena_alloc(set->arena, heads * sizeof(*set->head));
        set->heads = set->head != NULL ? heads : 0;
        set->linked = 0;
        if (set->head == NULL) {
            set->full = true;
            return false;
        }
        memset(set->head, 0xff, heads * sizeof(*set->head));
    }
    for (; set->linked < set->n; set->linked++) {
        struct sgrule *r = &set->rule[set->linked];
        uint32_t *head = &set->head[rule_hash(r) & (set->heads - 1)];

        r->next = *head;
        *head = (uint32_t)set->linked;
    }
    return true;
}

/* From `at` on, along one bucket. */
static uint32_t
set_walk(const struct sgrule_set *set, uint32_t at, const struct sgrule *r)
{
    while (at != SGRULE_NONE && !rule_same(&set->rule[at], r))
        at = set->rule[at].next;
    return at;
}

uint32_t
sgrule_set_find(struct sgrule_set *set, const struct sgrule *r)
{
    if (set->n == 0 || !set_link(set))
        return SGRULE_NONE;
    return set_walk(set, set->head[rule_hash(r) & (set->heads - 1)], r);
}

uint32_t
sgrule_set_next(const struct sgrule_set *set, uint32_t at,
                const struct sgrule *r)
{
    return set_walk(set, set->rule[at].next, r);
}

struct slice
sgrule_protocol(struct slice text)
{
    /* What the provider keeps for a number or a name in any case. */
    static const struct {
        struct slice name, number;
    } known[] = {
        {SLICE_INIT("tcp"), SLICE_INIT("6")},
        {SLICE_INIT("udp"), SLICE_INIT("17")},
        {SLICE_INIT("icmp"), SLICE_INIT("1")},
        {SLICE_INIT("icmpv6"), SLICE_INIT("58")},
        {SLICE_INIT("-1"), SLICE_INIT("all")},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (text_eq_fold(text, known[i].name) ||
            text_eq_fold(text, known[i].number))
            return known[i].name;
    return text.n > 0 ? text : SLICE("-1");
}

bool
sgrule_has_ports(struct slice protocol)
{
    return slice_eq(protocol, SLICE("tcp")) ||
           slice_eq(protocol, SLICE("udp")) ||
           slice_starts(protocol, SLICE("icmp"));
}

int32_t
sgrule_port(struct slice text, struct slice protocol)
{
    bool minus = text.n > 0 && text.p[0] == '-';
    size_t i = minus ? 1 : 0;
    int32_t v = 0;

    if (i == text.n || !text_digit(text.p[i]))
        return slice_starts(protocol, SLICE("icmp")) ? -1 : 0;
    /* No port has more digits; 443.0 is 443. */
    for (; i < text.n && text_digit(text.p[i]) && v < 1000000; i++)
        v = v * 10 + (text.p[i] - '0');
    return minus ? -v : v;
}

void
sgrule_put_port(struct buf *b, int32_t v)
{
    char out[16];
    struct buf text = buf_over(out, sizeof(out));

    if (v < 0)
        buf_byte(&text, '-');
    buf_u64(&text, v < 0 ? -(int64_t)v : v);
    pack_number(b, buf_slice(&text));
}

/* The list of a block that a kind stands in holds the one value. */
static void
put_list(struct buf *b, const struct sgrule *r, enum sgrule_kind kind,
         uint16_t name)
{
    size_t list;

    pack_name(b, name);
    list = pack_array(b);
    if (r->kind == kind)
        pack_string(b, r->shown);
    pack_close(b, list);
}

/* Members in the order of a state's document, which is the alphabet's. */
static void
put_block(struct buf *b, const struct words *w, const struct sgrule *r,
          bool description)
{
    size_t block = pack_object(b);

    put_list(b, r, SGRULE_CIDR, w->id[W_CIDR_BLOCKS]);
    if (description) {
        pack_name(b, w->id[W_DESCRIPTION]);
        pack_string(b, r->description);
    }
    pack_name(b, w->id[W_FROM_PORT]);
    sgrule_put_port(b, r->from);
    put_list(b, r, SGRULE_CIDR6, w->id[W_IPV6_CIDR_BLOCKS]);
    put_list(b, r, SGRULE_LIST, w->id[W_PREFIX_LIST_IDS]);
    pack_name(b, w->id[W_PROTOCOL]);
    pack_string(b, r->protocol);
    put_list(b, r, SGRULE_GROUP, w->id[W_SECURITY_GROUPS]);
    pack_name(b, w->id[W_SELF]);
    pack_bool(b, r->kind == SGRULE_SELF);
    pack_name(b, w->id[W_TO_PORT]);
    sgrule_put_port(b, r->to);
    pack_close(b, block);
}

struct value
sgrule_set_blocks(const struct sgrule_set *set, const struct words *w,
                  struct arena *out, unsigned marks, bool egress,
                  uint32_t owner, size_t *n)
{
    struct buf b = arena_open(out);
    size_t list = pack_array(&b);

    *n = 0;
    for (size_t i = 0; i < set->n; i++) {
        const struct sgrule *r = &set->rule[i];

        if ((r->marks & marks) == 0 || r->egress != egress ||
            (r->owner != owner && r->owner != SGRULE_EVENT))
            continue;
        put_block(&b, w, r, true);
        (*n)++;
    }
    pack_close(&b, list);
    return (struct value){(const uint8_t *)arena_keep(out, &b).p};
}

struct value
sgrule_identity(const struct sgrule *r, const struct words *w,
                struct arena *out)
{
    struct buf b = arena_open(out);

    put_block(&b, w, r, false);
    return (struct value){(const uint8_t *)arena_keep(out, &b).p};
}
