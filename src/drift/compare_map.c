#include "base/pack.h"
#include "base/text.h"
#include "drift/compare.h"

#define ENTRIES_MAX 256 /* of several maps that are told apart */

/* {"name":n,"value":v} or {"key":k,"value":v} of a list that is a map. */
static struct value
entry_value(const struct comparison *c, struct value list, struct slice key)
{
    const uint16_t *class = c->trial->words->class;
    const struct scope *s = &c->trial->scope;
    struct value_iter it = value_items(list);
    struct value item;

    if (it.keyed)
        return value_member(s->names, list, key);
    while (value_next(&it, NULL, &item)) {
        struct value name = value_step(s, item, class[W_NAME]);

        if (name.p == NULL)
            name = value_step(s, item, class[W_KEY]);
        if (slice_eq(value_text(value_unwrap(s, name)), key))
            return value_unwrap(s, value_step(s, item, class[W_VALUE]));
    }
    return VALUE_NOTHING;
}

/* The name of one entry of such a list. */
static struct slice
entry_name(const struct comparison *c, struct value item)
{
    const struct scope *s = &c->trial->scope;
    struct value name = value_step(s, item, c->trial->words->class[W_NAME]);

    if (name.p == NULL)
        name = value_step(s, item, c->trial->words->class[W_KEY]);
    return value_text(value_unwrap(s, name));
}

/* What the event gives as one value: the map itself, or its entries. */
static struct value
given_map(struct comparison *c, struct values given)
{
    struct values flat = {0};

    for (size_t i = 0; i < given.n; i++)
        compare_flatten(c, given.v[i], &flat);
    if (flat.n == 1 && value_is(flat.v[0], VALUE_OBJECT) &&
        entry_name(c, flat.v[0]).n == 0)
        return flat.v[0];
    return compare_array(c, &flat);
}

/* Keys that the event gives and the state does not have. */
static void
compare_new_keys(struct comparison *c, const struct map_line *line,
                 struct slice path, struct value old, struct value list)
{
    const struct names *ns = c->trial->scope.names;
    struct value_iter it = value_items(list);
    char out[NAME_MAX_BYTES];
    struct value_key key;
    struct value item;

    while (value_next(&it, &key, &item)) {
        struct slice name =
            it.keyed ? value_key_text(ns, &key, out) : entry_name(c, item);

        if (value_member(ns, old, name).p == NULL)
            compare_member(c, line, compare_member_path(c, path, name),
                           VALUE_NOTHING, entry_value(c, list, name));
    }
}

/* Whether an entry of such a list has this name and value. */
static bool
is_entry(const struct comparison *c, const struct map_line *line,
         struct value entry, struct slice name, struct value value)
{
    const struct scope *s = &c->trial->scope;

    return slice_eq(entry_name(c, entry), name) &&
           compare_equal(
               c, line, value,
               value_unwrap(
                   s, value_step(s, entry, c->trial->words->class[W_VALUE])));
}

/* Whether each name of the state's maps has, in some entry of its own, the
 * value it had: of several maps an event does not say whose an entry is. */
static bool
same_entries(const struct comparison *c, const struct map_line *line,
             const struct spots *at, struct value list)
{
    const struct names *ns = c->trial->scope.names;
    size_t n = value_count(list), left = n;
    bool used[ENTRIES_MAX] = {false};

    for (size_t i = 0; i < at->n && n <= ENTRIES_MAX; i++) {
        struct value_iter it = value_items(at->spot[i].v);
        char out[NAME_MAX_BYTES];
        struct value_key key;
        struct value item;

        for (; it.keyed && value_next(&it, &key, &item); left--) {
            struct slice name = value_key_text(ns, &key, out);
            size_t k = 0;

            while (k < n && (used[k] ||
                             !is_entry(c, line, value_at(list, k), name, item)))
                k++;
            if (k == n)
                return false;
            used[k] = true;
        }
    }
    return left == 0;
}

void
compare_map(struct comparison *c, const struct map_line *line,
            struct values given)
{
    char out[NAME_MAX_BYTES];
    struct value list, item, old;
    struct value_iter it;
    struct value_key key;
    struct spots at;
    struct slice path;

    if (given.n == 0)
        return;
    c->finding->carried = true;
    at = compare_spots(c, line);
    old = at.n > 0 ? at.spot[0].v : VALUE_NOTHING;
    path = compare_path(c, line, at.n > 0 ? at.spot : NULL);
    it = value_items(old);
    if (at.n == 0 &&
        !attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n))
        return;
    list = given_map(c, given);
    if (at.n > 1) {
        c->finding->unknown |= !same_entries(c, line, &at, list);
        return;
    }
    while (it.keyed && value_next(&it, &key, &item)) {
        struct slice name = value_key_text(c->trial->scope.names, &key, out);

        compare_member(c, line, compare_member_path(c, path, name), item,
                       entry_value(c, list, name));
    }
    compare_new_keys(c, line, path, old, list);
}

void
compare_present(struct comparison *c, const struct map_line *line,
                struct values given)
{
    struct spots at;
    struct slice path;
    struct buf b;
    size_t mark;

    if (given.n == 0)
        return;
    c->finding->carried = true;
    at = compare_spots(c, line);
    if (at.n == 0)
        return;
    path = compare_path(c, line, &at.spot[0]);
    if (!value_empty(at.spot[0].v)) {
        finding_settled(c->trial, c->finding, path, VALUE_NOTHING);
        return;
    }
    /* [{}]: one block, nothing in it. */
    b = arena_open(c->trial->arena);
    mark = pack_array(&b);
    pack_close(&b, pack_object(&b));
    pack_close(&b, mark);
    compare_change(
        c, line, CHANGE_VALUE, path, at.spot[0].v,
        (struct value){(const uint8_t *)arena_keep(c->trial->arena, &b).p});
}

/* Whether the state says something of an attribute. */
static bool
is_said(struct comparison *c, const struct map_line *line)
{
    struct spots at = compare_spots(c, line);

    for (size_t i = 0; i < at.n; i++)
        if (!value_empty(at.spot[i].v))
            return true;
    return false;
}

/* AWS gives one thing in two forms, of which the state keeps one: this one
 * if it says something, or if the other one, beside it, does not. */
void
compare_kept(struct comparison *c, const struct map_line *line,
             struct values given)
{
    struct map_line other = *line;

    c->finding->carried |= given.n > 0;
    if (!is_said(c, line)) {
        if (line->xform.n == 0)
            return;
        other.attr.sym[other.attr.n - 1] = line->xform.arg[0];
        if (is_said(c, &other))
            return;
    }
    compare_plain(c, line, given);
}
