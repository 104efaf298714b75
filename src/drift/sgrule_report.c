#include "drift/sgrule_report.h"

/* The name of the block as a path. */
static struct slice
way_path(const struct trial *t, bool egress, char out[NAME_MAX_BYTES])
{
    return names_text(t->scope.names,
                      t->words->id[egress ? W_EGRESS : W_INGRESS], out);
}

/* One change for all rules of a direction: a second change of the same path
 * would replace the first. */
static void
report_way(struct sgrule_group *g, size_t at, struct finding *f, bool egress)
{
    struct trial *t = g->trial;
    size_t n_removed, n_added;
    char out[NAME_MAX_BYTES];
    struct value removed =
        sgrule_set_blocks(&g->rules, t->words, t->arena, SGRULE_REMOVED, egress,
                          (uint32_t)at, &n_removed);
    struct value added =
        sgrule_set_blocks(&g->rules, t->words, t->arena, SGRULE_ADDED, egress,
                          (uint32_t)at, &n_added);

    if (n_removed + n_added > 0)
        finding_change(t, f, CHANGE_BLOCKS, way_path(t, egress, out), removed,
                       added);
}

struct finding *
sgrule_report(struct sgrule_group *g, size_t at)
{
    struct trial *t = g->trial;
    struct finding *f = finding_of(t, &g->member[at].in);
    char out[NAME_MAX_BYTES];

    if (f == NULL)
        return NULL;
    f->carried = true;
    if (g->ways & SGRULE_IN)
        report_way(g, at, f, false);
    if (g->ways & SGRULE_OUT)
        report_way(g, at, f, true);
    /* Nobody asks for what is settled unless something is open. */
    for (size_t i = 0; f->watched && i < g->rules.n; i++) {
        const struct sgrule *r = &g->rules.rule[i];

        if (r->marks & SGRULE_SETTLED)
            finding_settled(t, f, way_path(t, r->egress, out),
                            sgrule_identity(r, t->words, t->arena));
    }
    return f;
}

void
sgrule_report_groups(struct sgrule_group *g)
{
    for (size_t i = 0; i < g->n_groups; i++)
        sgrule_report(g, i);
}

/* Drift without detail. */
static void
report_unknown(struct finding *f)
{
    f->carried = f->unknown = true;
    f->verdict = VERDICT_DRIFT;
}

void
sgrule_report_unseen(struct sgrule_group *g, const struct slice *description)
{
    for (size_t at = 0; at < g->n_groups; at++) {
        bool could = false, has = false;
        struct finding *f;

        for (size_t i = 0; i < g->rules.n; i++) {
            const struct sgrule *r = &g->rules.rule[i];

            if (r->kind == SGRULE_ID || r->owner != at ||
                sgrule_group_owned(g, r))
                continue;
            /* Not in a resource of its own, so its id is nowhere. */
            could = true;
            has = has || (description != NULL &&
                          slice_eq(r->description, *description));
        }
        f = finding_of(g->trial, &g->member[at].in);
        if (f != NULL && could && !has)
            report_unknown(f);
    }
}

bool
sgrule_report_incomplete(struct sgrule_group *g, const struct sgrule_set *said)
{
    if (!g->rules.full && !said->full)
        return false;
    for (size_t i = 0; i < g->n; i++) {
        struct finding *f = finding_of(g->trial, &g->member[i].in);

        if (f != NULL)
            report_unknown(f);
    }
    return true;
}
