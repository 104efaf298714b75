/* What the environment and the shared files say about a client. */
#include "aws/client.h"

#include "base/file.h"
#include "base/text.h"

#define SOURCES_LOOKED_AT 8 /* profiles, one the source of the other */

struct slice
client_env(const struct aws *aws, const char *name)
{
    const char *value =
        aws->env.get != NULL ? aws->env.get(aws->env.ctx, name) : NULL;

    return value != NULL ? slice_str(value) : slice_of("", 0);
}

static bool
is_true(struct slice text)
{
    return text_eq_fold(text, SLICE("true")) || slice_eq(text, SLICE("1"));
}

bool
client_env_true(const struct aws *aws, const char *name)
{
    return is_true(client_env(aws, name));
}

/* One of the two files: the path its own name gives, or ~/.aws/... */
static int
read_shared(struct aws_client *c, const char *name, struct slice usual,
            struct slice *text, struct err *e)
{
    char path[FILE_PATH_MAX_BYTES];
    struct buf b = buf_over(path, sizeof(path));
    struct slice named = client_env(c->aws, name);
    struct slice home = client_env(c->aws, "HOME");
    int rc;

    *text = slice_of("", 0);
    if (named.n > 0 && !slice_starts(named, SLICE("~/"))) {
        buf_put(&b, named);
    } else if (home.n == 0) {
        return 0;
    } else {
        buf_put(&b, home);
        buf_put(&b, named.n > 0 ? slice_from(named, 1) : usual);
    }
    /* Not being there is no fault: most do not have them. */
    if (b.full || file_kind(buf_slice(&b), NULL) != FILE_PLAIN)
        return 0;
    rc = file_read(buf_slice(&b), CLIENT_FILE_MAX_BYTES, &c->scratch, text, e);
    return rc != 0 ? rc : profile_check(*text, buf_slice(&b), e);
}

int
client_profiles(struct aws_client *c, struct profiles *p, struct err *e)
{
    int rc =
        read_shared(c, "AWS_CONFIG_FILE", SLICE("/.aws/config"), &p->config, e);

    if (rc == 0)
        rc = read_shared(c, "AWS_SHARED_CREDENTIALS_FILE",
                         SLICE("/.aws/credentials"), &p->credentials, e);
    return rc;
}

/* The environment's value, or the profile's. */
static struct slice
either(const struct aws_client *c, const struct profiles *p, const char *name,
       struct slice key)
{
    struct slice value = client_env(c->aws, name);

    return value.n > 0 ? value : profile_get(p, c->settings.profile, key);
}

/* The configured endpoint of a service: first what names the service, and
 * the environment before the profile. */
static struct slice
endpoint_of(const struct aws_client *c, const struct profiles *p,
            enum endpoint_service service)
{
    struct slice key = endpoint_key(service), profile = c->settings.profile;
    struct slice url, services;
    char name[64];
    struct buf b = buf_over(name, sizeof(name) - 1);

    buf_put(&b, SLICE("AWS_ENDPOINT_URL_"));
    for (size_t i = 0; i < key.n; i++)
        buf_byte(&b, (unsigned char)(key.p[i] >= 'a' && key.p[i] <= 'z'
                                         ? key.p[i] - ('a' - 'A')
                                         : key.p[i]));
    name[b.n] = '\0';
    url = client_env(c->aws, name);
    if (url.n == 0)
        url = client_env(c->aws, "AWS_ENDPOINT_URL");
    services = profile_get(p, profile, SLICE("services"));
    if (url.n == 0 && services.n > 0)
        url = profile_service(p, services, key, SLICE("endpoint_url"));
    if (url.n == 0)
        url = profile_get(p, profile, SLICE("endpoint_url"));
    return url;
}

/* Whether the profile, or one it takes its role from, runs a command; a
 * circle of them is no matter of ours. */
static bool
runs_command(const struct profiles *p, struct slice profile)
{
    for (int i = 0; i < SOURCES_LOOKED_AT && profile.n > 0; i++) {
        if (profile_get(p, profile, SLICE("credential_process")).n > 0)
            return true;
        profile = profile_get(p, profile, SLICE("source_profile"));
    }
    return false;
}

/* *s moves to the arena; false when that is full. */
static bool
settle(struct slice *s, struct arena *arena)
{
    *s = arena_copy(arena, *s);
    return s->p != NULL;
}

int
client_settings(struct aws_client *c, struct arena *arena, struct err *e)
{
    struct aws_settings *s = &c->settings;
    struct profiles p;
    bool fits;
    int rc = client_profiles(c, &p, e);

    if (rc != 0)
        return rc;
    s->profile = c->who.profile;
    if (s->profile.n == 0)
        s->profile = client_env(c->aws, "AWS_PROFILE");
    if (s->profile.n == 0)
        s->profile = SLICE("default");
    s->region = client_env(c->aws, "AWS_REGION");
    if (s->region.n == 0)
        s->region = either(c, &p, "AWS_DEFAULT_REGION", SLICE("region"));
    s->flavour.fips = is_true(
        either(c, &p, "AWS_USE_FIPS_ENDPOINT", SLICE("use_fips_endpoint")));
    s->flavour.dualstack = is_true(either(c, &p, "AWS_USE_DUALSTACK_ENDPOINT",
                                          SLICE("use_dualstack_endpoint")));
    if (runs_command(&p, s->profile))
        atomic_store(&c->aws->shared->commands, true);
    fits = settle(&s->region, arena);
    if (!is_true(either(c, &p, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                        SLICE("ignore_configured_endpoint_urls"))))
        for (int i = 0; i < ENDPOINT_SERVICES && fits; i++) {
            s->endpoint[i] = endpoint_of(c, &p, (enum endpoint_service)i);
            fits = settle(&s->endpoint[i], arena);
        }
    fits = fits && settle(&s->profile, arena);
    client_rewind(c, 0);
    return fits ? 0 : err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

struct slice
client_region(const struct aws_client *c, struct slice region)
{
    if (region.n == 0)
        region = c->settings.region;
    return region.n > 0 ? region : endpoint_home(slice_of("", 0));
}

int
client_endpoint(struct aws_client *c, enum endpoint_service service,
                struct slice region, struct slice override, struct slice *base,
                struct err *e)
{
    char text[ENDPOINT_MAX_BYTES];
    struct buf b = buf_over(text, sizeof(text));
    int rc = 0;

    *base = override.n > 0 ? override : c->settings.endpoint[service];
    if (base->n > 0)
        return 0;
    rc = endpoint_put(&b, service, region, c->settings.flavour, e);
    if (rc != 0)
        return rc;
    *base = arena_copy(&c->scratch, buf_slice(&b));
    return base->p != NULL ? 0
                           : err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}
