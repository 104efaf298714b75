#ifndef DRIFT_ROUTE_H
#define DRIFT_ROUTE_H

/*
 * Routes in the blocks of a route table.  docs.aws.amazon.com/AWSEC2/latest/
 * APIReference/API_CreateRoute.html; the blocks are those of aws_route_table
 * and aws_default_route_table.
 */

#include <stdbool.h>

#include "drift/finding.h"

/*
 * Judges CreateRoute, ReplaceRoute or DeleteRoute against the route table
 * whose finding is f: a BLOCKS change of `route`.  False when the route to
 * that destination is a resource of its own (aws_route, in whatever state),
 * which then is where it is reported: f means nothing then.
 *
 * Settled: the path `route` and a block that has only the destination: the
 * table has, or lacks, a route to it as the state says, whatever it was.
 */
bool route_judge(struct trial *t, struct finding *f);

#endif
