/* A user's mapping file over what is there. */

#include "map/build.h"

struct reader {
    struct maps *ms;
    struct arena *arena;
    struct map_build build;
};

/* A word of a path needs its class only, so it is added only if no word of
 * that class is there. */
static uint32_t
read_word(void *ctx, struct slice text, bool class)
{
    struct reader *r = ctx;
    uint32_t id = class ? names_fold(&r->ms->names, text) : NAME_NONE;

    if (id != NAME_NONE)
        return id;
    id = names_add(&r->ms->names, r->arena, text);
    return class && id != NAME_NONE ? names_class(&r->ms->names, id) : id;
}

static int
sink_line(void *ctx, const struct map_line *line)
{
    struct reader *r = ctx;

    return build_line(&r->build, line);
}

static int
sink_binding(void *ctx, const struct parse_section *section,
             const struct map_binding *b)
{
    struct reader *r = ctx;

    return build_binding(&r->build, section, b);
}

static int
sink_trait(void *ctx, const struct parse_trait *trait)
{
    struct reader *r = ctx;

    return build_trait(&r->build, trait);
}

/* Whether one of n entries of an event is for this type; NAME_NONE asks for
 * a binding for any type. */
static bool
has_entry(const struct map_build *build, const struct build_entry *entry,
          size_t n, uint16_t type)
{
    struct map_binding b;

    for (size_t i = 0; i < n; i++) {
        build_head(build, &entry[i], &b);
        if (type == NAME_NONE ? b.n_types == 0
                              : b.n_types > 0 && map_has_type(&b, type))
            return true;
    }
    return false;
}

/* Takes the types that entries replace out of an older binding; false when
 * none is left. */
static bool
keep_types(const struct map_build *build, const struct build_entry *entry,
           size_t n, struct map_binding *old, uint8_t types[])
{
    size_t kept = 0;

    if (old->n_types == 0)
        return !has_entry(build, entry, n, NAME_NONE);
    for (size_t i = 0; i < old->n_types; i++) {
        uint16_t type = map_type(old, i);

        if (has_entry(build, entry, n, type))
            continue;
        types[2 * kept] = type & 0xff;
        types[2 * kept++ + 1] = (uint8_t)(type >> 8);
    }
    old->types = types;
    old->n_types = kept;
    return kept > 0;
}

static int
copy_binding(struct reader *r, const struct build_entry *entry,
             const struct map_binding *old)
{
    struct parse_section section = {
        .source = entry->source, .n_events = 1, .event = {entry->event}};
    struct map_lines it;
    struct map_line line;
    int rc = 0;

    map_lines(old, &it);
    while (rc == 0 && map_line_next(&it, &line))
        rc = build_line(&r->build, &line);
    return rc == 0 ? build_binding(&r->build, &section, old) : rc;
}

/*
 * A map that knows an event speaks for it alone, so what the older maps say
 * of its other types is copied: looking up needs no merging then.
 */
static int
copy_survivors(struct reader *r, size_t at, size_t n)
{
    char source[NAME_MAX_BYTES], event[NAME_MAX_BYTES];
    struct map_ref refs[MAP_BINDINGS_MAX];
    uint8_t types[2 * MAP_TYPES_MAX];
    const struct names *names = &r->ms->names;
    size_t all, n_refs;
    bool known;
    int rc = 0;
    struct build_entry first = build_entries(&r->build, &all)[at];

    n_refs = map_find(r->ms, names_text(names, first.source, source),
                      names_text(names, first.event, event), refs, &known);
    for (size_t i = 0; i < n_refs && rc == 0; i++) {
        struct map_binding old;

        map_binding(refs[i], &old);
        if (keep_types(&r->build, build_entries(&r->build, &all) + at, n, &old,
                       types))
            rc = copy_binding(r, &first, &old);
    }
    return rc;
}

static int
copy_all_survivors(struct reader *r)
{
    size_t n, all;
    int rc = 0;

    build_sort(&r->build);
    build_entries(&r->build, &n);
    for (size_t i = 0, next; i < n && rc == 0; i = next) {
        /* The array may move while entries are added behind n. */
        const struct build_entry *e = build_entries(&r->build, &all);

        for (next = i + 1; next < n; next++)
            if (e[next].source != e[i].source || e[next].event != e[i].event)
                break;
        rc = copy_survivors(r, i, next - i);
    }
    return rc;
}

/* The chain grows at its head: what was read last is asked first. */
int
map_read(struct maps *ms, struct arena *arena, struct slice file,
         struct slice text, struct err *e)
{
    struct reader r = {.ms = ms, .arena = arena};
    struct parse_sink sink = {.lex = {read_word, &r},
                              .names = &ms->names,
                              .ctx = &r,
                              .line = sink_line,
                              .binding = sink_binding,
                              .trait = sink_trait};
    struct map *map;
    int rc = build_init(&r.build, arena, &ms->names);

    if (rc == 0) {
        rc = parse_map(&sink, file, text, e);
        if (rc < 0)
            return rc;
        rc = copy_all_survivors(&r);
    }
    if (rc == 0)
        rc = build_finish(&r.build, &ms->names, &map);
    if (rc < 0)
        return err_set(e, rc, "%.*s: %s", SLICE_FMT(file),
                       rc == ERR_LIMIT
                           ? "a service with more than 64 KB of mappings, or "
                             "an event with more than 96 bindings"
                           : err_text(rc));
    map->older = ms->user;
    ms->user = map;
    return 0;
}
