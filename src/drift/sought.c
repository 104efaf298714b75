#include "drift/sought.h"

/* Whether an element was found, by this binding or by another one. */
static bool
is_found(const struct sought_list *all, const struct sought *s)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].found && slice_eq(all->list[i].text, s->text))
            return true;
    return false;
}

static bool
any_carried(const struct trial *t)
{
    for (size_t i = 0; i < t->n_findings; i++)
        if (t->finding[i]->carried)
            return true;
    return false;
}

static void
add_unmanaged(struct judgement *out, const struct sought *s)
{
    static const enum action actions[] = {[MAP_UPDATE] = ACTION_UPDATE,
                                          [MAP_CREATE] = ACTION_CREATE,
                                          [MAP_DELETE] = ACTION_DELETE,
                                          [MAP_UPSERT] = ACTION_UPDATE,
                                          [MAP_NONE] = ACTION_UPDATE};

    for (size_t i = 0; i < out->n_unmanaged; i++)
        if (slice_eq(out->unmanaged[i].resource, s->text)) {
            /* The binding that creates it knows best what it is. */
            if (s->role != MAP_CREATE || out->unmanaged[i].creates)
                return;
            out->unmanaged[i].type = s->type;
            out->unmanaged[i].action = ACTION_CREATE;
            out->unmanaged[i].creates = true;
            return;
        }
    out->unmanaged[out->n_unmanaged++] = (struct unmanaged){
        .type = s->type,
        .resource = s->text,
        .action = actions[s->role],
        .creates = s->role == MAP_CREATE,
    };
}

/*
 * The resources nobody manages: elements that no binding found.  When the
 * event found something, only what stands beside it in a list counts, or
 * what a resource that says nothing of itself leaves open.
 */
void
sought_unmanaged(struct judgement *out, const struct sought_list *all)
{
    bool carried = any_carried(&out->trial);

    out->unmanaged =
        arena_alloc(out->trial.arena, (all->n + 1) * sizeof(*out->unmanaged));
    for (size_t i = 0; i < all->n && out->unmanaged != NULL; i++) {
        const struct sought *s = &all->list[i];
        bool beside = false;

        for (size_t k = 0; k < all->n && s->bulk; k++)
            beside |= all->list[k].binding == s->binding && all->list[k].found;
        if (!is_found(all, s) && (!carried || beside))
            add_unmanaged(out, s);
    }
}
