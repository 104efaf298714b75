#include "cmd/replay.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/terminal.h"

#define REPLAY_PATHS_MAX 1024 /* --state, --events, --map: of each */

/* Of a small memory the ledger and the ids get a share each; of a large one
 * what their rooms think is enough. */
#define REPLAY_LEDGER_SHARE 32

/* Rows of the table below. */
enum option { CONFIG, STATE, EVENTS, MAP, VERDICTS, STATS, MEMORY };

static const struct args_option options[] = {
    [CONFIG] = {"config", 'c', "FILE",
                "configuration: local states, filter, ignore rules, severity"},
    [STATE] = {"state", 0, "PATH",
               "a state file, or a folder of *.tfstate files; repeatable"},
    [EVENTS] = {"events", 0, "PATH",
                "recorded events, or a folder of them; repeatable; "
                "default -, standard input"},
    [MAP] = {"map", 0, "FILE", "more mappings; repeatable"},
    [VERDICTS] = {"verdicts", 0, NULL, "one JSON line for each event"},
    [STATS] = {"stats", 0, NULL, "one JSON line of numbers, on standard error"},
    [MEMORY] = {"memory", 0, "SIZE", "at most this much, with K, M or G"},
};

/* Paths of the command line, which live as long as argv. */
struct paths {
    struct slice path[REPLAY_PATHS_MAX];
    size_t n;
};

struct command_line {
    struct setup_options setup;
    struct paths states, events, maps;
    bool verdicts, stats;
};

/* "64M" in bytes; 0 when it is no size or out of range. */
static uint64_t
read_size(const char *text)
{
    static const char units[] = "KMG";
    uint64_t n = 0;

    for (; text_digit(*text) && n < UINT32_MAX; text++)
        n = n * 10 + (uint64_t)(*text - '0');
    for (unsigned i = 0; *text != '\0' && units[i] != '\0'; i++)
        if (text_lower(*text) == text_lower(units[i]) && text[1] == '\0')
            return n << (10 * (i + 1));
    return *text == '\0' ? n : 0;
}

/* One more of an option that may be repeated. */
static int
add_path(const struct args *a, struct paths *to, const char *name,
         const char *path)
{
    if (to->n == REPLAY_PATHS_MAX)
        return args_wrong(a, "more than %d times --%s", REPLAY_PATHS_MAX, name);
    to->path[to->n++] = slice_str(path);
    return 0;
}

/* Takes one option in; 0, or the exit status. */
static int
take_option(const struct args *a, struct command_line *c, enum option option,
            const char *value)
{
    struct paths *lists[] = {
        [STATE] = &c->states, [EVENTS] = &c->events, [MAP] = &c->maps};

    switch (option) {
    case CONFIG:
        c->setup.config = slice_str(value);
        return 0;
    case STATE:
    case EVENTS:
    case MAP:
        return add_path(a, lists[option], options[option].name, value);
    case VERDICTS:
        c->verdicts = true;
        return 0;
    case STATS:
        c->stats = true;
        return 0;
    case MEMORY:
        c->setup.memory_bytes = read_size(value);
        if (c->setup.memory_bytes < SETUP_MEMORY_MIN_BYTES)
            return args_wrong(a, "--memory %s: not a size of 8M or more",
                              value);
        return 0;
    }
    return 0;
}

/* Reads the command line.  Returns -1, or the exit status when that is all
 * there is to do. */
static int
read_command(int argc, char **argv, struct command_line *c)
{
    struct args a = {
        .command = "replay",
        .words = "",
        .about = "Judges recorded CloudTrail events against Terraform states.",
        .options = options,
        .n_options = sizeof(options) / sizeof(*options),
        .argc = argc,
        .argv = argv,
    };
    size_t option;
    const char *value;

    for (;;) {
        int status = 0;

        switch (args_next(&a, &option, &value)) {
        case ARGS_END:
            c->setup.states = (struct list){c->states.path, c->states.n};
            c->setup.maps = (struct list){c->maps.path, c->maps.n};
            return -1;
        case ARGS_OPTION:
            status = take_option(&a, c, (enum option)option, value);
            break;
        case ARGS_WORD:
            status =
                args_wrong(&a, "%s: events are named with --events", value);
            break;
        case ARGS_HELP:
            return 0;
        case ARGS_WRONG:
            return 100;
        }
        if (status != 0)
            return status;
    }
}

