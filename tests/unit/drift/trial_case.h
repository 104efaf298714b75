/*
 * For the judges of single parts: states and an event written in a row, the
 * findings they give told as one line.  In a row ' stands for ".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/stream.h"
#include "drift/finding.h"

struct trial_row {
    const char *name;
    const char *states; /* TYPE ATTRIBUTES, one a line; "--" begins another
                         * state; addresses are TYPE.r0, r1, ... */
    const char *event, *params;
    const char *response; /* or NULL */
    bool open;            /* there is open drift of every resource */
    const char *want;
};

#define CASE_STATES 3
#define CASE_JSON_BYTES (8u << 20)

static char keep_mem[16 << 20], scratch_mem[48 << 20], arena_mem[48 << 20];
static char case_json[CASE_JSON_BYTES], told[1 << 20];

static struct maps maps;
static struct words words;
static struct arena keep, scratch, arena;

/* What there is to be judged. */
struct trial_case {
    struct trial trial;
    struct state *state[CASE_STATES];
    struct event event;
};

static inline void
put_quoted(struct buf *b, const char *text)
{
    for (; *text != '\0'; text++)
        buf_byte(b, *text == '\'' ? '"' : (unsigned char)*text);
}

/* The next state of the rows at *text; false when there is none. */
static inline bool
put_state(struct buf *b, const char **text, int *number)
{
    bool first = true;

    if (*text == NULL)
        return false;
    put_quoted(b, "{'version':4,'serial':1,'lineage':'l','resources':[");
    while (**text != '\0' && strncmp(*text, "--\n", 3) != 0) {
        size_t type = strcspn(*text, " "), line = strcspn(*text, "\n");

        buf_fmt(b, "%s{\"mode\":\"managed\",\"type\":\"%.*s\",",
                first ? "" : ",", (int)type, *text);
        buf_fmt(b, "\"name\":\"r%d\",\"provider\":\"p\",", (*number)++);
        put_quoted(b, "'instances':[{'attributes':");
        for (size_t i = type; i < line; i++)
            buf_byte(b, (*text)[i] == '\'' ? '"' : (unsigned char)(*text)[i]);
        put_quoted(b, "}]}");
        *text += line + ((*text)[line] == '\n');
        first = false;
    }
    put_quoted(b, "]}");
    *text = **text != '\0' ? *text + 3 : NULL;
    return true;
}

static inline bool
always_open(void *ctx, const struct instance *in)
{
    return ctx != NULL && in->attrs.p != NULL;
}

static inline void
case_event(struct trial_case *c, const struct trial_row *r)
{
    struct buf b = buf_over(case_json, sizeof(case_json));
    size_t at;

    put_quoted(&b, "{'eventVersion':'1.08','userIdentity':{'type':'IAMUser'},"
                   "'eventTime':'2025-12-06T07:30:00Z','awsRegion':'x',"
                   "'eventSource':'ec2.amazonaws.com','eventName':'");
    put_quoted(&b, r->event);
    put_quoted(&b, "','requestParameters':");
    put_quoted(&b, r->params);
    put_quoted(&b, ",'responseElements':");
    put_quoted(&b, r->response != NULL ? r->response : "null");
    put_quoted(&b, "}");
    assert_false(b.full);
    if (event_decode(buf_slice(&b), &c->event, &at) != 0)
        fail_msg("%s: event, offset %zu", r->name, at);
}

/* Sets a trial up; what was before is forgotten. */
static inline void
case_init(struct trial_case *c, const struct trial_row *r)
{
    const char *text = r->states;
    int number = 0;
    size_t n = 0;

    arena_init(&keep, keep_mem, sizeof(keep_mem));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    arena_init(&arena, arena_mem, sizeof(arena_mem));
    maps_init(&maps);
    assert_int_equal(words_init(&words, &maps.names, &keep), 0);
    for (; text != NULL; n++) {
        struct buf b = buf_over(case_json, sizeof(case_json));
        struct stream_mem mem;
        struct stream in = stream_mem(&mem);
        struct err e = {0};

        assert_true(n < CASE_STATES);
        put_state(&b, &text, &number);
        mem.left = buf_slice(&b);
        if (state_load(&c->state[n], &maps, &in, SLICE("s"), SLICE("f"), &keep,
                       &scratch, &e) != 0)
            fail_msg("%s: %s", r->name, e.text);
    }
    case_event(c, r);
    c->trial = (struct trial){.maps = &maps,
                              .words = &words,
                              .states = c->state,
                              .n_states = n,
                              .arena = &arena,
                              .scratch = &scratch,
                              .event_name = slice_str(r->event),
                              .account = SLICE("123456789012")};
    if (r->open) {
        c->trial.is_open = always_open;
        c->trial.is_open_ctx = c;
    }
    scope_init(&c->trial.scope, &maps.names, &words, &c->event, &arena,
               &scratch);
}

