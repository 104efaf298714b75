#include <unistd.h>

#include "agent/config.h"
#include "base/file.h"
#include "base/log.h"
#include "base/out.h"
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/check_online.h"
#include "cmd/cmd.h"
#include "cmd/mapped.h"

/* Virtual; what is not used costs nothing. */
#define KEEP_BYTES (64u << 20)
#define SCRATCH_BYTES (32u << 20)

/* Rows of the table of options. */
enum option { CONFIG, ONLINE };

struct check {
    struct config config;
    struct maps maps;
    struct mapped mapped;
    struct arena keep, scratch;
    int map_files;
    int status; /* the exit status so far */
};

/* A line on standard error; the gravest error decides the exit status. */
static void
say_error(struct check *c, int code, const struct err *e)
{
    char held[ERR_TEXT_MAX_BYTES + 1];
    struct out out = out_over(STDERR_FILENO, held, sizeof(held));

    out_put(&out, slice_str(e->text));
    out_put(&out, SLICE("\n"));
    out_flush(&out);
    if (err_status(code) > c->status)
        c->status = err_status(code);
}

/* Something that may be meant as it is, but more likely is not. */
static void
warn(const char *message, const char *key, struct slice value)
{
    LOG(LOG_WARNING, "check", message, log_text(key, value));
}

/*
 * Where IAM, Route 53, CloudFront and other services without a region write
 * their events, by the regions of a partition (AWS, "CloudTrail: global
 * service events").
 */
static const struct {
    struct slice regions, global;
} partitions[] = {
    {SLICE_INIT("cn-"), SLICE_INIT("cn-north-1")},
    {SLICE_INIT("us-gov-"), SLICE_INIT("us-gov-west-1")},
    {SLICE_INIT(""), SLICE_INIT("us-east-1")},
};

/* A file may be written by the time it is read: it is followed. */
static void
check_source(const struct config_source *s)
{
    struct err e;
    size_t p = 0;

    if (s->type == CONFIG_SOURCE_FILE) {
        if (file_kind(s->path, &e) < 0)
            warn("the file is not there yet", "source", s->head.name);
        return;
    }
    /* Accounts are of one partition, and so are the regions of a source. */
    while (!slice_starts(s->regions.p[0], partitions[p].regions))
        p++;
    if (list_match(s->regions, partitions[p].global))
        return;
    LOG(LOG_WARNING, "check",
        "a region with IAM and other global services is not watched",
        log_text("source", s->head.name),
        log_text("region", partitions[p].global));
}

/* Local states only: others need a network, which this command does not use. */
static void
check_state(struct check *c, const struct config_state *s)
{
    struct err e;
    int kind;

    if (s->type != CONFIG_STATE_LOCAL)
        return;
    kind = file_kind(s->path, &e);
    /* It may be written later, or be there on another machine only. */
    if (kind < 0)
        warn("the state file is not there", "state", s->head.name);
    if (kind != FILE_FOLDER)
        return;
    config_blame(&c->config, &s->head, "path", &e,
                 "is a folder; allowed: a state file");
    say_error(c, ERR_CONFIG, &e);
}

/*
 * Types that no mapping knows are spelled wrong, most likely, and such a rule
 * would never match without anybody noticing.
 */
static void
check_types(const struct check *c)
{
    const struct config_rules *rules = &c->config.rules;
    const struct maps *ms = &c->maps;

    for (size_t i = 0; i < rules->ignore.n; i++) {
        struct list types = rules->ignore.rule[i].key[IGNORE_TYPE];

        for (size_t j = 0; j < types.n; j++)
            if (!mapped_has_type(ms, &c->mapped, types.p[j]))
                LOG(LOG_WARNING, "check", "no mapped resource type matches",
                    log_text("ignore", rules->ignore.rule[i].name),
                    log_text("type", types.p[j]));
    }
    for (size_t i = 0; i < rules->severity.n; i++) {
        struct slice s = rules->severity.rule[i].pattern;
        struct slice type = slice_head(s, slice_chr(s, '.'));

        type = slice_head(type, slice_chr(type, '!'));
        if (!mapped_has_type(ms, &c->mapped, type))
            warn("no mapped resource type matches", "severity", s);
    }
}

/* All that is not wrong in itself, but wrong here and now. */
static void
check_rest(struct check *c)
{
    const struct config *f = &c->config;
    struct slice checkpoint = f->agent.checkpoint;
    size_t last = slice_rchr(checkpoint, '/');
    struct err e;

    for (size_t i = 0; i < f->n_sources; i++)
        check_source(&f->sources[i]);
    for (size_t i = 0; i < f->n_states; i++)
        check_state(c, &f->states[i]);
    if (f->n_sources == 0)
        warn("no source: there is nothing to watch", "file", f->file);
    if (f->n_states == 0)
        warn("no state: nothing is known to be managed", "file", f->file);
    if (last > 0 && last < checkpoint.n &&
        file_kind(slice_head(checkpoint, last), &e) != FILE_FOLDER)
        warn("the folder of the checkpoint is not there", "checkpoint",
             checkpoint);
    check_types(c);
}

