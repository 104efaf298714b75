#include "base/pack.h"
#include "base/text.h"
#include "drift/compare.h"

bool
compare_lower_cased(struct slice type)
{
    /* Their identifiers are "stored as a lowercase string": API references
     * of Amazon RDS, ElastiCache, Redshift, DocumentDB, Neptune, MemoryDB. */
    static const struct slice families[] = {
        SLICE_INIT("aws_db_"),          SLICE_INIT("aws_rds_"),
        SLICE_INIT("aws_elasticache_"), SLICE_INIT("aws_redshift_"),
        SLICE_INIT("aws_docdb_"),       SLICE_INIT("aws_neptune_"),
        SLICE_INIT("aws_memorydb_"),    SLICE_INIT("aws_dms_"),
    };

    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
        if (slice_starts(type, families[i]))
            return true;
    return false;
}

/* Whether an attribute of such a type names something, or is a time of the
 * week (Sun:05:00-Sun:06:00). */
static bool
is_name(struct slice attr)
{
    return slice_ends(attr, SLICE("name")) ||
           slice_ends(attr, SLICE("identifier")) ||
           slice_ends(attr, SLICE("_id")) || slice_ends(attr, SLICE("_window"));
}

/* Null in a state stands for what is off: false and 0. */
static bool
is_off(struct value v)
{
    struct slice s = value_text(v);

    return value_empty(v) || equal_scalars(s, SLICE("false")) ||
           equal_scalars(s, SLICE("0"));
}

/* Words for "off" where a state has nothing. */
static bool
is_off_word(struct slice s)
{
    return text_eq_fold(s, SLICE("none")) || text_eq_fold(s, SLICE("off")) ||
           text_eq_fold(s, SLICE("disabled"));
}

/* A name of a service that keeps it in lower case. */
static bool
same_lower(const struct comparison *c, uint16_t attr, struct slice s,
           struct slice e)
{
    char out[NAME_MAX_BYTES];

    return text_eq_fold(s, e) &&
           is_name(names_text(c->trial->scope.names, attr, out)) &&
           compare_lower_cased(state_type(&c->finding->in));
}

/* Route 53 has text in quotes, of which Terraform takes the outer ones off. */
static bool
is_quoted(const struct comparison *c, struct slice text, struct slice quoted)
{
    return quoted.n == text.n + 2 && quoted.p[0] == '"' &&
           quoted.p[quoted.n - 1] == '"' &&
           slice_eq(text, slice_of(quoted.p + 1, text.n)) &&
           slice_eq(state_type(&c->finding->in), SLICE("aws_route53_record"));
}

/* 7.1 and 7.10 are one number but two versions. */
static bool
is_other_version(const struct comparison *c, uint16_t attr, struct slice s,
                 struct slice e)
{
    char out[NAME_MAX_BYTES];

    return !slice_eq(s, e) && slice_chr(s, '.') < s.n &&
           slice_chr(e, '.') < e.n && pack_is_number(s) && pack_is_number(e) &&
           slice_ends(names_text(c->trial->scope.names, attr, out),
                      SLICE("version"));
}

bool
compare_equal(const struct comparison *c, const struct map_line *line,
              struct value state, struct value event)
{
    struct slice s = value_text(state), e = value_text(event);
    uint16_t last = line->attr.sym[line->attr.n - 1];

    if (last == c->trial->words->id[W_ENGINE_VERSION])
        return equal_version(s, e);
    if (equal_values(&c->room, state, event) != EQUAL_NO)
        return !is_other_version(c, last, s, e);
    if (value_empty(state) && (is_off(event) || is_off_word(e)))
        return true;
    if (s.n == 0 || e.n == 0)
        return false;
    switch (line->xform.kind) {
    case MAP_X_B64:
        return equal_base64(&c->room, s, e);
    case MAP_X_DNS:
        return equal_dns(s, e);
    case MAP_X_PROTOCOL:
        return equal_protocol(s, e);
    default:
        return same_lower(c, last, s, e) || is_quoted(c, s, e);
    }
}

/* "a, b,c" where a list is meant. */
static void
split_commas(struct comparison *c, struct values *list)
{
    struct slice rest, piece;

    if (list->n != 1 || !value_is(list->v[0], VALUE_STRING))
        return;
    rest = value_text(list->v[0]);
    if (slice_chr(rest, ',') == rest.n)
        return;
    list->n = 0;
    while (text_cut(&rest, ',', &piece))
        if (text_trim(piece).n > 0)
            values_push(c->trial->arena, list,
                        compare_string(c, text_trim(piece)));
}

