#include "config_section.h"

#include <string.h>

#include "base/text.h"
#include "config_key.h"
#include "config_option.h"
#include "config_type.h"

/*
 * Makes a head that says where the section stands and which of its keys were
 * given.  The name is copied: what we read it from is gone after the reading,
 * while a head must be able to name its section for as long as there is a
 * config.
 */
static int
head_init(struct config_reading *r, struct config_head *head,
          enum config_kind kind, struct slice name)
{
    unsigned *lines;
    char *text = arena_bytes(r->arena, name.n + 1);
    size_t n;

    config_option_rows(kind, &n);
    lines = arena_alloc(r->arena, n * sizeof(*lines));
    if (lines == NULL || text == NULL)
        return config_reading_full(r);
    memset(lines, 0, n * sizeof(*lines));
    if (name.n > 0)
        memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    *head = (struct config_head){kind, slice_of(text, name.n), r->line, lines};
    return 0;
}

int
config_section_reserve(struct config_reading *r,
                       const size_t count[CONFIG_KINDS], size_t rules)
{
    struct config_rules *all = &r->c->rules;
    /* The rooms below want their rules side by side, without our heads. */
    struct ignore_rule *ignore =
        arena_alloc(r->arena, (count[CONFIG_IGNORE] + 1) * sizeof(*ignore));
    struct severity_rule *severity =
        arena_alloc(r->arena, (rules + 1) * sizeof(*severity));
    int rc = ignore != NULL && severity != NULL ? 0 : config_reading_full(r);

    all->ignore.rule = r->ignore = ignore;
    all->severity.rule = r->severity = severity;
    for (size_t k = 0; k < CONFIG_KINDS && rc == 0; k++) {
        const struct config_layout *l = &config_layouts[k];
        char *at = (char *)r->c + l->at;
        void *many;

        /* A section that stands once is a part of struct config itself. */
        if (k < CONFIG_NAMED) {
            rc = head_init(r, (void *)at, (enum config_kind)k, SLICE(""));
            continue;
        }
        /* One more: an output of our own where none is given.  Arrays never
         * move, so that heads may be pointed to while they fill. */
        many = arena_alloc(r->arena, (count[k] + 1) * l->size);
        if (many == NULL)
            return config_reading_full(r);
        memset(many, 0, (count[k] + 1) * l->size);
        memcpy(at, &many, sizeof(many));
    }
    return rc;
}

/* Number i of the sections of a kind with names.  All their structs begin
 * with a head, so that this one function serves all of them. */
static struct config_head *
section_at(const struct config_reading *r, enum config_kind kind, size_t i)
{
    const struct config_layout *l = &config_layouts[kind];
    void *many;

    memcpy(&many, (const char *)r->c + l->at, sizeof(many));
    return (void *)((char *)many + i * l->size);
}

/*
 * Adds a section to its kind and makes it the open one.  Names must differ:
 * checkpoints, records and metrics tell sources, states and outputs apart by
 * them alone.
 */
static int
section_add(struct config_reading *r, enum config_kind kind, struct slice name)
{
    size_t n;
    char *count = (char *)r->c + config_layouts[kind].count;
    int rc;

    memcpy(&n, count, sizeof(n));
    for (size_t i = 0; i < n; i++) {
        struct config_head *other = section_at(r, kind, i);

        if (!slice_eq(other->name, name))
            continue;
        r->head = other;
        return config_reading_fail(
            r, SLICE(""),
            "stands in line %u already; allowed: one section a name",
            other->line);
    }
    rc = head_init(r, section_at(r, kind, n), kind, name);
    if (rc < 0)
        return rc;
    r->head = section_at(r, kind, n++);
    memcpy(count, &n, sizeof(n));
    return 0;
}

/* Whether a name may stand in records, metrics and messages as it is: UTF-8
 * without quotes, backslashes and control characters.  inih would take what
 * follows a ; for a comment. */
static bool
name_is_good(struct slice name)
{
    return name.n > 0 && name.n <= CONFIG_NAME_MAX_BYTES &&
           text_utf8(name) == name.n && slice_chr(name, ';') == name.n;
}

/* Where the value of a row goes in the open section. */
static void *
section_field(const struct config_reading *r, const struct config_option *o)
{
    return (char *)r->head + o->offset;
}

/*
 * A key that is not for this `type`: says which are.  This is found out only
 * when the section ends, since `type` may stand below the key, so the line
 * of the message is that of the key.
 */
static int
fail_elsewhere(struct config_reading *r, const struct config_option *rows,
               size_t n, const struct config_option *o, int type)
{
    struct config_known k;

    config_known_init(&k, SLICE(""));
    for (size_t i = 0; i < n; i++)
        if (rows[i].only == 0 || (rows[i].only & 1u << type) != 0)
            config_known_add(&k, rows[i].key);
    r->line = r->head->lines[o - rows];
    return config_reading_fail(
        r, slice_str(o->key), "not for type = %.*s; allowed: %.*s",
        SLICE_FMT(config_type_text(r->head)), SLICE_FMT(buf_slice(&k.list)));
}

