#ifndef TESTS_UNIT_AGENT_IDLE_CLIENT_H
#define TESTS_UNIT_AGENT_IDLE_CLIENT_H

/* In the place of the program's own: a client without a connection, and a
 * limiter that lets everything through. */

#include "agent/limiter.h"
#include "aws/aws.h"

void
aws_client_close(struct aws_client *c)
{
    (void)c;
}

void
aws_client_stop(struct aws_client *c)
{
    (void)c;
}

void
aws_client_rest(struct aws_client *c)
{
    (void)c;
}

int64_t
limiter_take(struct limiter *l, int64_t now_ms)
{
    (void)l;
    return now_ms;
}

void
limiter_end(struct limiter *l, int64_t now_ms)
{
    l->next_ms = now_ms;
}

void
limiter_slow(struct limiter *l, int64_t now_ms)
{
    limiter_end(l, now_ms);
}

void
limiter_recover(struct limiter *l)
{
    limiter_end(l, 0);
}

#endif
