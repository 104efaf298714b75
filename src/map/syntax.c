#include "map/syntax.h"

#include "base/text.h"

#define PARTS_MAX 16 /* pieces of a composite id */

/* What a transform takes: words, or pairs a=b. */
struct xform_row {
    struct slice name;
    enum map_xform_kind kind;
    uint8_t min, max;
    bool pairs;
};

/* Spellings; those without a row here take no words. */
static const struct xform_row takes[] = {
    {SLICE_INIT("enum"), MAP_X_ENUM, 1, MAP_ARGS_MAX / 2, true},
    {SLICE_INIT("merge"), MAP_X_MERGE, 1, MAP_ARGS_MAX / 2, true},
    {SLICE_INIT("kv"), MAP_X_KV, 0, 1, true},
    {SLICE_INIT("strip"), MAP_X_STRIP, 1, 1, false},
    {SLICE_INIT("drop"), MAP_X_DROP, 1, 1, false},
    {SLICE_INIT("kept"), MAP_X_KEPT, 0, 1, false},
};

static const struct xform_row plain[] = {
#define XFORM(name, text, help) {SLICE_INIT(text), MAP_X_##name, 0, 0, false},
#include "map/xforms.def"
#undef XFORM
    /* other spellings of the same */
    {SLICE_INIT("sg-rule"), MAP_X_SGRULE, 0, 0, false},
    {SLICE_INIT("sg-rule-id"), MAP_X_SGRULE_ID, 0, 0, false},
    {SLICE_INIT("sg-rule-flat"), MAP_X_SGRULE_FLAT, 0, 0, false},
    {SLICE_INIT("sgrule-modify"), MAP_X_SGRULE_MODIFY, 0, 0, false},
};

static int
fail(const char **why, int code, const char *text)
{
    *why = text;
    return code;
}

struct slice
syntax_cut(struct slice *rest)
{
    struct slice s = text_trim(*rest);
    size_t n = 0;

    while (n < s.n && !text_space(s.p[n]))
        n++;
    *rest = slice_from(s, n);
    return slice_head(s, n);
}

/* Literals keep their spelling: values are compared as written. */
int
syntax_word(const struct lexicon *lex, struct slice text, uint16_t *word,
            const char **why)
{
    uint32_t id;

    if (text.n == 0 || text.n > NAME_MAX_BYTES)
        return fail(why, ERR_SYNTAX, "a word of 1 to 255 bytes");
    id = lex->word(lex->ctx, text, false);
    *word = (uint16_t)id;
    return id == NAME_NONE ? ERR_MEMORY : 0;
}

static int
push(struct map_path *path, uint32_t symbol, const char **why)
{
    if (path->n == MAP_PATH_MAX)
        return fail(why, ERR_LIMIT, "a path of at most 48 steps");
    path->sym[path->n++] = (uint16_t)symbol;
    return 0;
}

static int
push_word(const struct lexicon *lex, struct slice text, bool class,
          struct map_path *path, const char **why)
{
    uint32_t id;

    if (text.n > NAME_MAX_BYTES)
        return fail(why, ERR_LIMIT, "names of at most 255 bytes");
    id = lex->word(lex->ctx, text, class);
    return id == NAME_NONE ? ERR_MEMORY : push(path, id, why);
}

/* Names are ASCII letters, digits, _ and -; `also` allows a few signs that
 * CloudTrail has in members. */
static bool
is_name(struct slice s, const char *also)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = text_lower(s.p[i]);

        if (!(c >= 'a' && c <= 'z') && !text_digit(c) && c != '_' && c != '-' &&
            (also == NULL || c == 0 || strchr(also, c) == NULL))
            return false;
    }
    return s.n > 0;
}

/* Length of s up to the first c that stands outside of brackets. */
static size_t
outside(struct slice s, char c)
{
    bool in = false;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == c && !in)
            return i;
        if (s.p[i] == '[')
            in = true;
        else if (s.p[i] == ']')
            in = false;
    }
    return s.n;
}

/* What stands in brackets: nothing, or key=literal. */
static int
push_filter(const struct lexicon *lex, struct slice in, struct map_path *path,
            const char **why)
{
    size_t eq = slice_chr(in, '=');
    int r;

    if (in.n == 0)
        return push(path, MAP_SYM_LIST, why);
    if (eq + 1 >= in.n || !is_name(slice_head(in, eq), NULL))
        return fail(why, ERR_SYNTAX, "[] or [key=value]");
    r = push(path, MAP_SYM_FILTER, why);
    if (r == 0)
        r = push_word(lex, slice_head(in, eq), true, path, why);
    if (r == 0)
        r = push_word(lex, slice_from(in, eq + 1), false, path, why);
    return r;
}

/* Member names may hold : (xsi:type), $ and # (#hk of DynamoDB). */
static int
push_step(const struct lexicon *lex, struct slice step, struct map_path *path,
          const char **why)
{
    size_t open = slice_chr(step, '[');
    struct slice in;
    int r;

    if (!is_name(slice_head(step, open), ":$#"))
        return fail(why, ERR_SYNTAX, "a path like a.b[].c");
    r = push_word(lex, slice_head(step, open), true, path, why);
    if (r < 0 || open == step.n)
        return r;
    in = slice_from(step, open + 1);
    if (slice_chr(in, ']') + 1 != in.n)
        return fail(why, ERR_SYNTAX, "one [] at the end of a step");
    return push_filter(lex, slice_head(in, in.n - 1), path, why);
}

/* One alternative. */
static int
push_alternative(const struct lexicon *lex, struct slice s,
                 struct map_path *path, const char **why)
{
    static const struct {
        char c;
        uint16_t symbol;
    } roots[] = {
        {'>', MAP_SYM_RESPONSE}, {'@', MAP_SYM_EVENT}, {'.', MAP_SYM_ELEMENT}};
    int r = 0;

