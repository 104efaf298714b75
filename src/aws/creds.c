#include "aws/creds.h"

#include "aws/client.h"
#include "base/clock.h"

#define OWNER_MAX_BYTES 1024 /* profile, role, external id and region */

/* All of it is looked at and changed inside the gate only. */
struct creds_provider {
    struct aws_identity who; /* views of owner */
    char owner[OWNER_MAX_BYTES];
    char text[CREDS_MAX_BYTES];
    struct sigv4_key key; /* views of text */
    int64_t expires_ms;   /* wall clock; 0: never */
    int64_t again_ms;     /* steady clock: no refresh before */
    uint64_t generation;  /* 0: there were none yet */
    bool refreshing;      /* some client is at it */
    bool spent;           /* AWS does not take them any more */
};

size_t
creds_provider_bytes(void)
{
    return sizeof(struct creds_provider);
}

struct creds_provider *
creds_provider_at(struct creds_provider *p, size_t i)
{
    return p + i;
}

void
creds_forget(struct creds_provider *p)
{
    explicit_bzero(p->text, sizeof(p->text));
    p->key = (struct sigv4_key){0};
}

static bool
identity_same(const struct aws_identity *a, const struct aws_identity *b)
{
    return slice_eq(a->profile, b->profile) &&
           slice_eq(a->role_arn, b->role_arn) &&
           slice_eq(a->external_id, b->external_id) &&
           slice_eq(a->region, b->region);
}

/* A copy in b; empty when it does not fit, and b->full then. */
static struct slice
keep(struct buf *b, struct slice s)
{
    size_t from = b->n;

    buf_put(b, s);
    return slice_of(b->p + from, b->n - from);
}

/* Gives a new provider its identity; false when that is too long. */
static bool
provider_name(struct creds_provider *p, const struct aws_identity *who)
{
    struct buf b;

    memset(p, 0, sizeof(*p));
    b = buf_over(p->owner, sizeof(p->owner));
    p->who.profile = keep(&b, who->profile);
    p->who.role_arn = keep(&b, who->role_arn);
    p->who.external_id = keep(&b, who->external_id);
    p->who.region = keep(&b, who->region);
    return !b.full;
}

struct creds_provider *
creds_provider_for(struct aws_client *c)
{
    struct aws_shared *s = c->aws->shared;
    struct creds_provider *found = NULL;

    gate_enter(&s->gate);
    for (size_t i = 0; i < s->n && found == NULL; i++)
        if (identity_same(&s->provider[i].who, &c->who))
            found = &s->provider[i];
    if (found == NULL && s->n < s->max &&
        provider_name(&s->provider[s->n], &c->who))
        found = &s->provider[s->n++];
    gate_leave(&s->gate);
    return found;
}

/* Copies a key into text and makes views of it; false when it is too long. */
static bool
key_copy(struct sigv4_key *to, char *text, const struct sigv4_key *from)
{
    struct buf b = buf_over(text, CREDS_MAX_BYTES);

    explicit_bzero(text, CREDS_MAX_BYTES);
    to->id = keep(&b, from->id);
    to->secret = keep(&b, from->secret);
    to->token = keep(&b, from->token);
    return !b.full && to->secret.n <= SIGV4_SECRET_MAX_BYTES;
}

/* How urgent a refresh is. */
enum need {
    NEED_NOTHING,
    NEED_SOON, /* go on with what there is if it cannot be had at once */
    NEED_NOW,  /* wait for it, but go on if it fails */
    NEED_ALL   /* there is nothing to go on with */
};

static enum need
provider_need(const struct creds_provider *p, int64_t wall_ms)
{
    int64_t left = p->expires_ms - wall_ms;

    if (p->generation == 0 || p->spent)
        return NEED_ALL;
    if (p->expires_ms == 0 || left > CREDS_EARLY_MS)
        return NEED_NOTHING;
    if (left <= 0)
        return NEED_ALL;
    return left > CREDS_LATE_MS ? NEED_SOON : NEED_NOW;
}

