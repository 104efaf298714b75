#include "base/pack.h"
#include "base/text.h"
#include "drift/compare.h"

/* The words of an enum: the one that stands for this text. */
static struct value
enum_value(struct trial *t, const struct map_xform *x, struct value v)
{
    struct slice s = value_text(v);
    char out[NAME_MAX_BYTES];

    for (size_t i = 0; i + 1 < x->n; i += 2) {
        struct buf b;

        if (!slice_eq(names_text(t->scope.names, x->arg[i], out), s))
            continue;
        b = arena_open(t->arena);
        pack_string(&b, names_text(t->scope.names, x->arg[i + 1], out));
        return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
    }
    return v;
}

static struct value
string_value(struct trial *t, struct slice s)
{
    struct buf b = arena_open(t->arena);

    pack_string(&b, s);
    return (struct value){(const uint8_t *)arena_keep(t->arena, &b).p};
}

/* Most transforms only say how to compare. */
static bool
changes(enum map_xform_kind kind)
{
    return kind == MAP_X_ENUM || kind == MAP_X_NOT || kind == MAP_X_STRIP ||
           kind == MAP_X_ARN_BASENAME || kind == MAP_X_DNS;
}

struct value
compare_transform(struct trial *t, const struct map_xform *x, struct value v)
{
    struct slice s = value_text(v);
    char out[NAME_MAX_BYTES];
    struct slice head;

    if (!changes(x->kind) || s.n == 0 || equal_hidden(t->scope.names, v))
        return v;
    switch (x->kind) {
    case MAP_X_ENUM:
        return enum_value(t, x, v);
    case MAP_X_NOT:
        if (text_eq_fold(s, SLICE("true")))
            return string_value(t, SLICE("false"));
        if (text_eq_fold(s, SLICE("false")))
            return string_value(t, SLICE("true"));
        return v;
    case MAP_X_STRIP:
        head = names_text(t->scope.names, x->arg[0], out);
        return slice_starts(s, head) ? string_value(t, slice_from(s, head.n))
                                     : v;
    case MAP_X_ARN_BASENAME:
        return string_value(t, slice_from(s, slice_rchr(s, '/') == s.n
                                                 ? 0
                                                 : slice_rchr(s, '/') + 1));
    case MAP_X_DNS:
        return slice_ends(s, SLICE("."))
                   ? string_value(t, slice_head(s, s.n - 1))
                   : v;
    default:
        return v;
    }
}
