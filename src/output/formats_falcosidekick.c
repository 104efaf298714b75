/*
 * What falcosidekick takes on POST / (github.com/falcosecurity/falcosidekick,
 * handlers.go and types/types.go): Falco's own alert as JSON.  priority, rule,
 * time (RFC 3339) and some output_fields must be there, or it answers 400.
 * Above 4,096 bytes it cuts strings of more than 512 characters, so none is
 * longer here.  Fields are called as in the Falco plugin.
 */
#include "base/text.h"
#include "output/formats.h"

#define STRING_UNITS 512
#define CHANGES_MAX 24 /* that become fields; "more" counts the rest */

/* Falco's spelling of the priorities (falco.org/docs/concepts/rules). */
static const struct slice priorities[SEVERITY_COUNT] = {
    [SEVERITY_EMERGENCY] = SLICE_INIT("Emergency"),
    [SEVERITY_ALERT] = SLICE_INIT("Alert"),
    [SEVERITY_CRITICAL] = SLICE_INIT("Critical"),
    [SEVERITY_ERROR] = SLICE_INIT("Error"),
    [SEVERITY_WARNING] = SLICE_INIT("Warning"),
    [SEVERITY_NOTICE] = SLICE_INIT("Notice"),
    [SEVERITY_INFORMATIONAL] = SLICE_INIT("Informational"),
    [SEVERITY_DEBUG] = SLICE_INIT("Debug"),
};

static const struct slice rules[] = {
    [RECORD_DRIFT] = SLICE_INIT("Terraform drift"),
    [RECORD_UNMANAGED] = SLICE_INIT("Resource outside Terraform"),
    [RECORD_RESOLVED] = SLICE_INIT("Terraform drift resolved"),
};

/* Fields of the plugin that are called otherwise in a record. */
static const struct {
    enum notice_field field;
    struct slice name;
} renamed[] = {
    {NOTICE_source_ip, SLICE_INIT("sourceip")},
    {NOTICE_user_agent, SLICE_INIT("useragent")},
};

static struct slice
field_name(enum notice_field f)
{
    for (size_t i = 0; i < sizeof(renamed) / sizeof(*renamed); i++)
        if (renamed[i].field == f)
            return renamed[i].name;
    return notice_key(f);
}

/* ,"key":"text" */
static void
put_text(struct buf *b, struct slice key, const struct prose *p)
{
    buf_byte(b, ',');
    buf_json(b, key);
    buf_byte(b, ':');
    prose_json(b, p);
}

/* Every value is a string, as Falco's own are in most outputs. */
static void
put_fields(struct format *f, struct buf *b)
{
    char key[64];

    for (size_t i = 0; i < NOTICE_FIELDS; i++) {
        struct slice value = f->notice.field[i];
        struct buf name = buf_over(key, sizeof(key));
        struct prose p = formats_text(f, STRING_UNITS);

        if (value.p == NULL || i == NOTICE_changes || i == NOTICE_severity)
            continue;
        buf_put(&name, SLICE("tfdrift."));
        buf_put(&name, field_name((enum notice_field)i));
        prose_value(&p, value, PROSE_PLAIN, STRING_UNITS);
        put_text(b, buf_slice(&name), &p);
    }
}

/* "tfdrift.change[PATH]":"old->new", as the plugin gives it. */
static void
put_change(struct format *f, struct buf *b, const struct notice_change *c)
{
    char mem[PROSE_BYTES(STRING_UNITS)];
    struct prose key = prose_over(mem, STRING_UNITS);
    struct prose p = formats_text(f, STRING_UNITS);

    prose_put(&key, SLICE("tfdrift.change["));
    prose_value(&key, c->path, PROSE_PLAIN, 200);
    prose_put(&key, SLICE("]"));
    prose_value(&p, c->from, PROSE_PLAIN, STRING_UNITS / 2 - 1);
    prose_put(&p, SLICE("->"));
    prose_value(&p, c->hidden ? SLICE("\"(hidden)\"") : c->to, PROSE_PLAIN,
                STRING_UNITS / 2 - 1);
    put_text(b, buf_slice(&key.b), &p);
}

static void
put_changes(struct format *f, struct buf *b)
{
    struct pieces left = notice_changes(&f->notice);
    char mem[PROSE_BYTES(STRING_UNITS)];
    struct prose paths = prose_over(mem, STRING_UNITS);
    struct notice_change c;
    size_t count = 0;

    for (; count < CHANGES_MAX && notice_change(&f->notice, &left, &c);
         count++) {
        put_change(f, b, &c);
        if (count > 0)
            prose_put(&paths, SLICE(","));
        prose_value(&paths, c.path, PROSE_PLAIN, 100);
    }
    if (count > 0)
        put_text(b, SLICE("tfdrift.attributes"), &paths);
}

/* "tags", which outputs use to route by: what is safe in all of them. */
static void
put_tags(struct format *f, struct buf *b)
{
    static const enum notice_field from[] = {NOTICE_kind, NOTICE_service,
                                             NOTICE_type};

    buf_put(b, SLICE(",\"tags\":[\"terraform\""));
    for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
        struct prose p = formats_text(f, 100);

        if (f->notice.field[from[i]].n <= 2)
            continue;
        prose_value(&p, f->notice.field[from[i]], PROSE_PLAIN, 100);
        buf_byte(b, ',');
        prose_json(b, &p);
    }
    buf_byte(b, ']');
}

void
formats_falcosidekick(struct format *f, struct buf *b)
{
    char at[NOTICE_TIME_BYTES];
    struct prose p = formats_text(f, STRING_UNITS);

    buf_put(b, SLICE("{\"source\":\"tfdrift\",\"hostname\":"));
    buf_json(b, f->hostname);
    buf_put(b, SLICE(",\"priority\":"));
    buf_json(b, priorities[f->notice.severity]);
    buf_put(b, SLICE(",\"rule\":"));
    buf_json(b, rules[f->notice.kind]);
    /* A record without a good time is rare; one that is refused is lost. */
    buf_put(b, SLICE(",\"time\":"));
    buf_json(b, notice_time(&f->notice, at) ? slice_of(at, sizeof(at))
                                            : SLICE("1970-01-01T00:00:00Z"));
    formats_summary(f, &p, PROSE_PLAIN);
    put_text(b, SLICE("output"), &p);
    put_tags(f, b);
    buf_put(b, SLICE(",\"output_fields\":{\"tfdrift.severity\":"));
    buf_json(b, severity_text(f->notice.severity));
    put_fields(f, b);
    put_changes(f, b);
    buf_put(b, SLICE("}}"));
}
