#include "drift/document.h"

#include "base/pack_text.h"
#include "base/text.h"
#include "base/wide.h"

/* How the parts of a policy are read. */
enum reading {
    READ_JSON,     /* plain JSON: order counts */
    READ_POLICY,   /* an IAM policy: lists are sets */
    READ_PRINCIPAL /* its Principal or NotPrincipal */
};

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

/* A member's name that says how to read what follows, looked up once. */
struct word {
    struct slice text;
    uint32_t name;
};

struct reader {
    const struct names *ns;
    const struct sip_key *key;
    struct word principal, not_principal;
};

static struct word
word_of(const struct names *ns, struct slice text)
{
    return (struct word){text, pack_words_name(ns, text)};
}

static bool
is_word(const struct value_key *key, const struct word *w)
{
    return key->name != NAME_NONE ? key->name == w->name
                                  : slice_eq(key->text, w->text);
}

static struct value
member_of(const struct names *ns, struct value v, struct slice text)
{
    struct word w = word_of(ns, text);
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;

    while (it.keyed && value_next(&it, &key, &item))
        if (is_word(&key, &w))
            return item;
    return VALUE_NOTHING;
}

/* {"AWS": "*"} is "*". */
static struct value
principal_of(const struct names *ns, struct value v)
{
    struct value aws = member_of(ns, v, SLICE("AWS"));

    if (aws.p == NULL || value_count(v) != 1)
        return v;
    if (value_is(aws, VALUE_ARRAY) && value_count(aws) == 1)
        aws = value_at(aws, 0);
    return slice_eq(value_text(aws), SLICE("*")) ? aws : v;
}

/* One of the things in a container, and how it is read. */
struct part {
    struct value_key key; /* of a member */
    struct value v;
    enum reading how;
};

/* The next part of what is read so; an empty member is none. */
static bool
part_next(const struct reader *r, struct value_iter *it, enum reading how,
          struct part *part)
{
    do
        if (!value_next(it, &part->key, &part->v))
            return false;
    while (it->keyed && value_empty(part->v));
    part->how = how;
    if (it->keyed && how == READ_POLICY &&
        (is_word(&part->key, &r->principal) ||
         is_word(&part->key, &r->not_principal))) {
        part->v = principal_of(r->ns, part->v);
        part->how = READ_PRINCIPAL;
    }
    return true;
}

/* What a text means. */
static uint64_t
digest_text(const struct reader *r, struct slice s)
{
    return sip_sum(r->key, s.p, s.n);
}

static uint64_t digest_of(const struct reader *r, struct value v,
                          enum reading how);

/* A member: of a known name its number says all. */
static uint64_t
digest_member(const struct reader *r, const struct value_key *key,
              uint64_t item)
{
    return sip_pair(
        r->key, key->name != NAME_NONE ? key->name : digest_text(r, key->text),
        item);
}

/*
 * The parts of a container from there on, of which n stand before.  Where
 * order does not count they are added up.  In a policy a list of one is what
 * is in it.
 */
static uint64_t
digest_parts(const struct reader *r, struct value_iter it, size_t n,
             enum reading how)
{
    uint64_t all = r->key->k[0], one = 0;
    struct part part;

    for (; part_next(r, &it, how, &part); n++) {
        one = digest_of(r, part.v, part.how);
        if (it.keyed)
            all += digest_member(r, &part.key, one);
        else if (how == READ_JSON)
            all = sip_pair(r->key, all, one);
        else
            all += one;
    }
    if (n == 1 && !it.keyed && how != READ_JSON)
        return one;
    return sip_pair(r->key, it.keyed, all);
}

static uint64_t
digest_of(const struct reader *r, struct value v, enum reading how)
{
    struct slice s = value_text(v);

    switch (value_kind(v)) {
    case VALUE_OBJECT:
    case VALUE_ARRAY:
        return digest_parts(r, value_items(v), 0, how);
    case VALUE_ABSENT:
    case VALUE_NULL:
        return r->key->k[1];
    case VALUE_NUMBER:
        return digest_text(r, number_text(s));
    case VALUE_STRING:
        if (how == READ_PRINCIPAL)
            s = account_of(s);
        return digest_text(r, s);
    default:
        return digest_text(r, s);
    }
}

