/* Credentials from what runs beside us: a container's agent, an instance's
 * metadata service. */
#include "aws/chain.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

#define ANSWER_MAX_BYTES 32768
#define ASK_ATTEMPTS 3
#define TOKEN_MAX_BYTES 8192 /* of an authorization */

/* docs.aws.amazon.com/AWSEC2/latest/UserGuide,
 * instancedata-data-retrieval.html: it answers at once or it is not there. */
#define INSTANCE_TIMEOUT_MS 1000
#define INSTANCE_ROLE "/latest/meta-data/iam/security-credentials/"

/* ECS, EKS Pod Identity: sdkref, feature-container-credentials.html. */
#define CONTAINER_TIMEOUT_MS 5000
#define CONTAINER_BASE "http://169.254.170.2"

/* One request to it and the whole of a successful answer. */
struct asked {
    struct slice method, url;
    struct http_header header;
    struct slice what; /* for messages */
    int64_t deadline_ms;
};

static int
ask_once(struct aws_client *c, const struct asked *a, struct slice *body,
         struct err *e)
{
    struct exchange_request rq = {.method = a->method,
                                  .headers = &a->header,
                                  .n_headers = a->header.name.n > 0 ? 1 : 0};
    int rc = url_parse(&rq.url, a->url, e);

    c->answer.status = 0;
    if (rc == 0)
        rc = exchange(c->net, &rq, a->deadline_ms, &c->answer, e);
    if (rc == 0 && (c->answer.status < 200 || c->answer.status > 299))
        return err_set(e, ERR_REMOTE, "%.*s answered with HTTP status %d",
                       SLICE_FMT(a->what), c->answer.status);
    if (rc == 0)
        rc = exchange_body(&c->answer, ANSWER_MAX_BYTES, &c->scratch, body, e);
    return rc;
}

/* It is local and may be starting up: a few tries, soon after each other. */
static int
ask(struct aws_client *c, const struct asked *a, struct slice *body,
    struct err *e)
{
    int rc = ask_once(c, a, body, e);

    for (unsigned tries = 1; tries < ASK_ATTEMPTS; tries++) {
        int64_t then =
            clock_steady_ms() +
            retry_delay_ms(RETRY_FAILURE, tries, (uint32_t)random_u64(), -1);
        bool torn = rc == ERR_IO || rc == ERR_MORE;

        if (!torn && !(rc == ERR_REMOTE && c->answer.status >= 500))
            break;
        if (then >= a->deadline_ms || !client_pause(c, then))
            break;
        rc = ask_once(c, a, body, e);
    }
    return rc;
}

/* "head" and "tail" as one text in the scratch. */
static struct slice
join(struct aws_client *c, struct slice head, struct slice tail)
{
    struct buf b = arena_open(&c->scratch);

    buf_put(&b, head);
    buf_put(&b, tail);
    return arena_keep(&c->scratch, &b);
}

static int64_t
sooner(int64_t deadline_ms, int64_t within_ms)
{
    int64_t then = clock_steady_ms() + within_ms;

    return then < deadline_ms ? then : deadline_ms;
}

/*
 * Over http, only addresses that cannot be anybody else's: loopback, and
 * those of the agents of ECS and EKS.
 */
static bool
is_beside_us(const struct url *u)
{
    static const struct slice hosts[] = {
        SLICE_INIT("169.254.170.2"), SLICE_INIT("169.254.170.23"),
        SLICE_INIT("fd00:ec2::23"),  SLICE_INIT("localhost"),
        SLICE_INIT("::1"),
    };

    if (u->scheme == URL_HTTPS)
        return true;
    if (u->scheme != URL_HTTP)
        return false;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
        if (text_eq_fold(u->host, hosts[i]))
            return true;
    /* 127.0.0.0/8: an address, not a name that begins so. */
    for (size_t i = 0; i < u->host.n; i++)
        if (!text_digit(u->host.p[i]) && u->host.p[i] != '.')
            return false;
    return slice_starts(u->host, SLICE("127."));
}

