#include "drift/ledger.h"

#include "base/err.h"
#include "base/text.h"
#include "drift/ledger_inner.h"
#include "drift/ledger_text.h"

#define LEDGER_COMPACT_MIN 64 /* drifts */

int
ledger_init(struct ledger *l, struct arena *a, size_t max, size_t bytes)
{
    size_t heads = 16;

    while (heads < max)
        heads *= 2;
    /* Twice the slots: taking out what is gone is then paid for by as many
     * records that came. */
    *l = (struct ledger){.slots = 2 * max,
                         .max = max,
                         .size = bytes,
                         .mask = heads - 1,
                         .key = sip_key_random()};
    l->drift = arena_alloc(a, l->slots * sizeof(*l->drift));
    l->text = arena_alloc(a, bytes);
    l->heads = arena_alloc(a, heads * sizeof(*l->heads));
    if (l->drift == NULL || l->text == NULL || l->heads == NULL)
        return ERR_MEMORY;
    memset(l->heads, 0, heads * sizeof(*l->heads));
    return 0;
}

/* Of a resource; the texts themselves are compared as well. */
static uint64_t
key_of(struct slice state, struct slice address)
{
    return text_hash(state) * 31 + text_hash(address);
}

/* Puts a drift at the front of its chain: chains go from new to old. */
static void
link_drift(struct ledger *l, size_t i)
{
    uint32_t *head = &l->heads[l->drift[i].key & l->mask];

    l->drift[i].older = *head;
    *head = (uint32_t)i + 1;
}

/* Moves what is left together, oldest first. */
static void
compact(struct ledger *l)
{
    size_t n = 0;

    l->used = 0;
    memset(l->heads, 0, (l->mask + 1) * sizeof(*l->heads));
    for (size_t i = l->first; i < l->n; i++) {
        struct ledger_drift d = l->drift[i];

        if (d.gone)
            continue;
        memmove(l->text + l->used, l->text + d.at, d.n);
        d.at = (uint32_t)l->used;
        l->used += d.n;
        l->drift[n] = d;
        link_drift(l, n++);
    }
    l->n = n;
    l->first = 0;
}

void
ledger_drop(struct ledger *l, struct ledger_drift *d)
{
    d->gone = d->changed = l->changed = true;
    l->live--;
    while (l->first < l->n && l->drift[l->first].gone)
        l->first++;
}

/* Forgets the oldest drift; false when there is none.  It will never be told
 * as resolved, which is why it is counted. */
static bool
forget_oldest(struct ledger *l)
{
    if (l->live == 0)
        return false;
    l->forgotten += l->drift[l->first].open > 0;
    ledger_drop(l, &l->drift[l->first]);
    return true;
}

/* Bytes of what is not gone. */
static size_t
live_bytes(const struct ledger *l)
{
    size_t sum = 0;

    for (size_t i = l->first; i < l->n; i++)
        if (!l->drift[i].gone)
            sum += l->drift[i].n;
    return sum;
}

/* Makes room for one more record of n bytes; false when it is too long. */
static bool
make_room(struct ledger *l, size_t n)
{
    if (n > l->size)
        return false;
    while (l->live >= l->max)
        forget_oldest(l);
    /* A resource that drifts and comes back for ever makes long chains. */
    if (l->n >= LEDGER_COMPACT_MIN && l->live < l->n / 4)
        compact(l);
    if (l->n < l->slots && n <= l->size - l->used)
        return true;
    /* An eighth more than needed, so as not to come here every time. */
    for (size_t live = live_bytes(l); live > 0;) {
        size_t oldest = l->drift[l->first].n;

        if (n <= l->size - live &&
            (l->size - live >= l->size / 8 || live == oldest))
            break;
        live -= oldest;
        forget_oldest(l);
    }
    compact(l);
    return true;
}