/* Members of both as multisets (or one after the other), by compare_equal
 * so that a line's own kind of equality holds for members too. */
static bool
same_members(const struct comparison *c, const struct map_line *line,
             const struct values *state, const struct values *event,
             bool ordered)
{
    bool used[EQUAL_SET_MAX];
    size_t same = 0;

    if (state->n != event->n || state->n > EQUAL_SET_MAX)
        return false;
    while (same < event->n &&
           compare_equal(c, line, state->v[same], event->v[same]))
        same++;
    if (same == event->n || ordered)
        return same == event->n;
    memset(used, 0, state->n * sizeof(*used));
    for (size_t i = 0; i < event->n; i++) {
        size_t k = 0;

        while (k < state->n &&
               (used[k] || !compare_equal(c, line, state->v[k], event->v[i])))
            k++;
        if (k == state->n)
            return false;
        used[k] = true;
    }
    return true;
}

/* The path of an attribute without indexes. */
static struct slice
path_of_all(struct comparison *c, const struct map_line *line)
{
    struct buf b = arena_open(c->trial->arena);

    attr_text(c->trial->scope.names, line->attr.sym, line->attr.n, NULL, &b);
    return arena_keep(c->trial->arena, &b);
}

/* A list against a list. */
static void
compare_list(struct comparison *c, const struct map_line *line,
             const struct spots *at, struct values given)
{
    struct values old = {0};
    struct slice path;
    unsigned traits =
        map_traits(c->trial->maps, c->finding->in.type, &line->attr);
    bool same;

    split_commas(c, &given);
    if (at->n == 0 &&
        !attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n))
        return;
    for (size_t i = 0; i < at->n; i++)
        compare_flatten(c, at->spot[i].v, &old);
    same = same_members(c, line, &old, &given, (traits & MAP_ORDERED) != 0);
    if (same && !c->finding->watched)
        return;
    path = at->n > 1 ? path_of_all(c, line)
                     : compare_path(c, line, at->n > 0 ? &at->spot[0] : NULL);
    if (same)
        finding_settled(c->trial, c->finding, path, VALUE_NOTHING);
    else
        compare_change(c, line, CHANGE_SET, path, compare_array(c, &old),
                       compare_array(c, &given));
}

/* Several blocks, or several values: as multisets, whatever their order. */
static void
compare_many(struct comparison *c, const struct map_line *line,
             const struct spots *at, struct values given)
{
    struct values old = {0}, now = {0};
    struct slice path;

    if (at->n == 0 &&
        !attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n))
        return;
    for (size_t i = 0; i < at->n; i++)
        if (!is_off(at->spot[i].v))
            values_push(c->trial->arena, &old, at->spot[i].v);
    for (size_t i = 0; i < given.n; i++)
        if (!is_off(given.v[i]))
            values_push(c->trial->arena, &now, given.v[i]);
    path = path_of_all(c, line);
    if (same_members(c, line, &old, &now, false))
        finding_settled(c->trial, c->finding, path, VALUE_NOTHING);
    else
        compare_change(c, line, CHANGE_SET, path, compare_array(c, &old),
                       compare_array(c, &now));
}

void
compare_member(struct comparison *c, const struct map_line *line,
               struct slice path, struct value state, struct value event)
{
    struct change *ch;

    if (equal_hidden(c->trial->scope.names, event)) {
        ch = compare_change(c, line, CHANGE_VALUE, path, state, VALUE_NOTHING);
        if (ch != NULL)
            ch->hidden = true;
    } else if (compare_equal(c, line, state, event)) {
        finding_settled(c->trial, c->finding, path, VALUE_NOTHING);
    } else {
        compare_change(c, line, CHANGE_VALUE, path, state, event);
    }
}

/* Member by member of two objects. */
static void
compare_objects(struct comparison *c, const struct map_line *line,
                struct slice path, struct value state, struct value event)
{
    const struct names *ns = c->trial->scope.names;
    struct value_iter it;
    struct value_key key;
    struct value item;
    char out[NAME_MAX_BYTES];

