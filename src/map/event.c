#include "map/event.h"

#include "base/lanes.h"
#include "base/pack_text.h"
#include "base/text.h"
#include "map/cut.h"

#define SHOWN_MAX_BYTES 60 /* of a value in a sentence */

/*
 * Where AWS services have their names: docs.aws.amazon.com/IAM/latest/
 * UserGuide, reference-arns.html (partitions), and botocore's
 * endpoints.json (dnsSuffix).
 */
static const struct slice suffixes[] = {
    SLICE_INIT(".amazonaws.com"),  SLICE_INIT(".amazonaws.com.cn"),
    SLICE_INIT(".amazonaws.eu"),   SLICE_INIT(".c2s.ic.gov"),
    SLICE_INIT(".sc2s.sgov.gov"),  SLICE_INIT(".cloud.adc-e.uk"),
    SLICE_INIT(".csp.hci.ic.gov"),
};

/* Members of which a record has at least one: something that happened ... */
static const enum event_field marks[] = {EVENT_TIME, EVENT_VERSION, EVENT_ID,
                                         EVENT_TYPE, EVENT_ERROR_CODE};

/* ... and to whom, or where. */
static const enum event_field places[] = {EVENT_IDENTITY, EVENT_VERSION,
                                          EVENT_REGION};

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* The inside of a string that is not empty and has no escapes, or empty:
 * what names a service or a call is plain. */
static struct slice
plain_text(struct slice json)
{
    if (json.n <= 2 || json.p[0] != '"')
        return slice_of("", 0);
    return slice_of(json.p + 1, json.n - 2);
}

/* The label in front of the suffix is not compared: there are hundreds. */
static bool
is_service(struct slice source)
{
    for (size_t i = 0; i < LENGTH(suffixes); i++)
        if (source.n > suffixes[i].n && slice_ends(source, suffixes[i]))
            return true;
    return false;
}

/* Whether one of the fields is there, and is not null. */
static bool
has_one(const struct event *ev, const enum event_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct slice json = ev->field[fields[i]];

        if (json.n > 0 && json.p[0] != 'n')
            return true;
    }
    return false;
}

/* The sentence about an eventSource that is none of AWS's. */
static int
source_error(struct slice source, struct err *e)
{
    char shown[6 * SHOWN_MAX_BYTES + 2];
    struct buf b = buf_over(shown, sizeof(shown));

    if (source.n == 0)
        return err_set(e, ERR_FOREIGN,
                       "not a CloudTrail record: it has no eventSource");
    buf_json(&b, slice_head(plain_text(source), SHOWN_MAX_BYTES));
    return err_set(e, ERR_FOREIGN,
                   "not a CloudTrail record: eventSource is %.*s, "
                   "expected SERVICE.amazonaws.com",
                   SLICE_FMT(buf_slice(&b)));
}

int
event_check(const struct event *ev, struct err *e)
{
    struct slice source = ev->field[EVENT_SOURCE];

    /* The usual case at once; then why not, one after the other. */
    if (is_service(plain_text(source)) &&
        plain_text(ev->field[EVENT_NAME]).n > 0 &&
        has_one(ev, marks, LENGTH(marks)) &&
        has_one(ev, places, LENGTH(places)))
        return 0;
    if (!is_service(plain_text(source)))
        return source_error(source, e);
    if (plain_text(ev->field[EVENT_NAME]).n == 0)
        return err_set(e, ERR_FOREIGN,
                       "not a CloudTrail record: it has no eventName");
    if (!has_one(ev, marks, LENGTH(marks)))
        return err_set(e, ERR_FOREIGN,
                       "not a CloudTrail record: it has neither eventTime "
                       "nor eventVersion, eventID, eventType or errorCode");
    return err_set(e, ERR_FOREIGN,
                   "not a CloudTrail record: it has neither userIdentity "
                   "nor eventVersion or awsRegion");
}

int
event_decode(struct slice text, struct event *ev, size_t *at)
{
    struct slice object = text_trim(text);
    struct sweep sweep;
    struct cut c;
    size_t end = 0;
    int rc = ERR_SYNTAX;

    if (object.n > 0 && object.p[0] == '{') {
        sweep_init(&sweep, object, SWEEP_BATCH);
        sweep_next(&sweep, &sweep.at);
        rc = cut_object(&sweep, 0, false, &c, &end);
    }
    if (rc != CUT_OBJECT || end != object.n) {
        *at = object.n > 0 ? (size_t)(object.p - text.p) + end : text.n;
        return ERR_SYNTAX;
    }
    cut_event(&c, object, ev);
    return event_check(ev, NULL);
}

