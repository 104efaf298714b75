/* What stands behind the keys of a binding. */

#include "base/text.h"
#include "map/parser.h"

/* Terraform writes types in lower case; what is not would never match. */
static bool
is_type_name(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !text_digit(s.p[i]) &&
            s.p[i] != '_')
            return false;
    return s.n > 0;
}

/* Each of them gets the whole of the binding. */
int
clause_types(struct parser *p)
{
    struct slice rest = p->value, name;
    const char *why = NULL;
    uint16_t id;
    int r;

    if (text_trim(rest).n == 0)
        return parser_fail(p, ERR_SYNTAX, "* or resource types");
    while ((name = syntax_cut(&rest)).n > 0) {
        if (!is_type_name(name))
            return parser_fail(p, ERR_SYNTAX, "* alone or resource types");
        if (p->b.n_types == MAP_TYPES_MAX)
            return parser_fail(p, ERR_LIMIT, "at most 128 types in a binding");
        r = syntax_word(&p->sink->lex, name, &id, &why);
        if (r < 0)
            return parser_fail(p, r, why);
        p->types[2 * p->b.n_types] = id & 0xff;
        p->types[2 * p->b.n_types++ + 1] = (uint8_t)(id >> 8);
    }
    return 0;
}

/* Role and confidence have defaults, which the files leave out. */
int
clause_type(struct parser *p)
{
    p->b = (struct map_binding){.role = MAP_UPDATE, .types = p->types};
    p->has_role = p->has_confidence = false;
    p->n_lines = 0;
    p->in_binding = true;
    return slice_eq(p->value, SLICE("*")) ? 0 : clause_types(p);
}

/* Index of the value in a list of words, or -1. */
static int
choose(struct slice value, const struct slice *words, int n)
{
    for (int i = 0; i < n; i++)
        if (slice_eq(value, words[i]))
            return i;
    return -1;
}

int
clause_role(struct parser *p)
{
    static const struct slice roles[] = {
        SLICE_INIT("update"), SLICE_INIT("create"), SLICE_INIT("delete"),
        SLICE_INIT("upsert"), SLICE_INIT("none")};
    int role = choose(p->value, roles, 5);

    if (role < 0 || p->has_role)
        return parser_fail(p, ERR_SYNTAX,
                           "one role: create, update, delete, upsert or none");
    p->b.role = (enum map_role)role;
    p->has_role = true;
    return 0;
}

int
clause_confidence(struct parser *p)
{
    static const struct slice levels[] = {
        SLICE_INIT("high"), SLICE_INIT("medium"), SLICE_INIT("low")};
    int level = choose(p->value, levels, 3);

    if (level < 0 || p->has_confidence)
        return parser_fail(p, ERR_SYNTAX,
                           "one confidence: high, medium or low");
    p->b.confidence = (enum map_confidence)level;
    p->has_confidence = true;
    return 0;
}

/* PATH [: TRANSFORM] */
static int
get_source(struct parser *p, struct slice text, struct map_path *path,
           struct map_xform *x)
{
    const struct lexicon *lex = &p->sink->lex;
    struct slice word = syntax_cut(&text);
    const char *why = NULL;
    int r = syntax_path(lex, word, path, &why);

    *x = (struct map_xform){.kind = MAP_X_NONE};
    if (r < 0)
        return parser_fail(p, r, why);
    word = syntax_cut(&text);
    if (word.n == 0)
        return 0;
    if (!slice_eq(word, SLICE(":")))
        return parser_fail(p, ERR_SYNTAX,
                           "nothing or : TRANSFORM after the path");
    r = syntax_xform(lex, text, x, &why);
    return parser_check(p, r, why);
}

/* role < PATH : enum A=create ... */
int
clause_role_path(struct parser *p)
{
    if (p->b.has_role_path)
        return parser_fail(p, ERR_SYNTAX, "one path of a role");
    p->b.has_role_path = true;
    return get_source(p, p->value, &p->b.role_path, &p->b.role_xform);
}

/* Twice would mean a list of lists, which no event has. */
int
clause_each(struct parser *p)
{
    const char *why = NULL;
    int r;

    if (p->b.has_each)
        return parser_fail(p, ERR_SYNTAX, "one each in a binding");
    p->b.has_each = true;
    r = syntax_path(&p->sink->lex, p->value, &p->b.each, &why);
    return parser_check(p, r, why);
}

