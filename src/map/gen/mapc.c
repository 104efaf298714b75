/* mapc [-v] -o OUT.c FILE.map... */

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map/build.h"
#include "map/gen/gen.h"

#define ARENA_BYTES ((size_t)1 << 30)

struct compiler {
    struct arena arena;
    char **file;
    size_t n_files;
    struct slice *text;
    struct names words; /* found in the files, in the order of coming */
    struct names names; /* the same in their final order */
    bool classes;       /* second reading: words of which a class is enough */
    struct map_build build;
};

void
die(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    putc('\n', stderr);
    exit(1);
}

void *
take(size_t n, size_t size)
{
    void *p = calloc(n > 0 ? n : 1, size);

    if (p == NULL)
        die("mapc: out of memory");
    return p;
}

static struct slice
read_file(const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat st;
    void *p;

    if (fd < 0 || fstat(fd, &st) < 0)
        die("mapc: %s: cannot be read", path);
    if (st.st_size == 0)
        return SLICE("");
    p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        die("mapc: %s: cannot be mapped", path);
    close(fd);
    return slice_of(p, (size_t)st.st_size);
}

static void
parse_all(struct compiler *c, const struct parse_sink *sink)
{
    struct err e;

    for (size_t i = 0; i < c->n_files; i++)
        if (parse_map(sink, slice_str(c->file[i]), c->text[i], &e) < 0)
            die("%s", e.text);
}

/*
 * The first readings only collect words.  A word in a path of an event needs
 * a name of its own only if no other word is of its class, so these come
 * when all the others are known.
 */
static uint32_t
collect_word(void *ctx, struct slice text, bool class)
{
    struct compiler *c = ctx;
    uint32_t id = NAME_NONE;

    if (class && !c->classes)
        return 0;
    if (class)
        id = names_fold(&c->words, text);
    if (id == NAME_NONE)
        id = names_add(&c->words, &c->arena, text);
    if (id == NAME_NONE)
        die("mapc: more than %u words", NAMES_MAX);
    return id;
}

static int
ignore_line(void *ctx, const struct map_line *line)
{
    (void)ctx, (void)line;
    return 0;
}

static int
ignore_binding(void *ctx, const struct parse_section *section,
               const struct map_binding *b)
{
    (void)ctx, (void)section, (void)b;
    return 0;
}

static int
ignore_trait(void *ctx, const struct parse_trait *trait)
{
    (void)ctx, (void)trait;
    return 0;
}

static void
collect_words(struct compiler *c)
{
    struct parse_sink sink = {.lex = {collect_word, c},
                              .names = &c->words,
                              .line = ignore_line,
                              .binding = ignore_binding,
                              .trait = ignore_trait};

#define WORD(name, text) collect_word(c, SLICE(text), false);
#include "map/words.def"
#undef WORD
    parse_all(c, &sink);
    c->classes = true;
    parse_all(c, &sink);
}

static uint32_t
find_word(void *ctx, struct slice text, bool class)
{
    const struct compiler *c = ctx;

    return class ? names_fold(&c->names, text) : names_find(&c->names, text);
}

/* The sink's ctx is the build; the lexicon's is the compiler. */
static struct map *
build_all(struct compiler *c)
{
    struct parse_sink sink = {.lex = {find_word, c},
                              .names = &c->names,
                              .ctx = &c->build,
                              .line = build_line,
                              .binding = build_binding,
                              .trait = build_trait};
    struct map *m;

    if (build_init(&c->build, &c->arena, &c->names) < 0)
        die("mapc: out of memory");
    parse_all(c, &sink);
    if (build_finish(&c->build, &c->names, &m) < 0)
        die("mapc: too many bindings of one event, or out of memory");
    return m;
}

static size_t
report(const struct gen_sizes *sizes)
{
    size_t sum = 0;

    for (size_t i = 0; i < sizes->n; i++) {
        fprintf(stderr, "%8zu %s\n", sizes->row[i].bytes, sizes->row[i].what);
        sum += sizes->row[i].bytes;
    }
    return sum;
}

static void
compile(struct compiler *c, const char *out, bool verbose)
{
    struct names_table table;
    struct gen_sizes names_sizes, sizes;
    struct map *plain, packed;
    FILE *f;

    collect_words(c);
    table_make(&table, &c->words, &names_sizes);
    c->names = (struct names){.table = &table};
    plain = build_all(c);
    pack_map(&packed, plain, &c->arena, &sizes);
    f = fopen(out, "w");
    if (f == NULL)
        die("mapc: %s: cannot be written", out);
    emit_tables(f, &table, &names_sizes, &packed, &sizes);
    if (fclose(f) != 0)
        die("mapc: %s: cannot be written", out);
    if (verbose)
        fprintf(stderr, "%8zu in all: %u names, %u events\n",
                report(&names_sizes) + report(&sizes), table.count,
                packed.source_at[packed.n_sources]);
}

int
main(int argc, char **argv)
{
    struct compiler c = {0};
    const char *out = NULL;
    bool verbose = false;
    int o;

    while ((o = getopt(argc, argv, "vo:")) != -1) {
        if (o == 'v')
            verbose = true;
        else if (o == 'o')
            out = optarg;
        else
            return 100;
    }
    if (out == NULL)
        die("usage: mapc [-v] -o OUT.c FILE.map...");
    c.file = argv + optind;
    c.n_files = (size_t)(argc - optind);
    c.text = take(c.n_files, sizeof(*c.text));
    for (size_t i = 0; i < c.n_files; i++)
        c.text[i] = read_file(c.file[i]);
    if (arena_map(&c.arena, ARENA_BYTES) < 0)
        die("mapc: out of memory");
    compile(&c, out, verbose);
    return 0;
}
