#include "output/falco_acks.h"

/* What a line means, without its newline. */
static enum falco_word
line_word(struct slice line, struct slice *id)
{
    if (slice_eq(line, SLICE("tfdrift 1")))
        return FALCO_GREETING;
    if (!slice_starts(line, SLICE("ack ")))
        return FALCO_OTHER;
    *id = slice_from(line, 4);
    return FALCO_ACK;
}

/* Lines may come in any pieces: what has no end yet is kept. */
enum falco_word
falco_acks_next(struct falco_acks *a, struct slice *bytes, struct slice *id)
{
    while (bytes->n > 0) {
        size_t n = slice_chr(*bytes, '\n');
        struct slice part = slice_head(*bytes, n), line;
        bool ends = n < bytes->n;

        *bytes = slice_from(*bytes, ends ? n + 1 : n);
        if (part.n > sizeof(a->line) - a->n) {
            a->skipping = true;
            a->n = 0;
        } else if (!a->skipping) {
            memcpy(a->line + a->n, part.p, part.n);
            a->n += part.n;
        }
        if (!ends)
            break;
        line = slice_of(a->line, a->n);
        a->n = 0;
        if (!a->skipping)
            return line_word(line, id);
        a->skipping = false;
    }
    return FALCO_NOTHING;
}

bool
falco_acks_fit(struct slice id)
{
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] <= ' ' || id.p[i] >= 0x7f || id.p[i] == '"' ||
            id.p[i] == '\\')
            return false;
    return id.n > 0 && id.n <= FALCO_ID_MAX_BYTES;
}
