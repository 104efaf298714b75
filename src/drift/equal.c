#include "drift/equal.h"

#include <mbedtls/base64.h>
#include <mbedtls/sha1.h>

#include "base/lanes.h"
#include "base/text.h"
#include "drift/block.h"
#include "drift/document.h"

/* Whether `name` is what an ARN's resource part ends in. */
static bool
arn_ends(struct slice arn, struct slice name)
{
    static const struct slice middles[] = {
        SLICE_INIT("function:"), SLICE_INIT("table/"), SLICE_INIT("stream/")};
    struct slice r = arn;

    /* arn:partition:service:region:account:resource */
    for (int i = 0; i < 5; i++) {
        size_t colon = slice_chr(r, ':');

        if (colon == r.n)
            return false;
        r = slice_from(r, colon + 1);
    }
    if (slice_ends(r, SLICE(":*")) && !slice_ends(name, SLICE(":*")))
        r.n -= 2;
    for (size_t i = 0; i < sizeof(middles) / sizeof(*middles); i++) {
        struct slice rest = slice_from(r, middles[i].n);
        size_t end = slice_chr(rest, middles[i].p[middles[i].n - 1]);

        if (slice_starts(r, middles[i]) &&
            slice_eq(slice_head(rest, end), name))
            return true;
    }
    if (!slice_ends(r, name) || name.n == 0)
        return false;
    if (r.n == name.n)
        return true;
    /* The whole of what follows the first or the last separator. */
    size_t from = r.n - name.n;
    char sep = r.p[from - 1];

    return (sep == '/' || sep == ':') &&
           (slice_chr(r, sep) == from - 1 || slice_rchr(r, sep) == from - 1);
}

static bool
is_arn(struct slice s)
{
    return slice_starts(s, SLICE("arn:"));
}

/* Lambda takes ACCOUNT:function:NAME too (API reference, FunctionName). */
static struct slice
function_name(struct slice s)
{
    static const struct slice middle = SLICE_INIT(":function:");

    if (s.n <= 12 + middle.n || !slice_starts(slice_from(s, 12), middle))
        return s;
    for (size_t i = 0; i < 12; i++)
        if (!text_digit(s.p[i]))
            return s;
    s = slice_from(s, 12 + middle.n);
    return slice_head(s, slice_chr(s, ':'));
}

bool
equal_arn_name(struct slice a, struct slice b)
{
    struct slice x = function_name(a), y = function_name(b);

    if (is_arn(a) == is_arn(b))
        return (x.n != a.n || y.n != b.n) && slice_eq(x, y);
    return is_arn(a) ? arn_ends(a, y) : arn_ends(b, x);
}

bool
equal_text(struct slice a, struct slice b)
{
    return equal_scalars(a, b) || equal_arn_name(a, b) || equal_times(a, b);
}

static bool
is_kms_alias(struct slice s)
{
    if (is_arn(s))
        return text_find(s, SLICE(":kms:")) != s.n &&
               text_find(s, SLICE(":alias/")) != s.n;
    return slice_starts(s, SLICE("alias/"));
}

static bool
is_container(struct value v)
{
    return value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT);
}

/* Most values are words; looking at their first byte is enough. */
static bool
may_be_document(struct value v, struct slice text)
{
    return is_container(v) ||
           (text.n > 1 && (text.p[0] == '{' || text.p[0] == '[' ||
                           text.p[0] == '%' || text_space(text.p[0])));
}

enum equality
equal_values(const struct equal_room *r, struct value a, struct value b)
{
    struct slice x = value_text(a), y = value_text(b);

    if (x.n > 0 && slice_eq(x, y))
        return EQUAL_YES;
    if (value_empty(a) || value_empty(b))
        return value_empty(a) && value_empty(b) ? EQUAL_YES : EQUAL_NO;
    if (!is_container(a) && !is_container(b) && equal_text(x, y))
        return EQUAL_YES;
    if (may_be_document(a, x) && may_be_document(b, y) &&
        (document_equal(r, a, b) ||
         (is_container(a) && is_container(b) &&
          !document_is_policy(r->names, a) && block_equal(r, a, b))))
        return EQUAL_YES;
    if (is_kms_alias(x) != is_kms_alias(y) && x.n > 0 && y.n > 0)
        return EQUAL_UNKNOWN;
    return EQUAL_NO;
}

bool
equal_is(const struct equal_room *r, struct value a, struct value b)
{
    return equal_values(r, a, b) == EQUAL_YES;
}

/* One byte of a domain name; \052 is how Route 53 writes an asterisk. */
static char
dns_char(struct slice *s)
{
    char c;

    if (slice_starts(*s, SLICE("\\052"))) {
        *s = slice_from(*s, 4);
        return '*';
    }
    c = text_lower(s->p[0]);
    *s = slice_from(*s, 1);
    return c;
}

bool
equal_dns(struct slice a, struct slice b)
{
    if (slice_ends(a, SLICE(".")))
        a.n--;
    if (slice_ends(b, SLICE(".")))
        b.n--;
    while (a.n > 0 && b.n > 0)
        if (dns_char(&a) != dns_char(&b))
            return false;
    return a.n == 0 && b.n == 0;
}

