/* JSON written in a row of a test, with ' for ", as a packed value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/pack.h"
#include "map/map.h"

static char packed_mem[8 << 20], packed_tokens[8 << 20];
static struct arena packed_arena, packed_scratch;
static struct maps packed_maps;

static inline void
packed_init(void)
{
    arena_init(&packed_arena, packed_mem, sizeof(packed_mem));
    arena_init(&packed_scratch, packed_tokens, sizeof(packed_tokens));
    maps_init(&packed_maps);
}

/* text with its quotes, in the arena. */
static inline struct slice
quoted(const char *text)
{
    struct buf b = arena_open(&packed_arena);

    for (; *text != '\0'; text++)
        buf_byte(&b, *text == '\'' ? '"' : (unsigned char)*text);
    return arena_keep(&packed_arena, &b);
}

static inline struct value
packed(const char *text)
{
    struct value v = VALUE_NOTHING;
    size_t at = 0;

    if (text != NULL &&
        pack_json(&packed_maps.names, quoted(text), &packed_scratch,
                  &packed_arena, NULL, &v, &at) < 0)
        fail_msg("%s: wrong at %zu", text, at);
    return v;
}