/* The URL to ask: CHAIN_NEXT when there is none. */
static int
container_url(struct aws_client *c, struct slice *text, struct err *e)
{
    struct slice tail =
        client_env(c->aws, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    struct url u;

    *text = client_env(c->aws, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (tail.n > 0) {
        *text = join(c, SLICE(CONTAINER_BASE), tail);
        if (text->p == NULL)
            return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    if (text->n == 0)
        return CHAIN_NEXT;
    if (url_parse(&u, *text, e) != 0 || !is_beside_us(&u) ||
        (tail.n > 0 && tail.p[0] != '/'))
        return err_set(e, ERR_CONFIG,
                       "AWS_CONTAINER_CREDENTIALS_*_URI is no URL that "
                       "credentials may come from; allowed: https, or http "
                       "to loopback, 169.254.170.2, 169.254.170.23, "
                       "fd00:ec2::23");
    return 0;
}

/* The authorization: of the file, which is read anew each time, or as is. */
static int
container_token(struct aws_client *c, struct slice *token, struct err *e)
{
    struct slice file =
        client_env(c->aws, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    int rc;

    *token = client_env(c->aws, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (file.n == 0)
        return 0;
    rc = file_read(file, TOKEN_MAX_BYTES, &c->scratch, token, e);
    *token = text_trim(*token);
    return rc;
}

int
chain_container(struct aws_client *c, int64_t deadline_ms, struct creds *out,
                struct err *e)
{
    struct asked a = {.method = SLICE("GET"),
                      .what = SLICE("the container's credentials endpoint"),
                      .deadline_ms = sooner(deadline_ms, CONTAINER_TIMEOUT_MS)};
    struct slice token = {"", 0}, body = {"", 0};
    int rc = container_url(c, &a.url, e);

    if (rc == 0)
        rc = container_token(c, &token, e);
    if (rc != 0)
        return rc;
    if (token.n > 0)
        a.header = (struct http_header){SLICE("Authorization"), token};
    rc = ask(c, &a, &body, e);
    return rc != 0 ? rc : chain_json(c, body, a.what, SLICE("Token"), out, e);
}

/* http://169.254.169.254, or what the environment names. */
static struct slice
instance_base(const struct aws_client *c)
{
    struct slice named =
        client_env(c->aws, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    struct slice mode =
        client_env(c->aws, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");

    if (named.n > 0 && named.p[named.n - 1] == '/')
        named.n--;
    if (named.n > 0)
        return named;
    return text_eq_fold(mode, SLICE("IPv6")) ? SLICE("http://[fd00:ec2::254]")
                                             : SLICE("http://169.254.169.254");
}

/* Puts base and path together and asks. */
static int
instance_ask(struct aws_client *c, struct asked *a, struct slice path,
             int64_t deadline_ms, struct slice *body, struct err *e)
{
    a->url = join(c, instance_base(c), path);
    if (a->url.p == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    a->deadline_ms = sooner(deadline_ms, INSTANCE_TIMEOUT_MS);
    return ask(c, a, body, e);
}

/* The role's name, then its credentials. */
static int
instance_role(struct aws_client *c, struct asked *a, int64_t deadline_ms,
              struct creds *out, struct err *e)
{
    struct slice name, path, body;
    int rc;

    a->method = SLICE("GET");
    rc = instance_ask(c, a, SLICE(INSTANCE_ROLE), deadline_ms, &name, e);
    if (rc == ERR_REMOTE && c->answer.status == 404)
        return err_set(e, ERR_DENIED, "the instance has no role");
    if (rc != 0)
        return rc;
    name = text_trim(slice_head(name, slice_chr(name, '\n')));
    path = join(c, SLICE(INSTANCE_ROLE), name);
    if (path.p == NULL || name.n == 0)
        return err_set(e, ERR_FOREIGN, "%.*s names no role",
                       SLICE_FMT(a->what));
    rc = instance_ask(c, a, path, deadline_ms, &body, e);
    return rc != 0 ? rc : chain_json(c, body, a->what, SLICE("Token"), out, e);
}

int
chain_instance(struct aws_client *c, int64_t deadline_ms, struct creds *out,
               struct err *e)
{
    struct asked a = {
        .method = SLICE("PUT"),
        .what = SLICE("the instance's metadata service"),
        .header = {SLICE("x-aws-ec2-metadata-token-ttl-seconds"),
                   SLICE("21600")},
    };
    struct slice token = {"", 0};
    int rc;

    if (client_env_true(c->aws, "AWS_EC2_METADATA_DISABLED"))
        return CHAIN_NEXT;
    rc =
        instance_ask(c, &a, SLICE("/latest/api/token"), deadline_ms, &token, e);
    /* Nobody there, or no such thing: we are not on an instance. */
    if (rc == ERR_CONNECT || rc == ERR_TIMEOUT || rc == ERR_RESOLVE)
        return CHAIN_NEXT;
    if (rc != 0)
        return rc;
    a.header = (struct http_header){SLICE("x-aws-ec2-metadata-token"),
                                    text_trim(token)};
    return instance_role(c, &a, deadline_ms, out, e);
}
