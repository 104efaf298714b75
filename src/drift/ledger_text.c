#include "drift/ledger_text.h"

#include "base/text.h"

#define LEDGER_FIELDS_MAX 64 /* of a block that are looked at */

/* Members of two sets that are compared, each with each; larger sets are
 * settled as a whole or not. */
#define LEDGER_PAIRS_MAX 65536

/*
 * A field is a number: the hash of its name above, what its value means
 * below.  The latter is made under a key, or somebody could open one rule,
 * and seem to close it by closing another that he has searched for.
 */
#define VALUE_BITS 40

/* The fields of one member. */
struct digest {
    uint64_t field[LEDGER_FIELDS_MAX];
    uint32_t n;
};

/* What a block need not say: empty, false, 0. */
static bool
is_nothing(struct value v)
{
    struct slice s = value_text(v);

    return value_empty(v) || value_is(v, VALUE_FALSE) ||
           slice_eq(s, SLICE("0")) || slice_eq(s, SLICE("false"));
}

/* Case does not count: protocols and ids come in both. */
static uint64_t
text_digest(const struct sip_key *key, struct slice s)
{
    uint64_t sum = s.n;
    char lower[64];

    while (s.n > 0) {
        struct slice part = slice_head(s, sizeof(lower));

        for (size_t i = 0; i < part.n; i++)
            lower[i] = text_lower(part.p[i]);
        sum = sip_pair(key, sum, sip_sum(key, lower, part.n));
        s = slice_from(s, part.n);
    }
    return sum;
}

static uint64_t
name_hash(const struct names *ns, const struct value_key *key)
{
    char out[NAME_MAX_BYTES];

    return names_hash(value_key_text(ns, key, out));
}

/*
 * The same for values that say the same: order does not count, nor how a
 * name or a scalar is spelled.  Values are as deep as pack.h lets them.
 */
static uint64_t
value_digest(const struct ledger_terms *t, struct value v)
{
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;
    uint64_t sum = 0;

    if (!value_is(v, VALUE_ARRAY) && !value_is(v, VALUE_OBJECT))
        return text_digest(&t->key, value_text(v));
    while (value_next(&it, &key, &item))
        if (!it.keyed || !is_nothing(item))
            sum += sip_pair(&t->key, it.keyed ? name_hash(t->names, &key) : 0,
                            value_digest(t, item));
    return sum;
}

static uint64_t
field_of(uint64_t name, uint64_t value)
{
    return name << VALUE_BITS | value >> (64 - VALUE_BITS);
}

/* A block by its fields, anything else as one field without a name. */
static void
digest_of(const struct ledger_terms *t, struct value v, struct digest *d)
{
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;

    d->n = 0;
    if (!value_is(v, VALUE_OBJECT)) {
        d->field[d->n++] = field_of(0, value_digest(t, v));
        return;
    }
    while (d->n < LEDGER_FIELDS_MAX && value_next(&it, &key, &item))
        if (!is_nothing(item))
            d->field[d->n++] =
                field_of(name_hash(t->names, &key), value_digest(t, item));
}

/* A field without a name is any field that has the value. */
static bool
digest_has(const struct digest *d, uint64_t field)
{
    const unsigned nameless = 64 - VALUE_BITS;

    for (uint32_t i = 0; i < d->n; i++)
        if (d->field[i] == field ||
            (field >> VALUE_BITS == 0 &&
             d->field[i] << nameless == field << nameless))
            return true;
    return false;
}

/* Whether all of `part` is in d. */
static bool
digest_holds(const struct digest *d, const struct digest *part)
{
    for (uint32_t i = 0; i < part->n; i++)
        if (!digest_has(d, part->field[i]))
            return false;
    return part->n > 0 || d->n == 0;
}

/* Copied, not cast: nothing in the bytes is aligned. */
static void
put_u32(struct buf *b, size_t v)
{
    uint32_t n = (uint32_t)v;

    buf_put(b, slice_of((const char *)&n, sizeof(n)));
}

/* A member that is open. */
static void
put_member(struct buf *b, const struct digest *d)
{
    put_u32(b, true);
    put_u32(b, d->n);
    buf_put(b, slice_of((const char *)d->field, d->n * sizeof(*d->field)));
}

/* Whether list has a member with this digest. */
static bool
list_has(const struct ledger_terms *t, struct value list,
         const struct digest *d)
{
    struct value_iter it = value_items(list);
    struct value item;
    struct digest other;

    while (value_next(&it, NULL, &item)) {
        digest_of(t, item, &other);
        if (digest_holds(&other, d) && digest_holds(d, &other))
            return true;
    }
    return false;
}

/* Puts the members of `list` that `other` has not; returns how many. */
static size_t
put_members(struct buf *b, const struct ledger_terms *t, struct value list,
            struct value other)
{
    struct value_iter it = value_items(list);
    struct value item;
    struct digest d;
    size_t n = 0;

    while (value_next(&it, NULL, &item)) {
        digest_of(t, item, &d);
        if (list_has(t, other, &d))
            continue;
        put_member(b, &d);
        n++;
    }
    return n;
}

/* Whether the members of a change are to be told apart.  There are no hashes
 * of secrets. */
