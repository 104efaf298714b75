#include "drift/block.h"

#define BLOCK_MEMBERS_MAX 256 /* of one list; longer ones do not agree */
#define BLOCK_WORK_MAX 20000  /* members looked at for one comparison */

/* What comparing two containers has seen. */
struct block {
    const struct equal_room *room;
    unsigned common; /* members that both have */
    unsigned work;   /* looked at so far */
};

static bool agree(struct block *b, struct value x, struct value y);

static bool
is_container(struct value v)
{
    return value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT);
}

bool
block_is(struct value v)
{
    return value_is(v, VALUE_OBJECT) ||
           (value_is(v, VALUE_ARRAY) && value_is(value_at(v, 0), VALUE_OBJECT));
}

/* The member of v that has this key, in any spelling. */
static struct value
member_of(const struct block *b, struct value v, const struct value_key *key)
{
    const struct names *ns = b->room->names;
    uint32_t class =
        key->name != NAME_NONE ? names_class(ns, key->name) : key->fold;

    return class != NAME_NONE ? value_fold(ns, v, class)
                              : value_member(ns, v, key->text);
}

static bool
agree_objects(struct block *b, struct value x, struct value y)
{
    struct value_iter it = value_items(x);
    struct value_key key;
    struct value item;

    while (value_next(&it, &key, &item)) {
        struct value other = member_of(b, y, &key);

        if (other.p == NULL)
            continue;
        b->common++;
        if (!agree(b, item, other))
            return false;
    }
    return true;
}

/* Each member of x finds one of its own in y, its neighbour by place first. */
static bool
agree_lists(struct block *b, struct value x, struct value y)
{
    bool used[BLOCK_MEMBERS_MAX] = {false};
    size_t n = value_count(x), i = 0;
    struct value_iter it = value_items(x);
    struct value item;

    if (n != value_count(y) || n > BLOCK_MEMBERS_MAX)
        return false;
    for (; value_next(&it, NULL, &item); i++) {
        size_t k = i;

        if (used[k] || !agree(b, item, value_at(y, k)))
            for (k = 0; k < n; k++)
                if (!used[k] && agree(b, item, value_at(y, k)))
                    break;
        if (k == n)
            return false;
        used[k] = true;
    }
    return true;
}

/* Null, "", [] and {} are nothing, and so is what is off. */
static bool
says_nothing(struct value v)
{
    return value_empty(v) || value_is(v, VALUE_FALSE) ||
           equal_scalars(value_text(v), SLICE("0"));
}

/* A block with nothing in it, which is there all the same: {} or [{}]. */
static bool
is_bare(struct value v)
{
    if (value_is(v, VALUE_ARRAY) && value_count(v) == 1)
        v = value_at(v, 0);
    return value_is(v, VALUE_OBJECT) && value_empty(v);
}

static bool
agree(struct block *b, struct value x, struct value y)
{
    if (++b->work > BLOCK_WORK_MAX)
        return false;
    if (is_bare(x) && is_bare(y))
        return true;
    if (says_nothing(x) || says_nothing(y))
        return says_nothing(x) && says_nothing(y);
    /* One block is a list of one. */
    if (value_is(x, VALUE_ARRAY) && value_is(y, VALUE_OBJECT) &&
        value_count(x) == 1)
        x = value_at(x, 0);
    else if (value_is(y, VALUE_ARRAY) && value_is(x, VALUE_OBJECT) &&
             value_count(y) == 1)
        y = value_at(y, 0);
    if (value_is(x, VALUE_OBJECT) && value_is(y, VALUE_OBJECT))
        return agree_objects(b, x, y);
    if (value_is(x, VALUE_ARRAY) && value_is(y, VALUE_ARRAY))
        return agree_lists(b, x, y);
    return !is_container(x) && !is_container(y)
               ? equal_text(value_text(x), value_text(y))
               : equal_is(b->room, x, y);
}

bool
block_equal(const struct equal_room *r, struct value a, struct value b)
{
    struct block at = {.room = r};

    if (!is_container(a) || !is_container(b))
        return false;
    return agree(&at, a, b) && at.common > 0;
}