static inline struct value
member(struct value v, const char *name)
{
    return value_member(&maps.names, v, slice_str(name));
}

/* {tcp 22-22 10.0.0.0/8 'office'} for a rule, JSON for other blocks. */
static inline void
tell_block(struct buf *b, struct value v)
{
    static const char *const lists[] = {"cidr_blocks", "ipv6_cidr_blocks",
                                        "prefix_list_ids", "security_groups"};
    struct value d = member(v, "description");
    size_t from = b->n;

    if (member(v, "self").p == NULL) {
        value_json(b, &maps.names, v);
        for (; from < b->n; from++)
            b->p[from] = b->p[from] == '"' ? '\'' : b->p[from];
        return;
    }
    buf_fmt(b, "{%.*s %.*s-%.*s", SLICE_FMT(value_text(member(v, "protocol"))),
            SLICE_FMT(value_text(member(v, "from_port"))),
            SLICE_FMT(value_text(member(v, "to_port"))));
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < value_count(member(v, lists[i])); k++)
            buf_fmt(b, " %.*s",
                    SLICE_FMT(value_text(value_at(member(v, lists[i]), k))));
    if (value_is(member(v, "self"), VALUE_TRUE))
        buf_fmt(b, " self");
    if (!value_empty(d))
        buf_fmt(b, " '%.*s'", SLICE_FMT(value_text(d)));
    buf_fmt(b, "}");
}

static inline void
tell_change(struct buf *b, const struct change *ch)
{
    size_t from = b->n;

    buf_fmt(b, "; %.*s", SLICE_FMT(ch->path));
    if (ch->kind == CHANGE_BLOCKS) {
        for (size_t i = 0; i < value_count(ch->old_value); i++) {
            buf_fmt(b, " -");
            tell_block(b, value_at(ch->old_value, i));
        }
        for (size_t i = 0; i < value_count(ch->new_value); i++) {
            buf_fmt(b, " +");
            tell_block(b, value_at(ch->new_value, i));
        }
        return;
    }
    buf_fmt(b, " ");
    value_json(b, &maps.names, ch->old_value);
    buf_fmt(b, "->");
    value_json(b, &maps.names, ch->new_value);
    for (; from < b->n; from++)
        b->p[from] = b->p[from] == '"' ? '\'' : b->p[from];
}

static inline void
tell_finding(struct buf *b, const struct finding *f)
{
    struct buf address = buf_over(case_json, sizeof(case_json));

    state_address(&f->in, &maps.names, &address);
    buf_put(b, slice_from(buf_slice(&address),
                          slice_rchr(buf_slice(&address), '.') + 1));
    buf_fmt(b, " %s",
            f->action == ACTION_DELETE    ? "delete"
            : f->verdict == VERDICT_DRIFT ? "drift"
                                          : "none");
    if (f->unknown)
        buf_fmt(b, " unknown");
    if (f->creates)
        buf_fmt(b, " creates");
    for (size_t i = 0; i < f->n_changes; i++)
        tell_change(b, &f->change[i]);
    for (size_t i = 0; i < f->n_settled; i++) {
        buf_fmt(b, "; %.*s =", SLICE_FMT(f->settled[i].path));
        if (f->settled[i].member.p != NULL)
            tell_block(b, f->settled[i].member);
    }
}

/* "r0 drift; ingress +{tcp 22-22 0.0.0.0/0} | r1 none" */
static inline struct slice
tell_trial(const struct trial *t)
{
    struct buf b = buf_over(told, sizeof(told));

    for (size_t i = 0; i < t->n_findings; i++) {
        buf_fmt(&b, "%s", i > 0 ? " | " : "");
        tell_finding(&b, t->finding[i]);
    }
    return buf_slice(&b);
}
