/* Tables as C. */

#include <string.h>

#include "map/gen/gen.h"

#define COLUMNS 78

static size_t
size_of(const struct gen_sizes *sizes, const char *what)
{
    for (size_t i = 0; i < sizes->n; i++)
        if (strcmp(sizes->row[i].what, what) == 0)
            return sizes->row[i].bytes;
    die("mapc: %s: no such part", what);
}

/* An array of n numbers of `width` bytes each, as densely as C allows. */
static void
emit_array(FILE *f, const char *type, const char *name, const void *p, size_t n,
           size_t width)
{
    size_t column = 0;

    fprintf(f, "static const %s %s[] = {\n", type, name);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *at = (const uint8_t *)p + i * width;
        uint32_t v = width == 1   ? at[0]
                     : width == 2 ? ((const uint16_t *)p)[i]
                                  : ((const uint32_t *)p)[i];

        column += (size_t)fprintf(f, "%u,", v);
        if (column > COLUMNS - 11) {
            putc('\n', f);
            column = 0;
        }
    }
    /* An empty array is no C. */
    fputs(n == 0 ? "0};\n" : "};\n", f);
}

static void
emit_names(FILE *f, const struct names_table *t, const struct gen_sizes *sizes)
{
    emit_array(f, "uint16_t", "dir", t->dir,
               size_of(sizes, "name directory") / 2, 2);
    emit_array(f, "uint8_t", "prints", t->prints, t->count, 1);
    emit_array(f, "uint16_t", "seconds", t->seconds, t->n_seconds, 2);
    emit_array(f, "uint16_t", "groups", t->groups,
               size_of(sizes, "name groups") / 2, 2);
    emit_array(f, "uint8_t", "text", t->text, size_of(sizes, "name text"), 1);
    emit_array(f, "uint16_t", "word_at", t->word_at,
               size_of(sizes, "word offsets") / 2, 2);
    emit_array(f, "uint8_t", "word_n", t->word_n,
               size_of(sizes, "word lengths"), 1);
    emit_array(f, "char", "words", t->words, size_of(sizes, "words"), 1);
    fprintf(f,
            "const struct names_table map_builtin_names = {\n"
            "    .count = %u, .dir_bits = %u, .dir = dir, .prints = prints,\n"
            "    .seconds = seconds, .n_seconds = %u, .groups = groups,\n"
            "    .group_bytes = %u, .text = text,\n"
            "    .shorts = %u, .word_at = word_at, .word_n = word_n,\n"
            "    .words = words};\n",
            t->count, t->dir_bits, t->n_seconds, t->group_bytes, t->shorts);
}

static void
emit_xforms(FILE *f, const struct map_xform *x, size_t n)
{
    fputs("static const struct map_xform xforms[] = {\n", f);
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "{%d, %u, {", (int)x[i].kind, x[i].n);
        for (size_t j = 0; j < x[i].n || j == 0; j++)
            fprintf(f, "%u,", j < x[i].n ? x[i].arg[j] : 0u);
        fputs("}},\n", f);
    }
    fputs("};\n", f);
}

static void
emit_map(FILE *f, const struct map *m, const struct gen_sizes *sizes)
{
    emit_array(f, "uint16_t", "frequent", m->frequent, FORM_FREQUENT, 2);
    emit_array(f, "uint16_t", "shapes", m->shapes, FORM_SHAPES, 2);
    emit_xforms(f, m->xform, size_of(sizes, "transforms") / sizeof(*m->xform));
    emit_array(f, "uint16_t", "source", m->source, m->n_sources, 2);
    emit_array(f, "uint16_t", "source_at", m->source_at, m->n_sources + 1, 2);
    emit_array(f, "uint16_t", "event", m->event, m->source_at[m->n_sources], 2);
    emit_array(f, "uint32_t", "event_at", m->event_at,
               size_of(sizes, "event offsets") / 4, 4);
    emit_array(f, "uint8_t", "event_n", m->event_n,
               size_of(sizes, "event lengths"), 1);
    emit_array(f, "uint8_t", "heads", m->heads, size_of(sizes, "heads"), 1);
    emit_array(f, "uint8_t", "finds", m->finds, size_of(sizes, "finds"), 1);
    emit_array(f, "uint8_t", "lines", m->lines, size_of(sizes, "lines"), 1);
    emit_array(f, "uint16_t", "type", m->type, m->n_types, 2);
    emit_array(f, "uint16_t", "type_source", m->type_source, m->n_types, 2);
    emit_array(f, "uint16_t", "trait_type", m->trait_type, m->n_trait_types, 2);
    emit_array(f, "uint32_t", "trait_at", m->trait_at, m->n_trait_types + 1, 4);
    emit_array(f, "uint8_t", "traits", m->traits, size_of(sizes, "traits"), 1);
    fprintf(
        f,
        "const struct map map_builtin = {\n"
        "    .names = {.table = &map_builtin_names}, .xform = xforms,\n"
        "    .frequent = frequent, .shapes = shapes, .source = source,\n"
        "    .source_at = source_at, .event = event, .event_at = event_at,\n"
        "    .event_n = event_n, .heads = heads,\n"
        "    .finds = finds, .lines = lines, .type = type,\n"
        "    .type_source = type_source, .trait_type = trait_type,\n"
        "    .trait_at = trait_at, .traits = traits,\n"
        "    .n_sources = %u, .n_types = %u, .n_trait_types = %u};\n",
        m->n_sources, m->n_types, m->n_trait_types);
}

void
emit_tables(FILE *f, const struct names_table *t,
            const struct gen_sizes *names_sizes, const struct map *m,
            const struct gen_sizes *sizes)
{
    fputs("/* Made by mapc from the mapping files; not to be edited. */\n"
          "#include \"map/form.h\"\n",
          f);
    emit_names(f, t, names_sizes);
    emit_map(f, m, sizes);
}
