#include "base/pack.h"
#include "base/text.h"
#include "drift/compare.h"

/* The tags a resource has: its own, and all with the provider's defaults. */
struct tagging {
    const struct map_line *line;
    struct slice root;     /* "tags", or the attribute that holds tags */
    struct value own, all; /* all is absent where there is no tags_all */
};

/* One tag of an event. */
struct tag {
    struct slice key;
    struct value value; /* absent: only the key is given */
};

struct tags {
    struct tag *tag;
    size_t n, max;
};

/* False when the resource has no tags at all (older provider). */
static bool
tagging_of(struct comparison *c, const struct map_line *line, struct tagging *t)
{
    const uint16_t *id = c->trial->words->id;
    const struct instance *in = &c->finding->in;
    uint16_t name = line->attr.sym[0];
    struct spots at;

    *t = (struct tagging){.line = line, .root = SLICE("tags")};
    if (line->attr.n == 1 && (name == id[W_TAGS] || name == id[W_TAGS_ALL])) {
        t->own = state_attr(in, id[W_TAGS]);
        t->all = state_attr(in, id[W_TAGS_ALL]);
        return t->own.p != NULL || t->all.p != NULL;
    }
    at = compare_spots(c, line);
    if (at.n == 0 && !attr_known(in->attrs, line->attr.sym, line->attr.n))
        return false;
    t->own = at.n > 0 ? at.spot[0].v : VALUE_NOTHING;
    t->root = compare_path(c, line, at.n > 0 ? &at.spot[0] : NULL);
    return true;
}

static struct value
member(const struct comparison *c, struct value v, struct slice key)
{
    return value_member(c->trial->scope.names, v, key);
}

/* What a tag says in the state. */
static struct value
tag_value(const struct comparison *c, const struct tagging *t, struct slice key)
{
    struct value v = member(c, t->all, key);

    return v.p != NULL ? v : member(c, t->own, key);
}

/* tags.Env, or tags_all.Env for one that comes from the provider's
 * default_tags alone. */
static struct slice
tag_path(struct comparison *c, const struct tagging *t, struct slice key)
{
    bool own =
        member(c, t->own, key).p != NULL || member(c, t->all, key).p == NULL;

    return compare_member_path(c, own ? t->root : SLICE("tags_all"), key);
}

/* Tags of AWS itself, which Terraform does not show. */
static bool
is_aws_tag(struct slice key)
{
    return slice_starts(key, SLICE("aws:"));
}

/* Tag values are text: no "30" = 30.0 here, but 42 and true are as CloudTrail
 * may write them. */
static bool
same_tag(struct value a, struct value b)
{
    return slice_eq(value_text(a), value_text(b));
}

/* Reports or settles one tag that now has this value (absent: is gone). */
static void
tag_is(struct comparison *c, const struct tagging *t, struct slice key,
       struct value now)
{
    struct value old = tag_value(c, t, key);
    bool same =
        now.p == NULL ? old.p == NULL : old.p != NULL && same_tag(old, now);
    struct slice path;

    if (key.n == 0 || is_aws_tag(key) || (same && !c->finding->watched))
        return;
    path = tag_path(c, t, key);
    if (same)
        finding_settled(c->trial, c->finding, path, VALUE_NOTHING);
    else
        compare_change(c, t->line, CHANGE_VALUE, path, old,
                       now.p == NULL ? now
                                     : compare_string(c, value_text(now)));
}

/* The first of some members that is there. */
static struct value
first_of(const struct comparison *c, struct value v, const enum word *words,
         size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct value item =
            value_step(&c->trial->scope, v, c->trial->words->class[words[i]]);

        if (item.p != NULL)
            return value_unwrap(&c->trial->scope, item);
    }
    return VALUE_NOTHING;
}

/* {"key":k,"value":v} in the shapes there are; false when it is none. */
static bool
tag_read(const struct comparison *c, struct value v, struct tag *tag)
{
    static const enum word keys[] = {W_KEY, W_TAG_KEY, W_NAME};
    static const enum word values[] = {W_VALUE, W_TAG_VALUE};
    struct value key;

    if (!value_is(v, VALUE_OBJECT))
        return false;
    key = first_of(c, v, keys, 3);
    if (key.p == NULL || value_text(key).n == 0)
        return false;
    /* {"Name": "web", "Env": "prod"} is a map with a tag called Name. */
    if (value_count(v) > 2 && first_of(c, v, keys, 2).p == NULL)
        return false;
    *tag = (struct tag){value_text(key), first_of(c, v, values, 2)};
    return tag->value.p != NULL || first_of(c, v, keys, 2).p != NULL;
}

