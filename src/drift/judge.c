#include "drift/judge.h"

#include "base/text.h"
#include "drift/compare.h"
#include "drift/match.h"
#include "drift/nacl.h"
#include "drift/parts.h"
#include "drift/route.h"
#include "drift/sgrule.h"
#include "drift/sought.h"

/* A binding while it is judged. */
struct hearing {
    struct trial *trial;
    struct map_binding binding;
    enum map_role role; /* of this element */
    bool applies;       /* the when lines hold */
    bool found;
};

/* Judges that know parts of a resource which are blocks without a key. */
static const struct {
    struct slice event; /* its name's end */
    struct slice types; /* glob */
    bool (*fn)(struct trial *t, struct finding *f);
} owners[] = {
    {SLICE_INIT("Route"), SLICE_INIT("aws_*route_table"), route_judge},
    {SLICE_INIT("NetworkAclEntry"), SLICE_INIT("aws_*network_acl"), nacl_judge},
};

/* Judged by a function of the table; false when there is none. */
static bool
judge_owner(struct trial *t, const struct instance *in)
{
    for (size_t i = 0; i < sizeof(owners) / sizeof(*owners); i++) {
        struct finding *f;

        if (!slice_ends(t->event_name, owners[i].event) ||
            !text_glob(owners[i].types, state_type(in)))
            continue;
        f = finding_of(t, in);
        if (f == NULL)
            return true;
        /* False: the part is a resource of its own, reported there. */
        f->carried |= owners[i].fn(t, f);
        return true;
    }
    return false;
}

/* What the lines of the binding say of one resource. */
static void
judge_lines(const struct hearing *h, struct finding *f,
            const struct picks *picks)
{
    const struct map_binding *b = &h->binding;

    if (b->confidence == MAP_LOW || b->lines == NULL) {
        f->carried = true;
        f->unknown |= h->role != MAP_CREATE;
    } else {
        compare_binding(h->trial, b, f, picks);
    }
    if (f->unknown)
        f->verdict = VERDICT_DRIFT;
}

/* A resource that the event means. */
static void
judge_instance(void *ctx, const struct instance *in, const struct picks *picks)
{
    struct hearing *h = ctx;
    bool comes = h->role == MAP_CREATE || h->role == MAP_UPSERT;
    struct finding *f;

    h->found = true;
    if (h->trial->observer != NULL && h->trial->observer->found != NULL)
        h->trial->observer->found(h->trial->observer->ctx, in);
    if (h->applies && h->role != MAP_DELETE && judge_owner(h->trial, in))
        return;
    f = finding_of(h->trial, in);
    if (f == NULL)
        return;
    if (!h->applies)
        f->carried = true;
    else if (h->role == MAP_DELETE)
        finding_deleted(f);
    else if (comes)
        finding_returned(f);
    if (h->applies && h->role != MAP_DELETE)
        judge_lines(h, f, picks);
    /* A Put may well bring back what was deleted. */
    if (comes && f->action == ACTION_UPDATE)
        f->creates = true;
}

/* The role that the event gives: enum VALUE=create ... */
static enum map_role
role_of(struct trial *t, const struct map_binding *b)
{
    static const struct {
        struct slice text;
        enum map_role role;
    } roles[] = {{SLICE_INIT("create"), MAP_CREATE},
                 {SLICE_INIT("delete"), MAP_DELETE},
                 {SLICE_INIT("upsert"), MAP_UPSERT}};
    struct slice s;

    if (!b->has_role_path)
        return b->role;
    s = value_text(compare_transform(t, &b->role_xform,
                                     resolve_one(&t->scope, &b->role_path)));
    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
        if (slice_eq(s, roles[i].text))
            return roles[i].role;
    return MAP_UPDATE;
}

static void
note_sought(struct sought_list *all, struct trial *t, const struct wanted *w,
            struct hearing *h, size_t binding, bool bulk)
{
    const struct map_binding *b = w->binding;

