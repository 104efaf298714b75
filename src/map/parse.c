#include "map/parse.h"

#include "base/text.h"
#include "map/parser.h"

#define QUOTE_MAX 80 /* bytes of a value that a message repeats */

/* The value is repeated, cut short, so that the line is found even if it
 * was moved since. */
int
parser_fail(struct parser *p, int code, const char *expected)
{
    if (code == ERR_MEMORY)
        expected = "fewer mappings: there is no room for more";
    return err_set(p->e, code, "%.*s:%u: %.*s \"%.*s\": expected %s",
                   SLICE_FMT(p->file), p->line, SLICE_FMT(p->key),
                   SLICE_FMT(slice_head(p->value, QUOTE_MAX)), expected);
}

int
parser_check(struct parser *p, int r, const char *expected)
{
    return r < 0 ? parser_fail(p, r, expected) : 0;
}

/* Hands the binding that was being read on. */
/* A binding ends where the next one, the next section or the file does;
 * only then is it known to be whole. */
static int
end_binding(struct parser *p)
{
    int r = 0;

    if (p->in_binding)
        r = p->sink->binding(p->sink->ctx, &p->section, &p->b);
    p->in_binding = false;
    return parser_check(p, r, "a shorter binding before this line");
}

/* What went wrong with the binding before is said at this line: it is the
 * first that is not part of it. */
static int
start_type(struct parser *p)
{
    int r = end_binding(p);

    return r < 0 ? r : clause_type(p);
}

/* The words of a [type] line: the same trait for several attributes. */
static int
add_traits(struct parser *p, unsigned flag)
{
    struct slice rest = p->value, attr = syntax_cut(&rest);
    const char *why = NULL;
    int r = 0;

    p->trait.flags = flag;
    if (attr.n == 0)
        return parser_fail(p, ERR_SYNTAX, "one attribute or more");
    for (; r == 0 && attr.n > 0; attr = syntax_cut(&rest)) {
        r = syntax_attr(&p->sink->lex, attr, ATTR_PLAIN, &p->trait.attr, &why);
        if (r == 0)
            r = p->sink->trait(p->sink->ctx, &p->trait);
    }
    return parser_check(p, r, why);
}

static int
add_sensitive(struct parser *p)
{
    return add_traits(p, MAP_SENSITIVE);
}

static int
add_ordered(struct parser *p)
{
    return add_traits(p, MAP_ORDERED);
}

static int
add_computed(struct parser *p)
{
    return add_traits(p, MAP_COMPUTED);
}

/* part = ATTRIBUTE CHILD_TYPE OWNER_ATTRIBUTE */
static int
add_part(struct parser *p)
{
    struct slice rest = p->value, attr = syntax_cut(&rest);
    struct slice child = syntax_cut(&rest), owner = syntax_cut(&rest);
    const char *why = NULL;
    int r;

    if (owner.n == 0 || text_trim(rest).n > 0)
        return parser_fail(p, ERR_SYNTAX,
                           "ATTRIBUTE TYPE ATTRIBUTE-OF-THAT-TYPE");
    p->trait.flags = 0;
    r = syntax_attr(&p->sink->lex, attr, ATTR_PLAIN, &p->trait.attr, &why);
    if (r == 0)
        r = syntax_word(&p->sink->lex, child, &p->trait.child, &why);
    if (r == 0)
        r = syntax_word(&p->sink->lex, owner, &p->trait.owner, &why);
    if (r == 0)
        r = p->sink->trait(p->sink->ctx, &p->trait);
    return parser_check(p, r, why);
}

/* Where a key may stand. */
enum place { IN_EVENTS, IN_BINDING, IN_TYPE };

static const struct {
    struct slice key;
    enum place place;
    int (*read)(struct parser *p);
} keys[] = {
    {SLICE_INIT("attr"), IN_BINDING, clause_attr},
    {SLICE_INIT("id"), IN_BINDING, clause_id},
    {SLICE_INIT("type"), IN_EVENTS, start_type},
    {SLICE_INIT("role"), IN_BINDING, clause_role},
    {SLICE_INIT("when"), IN_BINDING, clause_when},
    {SLICE_INIT("each"), IN_BINDING, clause_each},
    {SLICE_INIT("confidence"), IN_BINDING, clause_confidence},
    {SLICE_INIT("sensitive"), IN_TYPE, add_sensitive},
    {SLICE_INIT("ordered"), IN_TYPE, add_ordered},
    {SLICE_INIT("computed"), IN_TYPE, add_computed},
    {SLICE_INIT("part"), IN_TYPE, add_part},
};

/* What is expected of a line where the parser stands. */
static const char *
expected_keys(const struct parser *p)
{
    if (p->in_type)
        return "sensitive, ordered, computed or part";
    if (p->in_binding)
        return "type, role, each, when, id, attr or confidence";
    if (p->in_events)
        return "type = RESOURCE_TYPE first";
    return "[SOURCE EVENT...] or [type NAME] first";
}