static void
tags_push(struct comparison *c, struct tags *list, struct slice key,
          struct value value)
{
    struct arena *a = c->trial->arena;

    if (list->n == list->max) {
        size_t max = list->max != 0 ? list->max * 2 : 16;
        struct tag *more = arena_alloc(a, max * sizeof(*more));

        if (more == NULL)
            return;
        if (list->n > 0)
            memcpy(more, list->tag, list->n * sizeof(*more));
        list->tag = more;
        list->max = max;
    }
    list->tag[list->n++] = (struct tag){key, value};
}

/* The tags of what the event gave: a list of pairs, a map, or a list of
 * maps. */
static struct tags
tags_given(struct comparison *c, struct values given)
{
    const struct names *ns = c->trial->scope.names;
    struct tags list = {0};
    struct values flat = {0};
    char out[NAME_MAX_BYTES];
    struct value_key key;
    struct value item;
    struct tag tag;

    for (size_t i = 0; i < given.n; i++)
        compare_flatten(c, given.v[i], &flat);
    for (size_t i = 0; i < flat.n; i++) {
        struct value_iter it = value_items(flat.v[i]);

        if (tag_read(c, flat.v[i], &tag)) {
            tags_push(c, &list, tag.key,
                      tag.value.p != NULL ? tag.value
                                          : compare_string(c, SLICE("")));
            continue;
        }
        while (it.keyed && value_next(&it, &key, &item)) {
            struct slice name = value_key_text(ns, &key, out);

            if (name.p == out)
                name = arena_copy(c->trial->arena, name);
            tags_push(c, &list, name, value_unwrap(&c->trial->scope, item));
        }
    }
    return list;
}

/* Reports or settles each tag that is given; returns them. */
static struct tags
tags_are(struct comparison *c, const struct tagging *t, struct values given)
{
    struct tags list = tags_given(c, given);

    c->finding->carried = true;
    for (size_t i = 0; i < list.n; i++)
        tag_is(c, t, list.tag[i].key, list.tag[i].value);
    return list;
}

void
compare_tags(struct comparison *c, const struct map_line *line,
             struct values given)
{
    struct tagging t;

    if (given.n == 0 || !tagging_of(c, line, &t))
        return;
    tags_are(c, &t, given);
}

/* One tag that is taken away: a value beside its key must be the tag's. */
static void
tag_gone(struct comparison *c, const struct tagging *t, struct slice key,
         struct value value)
{
    struct value old = tag_value(c, t, key);

    if (value_text(value).n == 0 || old.p == NULL || same_tag(old, value))
        tag_is(c, t, key, VALUE_NOTHING);
}

void
compare_tag_keys(struct comparison *c, const struct map_line *line,
                 struct values given)
{
    struct values flat = {0};
    struct tagging t;
    struct tag tag;

    if (given.n == 0 || !tagging_of(c, line, &t))
        return;
    c->finding->carried = true;
    for (size_t i = 0; i < given.n; i++)
        compare_flatten(c, given.v[i], &flat);
    for (size_t i = 0; i < flat.n; i++) {
        if (tag_read(c, flat.v[i], &tag))
            tag_gone(c, &t, tag.key, tag.value);
        else
            tag_gone(c, &t, value_text(flat.v[i]), VALUE_NOTHING);
    }
}

/* Tags of the state that the event does not give are gone. */
static void
others_gone(struct comparison *c, const struct tagging *t,
            const struct tags *given, struct value tags)
{
    struct value_iter it = value_items(tags);
    struct value_key key;
    struct value item;
    char out[NAME_MAX_BYTES];

    while (it.keyed && value_next(&it, &key, &item)) {
        struct slice name = value_key_text(c->trial->scope.names, &key, out);
        size_t i = 0;

        while (i < given->n && !slice_eq(given->tag[i].key, name))
            i++;
        if (i == given->n)
            tag_is(c, t, name, VALUE_NOTHING);
    }
}

void
compare_all_tags(struct comparison *c, const struct map_line *line,
                 struct values given)
{
    struct tagging t;
    struct tags list;

    if (!tagging_of(c, line, &t))
        return;
    list = tags_are(c, &t, given);
    others_gone(c, &t, &list, t.own);
    others_gone(c, &t, &list, t.all);
}
