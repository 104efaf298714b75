/*
 * A message for a Slack incoming webhook, in blocks.  Limits
 * (docs.slack.dev/reference/block-kit/blocks): header 150 characters, section
 * text 3,000, ten fields of 2,000, context elements of 2,000; 50 blocks.
 */
#include "output/formats.h"

#define HEADER_UNITS 150
#define SECTION_UNITS 2900
#define FIELD_UNITS 300
#define SUMMARY_UNITS 1000

/* Colours of a traffic light, so that a channel can be read at a glance. */
static const struct slice signs[SEVERITY_COUNT] = {
    [SEVERITY_EMERGENCY] = SLICE_INIT("\xf0\x9f\x94\xb4 "),
    [SEVERITY_ALERT] = SLICE_INIT("\xf0\x9f\x94\xb4 "),
    [SEVERITY_CRITICAL] = SLICE_INIT("\xf0\x9f\x94\xb4 "),
    [SEVERITY_ERROR] = SLICE_INIT("\xf0\x9f\x9f\xa0 "),
    [SEVERITY_WARNING] = SLICE_INIT("\xf0\x9f\x9f\xa1 "),
    [SEVERITY_NOTICE] = SLICE_INIT("\xf0\x9f\x94\xb5 "),
    [SEVERITY_INFORMATIONAL] = SLICE_INIT("\xe2\x9a\xaa "),
    [SEVERITY_DEBUG] = SLICE_INIT("\xe2\x9a\xaa "),
};

static const struct format_list changes = {
    .path = PROSE_SLACK_CODE,
    .value = PROSE_SLACK_CODE,
    .begin = SLICE_INIT("\xe2\x80\xa2 "),
    .between = SLICE_INIT(": "),
    .arrow = SLICE_INIT(" \xe2\x86\x92 "),
    .end = SLICE_INIT("\n"),
    .path_most = 120,
    .value_most = 300,
    .changes_most = 12,
};

/* The line above the blocks is what notifications and old clients show. */
static void
put_head(struct format *f, struct buf *b)
{
    struct prose p = formats_text(f, SUMMARY_UNITS);

    formats_summary(f, &p, PROSE_SLACK);
    buf_put(b, SLICE("{\"text\":"));
    prose_json(b, &p);
    p = formats_text(f, HEADER_UNITS);
    prose_put(&p, f->notice.kind == RECORD_RESOLVED
                      ? SLICE("\xe2\x9c\x85 ")
                      : signs[f->notice.severity]);
    formats_headline(f, &p, PROSE_PLAIN);
    buf_put(b, SLICE(",\"blocks\":[{\"type\":\"header\",\"text\":{\"type\":"
                     "\"plain_text\",\"emoji\":false,\"text\":"));
    prose_json(b, &p);
    buf_put(b, SLICE("}}"));
}

static void
put_changes(struct format *f, struct buf *b)
{
    struct prose p = formats_text(f, SECTION_UNITS);

    formats_changes(f, &p, &changes);
    buf_put(b, SLICE(",{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\","
                     "\"text\":"));
    prose_json(b, &p);
    buf_put(b, SLICE("}}"));
}

/* As many as there are facts, which is ten at most. */
static void
put_facts(struct format *f, struct buf *b)
{
    struct slice label, value, comma = SLICE("");

    buf_put(b, SLICE(",{\"type\":\"section\",\"fields\":["));
    for (size_t i = 0; formats_fact(f, i, &label, &value); i++) {
        struct prose p = formats_text(f, FIELD_UNITS);

        if (value.n <= 2)
            continue;
        prose_put(&p, SLICE("*"));
        prose_put(&p, label);
        prose_put(&p, SLICE("*\n"));
        prose_value(&p, value, PROSE_SLACK_CODE, FIELD_UNITS - 20);
        buf_put(b, comma);
        buf_put(b, SLICE("{\"type\":\"mrkdwn\",\"text\":"));
        prose_json(b, &p);
        buf_byte(b, '}');
        comma = SLICE(",");
    }
    buf_put(b, SLICE("]}"));
}

/* Where to look next, and the id that the other outputs name too. */
static void
put_context(struct format *f, struct buf *b)
{
    char link[256];
    struct buf url = buf_over(link, sizeof(link));
    struct prose p = formats_text(f, 1000);

    prose_put(&p, severity_text(f->notice.severity));
    prose_put(&p, SLICE(" \xc2\xb7 "));
    if (notice_link(&f->notice, &url)) {
        prose_put(&p, SLICE("<"));
        prose_put(&p, buf_slice(&url));
        prose_put(&p, SLICE("|CloudTrail event> \xc2\xb7 "));
    }
    prose_value(&p, f->notice.field[NOTICE_id], PROSE_SLACK_CODE, 300);
    buf_put(b, SLICE(",{\"type\":\"context\",\"elements\":[{\"type\":"
                     "\"mrkdwn\",\"text\":"));
    prose_json(b, &p);
    buf_put(b, SLICE("}]}"));
}

void
formats_slack(struct format *f, struct buf *b)
{
    put_head(f, b);
    put_changes(f, b);
    put_facts(f, b);
    put_context(f, b);
    buf_put(b, SLICE("]}"));
}
