/*
 * Any bytes as a record's line: every format either refuses it or writes
 * valid JSON (those that hold the record itself: if it is valid itself)
 * within its room, and the texts in it stay within their limits.  The last
 * byte chooses the service.
 */
#include "base/err.h"
#include "base/pack.h"
#include "base/text.h"
#include "output/formats.h"

static char body[FORMATS_BODY_MAX_BYTES], line[RECORD_LINE_MAX_BYTES];
static char memory[2][4u << 20];
static struct format format;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static bool
is_json(struct slice text)
{
    const struct names none = {0};
    struct arena scratch, out;
    struct value v;

    arena_init(&scratch, memory[0], sizeof(memory[0]));
    arena_init(&out, memory[1], sizeof(memory[1]));
    return pack_json(&none, text, &scratch, &out, NULL, &v, NULL) == 0;
}

/* No text is longer than it may be, nor holds more than it has room for. */
static void
look_at_texts(void)
{
    for (size_t i = 0; i < NOTICE_FIELDS; i++)
        for (int m = 0; m < PROSE_MARKUPS; m++) {
            struct prose p = formats_text(&format, 40);

            if (format.notice.field[i].p == NULL)
                continue;
            prose_value(&p, format.notice.field[i], (enum prose_markup)m, 30);
            must(p.units <= 30 && !p.b.full);
            must(text_utf8(buf_slice(&p.b)) == p.b.n || m == PROSE_PLAIN ||
                 memchr(p.b.p, '"', p.b.n) != NULL ||
                 memchr(p.b.p, '\\', p.b.n) != NULL);
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const enum output_type types = OUTPUT_TYPES - OUTPUT_HTTP;
    struct buf b = buf_over(body, sizeof(body));
    enum output_type type;
    struct slice text;
    int rc;

    if (size < 2 || size > sizeof(line))
        return 0;
    type = OUTPUT_HTTP + data[size - 1] % types;
    memcpy(line, data, size - 1);
    text = slice_of(line, size - 1);
    format.hostname = SLICE("host");
    format.routing_key = SLICE("key");
    rc = formats_write(&format, type, text, &b);
    must(rc == 0 || rc == ERR_SYNTAX);
    if (rc < 0)
        return 0;
    look_at_texts();
    if ((type != OUTPUT_HTTP && type != OUTPUT_PAGERDUTY) ||
        is_json(format.notice.json))
        must(is_json(buf_slice(&b)));
    if (type == OUTPUT_TEAMS)
        must(b.n <= 28u << 10);
    return 0;
}
