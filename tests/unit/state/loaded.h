/*
 * A state written in a row of a test, with ' for ", loaded in several ways:
 * at once and in dribbles.  Mappings are the built-in ones, with more in a
 * text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/stream.h"
#include "state/state.h"
#include "tests/unit/base/dribble.h"

/* This program's window, which begins as small as a test wants it. */
static size_t window_first = (size_t)256 << 10;
#define WINDOW_FIRST_BYTES window_first
#include "state/window.c"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

static char keep_mem[16u << 20], scratch_mem[32u << 20], map_mem[1u << 20];
static char row_text[1u << 20];
static struct arena keep, scratch, map_arena;
static struct maps maps;

/* The built-in mappings, and those of `text` over them. */
static inline void
use_maps(const char *text)
{
    struct err e;

    arena_init(&map_arena, map_mem, sizeof(map_mem));
    maps_init(&maps);
    if (text == NULL)
        return;
    if (map_read(&maps, &map_arena, SLICE("test.map"), slice_str(text), &e) < 0)
        fail_msg("%s", e.text);
}

/* text with its quotes; valid until the next call. */
static inline struct slice
quoted(const char *text)
{
    struct buf b = buf_over(row_text, sizeof(row_text));

    for (; *text != '\0'; text++)
        buf_byte(&b, *text == '\'' ? '"' : (unsigned char)*text);
    assert_false(b.full);
    return buf_slice(&b);
}

/* Loads text that comes `step` bytes at a time, through a window that begins
 * with as many (0: as it does). */
static inline int
load_bytes(struct slice text, size_t step, struct state **st, struct err *e)
{
    struct dribble d = {text, step, false};
    struct stream in = dribble_stream(&d);
    int rc;

    window_first = step > 0 ? step : (size_t)256 << 10;
    arena_init(&keep, keep_mem, sizeof(keep_mem));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    rc = state_load(st, &maps, &in, SLICE("net"), SLICE("a.tfstate"), &keep,
                    &scratch, e);
    assert_int_equal(0, arena_mark(&scratch));
    if (rc < 0) {
        assert_int_equal(0, arena_mark(&keep));
        assert_null(*st);
        assert_int_equal(rc, e->code);
    }
    return rc;
}

/* Loads what must load. */
static inline struct state *
load_good(struct slice text, size_t step)
{
    struct state *st;
    struct err e;

    if (load_bytes(text, step, &st, &e) < 0)
        fail_msg("%s", e.text);
    return st;
}

/* ADDRESS ATTRIBUTES SENSITIVE, a line for each instance. */
static inline struct slice
tell(const struct state *st, struct buf *out)
{
    for (uint32_t i = 0; i < state_instances(st); i++) {
        struct instance in = state_instance(st, i);

        assert_int_equal(i, in.number);
        assert_ptr_equal(st, in.state);
        state_address(&in, &maps.names, out);
        buf_byte(out, ' ');
        value_json(out, &maps.names, in.attrs);
        if (value_count(state_sensitive(&in)) > 0) {
            buf_byte(out, ' ');
            value_json(out, &maps.names, state_sensitive(&in));
        }
        buf_put(out, in.flat ? SLICE(" flat\n") : SLICE("\n"));
    }
    assert_false(out->full);
    return buf_slice(out);
}
