#include "net/proxy.h"

#include <stdio.h>

#include <mbedtls/base64.h>

#include "base/text.h"
#include "net/address.h"

#define USERINFO_MAX_BYTES 512

int
basic_put(struct buf *b, struct slice userinfo, struct err *e)
{
    char plain[USERINFO_MAX_BYTES], out[USERINFO_MAX_BYTES * 4 / 3 + 8];
    struct buf p = buf_over(plain, sizeof(plain));
    size_t n;

    text_unquote(&p, userinfo);
    if (slice_chr(buf_slice(&p), ':') == p.n)
        buf_byte(&p, ':'); /* a user without a password */
    if (p.full || mbedtls_base64_encode((unsigned char *)out, sizeof(out), &n,
                                        (const unsigned char *)plain, p.n) != 0)
        return err_set(e, ERR_LIMIT, "user and password are over %d bytes",
                       USERINFO_MAX_BYTES);
    buf_put(b, SLICE("Basic "));
    buf_put(b, slice_of(out, n));
    return 0;
}

/* The first of two variables that is set, or "". */
static struct slice
either(const struct net_env *env, const char *lower, const char *upper,
       const char **name)
{
    const char *value = env->get(env->ctx, lower);

    *name = lower;
    if (value == NULL) {
        *name = upper;
        value = env->get(env->ctx, upper);
    }
    return value != NULL ? text_trim(slice_str(value)) : SLICE("");
}

/* The variable's text as a URL, where "host:port" alone is one too. */
static int
parse(struct proxy *p, struct slice text, struct arena *arena, struct err *e)
{
    struct buf b = arena_open(arena);
    struct slice all;
    int rc;

    if (text_find(text, SLICE("://")) == text.n)
        buf_put(&b, SLICE("http://"));
    buf_put(&b, text);
    all = arena_keep(arena, &b);
    if (all.p == NULL)
        return err_set(e, ERR_MEMORY, "no memory for the proxy's URL");
    rc = url_parse(&p->url, all, e);
    if (rc == 0 && p->url.scheme != URL_HTTP)
        rc = err_set(e, ERR_SYNTAX, "only http:// proxies can be used");
    if (rc < 0 || p->url.userinfo.n == 0)
        return rc;
    b = arena_open(arena);
    rc = basic_put(&b, p->url.userinfo, e);
    p->authorization = arena_keep(arena, &b);
    return rc == 0 && p->authorization.p == NULL ? ERR_MEMORY : rc;
}

static int
read_one(struct proxy *p, const struct net_env *env, const char *lower,
         const char *upper, struct arena *arena, struct err *e)
{
    const char *name;
    struct slice text = either(env, lower, upper, &name);
    struct err why = {0};
    int rc;

    *p = (struct proxy){0};
    if (text.n == 0)
        return 0;
    rc = parse(p, text, arena, &why);
    if (rc == ERR_MEMORY)
        return err_set(e, rc, "no memory for the proxy's URL");
    return rc < 0 ? err_set(e, ERR_CONFIG, "%s: %s", name, why.text) : 0;
}

int
proxies_read(struct proxies *p, const struct net_env *env, struct arena *arena,
             struct err *e)
{
    const char *name;
    int rc;

    rc = read_one(&p->http, env, "http_proxy", "HTTP_PROXY", arena, e);
    if (rc == 0)
        rc = read_one(&p->https, env, "https_proxy", "HTTPS_PROXY", arena, e);
    if (rc < 0)
        return rc;
    p->except = either(env, "no_proxy", "NO_PROXY", &name);
    p->except = arena_copy(arena, p->except);
    return p->except.p != NULL
               ? 0
               : err_set(e, ERR_MEMORY, "no memory for %s", name);
}

/* An address' bytes, in network order. */
static struct slice
address_bytes(const struct address *a)
{
    return a->to.any.sa_family == AF_INET6
               ? slice_of((const char *)&a->to.v6.sin6_addr, 16)
               : slice_of((const char *)&a->to.v4.sin_addr, 4);
}

/* Whether the first `bits` of two addresses are the same. */
static bool
same_bits(struct slice a, struct slice b, size_t bits)
{
    size_t bytes = bits / 8, rest = bits % 8;

    if (a.n != b.n || bits > 8 * a.n || memcmp(a.p, b.p, bytes) != 0)
        return false;
    return rest == 0 ||
           (((unsigned char)a.p[bytes] ^ (unsigned char)b.p[bytes]) >>
            (8 - rest)) == 0;
}

