#include "drift/record.h"

#include "base/text.h"
#include "drift/actor.h"
#include "drift/record_text.h"
#include "drift/sensitive.h"

/* A longer id is no UUID, nor anything that outputs could use as a key. */
#define RECORD_EVENT_ID_MAX_BYTES 128

/* Instead of a value; as `terraform plan` prints it, without its blank. */
#define RECORD_SENSITIVE SLICE("\"(sensitive)\"")

struct slice
record_kind_text(enum record_kind kind)
{
    static const struct slice texts[] = {
        [RECORD_DRIFT] = SLICE_INIT("drift"),
        [RECORD_UNMANAGED] = SLICE_INIT("unmanaged"),
        [RECORD_RESOLVED] = SLICE_INIT("resolved")};

    return texts[kind];
}

struct slice
record_action_text(enum action action)
{
    static const struct slice texts[] = {[ACTION_CREATE] = SLICE_INIT("create"),
                                         [ACTION_UPDATE] = SLICE_INIT("update"),
                                         [ACTION_DELETE] =
                                             SLICE_INIT("delete")};

    return texts[action];
}

struct slice
record_service(struct slice source)
{
    return slice_head(source, slice_chr(source, '.'));
}

/* The hash is over all bytes: two calls of one second differ in something,
 * and the same record read again does not. */
struct slice
record_event_id(const struct event *ev, struct arena *arena)
{
    struct slice id = event_text(ev, EVENT_ID, arena);
    struct buf b;

    if (id.n > 0 && id.n <= RECORD_EVENT_ID_MAX_BYTES)
        return id;
    b = arena_open(arena);
    buf_fmt(&b, "h-%016llx", (unsigned long long)text_hash(ev->raw));
    return arena_keep(arena, &b);
}

/* The account of the event is where it happened; the caller's may be another
 * one, and stands in only where there is no better. */
void
record_event(struct record *common, const struct event *ev,
             const struct record_maker *m)
{
    const struct names *ns = &m->maps->names;
    struct actor who =
        actor_of(ns, event_value(ev, EVENT_IDENTITY, ns, m->scratch, m->arena));
    struct slice account = event_text(ev, EVENT_ACCOUNT, m->arena);

    *common = (struct record){
        .timestamp = event_text(ev, EVENT_TIME, m->arena),
        .service = record_service(event_text(ev, EVENT_SOURCE, m->arena)),
        .event = event_text(ev, EVENT_NAME, m->arena),
        .user = who.user,
        .source_ip = event_text(ev, EVENT_SOURCE_IP, m->arena),
        .user_agent = event_text(ev, EVENT_USER_AGENT, m->arena),
        .severity = SEVERITY_INFORMATIONAL,
        .account = account.n > 0 ? account : who.account,
        .region = event_text(ev, EVENT_REGION, m->arena),
        .event_id = record_event_id(ev, m->arena),
        .role = who.role,
        .identity = who.identity,
        .detail = true,
    };
}

struct slice
record_address(const struct instance *in, const struct record_maker *m)
{
    struct buf b = arena_open(m->arena);

    state_address(in, &m->maps->names, &b);
    return arena_keep(m->arena, &b);
}

/* Newer types have no id (provider 6), some never had an arn.  An id that is
 * itself secret is passed over like one that is absent. */
struct slice
record_resource(const struct instance *in, const struct record_maker *m)
{
    static const struct slice attrs[] = {SLICE_INIT("id"), SLICE_INIT("arn"),
                                         SLICE_INIT("name")};
    const struct names *ns = &m->maps->names;

    for (size_t i = 0; i < sizeof(attrs) / sizeof(*attrs); i++) {
        struct slice s = value_text(value_member(ns, in->attrs, attrs[i]));

        if (s.n > 0 && !sensitive_covers(ns, state_sensitive(in), attrs[i]))
            return s;
    }
    return slice_of("", 0);
}

/* What a record says of the resource itself. */
static void
set_resource(struct record *r, const struct instance *in,
             const struct record_maker *m)
{
    r->resource = record_resource(in, m);
    r->type = state_type(in);
    r->address = record_address(in, m);
    r->state = state_name(in->state);
}

/* Values stay packed until record_finish(): what an ignore rule takes out is
 * never written. */
int
record_drift(struct record *r, const struct record *common,
             const struct finding *f, const struct record_maker *m)
{
    struct record_changes *c = &r->changes;

    *r = *common;
    r->kind = RECORD_DRIFT;
    r->action = f->action;
    r->detail = !f->unknown;
    set_resource(r, &f->in, m);
    c->list = arena_alloc(m->arena, (f->n_changes + 1) * sizeof(*c->list));
    if (c->list == NULL || r->address.p == NULL)
        return ERR_MEMORY;
    for (c->n = 0; c->n < f->n_changes; c->n++) {
        const struct change *from = &f->change[c->n];

        c->list[c->n] = (struct record_change){
            .path = from->path, .hidden = from->hidden, .from = from};
    }
    return 0;
}