/* "  states    2: network (s3), edge (local)"; size is that of a section. */
static void
put_names(struct out *out, const char *what, const void *sections, size_t n,
          size_t size)
{
    out_fmt(out, "  %-10s%zu", what, n);
    for (size_t i = 0; i < n; i++) {
        const struct config_head *head =
            (const void *)((const char *)sections + i * size);
        struct slice type = config_type_text(head);

        out_put(out, i == 0 ? SLICE(": ") : SLICE(", "));
        out_fmt(out, type.n > 0 ? "%.*s (%.*s)" : "%.*s%.*s",
                SLICE_FMT(head->name), SLICE_FMT(type));
    }
    out_put(out, SLICE("\n"));
}

/* What the file says, in a few lines. */
static int
print_summary(const struct check *c)
{
    const struct config *f = &c->config;
    char held[4096];
    struct out out = out_over(STDOUT_FILENO, held, sizeof(held));

    out_put(&out, f->file);
    out_put(&out, SLICE(": fine\n"));
    put_names(&out, "sources", f->sources, f->n_sources, sizeof(*f->sources));
    put_names(&out, "states", f->states, f->n_states, sizeof(*f->states));
    put_names(&out, "outputs", f->outputs, f->n_outputs, sizeof(*f->outputs));
    put_names(&out, "ignore", f->ignores, f->n_ignores, sizeof(*f->ignores));
    out_fmt(&out, "  %-10s%zu, else %.*s\n", "severity", f->rules.severity.n,
            SLICE_FMT(severity_text(f->rules.severity.preset)));
    out_fmt(&out, "  %-10s%zu events, %zu resource types; own files: %d\n",
            "mappings", c->mapped.events, c->mapped.types, c->map_files);
    return out_flush(&out);
}

/* The file, then the mappings it includes, then the rest.  Returns the exit
 * status. */
static int
check_file(struct check *c, const char *path)
{
    struct slice empty;
    struct err e = {0};
    int rc = config_read(&c->config, slice_str(path), &config_environment,
                         &c->keep, &e);

    if (rc == 0) {
        maps_init(&c->maps);
        rc = config_maps_read(&c->config, &c->maps, &c->keep, &c->scratch,
                              &empty, &e);
    }
    if (rc < 0) {
        say_error(c, rc, &e);
        return c->status;
    }
    c->map_files = rc;
    if (mapped_count(&c->maps, &c->scratch, &c->mapped) < 0)
        return err_status(ERR_MEMORY);
    if (empty.p != NULL)
        warn("no file matches", "include", empty);
    check_rest(c);
    if (c->status == 0 && print_summary(c) < 0)
        return err_status(ERR_IO);
    return c->status;
}

int
cmd_check(int argc, char **argv)
{
    static const struct args_option options[] = {
        [CONFIG] = {"config", 'c', "FILE", "the configuration file to look at"},
        [ONLINE] = {"online", 0, NULL,
                    "also try every source, state and output once"},
    };
    static struct check c;
    struct args a = {.command = "check",
                     .about = "Validates a configuration file, the mappings "
                              "it includes and the files it names.",
                     .options = options,
                     .n_options = sizeof(options) / sizeof(*options),
                     .argc = argc,
                     .argv = argv};
    const char *value, *path = NULL;
    enum args_kind kind;
    bool online = false;
    size_t option;
    int status;

    while ((kind = args_next(&a, &option, &value)) == ARGS_OPTION)
        if (option == ONLINE)
            online = true;
        else
            path = value;
    if (kind == ARGS_HELP)
        return 0;
    if (kind == ARGS_WRONG)
        return err_status(ERR_USAGE);
    if (kind == ARGS_WORD)
        return args_wrong(&a, "unknown word %.80s", value);
    if (path == NULL)
        return args_wrong(&a, "-c FILE is missing");
    c = (struct check){0};
    if (arena_map(&c.keep, KEEP_BYTES) < 0 ||
        arena_map(&c.scratch, SCRATCH_BYTES) < 0)
        return err_status(ERR_MEMORY);
    status = check_file(&c, path);
    if (status == 0 && online)
        status = check_online(&c.config);
    arena_unmap(&c.keep);
    arena_unmap(&c.scratch);
    return status;
}
