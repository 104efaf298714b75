#include "drift/sgrule_group.h"

#include "drift/owned.h"

/* The types that are rules of a group. */
static const struct {
    enum word type;
    unsigned ways;
    bool block; /* attributes are those of a block */
} rule_types[] = {
    {W_AWS_SECURITY_GROUP_RULE, SGRULE_IN | SGRULE_OUT, true},
    {W_AWS_SG_INGRESS_RULE, SGRULE_IN, false},
    {W_AWS_SG_EGRESS_RULE, SGRULE_OUT, false},
};
#define RULE_TYPES (sizeof(rule_types) / sizeof(*rule_types))

static const enum word group_types[] = {W_AWS_SECURITY_GROUP,
                                        W_AWS_DEFAULT_SECURITY_GROUP};
#define GROUP_TYPES (sizeof(group_types) / sizeof(*group_types))

static struct slice
attr_text_of(const struct sgrule_group *g, const struct instance *in,
             enum word name)
{
    return value_text(value_get(in->attrs, g->trial->words->id[name]));
}

/* Text of a parameter of the call, "" when it has none. */
static struct slice
parameter(struct sgrule_group *g, enum word name)
{
    struct scope *s = &g->trial->scope;
    struct map_path path = {.sym = {s->words->class[name]}, .n = 1};

    return value_text(resolve_one(s, &path));
}

static bool
member_push(struct sgrule_group *g, const struct instance *in)
{
    struct arena *a = g->trial->scratch;

    if (g->n == g->max) {
        size_t max = g->max != 0 ? g->max * 2 : 8;
        struct sgrule_member *more = arena_alloc(a, max * sizeof(*more));

        if (more == NULL) {
            g->rules.full = true;
            return false;
        }
        if (g->n > 0)
            memcpy(more, g->member, g->n * sizeof(*more));
        g->member = more;
        g->max = max;
    }
    g->member[g->n++] = (struct sgrule_member){.in = *in};
    return true;
}

/* The answer of a call that named its group by name. */
static struct slice
answered_group(struct sgrule_group *g)
{
    static const enum word sets[] = {W_SG_RULE_SET, W_REVOKED_SG_RULE_SET};
    const uint16_t *class = g->trial->words->class;

    for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
        struct map_path path = {.sym = {MAP_SYM_RESPONSE, class[sets[i]],
                                        MAP_SYM_LIST, class[W_GROUP_ID]},
                                .n = 4};
        struct slice id = value_text(resolve_one(&g->trial->scope, &path));

        if (id.n > 0)
            return id;
    }
    return slice_of("", 0);
}

/*
 * The id of a group by its name alone, as calls for the default VPC give
 * it.  No mapping finds groups by name, so this goes through all of them;
 * such calls are rare.
 */
static struct slice
named_group(struct sgrule_group *g, struct slice name)
{
    struct instance in;
    struct owned o;

    for (size_t i = 0; i < GROUP_TYPES; i++) {
        owned_scan(&o, g->trial, group_types[i], W_NAME, name);
        while (owned_next(&o, &in))
            if (attr_text_of(g, &in, W_ID).n > 0)
                return attr_text_of(g, &in, W_ID);
    }
    return slice_of("", 0);
}

/* The group's id: every other way to name it leads there. */
static void
find_id(struct sgrule_group *g)
{
    g->id = parameter(g, W_GROUP_ID);
    g->name = parameter(g, W_GROUP_NAME);
    if (g->id.n == 0)
        g->id = answered_group(g);
    if (g->id.n == 0)
        g->id = named_group(g, g->name);
}

/* A reader of what member `at` says. */
static struct sgrule_reader
state_reader(struct sgrule_group *g, size_t at, bool egress)
{
    return (struct sgrule_reader){.words = g->trial->words,
                                  .group = g->id,
                                  .name = g->name,
                                  .egress = egress,
                                  .owner = (uint32_t)at,
                                  .out = &g->rules};
}

/*
 * The blocks of a group, of one direction.  A state without the attribute is
 * read as one with none: every version of the provider has it.
 */
static void
read_blocks(struct sgrule_group *g, size_t at, bool egress)
{
    uint16_t name = g->trial->words->id[egress ? W_EGRESS : W_INGRESS];
    struct value_iter it = value_items(value_get(g->member[at].in.attrs, name));
    struct sgrule_reader rd = state_reader(g, at, egress);
    struct value block;

    while (value_next(&it, NULL, &block))
        sgrule_read_block(&rd, block);
}