    for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
        if (s.n == 0 || s.p[0] != roots[i].c)
            continue;
        r = push(path, roots[i].symbol, why);
        s = slice_from(s, 1);
        if (r < 0 || (s.n == 0 && roots[i].c == '.'))
            return r;
        break;
    }
    do {
        /* A literal in brackets may hold dots. */
        size_t n = outside(s, '.');
        bool last = n == s.n;

        r = push_step(lex, slice_head(s, n), path, why);
        s = slice_from(s, n + 1);
        if (r < 0 || last)
            return r;
    } while (true);
}

int
syntax_path(const struct lexicon *lex, struct slice text, struct map_path *path,
            const char **why)
{
    path->n = 0;
    for (;;) {
        size_t n = outside(text, '|');
        int r = push_alternative(lex, slice_head(text, n), path, why);

        if (r < 0 || n == text.n)
            return r;
        text = slice_from(text, n + 1);
        r = push(path, MAP_SYM_ALT, why);
        if (r < 0)
            return r;
    }
}

/* The part of a composite id that an attribute ends with: #N or ~. */
static int
push_part(struct slice part, struct map_path *path, const char **why)
{
    unsigned n = 0;
    int r;

    if (part.p[0] == '~' && part.n == 1)
        return push(path, MAP_SYM_ANYPART, why);
    for (size_t i = 1; i < part.n && n < PARTS_MAX; i++) {
        if (!text_digit(part.p[i]))
            n = PARTS_MAX;
        else
            n = n * 10 + (unsigned)(part.p[i] - '0');
    }
    if (part.p[0] == '~' || part.n < 2 || n >= PARTS_MAX)
        return fail(why, ERR_SYNTAX, "NAME#0 to NAME#15, or NAME~");
    r = push(path, MAP_SYM_PART, why);
    return r == 0 ? push(path, n, why) : r;
}

/* a.b.c with what its kind allows. */
static int
push_attr(const struct lexicon *lex, struct slice s, enum syntax_attr kind,
          struct map_path *path, const char **why)
{
    size_t end = slice_chr(s, '#');
    struct slice name, names;
    int r = 0;

    if (end == s.n)
        end = slice_chr(s, '~');
    if (kind != ATTR_ID)
        end = s.n;
    names = slice_head(s, end);
    if (names.n == 0)
        return fail(why, ERR_SYNTAX, "an attribute like a.b_c");
    while (r == 0 && text_cut(&names, '.', &name)) {
        if (kind == ATTR_LISTS && slice_ends(name, SLICE("[]")))
            name.n -= 2;
        if (!is_name(name, NULL))
            return fail(why, ERR_SYNTAX, "an attribute like a.b_c");
        r = push_word(lex, name, false, path, why);
    }
    return r == 0 && end < s.n ? push_part(slice_from(s, end), path, why) : r;
}

int
syntax_attr(const struct lexicon *lex, struct slice text, enum syntax_attr kind,
            struct map_path *path, const char **why)
{
    struct slice rest = text, one;
    int r = 0;

    path->n = 0;
    if (kind != ATTR_ID)
        return push_attr(lex, text, kind, path, why);
    while (r == 0 && text_cut(&rest, '|', &one)) {
        if (path->n > 0)
            r = push(path, MAP_SYM_ALT, why);
        if (r == 0)
            r = push_attr(lex, one, kind, path, why);
    }
    return r;
}

int
syntax_derive(const struct names *names, struct slice text, bool list,
              const struct map_path *attr, struct map_path *path,
              const char **why)
{
    struct slice rest = text, name;
    size_t i = 0;
    int r = 0;

    path->n = 0;
    while (r == 0 && text_cut(&rest, '.', &name)) {
        r = push(path, names_class(names, attr->sym[i++]), why);
        if (r == 0 && (slice_ends(name, SLICE("[]")) || (list && i == attr->n)))
            r = push(path, MAP_SYM_LIST, why);
    }
    return r;
}

/* Those that take words stand first, as xforms.def has them too. */
static const struct xform_row *
find_row(struct slice name)
{
    for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++)
        if (slice_eq(takes[i].name, name))
            return &takes[i];
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (slice_eq(plain[i].name, name))
            return &plain[i];
    return NULL;
}

/* One word of a transform, or the two of a pair. */
static int
push_arg(const struct lexicon *lex, const struct xform_row *row,
         struct slice text, struct map_xform *x, const char **why)
{
    size_t eq = slice_chr(text, '=');
    int r;

    if (!row->pairs)
        return syntax_word(lex, text, &x->arg[x->n++], why);
    if (eq == 0 || eq + 1 >= text.n)
        return fail(why, ERR_SYNTAX, "words like a=b after this transform");
    r = syntax_word(lex, slice_head(text, eq), &x->arg[x->n++], why);
    if (r == 0)
        r = syntax_word(lex, slice_from(text, eq + 1), &x->arg[x->n++], why);
    return r;
}

int
syntax_xform(const struct lexicon *lex, struct slice text, struct map_xform *x,
             const char **why)
{
    const struct xform_row *row = find_row(syntax_cut(&text));
    struct slice word;
    unsigned n = 0;
    int r = 0;

    if (row == NULL)
        return fail(why, ERR_SYNTAX, "a transform such as set, policy or tags");
    *x = (struct map_xform){.kind = row->kind};
    while (r == 0 && (word = syntax_cut(&text)).n > 0) {
        if (n++ == row->max)
            return fail(why, ERR_SYNTAX, "fewer words after this transform");
        r = push_arg(lex, row, word, x, why);
    }
    if (r == 0 && n < row->min)
        return fail(why, ERR_SYNTAX, "more words after this transform");
    return r;
}
