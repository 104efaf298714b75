#include "agent/keeper_inside.h"
#include "base/log.h"

/* One state: loaded, and forgotten again. */
static void
probe_entry(struct keeper *k, struct keeper_entry *t, int64_t deadline_ms,
            struct err *e)
{
    struct backend_look l;

    e->code = 0;
    keeper_glance(k, t, &l, deadline_ms, e);
    blocks_free(&k->region, l.state);
}

void
keeper_probe(struct keeper *k, int64_t deadline_ms,
             void (*each)(void *ctx, struct slice name, const struct err *e),
             void *ctx)
{
    struct err e = {0};

    for (size_t i = 0; i < k->n_sections; i++) {
        struct keeper_section *s = &k->section[i];
        size_t before = k->n;
        int rc;

        if (!s->many)
            continue;
        rc = keeper_list_once(k, s, deadline_ms, &e);
        if (rc >= 0 && k->n == before)
            rc = err_set(&e, ERR_REMOTE, "no object matches %.*s",
                         SLICE_FMT(s->config->key));
        if (rc < 0)
            each(ctx, s->config->head.name, &e);
    }
    for (size_t i = 0; i < k->n; i++) {
        probe_entry(k, &k->entry[i], deadline_ms, &e);
        each(ctx, k->entry[i].status.name, e.code != 0 ? &e : NULL);
    }
    keeper_rest(k, NULL);
}
