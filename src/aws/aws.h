#ifndef AWS_AWS_H
#define AWS_AWS_H

/*
 * What all calls of AWS need: whose credentials, which endpoints, and a
 * thread's own connection.  One struct aws is shared by all threads; every
 * thread that calls has clients of its own.  The calls themselves are in
 * cloudtrail.h, s3.h, dynamodb.h and sts.h; each takes a client and one
 * deadline of the steady clock (base/clock.h), within which it signs, sends,
 * and tries again what may succeed later.
 *
 * Nothing here logs, and no secret is ever put into a sentence: a failing
 * call's sentence names service, operation, AWS's code and message, and for
 * a refused one the IAM action that is missing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

struct net;
struct aws;
struct aws_client;

#define AWS_IDENTITIES_MAX 64         /* different ones in one program */
#define AWS_CLIENT_BYTES (416u << 10) /* of arena, beside net's */
#define AWS_NAME_MAX_BYTES 2048       /* an ARN, a profile, an endpoint */
#define AWS_REGION_MAX_BYTES 32       /* "us-isob-east-1" */

/* What became of one attempt of a call: for counters. */
enum aws_outcome {
    AWS_OK,
    AWS_ABSENT,    /* 404 of a thing that may be missing, 304 */
    AWS_THROTTLED, /* asked to slow down */
    AWS_DENIED,    /* not allowed, or the signature is not accepted */
    AWS_EXPIRED,   /* the credentials' time is over */
    AWS_REJECTED,  /* another answer of 400...499 */
    AWS_SERVER,    /* 500...599 */
    AWS_NETWORK,   /* no connection, or it broke */
    AWS_TIMEOUT,
    AWS_MALFORMED, /* an answer that is none */
    AWS_OUTCOMES
};

/* "ok", "throttled", ... as metrics name them. */
struct slice aws_outcome_text(enum aws_outcome outcome);

/* Told of every attempt, by the thread that made it; must not wait. */
struct aws_observer {
    void (*observe)(void *ctx, struct slice service, struct slice operation,
                    struct slice region, enum aws_outcome outcome);
    void *ctx;
};

/* The environment, as an argument: the value of a name, or NULL. */
struct aws_env {
    const char *(*get)(void *ctx, const char *name);
    void *ctx;
};

struct aws_options {
    struct net *net; /* outlives the struct aws */
    struct aws_env env;
    struct aws_observer observer; /* observe may be NULL */
};

/* Whose credentials: all empty means those the environment gives. */
struct aws_identity {
    struct slice profile;     /* of the shared files; else AWS_PROFILE */
    struct slice role_arn;    /* assumed with what the rest gives */
    struct slice external_id; /* for role_arn */
    struct slice region;      /* whose STS is asked; else AWS_REGION ... */
};

/*
 * Readies what is shared; memory comes from `arena` once and lives as long
 * as that.  Asks nothing of the network.  Returns 0, ERR_MEMORY, or
 * ERR_CONFIG when a name of the environment has a value that cannot be.
 */
int aws_open(struct aws **aws, const struct aws_options *o, struct arena *arena,
             struct err *e);

/* Forgets all credentials and zeroes them; NULL may be passed. */
void aws_close(struct aws *aws);

/*
 * A client for one thread, with a connection of its own; `who` is copied.
 * Identities that are equal share their credentials.  Memory comes from
 * `arena` and lives as long as that.  Returns 0, ERR_MEMORY, or ERR_LIMIT
 * (more than AWS_IDENTITIES_MAX).
 */
int aws_client_open(struct aws_client **c, const struct aws *aws,
                    const struct aws_identity *who, struct arena *arena,
                    struct err *e);

/*
 * The region of a call for which none is configured: AWS_REGION,
 * AWS_DEFAULT_REGION, or the profile's; empty when nothing says so.  Lives
 * as long as the client.
 */
struct slice aws_client_region(const struct aws_client *c);

/* Closes its connection; NULL may be passed. */
void aws_client_close(struct aws_client *c);

/*
 * Any thread: a call that is under way ends with ERR_STOPPED, and so does
 * every later one.
 */
void aws_client_stop(struct aws_client *c);

/*
 * Whether a profile of some client that was opened has a credential_process:
 * a sandbox must then let programs be run.  What else is read later on: the
 * shared files, and the files of tokens that the environment names.
 */
bool aws_runs_commands(const struct aws *aws);

/* Closes the connection until the next call: for a long idle time. */
void aws_client_rest(struct aws_client *c);

/*
 * How far AWS's clock is ahead of ours, in milliseconds; 0 until an answer
 * showed that ours is wrong by more than signatures allow.
 */
int64_t aws_skew_ms(const struct aws *aws);

#endif
