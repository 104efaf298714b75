/*
 * An event for PagerDuty's Events API v2
 * (developer.pagerduty.com/docs/events-api-v2/trigger-events): `trigger` for
 * a drift, with the record's id as its dedup_key, and `resolve` with the same
 * key when a later record settles it.  Limits: dedup_key 255 characters,
 * summary 1,024, the whole event 512 KB.
 */
#include "base/text.h"
#include "output/formats.h"

#define DEDUP_UNITS 255
#define SUMMARY_UNITS 1024
#define TEXT_UNITS 255

static const struct slice severities[SEVERITY_COUNT] = {
    [SEVERITY_EMERGENCY] = SLICE_INIT("critical"),
    [SEVERITY_ALERT] = SLICE_INIT("critical"),
    [SEVERITY_CRITICAL] = SLICE_INIT("critical"),
    [SEVERITY_ERROR] = SLICE_INIT("error"),
    [SEVERITY_WARNING] = SLICE_INIT("warning"),
    [SEVERITY_NOTICE] = SLICE_INIT("info"),
    [SEVERITY_INFORMATIONAL] = SLICE_INIT("info"),
    [SEVERITY_DEBUG] = SLICE_INIT("info"),
};

/* An id that is too long is cut; a hash of all of it keeps it its own. */
static void
put_dedup_key(struct format *f, struct buf *b, struct slice id)
{
    char hash[17];
    struct buf hex = buf_over(hash, sizeof(hash));
    struct prose p = formats_text(f, DEDUP_UNITS);

    if (id.n <= DEDUP_UNITS) {
        prose_value(&p, id, PROSE_PLAIN, DEDUP_UNITS);
    } else {
        prose_value(&p, id, PROSE_PLAIN, 200);
        buf_fmt(&hex, "%016llx", (unsigned long long)text_hash(id));
        prose_put(&p, buf_slice(&hex));
    }
    prose_json(b, &p);
}

/* ,"key":value for a member that may be missing. */
static void
put_member(struct format *f, struct buf *b, const char *key,
           enum notice_field field)
{
    struct slice value = f->notice.field[field];
    struct prose p = formats_text(f, TEXT_UNITS);

    if (value.n <= 2)
        return;
    prose_value(&p, value, PROSE_PLAIN, TEXT_UNITS);
    buf_byte(b, ',');
    buf_json(b, slice_str(key));
    buf_byte(b, ':');
    prose_json(b, &p);
}

static void
put_payload(struct format *f, struct buf *b)
{
    struct prose p = formats_text(f, SUMMARY_UNITS);
    char at[NOTICE_TIME_BYTES];

    formats_summary(f, &p, PROSE_PLAIN);
    buf_put(b, SLICE(",\"payload\":{\"summary\":"));
    prose_json(b, &p);
    /* What the state calls the resource is not always known; its id is. */
    p = formats_text(f, TEXT_UNITS);
    prose_value(&p,
                f->notice.field[NOTICE_resource].n > 2
                    ? f->notice.field[NOTICE_resource]
                    : SLICE("\"unknown\""),
                PROSE_PLAIN, TEXT_UNITS);
    buf_put(b, SLICE(",\"source\":"));
    prose_json(b, &p);
    buf_put(b, SLICE(",\"severity\":"));
    buf_json(b, severities[f->notice.severity]);
    if (notice_time(&f->notice, at)) {
        buf_put(b, SLICE(",\"timestamp\":"));
        buf_json(b, slice_of(at, sizeof(at)));
    }
    put_member(f, b, "component", NOTICE_address);
    put_member(f, b, "group", NOTICE_state);
    put_member(f, b, "class", NOTICE_event);
    buf_put(b, SLICE(",\"custom_details\":"));
    buf_put(b, f->notice.json);
    buf_byte(b, '}');
}

void
formats_pagerduty(struct format *f, struct buf *b)
{
    bool resolves = f->notice.kind == RECORD_RESOLVED &&
                    f->notice.field[NOTICE_resolves].p != NULL;
    char link[256];
    struct buf url = buf_over(link, sizeof(link));

    buf_put(b, SLICE("{\"routing_key\":"));
    buf_json(b, f->routing_key);
    buf_put(b, resolves ? SLICE(",\"event_action\":\"resolve\"")
                        : SLICE(",\"event_action\":\"trigger\""));
    buf_put(b, SLICE(",\"dedup_key\":"));
    put_dedup_key(f, b,
                  f->notice.field[resolves ? NOTICE_resolves : NOTICE_id]);
    if (!resolves) {
        put_payload(f, b);
        buf_put(b, SLICE(",\"client\":\"tfdrift\""));
        if (notice_link(&f->notice, &url)) {
            buf_put(b, SLICE(",\"links\":[{\"href\":"));
            buf_json(b, buf_slice(&url));
            buf_put(b, SLICE(",\"text\":\"CloudTrail event\"}]"));
        }
    }
    buf_byte(b, '}');
}
