/*
 * The line is our own (output/line.h), so that it is read by its pieces,
 * without unpacking it and without memory; a text that is not our own comes
 * to no harm, but may not be understood.
 */
#include "output/notice.h"

#include "aws/when.h"
#include "base/err.h"
#include "base/text.h"

#define EVENT_ID_MAX_BYTES 64
#define REGION_MAX_BYTES 32

/* One row for each key, as the line has them. */
static const struct slice keys[NOTICE_FIELDS] = {
#define RECORD_FIELD(member, shape, presence, sentence) \
    [NOTICE_##member] = SLICE_INIT(#member),
#include "drift/record_fields.def"
#undef RECORD_FIELD
};

struct slice
notice_key(enum notice_field f)
{
    return keys[f];
}

/* A JSON string without its quotes; empty for other values. */
static struct slice
inside(struct slice json)
{
    return json.n >= 2 && json.p[0] == '"' ? slice_of(json.p + 1, json.n - 2)
                                           : SLICE("");
}

/* The words of three enums, as find_word() asks for them. */
static struct slice
kind_text(int kind)
{
    return record_kind_text((enum record_kind)kind);
}

static struct slice
action_text(int action)
{
    return record_action_text((enum action)action);
}

static struct slice
level_text(int level)
{
    return severity_text((enum severity)level);
}

/* Which of n words a value is; -1: none. */
static int
find_word(struct slice json, struct slice (*word)(int), int n)
{
    struct slice text = inside(json);

    for (int i = 0; i < n; i++)
        if (slice_eq(text, word(i)))
            return i;
    return -1;
}

int
notice_read(struct notice *n, struct slice line)
{
    struct pieces p;
    struct slice key, value;
    int kind, action, severity;

    *n = (struct notice){.json = line};
    if (slice_ends(line, SLICE("\n")))
        n->json.n--;
    if (n->json.n < 2 || n->json.p[0] != '{' || n->json.p[n->json.n - 1] != '}')
        return ERR_SYNTAX;
    p = pieces_of(n->json);
    while (pieces_next(&p, &key, &value))
        for (size_t i = 0; i < NOTICE_FIELDS; i++)
            if (slice_eq(inside(key), keys[i]) && value.n > 0 &&
                !slice_eq(value, SLICE("null")))
                n->field[i] = value;
    /* Formats look these up in tables: only what is in them gets through. */
    kind = find_word(n->field[NOTICE_kind], kind_text, RECORD_RESOLVED + 1);
    action = find_word(n->field[NOTICE_action], action_text, ACTION_DELETE + 1);
    severity = find_word(n->field[NOTICE_severity], level_text, SEVERITY_COUNT);
    if (kind < 0 || action < 0 || severity < 0)
        return ERR_SYNTAX;
    n->kind = (enum record_kind)kind;
    n->action = (enum action)action;
    n->severity = (enum severity)severity;
    return 0;
}

struct pieces
notice_changes(const struct notice *n)
{
    return pieces_of(n->field[NOTICE_changes]);
}

/* Keys are written the same way in both places, so that they compare as they
 * are. */
static bool
is_hidden(const struct notice *n, struct slice path)
{
    struct pieces p = pieces_of(n->field[NOTICE_hidden]);
    struct slice key, value;

    while (pieces_next(&p, &key, &value))
        if (slice_eq(value, path))
            return true;
    return false;
}

bool
notice_change(const struct notice *n, struct pieces *p, struct notice_change *c)
{
    struct slice pair, key;
    struct pieces values;

    *c = (struct notice_change){.from = SLICE("null"), .to = SLICE("null")};
    if (!pieces_next(p, &c->path, &pair))
        return false;
    values = pieces_of(pair);
    if (pieces_next(&values, &key, &c->from))
        pieces_next(&values, &key, &c->to);
    c->hidden = is_hidden(n, c->path);
    return true;
}

size_t
notice_count(const struct notice *n)
{
    struct pieces p = notice_changes(n);
    struct slice key, value;
    size_t count = 0;

    while (pieces_next(&p, &key, &value))
        count++;
    return count;
}

bool
notice_time(const struct notice *n, char out[NOTICE_TIME_BYTES])
{
    int64_t ms = when_iso(inside(n->field[NOTICE_timestamp]));
    char stamp[WHEN_STAMP_BYTES];
    struct buf b = buf_over(out, NOTICE_TIME_BYTES);

    /* "20260102T030405Z" with its separators. */
    when_stamp(ms, stamp);
    for (size_t i = 0; i < sizeof(stamp); i++) {
        if (i == 4 || i == 6)
            buf_byte(&b, '-');
        else if (i == 11 || i == 13)
            buf_byte(&b, ':');
        buf_byte(&b, (unsigned char)stamp[i]);
    }
    return ms > 0 && !b.full;
}

/* The consoles of the partitions, by what their regions begin with. */
static const struct {
    struct slice prefix, domain;
} consoles[] = {
    {SLICE_INIT("us-gov-"), SLICE_INIT(".console.amazonaws-us-gov.com")},
    {SLICE_INIT("cn-"), SLICE_INIT(".console.amazonaws.cn")},
    {SLICE_INIT(""), SLICE_INIT(".console.aws.amazon.com")},
};

/* Lower-case letters, digits and hyphens: nothing that could lead a link
 * somewhere else. */
static bool
is_name(struct slice s, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !text_digit(s.p[i]) &&
            s.p[i] != '-')
            return false;
    return s.n > 0 && s.n <= most;
}

bool
notice_link(const struct notice *n, struct buf *b)
{
    struct slice region = inside(n->field[NOTICE_region]);
    struct slice id = inside(n->field[NOTICE_event_id]);
    size_t i = 0;

    /* "h-..." is our own name for an event that has none. */
    if (!is_name(region, REGION_MAX_BYTES) ||
        !is_name(id, EVENT_ID_MAX_BYTES) || slice_starts(id, SLICE("h-")))
        return false;
    while (!slice_starts(region, consoles[i].prefix))
        i++;
    buf_put(b, SLICE("https://"));
    buf_put(b, region);
    buf_put(b, consoles[i].domain);
    buf_put(b, SLICE("/cloudtrailv2/home?region="));
    buf_put(b, region);
    buf_put(b, SLICE("#/events/"));
    buf_put(b, id);
    return !b->full;
}
