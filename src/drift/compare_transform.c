#include "base/pack.h"
#include "base/text.h"
#include "drift/compare.h"

/* A value in other words, or the value itself; s is its text. */
typedef struct value change_fn(struct trial *t, const struct map_xform *x,
                               struct value v, struct slice s);

static struct value
string_value(struct trial *t, struct slice s)
{
    struct buf b = arena_open(t->arena);

    pack_string(&b, s);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

/* The words of an enum: the one that stands for this text. */
static struct value
enum_value(struct trial *t, const struct map_xform *x, struct value v,
           struct slice s)
{
    char out[NAME_MAX_BYTES];

    for (size_t i = 0; i + 1 < x->n; i += 2)
        if (slice_eq(names_text(t->scope.names, x->arg[i], out), s))
            return string_value(t,
                                names_text(t->scope.names, x->arg[i + 1], out));
    return v;
}

static struct value
not_value(struct trial *t, const struct map_xform *x, struct value v,
          struct slice s)
{
    (void)x;
    if (text_eq_fold(s, SLICE("true")))
        return string_value(t, SLICE("false"));
    if (text_eq_fold(s, SLICE("false")))
        return string_value(t, SLICE("true"));
    return v;
}

static struct value
strip_value(struct trial *t, const struct map_xform *x, struct value v,
            struct slice s)
{
    char out[NAME_MAX_BYTES];
    struct slice head = names_text(t->scope.names, x->arg[0], out);

    return slice_starts(s, head) ? string_value(t, slice_from(s, head.n)) : v;
}

static struct value
basename_value(struct trial *t, const struct map_xform *x, struct value v,
               struct slice s)
{
    size_t slash = slice_rchr(s, '/');

    (void)x;
    (void)v;
    return string_value(t, slice_from(s, slash == s.n ? 0 : slash + 1));
}

static struct value
dns_value(struct trial *t, const struct map_xform *x, struct value v,
          struct slice s)
{
    (void)x;
    return slice_ends(s, SLICE(".")) ? string_value(t, slice_head(s, s.n - 1))
                                     : v;
}

/* Most transforms only say how to compare. */
static change_fn *const changes[MAP_X_COUNT] = {
    [MAP_X_ENUM] = enum_value,   [MAP_X_NOT] = not_value,
    [MAP_X_STRIP] = strip_value, [MAP_X_ARN_BASENAME] = basename_value,
    [MAP_X_DNS] = dns_value,
};

struct value
compare_transform(struct trial *t, const struct map_xform *x, struct value v)
{
    change_fn *fn = changes[x->kind];
    struct slice s = fn != NULL ? value_text(v) : SLICE("");

    if (s.n == 0 || equal_hidden(t->scope.names, v))
        return v;
    return fn(t, x, v, s);
}
