/* Credentials that the shared files name. */
#include "aws/chain.h"

#include "aws/sts_role.h"
#include "base/text.h"

#define SOURCES_MAX 5 /* profiles that take their role from one another */

/* One look at the files for one profile. */
struct look {
    struct aws_client *c;
    struct profiles files;
    struct slice profile;
    int64_t deadline_ms;
};

static struct slice
value(const struct look *l, struct slice key)
{
    return profile_get(&l->files, l->profile, key);
}

/* A key in the profile itself, or a command that prints one. */
static int
find_plain(const struct look *l, struct creds *out, struct err *e)
{
    struct sigv4_key key = {.id = value(l, SLICE("aws_access_key_id")),
                            .secret = value(l, SLICE("aws_secret_access_key")),
                            .token = value(l, SLICE("aws_session_token"))};
    struct slice command = value(l, SLICE("credential_process"));

    if (key.id.n > 0 && key.secret.n == 0)
        return err_set(e, ERR_CONFIG,
                       "the profile %.*s has an aws_access_key_id and no "
                       "aws_secret_access_key",
                       SLICE_FMT(l->profile));
    if (key.id.n > 0) {
        *out = (struct creds){.key = key};
        return 0;
    }
    if (command.n > 0)
        return chain_process(l->c, command, l->deadline_ms, out, e);
    if (value(l, SLICE("sso_session")).n > 0 ||
        value(l, SLICE("sso_start_url")).n > 0)
        return err_set(e, ERR_CONFIG,
                       "the profile %.*s signs in through SSO, which needs a "
                       "person: give a role, or the credential_process "
                       "\"aws configure export-credentials\"",
                       SLICE_FMT(l->profile));
    return CHAIN_NEXT;
}

/* What credential_source names (sdkref, feature-assume-role-credentials). */
static int
find_source(const struct look *l, struct slice source, struct creds *out,
            struct err *e)
{
    int rc;

    if (slice_eq(source, SLICE("Environment")))
        rc = chain_environment(l->c, l->deadline_ms, out, e);
    else if (slice_eq(source, SLICE("EcsContainer")))
        rc = chain_container(l->c, l->deadline_ms, out, e);
    else if (slice_eq(source, SLICE("Ec2InstanceMetadata")))
        rc = chain_instance(l->c, l->deadline_ms, out, e);
    else
        return err_set(e, ERR_CONFIG,
                       "the profile %.*s has an unknown credential_source; "
                       "allowed: Environment, EcsContainer, "
                       "Ec2InstanceMetadata",
                       SLICE_FMT(l->profile));
    if (rc != CHAIN_NEXT)
        return rc;
    return err_set(e, ERR_CONFIG,
                   "the profile %.*s has the credential_source %.*s, which "
                   "has no credentials",
                   SLICE_FMT(l->profile), SLICE_FMT(source));
}

static struct sts_role
role_of(const struct look *l)
{
    return (struct sts_role){
        .arn = value(l, SLICE("role_arn")),
        .external_id = value(l, SLICE("external_id")),
        .session = value(l, SLICE("role_session_name")),
        .duration_s = value(l, SLICE("duration_seconds")),
        .token_file = value(l, SLICE("web_identity_token_file")),
    };
}

/*
 * Follows source_profile down to a profile that assumes nothing, or that
 * takes its role from elsewhere; then assumes the roles on the way back up.
 * at[] are the profiles, the first on top.
 */
static int
assume_down(struct look *l, struct slice at[SOURCES_MAX], size_t n,
            struct creds *out, struct err *e)
{
    int rc = 0;

    while (n-- > 0 && rc == 0) {
        struct sts_role role;
        struct creds base = *out;

        l->profile = at[n];
        role = role_of(l);
        rc = sts_assume(l->c, &base.key, &role, l->deadline_ms, out, e);
    }
    return rc;
}

/* The credentials at the end of a profile's sources: 0 and *again when its
 * source_profile is to be looked at next. */
static int
find_bottom(struct look *l, struct creds *out, bool *again, struct err *e)
{
    struct slice source = value(l, SLICE("source_profile"));
    struct slice elsewhere = value(l, SLICE("credential_source"));

    *again = false;
    if (value(l, SLICE("mfa_serial")).n > 0)
        return err_set(e, ERR_CONFIG,
                       "the profile %.*s asks for a code of an MFA device, "
                       "which needs a person",
                       SLICE_FMT(l->profile));
    if (elsewhere.n > 0)
        return find_source(l, elsewhere, out, e);
    if (source.n == 0)
        return err_set(e, ERR_CONFIG,
                       "the profile %.*s has a role_arn, but neither "
                       "source_profile, credential_source nor "
                       "web_identity_token_file to assume it with",
                       SLICE_FMT(l->profile));
    *again = true;
    l->profile = source;
    return 0;
}

/* The profile that at[] ends with names no role: its own key, then. */
static int
find_last(struct look *l, struct creds *out, struct err *e)
{
    int rc = find_plain(l, out, e);

    if (rc != CHAIN_NEXT)
        return rc;
    return err_set(e, ERR_CONFIG,
                   "the source_profile %.*s has no credentials, or is in "
                   "neither of the shared files",
                   SLICE_FMT(l->profile));
}

static int
find_role(struct look *l, struct creds *out, struct err *e)
{
    struct slice at[SOURCES_MAX];
    bool again = true;
    size_t n = 0;
    int rc = 0;

    while (again && rc == 0) {
        struct sts_role role = role_of(l);

        again = false;
        if (role.arn.n == 0 || (n > 0 && slice_eq(at[n - 1], l->profile))) {
            rc = find_last(l, out, e);
        } else if (role.token_file.n > 0) {
            rc = sts_assume_web(l->c, &role, l->deadline_ms, out, e);
        } else if (n == SOURCES_MAX) {
            rc = err_set(e, ERR_CONFIG,
                         "more than %d profiles name one another as "
                         "source_profile",
                         SOURCES_MAX);
        } else {
            at[n++] = l->profile;
            rc = find_bottom(l, out, &again, e);
        }
    }
    return rc != 0 ? rc : assume_down(l, at, n, out, e);
}

static int
look_ready(struct look *l, struct aws_client *c, int64_t deadline_ms,
           struct err *e)
{
    *l = (struct look){
        .c = c, .profile = c->settings.profile, .deadline_ms = deadline_ms};
    return client_profiles(c, &l->files, e);
}

int
chain_role(struct aws_client *c, int64_t deadline_ms, struct creds *out,
           struct err *e)
{
    struct look l;
    int rc = look_ready(&l, c, deadline_ms, e);

    if (rc != 0)
        return rc;
    if (value(&l, SLICE("role_arn")).n == 0)
        return CHAIN_NEXT;
    return find_role(&l, out, e);
}

int
chain_profile(struct aws_client *c, int64_t deadline_ms, struct creds *out,
              struct err *e)
{
    struct look l;
    int rc = look_ready(&l, c, deadline_ms, e);

    if (rc != 0)
        return rc;
    rc = find_plain(&l, out, e);
    if (rc == CHAIN_NEXT && client_env(c->aws, "AWS_PROFILE").n > 0 &&
        !profile_exists(&l.files, l.profile))
        return err_set(e, ERR_CONFIG,
                       "AWS_PROFILE names %.*s, which is in neither of the "
                       "shared files",
                       SLICE_FMT(l.profile));
    return rc;
}
