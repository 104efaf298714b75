#include "base/text.h"
#include "drift/block.h"
#include "drift/compare.h"

/* Takes changes [first, n) that `drop` holds for out of the finding. */
static void
drop_changes(struct comparison *c, bool (*drop)(const struct change *ch))
{
    struct finding *f = c->finding;
    size_t kept = c->first;

    for (size_t i = c->first; i < f->n_changes; i++)
        if (!drop(&f->change[i]))
            f->change[kept++] = f->change[i];
    f->n_changes = kept;
    if (f->n_changes == 0 && !f->unknown)
        f->verdict = VERDICT_NONE;
}

static bool
is_added(const struct change *ch)
{
    return ch->added;
}

/* Whether the event comes from somebody's browser. */
static bool
is_console(struct trial *t)
{
    static const struct slice agents[] = {
        SLICE_INIT("console.amazonaws.com"), SLICE_INIT("signin.amazonaws"),
        SLICE_INIT("S3Console"), SLICE_INIT("AWS Internal"),
        SLICE_INIT("Mozilla/")};
    struct slice ua = event_text(t->scope.event, EVENT_USER_AGENT, t->arena);

    for (size_t i = 0; i < sizeof(agents) / sizeof(*agents); i++)
        if (text_find(ua, agents[i]) != ua.n)
            return true;
    return text_find(t->scope.event->raw,
                     SLICE("\"sessionCredentialFromConsole\"")) !=
           t->scope.event->raw.n;
}

/* The console sends whole forms: a block that the state lacks, beside
 * something that did change, is the form's doing. */
static void
drop_filled_in(struct comparison *c)
{
    size_t added = 0, n = c->finding->n_changes;

    for (size_t i = c->first; i < n; i++)
        added += c->finding->change[i].added;
    if (added > 0 && added < n - c->first && is_console(c->trial))
        drop_changes(c, is_added);
}

/* A path without its indexes, into out. */
static struct slice
bare_path(struct slice path, char out[ATTR_PATH_MAX_BYTES])
{
    size_t n = 0;
    bool inside = false;

    for (size_t i = 0; i < path.n && n < ATTR_PATH_MAX_BYTES; i++) {
        if (path.p[i] == '[')
            inside = true;
        if (!inside)
            out[n++] = path.p[i];
        if (path.p[i] == ']')
            inside = false;
    }
    return slice_of(out, n);
}

/* Whether another change tells what in this block changed. */
static bool
is_told_inside(const struct finding *f, const struct change *ch)
{
    char mem[ATTR_PATH_MAX_BYTES], other[ATTR_PATH_MAX_BYTES];
    struct slice path;

    if (!block_is(ch->old_value) && !block_is(ch->new_value))
        return false;
    path = bare_path(ch->path, mem);
    for (size_t i = 0; i < f->n_changes; i++) {
        struct slice p = bare_path(f->change[i].path, other);

        if (p.n > path.n && p.p[path.n] == '.' && slice_starts(p, path))
            return true;
    }
    return false;
}

/* Lines for a block and for what is in it may both have seen a change: the
 * inner ones say it better. */
static void
drop_outer_blocks(struct comparison *c)
{
    struct finding *f = c->finding;
    size_t kept = c->first;

    for (size_t i = c->first; i < f->n_changes; i++)
        f->change[i].outer = f->change[i].kind != CHANGE_BLOCKS &&
                             is_told_inside(f, &f->change[i]);
    for (size_t i = c->first; i < f->n_changes; i++)
        if (!f->change[i].outer)
            f->change[kept++] = f->change[i];
    f->n_changes = kept;
}

void
compare_prune(struct comparison *c)
{
    drop_outer_blocks(c);
    drop_filled_in(c);
}
