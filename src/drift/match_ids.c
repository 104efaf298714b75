#include "base/text.h"
#include "drift/compare.h"
#include "drift/match.h"

/* Part `part` of a composite id, or any part (part < 0). */
static bool
part_is(struct slice id, int part, struct slice want)
{
    static const char separators[] = "/:,|_;";

    for (size_t i = 0; i < sizeof(separators) - 1; i++) {
        struct slice rest = id, piece;
        int n = 0;

        while (text_cut(&rest, separators[i], &piece))
            if ((part < 0 || n++ == part) && slice_eq(piece, want))
                return true;
    }
    return false;
}

/* Whether what the state has is what the event names. */
static bool
id_equal(struct trial *t, const struct instance *in, uint16_t attr,
         struct value state, struct value want)
{
    struct equal_room room = {t->scope.names, &t->key, t->arena, t->scratch};
    struct slice s = value_text(state), w = value_text(want);

    if (s.n == 0 || w.n == 0)
        return false;
    if (equal_scalars(s, w) || equal_arn_name(s, w))
        return true;
    if ((attr == t->words->id[W_NAME] || attr == t->words->id[W_FQDN]) &&
        equal_dns(s, w))
        return true;
    if (text_eq_fold(s, w) && compare_lower_cased(state_type(in)))
        return true;
    return !value_is(state, VALUE_STRING) && equal_is(&room, state, want);
}

/* Remembers the block in which an id was found. */
static void
pick_block(struct picks *picks, const struct map_path *spec,
           const uint16_t *sym, size_t n, const struct spot *at)
{
    struct pick *p;

    if (n < 2 || n > PICK_DEPTH_MAX || at->index[n - 2] < 0 ||
        picks->n == PICKS_MAX)
        return;
    p = &picks->pick[picks->n++];
    memcpy(p->sym, sym, (n - 1) * sizeof(*sym));
    p->n = n - 1;
    p->index = at->index[n - 2];
    /* The other alternatives' blocks are not meant. */
    for (size_t i = 0; i < spec->n && picks->n_excluded < PICKS_MAX; i++) {
        bool first = i == 0 || spec->sym[i - 1] == MAP_SYM_ALT;
        bool nested = i + 1 < spec->n && spec->sym[i + 1] < MAP_SYM_FIRST;

        if (first && nested && spec->sym[i] != sym[0])
            picks->excluded[picks->n_excluded++] = spec->sym[i];
    }
}

/* One alternative of an id attribute, sym[0..n), against one value. */
static bool
alternative_has(struct trial *t, const struct instance *in,
                const struct map_path *spec, const uint16_t *sym, size_t n,
                struct value want, struct picks *picks)
{
    int part = -2;
    struct spots at;

    if (n > 1 && sym[n - 1] == MAP_SYM_ANYPART) {
        part = -1;
        n--;
    } else if (n > 2 && sym[n - 2] == MAP_SYM_PART) {
        part = sym[n - 1];
        n -= 2;
    }
    at = attr_find(t->arena, in, sym, n, NULL);
    for (size_t i = 0; i < at.n; i++) {
        struct value_iter it = value_items(at.spot[i].v);
        struct value item;

        if (part >= -1) {
            if (part_is(value_text(at.spot[i].v), part, value_text(want)))
                return true;
            continue;
        }
        while (!it.keyed && value_next(&it, NULL, &item))
            if (id_equal(t, in, sym[n - 1], item, want))
                return true;
        if (id_equal(t, in, sym[n - 1], at.spot[i].v, want)) {
            pick_block(picks, spec, sym, n, &at.spot[i]);
            return true;
        }
    }
    return false;
}

static bool
id_has(struct trial *t, const struct instance *in, const struct map_path *spec,
       struct value want, struct picks *picks)
{
    size_t from = 0;

    while (from < spec->n) {
        size_t to = from;

        while (to < spec->n && spec->sym[to] != MAP_SYM_ALT)
            to += spec->sym[to] == MAP_SYM_PART ? 2 : 1;
        if (alternative_has(t, in, spec, spec->sym + from, to - from, want,
                            picks))
            return true;
        from = to + 1;
    }
    return false;
}

/* A line without a value asks for an attribute that is empty or says that
 * the default is meant. */
static bool
is_default(struct value v)
{
    struct slice s = value_text(v);

    return value_empty(v) || slice_eq(s, SLICE("default")) ||
           (slice_starts(s, SLICE("arn:")) &&
            slice_ends(s, SLICE("/default"))) ||
           slice_eq(s, SLICE("$LATEST"));
}

static bool
absent_holds(const struct instance *in, const struct map_path *spec)
{
    for (size_t i = 0; i < spec->n; i++) {
        bool first = i == 0 || spec->sym[i - 1] == MAP_SYM_ALT;
        bool alone = i + 1 == spec->n || spec->sym[i + 1] == MAP_SYM_ALT;

        if (first && alone && is_default(state_attr(in, spec->sym[i])))
            return true;
    }
    return false;
}

bool
match_has(struct trial *t, const struct wanted *w, const struct instance *in,
          struct picks *picks)
{
    picks->n = picks->n_excluded = 0;
    for (size_t i = 0; i < w->n; i++) {
        bool hit = false;

        for (size_t k = 0; k < w->value[i].n && !hit; k++)
            hit = id_has(t, in, &w->line[i]->attr, w->value[i].v[k], picks);
        if (!hit)
            return false;
    }
    for (size_t i = 0; i < w->n_absent; i++)
        if (!absent_holds(in, &w->absent[i]->attr))
            return false;
    return true;
}