/* `type` may stand wherever events are; what describes a binding needs one. */
static bool
is_here(const struct parser *p, enum place place)
{
    return place == IN_TYPE      ? p->in_type
           : place == IN_BINDING ? p->in_binding
                                 : p->in_events;
}

/* KEY = VALUE, role < PATH, or type += TYPE... */
static int
read_pair(struct parser *p, struct slice line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] >= 'a' && line.p[n] <= 'z')
        n++;
    p->key = slice_head(line, n);
    p->value = text_trim(slice_from(line, n));
    /* The one key without "=": the role is read from the event. */
    if (slice_eq(p->key, SLICE("role")) && p->in_binding &&
        slice_starts(p->value, SLICE("<"))) {
        p->value = slice_from(p->value, 1);
        return clause_role_path(p);
    }
    if (slice_eq(p->key, SLICE("type")) && p->in_binding && p->b.n_types > 0 &&
        slice_starts(p->value, SLICE("+="))) {
        p->value = text_trim(slice_from(p->value, 2));
        return clause_types(p);
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (!slice_eq(p->key, keys[i].key) || !is_here(p, keys[i].place))
            continue;
        if (!slice_starts(p->value, SLICE("=")))
            return parser_fail(p, ERR_SYNTAX, "KEY = VALUE");
        p->value = text_trim(slice_from(p->value, 1));
        return keys[i].read(p);
    }
    return parser_fail(p, ERR_SYNTAX, expected_keys(p));
}

static bool
is_word(struct slice s, const char *also)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = text_lower(s.p[i]);

        if (!(c >= 'a' && c <= 'z') && !text_digit(c) &&
            (c == 0 || strchr(also, c) == NULL))
            return false;
    }
    return s.n > 0;
}

static int
add_event(struct parser *p, struct slice name)
{
    struct parse_section *s = &p->section;
    const char *why = NULL;
    uint16_t id;
    int r;

    p->value = name;
    if (s->n_events == PARSE_EVENTS_MAX)
        return parser_fail(p, ERR_LIMIT, "at most 64 events in a section");
    if (!is_word(name, "_"))
        return parser_fail(p, ERR_SYNTAX, "[SOURCE EVENT...]");
    r = syntax_word(&p->sink->lex, map_event_name(name), &id, &why);
    if (r < 0)
        return parser_fail(p, r, why);
    for (size_t i = 0; i < s->n_events; i++)
        if (s->event[i] == id)
            return parser_fail(p, ERR_SYNTAX, "each event once");
    s->event[s->n_events++] = id;
    return 0;
}

/* [SOURCE EVENT...] or [type NAME] */
static int
read_section(struct parser *p, struct slice line)
{
    struct slice rest, name;
    const char *why = NULL;
    int r = end_binding(p);

    p->key = SLICE("section");
    p->value = line;
    p->in_type = p->in_events = false;
    if (r < 0)
        return r;
    if (line.n < 2 || line.p[line.n - 1] != ']')
        return parser_fail(p, ERR_SYNTAX, "] at the end");
    rest = slice_of(line.p + 1, line.n - 2);
    name = syntax_cut(&rest);
    /* No service of AWS is called "type". */
    p->in_type = slice_eq(name, SLICE("type"));
    p->in_events = !p->in_type;
    if (p->in_type) {
        name = text_trim(rest);
        if (!is_word(name, "_"))
            return parser_fail(p, ERR_SYNTAX, "[type NAME]");
        r = syntax_word(&p->sink->lex, name, &p->trait.type, &why);
        return parser_check(p, r, why);
    }
    if (!is_word(name, "-.") || text_trim(rest).n == 0)
        return parser_fail(p, ERR_SYNTAX, "[SOURCE EVENT...]");
    r = syntax_word(&p->sink->lex, map_source_name(name), &p->section.source,
                    &why);
    if (r < 0)
        return parser_fail(p, r, why);
    p->section.n_events = 0;
    while (r == 0 && (name = syntax_cut(&rest)).n > 0)
        r = add_event(p, name);
    return r;
}

/* A line without its comment: # or ; with white space around it, or at the
 * start. */
static struct slice
cut_comment(struct slice line)
{
    struct slice s = text_trim(line);

    if (s.n > 0 && (s.p[0] == '#' || s.p[0] == ';'))
        return slice_of("", 0);
    for (size_t i = 1; i < s.n; i++)
        if ((s.p[i] == '#' || s.p[i] == ';') && text_space(s.p[i - 1]) &&
            (i + 1 == s.n || text_space(s.p[i + 1])))
            return text_trim(slice_head(s, i));
    return s;
}

int
parse_map(const struct parse_sink *sink, struct slice file, struct slice text,
          struct err *e)
{
    struct parser p = {.sink = sink, .file = file, .e = e};
    struct slice rest = text.n > 0 ? text : SLICE(""), line;
    int r = 0;

    while (r == 0 && text_cut(&rest, '\n', &line)) {
        p.line++;
        line = cut_comment(line);
        if (line.n == 0)
            continue;
        r = line.p[0] == '[' ? read_section(&p, line) : read_pair(&p, line);
    }
    return r < 0 ? r : end_binding(&p);
}
