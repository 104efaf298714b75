/*
 * A message for a Teams workflow ("When a Teams webhook request is received",
 * learn.microsoft.com/connectors/teams): an Adaptive Card in an attachment, at
 * most 28 KB (learn.microsoft.com/microsoftteams/limits-specifications-teams).
 * Values stand in TextRuns, which know no markup at all; TextBlocks hold our
 * own words only.
 */
#include "output/formats.h"

/* Three bytes a character at most, and room for the frame: below 28 KB. */
#define TITLE_UNITS 200
#define CHANGES_UNITS 4000
#define FACT_UNITS 200

static const struct format_list changes = {
    .path = PROSE_PLAIN,
    .value = PROSE_PLAIN,
    .begin = SLICE_INIT(""),
    .between = SLICE_INIT(": "),
    .arrow = SLICE_INIT(" \xe2\x86\x92 "),
    .end = SLICE_INIT("\n"),
    .path_most = 80,
    .value_most = 150,
    .changes_most = 10,
};

/* Colours of the card's containers (adaptivecards.io, ContainerStyle). */
static const char *
style_of(const struct notice *n)
{
    if (n->kind == RECORD_RESOLVED)
        return "good";
    return n->severity <= SEVERITY_ERROR     ? "attention"
           : n->severity <= SEVERITY_WARNING ? "warning"
                                             : "accent";
}

/* {"type":"TextRun","text":...  still open. */
static void
put_run(struct buf *b, const struct prose *p)
{
    buf_put(b, SLICE("{\"type\":\"TextRun\",\"text\":"));
    prose_json(b, p);
}

static void
put_title(struct format *f, struct buf *b)
{
    struct prose p = formats_text(f, TITLE_UNITS);

    formats_headline(f, &p, PROSE_PLAIN);
    buf_put(b, SLICE("{\"type\":\"Container\",\"bleed\":true,\"style\":"));
    buf_json(b, slice_str(style_of(&f->notice)));
    buf_put(b, SLICE(",\"items\":[{\"type\":\"RichTextBlock\",\"inlines\":["));
    put_run(b, &p);
    buf_put(b, SLICE(",\"size\":\"large\",\"weight\":\"bolder\"}]}]}"));
}

static void
put_changes(struct format *f, struct buf *b)
{
    struct prose p = formats_text(f, CHANGES_UNITS);

    formats_changes(f, &p, &changes);
    buf_put(b, SLICE(",{\"type\":\"RichTextBlock\",\"inlines\":["));
    put_run(b, &p);
    buf_put(b, SLICE(",\"fontType\":\"monospace\"}]}"));
}

static void
put_facts(struct format *f, struct buf *b)
{
    struct slice label, value;

    for (size_t i = 0; formats_fact(f, i, &label, &value); i++) {
        struct prose p = formats_text(f, 20);

        if (value.n <= 2)
            continue;
        prose_put(&p, label);
        prose_put(&p, SLICE(": "));
        buf_put(b, SLICE(",{\"type\":\"RichTextBlock\",\"spacing\":\"none\","
                         "\"inlines\":["));
        put_run(b, &p);
        buf_put(b, SLICE(",\"weight\":\"bolder\"},"));
        p = formats_text(f, FACT_UNITS);
        prose_value(&p, value, PROSE_PLAIN, FACT_UNITS);
        put_run(b, &p);
        buf_put(b, SLICE("}]}"));
    }
}

/* How grave it is, and the id that the other outputs name too. */
static void
put_id(struct format *f, struct buf *b)
{
    struct prose p = formats_text(f, FACT_UNITS);

    prose_put(&p, severity_text(f->notice.severity));
    prose_put(&p, SLICE(" \xc2\xb7 "));
    prose_value(&p, f->notice.field[NOTICE_id], PROSE_PLAIN, FACT_UNITS - 20);
    buf_put(b, SLICE(",{\"type\":\"RichTextBlock\",\"inlines\":["));
    put_run(b, &p);
    buf_put(b, SLICE(",\"size\":\"small\"}]}"));
}

void
formats_teams(struct format *f, struct buf *b)
{
    char link[256];
    struct buf url = buf_over(link, sizeof(link));

    buf_put(b, SLICE("{\"type\":\"message\",\"attachments\":[{\"contentType\":"
                     "\"application/vnd.microsoft.card.adaptive\","
                     "\"contentUrl\":null,\"content\":{\"$schema\":"
                     "\"http://adaptivecards.io/schemas/adaptive-card.json\","
                     "\"type\":\"AdaptiveCard\",\"version\":\"1.4\","
                     "\"msteams\":{\"width\":\"Full\"},\"body\":["));
    put_title(f, b);
    put_changes(f, b);
    put_facts(f, b);
    put_id(f, b);
    buf_byte(b, ']');
    if (notice_link(&f->notice, &url)) {
        buf_put(b, SLICE(",\"actions\":[{\"type\":\"Action.OpenUrl\","
                         "\"title\":\"CloudTrail event\",\"url\":"));
        buf_json(b, buf_slice(&url));
        buf_put(b, SLICE("}]"));
    }
    buf_put(b, SLICE("}}]}"));
}
