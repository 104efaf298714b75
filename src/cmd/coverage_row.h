#ifndef CMD_COVERAGE_ROW_H
#define CMD_COVERAGE_ROW_H

/* One row of the listing of `tfdrift coverage`: as JSON, or for people. */

#include "base/out.h"
#include "map/map.h"

struct coverage_row {
    struct slice service, event, type; /* "*": any type */
    enum map_role role;
    size_t order; /* as the tables have it */
    struct map_ref binding;
};

/* Widths of the columns of service, event and type, in bytes. */
struct coverage_widths {
    size_t service, event, type;
};

/* Names of roles, by enum map_role without MAP_NONE. */
#define COVERAGE_ROLES 4
extern const struct slice coverage_roles[COVERAGE_ROLES];

/* One JSON object and a line's end. */
void coverage_put_json(struct out *out, const struct maps *ms,
                       const struct coverage_row *row);

/* The heads of the columns; `bold` for a terminal with colours. */
void coverage_put_head(struct out *out, const struct coverage_widths *wide,
                       bool bold);

/* One line of the table. */
void coverage_put_row(struct out *out, const struct maps *ms,
                      const struct coverage_row *row,
                      const struct coverage_widths *wide);

#endif
