/*
 * Any bytes as JSON, packed by way of tokens and straight from the text:
 * both take them and give the same bytes, or both refuse them.  Packing from
 * text goes on where the value ends, and lets no control character pass.
 */
#include "base/pack_text.h"
#include "base/text.h"
#include "map/map.h"

static char area[2][1u << 20], tokens[8u << 20];
static struct pack_words words;
static const struct names names = {.table = &map_builtin_names};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static bool
has_control(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20)
            return true;
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of((const char *)data, size);
    struct arena arena[2], scratch;
    size_t bad, at;
    struct value v;
    int a, b;

    for (int i = 0; i < 2; i++)
        arena_init(&arena[i], area[i], sizeof(area[i]));
    arena_init(&scratch, tokens, sizeof(tokens));
    words.names = &names;
    b = pack_text(&words, text, &scratch, &arena[1], NULL, &v, &at);
    must(arena_mark(&scratch) == 0 && (b == 0 || arena_mark(&arena[1]) == 0));
    must(b == ERR_LIMIT || b == ERR_MEMORY || b == ERR_MORE || at <= size);
    if (b == 0)
        text = slice_head(text, at);
    a = pack_json(&names, text, &scratch, &arena[0], NULL, &v, &bad);
    if (a == 0 && b != 0) {
        text = text_trim(text);
        must(b == ERR_MEMORY || has_control(text) ||
             (text.p[0] != '{' && text.p[0] != '['));
    } else if (b == 0) {
        must(a == 0);
        must(slice_eq(slice_of(area[0], arena_mark(&arena[0])),
                      slice_of(area[1], arena_mark(&arena[1]))));
    }
    return 0;
}
