/*
 * What becomes of an event: rows of one resource (or a few), the call's name
 * and parameters, and the verdict with every change, as one line of text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/stream.h"
#include "base/text.h"
#include "drift/judge.h"

struct row {
    const char *name;
    const char *resources; /* TYPE ATTRIBUTES, one a line */
    const char *source, *event;
    const char *params; /* JSON; NULL: null */
    const char *more;   /* further members of the record, or NULL */
    const char *want;
};

static char keep_mem[8 << 20], scratch_mem[16 << 20], arena_mem[8 << 20];
static char json[1 << 20], told[1 << 16];

static struct maps maps;
static struct words words;
static struct arena keep, scratch, arena;

/* {"version":4,...} with each line's resource called aws_x.r0, r1, ... */
static struct slice
state_text(const char *resources)
{
    struct buf b = buf_over(json, sizeof(json));
    struct slice rest = slice_str(resources), line;
    int n = 0;

    buf_put(&b, SLICE("{\"version\":4,\"serial\":1,\"lineage\":\"l\","
                      "\"resources\":["));
    while (text_cut(&rest, '\n', &line)) {
        size_t space = slice_chr(line, ' ');

        if (space == line.n)
            continue;
        buf_fmt(&b,
                "%s{\"mode\":\"managed\",\"type\":\"%.*s\",\"name\":"
                "\"r%d\",\"provider\":\"p\",\"instances\":"
                "[{\"attributes\":%.*s}]}",
                n > 0 ? "," : "", SLICE_FMT(slice_head(line, space)), n,
                SLICE_FMT(slice_from(line, space + 1)));
        n++;
    }
    buf_put(&b, SLICE("]}"));
    return buf_slice(&b);
}

static struct slice
event_json(const struct row *r)
{
    struct buf b = buf_over(json, sizeof(json));

    buf_fmt(&b,
            "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":"
            "\"IAMUser\"},\"eventTime\":\"2025-12-06T07:30:00Z\","
            "\"eventSource\":\"%s.amazonaws.com\",\"eventName\":\"%s\","
            "\"awsRegion\":\"us-east-1\",\"eventID\":\"e\",\"eventType\":"
            "\"AwsApiCall\",\"recipientAccountId\":\"123456789012\",%s%s"
            "\"requestParameters\":%s}",
            r->source, r->event, r->more != NULL ? r->more : "",
            r->more != NULL ? "," : "", r->params != NULL ? r->params : "null");
    return buf_slice(&b);
}

static void
tell_change(struct buf *b, const struct change *ch)
{
    buf_fmt(b, "; %.*s: ", SLICE_FMT(ch->path));
    value_json(b, &maps.names, ch->old_value);
    buf_put(b, SLICE(" -> "));
    value_json(b, &maps.names, ch->new_value);
    if (ch->hidden)
        buf_put(b, SLICE(" (hidden)"));
}

/* "drift | aws_instance.r0 update; instance_type: "a" -> "b"" */
static struct slice
tell(const struct judgement *j)
{
    static const char *const verdicts[] = {"ignored", "unmapped", "none",
                                           "unmanaged", "drift"};
    static const char *const actions[] = {"create", "update", "delete"};
    struct buf b = buf_over(told, sizeof(told));

    buf_fmt(&b, "%s%s%.*s", verdicts[j->verdict], j->reason.n > 0 ? " " : "",
            SLICE_FMT(j->reason));
    for (size_t i = 0; i < j->trial.n_findings; i++) {
        const struct finding *f = j->trial.finding[i];

        if (f->verdict != VERDICT_DRIFT)
            continue;
        buf_put(&b, SLICE(" | "));
        state_address(&f->in, &maps.names, &b);
        buf_fmt(&b, " %s", actions[f->action]);
        for (size_t k = 0; k < f->n_changes; k++)
            tell_change(&b, &f->change[k]);
    }
    for (size_t i = 0; i < j->n_unmanaged; i++)
        buf_fmt(&b, " | %.*s", SLICE_FMT(j->unmanaged[i].resource));
    return buf_slice(&b);
}

static void
check(const struct row *r)
{
    struct state *state;
    struct judge judge = {.maps = &maps,
                          .words = &words,
                          .states = &state,
                          .n_states = 1,
                          .filter = &filter_default,
                          .arena = &arena,
                          .scratch = &scratch};
    struct stream_mem mem = {state_text(r->resources)};
    struct stream in = stream_mem(&mem);
    struct judgement out;
    struct event ev;
    struct err e = {0};
    size_t mark = arena_mark(&keep), at;

    arena_reset(&arena, 0);
    arena_reset(&scratch, 0);
    if (state_load(&state, &maps, &in, SLICE("s"), SLICE("s.tfstate"), &keep,
                   &scratch, &e) != 0)
        fail_msg("%s: %s", r->name, e.text);
    if (event_decode(event_json(r), &ev, &at) != 0)
        fail_msg("%s: event", r->name);
    judge_event(&judge, &ev, &out);
    if (!slice_eq(tell(&out), slice_str(r->want)))
        fail_msg("%s:\n  got  %.*s\n  want %s", r->name, SLICE_FMT(tell(&out)),
                 r->want);
    arena_reset(&keep, mark);
}

#include "judge_rows.h"

static void
rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        check(&table[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};

    arena_init(&keep, keep_mem, sizeof(keep_mem));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    arena_init(&arena, arena_mem, sizeof(arena_mem));
    maps_init(&maps);
    if (words_init(&words, &maps.names, &keep) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
