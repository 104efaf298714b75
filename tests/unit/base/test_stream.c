/* Streams: what goes in comes out, however it is cut, and damage is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>
#include <zlib.h>

#include "base/stream.h"
#include "tests/unit/base/dribble.h"

static char memory[1u << 20], out[1u << 20], packed[1u << 20];

/* Reads a stream through the sniffer to its end; returns what came last. */
static ssize_t
drain(struct slice bytes, size_t step, bool fails, size_t ask, size_t *n,
      struct err *e)
{
    struct dribble d = {bytes, step, fails};
    struct stream in = dribble_stream(&d), s;
    struct arena arena;
    ssize_t got;

    *n = 0;
    arena_init(&arena, memory, sizeof(memory));
    got = stream_sniff(&s, &in, SLICE("x.gz"), &arena, e);
    if (got < 0)
        return got;
    while ((got = stream_read(&s, out + *n, ask, e)) > 0) {
        assert_true((size_t)got <= ask);
        *n += (size_t)got;
        assert_true(*n + ask <= sizeof(out));
    }
    if (got < 0) /* and it stays so */
        assert_true(stream_read(&s, out + *n, ask, NULL) < 0);
    return got;
}

static void
put_little(struct buf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_byte(b, (unsigned char)(v >> 8 * i));
}

/* A gzip member of stored blocks: RFC 1952 section 2.3, RFC 1951 3.2.4. */
static void
put_member(struct buf *b, struct slice text)
{
    struct slice left = text, part;

    buf_put(b, slice_of("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
    do {
        part = slice_head(left, 65535);
        left = slice_from(left, part.n);
        buf_byte(b, left.n == 0);
        put_little(b, part.n, 2);
        put_little(b, ~(uint64_t)part.n, 2);
        buf_put(b, part);
    } while (left.n > 0);
    put_little(b, crc32(0, (const Bytef *)text.p, (uInt)text.n), 4);
    put_little(b, text.n, 4);
}

/* {"a":1} and a line end, 40 times, as gzip -9 packs it. */
static const unsigned char squeezed[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab,
    0x56, 0x4a, 0x54, 0xb2, 0x32, 0xac, 0xe5, 0xaa, 0x1e, 0xa5, 0xc9,
    0xa2, 0x01, 0x19, 0x9d, 0x5c, 0x0d, 0x40, 0x01, 0x00, 0x00};

static const size_t steps[] = {0, 1, 2, 3, 7, 64};

static void
plain(void **state)
{
    static const char *rows[] = {"", "a", "\x1f", "\x1f.", "{\"a\":1}\n"};
    struct err e;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
            struct slice text = slice_str(rows[i]);

            assert_int_equal(drain(text, steps[k], false, 5, &n, &e), 0);
            assert_true(slice_eq(slice_of(out, n), text));
            assert_int_equal(drain(text, steps[k], true, 5, &n, &e), ERR_IO);
            assert_string_equal(e.text, "the disk is gone");
        }
}

static void
deflated(void **state)
{
    struct slice bytes = slice_of((const char *)squeezed, sizeof(squeezed));
    struct err e;
    size_t n;

    (void)state;
    for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++)
        for (size_t ask = 1; ask < 400; ask += 37) {
            assert_int_equal(drain(bytes, steps[k], false, ask, &n, &e), 0);
            assert_int_equal(n, 320);
            for (size_t i = 0; i < n; i += 8)
                assert_memory_equal(out + i, "{\"a\":1}\n", 8);
        }
}

/* Members one after the other, an empty one among them, are one text. */
static void
members(void **state)
{
    struct buf b = buf_over(packed, sizeof(packed));
    struct err e;
    size_t n;

    (void)state;
    memset(out, 'x', sizeof(out));
    put_member(&b, SLICE("first "));
    put_member(&b, SLICE(""));
    put_member(&b, slice_of(out, 200000));
    put_member(&b, SLICE(" last"));
    assert_false(b.full);
    for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
        assert_int_equal(drain(buf_slice(&b), steps[k], false, 1000, &n, &e),
                         0);
        assert_int_equal(n, 6 + 200000 + 5);
        assert_memory_equal(out, "first xxx", 9);
        assert_memory_equal(out + n - 8, "xxx last", 8);
    }
}