bool
equal_version(struct slice a, struct slice b)
{
    struct slice x, y;

    if (a.n == 0 || b.n == 0)
        return a.n == b.n;
    while (text_cut(&a, '.', &x) && text_cut(&b, '.', &y)) {
        if (slice_eq(x, SLICE("x")) || slice_eq(y, SLICE("x")))
            return true;
        if (!slice_eq(x, y))
            return false;
    }
    return true;
}

bool
equal_protocol(struct slice a, struct slice b)
{
    /* iana.org/assignments/protocol-numbers; -1 is EC2's "all". */
    static const struct {
        struct slice name, number;
    } known[] = {
        {SLICE_INIT("tcp"), SLICE_INIT("6")},
        {SLICE_INIT("udp"), SLICE_INIT("17")},
        {SLICE_INIT("icmp"), SLICE_INIT("1")},
        {SLICE_INIT("icmpv6"), SLICE_INIT("58")},
        {SLICE_INIT("all"), SLICE_INIT("-1")},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (text_eq_fold(a, known[i].name))
            a = known[i].number;
        if (text_eq_fold(b, known[i].name))
            b = known[i].number;
    }
    return text_eq_fold(a, b);
}

/* Terraform keeps user data as the hex SHA-1 of its decoded text. */
static bool
sha1_is(struct slice hex, struct slice text)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char hash[20];

    if (hex.n != 2 * sizeof(hash) ||
        mbedtls_sha1((const unsigned char *)text.p, text.n, hash) != 0)
        return false;
    for (size_t i = 0; i < sizeof(hash); i++)
        if (hex.p[2 * i] != digits[hash[i] >> 4] ||
            hex.p[2 * i + 1] != digits[hash[i] & 15])
            return false;
    return true;
}

bool
equal_base64(const struct equal_room *r, struct slice state, struct slice event)
{
    size_t mark = arena_mark(r->arena), n = 0;
    unsigned char *raw;
    bool same;

    if (slice_eq(state, event) || sha1_is(state, event))
        return true;
    raw = (unsigned char *)arena_bytes(r->arena, event.n);
    if (raw == NULL || event.n == 0 ||
        mbedtls_base64_decode(raw, event.n, &n, (const unsigned char *)event.p,
                              event.n) != 0) {
        arena_reset(r->arena, mark);
        return false;
    }
    same = slice_eq(state, slice_of((char *)raw, n)) ||
           sha1_is(state, slice_of((char *)raw, n));
    arena_reset(r->arena, mark);
    return same;
}

/* Stars and brackets that stand around a word. */
static bool
is_around(char c)
{
    return (c >= '(' && c <= '*') || c == '<' || c == '>' || c == '[' ||
           c == ']';
}

static struct slice
bare_word(struct slice s)
{
    while (s.n > 0 && is_around(s.p[0]))
        s = slice_from(s, 1);
    while (s.n > 0 && is_around(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Whether an e stands before a byte that is `last` with these bits set. */
static bool
has_e_before(struct slice s, char bits, char last)
{
    const lanes small = lanes_of(0x20), e = lanes_of('e');
    const lanes set = lanes_of(bits), same = lanes_of(last);
    char mem[LANES + 1] = {0};

    if (s.n <= LANES) {
        memcpy(mem, s.p, s.n);
        s = slice_of(mem, sizeof(mem));
    }
    for (size_t i = 0;; i += LANES) {
        /* The last of them may overlap those before. */
        size_t at = i + LANES < s.n ? i : s.n - LANES - 1;

        if (lanes_any(lanes_same(lanes_load(s.p + at) | small, e) &
                      lanes_same(lanes_load(s.p + at + 1) | set, same)))
            return true;
        if (at + LANES + 1 == s.n)
            return false;
    }
}

bool
equal_hidden(const struct names *ns, struct value v)
{
    /* CloudTrail's own, and what services put in their place. */
    static const struct slice words[] = {
        SLICE_INIT("HIDDEN_DUE_TO_SECURITY_REASONS"),
        SLICE_INIT("HIDDEN_FOR_SECURITY_REASONS"),
        SLICE_INIT("sensitiveDataRemoved"),
        SLICE_INIT("sensitive"),
        SLICE_INIT("redacted"),
        SLICE_INIT("REDACTED"),
        SLICE_INIT("HIDDEN"),
    };
    static const struct slice within[] = {
        SLICE_INIT("omitted"),
        SLICE_INIT("OMITTED"),
        SLICE_INIT("emoved for security"),
    };
    struct slice s = value_text(v), word;

    if (value_is(v, VALUE_OBJECT))
        return value_is(value_member(ns, v, SLICE("omitted")), VALUE_TRUE);
    if (!value_is(v, VALUE_STRING) || s.n == 0)
        return false;
    word = bare_word(s);
    if (word.n == 0)
        return s.n >= 3 && s.p[0] == '*';
    /* In all of them an e stands before an n or a d (f and l pass too), and
     * in the sentences before a d. */
    if (!has_e_before(s, 0x2a, 'n'))
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (slice_eq(word, words[i]))
            return true;
    if (!has_e_before(s, 0x20, 'd'))
        return false;
    for (size_t i = 0; i < sizeof(within) / sizeof(*within); i++)
        if (text_find(s, within[i]) != s.n)
            return true;
    return false;
}