/* [!]PATH [= literal] */
static int
get_condition(struct parser *p, struct slice text, struct map_when *when)
{
    struct slice path = syntax_cut(&text), eq = syntax_cut(&text);
    const char *why = NULL;
    int r;

    when->negate = path.n > 0 && path.p[0] == '!';
    when->literal = NAME_NONE;
    r = syntax_path(&p->sink->lex, slice_from(path, when->negate ? 1 : 0),
                    &when->path, &why);
    if (r < 0)
        return parser_fail(p, r, why);
    text = text_trim(text);
    if (eq.n == 0)
        return 0;
    if (!slice_eq(eq, SLICE("=")) || text.n == 0)
        return parser_fail(p, ERR_SYNTAX, "[!]PATH or [!]PATH = value");
    r = syntax_word(&p->sink->lex, text, &when->literal, &why);
    return parser_check(p, r, why);
}

int
clause_when(struct parser *p)
{
    if (p->b.n_whens == MAP_WHENS_MAX)
        return parser_fail(p, ERR_LIMIT, "at most 4 conditions in a binding");
    return get_condition(p, p->value, &p->b.when[p->b.n_whens++]);
}

/* [ATTRIBUTE <] PATH [: TRANSFORM] */
int
clause_id(struct parser *p)
{
    const struct lexicon *lex = &p->sink->lex;
    struct slice rest = p->value, attr = syntax_cut(&rest);
    struct slice after = rest;
    const char *why = NULL;
    struct map_id *id;
    int r;

    if (p->b.n_ids == MAP_IDS_MAX)
        return parser_fail(p, ERR_LIMIT, "at most 12 ids in a binding");
    id = &p->b.id[p->b.n_ids++];
    if (!slice_eq(syntax_cut(&after), SLICE("<"))) {
        /* Without "<" there is only a path, and the attribute is id. */
        attr = SLICE("id");
        after = p->value;
    }
    r = syntax_attr(lex, attr, ATTR_ID, &id->attr, &why);
    if (r < 0)
        return parser_fail(p, r, why);
    return get_source(p, after, &id->path, &id->xform);
}

/* := LITERAL [? PATH = literal] */
static int
get_constant(struct parser *p, struct slice text, struct map_line *line)
{
    struct slice literal = syntax_cut(&text), ask = syntax_cut(&text);
    const char *why = NULL;
    int r = 0;

    /* "?" is no word: it says that the value is not in the event. */
    line->constant = true;
    line->literal = NAME_NONE;
    if (!slice_eq(literal, SLICE("?")))
        r = syntax_word(&p->sink->lex, literal, &line->literal, &why);
    if (r < 0)
        return parser_fail(p, r, why);
    if (ask.n == 0)
        return 0;
    if (!slice_eq(ask, SLICE("?")))
        return parser_fail(p, ERR_SYNTAX,
                           "one word, then nothing or ? PATH = value");
    line->guarded = true;
    return get_condition(p, text, &line->guard);
}

/* What follows an attribute whose path the naming rule gives. */
static int
get_derived(struct parser *p, struct slice attr, bool has_xform,
            struct slice text, struct map_line *line)
{
    const char *why = NULL;
    int r = 0;

    if (has_xform)
        r = syntax_xform(&p->sink->lex, text, &line->xform, &why);
    if (r == 0)
        r = syntax_derive(p->sink->names, attr, line->xform.kind == MAP_X_SET,
                          &line->attr, &line->path, &why);
    return parser_check(p, r, why);
}

/* ATTRIBUTE [< PATH] [: TRANSFORM], or ATTRIBUTE := ... */
int
clause_attr(struct parser *p)
{
    struct slice rest = p->value, attr = syntax_cut(&rest);
    struct slice op = syntax_cut(&rest);
    bool derived = op.n == 0 || slice_eq(op, SLICE(":"));
    struct map_line line = {.literal = NAME_NONE};
    const char *why = NULL;
    int r = syntax_attr(&p->sink->lex, attr, derived ? ATTR_LISTS : ATTR_PLAIN,
                        &line.attr, &why);

    if (r < 0)
        return parser_fail(p, r, why);
    if (p->n_lines++ == MAP_LINES_MAX)
        return parser_fail(p, ERR_LIMIT,
                           "at most 2040 attributes in a binding");
    if (derived)
        r = get_derived(p, attr, op.n > 0, rest, &line);
    else if (slice_eq(op, SLICE("<")))
        r = get_source(p, rest, &line.path, &line.xform);
    else if (slice_eq(op, SLICE(":=")))
        r = get_constant(p, rest, &line);
    else
        r = parser_fail(p, ERR_SYNTAX,
                        "ATTRIBUTE [< PATH] [: TRANSFORM] or "
                        "ATTRIBUTE := VALUE");
    if (r < 0)
        return r;
    return parser_check(p, p->sink->line(p->sink->ctx, &line),
                        "fewer different transforms");
}
