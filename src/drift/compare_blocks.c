#include "base/pack.h"
#include "base/text.h"
#include "drift/compare.h"

/* The path of a line without indexes: it stands for all its blocks. */
static struct slice
plain_path(struct comparison *c, const struct map_line *line)
{
    struct buf b = arena_open(c->trial->arena);

    attr_text(c->trial->scope.names, line->attr.sym, line->attr.n, NULL, &b);
    return arena_keep(c->trial->arena, &b);
}

static bool
holds(const struct comparison *c, const struct map_line *line,
      const struct values *list, struct value v)
{
    for (size_t i = 0; i < list->n; i++)
        if (compare_equal(c, line, list->v[i], v))
            return true;
    return false;
}

/* What the set holds by now: as the state says, or as an earlier line of
 * this event has left it. */
static void
members_now(struct comparison *c, const struct spots *at, struct slice path,
            struct values *old, struct values *now)
{
    struct change *before = finding_changed(c->finding, path);

    for (size_t i = 0; i < at->n; i++)
        compare_flatten(c, at->spot[i].v, old);
    if (before != NULL) {
        compare_flatten(c, before->new_value, now);
        return;
    }
    for (size_t i = 0; i < old->n; i++)
        values_push(c->trial->arena, now, old->v[i]);
}

/* Members that join (or leave) the set; the others stay. */
static void
compare_join(struct comparison *c, const struct map_line *line,
             struct values given, bool joins)
{
    struct values flat = {0}, old = {0}, now = {0}, next = {0};
    struct spots at;
    struct slice path;
    size_t before;

    if (given.n == 0)
        return;
    c->finding->carried = true;
    at = compare_spots(c, line);
    if (at.n == 0 &&
        !attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n))
        return;
    path = at.n == 1   ? compare_path(c, line, &at.spot[0])
           : at.n == 0 ? compare_path(c, line, NULL)
                       : plain_path(c, line);
    for (size_t i = 0; i < given.n; i++)
        compare_flatten(c, given.v[i], &flat);
    members_now(c, &at, path, &old, &now);
    before = now.n;
    for (size_t i = 0; i < now.n; i++)
        if (joins || !holds(c, line, &flat, now.v[i]))
            values_push(c->trial->arena, &next, now.v[i]);
    for (size_t i = 0; i < flat.n; i++) {
        if (holds(c, line, &old, flat.v[i]) == joins)
            finding_settled(c->trial, c->finding, path, flat.v[i]);
        if (joins && !holds(c, line, &next, flat.v[i]))
            values_push(c->trial->arena, &next, flat.v[i]);
    }
    if (next.n != before)
        compare_change(c, line, CHANGE_SET, path, compare_array(c, &old),
                       compare_array(c, &next));
}

void
compare_add(struct comparison *c, const struct map_line *line,
            struct values given)
{
    compare_join(c, line, given, true);
}

void
compare_del(struct comparison *c, const struct map_line *line,
            struct values given)
{
    compare_join(c, line, given, false);
}

/* The block of the state whose key attribute has this value. */
static struct value
block_with(const struct comparison *c, struct value blocks, uint16_t key,
           struct value value)
{
    struct value_iter it = value_items(blocks);
    struct value item;

    (void)c;
    while (!it.keyed && value_next(&it, NULL, &item))
        if (text_eq_fold(value_text(value_get(item, key)), value_text(value)))
            return item;
    return VALUE_NOTHING;
}

/* A block as the event gives it, in Terraform's words. */
static struct value
block_of(struct comparison *c, const struct map_xform *x, struct value from)
{
    struct buf b = arena_open(c->trial->arena);
    size_t mark = pack_object(&b);

    for (size_t i = 0; i + 1 < x->n; i += 2) {
        struct value v = value_unwrap(
            &c->trial->scope,
            value_step(&c->trial->scope, from,
                       names_class(c->trial->scope.names, x->arg[i + 1])));

        if (v.p == NULL)
            continue;
        pack_name(&b, x->arg[i]);
        pack_value(&b, v);
    }
    pack_close(&b, mark);
    return (struct value){(const uint8_t *)arena_keep(c->trial->arena, &b).p};
}

/* Whether the block has all that the event gives. */
static bool
block_same(const struct comparison *c, const struct map_line *line,
           struct value block, struct value given)
{
    const struct map_xform *x = &line->xform;

    for (size_t i = 0; i + 1 < x->n; i += 2) {
        struct value now = value_get(given, x->arg[i]);

        if (now.p != NULL &&
            !compare_equal(c, line, value_get(block, x->arg[i]), now))
            return false;
    }
    return true;
}

/* What an earlier element of this event changed stays in the change. */
static void
report_blocks(struct comparison *c, const struct map_line *line,
              struct values removed, struct values added)
{
    struct slice path = plain_path(c, line);
    struct change *before = finding_changed(c->finding, path);
    struct values was = {0}, now = {0};

    if (before != NULL) {
        compare_flatten(c, before->old_value, &was);
        compare_flatten(c, before->new_value, &now);
    }
    for (size_t i = 0; i < removed.n; i++)
        values_push(c->trial->arena, &was, removed.v[i]);
    for (size_t i = 0; i < added.n; i++)
        values_push(c->trial->arena, &now, added.v[i]);
    if (before != NULL)
        before->old_value = compare_array(c, &was);
    compare_change(c, line, CHANGE_BLOCKS, path, compare_array(c, &was),
                   compare_array(c, &now));
}

void
compare_merge(struct comparison *c, const struct map_line *line,
              struct values given)
{
    const struct map_xform *x = &line->xform;
    struct value blocks = state_attr(&c->finding->in, line->attr.sym[0]);
    struct values flat = {0}, removed = {0}, added = {0};

    if (given.n == 0 || x->n < 2)
        return;
    c->finding->carried = true;
    if (blocks.p == NULL)
        return;
    for (size_t i = 0; i < given.n; i++)
        compare_flatten(c, given.v[i], &flat);
    for (size_t i = 0; i < flat.n; i++) {
        struct value now = block_of(c, x, flat.v[i]);
        struct value old =
            block_with(c, blocks, x->arg[0], value_get(now, x->arg[0]));

        if (old.p != NULL && block_same(c, line, old, now)) {
            finding_settled(c->trial, c->finding, plain_path(c, line),
                            value_get(now, x->arg[0]));
            continue;
        }
        if (old.p != NULL)
            values_push(c->trial->arena, &removed, old);
        values_push(c->trial->arena, &added, now);
    }
    if (added.n > 0)
        report_blocks(c, line, removed, added);
}

void
compare_drop(struct comparison *c, const struct map_line *line,
             struct values given)
{
    struct value blocks = state_attr(&c->finding->in, line->attr.sym[0]);
    struct values flat = {0}, removed = {0}, none = {0};

    if (given.n == 0 || line->xform.n < 1)
        return;
    c->finding->carried = true;
    if (blocks.p == NULL)
        return;
    for (size_t i = 0; i < given.n; i++)
        compare_flatten(c, given.v[i], &flat);
    for (size_t i = 0; i < flat.n; i++) {
        struct value old = block_with(c, blocks, line->xform.arg[0], flat.v[i]);

        if (old.p != NULL)
            values_push(c->trial->arena, &removed, old);
        else
            finding_settled(c->trial, c->finding, plain_path(c, line),
                            flat.v[i]);
    }
    if (removed.n > 0)
        report_blocks(c, line, removed, none);
}

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