/* Lanes with all bytes of s, which are at most so many; some are there
 * twice, or are no bytes of s but zero. */
static inline lanes
lanes_short(struct slice s)
{
    char p[LANES] = {0};

    if (s.n >= 8) {
        memcpy(p, s.p, 8);
        memcpy(p + LANES - 8, s.p + s.n - 8, 8);
    } else if (s.n >= 4) {
        memcpy(p, s.p, 4);
        memcpy(p + 4, s.p + s.n - 4, 4);
    } else {
        for (size_t i = 0; i < s.n; i++)
            p[i] = s.p[i];
    }
    return lanes_load(p);
}

/* Whether there is neither quote nor backslash in s: so it is nearly always,
 * and every text an event is asked for passes here. */
static bool
is_plain(struct slice s)
{
    lanes quote = lanes_of('"'), backslash = lanes_of('\\'), x, found = {0};

    for (size_t i = LANES; i < s.n; i += LANES) {
        x = lanes_load(s.p + i - LANES);
        found |= lanes_same(x, quote) | lanes_same(x, backslash);
    }
    /* The last of them may overlap those before. */
    x = s.n < LANES ? lanes_short(s) : lanes_load(s.p + s.n - LANES);
    found |= lanes_same(x, quote) | lanes_same(x, backslash);
    return !lanes_any(found);
}

/* Whether a string's inside holds a quote that is not escaped: two strings
 * in a row, which the cut does not tell from one. */
static bool
is_torn(struct slice inside)
{
    for (size_t i = 0; i < inside.n; i++) {
        if (inside.p[i] == '"')
            return true;
        i += inside.p[i] == '\\';
    }
    return false;
}

int
event_string(struct slice json, struct arena *arena, struct slice *text)
{
    struct slice inside = plain_text(json);
    struct buf b;

    *text = inside;
    if (is_plain(inside))
        return 0;
    if (is_torn(inside))
        return ERR_SYNTAX;
    b = arena_open(arena);
    if (!text_unescape(&b, inside))
        return ERR_SYNTAX;
    inside = arena_keep(arena, &b);
    if (inside.p == NULL)
        return ERR_MEMORY;
    *text = inside;
    return 0;
}

struct slice
event_text(const struct event *ev, enum event_field f, struct arena *arena)
{
    struct slice json = ev->field[f], text;

    if (json.n == 0 || json.p[0] == 'n')
        return slice_of("", 0);
    if (json.p[0] != '"')
        return json;
    /* What cannot be unescaped is better shown as it is than not at all. */
    event_string(json, arena, &text);
    return text;
}

/* A string that is a JSON document, or nothing (an empty one, "null"). */
static struct value
string_value(struct slice json, const struct names *ns, struct arena *scratch,
             struct arena *out)
{
    struct value v = VALUE_NOTHING;
    struct slice text;
    int rc = event_string(json, scratch, &text);

    if (rc != 0)
        return VALUE_NOTHING;
    /* Tools that keep records in tables write "" and "null" for null. */
    text = text_trim(text);
    if (text.n == 0 || slice_eq(text, SLICE("null")))
        return VALUE_NOTHING;
    if (text.p[0] != '{' && text.p[0] != '[')
        text = json;
    rc = pack_json(ns, text, scratch, out, NULL, &v, NULL);
    return rc == 0 ? v : VALUE_NOTHING;
}

struct value
event_value(const struct event *ev, enum event_field f, const struct names *ns,
            struct arena *scratch, struct arena *out)
{
    size_t mark = arena_mark(scratch);
    struct slice json = ev->field[f];
    struct value v = VALUE_NOTHING;

    if (json.n == 0 || json.p[0] == 'n')
        return VALUE_NOTHING;
    if (json.p[0] == '"')
        v = string_value(json, ns, scratch, out);
    else if (pack_whole(ns, json, scratch, out, &v) != 0)
        v = VALUE_NOTHING;
    arena_reset(scratch, mark);
    return v;
}
