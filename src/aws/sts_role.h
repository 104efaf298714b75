#ifndef AWS_STS_ROLE_H
#define AWS_STS_ROLE_H

/*
 * Another role's credentials
 * (docs.aws.amazon.com/STS/latest/APIReference, API_AssumeRole.html and
 * API_AssumeRoleWithWebIdentity.html); for the chain of credentials alone.
 */

#include <stdint.h>

#include "aws/client.h"
#include "aws/creds.h"

#define STS_TOKEN_MAX_BYTES 20000 /* of a web identity; AWS's limit */

struct sts_role {
    struct slice arn;
    struct slice external_id; /* empty: none */
    struct slice session;     /* empty: "tfdrift" */
    struct slice duration_s;  /* digits; empty: AWS's hour */
    struct slice token_file;  /* of a web identity */
};

/* AssumeRole, signed with key.  Returns 0 or an error; *out lives in c's
 * scratch. */
int sts_assume(struct aws_client *c, const struct sigv4_key *key,
               const struct sts_role *role, int64_t deadline_ms,
               struct creds *out, struct err *e);

/* AssumeRoleWithWebIdentity: with the token in the file, read anew. */
int sts_assume_web(struct aws_client *c, const struct sts_role *role,
                   int64_t deadline_ms, struct creds *out, struct err *e);

/* Takes the credentials out of either answer; pure but for the arena.
 * Returns 0, ERR_SYNTAX, ERR_FOREIGN, ERR_MEMORY. */
int sts_parse(struct slice xml, struct arena *arena, struct creds *out,
              struct err *e);

#endif