static bool
has_members(const struct change *c)
{
    size_t pairs =
        (value_count(c->old_value) + 1) * (value_count(c->new_value) + 1);

    return c->kind != CHANGE_VALUE && !c->hidden &&
           (c->traits & MAP_SENSITIVE) == 0 && pairs <= LEDGER_PAIRS_MAX;
}

/* One change; how many members it has is known only afterwards. */
static void
put_change(struct buf *b, const struct record_change *rc,
           const struct ledger_terms *t)
{
    const struct change *c = rc->from;
    size_t at, n = 0;
    uint32_t count;

    put_u32(b, rc->path.n);
    put_u32(b, rc->old_json.n);
    put_u32(b, rc->new_json.n);
    at = b->n;
    put_u32(b, 0);
    put_u32(b, true);
    buf_put(b, rc->path);
    buf_put(b, rc->old_json);
    buf_put(b, rc->new_json);
    if (has_members(c)) {
        n = put_members(b, t, c->old_value, c->new_value);
        n += put_members(b, t, c->new_value, c->old_value);
    }
    count = (uint32_t)n;
    if (!b->full)
        memcpy(b->p + at, &count, sizeof(count));
}

void
ledger_write(struct buf *b, const struct record *r,
             const struct ledger_terms *t)
{
    buf_put(b, slice_of((const char *)&t->key, sizeof(t->key)));
    put_u32(b, r->state.n);
    put_u32(b, r->address.n);
    put_u32(b, r->id.n);
    put_u32(b, r->timestamp.n);
    put_u32(b, r->changes.n);
    buf_put(b, r->state);
    buf_put(b, r->address);
    buf_put(b, r->id);
    buf_put(b, r->timestamp);
    for (size_t i = 0; i < r->changes.n; i++)
        put_change(b, &r->changes.list[i], t);
}

/* Reading is bounded though only ledger_write() writes: the bytes may come
 * from a file one day. */
static uint32_t
get_u32(struct ledger_at *it)
{
    uint32_t v = 0;

    if (it->n - it->at >= sizeof(v)) {
        memcpy(&v, it->p + it->at, sizeof(v));
        it->at += sizeof(v);
    }
    return v;
}

static struct slice
get_text(struct ledger_at *it, size_t n)
{
    struct slice s = slice_of(it->p + it->at, n);

    if (n > it->n - it->at)
        return slice_of("", 0);
    it->at += n;
    return s;
}

struct ledger_head
ledger_read(char *p, size_t n, struct ledger_at *it)
{
    struct ledger_head h;
    struct slice key;
    uint32_t state_n, address_n, id_n, time_n;

    *it = (struct ledger_at){.p = p, .n = n};
    key = get_text(it, sizeof(h.key));
    memset(&h.key, 0, sizeof(h.key));
    memcpy(&h.key, key.p, key.n);
    state_n = get_u32(it);
    address_n = get_u32(it);
    id_n = get_u32(it);
    time_n = get_u32(it);
    h.n_changes = get_u32(it);
    h.state = get_text(it, state_n);
    h.address = get_text(it, address_n);
    h.id = get_text(it, id_n);
    h.time = get_text(it, time_n);
    return h;
}

void
ledger_read_change(struct ledger_at *it, struct ledger_change *c)
{
    uint32_t path_n = get_u32(it), old_n = get_u32(it), new_n = get_u32(it);

    c->n_members = get_u32(it);
    c->mark = it->at;
    c->open = get_u32(it) != 0;
    c->path = get_text(it, path_n);
    c->old_json = get_text(it, old_n);
    c->new_json = get_text(it, new_n);
}

void
ledger_skip_members(struct ledger_at *it, const struct ledger_change *c)
{
    for (uint32_t i = 0; i < c->n_members; i++) {
        get_u32(it);
        get_text(it, get_u32(it) * sizeof(uint64_t));
    }
}

/* Takes an open mark away. */
static void
clear_mark(struct ledger_at *it, size_t mark)
{
    if (mark + sizeof(uint32_t) <= it->n)
        memset(it->p + mark, 0, sizeof(uint32_t));
}

size_t
ledger_settle_members(struct ledger_at *it, const struct ledger_change *c,
                      const struct ledger_terms *t, struct value settled)
{
    struct digest want, have;
    size_t left = 0;

    digest_of(t, settled, &want);
    for (uint32_t i = 0; i < c->n_members; i++) {
        size_t mark = it->at;
        bool open = get_u32(it) != 0;
        struct slice bytes;

        have.n = get_u32(it);
        bytes = get_text(it, have.n * sizeof(uint64_t));
        if (have.n > LEDGER_FIELDS_MAX || bytes.n < have.n * sizeof(uint64_t))
            have.n = 0;
        if (have.n > 0)
            memcpy(have.field, bytes.p, have.n * sizeof(uint64_t));
        if (open && digest_holds(&have, &want)) {
            clear_mark(it, mark);
            open = false;
        }
        left += open;
    }
    return left;
}

void
ledger_close_change(struct ledger_at *it, const struct ledger_change *c)
{
    clear_mark(it, c->mark);
}