/* Every cut of two members is told, but for the one between them. */
static void
torn(void **state)
{
    struct buf b = buf_over(packed, sizeof(packed));
    size_t first, n;
    struct err e;

    (void)state;
    put_member(&b, SLICE("one"));
    first = b.n;
    put_member(&b, SLICE("two"));
    for (size_t cut = 2; cut < b.n; cut++)
        for (size_t k = 0; k < 2; k++) {
            ssize_t got =
                drain(slice_of(packed, cut), steps[k], false, 100, &n, &e);

            if (cut == first) {
                assert_int_equal(got, 0);
                assert_int_equal(n, 3);
                continue;
            }
            assert_int_equal(got, ERR_MORE);
            assert_non_null(strstr(e.text, "x.gz: (compressed offset "));
            assert_non_null(strstr(e.text, "ends in the middle"));
            /* What was there before the tear is not lost. */
            assert_true(cut < first || n >= 3);
        }
}

static void
damaged(void **state)
{
    static const struct {
        size_t at; /* offset of the byte that is changed; 0: one is added */
        unsigned char byte;
        const char *says;
    } rows[] = {
        {2, 7, "unknown compression method"},
        {3, 0xe0, "unknown header flags set"},
        {10, 7, "invalid block type"},
        {15, 'O', "incorrect data check"},
        {18, 0, "incorrect data check"},
        {22, 9, "incorrect length check"},
        {0, 'x', "garbage after the gzip data"},
        {0, 0, "garbage after the gzip data"},
        {0, 0x1f, "ends in the middle"},
    };
    struct err e;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (size_t k = 0; k < 2; k++) {
            struct buf b = buf_over(packed, sizeof(packed));

            put_member(&b, SLICE("one"));
            if (rows[i].at == 0)
                buf_byte(&b, rows[i].byte);
            else
                packed[rows[i].at] = (char)rows[i].byte;
            assert_true(drain(buf_slice(&b), steps[k], false, 50, &n, &e) < 0);
            if (strstr(e.text, rows[i].says) == NULL)
                fail_msg("row %zu: %s", i, e.text);
        }
}

/* Bytes that are in memory already are not copied, but for gzip. */
static void
views(void **state)
{
    struct slice plain_text = SLICE("{\"a\":1}");
    struct stream_mem m = {plain_text};
    struct stream in = stream_mem(&m), s;
    struct arena arena;
    struct slice all;
    struct err e;

    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(stream_sniff(&s, &in, SLICE("x"), &arena, &e), 0);
    assert_non_null(s.view);
    all = s.view(s.ctx);
    assert_ptr_equal(all.p, plain_text.p);
    assert_int_equal(all.n, plain_text.n);
    assert_int_equal(stream_read(&s, out, 8, &e), 0);

    m.left = slice_of((const char *)squeezed, sizeof(squeezed));
    assert_int_equal(stream_sniff(&s, &in, SLICE("x"), &arena, &e), 0);
    assert_null(s.view);
    assert_int_equal(stream_read(&s, out, 400, &e), 320);
    arena_init(&arena, memory, 8);
    assert_int_equal(stream_sniff(&s, &in, SLICE("x"), &arena, &e), ERR_MEMORY);
}

static void
no_memory(void **state)
{
    struct slice bytes = slice_of((const char *)squeezed, sizeof(squeezed));
    struct stream in, s;
    struct stream_mem m;
    struct arena arena;
    struct err e;

    (void)state;
    for (size_t size = 0; size <= 120000; size += 20000) {
        int rc;

        m = (struct stream_mem){bytes};
        in = stream_mem(&m);
        arena_init(&arena, memory, size);
        rc = stream_sniff(&s, &in, SLICE("x.gz"), &arena, &e);
        if (rc == 0)
            assert_int_equal(stream_read(&s, out, 400, &e), 320);
        else
            assert_int_equal(rc, ERR_MEMORY);
        assert_true(size < 120000 || rc == 0);
    }
}

static void
descriptor(void **state)
{
    struct stream_fd f = {.fd = -1, .name = SLICE("pipe")};
    struct stream s = stream_fd(&f);
    struct err e;
    int ends[2];

    (void)state;
    assert_int_equal(stream_read(&s, out, 8, &e), ERR_IO);
    assert_non_null(strstr(e.text, "pipe: (offset 0) "));
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    close(ends[1]);
    f.fd = ends[0];
    assert_int_equal(stream_read(&s, out, 3, &e), 3);
    assert_int_equal(stream_read(&s, out + 3, 8, &e), 2);
    assert_memory_equal(out, "hello", 5);
    assert_int_equal(stream_read(&s, out, 8, &e), 0);
    assert_int_equal(f.offset, 5);
    close(ends[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),      cmocka_unit_test(deflated),
        cmocka_unit_test(members),    cmocka_unit_test(torn),
        cmocka_unit_test(damaged),    cmocka_unit_test(no_memory),
        cmocka_unit_test(descriptor), cmocka_unit_test(views),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
