#include "state/store.h"

#include "base/text.h"

/* The value at *p, which moves behind it. */
static struct value
take_value(const uint8_t **p)
{
    struct value v = {*p};

    *p += value_size(v);
    return v;
}

/* Two bytes, low first. */
static inline uint16_t
take_short(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t
take_number(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

const uint8_t *
stored_instance(const uint8_t *p, struct stored_instance *r)
{
    r->flat = *p == RECORD_FLAT;
    r->number = take_number(p + 1);
    r->type = take_short(p + 5);
    p += STORE_HEAD_BYTES;
    p += STORE_TABLE_BYTES(*p);
    r->attrs = take_value(&p);
    r->key = take_value(&p);
    r->sensitive = take_value(&p);
    return p;
}

const uint8_t *
stored_resource(const uint8_t *p, struct stored_resource *r)
{
    r->type = take_number(p + 1);
    p += 5;
    r->module = take_value(&p);
    r->name = take_value(&p);
    return p;
}

const uint8_t *
stored_type(const uint8_t *p, uint16_t *name, struct slice *text)
{
    *name = take_short(p + 1);
    p += 3;
    *text = value_text(take_value(&p));
    return p;
}

struct slice
state_name(const struct state *st)
{
    return st->name;
}

struct slice
state_lineage(const struct state *st)
{
    return st->lineage;
}

uint64_t
state_serial(const struct state *st)
{
    return st->serial;
}

size_t
state_instances(const struct state *st)
{
    return st->n;
}

void
state_set_account(struct state *st, struct slice account)
{
    st->account = account;
}

struct slice
state_account(const struct state *st)
{
    return st->account;
}

/* The resource that owns an instance. */
static struct stored_resource
owner(const struct state *st, uint32_t number)
{
    struct stored_resource r;

    stored_resource(st->records + st->places[number].resource, &r);
    return r;
}

#define STORE_AHEAD_BYTES 640 /* of a record that are sure to be looked at */

/* Behind the attributes nothing is read: it may be far away in memory.  What
 * is read first is sent for at once, not line by line as it is needed. */
struct instance
stored_at(const struct state *st, uint32_t at)
{
    const uint8_t *p = st->records + at, *table = p + STORE_HEAD_BYTES;

    for (size_t i = 64; i <= STORE_AHEAD_BYTES; i += 64)
        __builtin_prefetch(p + i);
    return (struct instance){.state = st,
                             .number = take_number(p + 1),
                             .type = take_short(p + 5),
                             .attrs = {table + STORE_TABLE_BYTES(*table)},
                             .table = table,
                             .flat = *p == RECORD_FLAT};
}

struct instance
state_instance(const struct state *st, uint32_t number)
{
    return stored_at(st, st->places[number].at);
}

struct value
state_attr(const struct instance *in, uint16_t name)
{
    const uint8_t *names = in->table + 1;
    size_t n = *in->table;

    for (size_t i = 0; i < n; i++)
        if (take_short(names + 2 * i) == name)
            return (struct value){in->attrs.p +
                                  take_short(names + 2 * (n + i))};
    return n > 0 ? VALUE_NOTHING : value_get(in->attrs, name);
}

struct value
state_sensitive(const struct instance *in)
{
    const struct state *st = in->state;
    struct stored_instance r;

    stored_instance(st->records + st->places[in->number].at, &r);
    return r.sensitive;
}

struct slice
state_type(const struct instance *in)
{
    struct stored_resource res = owner(in->state, in->number);
    struct slice text;
    uint16_t name;

    stored_type(in->state->records + res.type, &name, &text);
    return text;
}

/* Code points that Go's unicode.IsPrint refuses, of those that turn up:
 * controls, spaces but U+0020, formatting, private use. */
static bool
is_hidden(uint32_t cp)
{
    static const uint32_t ranges[][2] = {
        {0x00, 0x1f},       {0x7f, 0xa0},          {0xad, 0xad},
        {0x600, 0x605},     {0x61c, 0x61c},        {0x1680, 0x1680},
        {0x180e, 0x180e},   {0x2000, 0x200f},      {0x2028, 0x202f},
        {0x205f, 0x206f},   {0x3000, 0x3000},      {0xd800, 0xf8ff},
        {0xfeff, 0xfeff},   {0xfff0, 0xfffb},      {0xfffe, 0xffff},
        {0xe0000, 0xe00ff}, {0xe01f0, UINT32_MAX},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
        if (cp >= ranges[i][0] && cp <= ranges[i][1])
            return true;
    return false;
}

/* The UTF-8 character at the start of s: its code point and length; a byte
 * that is none is U+FFFD, as Go reads it. */
static uint32_t
code_point(struct slice s, size_t *n)
{
    static const uint8_t lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t cp;

    *n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    /* U+2028 and its neighbours: some are line ends to text_utf8(). */
    if (*n > 1 && text_utf8(slice_head(s, *n)) != *n &&
        !(slice_starts(s, SLICE("\xe2\x80")) && s.n > 2 &&
          (p[2] & 0xc0) == 0x80)) {
        *n = 1;
        return 0xfffd;
    }
    cp = p[0] & lead[*n];
    for (size_t i = 1; i < *n; i++)
        cp = cp << 6 | (p[i] & 0x3f);
    return cp;
}

/*
 * A key as Terraform quotes it (internal/addrs/instance_key.go): HCL's
 * escapes, and the marks of its templates doubled.
 */
static void
put_quoted(struct buf *out, struct slice s)
{
    static const char plain[] = "\n\r\t\"\\", escaped[] = "nrt\"\\";

    buf_byte(out, '"');
    while (s.n > 0) {
        const char *at = memchr(plain, s.p[0], sizeof(plain) - 1);
        size_t n;
        uint32_t cp = code_point(s, &n);

        if (at != NULL) {
            buf_byte(out, '\\');
            buf_byte(out, (unsigned char)escaped[at - plain]);
        } else if (is_hidden(cp)) {
            buf_fmt(out, cp < 0x10000 ? "\\u%04x" : "\\U%08x", cp);
        } else if (cp == 0xfffd && n == 1) {
            buf_put(out, SLICE("\xef\xbf\xbd"));
        } else {
            buf_put(out, slice_head(s, n));
            if ((cp == '$' || cp == '%') && s.n > 1 && s.p[1] == '{')
                buf_byte(out, (unsigned char)cp);
        }
        s = slice_from(s, n);
    }
    buf_byte(out, '"');
}

void
state_address(const struct instance *in, const struct names *ns,
              struct buf *out)
{
    const struct state *st = in->state;
    struct stored_resource res = owner(st, in->number);
    struct stored_instance r;

    (void)ns; /* names of types are kept as text */
    stored_instance(st->records + st->places[in->number].at, &r);
    if (!value_empty(res.module)) {
        buf_put(out, value_text(res.module));
        buf_byte(out, '.');
    }
    buf_put(out, state_type(in));
    buf_byte(out, '.');
    buf_put(out, value_text(res.name));
    if (value_is(r.key, VALUE_NULL))
        return;
    buf_byte(out, '[');
    if (value_is(r.key, VALUE_STRING))
        put_quoted(out, value_text(r.key));
    else
        buf_put(out, value_text(r.key));
    buf_byte(out, ']');
}
