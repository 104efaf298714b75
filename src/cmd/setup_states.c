#include "cmd/setup_states.h"

#include "base/file.h"
#include "base/stream.h"

/* Taken off a path in this order, to make a state's name of it. */
static const struct slice suffixes[] = {SLICE_INIT(".gz"),
                                        SLICE_INIT(".tfstate")};

/* A path without the endings of state files; the name at its end alone. */
static struct slice
state_title(struct slice path, bool folders)
{
    size_t slash = slice_rchr(path, '/');

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
        if (slice_ends(path, suffixes[i]) && path.n > suffixes[i].n)
            path = slice_head(path, path.n - suffixes[i].n);
    return folders || slash >= path.n ? path : slice_from(path, slash + 1);
}

/* Records name states: two of one name could not be told apart. */
static bool
is_taken(const struct setup *s, struct slice name)
{
    for (size_t i = 0; i < s->n_states; i++)
        if (slice_eq(state_name(s->states[i]), name))
            return true;
    return false;
}

/* A name that no other state has: prod/terraform.tfstate is "terraform", a
 * second one "dev/terraform", and a third of that "dev/terraform#2". */
static struct slice
state_unique(const struct setup *s, struct slice path,
             char mem[FILE_PATH_MAX_BYTES])
{
    struct slice name = state_title(path, false);
    struct buf b;

    if (!is_taken(s, name))
        return name;
    path = state_title(path, true);
    name = path;
    for (unsigned n = 2; is_taken(s, name) && n <= SETUP_STATES_MAX; n++) {
        b = buf_over(mem, FILE_PATH_MAX_BYTES);
        buf_put(&b, slice_head(path, FILE_PATH_MAX_BYTES - 16));
        buf_fmt(&b, "#%u", n);
        name = buf_slice(&b);
    }
    return name;
}

/* Loads one file.  The arenas of events and inputs are free until then. */
static int
load_file(struct setup *s, struct slice path, struct slice name,
          struct slice account, struct err *e)
{
    struct stream_fd file = {.fd = file_open(path, e), .name = path};
    struct stream raw = stream_fd(&file), in;
    struct state *st = NULL;
    int rc;

    if (file.fd < 0)
        return file.fd;
    if (s->n_states == SETUP_STATES_MAX) {
        file_close(file.fd);
        return err_set(e, ERR_LIMIT, "%.*s: more than %d states",
                       SLICE_FMT(path), SETUP_STATES_MAX);
    }
    arena_reset(&s->event, 0);
    arena_reset(&s->input, 0);
    rc = stream_sniff(&in, &raw, path, &s->event, e);
    if (rc >= 0)
        rc = state_load(&st, &s->maps, &in, name, path, &s->keep, &s->input, e);
    file_close(file.fd);
    if (rc < 0)
        return rc;
    if (account.n > 0)
        state_set_account(st, account);
    s->states[s->n_states++] = st;
    s->n_resources += state_instances(st);
    return 0;
}

/* Of a folder: no backups, locks or plans. */
static bool
is_state_file(struct slice path)
{
    return slice_ends(path, SLICE(".tfstate")) ||
           slice_ends(path, SLICE(".tfstate.gz"));
}

/* A state that the command line names, or that stands in a folder of it. */
static int
load_path(struct setup *s, struct slice path, struct err *e)
{
    char mem[FILE_PATH_MAX_BYTES];

    return load_file(s, path, state_unique(s, path, mem), SLICE(""), e);
}

/* Paths of a folder's states; loading while walking would need the arena
 * that the walk holds. */
struct found {
    struct arena *arena;
    struct slice *path;
    size_t n;
};

/* A visit of file_walk(). */
static int
note_state(void *ctx, struct slice path, struct err *e)
{
    struct found *f = ctx;

    if (!is_state_file(path))
        return 0;
    if (f->n == SETUP_STATES_MAX)
        return err_set(e, ERR_LIMIT, "%.*s: more than %d states",
                       SLICE_FMT(path), SETUP_STATES_MAX);
    f->path[f->n] = arena_copy(f->arena, path);
    return f->path[f->n++].p != NULL
               ? 0
               : err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

/* All states of a folder, in the order of their names. */
static int
load_folder(struct setup *s, struct slice folder, struct err *e)
{
    struct found f = {.arena = &s->scratch};
    int rc;

    arena_reset(&s->scratch, 0);
    arena_reset(&s->input, 0);
    f.path = arena_alloc(&s->scratch, SETUP_STATES_MAX * sizeof(*f.path));
    if (f.path == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    rc = file_walk(folder, &s->input, note_state, &f, e);
    /* An empty folder is a wrong path: judged against nothing, every event
     * would be of an unmanaged resource. */
    if (rc >= 0 && f.n == 0)
        return err_set(e, ERR_IO, "%.*s: no *.tfstate file in this folder",
                       SLICE_FMT(folder));
    for (size_t i = 0; i < f.n && rc >= 0; i++)
        rc = load_path(s, f.path[i], e);
    arena_reset(&s->scratch, 0);
    return rc;
}

/* The configuration's states.  Those that are elsewhere are left out when
 * the command line stands in for them. */
static int
load_configured(struct setup *s, bool replaced, struct err *e)
{
    for (size_t i = 0; i < s->config->n_states; i++) {
        const struct config_state *c = &s->config->states[i];
        int rc = 0;

        if (c->type == CONFIG_STATE_LOCAL)
            rc = load_file(s, c->path, c->head.name, c->account, e);
        else if (!replaced)
            rc = config_blame(s->config, &c->head, NULL, e,
                              "replay reads local files only: download this "
                              "state and name it with --state");
        if (rc < 0)
            return rc;
    }
    return 0;
}

int
setup_states(struct setup *s, struct list paths, struct err *e)
{
    int rc = 0;

    s->states = arena_alloc(&s->keep, SETUP_STATES_MAX * sizeof(*s->states));
    if (s->states == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    if (s->config != NULL)
        rc = load_configured(s, paths.n > 0, e);
    for (size_t i = 0; i < paths.n && rc >= 0; i++) {
        rc = file_kind(paths.p[i], e);
        if (rc == FILE_FOLDER)
            rc = load_folder(s, paths.p[i], e);
        else if (rc >= 0)
            rc = load_path(s, paths.p[i], e);
    }
    arena_reset(&s->event, 0);
    arena_reset(&s->input, 0);
    return rc < 0 ? rc : 0;
}
