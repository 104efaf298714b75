#ifndef AWS_CLIENT_H
#define AWS_CLIENT_H

/*
 * What the files of this room share about aws.h's structs; nobody else
 * includes it.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/aws.h"
#include "aws/creds.h"
#include "aws/endpoint.h"
#include "aws/fault.h"
#include "aws/profile.h"
#include "aws/retry.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/thread.h"
#include "net/exchange.h"

#define CLIENT_SCRATCH_BYTES (384u << 10)
#define CLIENT_FILE_MAX_BYTES (96u << 10) /* of each shared file */

/* What changes, and who waits for whom. */
struct aws_shared {
    struct gate gate; /* around the providers */
    struct creds_provider *provider;
    size_t n, max;           /* providers in use, and all there are */
    _Atomic int64_t skew_ms; /* AWS's clock minus ours */
    atomic_bool commands;    /* some profile has a credential_process */
};

struct aws {
    struct net *net;
    struct aws_env env;
    struct aws_observer observer;
    struct aws_shared *shared;
};

/* What the environment and the client's profile say; views of its arena. */
struct aws_settings {
    struct slice profile; /* the one that is in use */
    struct slice region;  /* empty: nothing says so */
    struct endpoint_flavour flavour;
    struct slice endpoint[ENDPOINT_SERVICES]; /* empty: AWS's own */
};

struct aws_client {
    const struct aws *aws;
    struct net_client *net;
    struct aws_identity who; /* copied */
    struct aws_settings settings;
    struct creds_provider *provider;
    struct creds_copy key;   /* of the call that is under way */
    char url[URL_MAX_BYTES]; /* of the call; its answer may refer to it */
    struct arena scratch;    /* rewound, and zeroed, after each call */
    int64_t signed_ms;       /* the time of the last signature */
    struct retry_budget budget;
    struct exchange_answer answer;
    struct fault fault; /* of the last answer that was none */
    struct gate pause;  /* waits between attempts */
    atomic_bool stopped;
};

/* A name of the environment; empty when it is not set. */
struct slice client_env(const struct aws *aws, const char *name);

/* Whether it says true: "true" or "1" in any case. */
bool client_env_true(const struct aws *aws, const char *name);

/*
 * The two shared files, in c's scratch; one that is not there is empty.
 * Returns 0, ERR_IO (it is there but cannot be read), ERR_LIMIT, ERR_CONFIG
 * (malformed), ERR_MEMORY.
 */
int client_profiles(struct aws_client *c, struct profiles *p, struct err *e);

/* Fills c->settings in; copies go to `arena`.  Returns as the one above. */
int client_settings(struct aws_client *c, struct arena *arena, struct err *e);

/*
 * The base of a service's URLs: the override when it is not empty, a
 * configured endpoint, or AWS's own.  Put into the scratch.
 */
int client_endpoint(struct aws_client *c, enum endpoint_service service,
                    struct slice region, struct slice override,
                    struct slice *base, struct err *e);

/* The region as given, or the one that settings know, or of STS's home. */
struct slice client_region(const struct aws_client *c, struct slice region);

/* AWS's clock, as far as it is known. */
int64_t client_wall_ms(const struct aws_client *c);

/* Waits until a time of the steady clock; false when c is to stop. */
bool client_pause(struct aws_client *c, int64_t until_ms);

/* Rewinds the scratch to a mark and zeroes what was behind it: keys and
 * tokens went through there. */
void client_rewind(struct aws_client *c, size_t mark);

#endif