/* Adds a rule resource; one of the other direction is left out. */
static void
add_rule(struct sgrule_group *g, const struct instance *in, size_t type)
{
    bool block = rule_types[type].block;
    unsigned way = rule_types[type].ways;
    struct sgrule_reader rd;
    size_t before = g->rules.n;
    struct sgrule id = {.kind = SGRULE_ID};

    if (block)
        way = slice_eq(attr_text_of(g, in, W_TYPE), SLICE("egress"))
                  ? SGRULE_OUT
                  : SGRULE_IN;
    if ((g->ways & way) == 0 || !member_push(g, in))
        return;
    rd = state_reader(g, g->n - 1, way == SGRULE_OUT);
    if (block)
        sgrule_read_block(&rd, in->attrs);
    else
        sgrule_read_single(&rd, in->attrs);
    g->member[g->n - 1].rules = (uint32_t)(g->rules.n - before);
    /* Calls may name the rule by its id alone. */
    id.owner = rd.owner;
    id.value = attr_text_of(g, in, W_SG_RULE_ID);
    /* The id of the older type is a hash of Terraform's own. */
    if (id.value.n == 0 && !block)
        id.value = attr_text_of(g, in, W_ID);
    if (id.value.n > 0)
        sgrule_set_push(&g->rules, &id);
}

void
sgrule_group_load(struct sgrule_group *g, struct trial *t, unsigned ways)
{
    struct instance in;
    struct owned o;

    *g = (struct sgrule_group){.trial = t, .ways = ways};
    sgrule_set_init(&g->rules, t->scratch);
    find_id(g);
    for (size_t i = 0; i < GROUP_TYPES; i++) {
        owned_open(&o, t, group_types[i], W_ID, g->id);
        while (owned_next(&o, &in) && member_push(g, &in))
            g->n_groups = g->n;
    }
    /* Rules for itself may be told by its name. */
    if (g->n_groups > 0 && g->name.n == 0)
        g->name = attr_text_of(g, &g->member[0].in, W_NAME);
    for (size_t i = 0; i < g->n_groups; i++) {
        if (ways & SGRULE_IN)
            read_blocks(g, i, false);
        if (ways & SGRULE_OUT)
            read_blocks(g, i, true);
    }
    for (size_t i = 0; i < RULE_TYPES; i++) {
        owned_open(&o, t, rule_types[i].type, W_SG_ID, g->id);
        while (owned_next(&o, &in))
            add_rule(g, &in, i);
    }
}

/* A rule resource that is in no list of the group's yet. */
static void
add_by_id(struct sgrule_group *g, struct slice id)
{
    static const enum word attrs[] = {W_SG_RULE_ID, W_ID};
    struct instance in;
    struct owned o;

    for (size_t i = 0; i < RULE_TYPES; i++) {
        /* Trimmed states have one of the two that are the same. */
        for (size_t k = 0; k < (rule_types[i].block ? 1 : 2); k++) {
            size_t before = g->n;

            owned_open(&o, g->trial, rule_types[i].type, attrs[k], id);
            while (owned_next(&o, &in)) {
                struct slice group = attr_text_of(g, &in, W_SG_ID);

                /* Ids are unique, so another group is another account's
                 * state or a mistake. */
                if (group.n == 0 || g->id.n == 0 || slice_eq(group, g->id))
                    add_rule(g, &in, i);
            }
            if (g->n > before)
                return;
        }
    }
}

struct sgrule_member *
sgrule_group_by_id(struct sgrule_group *g, struct slice id)
{
    struct sgrule key = {.kind = SGRULE_ID, .value = id};
    uint32_t at;

    if (id.n == 0)
        return NULL;
    at = sgrule_set_find(&g->rules, &key);
    if (at == SGRULE_NONE) {
        add_by_id(g, id);
        at = sgrule_set_find(&g->rules, &key);
    }
    return at != SGRULE_NONE ? &g->member[g->rules.rule[at].owner] : NULL;
}

struct sgrule_reader
sgrule_group_reader(struct sgrule_group *g, struct sgrule_set *out, bool egress)
{
    return (struct sgrule_reader){.words = g->trial->words,
                                  .scope = &g->trial->scope,
                                  .group = g->id,
                                  .name = g->name,
                                  .account = g->trial->account,
                                  .egress = egress,
                                  .owner = SGRULE_EVENT,
                                  .out = out};
}

bool
sgrule_group_owned(struct sgrule_group *g, const struct sgrule *r)
{
    uint32_t at = sgrule_set_find(&g->rules, r);

    while (at != SGRULE_NONE) {
        if (g->rules.rule[at].owner != SGRULE_EVENT &&
            !sgrule_group_inline(g, &g->rules.rule[at]))
            return true;
        at = sgrule_set_next(&g->rules, at, r);
    }
    return false;
}
