/*
 * The command line's first word to its subcommand.  A command is one row.
 */

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/out.h"
#include "cmd/cmd.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"run", cmd_run, "watch, and tell outputs of drift, until SIGTERM"},
    {"check", cmd_check, "validate a configuration file"},
    {"coverage", cmd_coverage, "list what is mapped"},
    {"replay", cmd_replay, "judge recorded events against states, offline"},
    {"explain", cmd_explain, "tell why one event did or did not alert"},
    {"health", cmd_health, "ask a running agent how it is"},
    {"version", cmd_version, "print the version and what is in this build"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* The commands, as the table has them. */
static void
print_usage(int fd)
{
    char held[2048];
    struct out out = out_over(fd, held, sizeof(held));

    out_put(&out, SLICE("usage: tfdrift COMMAND [OPTION]...\n\n"
                        "Tells which managed attributes were changed outside "
                        "Terraform, and by whom,\nfrom CloudTrail events and "
                        "Terraform states.\n\n"));
    for (size_t i = 0; i < COMMANDS; i++)
        out_fmt(&out, "  %-10s%s\n", commands[i].name, commands[i].help);
    out_put(&out, SLICE("\nEach command has --help.\n"));
    out_flush(&out);
}

/* Scripts must not take an unknown command for one that found nothing. */
static int
say_unknown(const char *name)
{
    char held[512];
    struct out out = out_over(STDERR_FILENO, held, sizeof(held));

    out_fmt(&out, "tfdrift: there is no command %.80s\n", name);
    out_flush(&out);
    print_usage(STDERR_FILENO);
    return err_status(ERR_USAGE);
}

/* Whoever starts us may have closed the three standard descriptors: a file
 * that took the place of one would be written into. */
static void
fill_standard(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int
main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    fill_standard();
    /* A closed pipe is a failed write, which commands report. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_usage(STDERR_FILENO);
        return err_status(ERR_USAGE);
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
        strcmp(name, "help") == 0) {
        print_usage(STDOUT_FILENO);
        return 0;
    }
    /* What people try first with a program they do not know. */
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return say_unknown(name);
}
