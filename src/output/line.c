#include "output/line.h"

#include "drift/record_text.h"

/* The words of record_fields.def. */
enum shape {
    TEXT,
    NULLABLE,
    CHANGES,
    KIND,
    ACTION,
    SEVERITY,
    HIDDEN,
    FLAG,
    COUNT
};
enum presence { ALWAYS, KNOWN, IF_TRUE, IF_FALSE };

/* One key. */
struct field {
    struct slice key; /* ,"key": */
    size_t offset;    /* of the member in struct record */
    enum shape shape;
    enum presence presence;
};

static const struct field fields[] = {
#define RECORD_FIELD(member, shape, presence, sentence)                       \
    {SLICE_INIT(",\"" #member "\":"), offsetof(struct record, member), shape, \
     presence},
#include "drift/record_fields.def"
#undef RECORD_FIELD
};

/* All texts are bounded here, wherever they come from. */
static void
put_text(struct buf *b, struct slice s)
{
    record_text(b, s, RECORD_TEXT_MAX_BYTES);
}

/* Their values are JSON already, and bounded by record_finish(). */
static void
put_changes(struct buf *b, const struct record_changes *c)
{
    buf_byte(b, '{');
    for (size_t i = 0; i < c->n; i++) {
        if (i > 0)
            buf_byte(b, ',');
        put_text(b, c->list[i].path);
        buf_put(b, SLICE(":["));
        buf_put(b, c->list[i].old_json);
        buf_byte(b, ',');
        buf_put(b, c->list[i].new_json);
        buf_byte(b, ']');
    }
    buf_byte(b, '}');
}

/* Paths whose new value CloudTrail does not show. */
static void
put_hidden(struct buf *b, const struct record_changes *c)
{
    const char *comma = "";

    buf_byte(b, '[');
    for (size_t i = 0; i < c->n; i++) {
        if (!c->list[i].hidden)
            continue;
        buf_put(b, slice_str(comma));
        put_text(b, c->list[i].path);
        comma = ",";
    }
    buf_byte(b, ']');
}

/* Whether a key is there in this record. */
static bool
is_present(const struct record *r, const struct field *f)
{
    const void *at = (const char *)r + f->offset;

    switch (f->presence) {
    case IF_TRUE:
        return *(const bool *)at;
    case IF_FALSE:
        return !*(const bool *)at;
    case KNOWN:
        return f->shape == HIDDEN || f->shape == COUNT
                   ? *(const size_t *)at > 0
                   : ((const struct slice *)at)->n > 0;
    default:
        return true;
    }
}

/* One function for all shapes: a new key of a known shape is one row. */
static void
put_value(struct buf *b, const struct record *r, const struct field *f)
{
    const void *at = (const char *)r + f->offset;
    const struct slice *text = at;

    switch (f->shape) {
    case NULLABLE:
        if (text->p == NULL) {
            buf_put(b, SLICE("null"));
            break;
        }
        /* fall through */
    case TEXT:
        put_text(b, *text);
        break;
    case CHANGES:
        put_changes(b, at);
        break;
    case KIND:
        put_text(b, record_kind_text(r->kind));
        break;
    case ACTION:
        put_text(b, record_action_text(r->action));
        break;
    case SEVERITY:
        put_text(b, severity_text(r->severity));
        break;
    case HIDDEN:
        put_hidden(b, &r->changes);
        break;
    case FLAG:
        buf_put(b, *(const bool *)at ? SLICE("true") : SLICE("false"));
        break;
    case COUNT:
        buf_u64(b, *(const size_t *)at);
        break;
    }
}

void
line_record(struct buf *b, const struct record *r)
{
    size_t skip = 1; /* the first key's comma */

    buf_byte(b, '{');
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        const struct field *f = &fields[i];

        if (!is_present(r, f))
            continue;
        buf_put(b, slice_from(f->key, skip));
        put_value(b, r, f);
        skip = 0;
    }
    buf_byte(b, '}');
}
