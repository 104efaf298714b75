#ifndef CMD_CMD_H
#define CMD_CMD_H

/*
 * The subcommands, one file each.  argv[0] is the command's name.  Each
 * returns the exit status: 0 fine, 1 an error that a restart may cure, 100
 * the configuration or the command line is wrong; replay returns 2 when
 * there was drift.
 */

/* Validates a configuration and says what it would do. */
int cmd_check(int argc, char **argv);

/* What is mapped, from the tables themselves. */
int cmd_coverage(int argc, char **argv);

/* Why one event did or did not alert, step by step. */
int cmd_explain(int argc, char **argv);

/* Asks a running agent how it is. */
int cmd_health(int argc, char **argv);

/* Judges recorded events against states, offline. */
int cmd_replay(int argc, char **argv);

/* Watches CloudTrail until SIGTERM. */
int cmd_run(int argc, char **argv);

/* The version of this program, "0.1.0". */
extern const char cmd_version_text[];

/* What this program is made of. */
int cmd_version(int argc, char **argv);

#endif
