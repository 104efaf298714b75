#include "cmd/explain_event.h"

#include "drift/attr.h"
#include "drift/match.h"
#include "drift/record_text.h"
#include "drift/sensitive.h"

#define SHOWN_MAX_BYTES 60 /* of one value on the screen */

struct teller {
    struct out *out;
    const struct judge *judge;
    size_t bindings;
};

/* A value in a few words. */
static void
tell_value(struct teller *t, struct value v)
{
    char text[4096];
    struct buf b = buf_over(text, sizeof(text));

    record_value(&b, &t->judge->maps->names, v, SHOWN_MAX_BYTES,
                 t->judge->scratch);
    out_put(t->out, buf_slice(&b));
}

static void
tell_values(struct teller *t, struct values list)
{
    for (size_t i = 0; i < list.n && i < 4; i++) {
        if (i > 0)
            out_put(t->out, SLICE(", "));
        tell_value(t, list.v[i]);
    }
    if (list.n > 4)
        out_fmt(t->out, " and %zu more", list.n - 4);
}

static struct slice
path_text(struct teller *t, const struct map_path *path, bool event, char *mem,
          size_t max)
{
    struct buf b = buf_over(mem, max);

    map_path_text(t->judge->maps, path, event, &b);
    return buf_slice(&b);
}

static void
on_binding(void *ctx, const struct map_binding *b, bool applies)
{
    static const char *const roles[] = {"update", "create", "delete",
                                        "create or update", "none"};
    struct teller *t = ctx;
    char name[NAME_MAX_BYTES], path[512];

    out_fmt(t->out, "\nmapping %zu  ", ++t->bindings);
    for (size_t i = 0; i < b->n_types && i < 3; i++)
        out_fmt(t->out, "%s%.*s", i > 0 ? ", " : "",
                SLICE_FMT(
                    names_text(&t->judge->maps->names, map_type(b, i), name)));
    if (b->n_types == 0)
        out_put(t->out, SLICE("any type"));
    if (b->n_types > 3)
        out_fmt(t->out, " and %zu more types", b->n_types - 3);
    out_fmt(t->out, " (%s)\n",
            b->has_role_path ? "as the event says" : roles[b->role]);
    if (b->has_each)
        out_fmt(t->out, "  for each   %.*s\n",
                SLICE_FMT(path_text(t, &b->each, true, path, sizeof(path))));
    for (size_t i = 0; i < b->n_whens; i++)
        out_fmt(t->out, "  when       %s%.*s\n",
                b->when[i].negate ? "not " : "",
                SLICE_FMT(
                    path_text(t, &b->when[i].path, true, path, sizeof(path))));
    if (!applies)
        out_put(t->out, SLICE("  does not apply: its when fails\n"));
}

static void
on_wanted(void *ctx, const struct wanted *w)
{
    struct teller *t = ctx;
    char attr[512], path[512];

    if (w->binding->n_ids == 0)
        out_put(t->out, SLICE("  id         the one resource of its type\n"));
    for (size_t i = 0; i < w->n; i++) {
        out_fmt(t->out, "  id         %.*s < %.*s = ",
                SLICE_FMT(
                    path_text(t, &w->line[i]->attr, false, attr, sizeof(attr))),
                SLICE_FMT(
                    path_text(t, &w->line[i]->path, true, path, sizeof(path))));
        tell_values(t, w->value[i]);
        out_put(t->out, SLICE("\n"));
    }
    for (size_t i = 0; i < w->n_absent; i++)
        out_fmt(t->out, "  id         %.*s < %.*s: not in the event\n",
                SLICE_FMT(path_text(t, &w->absent[i]->attr, false, attr,
                                    sizeof(attr))),
                SLICE_FMT(path_text(t, &w->absent[i]->path, true, path,
                                    sizeof(path))));
}

static void
on_found(void *ctx, const struct instance *in)
{
    struct teller *t = ctx;
    char text[STATE_ADDRESS_MAX_BYTES];
    struct buf b = buf_over(text, sizeof(text));

    state_address(in, &t->judge->maps->names, &b);
    out_fmt(t->out, "  found      %.*s in state %.*s\n", (int)b.n, b.p,
            SLICE_FMT(state_name(in->state)));
}

