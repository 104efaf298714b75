#include "base/text.h"
#include "drift/equal.h"

#define NUMBER_MAX_BYTES 15 /* longer digits are ids, not numbers */

/*
 * A number as digits without zeros at either end and a power of ten, so that
 * 30, 30.0 and 3e1 are the same and no precision is lost.
 */
struct number {
    bool negative;
    char digit[NUMBER_MAX_BYTES];
    size_t n;  /* 0: zero */
    int power; /* of the digit behind the last one */
};

/* e+12 at the end of a number; false when it is none. */
static bool
exponent_parse(struct slice s, int *power)
{
    bool minus = s.n > 1 && s.p[1] == '-';
    size_t i = 1 + (minus || (s.n > 1 && s.p[1] == '+'));
    int v = 0;

    if (s.n == 0)
        return true;
    if (text_lower(s.p[0]) != 'e' || i == s.n || s.n - i > 3)
        return false;
    for (; i < s.n; i++) {
        if (!text_digit(s.p[i]))
            return false;
        v = v * 10 + (s.p[i] - '0');
    }
    *power += minus ? -v : v;
    return true;
}

/* Digits with at most one point among them; what follows stays in *s. */
static bool
mantissa_parse(struct slice *s, struct number *n)
{
    size_t i = 0, point = SIZE_MAX, digits = 0;

    for (; i < s->n && (text_digit(s->p[i]) || s->p[i] == '.'); i++) {
        if (s->p[i] == '.') {
            if (point != SIZE_MAX || i == 0)
                return false;
            point = i;
            continue;
        }
        /* More digits make an id, and 007 is a name. */
        if (++digits > NUMBER_MAX_BYTES ||
            (i == 1 && point == SIZE_MAX && s->p[0] == '0'))
            return false;
        n->power -= point != SIZE_MAX;
        if (n->n > 0 || s->p[i] != '0')
            n->digit[n->n++] = s->p[i];
    }
    *s = slice_from(*s, i);
    return digits > 0 && point != i - 1;
}

static bool
number_parse(struct slice s, struct number *n)
{
    *n = (struct number){.negative = s.n > 0 && s.p[0] == '-'};
    s = slice_from(s, n->negative);
    if (!mantissa_parse(&s, n) || !exponent_parse(s, &n->power))
        return false;
    while (n->n > 0 && n->digit[n->n - 1] == '0') {
        n->n--;
        n->power++;
    }
    return true;
}

static bool
numbers_equal(const struct number *a, const struct number *b)
{
    if (a->n == 0 || b->n == 0)
        return a->n == b->n;
    return a->negative == b->negative && a->power == b->power && a->n == b->n &&
           memcmp(a->digit, b->digit, a->n) == 0;
}

static bool
is_bool(struct slice s)
{
    return text_eq_fold(s, SLICE("true")) || text_eq_fold(s, SLICE("false"));
}

bool
equal_scalars(struct slice a, struct slice b)
{
    struct number x, y;

    if (slice_eq(a, b))
        return true;
    if (a.n == 0 || b.n == 0)
        return false;
    if (is_bool(a) && is_bool(b))
        return text_eq_fold(a, b);
    return number_parse(a, &x) && number_parse(b, &y) && numbers_equal(&x, &y);
}
