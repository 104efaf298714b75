/*
 * Any bytes from a reader of the Falco socket: what they mean does not
 * depend on the pieces they come in.  The first byte says how long those are.
 */
#include "base/buf.h"
#include "base/text.h"
#include "output/falco_acks.h"

static char said[2][1u << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void
take(struct falco_acks *a, struct slice bytes, struct buf *b)
{
    enum falco_word word;
    struct slice id = SLICE("");

    while ((word = falco_acks_next(a, &bytes, &id)) != FALCO_NOTHING) {
        buf_byte(b, (unsigned char)('0' + (int)word));
        if (word != FALCO_ACK)
            continue;
        must(slice_chr(id, '\n') == id.n && id.n <= FALCO_ID_MAX_BYTES + 4);
        must(!falco_acks_fit(id) || text_utf8(id) == id.n);
        buf_put(b, id);
    }
    must(bytes.n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = buf_over(said[0], sizeof(said[0]));
    struct buf pieces = buf_over(said[1], sizeof(said[1]));
    struct falco_acks a = {0}, b = {0};
    struct slice text;
    size_t step;

    if (size < 2)
        return 0;
    text = slice_of((const char *)data + 1, size - 1);
    step = (size_t)data[0] + 1;
    take(&a, text, &whole);
    for (; text.n > 0; text = slice_from(text, step))
        take(&b, slice_head(text, step), &pieces);
    must(slice_eq(buf_slice(&whole), buf_slice(&pieces)));
    must(a.n == b.n && a.skipping == b.skipping);
    return 0;
}
