#include "drift/finding.h"

#include "base/text.h"

/* Room for one more of a list that grows by doubling in the arena. */
static bool
grow(struct arena *a, void *list, size_t n, size_t *max, size_t size)
{
    void *old, *more;

    if (n < *max)
        return true;
    memcpy(&old, list, sizeof(old));
    more = arena_alloc(a, (n != 0 ? 2 * n : 4) * size);
    if (more == NULL)
        return false;
    if (n > 0)
        memcpy(more, old, n * size);
    *max = n != 0 ? 2 * n : 4;
    memcpy(list, &more, sizeof(more));
    return true;
}

struct finding *
finding_of(struct trial *t, const struct instance *in)
{
    struct finding *f;

    for (size_t i = 0; i < t->n_findings; i++) {
        f = t->finding[i];
        if (f->in.state == in->state && f->in.number == in->number)
            return f;
    }
    if (!grow(t->arena, &t->finding, t->n_findings, &t->max_findings,
              sizeof(*t->finding)))
        return NULL;
    f = arena_alloc(t->arena, sizeof(*f));
    if (f == NULL)
        return NULL;
    *f = (struct finding){
        .in = *in, .verdict = VERDICT_NONE, .action = ACTION_UPDATE};
    f->watched = t->is_open != NULL && t->is_open(t->is_open_ctx, in);
    t->finding[t->n_findings++] = f;
    return f;
}

struct change *
finding_changed(const struct finding *f, struct slice path)
{
    for (size_t i = 0; i < f->n_changes; i++)
        if (slice_eq(f->change[i].path, path))
            return &f->change[i];
    return NULL;
}

struct change *
finding_change(struct trial *t, struct finding *f, enum change_kind kind,
               struct slice path, struct value old_value,
               struct value new_value)
{
    struct change *c = finding_changed(f, path);

    f->verdict = VERDICT_DRIFT;
    f->carried = true;
    if (c != NULL) {
        c->new_value = new_value;
        return c;
    }
    if (!grow(t->arena, &f->change, f->n_changes, &f->max_changes,
              sizeof(*f->change)))
        return NULL;
    c = &f->change[f->n_changes++];
    *c = (struct change){.kind = kind,
                         .path = arena_copy(t->arena, path),
                         .old_value = old_value,
                         .new_value = new_value};
    return c;
}

void
finding_settled(struct trial *t, struct finding *f, struct slice path,
                struct value member)
{
    f->carried = true;
    if (!f->watched || !grow(t->arena, &f->settled, f->n_settled,
                             &f->max_settled, sizeof(*f->settled)))
        return;
    f->settled[f->n_settled++] =
        (struct settled){.path = arena_copy(t->arena, path), .member = member};
}

void
finding_deleted(struct finding *f)
{
    f->verdict = VERDICT_DRIFT;
    f->action = ACTION_DELETE;
    f->carried = true;
}

void
finding_returned(struct finding *f)
{
    if (f->action != ACTION_DELETE)
        return;
    f->action = ACTION_UPDATE;
    f->verdict = f->n_changes > 0 || f->unknown ? VERDICT_DRIFT : VERDICT_NONE;
}
