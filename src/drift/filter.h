#ifndef DRIFT_FILTER_H
#define DRIFT_FILTER_H

/*
 * Events nobody wants to hear of: failed calls, reads, Terraform's own,
 * what AWS services do by themselves.
 */

#include "base/arena.h"
#include "base/names.h"
#include "base/slice.h"
#include "map/event.h"

enum filter_unmanaged { FILTER_CREATE, FILTER_ALL, FILTER_OFF };

struct filter {
    const struct slice *terraform; /* globs of user agents */
    size_t n_terraform;
    bool report_service_roles;
    enum filter_unmanaged unmanaged; /* which of them become records */
};

/* The design's defaults. */
extern const struct filter filter_default;

/*
 * Why the event is ignored ("failed", "read-only", "not-a-call",
 * "terraform", "autoscaling", "service"), or an empty slice.
 */
struct slice filter_event(const struct filter *f, const struct event *ev,
                          const struct names *names, struct arena *arena,
                          struct arena *scratch);

#endif
