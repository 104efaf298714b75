#include "falco/fields.h"

#include <arpa/inet.h>

#include "falco/change.h"

/* Shapes and presences of record_fields.def and fields.def. */
enum shape {
    TEXT,
    NULLABLE,
    CHANGES,
    KIND,
    ACTION,
    SEVERITY,
    HIDDEN,
    FLAG,
    COUNT,
    ADDRESS,
    PATHS,
    PAIR,
    OLD,
    NEW,
    SUMMARY
};
enum presence { ALWAYS, KNOWN, IF_TRUE, IF_FALSE };

/* Its place in the table is its id: Falco counts fields as in the JSON. */
struct field {
    struct slice key; /* of the record */
    enum shape shape;
    enum presence presence;
};

static const struct field fields[] = {
#define RECORD_FIELD(member, shape, presence, sentence) \
    {SLICE_INIT(#member), shape, presence},
#include "drift/record_fields.def"
#undef RECORD_FIELD
#define PLUGIN_FIELD(name, shape, key, sentence) \
    {SLICE_INIT(#key), shape, ALWAYS},
#include "falco/fields.def"
#undef PLUGIN_FIELD
    {SLICE_INIT(""), SUMMARY, ALWAYS},
};

/* What get_fields() says of each shape. */
#define JSON_TEXT "\"type\":\"string\""
#define JSON_NULLABLE JSON_TEXT
#define JSON_KIND JSON_TEXT
#define JSON_ACTION JSON_TEXT
#define JSON_SEVERITY JSON_TEXT
#define JSON_LIST JSON_TEXT ",\"isList\":true"
#define JSON_HIDDEN JSON_LIST
#define JSON_CHANGES JSON_LIST
#define JSON_PATHS JSON_LIST
#define JSON_FLAG "\"type\":\"bool\""
#define JSON_COUNT "\"type\":\"uint64\""
#define JSON_ADDRESS "\"type\":\"ipnet\""
#define JSON_KEYED JSON_TEXT ",\"arg\":{\"isRequired\":true,\"isKey\":true}"
#define JSON_PAIR JSON_KEYED
#define JSON_OLD JSON_KEYED
#define JSON_NEW JSON_KEYED
#define JSON_FIELD(name, shape, sentence) \
    "{\"name\":\"tfdrift." name "\"," JSON_##shape ",\"desc\":\"" sentence "\"}"

/* The summary is made of all keys, has no row, and ends the list. */
const char fields_json[] = "["
#define RECORD_FIELD(member, shape, presence, sentence) \
    JSON_FIELD(#member, shape, sentence) ","
#include "drift/record_fields.def"
#undef RECORD_FIELD
#define PLUGIN_FIELD(name, shape, key, sentence) \
    JSON_FIELD(#name, shape, sentence) ","
#include "falco/fields.def"
#undef PLUGIN_FIELD
    JSON_FIELD("summary", TEXT, "the whole record in one line") "]";

/* Ends a text that was opened with arena_open(); NULL when it did not fit. */
static const char *
keep(struct arena *arena, struct buf *b)
{
    buf_byte(b, '\0');
    return arena_keep(arena, b).p;
}

/* Anything as text, whatever a key holds: nothing is refused for it. */
static const char *
keep_value(struct message *m, struct arena *arena, struct value v)
{
    struct buf b = arena_open(arena);

    change_put_value(&b, m, v);
    return keep(arena, &b);
}

/* One text as the value of a field; NULL: none. */
static void
give_text(ss_plugin_extract_field *f, struct arena *arena, const char *text)
{
    const char **list = arena_alloc(arena, sizeof(*list));

    if (list == NULL || text == NULL)
        return;
    *list = text;
    f->res.str = list;
    f->res_len = 1;
}

/* Counts are small; 18 digits cannot overflow whatever is sent. */
static void
give_number(ss_plugin_extract_field *f, struct arena *arena,
            struct slice digits)
{
    uint64_t *number = arena_alloc(arena, sizeof(*number));

    if (number == NULL)
        return;
    *number = 0;
    for (size_t i = 0; i < digits.n && i < 18; i++)
        if (digits.p[i] >= '0' && digits.p[i] <= '9')
            *number = *number * 10 + (uint64_t)(digits.p[i] - '0');
    f->res.u64 = number;
    f->res_len = 1;
}

/* A flag that is left out says what it says when there is nothing to say. */
static void
give_flag(ss_plugin_extract_field *f, struct arena *arena, struct value v,
          bool preset)
{
    ss_plugin_bool *flag = arena_alloc(arena, sizeof(*flag));

    if (flag == NULL)
        return;
    *flag = preset;
    if (value_is(v, VALUE_TRUE) || value_is(v, VALUE_FALSE))
        *flag = value_is(v, VALUE_TRUE);
    f->res.boolean = flag;
    f->res_len = 1;
}

/* Its length tells the framework which of the two kinds it is. */
static void
give_address(ss_plugin_extract_field *f, struct arena *arena, struct slice s)
{
    ss_plugin_byte_buffer *buf = arena_alloc(arena, sizeof(*buf));
    char text[INET6_ADDRSTRLEN], *ip = arena_alloc(arena, 16);

    if (buf == NULL || ip == NULL || s.n >= sizeof(text))
        return;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    if (inet_pton(AF_INET, text, ip) == 1)
        *buf = (ss_plugin_byte_buffer){4, ip};
    else if (inet_pton(AF_INET6, text, ip) == 1)
        *buf = (ss_plugin_byte_buffer){16, ip};
    else
        return;
    f->res.buf = buf;
    f->res_len = 1;
}

/* Texts of a list, one for each item of an array or object: all of them or,
 * when they do not fit, none, so that no rule decides on a half. */
static void
give_list(ss_plugin_extract_field *f, struct arena *arena, struct message *m,
          struct value v, enum shape shape)
{
    size_t n = value_count(v), at = 0;
    const char **list = arena_alloc(arena, (n + 1) * sizeof(*list));
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;

    if (list == NULL)
        return;
    while (value_next(&it, &key, &item)) {
        struct change_pair pair = {key.text, value_at(item, 0),
                                   value_at(item, 1)};
        struct buf b = arena_open(arena);

        if (it.keyed)
            change_put_text(&b, pair.path);
        else
            change_put_value(&b, m, item);
        if (shape == CHANGES && it.keyed) {
            buf_put(&b, SLICE(": "));
            change_put(&b, m, &pair);
        }
        list[at] = keep(arena, &b);
        if (list[at] == NULL)
            return;
        at++;
    }
    f->res.str = list;
    f->res_len = at;
}

/*
 * Of the changes that the argument means, one side or both.  A glob may mean
 * more than one: they are joined rather than left out, or a second change in
 * the same call could hide the first from a rule.
 */
static void
give_changes(ss_plugin_extract_field *f, struct arena *arena, struct message *m,
             enum shape shape)
{
    struct slice argument = slice_str(f->arg_key != NULL ? f->arg_key : "");
    struct change_iter it = change_begin(m);
    struct buf b = arena_open(arena);
    struct change_pair pair;
    size_t n = 0;

    while (change_next(&it, &pair)) {
        struct value side = shape == OLD ? pair.old_value : pair.new_value;

        if (!change_matches(pair.path, argument) ||
            (shape != PAIR &&
             (value_is(side, VALUE_ABSENT) || value_is(side, VALUE_NULL))))
            continue;
        if (n++ > 0)
            buf_put(&b, SLICE("; "));
        if (shape == PAIR)
            change_put(&b, m, &pair);
        else
            change_put_value(&b, m, side);
    }
    if (n > 0)
        give_text(f, arena, keep(arena, &b));
}

/* The text of a key, or of a second one where the first has none. */
static void
put_key(struct buf *b, struct message *m, struct slice key, struct slice other)
{
    struct value v = message_get(m, key);

    if (value_empty(v))
        v = message_get(m, other);
    if (!value_empty(v))
        change_put_value(b, m, v);
}

/* For people who look at events without any rule. */
const char *
fields_summary(struct message *m, struct arena *arena)
{
    struct buf b = arena_open(arena);
    struct change_iter it = change_begin(m);
    struct change_pair pair;
    const char *text;

    put_key(&b, m, SLICE("kind"), SLICE("kind"));
    buf_byte(&b, ' ');
    put_key(&b, m, SLICE("action"), SLICE("action"));
    buf_byte(&b, ' ');
    put_key(&b, m, SLICE("address"), SLICE("resource"));
    for (const char *mark = ": "; change_next(&it, &pair); mark = ", ") {
        buf_put(&b, slice_str(mark));
        change_put_text(&b, pair.path);
        buf_byte(&b, ' ');
        change_put(&b, m, &pair);
    }
    buf_put(&b, SLICE(" by "));
    put_key(&b, m, SLICE("user"), SLICE("identity"));
    buf_put(&b, SLICE(" from "));
    put_key(&b, m, SLICE("source_ip"), SLICE("source_ip"));
    text = keep(arena, &b);
    return text != NULL ? text : "";
}

/* Texts are the default: most keys, and those that are new, are. */
void
fields_extract(struct message *m, struct arena *arena,
               ss_plugin_extract_field *f)
{
    const struct field *field;
    struct value v;

    f->res_len = 0;
    if (f->field_id >= sizeof(fields) / sizeof(*fields))
        return;
    field = &fields[f->field_id];
    v = message_get(m, field->key);
    switch (field->shape) {
    case CHANGES:
    case HIDDEN:
    case PATHS:
        give_list(f, arena, m, v, field->shape);
        break;
    case FLAG:
        give_flag(f, arena, v, field->presence == IF_FALSE);
        break;
    case COUNT:
        give_number(f, arena, value_text(v));
        break;
    case ADDRESS:
        give_address(f, arena, value_text(v));
        break;
    case PAIR:
    case OLD:
    case NEW:
        give_changes(f, arena, m, field->shape);
        break;
    case SUMMARY:
        give_text(f, arena, fields_summary(m, arena));
        break;
    default:
        if (!value_is(v, VALUE_ABSENT) && !value_is(v, VALUE_NULL))
            give_text(f, arena, keep_value(m, arena, v));
    }
}
