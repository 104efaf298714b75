/* Finding bindings: by event, by type, all of them. */

#include "base/pack_words.h"
#include "base/text.h"
#include "map/form.h"

uint32_t
form_index(const uint16_t *table, uint32_t n, uint32_t v)
{
    uint32_t lo = 0, hi = n;

    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;

        if (table[mid] < v)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && table[lo] == v ? lo : n;
}

/* Bytes that event e takes at `at`. */
static inline uint32_t
event_bytes(const struct map *m, uint32_t e, uint32_t at)
{
    const uint8_t *p = m->heads + at;
    uint32_t n = m->event_n[e];

    return n != FORM_LONG ? n : 2 + (p[0] | (uint32_t)p[1] << 8);
}

static uint32_t
event_at(const struct map *m, uint32_t i)
{
    uint32_t at = m->event_at[i / FORM_GROUP];

    for (uint32_t e = i - i % FORM_GROUP; e < i; e++)
        at += event_bytes(m, e, at);
    return at;
}

/* The heads of event i, which stands at `at`. */
static void
heads_at(const struct map *m, uint32_t i, uint32_t at, uint32_t *from,
         uint32_t *to)
{
    *from = m->event_n[i] != FORM_LONG ? at : at + 2;
    *to = at + event_bytes(m, i, at);
}

void
form_heads(const struct map *m, uint32_t i, uint32_t *from, uint32_t *to)
{
    heads_at(m, i, event_at(m, i), from, to);
}

bool
form_event(const struct map *m, uint32_t source, uint32_t event, uint32_t *from,
           uint32_t *to)
{
    uint32_t s = form_index(m->source, m->n_sources, source);
    uint32_t first, n, i;

    if (s == m->n_sources)
        return false;
    first = m->source_at[s];
    n = m->source_at[s + 1] - first;
    i = form_index(m->event + first, n, event);
    if (i == n)
        return false;
    form_heads(m, first + i, from, to);
    return true;
}

/* Length of "v" and digits at the end of s, or 0. */
static size_t
revision_length(struct slice s)
{
    size_t i = s.n;

    while (i > 0 && text_digit(s.p[i - 1]))
        i--;
    return i < s.n && i > 0 && s.p[i - 1] == 'v' ? s.n - i + 1 : 0;
}

/* Takes two digits off the end of *s, and an underscore before them. */
static bool
cut_two_digits(struct slice *s)
{
    if (s->n < 2 || !text_digit(s->p[s->n - 1]) || !text_digit(s->p[s->n - 2]))
        return false;
    s->n -= 2;
    return true;
}

/* Services disagree on whether the parts of the date are set apart. */
static void
cut_underscore(struct slice *s)
{
    if (s->n > 0 && s->p[s->n - 1] == '_')
        s->n--;
}

/* Without the API version that some services put into event names: 20YY MM
 * DD with or without underscores, and perhaps v2. */
struct slice
map_event_name(struct slice event)
{
    struct slice s = slice_head(event, event.n - revision_length(event));

    if (!cut_two_digits(&s))
        return event;
    cut_underscore(&s);
    if (!cut_two_digits(&s))
        return event;
    cut_underscore(&s);
    if (!cut_two_digits(&s) || !slice_ends(s, SLICE("20")))
        return event;
    s.n -= 2;
    cut_underscore(&s);
    return s.n > 0 ? s : event;
}

struct slice
map_source_name(struct slice source)
{
    struct slice tail = SLICE(".amazonaws.com");

    return slice_ends(source, tail) ? slice_head(source, source.n - tail.n)
                                    : source;
}

/* The map after m in the order of precedence; m NULL: the first one. */
static const struct map *
next_map(const struct maps *ms, const struct map *m)
{
    const struct map *next = m == NULL ? ms->user : m->older;

    if (next != NULL)
        return next;
    return m != ms->builtin ? ms->builtin : NULL;
}

size_t
map_find(const struct maps *ms, struct slice source, struct slice event,
         struct map_ref out[MAP_BINDINGS_MAX], bool *known)
{
    uint32_t e = pack_words_name(&ms->names, map_event_name(event));
    uint32_t s, from, to, find;
    struct map_binding b;
    size_t n = 0;

