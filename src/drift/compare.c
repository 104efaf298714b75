#include "drift/compare.h"

#include "base/pack.h"
#include "base/text.h"
#include "drift/parts.h"

/* Which function compares the lines of a transform; the rest is plain. */
static compare_fn *const kinds[MAP_X_COUNT] = {
    [MAP_X_TAGS] = compare_tags,
    [MAP_X_TAGKEYS] = compare_tag_keys,
    [MAP_X_TAGS_ALL] = compare_all_tags,
    [MAP_X_ADD] = compare_add,
    [MAP_X_DEL] = compare_del,
    [MAP_X_MERGE] = compare_merge,
    [MAP_X_DROP] = compare_drop,
    [MAP_X_MAP] = compare_map,
    [MAP_X_PRESENT] = compare_present,
    [MAP_X_KEPT] = compare_kept,
    [MAP_X_PATCH] = compare_patch,
    [MAP_X_REFETCH] = compare_unknown,
    /* Rules of groups and routes of tables have judges of their own. */
    [MAP_X_SGRULE_ID] = compare_nothing,
};

struct value
compare_string(struct comparison *c, struct slice text)
{
    struct buf b = arena_open(c->trial->arena);

    pack_string(&b, text);
    return (struct value){(const uint8_t *)arena_keep(c->trial->arena, &b).p};
}

/* A constant of a mapping as a value: true, false, null and numbers are
 * JSON. */
static struct value
literal_value(struct trial *t, uint16_t literal)
{
    char out[NAME_MAX_BYTES];
    struct slice text = names_text(t->scope.names, literal, out);
    struct buf b = arena_open(t->arena);

    if (slice_eq(text, SLICE("null")))
        return VALUE_NOTHING;
    if (slice_eq(text, SLICE("true")) || slice_eq(text, SLICE("false")))
        pack_bool(&b, text.p[0] == 't');
    else if (pack_is_number(text))
        pack_number(&b, text);
    else
        pack_string(&b, text);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

struct spots
compare_spots(struct comparison *c, const struct map_line *l)
{
    return attr_find(c->trial->arena, &c->finding->in, l->attr.sym, l->attr.n,
                     c->picks);
}

static bool
line_known(const struct comparison *c, const struct map_line *line)
{
    return attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n);
}

struct slice
compare_path(struct comparison *c, const struct map_line *line,
             const struct spot *at)
{
    struct buf b = arena_open(c->trial->arena);
    const struct names *ns = c->trial->scope.names;

    if (at != NULL)
        attr_text(ns, line->attr.sym, line->attr.n, at, &b);
    else
        attr_text_new(ns, c->finding->in.attrs, line->attr.sym, line->attr.n,
                      &b);
    return arena_keep(c->trial->arena, &b);
}

struct slice
compare_member_path(struct comparison *c, struct slice path, struct slice key)
{
    struct buf b = arena_open(c->trial->arena);

    buf_put(&b, path);
    buf_byte(&b, '.');
    buf_put(&b, key);
    return arena_keep(c->trial->arena, &b);
}

/* The event's value in the type that the state's has. */
static struct value
in_type_of(struct comparison *c, struct value state, struct value event)
{
    struct slice text = value_text(event);
    struct buf b;

    if (!value_is(event, VALUE_STRING) && !value_is(event, VALUE_NUMBER))
        return event;
    if (value_is(event, VALUE_NUMBER) && value_is(state, VALUE_STRING))
        return compare_string(c, text);
    if (!value_is(event, VALUE_STRING))
        return event;
    b = arena_open(c->trial->arena);
    if ((value_is(state, VALUE_TRUE) || value_is(state, VALUE_FALSE)) &&
        (text_eq_fold(text, SLICE("true")) ||
         text_eq_fold(text, SLICE("false"))))
        pack_bool(&b, text_lower(text.p[0]) == 't');
    else if (value_is(state, VALUE_NUMBER) && pack_is_number(text))
        pack_number(&b, text);
    else
        return event;
    return (struct value){(const uint8_t *)arena_keep(c->trial->arena, &b).p};
}

struct change *
compare_change(struct comparison *c, const struct map_line *line,
               enum change_kind kind, struct slice path, struct value state,
               struct value event)
{
    struct finding *f = c->finding;
    struct change *ch = finding_change(
        c->trial, f, kind, path, state,
        kind == CHANGE_VALUE ? in_type_of(c, state, event) : event);

    if (ch != NULL)
        ch->traits = map_traits(c->trial->maps, f->in.type, &line->attr);
    return ch;
}

void
compare_flatten(struct comparison *c, struct value v, struct values *out)
{
    struct value_iter it = value_items(v);
    struct value item;

    if (!value_is(v, VALUE_ARRAY)) {
        if (!value_empty(v))
            values_push(c->trial->arena, out, v);
        return;
    }
    while (value_next(&it, NULL, &item)) {
        if (!value_is(item, VALUE_ARRAY))
            item = value_unwrap(&c->trial->scope, item);
        if (!value_empty(item))
            values_push(c->trial->arena, out, item);
    }
}

