#include "drift/match.h"

#include "drift/compare.h"

void
match_wanted(struct trial *t, const struct map_binding *b, struct wanted *w)
{
    w->binding = b;
    w->n = w->n_absent = 0;
    for (size_t i = 0; i < b->n_ids; i++) {
        struct values v = resolve(&t->scope, &b->id[i].path);

        for (size_t k = 0; k < v.n; k++)
            v.v[k] = compare_transform(t, &b->id[i].xform, v.v[k]);
        if (v.n == 0) {
            w->absent[w->n_absent++] = &b->id[i];
        } else {
            w->line[w->n] = &b->id[i];
            w->value[w->n++] = v;
        }
    }
}

struct slice
match_text(struct trial *t, const struct wanted *w)
{
    struct buf b = arena_open(t->arena);

    for (size_t i = 0; i < w->n; i++) {
        struct slice text = value_text(w->value[i].v[0]);
        bool again = false;

        /* The answer's id is often the name that was asked for. */
        for (size_t k = 0; k < i; k++)
            again |= slice_eq(text, value_text(w->value[k].v[0]));
        if (again)
            continue;
        if (b.n > 0)
            buf_byte(&b, ':');
        buf_put(&b, slice_head(text, 2048));
    }
    return arena_keep(t->arena, &b);
}

bool
match_account(const struct state *st, struct slice account)
{
    struct slice only = state_account(st);

    return only.n == 0 || slice_eq(only, account);
}

/* Whether an id line asks for id or arn alone, so that the index of all
 * types answers it. */
static bool
is_typeless(const struct trial *t, const struct map_path *spec)
{
    for (size_t i = 0; i < spec->n; i++)
        if (spec->sym[i] != t->words->id[W_ID] &&
            spec->sym[i] != t->words->id[W_ARN] && spec->sym[i] != MAP_SYM_ALT)
            return false;
    return true;
}

#define TYPES_EACH_MAX 6 /* more are looked up in the index of all types */

/* A resource that has the ids. */
struct match {
    struct match *next;
    struct instance in;
    struct picks picks;
    bool here; /* nothing says that it is elsewhere */
};

struct search {
    struct trial *trial;
    const struct wanted *wanted;
    const struct state *state;
    struct match *first, **last;
    bool any_here;
    struct keyed {
        struct value v;
        struct state_key key[STATE_KEYS_MAX];
        size_t n;
    } keyed[MAP_IDS_MAX]; /* by id line */
};

/* The keys of the value of an id line that was asked for last: it is looked
 * for in every state, by every type. */
static const struct keyed *
keys_of(struct search *s, size_t line, struct value v)
{
    struct keyed *k = &s->keyed[line];

    if (k->v.p != v.p) {
        k->v = v;
        k->n = state_keys(value_text(v), k->key);
    }
    return k;
}

/* Candidates that a value has in the index, by all its keys. */
static size_t
candidates(struct search *s, uint16_t type, size_t line, struct value v)
{
    const struct keyed *k = keys_of(s, line, v);
    size_t sum = 0;

    for (size_t i = 0; i < k->n; i++) {
        struct state_hits hits;

        state_find_key(s->state, type, &k->key[i], &hits);
        sum += hits.end - hits.at;
    }
    return sum;
}

/* The id line whose values have the fewest candidates. */
static size_t
best_line(struct search *s, uint16_t type)
{
    const struct wanted *w = s->wanted;
    size_t best = 0, least = SIZE_MAX;

    for (size_t i = 0; i < w->n && (w->n > 1 || type == NAME_NONE); i++) {
        size_t n = 0;

        if (type == NAME_NONE && !is_typeless(s->trial, &w->line[i]->attr))
            continue;
        for (size_t k = 0; k < w->value[i].n; k++)
            n += candidates(s, type, i, w->value[i].v[k]);
        if (n < least) {
            least = n;
            best = i;
        }
    }
    return best;
}

/* Region and account of an ARN, arn:partition:service:REGION:ACCOUNT:...;
 * empty when it is none. */