    if (all->n == all->max)
        return;
    all->list[all->n++] = (struct sought){
        /* What has no id is the account's. */
        .text = w->n > 0 ? match_text(t, w) : t->account,
        .type = b->n_types > 0 && b->n_types <= 4 ? map_type(b, 0)
                                                  : (uint16_t)NAME_NONE,
        .role = h->role,
        .binding = binding,
        .bulk = bulk,
        .found = h->found,
    };
}

/* One element of a binding (or all of it). */
static void
judge_element(struct hearing *h, struct sought_list *all, size_t binding,
              bool bulk)
{
    struct trial *t = h->trial;
    struct wanted w;

    match_wanted(t, &h->binding, &w);
    if (t->observer != NULL && t->observer->wanted != NULL)
        t->observer->wanted(t->observer->ctx, &w);
    if (h->binding.n_ids > 0 && w.n == 0)
        return;
    h->role = role_of(t, &h->binding);
    h->found = false;
    match_each(t, &w, judge_instance, h);
    note_sought(all, t, &w, h, binding, bulk);
}

/* An id path with [] and no each is an implied each: over its list. */
static bool
implied_each(const struct map_binding *b, struct map_path *prefix)
{
    for (size_t i = 0; i < b->n_ids; i++) {
        const struct map_path *p = &b->id[i].path;

        for (size_t k = 0; k < p->n && p->sym[k] != MAP_SYM_ALT; k++) {
            if (p->sym[k] == MAP_SYM_FILTER)
                break;
            if (p->sym[k] == MAP_SYM_LIST) {
                *prefix = *p;
                prefix->n = (uint8_t)(k + 1);
                return true;
            }
        }
    }
    return false;
}

static bool
whens_hold(struct trial *t, const struct map_binding *b)
{
    for (size_t i = 0; i < b->n_whens; i++)
        if (!resolve_when(&t->scope, &b->when[i]))
            return false;
    return true;
}

static void
judge_binding(struct trial *t, struct map_ref ref, size_t number,
              struct sought_list *all)
{
    struct map_path prefix;
    struct hearing h;
    struct values list;
    bool implied;

    h.trial = t;
    h.found = false;
    map_binding(ref, &h.binding);
    if (h.binding.role == MAP_NONE)
        return;
    t->scope.element = VALUE_NOTHING;
    t->scope.prefix = NULL;
    h.applies = whens_hold(t, &h.binding);
    if (t->observer != NULL && t->observer->binding != NULL)
        t->observer->binding(t->observer->ctx, &h.binding, h.applies);
    implied = !h.binding.has_each && implied_each(&h.binding, &prefix);
    if (!h.binding.has_each && !implied) {
        judge_element(&h, all, number, false);
        return;
    }
    list = resolve(&t->scope, implied ? &prefix : &h.binding.each);
    if (implied) {
        t->scope.prefix = &prefix;
        t->scope.prefix_n = prefix.n;
    }
    for (size_t i = 0; i < list.n; i++) {
        t->scope.element = list.v[i];
        h.applies = whens_hold(t, &h.binding);
        judge_element(&h, all, number, list.n > 1);
    }
    t->scope.element = VALUE_NOTHING;
    t->scope.prefix = NULL;
}

static enum verdict
gravest(const struct judgement *out)
{
    enum verdict v =
        out->trial.n_findings > 0 ? VERDICT_NONE : VERDICT_UNMANAGED;

    if (out->n_unmanaged > 0)
        v = VERDICT_UNMANAGED;
    for (size_t i = 0; i < out->trial.n_findings; i++)
        if (out->trial.finding[i]->verdict == VERDICT_DRIFT)
            v = VERDICT_DRIFT;
    return v;
}

