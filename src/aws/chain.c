#include "aws/chain.h"

#include "aws/sts.h"
#include "aws/sts_role.h"
#include "base/file.h"
#include "base/text.h"

int
chain_environment(struct aws_client *c, int64_t deadline_ms, struct creds *out,
                  struct err *e)
{
    struct sigv4_key key = {
        .id = client_env(c->aws, "AWS_ACCESS_KEY_ID"),
        .secret = client_env(c->aws, "AWS_SECRET_ACCESS_KEY"),
        .token = client_env(c->aws, "AWS_SESSION_TOKEN"),
    };

    (void)deadline_ms;
    if (key.id.n == 0)
        return CHAIN_NEXT;
    if (key.secret.n == 0)
        return err_set(e, ERR_CONFIG,
                       "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY "
                       "is not");
    *out = (struct creds){.key = key};
    return 0;
}

int
chain_web_identity(struct aws_client *c, int64_t deadline_ms, struct creds *out,
                   struct err *e)
{
    struct sts_role role = {
        .arn = client_env(c->aws, "AWS_ROLE_ARN"),
        .session = client_env(c->aws, "AWS_ROLE_SESSION_NAME"),
        .token_file = client_env(c->aws, "AWS_WEB_IDENTITY_TOKEN_FILE"),
    };

    if (role.token_file.n == 0)
        return CHAIN_NEXT;
    if (role.arn.n == 0)
        return err_set(e, ERR_CONFIG,
                       "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN "
                       "is not");
    return sts_assume_web(c, &role, deadline_ms, out, e);
}

/* In the order of AWS's SDKs; a profile that was asked for by name is looked
 * at alone. */
static const struct link {
    int (*find)(struct aws_client *c, int64_t deadline_ms, struct creds *out,
                struct err *e);
    bool of_profile;
} chain[] = {
    {chain_environment, false},  {chain_role, true},
    {chain_web_identity, false}, {chain_profile, true},
    {chain_container, false},    {chain_instance, false},
};

static int
find_base(struct aws_client *c, int64_t deadline_ms, struct creds *out,
          struct err *e)
{
    for (size_t i = 0; i < sizeof(chain) / sizeof(*chain); i++) {
        size_t mark = arena_mark(&c->scratch);
        int rc;

        if (c->who.profile.n > 0 && !chain[i].of_profile)
            continue;
        rc = chain[i].find(c, deadline_ms, out, e);
        if (rc != CHAIN_NEXT)
            return rc;
        client_rewind(c, mark);
    }
    if (c->who.profile.n > 0)
        return err_set(e, ERR_CONFIG,
                       "the profile %.*s has no credentials, or is in neither "
                       "of the shared files",
                       SLICE_FMT(c->who.profile));
    return err_set(e, ERR_DENIED,
                   "no credentials: neither the environment, the profile "
                   "%.*s, a container nor the instance's metadata service "
                   "has any",
                   SLICE_FMT(c->settings.profile));
}

int
creds_find(struct aws_client *c, int64_t deadline_ms, struct creds *out,
           struct err *e)
{
    struct sts_role role = {.arn = c->who.role_arn,
                            .external_id = c->who.external_id,
                            .session =
                                client_env(c->aws, "AWS_ROLE_SESSION_NAME")};
    struct creds base;
    int rc = find_base(c, deadline_ms, &base, e);

    if (rc != 0 || role.arn.n == 0) {
        *out = base;
        return rc;
    }
    return sts_assume(c, &base.key, &role, deadline_ms, out, e);
}