struct value
compare_array(struct comparison *c, const struct values *list)
{
    struct buf b = arena_open(c->trial->arena);
    size_t mark = pack_array(&b);

    for (size_t i = 0; i < list->n; i++)
        pack_value(&b, list->v[i]);
    pack_close(&b, mark);
    return (struct value){(const uint8_t *)arena_keep(c->trial->arena, &b).p};
}

void
compare_nothing(struct comparison *c, const struct map_line *line,
                struct values given)
{
    (void)c;
    (void)line;
    (void)given;
}

void
compare_unknown(struct comparison *c, const struct map_line *line,
                struct values given)
{
    (void)line;
    if (given.n == 0)
        return;
    c->finding->carried = true;
    c->finding->unknown = true;
}

/* attr := literal */
static void
compare_constant(struct comparison *c, const struct map_line *line)
{
    struct value v;
    struct spots at;
    struct slice path;

    if (line->guarded && !resolve_when(&c->trial->scope, &line->guard))
        return;
    if (line->literal == NAME_NONE &&
        parts_elsewhere(c->trial, &c->finding->in, line->attr.sym[0]))
        return;
    c->finding->carried = true;
    if (line->literal == NAME_NONE) {
        c->finding->unknown = true;
        return;
    }
    if (!line_known(c, line))
        return;
    v = literal_value(c->trial, line->literal);
    at = compare_spots(c, line);
    for (size_t i = 0; i < at.n || (i == 0 && at.n == 0); i++) {
        const struct spot *s = at.n > 0 ? &at.spot[i] : NULL;
        struct value old = s != NULL ? s->v : VALUE_NOTHING;
        bool same = compare_equal(c, line, old, v);

        /* A path is text to be made, for nothing when nobody asks. */
        if (same && !c->finding->watched)
            continue;
        path = compare_path(c, line, s);
        if (same)
            finding_settled(c->trial, c->finding, path, VALUE_NOTHING);
        else
            compare_change(c, line, CHANGE_VALUE, path, old, v);
    }
}

/* kv name=literal: the line counts only when that member says so. */
static bool
kv_holds(struct comparison *c, const struct map_line *line)
{
    struct map_when when = {.path = {.n = 1}};

    when.path.sym[0] =
        (uint16_t)names_class(c->trial->scope.names, line->xform.arg[0]);
    when.literal = line->xform.arg[1];
    return resolve_when(&c->trial->scope, &when);
}

static bool
is_excluded(const struct comparison *c, uint16_t root)
{
    for (size_t i = 0; c->picks != NULL && i < c->picks->n_excluded; i++)
        if (c->picks->excluded[i] == root)
            return true;
    return false;
}

/* A list that is there and empty empties the set; only [] says so, since
 * CloudTrail writes "" and {} for members that nobody gave. */
static struct values
given_empty(struct comparison *c, const struct map_line *line)
{
    struct values given = {0};
    struct map_path list = line->path;
    struct value v;

    list.n--;
    v = resolve_one(&c->trial->scope, &list);
    if (value_is(v, VALUE_ARRAY) && value_empty(v))
        values_push(c->trial->arena, &given, v);
    return given;
}

/* What the event gives for a line. */
static struct values
given_values(struct comparison *c, const struct map_line *line)
{
    const struct map_path *path = &line->path;
    struct values given = resolve(&c->trial->scope, path);

    return given.n == 0 && path->n >= 2 &&
                   path->sym[path->n - 1] == MAP_SYM_LIST
               ? given_empty(c, line)
               : given;
}

static void
observe(const struct comparison *c, const struct map_line *line,
        struct values given, size_t changes_before)
{
    const struct observer *o = c->trial->observer;

    if (o != NULL && o->line != NULL)
        o->line(o->ctx, c->finding, line, given,
                c->finding->n_changes > changes_before);
}

static void
compare_line(struct comparison *c, const struct map_line *line)
{
    compare_fn *fn = kinds[line->xform.kind];
    struct values given;
    size_t before;

    if (line->attr.n == 0 || is_excluded(c, line->attr.sym[0]))
        return;
    if (line->constant) {
        before = c->finding->n_changes;
        compare_constant(c, line);
        observe(c, line, (struct values){0}, before);
        return;
    }
    if (line->xform.kind == MAP_X_KV && line->xform.n >= 2 &&
        !kv_holds(c, line))
        return;
    given = given_values(c, line);
    before = c->finding->n_changes;
    (fn != NULL ? fn : compare_plain)(c, line, given);
    observe(c, line, given, before);
}

void
compare_binding(struct trial *t, const struct map_binding *b, struct finding *f,
                const struct picks *picks)
{
    struct comparison c = {
        .trial = t,
        .binding = b,
        .finding = f,
        .picks = picks,
        .room = {t->scope.names, &t->key, t->arena, t->scratch},
        .first = f->n_changes,
    };
    /* An observer is shown every line, most of which an event is silent of. */
    const struct scope *scope = t->observer == NULL ? &t->scope : NULL;
    struct shelf_walk walk;
    struct map_line line;

    shelf_lines(t->shelf, b, &walk);
    while (shelf_next(&walk, scope, &line))
        compare_line(&c, &line);
    compare_prune(&c);
}
