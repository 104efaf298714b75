#include <unistd.h>

#include "base/err.h"
#include "base/out.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/mapped.h"

const char cmd_version_text[] = TFDRIFT_VERSION;

#define SCRATCH_BYTES (1u << 20) /* for counting; virtual */

/* What third_party/versions.lock pins and this program is linked with.  Two
 * of the four do not tell their version to a compiler, so a test compares
 * this list with that file. */
static const struct {
    const char *name, *version;
} parts[] = {
    {"mbedTLS", "3.6.6"},
    {"zlib", "1.3.1"},
    {"inih", "59"},
    {"jsmn", "1.1.0"},
};

/* Returns 0, ERR_MEMORY or ERR_IO. */
static int
print_version(void)
{
    char held[1024];
    struct out out = out_over(STDOUT_FILENO, held, sizeof(held));
    struct arena arena;
    struct mapped m;
    struct maps ms;
    int rc = arena_map(&arena, SCRATCH_BYTES);

    if (rc < 0)
        return rc;
    maps_init(&ms);
    rc = mapped_count(&ms, &arena, &m);
    arena_unmap(&arena);
    if (rc < 0)
        return rc;
    out_put(&out, SLICE("tfdrift " TFDRIFT_VERSION "\n"));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        out_fmt(&out, "%s%s %s", i > 0 ? ", " : "", parts[i].name,
                parts[i].version);
    out_fmt(&out, "\n%zu events and %zu resource types are mapped\n", m.events,
            m.types);
    return out_flush(&out);
}

int
cmd_version(int argc, char **argv)
{
    struct args a = {.command = "version",
                     .about = "Prints the version, the libraries inside and "
                              "how much is mapped.",
                     .argc = argc,
                     .argv = argv};
    const char *word;
    size_t option;

    switch (args_next(&a, &option, &word)) {
    case ARGS_HELP:
        return 0;
    case ARGS_END:
        return err_status(print_version());
    case ARGS_WORD:
        return args_wrong(&a, "unknown word %.80s", word);
    default:
        return err_status(ERR_USAGE);
    }
}
