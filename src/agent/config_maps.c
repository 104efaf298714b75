#include "base/file.h"
#include "base/text.h"
#include "config.h"

#define MAP_FILE_MAX_BYTES (8u << 20)

/* One include while its files are looked for. */
struct include {
    const struct config *c;
    struct maps *ms;
    struct arena *keep, *scratch;
    struct slice folder;  /* without the / at its end */
    struct slice pattern; /* the last part */
    int count;            /* files read */
};

/* What is wrong with an include, in the form of all configuration errors. */
static int
blame_include(const struct include *in, struct err *e, const char *why)
{
    return config_blame(in->c, &in->c->map.head, "include", e, "%s", why);
}

/*
 * Reads one file.  What is wrong in it is said with its own name and line;
 * that it cannot be read, with those of the key.  Both are wrong
 * configuration: a restart does not help.
 */
static int
include_file(struct include *in, struct slice path, struct err *e)
{
    size_t mark = arena_mark(in->scratch);
    struct err why = {0};
    struct slice text;
    int rc = file_read(path, MAP_FILE_MAX_BYTES, in->scratch, &text, &why);

    if (rc < 0 && rc != ERR_MEMORY)
        return blame_include(in, e, why.text);
    if (rc == 0)
        rc = map_read(in->ms, in->keep, path, text, &why);
    arena_reset(in->scratch, mark);
    if (rc < 0)
        return err_set(e, rc == ERR_MEMORY ? rc : ERR_CONFIG, "%s",
                       why.code != 0 ? why.text : err_text(rc));
    in->count++;
    return 0;
}

/* Called for every file under the folder, also in those below, which a glob
 * does not mean: as in a shell, * stops at a /. */
static int
include_visit(void *ctx, struct slice path, struct err *e)
{
    struct include *in = ctx;
    struct slice name = slice_from(path, slice_rchr(path, '/') + 1);
    struct slice folder = slice_head(path, path.n - name.n);

    while (slice_ends(folder, SLICE("/")))
        folder.n--;
    if (!slice_eq(folder, in->folder) || !text_glob(in->pattern, name))
        return 0;
    return include_file(in, path, e);
}

static bool
has_wildcard(struct slice s)
{
    return slice_chr(s, '*') < s.n || slice_chr(s, '?') < s.n;
}

/* Reads the files of one include; in->count stays 0 when there is none. */
static int
include_read(struct include *in, struct slice path, struct err *e)
{
    size_t last = slice_rchr(path, '/');
    struct slice folder = slice_head(path, last < path.n ? last + 1 : 0);
    struct err why = {0};
    int rc;

    in->pattern = slice_from(path, folder.n);
    if (!has_wildcard(in->pattern))
        return include_file(in, path, e);
    if (folder.n == 0)
        folder = SLICE("./");
    in->folder = folder;
    while (slice_ends(in->folder, SLICE("/")))
        in->folder.n--;
    if (in->folder.n > 0)
        folder = in->folder;
    /* A folder that is not there has no files: like a glob without any. */
    rc = file_kind(folder, &why);
    if (rc < 0)
        return 0;
    if (rc != FILE_FOLDER)
        return blame_include(in, e, "not a folder before the last /");
    rc = file_walk(folder, in->scratch, include_visit, in, &why);
    if (rc == ERR_IO || rc == ERR_LIMIT)
        return blame_include(in, e, why.text);
    return rc < 0 ? err_set(e, rc, "%s", why.text) : 0;
}

int
config_maps_read(const struct config *c, struct maps *ms, struct arena *keep,
                 struct arena *scratch, struct slice *empty, struct err *e)
{
    int total = 0;

    *empty = slice_of(NULL, 0);
    for (size_t i = 0; i < c->map.include.n; i++) {
        struct include in = {
            .c = c, .ms = ms, .keep = keep, .scratch = scratch};
        int rc = include_read(&in, c->map.include.p[i], e);

        if (rc < 0)
            return rc;
        if (in.count == 0 && empty->p == NULL)
            *empty = c->map.include.p[i];
        total += in.count;
    }
    return total;
}
