#include "drift/sensitive.h"

#include "base/buf.h"
#include "drift/attrglob.h"

#define SENSITIVE_PATH_MAX_BYTES 1024

/* One step as path text: ".name", or ".key"; indexes of lists are left out,
 * as attrglob_plain() does. */
static void
put_step(struct buf *b, const struct names *ns, struct value step)
{
    struct value v = step;

    /* {"type":"index","value":{"value":"key","type":"string"}} */
    while (value_is(v, VALUE_OBJECT))
        v = value_member(ns, v, SLICE("value"));
    if (!value_is(v, VALUE_STRING))
        return;
    if (b->n > 0)
        buf_byte(b, '.');
    buf_put(b, value_text(v));
}

/* Whether one path is the other, or begins it. */
static bool
path_meets(struct slice a, struct slice b)
{
    struct slice s = a.n < b.n ? a : b, l = a.n < b.n ? b : a;

    return s.n > 0 && slice_starts(l, s) && (l.n == s.n || l.p[s.n] == '.');
}

/*
 * Both paths are brought into one form, without indexes, and compared as
 * text.  A key with a dot in it may make too much of it secret, never too
 * little.
 */
bool
sensitive_covers(const struct names *ns, struct value sensitive,
                 struct slice path)
{
    char mine[SENSITIVE_PATH_MAX_BYTES], theirs[SENSITIVE_PATH_MAX_BYTES];
    struct buf want = buf_over(mine, sizeof(mine));
    struct value_iter paths = value_items(sensitive);
    struct value one, step;

    attrglob_plain(&want, path);
    while (value_next(&paths, NULL, &one)) {
        struct buf b = buf_over(theirs, sizeof(theirs));
        char plain[SENSITIVE_PATH_MAX_BYTES];
        struct buf p = buf_over(plain, sizeof(plain));
        struct value_iter steps = value_items(one);

        if (value_is(one, VALUE_STRING))
            buf_put(&b, value_text(one));
        while (value_next(&steps, NULL, &step))
            put_step(&b, ns, step);
        attrglob_plain(&p, buf_slice(&b));
        if (path_meets(buf_slice(&p), buf_slice(&want)))
            return true;
    }
    return false;
}
