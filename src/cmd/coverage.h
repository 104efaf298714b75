#ifndef CMD_COVERAGE_H
#define CMD_COVERAGE_H

/*
 * tfdrift coverage [--json] [--map FILE]... [SERVICE|EVENT|TYPE]...
 *
 * Prints what is mapped, out of the tables themselves: one row for each
 * service, event, resource type and role, sorted; those that match one of
 * the words (whole, without case, globs allowed), or all.  A table for
 * people, or one JSON object a line.
 *
 * Returns the exit status: 0; 1 when nothing matches or nothing can be
 * written; 100 when the command line or a mapping file is wrong.
 */
int cmd_coverage(int argc, char **argv);

#endif
