#include "cmd/coverage.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/coverage_row.h"
#include "cmd/terminal.h"

#define ARENA_BYTES (64u << 20)
#define MAP_FILE_MAX_BYTES (4u << 20)
#define OUT_BYTES 65536

enum option { JSON, MAP };

static const struct args_option options[] = {
    [JSON] = {"json", 0, NULL, "one JSON object a line"},
    [MAP] = {"map", 0, "FILE", "more mappings; repeatable"},
};

struct coverage {
    struct maps maps;
    struct arena arena;
    char **words; /* what is asked for; n_words 0: everything */
    size_t n_words;
    bool json;
    struct coverage_row *rows;
    size_t n_rows, max_rows;
    size_t n_events, n_types; /* of the rows that are shown */
    struct coverage_widths wide;
    struct out out;
    char held[OUT_BYTES];
};

static void
complain(struct slice text)
{
    char held[ERR_TEXT_MAX_BYTES + 64];
    struct out out = out_over(STDERR_FILENO, held, sizeof(held));

    out_put(&out, SLICE("tfdrift coverage: "));
    out_put(&out, text);
    out_put(&out, SLICE("\n"));
    out_flush(&out);
}

/* Whether a word of the command line means this text. */
static bool
is_meant(struct slice word, struct slice text)
{
    char a[NAME_MAX_BYTES], b[NAME_MAX_BYTES];

    if (word.n > sizeof(a) || text.n > sizeof(b))
        return false;
    for (size_t i = 0; i < word.n; i++)
        a[i] = text_lower(word.p[i]);
    for (size_t i = 0; i < text.n; i++)
        b[i] = text_lower(text.p[i]);
    return text_glob(slice_of(a, word.n), slice_of(b, text.n));
}

static bool
is_asked(const struct coverage *c, const struct coverage_row *row)
{
    for (size_t i = 0; i < c->n_words; i++) {
        struct slice word = slice_str(c->words[i]);

        if (is_meant(word, row->service) || is_meant(word, row->event) ||
            is_meant(word, row->type))
            return true;
    }
    return c->n_words == 0;
}

/* Keeps a row if it is asked for; false when there is no room. */
static bool
add_row(struct coverage *c, struct coverage_row row)
{
    if (!is_asked(c, &row))
        return true;
    if (c->n_rows == c->max_rows) {
        size_t max = c->max_rows > 0 ? c->max_rows * 2 : 1024;
        struct coverage_row *rows = arena_alloc(&c->arena, max * sizeof(*rows));

        if (rows == NULL)
            return false;
        if (c->n_rows > 0)
            memcpy(rows, c->rows, c->n_rows * sizeof(*rows));
        c->rows = rows;
        c->max_rows = max;
    }
    row.order = c->n_rows;
    c->rows[c->n_rows++] = row;
    return true;
}

/* A row for each role; where the event tells the role, for each of those. */
static bool
add_roles(struct coverage *c, struct coverage_row row,
          const struct map_binding *b)
{
    char word[NAME_MAX_BYTES];

    row.role = b->role;
    if (!b->has_role_path)
        return add_row(c, row);
    for (size_t i = 1; i < b->role_xform.n; i += 2) {
        struct slice told =
            names_text(&c->maps.names, b->role_xform.arg[i], word);

        for (unsigned r = 0; r < COVERAGE_ROLES; r++) {
            row.role = (enum map_role)r;
            if (slice_eq(coverage_roles[r], told) && !add_row(c, row))
                return false;
        }
    }
    return true;
}

static bool
add_binding(void *ctx, struct slice source, struct slice event,
            const struct map_binding *b)
{
    struct coverage *c = ctx;
    char type[NAME_MAX_BYTES];
    struct coverage_row row;

    if (b == NULL)
        return true;
    row.service = arena_copy(&c->arena, source);
    row.event = arena_copy(&c->arena, event);
    row.binding = b->ref;
    row.type = SLICE("*");
    if (row.service.p == NULL || row.event.p == NULL)
        return false;
    if (b->n_types == 0)
        return add_roles(c, row, b);
    for (size_t i = 0; i < b->n_types; i++) {
        row.type = arena_copy(&c->arena,
                              names_text(&c->maps.names, map_type(b, i), type));
        if (row.type.p == NULL || !add_roles(c, row, b))
            return false;
    }
    return true;
}