/* Whether drift of the resource is open; asked for every one judged, so the
 * address is made only when anything is open at all. */
static bool
is_open(void *ctx, const struct instance *in)
{
    const struct replay *r = ctx;
    char mem[STATE_ADDRESS_MAX_BYTES];
    struct buf b = buf_over(mem, sizeof(mem));

    if (r->ledger.live == 0)
        return false;
    state_address(in, &r->setup.maps.names, &b);
    return ledger_is_open(&r->ledger, state_name(in->state), buf_slice(&b));
}

/* The smaller of two. */
static size_t
at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

int
replay_prepare(struct replay *r)
{
    struct setup *s = &r->setup;
    size_t share = s->keep.size / REPLAY_LEDGER_SHARE;
    size_t drifts = at_most(LEDGER_DRIFTS, share / 256);
    size_t ids = at_most(DEDUP_IDS, share / 16);
    char *out = arena_bytes(&s->keep, REPLAY_OUT_BYTES);

    r->judge = (struct judge){.maps = &s->maps,
                              .words = &s->words,
                              .shelf = &r->shelf,
                              .key = sip_key_random(),
                              .states = s->states,
                              .n_states = s->n_states,
                              .filter = &s->rules.filter,
                              .arena = &s->event,
                              .scratch = &s->scratch,
                              .is_open = is_open,
                              .is_open_ctx = r};
    r->maker = (struct record_maker){&s->maps, &s->rules.severity, &s->event,
                                     &s->scratch};
    r->teller = (struct teller){.maker = r->maker,
                                .ignore = &s->rules.ignore,
                                .unmanaged = s->rules.filter.unmanaged,
                                .ledger = &r->ledger};
    r->people = !r->verdicts && terminal_is(STDOUT_FILENO);
    if (out == NULL || shelf_init(&r->shelf, &s->keep) < 0 ||
        ledger_init(&r->ledger, &s->keep, drifts,
                    at_most(LEDGER_BYTES, share)) < 0 ||
        dedup_init(&r->dedup, &s->keep, ids) < 0 ||
        (r->people && tally_init(&r->unmapped, &s->keep) < 0))
        return ERR_MEMORY;
    r->out = out_over(STDOUT_FILENO, out, REPLAY_OUT_BYTES);
    r->table = (struct table){.width = terminal_columns(STDOUT_FILENO),
                              .colours = terminal_colours(STDOUT_FILENO),
                              .scratch = &s->scratch};
    if (r->table.width < TABLE_WIDTH_MIN)
        r->table.width = TABLE_WIDTH_MIN;
    r->table.width = at_most(r->table.width, TABLE_WIDTH_MAX);
    return 0;
}

/* Says that standard output cannot be written, unless whoever read it has
 * simply gone. */
static void
say_unwritten(struct replay *r)
{
    struct stat st;

    if (fstat(STDOUT_FILENO, &st) == 0 &&
        (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
        return;
    replay_say(r, "tfdrift replay: cannot write to standard output");
}

/* Judges all there is; the exit status. */
static int
run(struct replay *r)
{
    if (replay_prepare(r) < 0) {
        replay_say(r, "tfdrift replay: %s", err_text(ERR_MEMORY));
        return 1;
    }
    if (r->events.n == 0 && terminal_is(STDIN_FILENO))
        replay_say(r, "tfdrift replay: reading events from the terminal");
    replay_inputs(r);
    replay_summary(r);
    if (out_flush(&r->out) < 0) {
        say_unwritten(r);
        return 1;
    }
    if (r->stats)
        replay_stats(r);
    if (r->count.failed > 0)
        return 1;
    return r->count.verdict[VERDICT_DRIFT] > 0 ? 2 : 0;
}

int
cmd_replay(int argc, char **argv)
{
    /* Not on the stack: the lists of paths alone are 48 KB. */
    static struct command_line line;
    static struct replay replay;
    struct err e = {.text = ""};
    int status = read_command(argc, argv, &line), rc;

    if (status >= 0)
        return status;
    replay.verdicts = line.verdicts;
    replay.stats = line.stats;
    replay.events = (struct list){line.events.path, line.events.n};
    rc = setup_open(&replay.setup, &line.setup, &e);
    if (rc < 0) {
        replay_say(&replay, "tfdrift replay: %s", e.text);
        status = err_status(rc);
    } else {
        status = run(&replay);
    }
    setup_close(&replay.setup);
    return status;
}