/* The account an event happened in; old records name only the caller's. */
static struct slice
account_of(struct trial *t, const struct event *ev)
{
    struct slice account = event_text(ev, EVENT_ACCOUNT, t->arena);

    if (account.n > 0)
        return account;
    return value_text(value_member(
        t->scope.names,
        event_value(ev, EVENT_IDENTITY, t->scope.names, t->scratch, t->arena),
        SLICE("accountId")));
}

#define SOUGHT_MAX 4096 /* elements of one event that are accounted for */

static void
judge_mapped(const struct judge *j, const struct event *ev,
             const struct map_ref *ref, size_t n, struct judgement *out)
{
    struct trial *t = &out->trial;
    struct sought_list all = {.max = SOUGHT_MAX};
    bool known = false, rules;

    scope_init(&t->scope, &j->maps->names, j->words, ev, j->arena, j->scratch);
    t->event_name = map_event_name(event_text(ev, EVENT_NAME, j->arena));
    t->account = account_of(t, ev);
    t->region = event_text(ev, EVENT_REGION, j->arena);
    all.list = arena_alloc(j->arena, SOUGHT_MAX * sizeof(*all.list));
    if (all.list == NULL)
        all.max = 0;
    /* Of a group that nobody manages only the ids are still wanted. */
    rules = sgrule_judge(t, &known);
    if (!rules || !known)
        for (size_t i = 0; i < n; i++)
            judge_binding(t, ref[i], i, &all);
    parts_reported(t);
    sought_unmanaged(out, &all);
    /* A rule of such a group is no resource of its own to anybody. */
    for (size_t i = 0; i < out->n_unmanaged && rules; i++) {
        out->unmanaged[i].creates = false;
        out->unmanaged[i].action = ACTION_UPDATE;
    }
    out->verdict = gravest(out);
    if (n == 0 && t->n_findings == 0)
        out->verdict = VERDICT_NONE;
}

/* Only what is read before it is set: all of it would cost more than judging
 * most events. */
static void
judgement_clear(struct judgement *out)
{
    out->verdict = VERDICT_IGNORED;
    out->unmanaged = NULL;
    out->n_unmanaged = 0;
    out->trial.finding = NULL;
    out->trial.n_findings = out->trial.max_findings = 0;
    out->trial.scope.broken = NULL;
}

void
judge_event(const struct judge *j, const struct event *ev,
            struct judgement *out)
{
    struct map_ref ref[MAP_BINDINGS_MAX];
    struct trial *t = &out->trial;
    bool known;
    size_t n;

    judgement_clear(out);
    t->maps = j->maps;
    t->words = j->words;
    t->shelf = j->shelf;
    t->key = j->key;
    t->states = j->states;
    t->n_states = j->n_states;
    t->arena = j->arena;
    t->scratch = j->scratch;
    t->is_open = j->is_open;
    t->is_open_ctx = j->is_open_ctx;
    t->observer = j->observer;
    out->reason =
        filter_event(j->filter, ev, &j->maps->names, j->arena, j->scratch);
    if (out->reason.n > 0)
        return;
    n = map_find(j->maps, event_text(ev, EVENT_SOURCE, j->arena),
                 event_text(ev, EVENT_NAME, j->arena), ref, &known);
    if (!known) {
        out->verdict = VERDICT_UNMAPPED;
        return;
    }
    judge_mapped(j, ev, ref, n, out);
}

void
judge_settling(const struct judge *j, const struct event *ev,
               struct judgement *out)
{
    struct filter filter = *j->filter;
    struct judge judge = *j;

    filter.n_terraform = 0;
    judge.filter = &filter;
    judge_event(&judge, ev, out);
    for (size_t i = 0; i < out->trial.n_findings; i++) {
        out->trial.finding[i]->verdict = VERDICT_NONE;
        out->trial.finding[i]->n_changes = 0;
    }
    out->n_unmanaged = 0;
    if (out->verdict > VERDICT_NONE)
        out->verdict = VERDICT_NONE;
}
