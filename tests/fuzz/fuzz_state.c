/*
 * Any bytes as a state, at once and through a window of a few bytes: both
 * ways it is refused with the same line, or both give the same instances,
 * each of which can be told and found.
 */
#include "state/state.h"

static size_t window_first;
#define WINDOW_FIRST_BYTES window_first
#include "state/window.c"

#define TOLD_MAX_BYTES (4u << 20)

static char keep_mem[2][16u << 20], scratch_mem[32u << 20];
static char told[2][TOLD_MAX_BYTES];
static struct maps maps;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

/* All that a state says of its instances. */
static struct slice
tell(const struct state *st, char *to)
{
    uint32_t id = names_find(&maps.names, SLICE("id"));
    struct buf out = buf_over(to, TOLD_MAX_BYTES);

    for (uint32_t i = 0; i < state_instances(st); i++) {
        struct instance in = state_instance(st, i), got;
        struct slice s = value_text(value_get(in.attrs, id));
        struct state_hits hits;
        bool seen = false;

        state_address(&in, &maps.names, &out);
        value_json(&out, &maps.names, in.attrs);
        value_json(&out, &maps.names, state_sensitive(&in));
        if (in.type == NAME_NONE)
            continue;
        state_find(st, in.type, s.n > 0 ? s : slice_of(NULL, 0), &hits);
        must(hits.at < hits.end && hits.end - hits.at <= state_instances(st));
        for (int k = 0; k < 64 && state_hit_next(&hits, &got); k++)
            seen = seen || got.number == i;
        must(seen || hits.at < hits.end);
    }
    return buf_slice(&out);
}

static int
load(struct slice text, int way, struct state **st, struct err *e)
{
    struct stream_mem mem = {text};
    struct stream in = stream_mem(&mem);
    struct arena keep, scratch;
    int rc;

    arena_init(&keep, keep_mem[way], sizeof(keep_mem[0]));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    rc = state_load(st, &maps, &in, SLICE("n"), SLICE("f"), &keep, &scratch, e);
    must(arena_mark(&scratch) == 0);
    if (rc < 0) {
        must(rc == e->code && arena_mark(&keep) == 0 && *st == NULL);
        must(strncmp(e->text, "f: ", 3) == 0);
    }
    return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of((const char *)data, size);
    struct state *one, *two;
    struct err e[2];
    int rc;

    if (maps.builtin == NULL)
        maps_init(&maps);
    window_first = (size_t)256 << 10;
    rc = load(text, 0, &one, &e[0]);
    window_first = size > 0 ? 1 + data[size / 2] % 64u : 1;
    must(rc == load(text, 1, &two, &e[1]));
    if (rc < 0)
        must(strcmp(e[0].text, e[1].text) == 0);
    else
        must(slice_eq(tell(one, told[0]), tell(two, told[1])));
    return 0;
}