    *known = false;
    /* What no file names cannot be mapped: most events end here. */
    if (e == NAME_NONE)
        return 0;
    s = pack_words_name(&ms->names, map_source_name(source));
    for (const struct map *m = next_map(ms, NULL); m != NULL && !*known;
         m = next_map(ms, m)) {
        if (!form_event(m, s, e, &from, &to))
            continue;
        *known = true;
        while (from < to && n < MAP_BINDINGS_MAX) {
            out[n++] = (struct map_ref){m, from};
            from = form_head(m, from, &b, &find);
        }
    }
    return n;
}

/* Whether a map read later has this event: then m's says nothing. */
static bool
is_replaced(const struct maps *ms, const struct map *m, uint32_t source,
            uint32_t event)
{
    uint32_t from, to;

    for (const struct map *o = next_map(ms, NULL); o != m; o = next_map(ms, o))
        if (form_event(o, source, event, &from, &to))
            return true;
    return false;
}

struct type_walk {
    const struct maps *ms;
    const struct map *map;
    uint16_t type;
    bool (*cb)(void *ctx, const struct map_binding *b);
    void *ctx;
};

/* The bindings of event i that are for the type; *at goes on to the next.
 * Reads only heads until one is for the type: a source has hundreds of
 * bindings and a type a handful. */
static bool
walk_heads(const struct type_walk *w, uint32_t s, uint32_t i, uint32_t *at)
{
    const struct map *m = w->map;
    uint32_t from, to, find;
    struct map_binding b;

    heads_at(m, i, *at, &from, &to);
    *at = to;
    while (from < to) {
        struct map_ref ref = {m, from};

        from = form_head(m, from, &b, &find);
        if (b.n_types == 0 ? w->type != NAME_NONE : !map_has_type(&b, w->type))
            continue;
        if (is_replaced(w->ms, m, m->source[s], m->event[i]))
            return true;
        map_binding(ref, &b);
        if (!w->cb(w->ctx, &b))
            return false;
    }
    return true;
}

/* The bindings for `type`, NAME_NONE meaning those for any type. */
static bool
walk_type(struct type_walk *w, uint16_t type)
{
    const struct map *m = w->map;

    w->type = type;
    /* A type has a row for each source that touches it. */
    for (uint32_t t = form_index(m->type, m->n_types, type);
         t < m->n_types && m->type[t] == type; t++) {
        uint32_t s = m->type_source[t];
        uint32_t at = event_at(m, m->source_at[s]);

        for (uint32_t i = m->source_at[s]; i < m->source_at[s + 1]; i++)
            if (!walk_heads(w, s, i, &at))
                return false;
    }
    return true;
}

void
map_each_of_type(const struct maps *ms, uint16_t type,
                 bool (*cb)(void *ctx, const struct map_binding *b), void *ctx)
{
    struct type_walk w = {.ms = ms, .cb = cb, .ctx = ctx};

    for (w.map = next_map(ms, NULL); w.map != NULL; w.map = next_map(ms, w.map))
        if (!walk_type(&w, type) || !walk_type(&w, NAME_NONE))
            return;
}

struct event_walk {
    const struct maps *ms;
    bool (*cb)(void *ctx, struct slice source, struct slice event,
               const struct map_binding *b);
    void *ctx;
};

static bool
walk_event(const struct event_walk *w, const struct map *m, uint32_t s,
           uint32_t i)
{
    char source[NAME_MAX_BYTES], event[NAME_MAX_BYTES];
    struct slice sn = names_text(&m->names, m->source[s], source);
    struct slice en = names_text(&m->names, m->event[i], event);
    uint32_t from, to, find;
    struct map_binding b;

    form_heads(m, i, &from, &to);
    if (from == to)
        return w->cb(w->ctx, sn, en, NULL);
    while (from < to) {
        map_binding((struct map_ref){m, from}, &b);
        from = form_head(m, from, &b, &find);
        if (!w->cb(w->ctx, sn, en, &b))
            return false;
    }
    return true;
}

void
map_each_event(const struct maps *ms,
               bool (*cb)(void *ctx, struct slice source, struct slice event,
                          const struct map_binding *b),
               void *ctx)
{
    struct event_walk w = {ms, cb, ctx};

    for (const struct map *m = next_map(ms, NULL); m != NULL;
         m = next_map(ms, m))
        for (uint32_t s = 0; s < m->n_sources; s++)
            for (uint32_t i = m->source_at[s]; i < m->source_at[s + 1]; i++)
                if (!is_replaced(ms, m, m->source[s], m->event[i]) &&
                    !walk_event(&w, m, s, i))
                    return;
}
