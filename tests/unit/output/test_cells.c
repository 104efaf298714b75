/* Text in columns, and JSON in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "output/cells.h"
#include "output/pieces.h"

static const struct {
    const char *text;
    size_t width;
    enum cells_cut cut;
    const char *want;
    size_t used;
} rows[] = {
    {"abc", 5, CELLS_CUT_END, "abc", 3},
    {"abc", 3, CELLS_CUT_END, "abc", 3},
    {"abcd", 3, CELLS_CUT_END, "ab…", 3},
    {"abcd", 1, CELLS_CUT_END, "…", 1},
    {"abcd", 0, CELLS_CUT_END, "", 0},
    {"", 0, CELLS_CUT_END, "", 0},
    {"abcdefghij", 7, CELLS_CUT_MIDDLE, "ab…ghij", 7},
    {"abcdefghij", 4, CELLS_CUT_MIDDLE, "a…ij", 4},
    {"abcdefghij", 1, CELLS_CUT_MIDDLE, "…", 1},
    {"grüße", 5, CELLS_CUT_END, "grüße", 5},
    {"grüße!", 4, CELLS_CUT_END, "grü…", 4},
    {"日本語", 6, CELLS_CUT_END, "日本語", 6},
    {"日本語", 5, CELLS_CUT_END, "日本…", 5},
    {"日本語", 4, CELLS_CUT_END, "日…", 3}, /* half of one is not drawn */
    {"日本語日本語", 8, CELLS_CUT_MIDDLE, "日…本語", 7},
    {"e\u0301te\u0301", 3, CELLS_CUT_END, "e\u0301te\u0301", 3},
    {"a\x1b[31mb", 9, CELLS_CUT_END, "a\ufffd[31mb", 7},
    {"a\r\n\tb", 9, CELLS_CUT_END, "a\ufffd  b", 5},
    {"a\xc2\x9b"
     "2Jb",
     9, CELLS_CUT_END,
     "a\ufffd"
     "2Jb",
     5}, /* CSI */
    {"a\u202e"
     "b",
     9, CELLS_CUT_END,
     "a\ufffd"
     "b",
     3}, /* turns writing */
    {"a\xff\xc3", 9, CELLS_CUT_END, "a\ufffd\ufffd", 3},
    {"\xf0\x9f\x98\x80!", 3, CELLS_CUT_END, "\xf0\x9f\x98\x80!", 3},
    {"\"quoted\\", 9, CELLS_CUT_END, "\"quoted\\", 8},
};

static void
cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char mem[256];
        struct buf b = buf_over(mem, sizeof(mem));
        size_t used =
            cells_put(&b, slice_str(rows[i].text), rows[i].width, rows[i].cut);

        if (!slice_eq(buf_slice(&b), slice_str(rows[i].want)) ||
            used != rows[i].used)
            fail_msg("\"%s\" in %zu: \"%.*s\", %zu columns", rows[i].text,
                     rows[i].width, SLICE_FMT(buf_slice(&b)), used);
        assert_true(used <= rows[i].width);
    }
}

static void
pad(void **state)
{
    char mem[64];
    struct buf b = buf_over(mem, sizeof(mem));

    (void)state;
    cells_pad(&b, SLICE("日"), 4, CELLS_CUT_END);
    buf_byte(&b, '|');
    cells_pad(&b, SLICE("abcdef"), 4, CELLS_CUT_END);
    buf_byte(&b, '|');
    assert_true(slice_eq(buf_slice(&b), SLICE("日  |abc…|")));
}

/* Any bytes in any width: never wider, never a control character. */
static void
any_bytes(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[24], mem[256];
        struct buf b = buf_over(mem, sizeof(mem));
        size_t width = (size_t)i % 12;

        for (size_t k = 0; k < sizeof(text); k++) {
            random = random * 1664525 + 1013904223;
            text[k] = (char)(random >> 24);
        }
        assert_true(cells_put(&b, slice_of(text, sizeof(text)), width,
                              i % 2 ? CELLS_CUT_END : CELLS_CUT_MIDDLE) <=
                    width);
        assert_true(cells_width(buf_slice(&b)) <= width);
        for (size_t k = 0; k < b.n; k++)
            assert_true((unsigned char)mem[k] >= 0x20 && mem[k] != 0x7f);
    }
}

static const struct {
    const char *json, *want; /* "key:value|" or "value|" */
} texts[] = {
    {"[]", ""},
    {"{}", ""},
    {"12", ""},
    {"\"[1]\"", ""},
    {"[1]", "1|"},
    {"[1,\"a,b\",[2,3],{\"x\":[4,5]}]", "1|\"a,b\"|[2,3]|{\"x\":[4,5]}|"},
    {"[\"a\\\"],\",null]", "\"a\\\"],\"|null|"},
    {"{\"a\":1,\"b:c\":{\"d\":2},\"e\":\"\\\\\"}",
     "\"a\":1|\"b:c\":{\"d\":2}|\"e\":\"\\\\\"|"},
};

static void
pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct pieces p = pieces_of(slice_str(texts[i].json));
        struct slice key, value;
        char mem[256];
        struct buf b = buf_over(mem, sizeof(mem));

        while (pieces_next(&p, &key, &value)) {
            if (p.keyed)
                buf_fmt(&b, "%.*s:", SLICE_FMT(key));
            buf_fmt(&b, "%.*s|", SLICE_FMT(value));
        }
        if (!slice_eq(buf_slice(&b), slice_str(texts[i].want)))
            fail_msg("%s: %.*s", texts[i].json, SLICE_FMT(buf_slice(&b)));
    }
    assert_true(pieces_empty(SLICE("null")) && pieces_empty(SLICE("[]")));
    assert_false(pieces_empty(SLICE("0")) || pieces_empty(SLICE("\"a\"")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut),
        cmocka_unit_test(pad),
        cmocka_unit_test(any_bytes),
        cmocka_unit_test(pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