/* Whether an attribute's values must not be shown. */
static bool
is_secret(const struct teller *t, const struct finding *f,
          const struct map_line *line, struct slice path)
{
    const struct maps *ms = t->judge->maps;

    return (map_traits(ms, f->in.type, &line->attr) & MAP_SENSITIVE) != 0 ||
           sensitive_covers(&ms->names, state_sensitive(&f->in), path);
}

static void
on_line(void *ctx, const struct finding *f, const struct map_line *line,
        struct values given, bool changed)
{
    struct teller *t = ctx;
    struct values old = {0};
    char attr[512];
    struct slice path = path_text(t, &line->attr, false, attr, sizeof(attr));
    struct spots at;

    if (given.n == 0 && !line->constant && !changed)
        return;
    out_fmt(t->out, "  %s  %.*s: ", changed ? "differs  " : "same     ",
            SLICE_FMT(path));
    if (is_secret(t, f, line, path)) {
        out_put(t->out, SLICE("(sensitive)\n"));
        return;
    }
    at = attr_find(t->judge->arena, &f->in, line->attr.sym, line->attr.n, NULL);
    for (size_t i = 0; i < at.n; i++)
        values_push(t->judge->arena, &old, at.spot[i].v);
    out_put(t->out, old.n > 0 ? SLICE("state ") : SLICE("state has none"));
    tell_values(t, old);
    if (line->constant) {
        out_put(t->out, SLICE(", the event sets it by what it is\n"));
        return;
    }
    out_put(t->out, SLICE(", event "));
    tell_values(t, given);
    out_put(t->out, SLICE("\n"));
}

static void
tell_event(struct teller *t, const struct event *ev)
{
    static const struct {
        const char *label;
        enum event_field field;
    } rows[] = {
        {"event", EVENT_NAME},          {"service", EVENT_SOURCE},
        {"time", EVENT_TIME},           {"id", EVENT_ID},
        {"account", EVENT_ACCOUNT},     {"region", EVENT_REGION},
        {"source ip", EVENT_SOURCE_IP}, {"user agent", EVENT_USER_AGENT},
        {"error", EVENT_ERROR_CODE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice s = event_text(ev, rows[i].field, t->judge->arena);

        if (s.n > 0)
            out_fmt(t->out, "%-11s%.*s\n", rows[i].label,
                    SLICE_FMT(slice_head(s, 512)));
    }
}

/* Why an event is ignored, in a sentence. */
static const char *
reason_text(struct slice reason)
{
    static const struct {
        struct slice reason;
        const char *text;
    } rows[] = {
        {SLICE_INIT("failed"), "the call failed: it has an errorCode"},
        {SLICE_INIT("read-only"), "it only reads"},
        {SLICE_INIT("not-a-call"), "no API call stands behind it"},
        {SLICE_INIT("terraform"), "Terraform's user agent made it"},
        {SLICE_INIT("autoscaling"), "Auto Scaling did it"},
        {SLICE_INIT("service"), "an AWS service's own role did it"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (slice_eq(reason, rows[i].reason))
            return rows[i].text;
    return "a rule of the configuration";
}

static void
tell_verdict(struct teller *t, const struct judgement *r)
{
    static const char *const verdicts[] = {
        [VERDICT_IGNORED] = "ignored",
        [VERDICT_UNMAPPED] = "unmapped: no mapping knows this event",
        [VERDICT_NONE] = "none: everything is as the state says",
        [VERDICT_UNMANAGED] = "unmanaged: no state has this resource",
        [VERDICT_DRIFT] = "drift",
    };

    out_fmt(t->out, "\nverdict    %s", verdicts[r->verdict]);
    if (r->reason.n > 0)
        out_fmt(t->out, " (%.*s): %s", SLICE_FMT(r->reason),
                reason_text(r->reason));
    out_put(t->out, SLICE("\n"));
}

void
explain_event(const struct judge *j, const struct event *ev, struct out *out,
              struct judgement *result)
{
    struct teller t = {.out = out, .judge = j};
    const struct observer observer = {
        .ctx = &t,
        .binding = on_binding,
        .wanted = on_wanted,
        .found = on_found,
        .line = on_line,
    };
    struct judge watched = *j;

    watched.observer = &observer;
    tell_event(&t, ev);
    judge_event(&watched, ev, result);
    tell_verdict(&t, result);
}