    for (int pass = 0; pass < 2; pass++) {
        it = value_items(pass == 0 ? state : event);
        while (value_next(&it, &key, &item)) {
            struct slice name = value_key_text(ns, &key, out);
            struct value old = pass == 0 ? item : value_member(ns, state, name);
            struct value now =
                value_unwrap(&c->trial->scope,
                             pass == 1 ? item : value_member(ns, event, name));

            if (pass == 1 && old.p != NULL)
                continue;
            compare_member(c, line, compare_member_path(c, path, name), old,
                           now);
        }
    }
}

/* Words that say "nothing of the kind" in a block nobody asked for. */
static bool
is_default_word(struct slice s)
{
    return is_off_word(s) || text_eq_fold(s, SLICE("default")) ||
           text_eq_fold(s, SLICE("passthrough"));
}

/* Whether an object of the event is a block of the state in CloudTrail's
 * spelling, not a map with keys of its own. */
static bool
spelled_otherwise(const struct comparison *c, struct value state,
                  struct value event)
{
    const struct names *ns = c->trial->scope.names;
    struct value_iter it = value_items(event);
    char out[NAME_MAX_BYTES];
    struct value_key key;
    struct value item;

    while (value_next(&it, &key, &item)) {
        struct slice name = value_key_text(ns, &key, out);
        uint32_t class = names_fold(ns, name);

        if (class != NAME_NONE && value_member(ns, state, name).p == NULL &&
            value_fold(ns, state, class).p != NULL)
            return true;
    }
    return false;
}

/* One value against one place, or against none. */
static void
compare_one(struct comparison *c, const struct map_line *line,
            const struct spot *at, struct value v)
{
    struct value old = at != NULL ? at->v : VALUE_NOTHING;
    bool block = value_is(v, VALUE_OBJECT), same;
    struct slice path;
    struct change *ch;

    if (at == NULL) {
        if (!attr_known(c->finding->in.attrs, line->attr.sym, line->attr.n))
            return;
        if (line->attr.n > 1 && is_default_word(value_text(v)))
            return;
    }
    /* A path is text to be made, for nothing when nobody asks. */
    same = !block && compare_equal(c, line, old, v);
    if (same && !c->finding->watched)
        return;
    path = compare_path(c, line, at);
    if (value_is(old, VALUE_OBJECT) && block && !spelled_otherwise(c, old, v)) {
        compare_objects(c, line, path, old, v);
        return;
    }
    if (same || (block && compare_equal(c, line, old, v))) {
        finding_settled(c->trial, c->finding, path, VALUE_NOTHING);
        return;
    }
    ch = compare_change(c, line, CHANGE_VALUE, path, old, v);
    if (ch != NULL && at == NULL && line->attr.n > 1)
        ch->added = true;
}

static bool
any_list(const struct map_line *line, const struct spots *at)
{
    if (line->xform.kind == MAP_X_SET)
        return true;
    for (size_t i = 0; i < at->n; i++)
        if (value_is(at->spot[i].v, VALUE_ARRAY))
            return true;
    return false;
}

void
compare_plain(struct comparison *c, const struct map_line *line,
              struct values given)
{
    struct spots at;
    struct values flat = {0};
    struct change *ch;

    if (given.n == 0)
        return;
    c->finding->carried = true;
    at = compare_spots(c, line);
    for (size_t i = 0; i < given.n; i++)
        given.v[i] = compare_transform(c->trial, &line->xform, given.v[i]);
    /* One plain value is the list of itself. */
    if (given.n == 1 && !value_is(given.v[0], VALUE_ARRAY))
        flat = value_empty(given.v[0]) ? flat : given;
    else
        for (size_t i = 0; i < given.n; i++)
            compare_flatten(c, given.v[i], &flat);
    for (size_t i = 0; i < flat.n; i++)
        if (equal_hidden(c->trial->scope.names, flat.v[i])) {
            ch = compare_change(
                c, line, CHANGE_VALUE,
                compare_path(c, line, at.n > 0 ? &at.spot[0] : NULL),
                at.n > 0 ? at.spot[0].v : VALUE_NOTHING, VALUE_NOTHING);
            if (ch != NULL)
                ch->hidden = true;
            return;
        }
    if (any_list(line, &at))
        compare_list(c, line, &at, flat);
    else if (at.n > 1 || given.n > 1)
        compare_many(c, line, &at, given);
    else
        compare_one(c, line, at.n > 0 ? &at.spot[0] : NULL, given.v[0]);
}
