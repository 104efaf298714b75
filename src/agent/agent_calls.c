#include "agent/agent.h"

/* How the calls of AWS went, by operation. */

/* The row of an operation among those there are, or NULL. */
static struct agent_call *
find_row(struct agent_calls *c, struct slice service, struct slice operation)
{
    size_t n = c->n;

    for (size_t i = 0; i < n; i++)
        if (slice_eq(c->call[i].operation, operation) &&
            slice_eq(c->call[i].service, service))
            return &c->call[i];
    return NULL;
}

/* The same, made when it is new; NULL when there are too many. */
static struct agent_call *
add_row(struct agent_calls *c, struct slice service, struct slice operation)
{
    struct agent_call *row;

    gate_enter(&c->gate);
    row = find_row(c, service, operation);
    if (row == NULL && c->n < AGENT_CALLS_MAX) {
        row = &c->call[c->n];
        row->service = service;
        row->operation = operation;
        c->n++; /* from now on others see it */
    }
    gate_leave(&c->gate);
    return row;
}

void
agent_observe(void *ctx, struct slice service, struct slice operation,
              struct slice region, enum aws_outcome outcome)
{
    struct agent_call *row = find_row(ctx, service, operation);

    (void)region;
    if (row == NULL)
        row = add_row(ctx, service, operation);
    if (row != NULL)
        atomic_fetch_add(&row->outcome[outcome], 1);
}