/*
 * What a refresh brought.  Ones whose time is over are taken too: that
 * is what an instance without its metadata service's back end gives out,
 * and AWS takes them (sdkref, feature-imds-client: static stability).
 */
static int
provider_keep(struct creds_provider *p, int rc, const struct creds *found,
              int64_t wall_ms, struct err *e)
{
    p->refreshing = false;
    p->again_ms = clock_steady_ms() + CREDS_AGAIN_MS;
    if (rc != 0)
        return rc;
    if (!key_copy(&p->key, p->text, &found->key)) {
        p->generation = 0;
        return err_set(e, ERR_LIMIT, "the credentials are too long");
    }
    p->generation++;
    p->spent = false;
    p->expires_ms = found->expires_ms;
    /* Short-lived ones are due again at once: not so soon, though. */
    if (provider_need(p, wall_ms) == NEED_NOTHING)
        p->again_ms = 0;
    return 0;
}

/* Inside the gate, which is left meanwhile.  One that is not needed yet may
 * not use up the time of the call it comes before. */
static int
provider_refresh(struct aws_client *c, enum need need, int64_t deadline_ms,
                 struct err *e)
{
    int64_t soon = clock_steady_ms() + CREDS_AGAIN_MS;
    struct aws_shared *s = c->aws->shared;
    size_t mark = arena_mark(&c->scratch);
    struct creds found;
    int rc;

    c->provider->refreshing = true;
    gate_leave(&s->gate);
    if (need != NEED_ALL && soon < deadline_ms)
        deadline_ms = soon;
    rc = creds_find(c, deadline_ms, &found, e);
    gate_enter(&s->gate);
    rc = provider_keep(c->provider, rc, &found, client_wall_ms(c), e);
    gate_wake(&s->gate);
    client_rewind(c, mark);
    return rc;
}

/*
 * Whether what is there may be used although a refresh is due: one is on its
 * way, or failed a moment ago.
 */
static bool
may_go_on(const struct creds_provider *p, enum need need)
{
    if (need == NEED_NOTHING)
        return true;
    if (need == NEED_ALL)
        return false;
    return p->refreshing ? need == NEED_SOON : clock_steady_ms() < p->again_ms;
}

/* Inside the gate. */
static int
provider_ready(struct aws_client *c, int64_t deadline_ms, struct err *e)
{
    struct creds_provider *p = c->provider;
    struct gate *gate = &c->aws->shared->gate;
    enum need need = provider_need(p, client_wall_ms(c));
    int rc = 0;

    while (!may_go_on(p, need)) {
        if (atomic_load(&c->stopped))
            return err_set(e, ERR_STOPPED, "%s", err_text(ERR_STOPPED));
        if (p->refreshing) {
            if (!gate_wait(gate, deadline_ms))
                return err_set(e, ERR_TIMEOUT,
                               "no credentials within the time");
        } else {
            rc = provider_refresh(c, need, deadline_ms, e);
            /* The others wait for their own turn; we know by now. */
            if (rc == 0 || need == NEED_ALL)
                return rc;
        }
        need = provider_need(p, client_wall_ms(c));
    }
    return 0;
}

int
creds_get(struct aws_client *c, int64_t deadline_ms, struct err *e)
{
    struct aws_shared *s = c->aws->shared;
    int rc;

    gate_enter(&s->gate);
    rc = provider_ready(c, deadline_ms, e);
    if (rc == 0) {
        (void)key_copy(&c->key.key, c->key.text, &c->provider->key);
        c->key.generation = c->provider->generation;
    }
    gate_leave(&s->gate);
    return rc;
}

void
creds_spent(struct aws_client *c)
{
    struct aws_shared *s = c->aws->shared;

    gate_enter(&s->gate);
    if (c->provider->generation == c->key.generation)
        c->provider->spent = true;
    gate_leave(&s->gate);
}
