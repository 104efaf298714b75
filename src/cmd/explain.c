#include <unistd.h>

#include "base/file.h"
#include "base/stream.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/explain_event.h"
#include "cmd/replay.h"
#include "map/reader.h"

#define EXPLAIN_PATHS_MAX 64 /* --state, --map: of each */

enum option { CONFIG, STATE, MAP };

static const struct args_option options[] = {
    [CONFIG] = {"config", 'c', "FILE",
                "configuration: local states, filter, ignore rules, severity"},
    [STATE] = {"state", 0, "PATH",
               "a state file, or a folder of *.tfstate files; repeatable"},
    [MAP] = {"map", 0, "FILE", "more mappings; repeatable"},
};

/* What the command line says; paths live as long as argv. */
struct command_line {
    struct setup_options setup;
    struct slice state[EXPLAIN_PATHS_MAX], map[EXPLAIN_PATHS_MAX];
    const char *events;
};

static int
add_path(const struct args *a, struct list *to, struct slice *mem,
         const char *path)
{
    if (to->n == EXPLAIN_PATHS_MAX)
        return args_wrong(a, "more than %d paths", EXPLAIN_PATHS_MAX);
    mem[to->n] = slice_str(path);
    *to = (struct list){mem, to->n + 1};
    return 0;
}

static int
take_option(const struct args *a, struct command_line *c, enum option option,
            const char *value)
{
    switch (option) {
    case CONFIG:
        c->setup.config = slice_str(value);
        return 0;
    case STATE:
        return add_path(a, &c->setup.states, c->state, value);
    default:
        return add_path(a, &c->setup.maps, c->map, value);
    }
}

/* Returns -1, or the exit status when that is all there is to do. */
static int
read_command(int argc, char **argv, struct command_line *c)
{
    struct args a = {
        .command = "explain",
        .words = "EVENT-FILE",
        .about = "Tells why an event did or did not alert, step by step.",
        .options = options,
        .n_options = sizeof(options) / sizeof(*options),
        .argc = argc,
        .argv = argv,
    };
    size_t option;
    const char *value;
    int status = 0;

    while (status == 0) {
        switch (args_next(&a, &option, &value)) {
        case ARGS_END:
            return c->events != NULL
                       ? -1
                       : args_wrong(&a, "which event? EVENT-FILE or -");
        case ARGS_OPTION:
            status = take_option(&a, c, (enum option)option, value);
            break;
        case ARGS_WORD:
            if (c->events != NULL)
                return args_wrong(&a, "%s: one file only", value);
            c->events = value;
            break;
        case ARGS_HELP:
            return 0;
        case ARGS_WRONG:
            return 100;
        }
    }
    return status;
}

/* The steps of one event, then its records as replay gives them. */
static int
explain_one(struct replay *r, const struct event *ev)
{
    uint64_t ignored = r->count.verdict[VERDICT_IGNORED];
    struct judgement judged;
    const char *broken;
    int rc;

    if (r->count.events > 0)
        out_put(&r->out, SLICE("\n----\n\n"));
    explain_event(&r->judge, ev, &r->out, &judged);
    arena_reset(&r->setup.event, 0);
    rc = replay_event(r, ev, &broken);
    if (rc == ERR_SYNTAX) {
        out_fmt(&r->out, "refused    %s is malformed\n", broken);
        return 0;
    }
    if (judged.verdict != VERDICT_IGNORED &&
        r->count.verdict[VERDICT_IGNORED] > ignored)
        out_put(&r->out, SLICE("ignored    by a rule of the configuration, "
                               "or as a duplicate\n"));
    return rc;
}

static int
explain_stream(struct replay *r, struct stream *raw, struct slice name)
{
    struct stream in;
    struct reader reader;
    struct event ev;
    struct err e;
    int rc = stream_sniff(&in, raw, name, &r->setup.keep, &e);

    if (rc < 0) {
        replay_say(r, "tfdrift explain: %s", e.text);
        return 1;
    }
    if (reader_open(&reader, &in, name, &r->setup.input) < 0)
        return 1;
    for (;;) {
        arena_reset(&r->setup.event, 0);
        switch (reader_next(&reader, &ev, &e)) {
        case READER_EVENT:
            if (explain_one(r, &ev) == 0)
                break;
            replay_say(r, "tfdrift explain: %s", err_text(ERR_MEMORY));
            return 1;
        case READER_REFUSED:
            r->count.refused++;
            replay_say(r, "%s", e.text);
            break;
        case READER_ERROR:
            replay_say(r, "tfdrift explain: %s", e.text);
            return 1;
        case READER_END:
            return r->count.events > 0 ? 0 : 1;
        }
    }
}

static int
explain_file(struct replay *r, const char *path)
{
    bool standard = path[0] == '-' && path[1] == '\0';
    struct slice name = slice_str(standard ? "standard input" : path);
    struct stream_fd file = {.name = name};
    struct stream in;
    struct err e;
    int status;

    file.fd = standard ? STDIN_FILENO : file_open(name, &e);
    if (file.fd < 0) {
        replay_say(r, "tfdrift explain: %s", e.text);
        return 1;
    }
    in = stream_fd(&file);
    status = explain_stream(r, &in, name);
    if (!standard)
        file_close(file.fd);
    return out_flush(&r->out) < 0 ? 1 : status;
}

int
cmd_explain(int argc, char **argv)
{
    static struct command_line line;
    static struct replay replay;
    struct err e = {.text = ""};
    int status = read_command(argc, argv, &line), rc;

    if (status >= 0)
        return status;
    rc = setup_open(&replay.setup, &line.setup, &e);
    if (rc == 0 && (rc = replay_prepare(&replay)) < 0)
        err_set(&e, rc, "%s", err_text(rc));
    if (rc < 0) {
        replay_say(&replay, "tfdrift explain: %s", e.text);
        status = err_status(rc);
    } else {
        replay.people = false;
        status = explain_file(&replay, line.events);
    }
    setup_close(&replay.setup);
    return status;
}
