#include "agent/agent.h"
#include "agent/sandbox.h"
#include "base/file.h"
#include "base/log.h"

/* What a configuration leaves to do, for the sandbox. */

#define PROFILES_MAX_BYTES (256u << 10) /* of a file that AWS's tools share */

/* The folder part of a path. */
static struct slice
folder_of(struct slice path)
{
    size_t slash = slice_rchr(path, '/');

    if (slash >= path.n)
        return SLICE(".");
    return slash == 0 ? SLICE("/") : slice_head(path, slash);
}

/* Whether a file of profiles names a command that gives credentials. */
static bool
names_command(struct slice path, struct arena *scratch)
{
    const struct slice word = SLICE("credential_process");
    size_t mark = arena_mark(scratch);
    struct slice text;
    struct err e;
    bool found = false;

    if (file_read(path, PROFILES_MAX_BYTES, scratch, &text, &e) == 0)
        for (size_t i = 0; i + word.n <= text.n && !found; i++)
            found = slice_starts(slice_from(text, i), word);
    arena_reset(scratch, mark);
    return found;
}

/* The same for the file that a variable names, or the usual one at home. */
static bool
runs_command(const char *name, const char *usual, struct arena *scratch)
{
    const struct config_env *env = &config_environment;
    const char *path = env->get(env->ctx, name);
    const char *home = env->get(env->ctx, "HOME");
    char mem[FILE_PATH_MAX_BYTES];
    struct buf b = buf_over(mem, sizeof(mem));

    if (path != NULL)
        return names_command(slice_str(path), scratch);
    if (home == NULL)
        return false;
    buf_put(&b, slice_str(home));
    buf_put(&b, slice_str(usual));
    return !b.full && names_command(buf_slice(&b), scratch);
}

int
agent_confine(const struct agent *a, struct err *e)
{
    struct slice folder[OUTBOX_OUTPUTS_MAX + 1];
    struct sandbox s = {.folder = folder};
    struct arena scratch = *a->memory;
    int landlock = 0, rc;

    if (a->config->agent.checkpoint.n > 0)
        folder[s.n_folders++] = folder_of(a->config->agent.checkpoint);
    for (size_t i = 0; i < a->n_outputs; i++)
        if (a->config->outputs[i].type == CONFIG_OUTPUT_FILE)
            folder[s.n_folders++] = folder_of(a->config->outputs[i].path);
    s.exec = runs_command("AWS_CONFIG_FILE", "/.aws/config", &scratch) ||
             runs_command("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials",
                          &scratch);
    rc = sandbox_enter(&s, &landlock, e);
    if (rc == 0)
        LOG(LOG_INFO, "agent", "in the sandbox",
            log_text("landlock", landlock > 0 ? SLICE("on") : SLICE("none")),
            log_text("programs",
                     s.exec ? SLICE("credential_process") : SLICE("none")));
    return rc;
}