static bool
same_key(const struct value_key *a, const struct value_key *b)
{
    return a->name == b->name &&
           (a->name != NAME_NONE || slice_eq(a->text, b->text));
}

static bool
has_key(struct value_iter it, const struct value_key *key)
{
    struct value_key other;
    struct value item;
    bool found = false;

    while (!found && value_next(&it, &other, &item))
        found = same_key(&other, key);
    return found;
}

/* Whether the parts from there on, and n before them, mean the same. */
static bool
same_rest(const struct reader *r, const struct value_iter from[2], size_t n,
          enum reading how)
{
    return digest_parts(r, from[0], n, how) == digest_parts(r, from[1], n, how);
}

/* Passes over what both go on with, byte by byte; returns how many parts. */
static size_t
skip_same(struct value_iter at[2])
{
    size_t left[2] = {(size_t)(at[0].end - at[0].p),
                      (size_t)(at[1].end - at[1].p)};
    size_t same = wide_same((const char *)at[0].p, (const char *)at[1].p,
                            left[0] < left[1] ? left[0] : left[1]);
    const uint8_t *to = at[0].p + same;
    struct value_iter it = at[0];
    struct value item;
    size_t n = 0;

    for (; value_next(&it, NULL, &item) && it.p <= to; n++) {
        at[1].p += it.p - at[0].p;
        at[0].p = it.p;
    }
    return n;
}

static bool same_values(const struct reader *r, struct value x, struct value y,
                        enum reading how);

/*
 * Two containers of one kind go side by side as long as they are the same.
 * What is left of them then may still come in another order; mostly it is
 * plain that it does not.
 */
static bool
same_parts(const struct reader *r, struct value x, struct value y,
           enum reading how)
{
    struct value_iter all[2] = {value_items(x), value_items(y)};
    struct value_iter at[2] = {all[0], all[1]}, from[2];
    bool keyed = all[0].keyed, named, more[2];
    struct part part[2];
    size_t n = 0;

    for (;; n++) {
        n += skip_same(at);
        for (int i = 0; i < 2; i++) {
            from[i] = at[i];
            more[i] = part_next(r, &at[i], how, &part[i]);
        }
        if (!more[0] && !more[1])
            return true;
        if (!more[0] || !more[1])
            return !keyed && how != READ_JSON && same_rest(r, all, 0, how);
        named = keyed && same_key(&part[0].key, &part[1].key);
        if (keyed != named ||
            !same_values(r, part[0].v, part[1].v, part[0].how))
            break;
    }
    if ((!keyed && how == READ_JSON) ||
        (at[0].p == at[0].end && at[1].p == at[1].end) ||
        (named && !has_key(at[0], &part[0].key) &&
         !has_key(at[1], &part[0].key)))
        return false;
    return same_rest(r, from, n, how);
}

/* Whether two values that are read in one way mean the same. */
static bool
same_values(const struct reader *r, struct value x, struct value y,
            enum reading how)
{
    enum value_kind kind = value_kind(x);

    if (kind == value_kind(y) && (kind == VALUE_ARRAY || kind == VALUE_OBJECT))
        return same_parts(r, x, y, how);
    if (kind == value_kind(y) && kind == VALUE_STRING && how != READ_PRINCIPAL)
        return slice_eq(value_text(x), value_text(y));
    return digest_of(r, x, how) == digest_of(r, y, how);
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
    return member_of(ns, v, SLICE("Statement")).p != NULL;
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
        struct reader reader = {r->names, r->key,
                                word_of(r->names, SLICE("Principal")),
                                word_of(r->names, SLICE("NotPrincipal"))};

        same = same_values(&reader, x, y, policy ? READ_POLICY : READ_JSON);
    }
    arena_reset(r->arena, mark);
    return same;
}