static int
slice_cmp(struct slice a, struct slice b)
{
    int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
row_cmp(const void *pa, const void *pb)
{
    const struct coverage_row *a = pa, *b = pb;
    int c = slice_cmp(a->service, b->service);

    if (c == 0)
        c = slice_cmp(a->event, b->event);
    if (c == 0)
        c = slice_cmp(a->type, b->type);
    return c != 0 ? c : (a->order > b->order) - (a->order < b->order);
}

static int
type_cmp(const void *pa, const void *pb)
{
    const struct slice *a = pa, *b = pb;

    return slice_cmp(*a, *b);
}

static void
widen(size_t *wide, struct slice text)
{
    if (text.n > *wide)
        *wide = text.n;
}

/* Sorts the rows; counts events and types, measures columns. */
static bool
order_rows(struct coverage *c)
{
    struct slice *types =
        arena_alloc(&c->arena, (c->n_rows + 1) * sizeof(*types));

    if (types == NULL)
        return false;
    qsort(c->rows, c->n_rows, sizeof(*c->rows), row_cmp);
    for (size_t i = 0; i < c->n_rows; i++) {
        const struct coverage_row *row = &c->rows[i];

        types[i] = row->type;
        c->n_events += i == 0 || !slice_eq(row[-1].event, row->event) ||
                       !slice_eq(row[-1].service, row->service);
        widen(&c->wide.service, row->service);
        widen(&c->wide.event, row->event);
        widen(&c->wide.type, row->type);
    }
    qsort(types, c->n_rows, sizeof(*types), type_cmp);
    for (size_t i = 0; i < c->n_rows; i++)
        c->n_types += i == 0 || !slice_eq(types[i - 1], types[i]);
    return true;
}

static int
print(struct coverage *c)
{
    for (size_t i = 0; i < c->n_rows; i++)
        if (c->json)
            coverage_put_json(&c->out, &c->maps, &c->rows[i]);
        else
            coverage_put_row(&c->out, &c->maps, &c->rows[i], &c->wide);
    if (!c->json)
        out_fmt(&c->out, "\n%zu events, %zu resource types, %zu rows\n",
                c->n_events, c->n_types, c->n_rows);
    return out_flush(&c->out);
}

/* --map FILE: a user's mappings over the built-in ones. */
static int
read_map(struct coverage *c, const char *path)
{
    struct slice file = slice_str(path), text;
    struct err e;
    int r = file_read(file, MAP_FILE_MAX_BYTES, &c->arena, &text, &e);

    if (r == 0)
        r = map_read(&c->maps, &c->arena, file, text, &e);
    if (r < 0)
        complain(slice_str(e.text));
    return r;
}

/* Options anywhere; the other words stay in front of argv.  Returns 0 or
 * ERR_USAGE. */
static int
read_words(struct coverage *c, int argc, char **argv)
{
    struct args args = {
        .command = "coverage",
        .words = "[SERVICE|EVENT|TYPE]...",
        .about = "Lists what is mapped: all, or what a word names (globs).",
        .options = options,
        .n_options = sizeof(options) / sizeof(*options),
        .argc = argc,
        .argv = argv,
    };
    const char *value;
    size_t option;

    /* Words move to the front of argv, over what has been read. */
    c->words = argv + 1;
    for (;;) {
        switch (args_next(&args, &option, &value)) {
        case ARGS_END:
            return -1;
        case ARGS_OPTION:
            if (option == JSON)
                c->json = true;
            else if (read_map(c, value) < 0)
                return err_status(ERR_USAGE);
            break;
        case ARGS_WORD:
            c->words[c->n_words++] = (char *)(uintptr_t)value;
            break;
        case ARGS_HELP:
            return 0;
        case ARGS_WRONG:
            return err_status(ERR_USAGE);
        }
    }
}

static int
list(struct coverage *c)
{
    map_each_event(&c->maps, add_binding, c);
    if (c->arena.fails > 0 || !order_rows(c)) {
        complain(slice_str(err_text(ERR_MEMORY)));
        return 1;
    }
    if (c->n_rows == 0) {
        complain(SLICE("nothing is mapped under that name"));
        return 1;
    }
    if (!c->json)
        coverage_put_head(&c->out, &c->wide, terminal_colours(STDOUT_FILENO));
    return print(c) < 0 ? 1 : 0;
}

int
cmd_coverage(int argc, char **argv)
{
    static struct coverage c;
    int r;

    c = (struct coverage){.wide = {7, 5, 4}};
    c.out = out_over(STDOUT_FILENO, c.held, sizeof(c.held));
    maps_init(&c.maps);
    if (arena_map(&c.arena, ARENA_BYTES) < 0) {
        complain(slice_str(err_text(ERR_MEMORY)));
        return 1;
    }
    r = read_words(&c, argc, argv);
    if (r < 0)
        r = list(&c);
    arena_unmap(&c.arena);
    return r;
}
