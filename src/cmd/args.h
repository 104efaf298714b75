#ifndef CMD_ARGS_H
#define CMD_ARGS_H

/*
 * The command line of a subcommand, read by a table: --name, --name VALUE,
 * --name=VALUE, -x, -x VALUE, -xVALUE; "--" ends the options, "-" is a word.
 * Options and words may stand in any order.  --help and -h print the usage
 * text, which is made of the same table.
 */

#include <stdbool.h>
#include <stddef.h>

struct args_option {
    const char *name;  /* "state" for --state */
    char letter;       /* 'c' for -c; 0: none */
    const char *value; /* "FILE"; NULL: takes no value */
    const char *help;  /* one sentence */
};

/* A subcommand's command line, and where the reader is. */
struct args {
    const char *command;               /* "replay" */
    const char *words;                 /* usage of what is no option: "FILE" */
    const char *about;                 /* what it does, one sentence */
    const struct args_option *options; /* n_options rows */
    size_t n_options;
    int argc;    /* as in main(), from the command's name on */
    char **argv; /* likewise */

    int at;       /* private, 0 at first: the last argument looked at */
    bool no_more; /* private: "--" was seen */
};

enum args_kind {
    ARGS_END,    /* nothing is left */
    ARGS_OPTION, /* *option is its row, *value its value or NULL */
    ARGS_WORD,   /* *value is a word that is no option */
    ARGS_HELP,   /* the usage was printed: the command ends, status 0 */
    ARGS_WRONG   /* what is wrong was printed: it ends, status 100 */
};

/*
 * The next argument.  Strings are those of argv.  option may be NULL when
 * there are no options.
 */
enum args_kind args_next(struct args *a, size_t *option, const char **value);

/*
 * Prints what is wrong with the command line and where help is, on standard
 * error.  Returns the exit status, 100.
 */
int args_wrong(const struct args *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
