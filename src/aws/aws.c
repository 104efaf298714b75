#include "aws/aws.h"

#include "aws/client.h"
#include "base/clock.h"
#include "base/text.h"

static const char *const outcomes[AWS_OUTCOMES] = {
    [AWS_OK] = "ok",
    [AWS_ABSENT] = "absent",
    [AWS_THROTTLED] = "throttled",
    [AWS_DENIED] = "denied",
    [AWS_EXPIRED] = "expired",
    [AWS_REJECTED] = "rejected",
    [AWS_SERVER] = "server",
    [AWS_NETWORK] = "network",
    [AWS_TIMEOUT] = "timeout",
    [AWS_MALFORMED] = "malformed",
};

struct slice
aws_outcome_text(enum aws_outcome outcome)
{
    return slice_str(outcomes[outcome]);
}

static int
no_memory(struct err *e)
{
    return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

int
aws_open(struct aws **aws, const struct aws_options *o, struct arena *arena,
         struct err *e)
{
    size_t bytes = creds_provider_bytes() * AWS_IDENTITIES_MAX;
    struct aws *a = arena_alloc(arena, sizeof(*a));
    struct aws_shared *s = arena_alloc(arena, sizeof(*s));
    struct creds_provider *p = arena_alloc(arena, bytes);

    if (a == NULL || s == NULL || p == NULL)
        return no_memory(e);
    memset(s, 0, sizeof(*s));
    gate_init(&s->gate);
    s->provider = p; /* each is zeroed when it is given out */
    s->max = AWS_IDENTITIES_MAX;
    *a = (struct aws){
        .net = o->net, .env = o->env, .observer = o->observer, .shared = s};
    *aws = a;
    return 0;
}

void
aws_close(struct aws *aws)
{
    if (aws == NULL)
        return;
    for (size_t i = 0; i < aws->shared->n; i++)
        creds_forget(creds_provider_at(aws->shared->provider, i));
    aws->shared->n = 0;
}

int64_t
aws_skew_ms(const struct aws *aws)
{
    return atomic_load(&aws->shared->skew_ms);
}

bool
aws_runs_commands(const struct aws *aws)
{
    return atomic_load(&aws->shared->commands);
}

/* Copies the identity and carves the scratch out. */
static int
client_ready(struct aws_client *c, const struct aws_identity *who,
             struct arena *arena)
{
    c->who.profile = arena_copy(arena, who->profile);
    c->who.role_arn = arena_copy(arena, who->role_arn);
    c->who.external_id = arena_copy(arena, who->external_id);
    c->who.region = arena_copy(arena, who->region);
    if (c->who.profile.p == NULL || c->who.role_arn.p == NULL ||
        c->who.external_id.p == NULL || c->who.region.p == NULL)
        return ERR_MEMORY;
    gate_init(&c->pause);
    c->budget = retry_budget();
    return arena_split(&c->scratch, arena, CLIENT_SCRATCH_BYTES);
}

int
aws_client_open(struct aws_client **client, const struct aws *aws,
                const struct aws_identity *who, struct arena *arena,
                struct err *e)
{
    struct aws_client *c = arena_alloc(arena, sizeof(*c));
    int rc;

    if (c == NULL)
        return no_memory(e);
    memset(c, 0, sizeof(*c));
    c->aws = aws;
    if (client_ready(c, who, arena) != 0)
        return no_memory(e);
    rc = client_settings(c, arena, e);
    if (rc != 0)
        return rc;
    c->provider = creds_provider_for(c);
    if (c->provider == NULL)
        return err_set(e, ERR_LIMIT,
                       "more than %d different profiles and roles, or a name "
                       "among them is too long",
                       AWS_IDENTITIES_MAX);
    rc = net_client_open(&c->net, aws->net, arena, e);
    if (rc == 0)
        *client = c;
    return rc;
}

void
aws_client_close(struct aws_client *c)
{
    if (c == NULL)
        return;
    net_client_close(c->net);
    explicit_bzero(&c->key, sizeof(c->key));
    client_rewind(c, 0);
}

void
aws_client_stop(struct aws_client *c)
{
    atomic_store(&c->stopped, true);
    net_client_cancel(c->net);
    gate_wake(&c->pause);
    gate_wake(&c->aws->shared->gate);
}

void
aws_client_rest(struct aws_client *c)
{
    net_client_hang_up(c->net);
}

struct slice
aws_client_region(const struct aws_client *c)
{
    return c->settings.region;
}

int64_t
client_wall_ms(const struct aws_client *c)
{
    return clock_wall_ms() + aws_skew_ms(c->aws);
}

bool
client_pause(struct aws_client *c, int64_t until_ms)
{
    gate_enter(&c->pause);
    while (!atomic_load(&c->stopped) && gate_wait(&c->pause, until_ms))
        ;
    gate_leave(&c->pause);
    return !atomic_load(&c->stopped);
}

void
client_rewind(struct aws_client *c, size_t mark)
{
    explicit_bzero(c->scratch.base + mark, c->scratch.peak - mark);
    c->scratch.peak = mark;
    arena_reset(&c->scratch, mark);
}
