#include "drift/document.h"

#include "base/pack_text.h"
#include "base/text.h"
#include "base/wide.h"

/* What a value means, as two independent sums. */
struct digest {
    uint64_t a, b;
};

/* How the parts of a policy are read. */
enum reading {
    READ_JSON,     /* plain JSON: order counts */
    READ_POLICY,   /* an IAM policy: lists are sets */
    READ_PRINCIPAL /* its Principal or NotPrincipal */
};

static uint64_t
mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 29;
}

/* One thing after another: order counts. */
static void
digest_then(struct digest *d, struct digest next)
{
    d->a = mix(d->a, next.a);
    d->b = mix(d->b + 0x9e3779b97f4a7c15u, next.b);
}

/* One thing beside another: order does not count. */
static void
digest_beside(struct digest *d, struct digest next)
{
    d->a += mix(1, next.a);
    d->b += mix(2, next.b);
}

/* The length comes first: one text may end in what another begins with. */
static struct digest
digest_text(struct slice s)
{
    struct digest d = {mix(0xcbf29ce484222325u, s.n), s.n};
    size_t i = 0;

    for (; s.n - i >= 8; i += 8) {
        uint64_t x = wide_load(s.p + i);

        d.a = mix(d.a, x);
        d.b = mix(d.b + 0x9e3779b97f4a7c15u, x);
    }
    if (i < s.n)
        digest_then(&d, (struct digest){wide_load_short(s.p + i, s.n - i),
                                        wide_load_short(s.p + i, s.n - i)});
    return d;
}

/* arn:PARTITION:iam::ACCOUNT:root is the account. */
static struct slice
account_of(struct slice s)
{
    size_t at = text_find(s, SLICE(":iam::"));

    if (slice_starts(s, SLICE("arn:aws")) && slice_ends(s, SLICE(":root")) &&
        at != s.n && s.n == at + 6 + 12 + 5)
        return slice_of(s.p + at + 6, 12);
    return s;
}

/* 1.0 and 1.50 as the shortest text of the same number. */
static struct slice
number_text(struct slice s)
{
    if (slice_chr(s, '.') == s.n || slice_chr(s, 'e') != s.n ||
        slice_chr(s, 'E') != s.n)
        return s;
    while (s.n > 1 && s.p[s.n - 1] == '0')
        s.n--;
    if (s.n > 1 && s.p[s.n - 1] == '.')
        s.n--;
    return s;
}

/* The words that tell how to read what follows, looked up once. */
struct reader {
    const struct names *ns;
    uint32_t principal, not_principal;
};

static struct digest digest_of(const struct reader *r, struct value v,
                               enum reading how);

/* Of a known name its number says all. */
static struct digest
digest_key(const struct value_key *key)
{
    if (key->name != NAME_NONE)
        return (struct digest){mix(11, key->name), mix(13, key->name)};
    return digest_text(key->text);
}

static bool
is_principal(const struct reader *r, const struct value_key *key)
{
    if (key->name != NAME_NONE)
        return key->name == r->principal || key->name == r->not_principal;
    return slice_eq(key->text, SLICE("Principal")) ||
           slice_eq(key->text, SLICE("NotPrincipal"));
}

/* {"AWS": "*"} is "*". */
static struct value
principal_of(const struct names *ns, struct value v)
{
    struct value aws = value_member(ns, v, SLICE("AWS"));

    if (aws.p == NULL || value_count(v) != 1)
        return v;
    if (value_is(aws, VALUE_ARRAY) && value_count(aws) == 1)
        aws = value_at(aws, 0);
    return slice_eq(value_text(aws), SLICE("*")) ? aws : v;
}

static struct digest
digest_object(const struct reader *r, struct value v, enum reading how)
{
    struct value_iter it = value_items(v);
    struct digest d = {3, 3};
    struct value_key key;
    struct value item;

    while (value_next(&it, &key, &item)) {
        struct digest one = digest_key(&key);

        if (value_empty(item))
            continue;
        if (how == READ_POLICY && is_principal(r, &key))
            digest_then(
                &one, digest_of(r, principal_of(r->ns, item), READ_PRINCIPAL));
        else
            digest_then(&one, digest_of(r, item, how));
        digest_beside(&d, one);
    }
    return d;
}

static struct digest
digest_array(const struct reader *r, struct value v, enum reading how)
{
    struct value_iter it = value_items(v);
    struct digest d = {5, 5};
    struct value item;

    if (how != READ_JSON && value_count(v) == 1)
        return digest_of(r, value_at(v, 0), how);
    while (value_next(&it, NULL, &item)) {
        struct digest one = digest_of(r, item, how);

        if (how == READ_JSON)
            digest_then(&d, one);
        else
            digest_beside(&d, one);
    }
    return d;
}

static struct digest
digest_of(const struct reader *r, struct value v, enum reading how)
{
    struct digest d = {7, 7};
    struct slice s = value_text(v);

    switch (value_kind(v)) {
    case VALUE_OBJECT:
        return digest_object(r, v, how);
    case VALUE_ARRAY:
        return digest_array(r, v, how);
    case VALUE_ABSENT:
    case VALUE_NULL:
        return d;
    case VALUE_NUMBER:
        return digest_text(number_text(s));
    case VALUE_STRING:
        if (how == READ_PRINCIPAL)
            s = account_of(s);
        return digest_text(s);
    default:
        return digest_text(s);
    }
}

struct value
document_of(const struct equal_room *r, struct value v)
{
    struct slice s = text_trim(value_text(v));
    struct value out;
    struct buf plain;

    if (value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT))
        return v;
    if (!value_is(v, VALUE_STRING) || s.n < 2)
        return VALUE_NOTHING;
    if (slice_starts(s, SLICE("%7B")) || slice_starts(s, SLICE("%7b")) ||
        slice_starts(s, SLICE("%5B")) || slice_starts(s, SLICE("%5b"))) {
        plain = arena_open(r->arena);
        text_unquote(&plain, s);
        s = text_trim(arena_keep(r->arena, &plain));
    }
    if (s.n < 2 || (s.p[0] != '{' && s.p[0] != '['))
        return VALUE_NOTHING;
    if (pack_whole(r->names, s, r->scratch, r->arena, &out) != 0)
        return VALUE_NOTHING;
    return out;
}

bool
document_is_policy(const struct names *ns, struct value v)
{
    return value_member(ns, v, SLICE("Statement")).p != NULL;
}

bool
document_equal(const struct equal_room *r, struct value a, struct value b)
{
    size_t mark = arena_mark(r->arena);
    struct value x = document_of(r, a);
    struct value y = x.p != NULL ? document_of(r, b) : VALUE_NOTHING;
    bool same = false;

    if (x.p != NULL && y.p != NULL) {
        bool policy =
            document_is_policy(r->names, x) && document_is_policy(r->names, y);
        enum reading how = policy ? READ_POLICY : READ_JSON;
        struct reader reader = {
            r->names, pack_words_name(r->names, SLICE("Principal")),
            pack_words_name(r->names, SLICE("NotPrincipal"))};
        struct digest d = digest_of(&reader, x, how);
        struct digest e = digest_of(&reader, y, how);

        same = d.a == e.a && d.b == e.b;
    }
    arena_reset(r->arena, mark);
    return same;
}
