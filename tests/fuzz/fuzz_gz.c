/*
 * Any bytes as a stream that may be gzipped: it ends, or fails for good, and
 * gives the same however it is cut.  What is not gzip passes as it is.  The
 * first byte says how the stream is cut; from the second on, gzip's header is
 * put in front when the first one is odd, so that inflate() is reached.
 */
#include "base/stream.h"
#include "tests/unit/base/dribble.h"

#define OUT_MAX_BYTES (4u << 20) /* looked at; a bomb has more */

static char memory[2][256u << 10], out[2][4096], input[1u << 17];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

/* Exactly n bytes, or as many as there are; negative when none but ERR_*. */
static ssize_t
take(struct stream *s, char *p, size_t n)
{
    ssize_t got = 1;
    size_t done = 0;

    while (done < n && got > 0) {
        got = stream_read(s, p + done, n - done, NULL);
        must(got <= (ssize_t)(n - done));
        done += got > 0 ? (size_t)got : 0;
    }
    return done > 0 ? (ssize_t)done : got;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct slice header =
        SLICE_INIT("\x1f\x8b\x08\0\0\0\0\0\0\xff");
    struct buf b = buf_over(input, sizeof(input));
    struct dribble d[2];
    struct stream in[2], s[2];
    struct arena arena[2];
    ssize_t got[2];
    int rc[2];
    size_t total = 0;

    if (size == 0)
        return 0;
    if (data[0] % 2 == 1)
        buf_put(&b, header);
    buf_put(&b, slice_of((const char *)data + 1, size - 1));
    for (int i = 0; i < 2; i++) {
        d[i] = (struct dribble){buf_slice(&b), i * (data[0] / 2), false};
        in[i] = dribble_stream(&d[i]);
        arena_init(&arena[i], memory[i], sizeof(memory[i]));
        rc[i] = stream_sniff(&s[i], &in[i], SLICE("x"), &arena[i], NULL);
    }
    must(rc[0] == 0 && rc[1] == 0);
    do {
        for (int i = 0; i < 2; i++)
            got[i] = take(&s[i], out[i], sizeof(out[i]));
        must(got[0] == got[1]);
        must(got[0] <= 0 || memcmp(out[0], out[1], (size_t)got[0]) == 0);
        total += got[0] > 0 ? (size_t)got[0] : 0;
    } while (got[0] > 0 && total < OUT_MAX_BYTES);
    if (got[0] < 0)
        must(stream_read(&s[0], out[0], 1, NULL) < 0);
    if (b.n < 2 || memcmp(input, "\x1f\x8b", 2) != 0)
        must(total == b.n && got[0] == 0);
    return 0;
}
