#include "map/resolve_scope.h"
#include "base/text.h"

uint32_t
scope_class(const struct scope *s, const struct value_key *key)
{
    return key->name != NAME_NONE ? names_class(s->names, key->name)
                                  : key->fold;
}

/* Whether a member's name says that it is the call's wrapper. */
static bool
is_wrapper_name(struct slice s)
{
    static const struct slice tails[] = {
        SLICE_INIT("Request"), SLICE_INIT("Req"), SLICE_INIT("Response")};

    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
        if (s.n > tails[i].n && slice_ends(s, tails[i]))
            return true;
    return false;
}

/* {"<Op>Request": {...}} alone is what is in it. */
static struct value
root_unwrap(const struct names *ns, struct value v)
{
    struct value_iter it = value_items(v);
    char name[NAME_MAX_BYTES];
    struct value_key key;
    struct value item, more;

    if (!it.keyed || !value_next(&it, &key, &item) ||
        !value_is(item, VALUE_OBJECT) || value_next(&it, NULL, &more))
        return v;
    return is_wrapper_name(value_key_text(ns, &key, name)) ? item : v;
}

/* A member of the record without its wrapper; one that cannot be read is
 * remembered, since nothing is known of such an event. */
static struct value
read_member(struct scope *s, enum event_field f, const char *name)
{
    struct slice json = s->event->field[f];
    struct value v = event_value(s->event, f, s->names, s->scratch, s->arena);

    if (v.p == NULL && json.n > 0 && json.p[0] != '"' && json.p[0] != 'n')
        s->broken = name;
    return root_unwrap(s->names, v);
}

/* Whether an object has a member that may be what it wraps. */
static bool
has_wrapped(const struct scope *s, const struct members *m)
{
    static const enum word wrappers[] = {W_ITEMS, W_ITEM, W_CONTENT, W_VALUE,
                                         W_MEMBER};

    for (size_t i = 0; i < sizeof(wrappers) / sizeof(*wrappers); i++)
        if (members_has(m, s->words->class[wrappers[i]]))
            return true;
    return false;
}

/* Notes what an object has, by class; of a class that stands there twice the
 * first that says something, as value_fold() has it. */
static void
members_note(const struct scope *s, struct members *m, struct value v)
{
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;
    size_t n = 0;

    m->of = v;
    m->plain = it.keyed;
    memset(m->slot, 0, sizeof(m->slot));
    while (m->plain && value_next(&it, &key, &item)) {
        uint32_t class = scope_class(s, &key);
        size_t at = members_slot(m, class);

        if (class == NAME_NONE)
            continue;
        if (m->slot[at] == 0) {
            m->plain = n < MEMBERS_MAX;
            if (!m->plain)
                break;
            m->member[n].class = class;
            m->member[n++].v = item;
            m->slot[at] = (uint8_t)n;
        } else if (value_empty(m->member[m->slot[at] - 1].v) &&
                   !value_empty(item)) {
            m->member[m->slot[at] - 1].v = item;
        }
    }
    if (m->plain && has_wrapped(s, m))
        m->plain = value_unwrap(s, v).p == v.p;
}

#define FOCUS_AFTER 3 /* times an object is asked before it is gone through */

/* The members of v where they are noted, or NULL. */
static const struct members *
members_of(struct scope *s, struct value v, size_t depth)
{
    struct members *m;

    if (v.p == s->top.of.p)
        return &s->top;
    if (depth >= SCOPE_FOCI)
        return NULL;
    m = &s->focus[depth];
    if (m->of.p != v.p) {
        m->of = v;
        m->asked = 0;
    }
    if (m->asked >= FOCUS_AFTER)
        return m;
    if (++m->asked == FOCUS_AFTER)
        members_note(s, m, v);
    return NULL;
}

struct value
scope_step(struct scope *s, struct value v, size_t depth, uint16_t class)
{
    const struct members *m = members_of(s, v, depth);

    return m != NULL && m->plain ? members_get(m, class)
                                 : value_step(s, v, class);
}

void
scope_init(struct scope *s, const struct names *names,
           const struct words *words, const struct event *event,
           struct arena *arena, struct arena *scratch)
{
    s->names = names;
    s->words = words;
    s->event = event;
    s->arena = arena;
    s->scratch = scratch;
    s->response = s->record = s->element = VALUE_NOTHING;
    s->prefix = NULL;
    s->prefix_n = 0;
    s->record_done = false;
    s->broken = NULL;
    s->params = read_member(s, EVENT_PARAMETERS, "requestParameters");
    members_note(s, &s->top, s->params);
    for (size_t i = 0; i < SCOPE_FOCI; i++)
        s->focus[i].of = VALUE_NOTHING;
}

struct value
scope_response(struct scope *s)
{
    if (s->response.p == NULL)
        s->response = read_member(s, EVENT_RESPONSE, "responseElements");
    return s->response;
}

struct value
scope_record(struct scope *s)
{
    if (!s->record_done) {
        s->record_done = true;
        if (pack_json(s->names, s->event->raw, s->scratch, s->arena, NULL,
                      &s->record, NULL) != 0)
            s->record = VALUE_NOTHING;
    }
    return s->record;
}