int
record_unmanaged(struct record *r, const struct record *common,
                 const struct unmanaged *u, const struct record_maker *m)
{
    char out[NAME_MAX_BYTES];

    *r = *common;
    r->kind = RECORD_UNMANAGED;
    r->action = u->action;
    r->resource = u->resource;
    if (u->type == NAME_NONE)
        return 0;
    r->type = arena_copy(m->arena, names_text(&m->maps->names, u->type, out));
    return r->type.p != NULL ? 0 : ERR_MEMORY;
}

int
record_resolved(struct record *r, const struct record *common,
                const struct instance *in, const struct record_maker *m)
{
    *r = *common;
    r->kind = RECORD_RESOLVED;
    r->action = ACTION_UPDATE;
    set_resource(r, in, m);
    return r->address.p != NULL ? 0 : ERR_MEMORY;
}

/* The gravest of what the record tells. */
static enum severity
weigh(const struct record *r, const struct severity_rules *rules)
{
    enum severity level = SEVERITY_DEBUG;

    if (r->kind == RECORD_RESOLVED)
        return SEVERITY_INFORMATIONAL;
    if (r->kind == RECORD_UNMANAGED)
        return severity_whole(rules, r->type, SLICE("unmanaged"));
    if (r->action == ACTION_DELETE)
        level = severity_whole(rules, r->type, SLICE("delete"));
    for (size_t i = 0; i < r->changes.n; i++) {
        const struct change *c = r->changes.list[i].from;

        level = severity_graver(
            level, severity_change(rules, r->type, c->path,
                                   (c->traits & MAP_COMPUTED) != 0));
    }
    /* What is not known is weighed as TYPE. with nothing behind the dot. */
    if (!r->detail || (r->changes.n == 0 && r->action != ACTION_DELETE))
        level = severity_graver(
            level, severity_change(rules, r->type, SLICE(""), false));
    return level;
}

/* One side of a change; a sensitive one shows only that there is a value. */
static struct slice
write_side(struct value v, bool sensitive, const struct record_maker *m)
{
    struct buf b = arena_open(m->arena);

    if (sensitive && !value_is(v, VALUE_ABSENT) && !value_is(v, VALUE_NULL))
        buf_put(&b, RECORD_SENSITIVE);
    else
        record_value(&b, &m->maps->names, v, RECORD_VALUE_MAX_BYTES,
                     m->scratch);
    return arena_keep(m->arena, &b);
}

/* Secret by the provider's schema, or by the state's own marks. */
static int
write_change(struct record_change *rc, const struct instance *in,
             const struct record_maker *m)
{
    const struct change *c = rc->from;
    bool sensitive =
        (c->traits & MAP_SENSITIVE) != 0 ||
        (in != NULL &&
         sensitive_covers(&m->maps->names, state_sensitive(in), c->path));

    rc->old_json = write_side(c->old_value, sensitive, m);
    rc->new_json =
        write_side(c->hidden ? VALUE_NOTHING : c->new_value, sensitive, m);
    return rc->old_json.p != NULL && rc->new_json.p != NULL ? 0 : ERR_MEMORY;
}

/* Bytes a change takes in the line at most: its path can stand there twice,
 * each byte of it as six, and there are brackets and commas. */
static size_t
change_size(const struct record_change *c)
{
    size_t path =
        c->path.n < RECORD_TEXT_MAX_BYTES ? c->path.n : RECORD_TEXT_MAX_BYTES;

    return (c->hidden ? 4 : 2) * path + c->old_json.n + c->new_json.n + 64;
}

int
record_finish(struct record *r, const struct instance *in, size_t n,
              const struct record_maker *m)
{
    struct record_changes *c = &r->changes;
    size_t used = 0, kept;
    struct buf b;

    /* By all changes, also those that do not fit. */
    r->severity = weigh(r, m->severity);
    for (kept = 0; kept < c->n; kept++) {
        struct record_change *rc = &c->list[kept];

        if (rc->from != NULL && write_change(rc, in, m) < 0)
            return ERR_MEMORY;
        used += change_size(rc);
        if (used > RECORD_CHANGES_MAX_BYTES)
            break;
        r->hidden += rc->hidden;
    }
    r->more = c->n - kept;
    c->n = kept;
    b = arena_open(m->arena);
    buf_put(&b, r->event_id);
    buf_fmt(&b, ":%zu", n);
    r->id = arena_keep(m->arena, &b);
    return r->id.p != NULL ? 0 : ERR_MEMORY;
}
