#include "aws/profile.h"

#include "base/text.h"

/* What a line is. */
enum line_kind {
    LINE_EMPTY,   /* or a comment */
    LINE_SECTION, /* [key value]: "profile" and its name */
    LINE_VALUE,   /* key = value */
    LINE_NESTED,  /* the same, indented: it belongs to the value above */
    LINE_BAD
};

struct line {
    enum line_kind kind;
    struct slice key, value;
};

/* "profile prod", "default", "services \"x y\"" into two. */
static void
read_section(struct line *l, struct slice inside)
{
    size_t n = 0;

    inside = text_trim(inside);
    while (n < inside.n && !text_space(inside.p[n]))
        n++;
    l->key = slice_head(inside, n);
    l->value = text_trim(slice_from(inside, n));
    if (l->value.n >= 2 && l->value.p[0] == '"' &&
        l->value.p[l->value.n - 1] == '"')
        l->value = slice_of(l->value.p + 1, l->value.n - 2);
}

/* A comment behind a value begins with white space. */
static struct slice
without_comment(struct slice s)
{
    for (size_t i = 1; i < s.n; i++)
        if ((s.p[i] == '#' || s.p[i] == ';') && text_space(s.p[i - 1]))
            return slice_head(s, i);
    return s;
}

/* Cuts the next line off *text and reads it; false when none is left. */
static bool
next_line(struct slice *text, struct line *l)
{
    struct slice raw, s;
    size_t eq;

    if (text->p == NULL || !text_cut(text, '\n', &raw))
        return false;
    if (slice_starts(raw, SLICE("\xef\xbb\xbf")))
        raw = slice_from(raw, 3);
    s = text_trim(raw);
    *l = (struct line){.kind = LINE_EMPTY};
    if (s.n == 0 || s.p[0] == '#' || s.p[0] == ';')
        return true;
    if (s.p[0] == '[' && !text_space(raw.p[0])) {
        size_t end = slice_chr(s, ']');

        l->kind = end < s.n ? LINE_SECTION : LINE_BAD;
        read_section(l, slice_of(s.p + 1, end - 1));
        return true;
    }
    eq = slice_chr(s, '=');
    l->kind = text_space(raw.p[0]) ? LINE_NESTED : LINE_VALUE;
    if (eq == s.n || eq == 0) {
        /* What is indented may go on with the value above: it is not ours. */
        l->kind = l->kind == LINE_NESTED ? LINE_EMPTY : LINE_BAD;
        return true;
    }
    l->key = text_trim(slice_head(s, eq));
    l->value = text_trim(without_comment(slice_from(s, eq + 1)));
    return true;
}

int
profile_check(struct slice text, struct slice file, struct err *e)
{
    struct slice left = text;
    bool inside = false;
    struct line l;

    for (unsigned n = 1; next_line(&left, &l); n++) {
        inside |= l.kind == LINE_SECTION;
        if (l.kind == LINE_BAD || (l.kind == LINE_VALUE && !inside))
            return err_set(e, ERR_CONFIG,
                           "%.*s:%u: expected [SECTION], then lines of "
                           "KEY = VALUE",
                           SLICE_FMT(file), n);
    }
    return 0;
}

/* Which sections are looked at, and what for. */
struct wanted {
    struct slice kind, name; /* [kind name] */
    bool bare;               /* [name] will do: of the credentials file */
    struct slice above;      /* the key above nested lines; empty: not those */
    struct slice key;
};

static bool
is_section(const struct wanted *w, const struct line *l)
{
    if (l->value.n > 0)
        return slice_eq(l->key, w->kind) && slice_eq(l->value, w->name);
    return slice_eq(l->key, w->name) &&
           (w->bare || slice_eq(w->name, SLICE("default")));
}

/* The last line that is wanted; p is NULL when there is none. */
static struct slice
find_value(struct slice text, const struct wanted *w)
{
    struct slice found = {NULL, 0}, above = {NULL, 0};
    bool inside = false;
    struct line l;

    while (next_line(&text, &l)) {
        if (l.kind == LINE_SECTION) {
            inside = is_section(w, &l);
            if (inside && w->key.n == 0)
                return l.key;
        } else if (l.kind == LINE_VALUE) {
            above = l.key;
        }
        if (!inside || (l.kind != LINE_VALUE && l.kind != LINE_NESTED) ||
            (l.kind == LINE_NESTED) != (w->above.n > 0) ||
            !text_eq_fold(l.key, w->key))
            continue;
        if (l.kind == LINE_VALUE || text_eq_fold(above, w->above))
            found = l.value;
    }
    return found;
}

static struct slice
find_in_both(const struct profiles *p, struct wanted *w)
{
    struct slice found;

    w->bare = true;
    found = find_value(p->credentials, w);
    w->bare = false;
    return found.p != NULL ? found : find_value(p->config, w);
}

bool
profile_exists(const struct profiles *p, struct slice profile)
{
    struct wanted w = {.kind = SLICE("profile"), .name = profile};

    return find_in_both(p, &w).p != NULL;
}

struct slice
profile_get(const struct profiles *p, struct slice profile, struct slice key)
{
    struct wanted w = {.kind = SLICE("profile"), .name = profile, .key = key};
    struct slice found = find_in_both(p, &w);

    return found.p != NULL ? found : slice_of("", 0);
}

struct slice
profile_service(const struct profiles *p, struct slice services,
                struct slice service, struct slice key)
{
    struct wanted w = {.kind = SLICE("services"),
                       .name = services,
                       .above = service,
                       .key = key};
    struct slice found = find_value(p->config, &w);

    return found.p != NULL ? found : slice_of("", 0);
}
