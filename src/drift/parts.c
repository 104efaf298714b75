#include "drift/parts.h"

#include "base/pack_words.h"
#include "drift/equal.h"
#include "drift/match.h"

/* The attribute a change's path begins with. */
static uint16_t
root_of(const struct trial *t, struct slice path)
{
    size_t end = 0;

    while (end < path.n && path.p[end] != '.' && path.p[end] != '[')
        end++;
    return (uint16_t)pack_words_name(t->scope.names, slice_head(path, end));
}

/* Whether `child` names the parent in its owner attribute. */
static bool
names_parent(const struct instance *child, uint16_t owner, struct slice id)
{
    struct value v = state_attr(child, owner);
    struct value_iter it = value_items(v);
    struct value item;

    while (!it.keyed && value_next(&it, NULL, &item))
        if (equal_scalars(value_text(item), id))
            return true;
    return equal_scalars(value_text(v), id) ||
           equal_arn_name(value_text(v), id);
}

/* Whether some state has a part of this type that names the parent by one
 * of the attributes a parent goes by. */
static bool
has_part(const struct trial *t, const struct instance *parent, uint16_t type,
         uint16_t owner)
{
    static const enum word by[] = {W_ID, W_NAME, W_ARN};

    for (size_t i = 0; i < t->n_states * 3; i++) {
        uint16_t attr = t->words->id[by[i % 3]];
        struct slice id = value_text(state_attr(parent, attr));
        struct state_hits hits;
        struct instance child;

        if (id.n == 0)
            continue;
        state_find(t->states[i / 3], type, id, &hits);
        while (state_hit_next(&hits, &child))
            if (names_parent(&child, owner, id))
                return true;
    }
    return false;
}

bool
parts_elsewhere(const struct trial *t, const struct instance *in, uint16_t attr)
{
    uint16_t owner = NAME_NONE, type;

    for (size_t i = 0; attr != NAME_NONE; i++) {
        type = map_part(t->maps, in->type, attr, i, &owner);
        if (type == NAME_NONE)
            break;
        if (has_part(t, in, type, owner))
            return true;
    }
    return false;
}

void
parts_reported(struct trial *t)
{
    for (size_t i = 0; i < t->n_findings; i++) {
        struct finding *f = t->finding[i];
        size_t kept = 0;

        for (size_t k = 0; k < f->n_changes; k++)
            if (!parts_elsewhere(t, &f->in, root_of(t, f->change[k].path)))
                f->change[kept++] = f->change[k];
        if (kept == f->n_changes)
            continue;
        f->n_changes = kept;
        if (kept == 0 && !f->unknown && f->action != ACTION_DELETE) {
            f->verdict = VERDICT_NONE;
            f->carried = false;
        }
    }
}
