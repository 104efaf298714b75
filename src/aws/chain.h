#ifndef AWS_CHAIN_H
#define AWS_CHAIN_H

/*
 * The links of the chain that creds_find() goes along.  Each looks in one
 * place; what it finds are views of the client's scratch or of the
 * environment.  Each returns 0; CHAIN_NEXT when there is nothing at all in
 * its place, so that the next one is asked; or an error, which ends the
 * search: something was configured, and it is wrong or does not answer.
 */

#include <stdint.h>

#include "aws/client.h"
#include "aws/creds.h"

#define CHAIN_NEXT 1

/* AWS_ACCESS_KEY_ID and its companions. */
int chain_environment(struct aws_client *c, int64_t deadline_ms,
                      struct creds *out, struct err *e);

/* AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, as EKS sets them. */
int chain_web_identity(struct aws_client *c, int64_t deadline_ms,
                       struct creds *out, struct err *e);

/* AWS_CONTAINER_CREDENTIALS_*: ECS, EKS Pod Identity. */
int chain_container(struct aws_client *c, int64_t deadline_ms,
                    struct creds *out, struct err *e);

/* The metadata service of an EC2 instance, version 2. */
int chain_instance(struct aws_client *c, int64_t deadline_ms, struct creds *out,
                   struct err *e);

/* A profile that assumes a role, with what it takes the role from. */
int chain_role(struct aws_client *c, int64_t deadline_ms, struct creds *out,
               struct err *e);

/* A profile with a key or a credential_process of its own. */
int chain_profile(struct aws_client *c, int64_t deadline_ms, struct creds *out,
                  struct err *e);

/*
 * What a command prints: the JSON of credential_process
 * (docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
 * No shell: the line is cut at blanks, quotes hold together.
 */
int chain_process(struct aws_client *c, struct slice command,
                  int64_t deadline_ms, struct creds *out, struct err *e);

/*
 * Takes credentials out of JSON as the instance, container and process
 * sources write it.  what is for messages.  token is what its session token
 * is called; Code, if there is one, must be Success.  Returns 0, ERR_SYNTAX,
 * ERR_FOREIGN, ERR_REMOTE, ERR_MEMORY.
 */
int chain_json(struct aws_client *c, struct slice json, struct slice what,
               struct slice token, struct creds *out, struct err *e);

#endif
