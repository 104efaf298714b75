/*
 * A message for a Discord webhook: one embed
 * (discord.com/developers/docs/resources/message, "Embed limits"): title 256
 * characters, description 4,096, 25 fields with names of 256 and values of
 * 1,024, footer 2,048, and 6,000 for all of them together.
 */
#include "output/formats.h"

/* 256 + 2,800 + 10 x (10 + 200) + 300 is less than 6,000. */
#define TITLE_UNITS 256
#define DESCRIPTION_UNITS 2800
#define FACT_UNITS 200
#define FOOTER_UNITS 300

static const struct format_list changes = {
    .path = PROSE_DISCORD_CODE,
    .value = PROSE_DISCORD_CODE,
    .begin = SLICE_INIT("\xe2\x80\xa2 "),
    .between = SLICE_INIT(": "),
    .arrow = SLICE_INIT(" \xe2\x86\x92 "),
    .end = SLICE_INIT("\n"),
    .path_most = 120,
    .value_most = 300,
    .changes_most = 12,
};

/* 0xRRGGBB, gravest first; green is for what is over. */
static const uint32_t colours[SEVERITY_COUNT] = {
    [SEVERITY_EMERGENCY] = 0x8b0000,     [SEVERITY_ALERT] = 0xb22222,
    [SEVERITY_CRITICAL] = 0xdc143c,      [SEVERITY_ERROR] = 0xff4500,
    [SEVERITY_WARNING] = 0xffa500,       [SEVERITY_NOTICE] = 0x1e90ff,
    [SEVERITY_INFORMATIONAL] = 0x808080, [SEVERITY_DEBUG] = 0x808080,
};
#define COLOUR_RESOLVED 0x2e8b57u

static void
put_facts(struct format *f, struct buf *b)
{
    struct slice label, value, comma = SLICE("");

    buf_put(b, SLICE(",\"fields\":["));
    for (size_t i = 0; formats_fact(f, i, &label, &value); i++) {
        struct prose p = formats_text(f, FACT_UNITS);

        if (value.n <= 2)
            continue;
        prose_value(&p, value, PROSE_DISCORD_CODE, FACT_UNITS);
        buf_put(b, comma);
        buf_put(b, SLICE("{\"inline\":true,\"name\":"));
        buf_json(b, label);
        buf_put(b, SLICE(",\"value\":"));
        prose_json(b, &p);
        buf_byte(b, '}');
        comma = SLICE(",");
    }
    buf_byte(b, ']');
}

static void
put_embed(struct format *f, struct buf *b)
{
    struct prose p = formats_text(f, TITLE_UNITS);
    char at[NOTICE_TIME_BYTES], link[256];
    struct buf url = buf_over(link, sizeof(link));

    formats_headline(f, &p, PROSE_DISCORD);
    buf_put(b, SLICE("{\"title\":"));
    prose_json(b, &p);
    p = formats_text(f, DESCRIPTION_UNITS);
    formats_changes(f, &p, &changes);
    buf_put(b, SLICE(",\"description\":"));
    prose_json(b, &p);
    buf_put(b, SLICE(",\"color\":"));
    buf_u64(b, f->notice.kind == RECORD_RESOLVED ? COLOUR_RESOLVED
                                                 : colours[f->notice.severity]);
    if (notice_link(&f->notice, &url)) {
        buf_put(b, SLICE(",\"url\":"));
        buf_json(b, buf_slice(&url));
    }
    if (notice_time(&f->notice, at)) {
        buf_put(b, SLICE(",\"timestamp\":"));
        buf_json(b, slice_of(at, sizeof(at)));
    }
    put_facts(f, b);
    p = formats_text(f, FOOTER_UNITS);
    prose_put(&p, severity_text(f->notice.severity));
    prose_put(&p, SLICE(" \xc2\xb7 "));
    prose_value(&p, f->notice.field[NOTICE_id], PROSE_PLAIN, 280);
    buf_put(b, SLICE(",\"footer\":{\"text\":"));
    prose_json(b, &p);
    buf_put(b, SLICE("}}"));
}

/* Nobody is mentioned, whatever a value says. */
void
formats_discord(struct format *f, struct buf *b)
{
    buf_put(b, SLICE("{\"username\":\"tfdrift\",\"allowed_mentions\":"
                     "{\"parse\":[]},\"embeds\":["));
    put_embed(f, b);
    buf_put(b, SLICE("]}"));
}