/* "10.0.0.0/8", "fd00::/8", or one address without a prefix length. */
static bool
in_network(const struct address *a, struct slice network)
{
    size_t slash = slice_chr(network, '/'), bits = 0;
    struct slice length = slice_from(network, slash + 1), own;
    struct address base;

    if (!address_text(slice_head(network, slash), 0, &base))
        return false;
    own = address_bytes(&base);
    if (slash == network.n)
        return slice_eq(own, address_bytes(a));
    for (size_t i = 0; i < length.n; i++) {
        if (!text_digit(length.p[i]) || bits > 128)
            return false;
        bits = bits * 10 + (size_t)(length.p[i] - '0');
    }
    return length.n > 0 && same_bits(address_bytes(a), own, bits);
}

/* Cuts ":port" off an entry of NO_PROXY; false if the port is another. */
static bool
port_fits(struct slice *entry, uint16_t port)
{
    size_t colon = slice_rchr(*entry, ':');
    struct slice text = slice_from(*entry, colon + 1);
    unsigned n = 0;

    if (entry->n > 0 && entry->p[0] == '[') { /* [address] or [address]:port */
        size_t end = slice_chr(*entry, ']');
        bool given = colon < entry->n && colon > end;

        *entry = slice_from(slice_head(*entry, end), 1);
        if (!given)
            return true;
    } else if (colon == entry->n || slice_chr(*entry, ':') != colon) {
        return true; /* none, or an IPv6 address */
    } else {
        *entry = slice_head(*entry, colon);
    }
    for (size_t i = 0; i < text.n && text_digit(text.p[i]) && n < 65536; i++)
        n = n * 10 + (unsigned)(text.p[i] - '0');
    return n == port;
}

/* "example.com", ".example.com", "*.example.com": that name and all below. */
static bool
name_fits(struct slice host, struct slice name)
{
    if (slice_starts(name, SLICE("*.")))
        name = slice_from(name, 2);
    else if (slice_starts(name, SLICE(".")))
        name = slice_from(name, 1);
    if (host.n > 0 && host.p[host.n - 1] == '.')
        host.n--;
    if (name.n == 0 || host.n < name.n)
        return false;
    return text_eq_fold(slice_from(host, host.n - name.n), name) &&
           (host.n == name.n || host.p[host.n - name.n - 1] == '.');
}

static bool
excepted(struct slice entry, const struct url *u, const struct address *a)
{
    if (slice_eq(entry, SLICE("*")))
        return true;
    if (!port_fits(&entry, u->port))
        return false;
    return a != NULL ? in_network(a, entry) : name_fits(u->host, entry);
}

/* Where a proxy cannot be of use: this machine and this link, on which the
 * instance's credentials are served (fd00:ec2::/32 is AWS's for that). */
static bool
is_near(const struct url *u, const struct address *a)
{
    static const struct slice networks[] = {
        SLICE_INIT("127.0.0.0/8"),    SLICE_INIT("::1"),
        SLICE_INIT("169.254.0.0/16"), SLICE_INIT("fe80::/10"),
        SLICE_INIT("fd00:ec2::/32"),
    };

    if (a == NULL)
        return name_fits(u->host, SLICE("localhost"));
    for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
        if (in_network(a, networks[i]))
            return true;
    return false;
}

const struct proxy *
proxy_for(const struct proxies *p, const struct url *u)
{
    const struct proxy *proxy = u->scheme == URL_HTTPS ? &p->https : &p->http;
    struct slice rest = p->except, piece;
    struct address address;
    const struct address *a = NULL;

    if (u->scheme == URL_UNIX || proxy->url.host.n == 0)
        return NULL;
    if (address_text(u->host, u->port, &address))
        a = &address;
    if (is_near(u, a))
        return NULL;
    while (rest.n > 0) {
        size_t n = 0;

        while (n < rest.n && rest.p[n] != ',' && !text_space(rest.p[n]))
            n++;
        piece = slice_head(rest, n);
        rest = slice_from(rest, n + 1);
        if (piece.n > 0 && excepted(piece, u, a))
            return NULL;
    }
    return proxy;
}
