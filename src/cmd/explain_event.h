#ifndef CMD_EXPLAIN_EVENT_H
#define CMD_EXPLAIN_EVENT_H

/*
 * The way of one event through the judge, step by step, for people: what it
 * is, whether it is heard, what the mappings say, which resources it finds,
 * what each attribute is and was.
 */

#include "base/out.h"
#include "drift/judge.h"

/*
 * Judges the event and writes every step; *verdict is what came of it.
 * Findings live in j->arena, which the caller resets.
 */
void explain_event(const struct judge *j, const struct event *ev,
                   struct out *out, struct judgement *result);

#endif
