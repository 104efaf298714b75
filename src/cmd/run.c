#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/config.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/out.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "net/net.h"

/*
 * Watches until SIGTERM or SIGINT; SIGHUP reloads.  The main thread only
 * waits for signals, which no other thread gets.
 */

#define CONFIG_BYTES (16u << 20) /* virtual; a file is 1 MB at most */
#define CLOSE_MS 4500            /* of the 5 s that ending may take */

enum option { CONFIG };

static const struct args_option options[] = {
    [CONFIG] = {"config", 'c', "FILE", "the configuration; required"},
};

/* Two configurations: the one in use, and the next. */
struct run {
    struct slice file;
    struct arena room[2];
    struct config *config[2];
    unsigned now; /* which is in use */
    struct arena memory;
    struct agent agent;
    sigset_t signals;
    bool confined; /* in the sandbox, which cannot be left */
};

/* One line on standard error. */
static void
say(const struct err *e)
{
    char held[ERR_TEXT_MAX_BYTES + 32];
    struct out out = out_over(STDERR_FILENO, held, sizeof(held));

    out_put(&out, SLICE("tfdrift run: "));
    out_put(&out, slice_str(e->text));
    out_put(&out, SLICE("\n"));
    out_flush(&out);
}

/* Reads the file into the room that is not in use. */
static int
read_config(struct run *r, unsigned which, struct err *e)
{
    struct arena *room = &r->room[which];

    arena_reset(room, 0);
    r->config[which] = arena_alloc(room, sizeof(*r->config[which]));
    return config_read(r->config[which], r->file, &config_environment, room, e);
}

/* Opens and starts the agent over a configuration. */
static int
open_agent(struct run *r, unsigned which, struct err *e)
{
    const struct config *c = r->config[which];
    int rc;

    arena_reset(&r->memory, 0);
    log_set((enum log_level)c->agent.log_level);
    log_set_json(c->agent.log_format == CONFIG_LOG_JSON ? &c->agent.name
                                                        : NULL);
    rc = agent_open(&r->agent, c, &r->memory, e);
    if (rc == 0 && c->agent.sandbox && !r->confined) {
        rc = agent_confine(&r->agent, e);
        r->confined = rc == 0;
    }
    if (rc == 0)
        rc = agent_start(&r->agent, e);
    if (rc < 0)
        agent_close(&r->agent, true, clock_steady_ms());
    else
        r->now = which;
    return rc;
}

/* Signals that mean something; all others keep their defaults. */
static void
block_signals(struct run *r)
{
    static const int wanted[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};

    sigemptyset(&r->signals);
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
        sigaddset(&r->signals, wanted[i]);
    sigprocmask(SIG_BLOCK, &r->signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    /* As PID 1 it is given the orphans of others, whose end nobody else
     * hears of. */
}

/* Takes the dead of others off the table; our own are waited for by name. */
static void
reap(void)
{
    if (getpid() != 1)
        return;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

/*
 * A new configuration is read as a whole before anything of the old one is
 * given up, and the old one is taken up again when the new one cannot be
 * opened.
 */
static int
reload(struct run *r)
{
    unsigned next = 1 - r->now;
    struct err e = {.text = ""};
    int rc = read_config(r, next, &e);

    agent_reopen(&r->agent);
    if (rc == 0 && r->config[next]->agent.memory_bytes > r->memory.size)
        rc = config_blame(r->config[next], &r->config[next]->agent.head,
                          "memory", &e, "cannot grow while running; restart");
    if (rc < 0) {
        r->agent.reload_failures++;
        LOG(LOG_ERROR, "run", "not reloaded: the old configuration stays",
            log_text("error", slice_str(e.text)));
        return 0;
    }
    agent_close(&r->agent, true, clock_steady_ms() + CLOSE_MS);
    r->agent.reloads++;
    rc = open_agent(r, next, &e);
    if (rc == 0) {
        LOG(LOG_INFO, "run", "reloaded", log_text("file", r->file));
        return 0;
    }
    LOG(LOG_ERROR, "run", "not reloaded: the old configuration stays",
        log_text("error", slice_str(e.text)));
    r->agent.reloads--;
    r->agent.reload_failures++;
    rc = open_agent(r, r->now, &e);
    if (rc < 0)
        say(&e);
    return rc;
}

/* Until a signal ends it; the exit status. */
static int
watch(struct run *r)
{
    int which, rc = 0;

    while (rc == 0) {
        if (sigwait(&r->signals, &which) != 0)
            continue;
        if (which == SIGCHLD)
            reap();
        else if (which == SIGHUP)
            rc = reload(r);
        else
            break;
    }
    if (rc < 0)
        return err_status(rc);
    LOG(LOG_INFO, "run", "ending", log_number("signal", (uint64_t)which));
    net_leave(r->agent.net);
    agent_close(&r->agent, false, clock_steady_ms() + CLOSE_MS);
    return 0;
}

/* Memory, the first configuration, and the agent over it. */
static int
start(struct run *r, struct err *e)
{
    int rc;

    if (arena_map(&r->room[0], CONFIG_BYTES) < 0 ||
        arena_map(&r->room[1], CONFIG_BYTES) < 0)
        return err_set(e, ERR_MEMORY, "cannot map memory");
    if ((rc = read_config(r, 0, e)) < 0)
        return rc;
    if (arena_map(&r->memory, (size_t)r->config[0]->agent.memory_bytes) < 0)
        return err_set(e, ERR_MEMORY, "cannot map [agent] memory");
    /* States hold secrets: no core dump, no look from a debugger of the same
     * user (prctl(2), PR_SET_DUMPABLE). */
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    return open_agent(r, 0, e);
}

/* The command line; -1, or the exit status when that is all. */
static int
read_command(int argc, char **argv, struct slice *file)
{
    struct args a = {
        .command = "run",
        .words = "",
        .about = "Watches until SIGTERM; SIGHUP reloads the configuration.",
        .options = options,
        .n_options = sizeof(options) / sizeof(*options),
        .argc = argc,
        .argv = argv,
    };
    const char *value;
    size_t option;

    for (;;)
        switch (args_next(&a, &option, &value)) {
        case ARGS_END:
            return file->n > 0 ? -1 : args_wrong(&a, "-c FILE is missing");
        case ARGS_OPTION:
            *file = slice_str(value);
            break;
        case ARGS_WORD:
            return args_wrong(&a, "%s: not expected", value);
        case ARGS_HELP:
            return 0;
        case ARGS_WRONG:
            return 100;
        }
}

int
cmd_run(int argc, char **argv)
{
    static struct run run;
    struct err e = {.text = ""};
    int status = read_command(argc, argv, &run.file), rc;

    if (status >= 0)
        return status;
    run.agent.version = slice_str(cmd_version_text);
    block_signals(&run);
    rc = start(&run, &e);
    if (rc < 0) {
        say(&e);
        return err_status(rc);
    }
    return watch(&run);
}
