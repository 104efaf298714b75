/*
 * Any bytes as recorded events: reading ends, holds to its bounds, and gives
 * the same whether the bytes come from memory at once or piece by piece.
 * The last byte says how long the pieces are.
 */
#include "map/reader.h"
#include "tests/unit/base/dribble.h"

static char memory[2][1u << 20], spare[2][1u << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void
within(struct slice part, struct slice whole)
{
    must(part.n == 0 ||
         (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

/* All that a judge would ask of an event. */
static void
look_at(const struct event *ev)
{
    const struct names none = {0};
    struct arena arena, scratch;

    must(ev->raw.n >= 2 && ev->raw.p[0] == '{');
    must(event_check(ev, NULL) == 0);
    arena_init(&arena, spare[0], sizeof(spare[0]));
    arena_init(&scratch, spare[1], sizeof(spare[1]));
    for (size_t f = 0; f < EVENT_FIELD_COUNT; f++) {
        within(ev->field[f], ev->raw);
        event_text(ev, (enum event_field)f, &arena);
        event_value(ev, (enum event_field)f, &none, &scratch, &arena);
        must(arena_mark(&scratch) == 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_of((const char *)data, size);
    struct dribble d = {all, size > 0 ? data[size - 1] : 0, false};
    struct stream_mem m = {all};
    struct stream in[2] = {stream_mem(&m), dribble_stream(&d)};
    struct arena arena[2];
    struct reader r[2];
    struct event ev[2];
    struct err e[2];
    enum reader_kind kind[2];

    for (int i = 0; i < 2; i++) {
        arena_init(&arena[i], memory[i], sizeof(memory[i]));
        must(reader_open(&r[i], &in[i], SLICE("fuzz"), &arena[i]) == 0);
    }
    do {
        for (int i = 0; i < 2; i++)
            kind[i] = reader_next(&r[i], &ev[i], &e[i]);
        must(kind[0] == kind[1]);
        if (kind[0] == READER_EVENT) {
            must(slice_eq(ev[0].raw, ev[1].raw));
            look_at(&ev[0]);
        } else if (kind[0] != READER_END && e[0].code != ERR_MEMORY) {
            must(e[0].code == e[1].code);
            must(strcmp(e[0].text, e[1].text) == 0);
        }
    } while (kind[0] != READER_END);
    must(r[0].refused == r[1].refused && r[0].refused <= size);
    return 0;
}
