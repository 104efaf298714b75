#include "aws/json_check.h"

#include "base/err.h"
#include "base/pack.h"
#include "base/text.h"

/* What may come next. */
enum expect {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END, /* behind '[' */
    EXPECT_KEY,
    EXPECT_KEY_OR_END, /* behind '{' */
    EXPECT_COMMA,      /* or the end of the container */
    EXPECT_NOTHING     /* behind the value */
};

struct checker {
    const char *p, *end;
    enum expect expect;
    unsigned depth;
    uint64_t objects; /* bit n: container n is an object */
};

/* Passes over a string whose first quote is at k->p. */
static int
check_string(struct checker *k)
{
    static const char escapes[] = "\"\\/bfnrt";

    for (k->p++; k->p < k->end; k->p++) {
        unsigned char c = (unsigned char)*k->p;

        if (c == '"') {
            k->p++;
            return 0;
        }
        if (c < ' ')
            return ERR_SYNTAX;
        if (c != '\\')
            continue;
        if (++k->p == k->end)
            return ERR_MORE;
        if (*k->p == 'u') {
            for (int i = 0; i < 4; i++) {
                char x = ++k->p < k->end ? text_lower(*k->p) : '0';

                if (!text_digit(x) && (x < 'a' || x > 'f'))
                    return ERR_SYNTAX;
            }
        } else if (*k->p == '\0' || strchr(escapes, *k->p) == NULL) {
            return ERR_SYNTAX;
        }
    }
    return ERR_MORE;
}

/* A number, true, false or null: all up to what cannot be part of one. */
static int
check_plain(struct checker *k)
{
    static const struct slice words[] = {
        SLICE_INIT("true"), SLICE_INIT("false"), SLICE_INIT("null")};
    const char *from = k->p;
    struct slice s;

    while (k->p < k->end &&
           (text_digit(*k->p) ||
            (text_lower(*k->p) >= 'a' && text_lower(*k->p) <= 'z') ||
            *k->p == '-' || *k->p == '+' || *k->p == '.'))
        k->p++;
    s = slice_of(from, (size_t)(k->p - from));
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (slice_eq(s, words[i]))
            return 0;
    if (pack_is_number(s))
        return 0;
    return k->p == k->end && s.n > 0 ? ERR_MORE : ERR_SYNTAX;
}

static bool
in_object(const struct checker *k)
{
    return k->depth > 0 && (k->objects >> (k->depth - 1) & 1) != 0;
}

/* Behind a value. */
static int
check_after(struct checker *k)
{
    k->expect = k->depth > 0 ? EXPECT_COMMA : EXPECT_NOTHING;
    return 0;
}

static int
check_open(struct checker *k, bool object)
{
    if (k->depth == JSON_CHECK_DEPTH_MAX)
        return ERR_LIMIT;
    k->objects &= ~(UINT64_C(1) << k->depth);
    k->objects |= (uint64_t)object << k->depth;
    k->depth++;
    k->p++;
    k->expect = object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
    return 0;
}

static int
check_close(struct checker *k)
{
    enum expect empty = in_object(k) ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;

    if (k->depth == 0 || (*k->p == '}') != in_object(k) ||
        (k->expect != EXPECT_COMMA && k->expect != empty))
        return ERR_SYNTAX;
    k->p++;
    k->depth--;
    return check_after(k);
}

static int
check_key(struct checker *k)
{
    int rc = *k->p == '"' ? check_string(k) : ERR_SYNTAX;

    while (rc == 0 && k->p < k->end && text_space(*k->p))
        k->p++;
    if (rc != 0 || k->p == k->end)
        return rc != 0 ? rc : ERR_MORE;
    k->expect = EXPECT_VALUE;
    return *k->p++ == ':' ? 0 : ERR_SYNTAX;
}

static int
check_value(struct checker *k)
{
    int rc;

    if (*k->p == '{' || *k->p == '[')
        return check_open(k, *k->p == '{');
    rc = *k->p == '"' ? check_string(k) : check_plain(k);
    return rc != 0 ? rc : check_after(k);
}

/* What stands at k->p, which is no white space. */
static int
check_next(struct checker *k)
{
    if (*k->p == '}' || *k->p == ']')
        return check_close(k);
    switch (k->expect) {
    case EXPECT_VALUE:
    case EXPECT_VALUE_OR_END:
        return check_value(k);
    case EXPECT_KEY:
    case EXPECT_KEY_OR_END:
        return check_key(k);
    case EXPECT_COMMA:
        k->expect = in_object(k) ? EXPECT_KEY : EXPECT_VALUE;
        return *k->p++ == ',' ? 0 : ERR_SYNTAX;
    default:
        return ERR_SYNTAX;
    }
}

int
json_check(struct slice text)
{
    struct checker k = {.p = text.p, .end = text.p + text.n};
    int rc = 0;

    while (rc == 0 && k.p < k.end) {
        if (text_space(*k.p))
            k.p++;
        else
            rc = check_next(&k);
    }
    return rc == 0 && k.expect != EXPECT_NOTHING ? ERR_MORE : rc;
}
