#include "agent/agent.h"
#include "agent/sandbox.h"
#include "base/log.h"

/* What a configuration leaves to do, for the sandbox. */

/* The folder part of a path. */
static struct slice
folder_of(struct slice path)
{
    size_t slash = slice_rchr(path, '/');

    if (slash >= path.n)
        return SLICE(".");
    return slash == 0 ? SLICE("/") : slice_head(path, slash);
}

int
agent_confine(const struct agent *a, struct err *e)
{
    struct slice folder[OUTBOX_OUTPUTS_MAX + 1];
    struct sandbox s = {.folder = folder, .exec = aws_runs_commands(a->aws)};
    int landlock = 0, rc;

    if (a->config->agent.checkpoint.n > 0)
        folder[s.n_folders++] = folder_of(a->config->agent.checkpoint);
    for (size_t i = 0; i < a->n_outputs; i++)
        if (a->config->outputs[i].type == CONFIG_OUTPUT_FILE)
            folder[s.n_folders++] = folder_of(a->config->outputs[i].path);
    rc = sandbox_enter(&s, &landlock, e);
    if (rc == 0)
        LOG(LOG_INFO, "agent", "in the sandbox",
            log_text("landlock", landlock > 0 ? SLICE("on") : SLICE("none")),
            log_text("programs",
                     s.exec ? SLICE("credential_process") : SLICE("none")));
    return rc;
}