/* Calls fn for each drift of the resource until it says false. */
static void
each_drift(const struct ledger *l, struct slice state, struct slice address,
           bool (*fn)(void *ctx, struct ledger_drift *d), void *ctx)
{
    uint64_t key = key_of(state, address);
    uint32_t i = l->heads[key & l->mask];

    while (i != 0) {
        struct ledger_drift *d = &l->drift[i - 1];
        struct ledger_at it;
        struct ledger_head h;

        i = d->older;
        if (d->gone || d->key != key)
            continue;
        h = ledger_read(l->text + d->at, d->n, &it);
        if (slice_eq(h.state, state) && slice_eq(h.address, address) &&
            !fn(ctx, d))
            return;
    }
}

/* Stops at the first that is open: the newest, as a rule. */
static bool
see_open(void *ctx, struct ledger_drift *d)
{
    *(bool *)ctx = d->open > 0;
    return d->open == 0;
}

bool
ledger_is_open(const struct ledger *l, struct slice state, struct slice address)
{
    bool open = false;

    if (l->live > 0)
        each_drift(l, state, address, see_open, &open);
    return open;
}

/* One event's finding against the drifts of its resource. */
struct application {
    struct ledger *ledger;
    const struct finding *finding;
    struct ledger_terms terms; /* the key: of the drift at hand */
    struct slice when;         /* of the event */
    size_t open;   /* drifts still open that are newer than a deletion */
    bool reborn;   /* a deletion is over */
    size_t closed; /* drifts that are over now */
};

/* Whether a settled path is that of the change, or holds it. */
static bool
path_covers(struct slice settled, struct slice path)
{
    return slice_starts(path, settled) &&
           (path.n == settled.n || path.p[settled.n] == '.' ||
            path.p[settled.n] == '[');
}

/* Whether the change is settled by all that the event gives. */
static bool
is_settled(const struct application *a, struct ledger_at *it,
           const struct ledger_change *c)
{
    const struct finding *f = a->finding;
    size_t members = it->at, left = c->n_members;
    bool whole = false;

    for (size_t i = 0; i < f->n_settled; i++) {
        const struct settled *s = &f->settled[i];

        if (s->member.p == NULL) {
            whole |= path_covers(s->path, c->path);
        } else if (c->n_members > 0 && slice_eq(s->path, c->path)) {
            it->at = members;
            left = ledger_settle_members(it, c, &a->terms, s->member);
        }
    }
    it->at = members;
    return whole || (c->n_members > 0 && left == 0);
}

/* Whether a drift happened after the event.  Times of one form are in the
 * order of their texts (RFC 3339 section 5.1); of others nothing is known. */
static bool
is_after(const struct application *a, struct slice time)
{
    return time.n == a->when.n && memcmp(time.p, a->when.p, time.n) > 0;
}

/* Closes the changes of one drift that the event settles. */
static bool
apply_settled(void *ctx, struct ledger_drift *d)
{
    struct application *a = ctx;
    struct ledger_at it;
    struct ledger_head h = ledger_read(a->ledger->text + d->at, d->n, &it);
    struct ledger_change c;

    if (is_after(a, h.time))
        return true;
    a->terms.key = h.key;
    for (uint32_t i = 0; i < h.n_changes && !d->is_delete; i++) {
        ledger_read_change(&it, &c);
        if (c.open && is_settled(a, &it, &c)) {
            ledger_close_change(&it, &c);
            d->open--;
            d->changed = a->ledger->changed = true;
        }
        ledger_skip_members(&it, &c);
    }
    a->closed += d->open == 0;
    return true;
}

/*
 * A deletion is over when the resource is back as the state says: at once,
 * or once the last difference it came back with is settled.  What was open
 * before the deletion is over with it.  Goes from the newest to the oldest.
 */
