#include "state/keyglob.h"

bool
keyglob_is(struct slice key)
{
    return slice_chr(key, '*') < key.n;
}

struct slice
keyglob_prefix(struct slice pattern)
{
    return slice_head(pattern, slice_chr(pattern, '*'));
}

/* A star that was passed, and how far it reaches by now. */
struct star {
    bool set;
    bool parts;   /* it takes whole parts, or nothing */
    size_t after; /* in the pattern: behind it */
    size_t to;    /* in the key */
};

/*
 * Lets the star take one byte more (or one part); false when it cannot.  A
 * single one stops at a slash: nothing in front of that slash can be taken
 * otherwise, since the pattern's own slash has to meet it.
 */
static bool
star_grow(struct star *s, bool deep, struct slice key)
{
    if (!s->set || s->to >= key.n || (!deep && key.p[s->to] == '/'))
        return false;
    if (!s->parts)
        s->to++;
    else
        s->to += slice_chr(slice_from(key, s->to), '/') + 1;
    return s->to <= key.n;
}

/* Passes over the stars at *p of the pattern; true: they are deep. */
static bool
star_pass(struct slice pattern, size_t *p, size_t k, struct star *s)
{
    size_t from = *p;

    while (*p < pattern.n && pattern.p[*p] == '*')
        ++*p;
    *s = (struct star){.set = true, .to = k};
    if (*p - from > 1 && *p < pattern.n && pattern.p[*p] == '/' &&
        (from == 0 || pattern.p[from - 1] == '/')) {
        s->parts = true;
        ++*p;
    }
    s->after = *p;
    return *p - from > 1;
}

bool
keyglob_match(struct slice pattern, struct slice key)
{
    struct star one = {0}, deep = {0}, s;
    size_t p = 0, k = 0;

    while (p < pattern.n || k < key.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            if (star_pass(pattern, &p, k, &s)) {
                deep = s;
                one = (struct star){0};
            } else {
                one = s;
            }
        } else if (p < pattern.n && k < key.n && pattern.p[p] == key.p[k]) {
            p++;
            k++;
        } else if (star_grow(&one, false, key)) {
            p = one.after;
            k = one.to;
        } else if (star_grow(&deep, true, key)) {
            one = (struct star){0};
            p = deep.after;
            k = deep.to;
        } else {
            return false;
        }
    }
    return true;
}
