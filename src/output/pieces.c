#include "output/pieces.h"

/* The brackets themselves are left out. */
struct pieces
pieces_of(struct slice json)
{
    struct pieces p = {.left = {"", 0}};

    if (json.n < 2 || (json.p[0] != '[' && json.p[0] != '{'))
        return p;
    p.keyed = json.p[0] == '{';
    p.left = slice_of(json.p + 1, json.n - 2);
    return p;
}

/* Length of what stands before the first c that is in no string and no
 * bracket. */
static size_t
pieces_until(struct slice s, char c)
{
    size_t depth = 0;
    bool quoted = false; /* inside of a string, where nothing counts */

    for (size_t i = 0; i < s.n; i++) {
        char at = s.p[i];

        if (quoted && at == '\\')
            i++;
        else if (at == '"')
            quoted = !quoted;
        else if (!quoted && depth == 0 && at == c)
            return i;
        else if (!quoted && (at == '[' || at == '{'))
            depth++;
        else if (!quoted && (at == ']' || at == '}') && depth > 0)
            depth--;
    }
    return s.n;
}

/* Behind the last piece there is nothing left, so slice_from() may pass the
 * comma that is not there. */
bool
pieces_next(struct pieces *p, struct slice *key, struct slice *value)
{
    size_t n;

    if (p->left.n == 0)
        return false;
    if (p->keyed) {
        n = pieces_until(p->left, ':');
        *key = slice_head(p->left, n);
        p->left = slice_from(p->left, n + 1);
    }
    n = pieces_until(p->left, ',');
    *value = slice_head(p->left, n);
    p->left = slice_from(p->left, n + 1);
    return true;
}

bool
pieces_empty(struct slice json)
{
    return slice_eq(json, SLICE("null")) || slice_eq(json, SLICE("\"\"")) ||
           slice_eq(json, SLICE("[]")) || slice_eq(json, SLICE("{}"));
}