static bool
apply_created(void *ctx, struct ledger_drift *d)
{
    struct application *a = ctx;
    const struct finding *f = a->finding;
    struct ledger_at it;

    if (is_after(a, ledger_read(a->ledger->text + d->at, d->n, &it).time)) {
        a->open += d->open > 0;
        return true;
    }
    if (a->reborn) {
        d->changed |= d->open > 0;
        a->closed += d->open > 0;
        d->open = 0;
    } else if (!d->is_delete) {
        a->open += d->open > 0;
    } else if (d->open > 0) {
        d->recreated |= f->creates;
        d->changed = a->ledger->changed = true;
        a->reborn = d->recreated && f->verdict == VERDICT_NONE && a->open == 0;
        if (a->reborn) {
            a->closed++;
            d->open = 0;
        }
    }
    return true;
}

size_t
ledger_apply(struct ledger *l, const struct names *ns, struct slice state,
             struct slice address, struct slice when, const struct finding *f)
{
    struct application a = {
        .ledger = l, .finding = f, .terms.names = ns, .when = when};

    /* Most events settle nothing, and the chains may be long. */
    if (l->live == 0 || (f->n_settled == 0 && !f->creates))
        return 0;
    each_drift(l, state, address, apply_settled, &a);
    each_drift(l, state, address, apply_created, &a);
    return a.closed;
}

/* Stops at the first that is closed and not told. */
static bool
find_closed(void *ctx, struct ledger_drift *d)
{
    if (d->open > 0)
        return true;
    *(struct ledger_drift **)ctx = d;
    return false;
}

bool
ledger_take(struct ledger *l, struct slice state, struct slice address,
            struct arena *arena, struct ledger_closed *out)
{
    struct ledger_drift *d = NULL;
    struct ledger_at it;
    struct ledger_head h;
    struct ledger_change c;
    struct record_change *list;

    each_drift(l, state, address, find_closed, &d);
    if (d == NULL)
        return false;
    h = ledger_read(l->text + d->at, d->n, &it);
    list = arena_alloc(arena, (h.n_changes + 1) * sizeof(*list));
    *out = (struct ledger_closed){.id = h.id, .was_deleted = d->is_delete};
    out->changes.list = list;
    for (uint32_t i = 0; i < h.n_changes && list != NULL; i++) {
        ledger_read_change(&it, &c);
        ledger_skip_members(&it, &c);
        /* The way back: what was new is now the old value. */
        list[out->changes.n++] = (struct record_change){
            .path = c.path, .old_json = c.new_json, .new_json = c.old_json};
    }
    ledger_drop(l, d);
    return true;
}

bool
ledger_add(struct ledger *l, struct slice text, struct ledger_drift d)
{
    struct ledger_at it;
    struct ledger_head h;

    if (!make_room(l, text.n))
        return false;
    memcpy(l->text + l->used, text.p, text.n);
    h = ledger_read(l->text + l->used, text.n, &it);
    if (h.id.n == 0 || h.n_changes > text.n)
        return false;
    d.key = key_of(h.state, h.address);
    d.at = (uint32_t)l->used;
    d.n = (uint32_t)text.n;
    d.changed = l->changed = true;
    l->drift[l->n] = d;
    l->used += text.n;
    l->live++;
    link_drift(l, l->n++);
    return true;
}

void
ledger_open(struct ledger *l, const struct record *r, const struct names *ns,
            struct arena *scratch)
{
    bool deleted = r->action == ACTION_DELETE;
    const struct ledger_terms terms = {ns, l->key};
    struct buf b = arena_open(scratch);

    if (r->kind != RECORD_DRIFT || !r->detail || r->more > 0 ||
        (r->changes.n == 0 && !deleted))
        return;
    /* First beside, to know how much room it takes. */
    ledger_write(&b, r, &terms);
    if (b.full || b.n > LEDGER_DRIFT_MAX_BYTES)
        return;
    ledger_add(l, buf_slice(&b),
               (struct ledger_drift){
                   .open = deleted ? 1 : (uint32_t)r->changes.n,
                   .is_delete = deleted,
               });
}