static void
arn_place(struct slice arn, struct slice *region, struct slice *account)
{
    struct slice field[5];

    *region = *account = slice_of("", 0);
    if (!slice_starts(arn, SLICE("arn:")))
        return;
    for (size_t i = 0; i < 5; i++) {
        size_t colon = slice_chr(arn, ':');

        if (colon == arn.n)
            return;
        field[i] = slice_head(arn, colon);
        arn = slice_from(arn, colon + 1);
    }
    *region = field[3];
    *account = field[4];
}

/*
 * Whether a resource may be where the event happened.  Names are unique in
 * an account and region only, so that of several resources of one name the
 * one whose ARN (or region) says so is meant.
 */
static bool
is_here(const struct trial *t, const struct instance *in)
{
    const uint16_t *id = t->words->id;
    struct slice arn = value_text(state_attr(in, id[W_ARN]));
    struct slice region, account;

    arn_place(arn, &region, &account);
    if (region.n == 0)
        region = value_text(state_attr(in, id[W_REGION]));
    return (region.n == 0 || t->region.n == 0 || slice_eq(region, t->region)) &&
           (account.n == 0 || t->account.n == 0 ||
            slice_eq(account, t->account));
}

/* An ARN finds the same resource by several of its keys. */
static bool
is_matched(const struct search *s, const struct instance *in)
{
    const struct match *m = s->first;

    while (m != NULL &&
           (m->in.state != in->state || m->in.number != in->number))
        m = m->next;
    return m != NULL;
}

static void
search_hits(struct search *s, struct state_hits *hits)
{
    struct instance in;
    struct picks picks;

    while (state_hit_next(hits, &in)) {
        struct match *m;

        if (is_matched(s, &in) || !map_has_type(s->wanted->binding, in.type) ||
            !match_has(s->trial, s->wanted, &in, &picks))
            continue;
        m = arena_alloc(s->trial->arena, sizeof(*m));
        if (m == NULL)
            return;
        m->next = NULL;
        m->in = in;
        m->picks = picks;
        m->here = is_here(s->trial, &in);
        s->any_here |= m->here;
        *s->last = m;
        s->last = &m->next;
    }
}

static void
search_value(struct search *s, uint16_t type, size_t line, struct value v)
{
    const struct keyed *k = keys_of(s, line, v);

    for (size_t i = 0; i < k->n; i++) {
        struct state_hits hits;

        state_find_key(s->state, type, &k->key[i], &hits);
        search_hits(s, &hits);
    }
}

static void
search_type(struct search *s, uint16_t type)
{
    const struct wanted *w = s->wanted;
    struct state_hits hits;
    size_t line;

    if (w->binding->n_ids == 0) {
        state_find_key(s->state, type, NULL, &hits);
        search_hits(s, &hits);
        return;
    }
    line = best_line(s, type);
    for (size_t k = 0; k < w->value[line].n; k++)
        search_value(s, type, line, w->value[line].v[k]);
}

void
match_each(struct trial *t, const struct wanted *w, match_fn *fn, void *ctx)
{
    const struct map_binding *b = w->binding;
    bool typeless = b->n_types == 0;
    struct search s;

    s.trial = t;
    s.wanted = w;
    s.first = NULL;
    s.last = &s.first;
    s.any_here = false;
    for (size_t i = 0; i < w->n; i++)
        s.keyed[i].v = VALUE_NOTHING;
    for (size_t i = 0; i < w->n && b->n_types > TYPES_EACH_MAX; i++)
        typeless |= is_typeless(t, &w->line[i]->attr);
    for (size_t i = 0; i < t->n_states; i++) {
        if (!match_account(t->states[i], t->account))
            continue;
        s.state = t->states[i];
        if (typeless) {
            search_type(&s, NAME_NONE);
            continue;
        }
        for (size_t k = 0; k < b->n_types; k++)
            search_type(&s, map_type(b, k));
    }
    for (const struct match *m = s.first; m != NULL; m = m->next)
        if (m->here || !s.any_here)
            fn(ctx, &m->in, &m->picks);
}
