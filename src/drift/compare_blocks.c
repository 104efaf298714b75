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
    at = compare_spots(c, line);
    if (at.n == 0 &&
        !attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n))
        return;
    c->finding->carried = true;
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

    if (given.n == 0 || x->n < 2 || blocks.p == NULL)
        return;
    c->finding->carried = true;
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

    if (given.n == 0 || line->xform.n < 1 || blocks.p == NULL)
        return;
    c->finding->carried = true;
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
