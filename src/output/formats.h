#ifndef OUTPUT_FORMATS_H
#define OUTPUT_FORMATS_H

/*
 * Bodies of requests: a record as each service wants to be told of it, one
 * row for each.  Pure: a line in, JSON out, within the limits that the
 * service publishes; whatever the record holds is escaped for JSON and for
 * the service's markup.
 */

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"
#include "output/notice.h"
#include "output/output.h"
#include "output/prose.h"

/* The longest body: a whole record within PagerDuty's envelope. */
#define FORMATS_BODY_MAX_BYTES (RECORD_LINE_MAX_BYTES + (32u << 10))

/* Texts on their way into a body. */
#define FORMATS_TEXT_UNITS 4096

struct format {
    struct notice notice;
    struct slice hostname;    /* of this machine */
    struct slice routing_key; /* PagerDuty's */
    /* One text at a time: prose_over(text, at most FORMATS_TEXT_UNITS). */
    char text[PROSE_BYTES(FORMATS_TEXT_UNITS)];
};

/*
 * Writes the body for a type of output that speaks HTTP; f->notice is read
 * here.  Returns 0; ERR_SYNTAX when the line is no record; ERR_LIMIT when it
 * does not fit into b, which for b of FORMATS_BODY_MAX_BYTES and a record's
 * line does not happen.
 */
int formats_write(struct format *f, enum output_type type, struct slice line,
                  struct buf *b);

/* One service each; b's `full` flag is the only error there is. */
void formats_falcosidekick(struct format *f, struct buf *b);
void formats_slack(struct format *f, struct buf *b);
void formats_pagerduty(struct format *f, struct buf *b);
void formats_teams(struct format *f, struct buf *b);
void formats_discord(struct format *f, struct buf *b);

/* What they have in common. */

/* Starts a text of at most `units` in f->text. */
struct prose formats_text(struct format *f, size_t units);

/* "aws_instance.app was changed outside Terraform". */
void formats_headline(const struct format *f, struct prose *p,
                      enum prose_markup markup);

/* The headline, what changed, and who did it from where, on one line. */
void formats_summary(const struct format *f, struct prose *p,
                     enum prose_markup markup);

/* A service's markup of the list of changes. */
struct format_list {
    enum prose_markup path, value;
    struct slice begin, between, arrow, end; /* of one change */
    size_t path_most, value_most;            /* characters */
    size_t changes_most;
};

/* One line for each change, "and N more" for those that do not fit, and
 * whether Terraform was running. */
void formats_changes(const struct format *f, struct prose *p,
                     const struct format_list *list);

/* Who, from where, with what, when, ...: what people ask next.  The label and
 * the value of row i; false when there is no such row.  *value's p is NULL
 * when the record does not have it. */
bool formats_fact(const struct format *f, size_t i, struct slice *label,
                  struct slice *value);

#endif