/* A key that must be there is not; the line is that of the section. */
static int
fail_missing(struct config_reading *r, const struct config_option *o)
{
    char text[192];
    struct buf b = buf_over(text, sizeof(text));

    config_type_allowed(o, &b);
    r->line = r->head->line;
    return config_reading_fail(r, slice_str(o->key), "missing; allowed: %.*s",
                               SLICE_FMT(buf_slice(&b)));
}

/*
 * Fills in the defaults of the open section and checks it as a whole: which
 * keys go with its `type`, and which must be there.  Defaults are read like
 * values out of the file, so that a default may name the environment and
 * cannot be out of its own range.
 */
static int
section_close(struct config_reading *r)
{
    const struct config_option *rows;
    unsigned line = r->line;
    size_t n, set = 0;
    int type = 0, rc = 0;

    if (r->head == NULL)
        return 0;
    rows = config_option_rows(r->head->kind, &n);
    /* Only a `type` that tells the other keys apart must always be there. */
    if (rows[0].must != 0) {
        if (r->head->lines[0] == 0 && r->head->line > 0)
            return fail_missing(r, rows);
        memcpy(&type, section_field(r, rows), sizeof(type));
    }
    /* What is wrong from here on is wrong with the section as a whole. */
    r->line = r->head->line;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct config_option *o = &rows[i];
        bool given = r->head->lines[i] > 0;

        set += given;
        if (o->only != 0 && (o->only & 1u << type) == 0) {
            if (given)
                return fail_elsewhere(r, rows, n, o, type);
            continue;
        }
        if (!given && o->preset != NULL)
            rc = config_key_put(r, o, slice_str(o->preset), section_field(r, o),
                                true);
        if (rc == 0 && (o->must & 1u << type) != 0 &&
            config_type_empty(o, section_field(r, o)))
            return fail_missing(r, o);
    }
    /* Keys without globs match anything: without keys, everything. */
    if (rc == 0 && r->head->kind == CONFIG_IGNORE && set == 0)
        return config_reading_fail(
            r, SLICE(""),
            "would ignore everything; allowed: at least one key, "
            "such as type, attribute or user");
    r->line = line;
    return rc;
}

/* A section that nobody knows: says which there are. */
static int
fail_section(struct config_reading *r, struct slice word)
{
    struct config_known k;

    config_known_init(&k, word);
    for (size_t i = 0; i < CONFIG_KINDS; i++)
        config_known_add(&k, config_layouts[i].name);
    return config_known_fail(r, "section", &k);
}

int
config_section_open(struct config_reading *r, struct slice word,
                    struct slice name)
{
    enum config_kind kind = config_option_kind(word);
    int rc = section_close(r);
    struct config_head *head;

    if (rc < 0)
        return rc;
    /* Messages about the head itself must not name the section before. */
    r->head = NULL;
    if (kind == CONFIG_KINDS)
        return fail_section(r, word);
    if (kind >= CONFIG_NAMED && !name_is_good(name))
        return config_reading_fail(
            r, word,
            "needs a name; allowed: [%s \"NAME\"], 1 to %d bytes "
            "without quotes, backslashes, ; and ]",
            config_layouts[kind].name, CONFIG_NAME_MAX_BYTES);
    if (kind >= CONFIG_NAMED)
        return section_add(r, kind, name);
    if (name.p != NULL)
        return config_reading_fail(r, word, "has no name; allowed: [%s]",
                                   config_layouts[kind].name);
    r->head = head = (void *)((char *)r->c + config_layouts[kind].at);
    if (head->line > 0)
        return config_reading_fail(
            r, SLICE(""), "stands in line %u already; allowed: once a file",
            head->line);
    head->line = r->line;
    return 0;
}

/* The output of a file that names none.  Its line is 0 by now, which is how
 * section_close() knows that no `type` had to be written. */
static int
stdout_add(struct config_reading *r)
{
    int rc = section_add(r, CONFIG_OUTPUT, SLICE("stdout"));

    r->c->outputs[0].type = CONFIG_OUTPUT_STDOUT;
    return rc == 0 ? section_close(r) : rc;
}

/* The rules in the form of the rooms that use them; those must not know of
 * configurations, which stand above them. */
static void
rules_gather(struct config_reading *r)
{
    const struct config_filter *f = &r->c->filter;
    struct config_rules *rules = &r->c->rules;

    rules->filter = (struct filter){
        .terraform = f->terraform_user_agents.p,
        .n_terraform = f->terraform_user_agents.n,
        .report_service_roles = f->service_roles == CONFIG_ROLES_REPORT,
        .unmanaged = f->unmanaged,
    };
    for (size_t i = 0; i < r->c->n_ignores; i++) {
        r->ignore[i] = r->c->ignores[i].rule;
        r->ignore[i].name = r->c->ignores[i].head.name;
    }
    rules->ignore.n = r->c->n_ignores;
    rules->severity.preset = r->c->severity.preset;
}

int
config_section_finish(struct config_reading *r)
{
    int rc = section_close(r);

    /* Sections that the file does not have get their defaults. */
    r->line = 0;
    for (size_t k = 0; k < CONFIG_NAMED && rc == 0; k++) {
        r->head = (void *)((char *)r->c + config_layouts[k].at);
        rc = r->head->line == 0 ? section_close(r) : 0;
    }
    if (rc == 0 && r->c->n_outputs == 0)
        rc = stdout_add(r);
    if (rc == 0)
        rules_gather(r);
    return rc;
}
