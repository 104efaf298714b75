/* Which requests go through a proxy, and how they get there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/exchange.h"
#include "net/proxy.h"
#include "tests/unit/net/peer.h"

#define H "http_proxy=http://h:3128"
#define S "https_proxy=http://s:3128"

/* Variables "name=value;name=value", a URL, and the proxy's host. */
static const struct {
    const char *env;
    const char *url;
    const char *proxy; /* NULL: none */
} rows[] = {
    {"", "http://a.b", NULL},
    {H, "http://a.b", "h"},
    {H, "https://a.b", NULL},
    {S, "https://a.b", "s"},
    {S, "http://a.b", NULL},
    {H ";" S, "http+unix://%2Fa", NULL},
    {"HTTP_PROXY=u", "http://a.b", "u"},
    {"HTTPS_PROXY=u:1", "https://a.b", "u"},
    {"HTTPS_PROXY=u;https_proxy=l", "https://a.b", "l"},
    {"HTTPS_PROXY=u;https_proxy=", "https://a.b", NULL},
    {S ";no_proxy=*", "https://a.b", NULL},
    {S ";NO_PROXY=a.b", "https://a.b", NULL},
    {S ";NO_PROXY=a.b", "https://x.A.B", NULL},
    {S ";NO_PROXY=a.b", "https://a.b.", NULL},
    {S ";NO_PROXY=.a.b", "https://a.b", NULL},
    {S ";NO_PROXY=*.a.b", "https://x.a.b", NULL},
    {S ";NO_PROXY=a.b", "https://xa.b", "s"},
    {S ";NO_PROXY=a.b", "https://a.b.c", "s"},
    {S ";NO_PROXY=b", "https://a.b", NULL},
    {S ";NO_PROXY= x , y,, a.b ", "https://a.b", NULL},
    {S ";NO_PROXY=x a.b", "https://a.b", NULL},
    {S ";NO_PROXY=a.b:443", "https://a.b", NULL},
    {S ";NO_PROXY=a.b:444", "https://a.b", "s"},
    {S ";NO_PROXY=10.0.0.0/8", "https://10.9.8.7", NULL},
    {S ";NO_PROXY=10.0.0.0/8", "https://11.0.0.1", "s"},
    {S ";NO_PROXY=10.128.0.0/9", "https://10.127.0.1", "s"},
    {S ";NO_PROXY=10.128.0.0/9", "https://10.129.0.1", NULL},
    {S ";NO_PROXY=10.0.0.1", "https://10.0.0.1", NULL},
    {S ";NO_PROXY=10.0.0.1", "https://10.0.0.11", "s"},
    {S ";NO_PROXY=10.0.0.1:443", "https://10.0.0.1", NULL},
    {S ";NO_PROXY=10.0.0.0/33", "https://10.0.0.1", "s"},
    {S ";NO_PROXY=10.0.0.0/x", "https://10.0.0.1", "s"},
    {S ";NO_PROXY=0.0.0.0/0", "https://10.0.0.1", NULL},
    {S ";NO_PROXY=fd12::/16", "https://[fd12::1]", NULL},
    {S ";NO_PROXY=[fd12::1]:443", "https://[fd12::1]", NULL},
    {S ";NO_PROXY=[fd12::1]:444", "https://[fd12::1]", "s"},
    {S ";NO_PROXY=[fd12::1]", "https://[fd12::1]", NULL},
    {S ";NO_PROXY=fd12::1", "https://[fd12:0::1]", NULL},
    {S ";NO_PROXY=fd12::1", "https://[fd12::2]", "s"},
    {S ";NO_PROXY=::/0", "https://10.0.0.1", "s"},
    /* What is near is never asked for through a proxy. */
    {H, "http://169.254.169.254", NULL},
    {H, "http://[fd00:ec2::254]", NULL},
    {H, "http://127.0.0.1:9", NULL},
    {H, "http://[::1]:9", NULL},
    {H, "http://localhost", NULL},
    {H, "http://localhost.example", "h"},
};

static char memory[4u << 20];

/* The value of a name in "name=value;name=value". */
static const char *
variable(void *ctx, const char *name)
{
    static char value[8][256];
    static int turn;
    size_t n = strlen(name);

    for (const char *p = ctx; p != NULL; p = strchr(p, ';')) {
        p += *p == ';';
        if (strncmp(p, name, n) != 0 || p[n] != '=')
            continue;
        turn = (turn + 1) % 8;
        snprintf(value[turn], sizeof(value[turn]), "%.*s",
                 (int)strcspn(p + n + 1, ";"), p + n + 1);
        return value[turn];
    }
    return NULL;
}

static int
read_env(const char *text, struct proxies *p, struct err *e)
{
    static char copy[512];
    struct net_env env = {variable, copy};
    struct arena a;

    snprintf(copy, sizeof(copy), "%s", text);
    arena_init(&a, memory, sizeof(memory));
    return proxies_read(p, &env, &a, e);
}

static void
chooses(void **state)
{
    const struct proxy *got;
    struct proxies p;
    struct url u;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        print_message("%s %s\n", rows[i].env, rows[i].url);
        assert_int_equal(read_env(rows[i].env, &p, &e), 0);
        assert_int_equal(url_parse(&u, slice_str(rows[i].url), &e), 0);
        got = proxy_for(&p, &u);
        assert_int_equal(got != NULL, rows[i].proxy != NULL);
        if (got != NULL)
            assert_true(slice_eq(got->url.host, slice_str(rows[i].proxy)));
    }
}

static void
refuses(void **state)
{
    static const char *bad[] = {"HTTPS_PROXY=https://a", "http_proxy=a b",
                                "http_proxy=socks5://a", "http_proxy=a:0"};
    struct proxies p;
    struct err e;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(read_env(bad[i], &p, &e), ERR_CONFIG);
        assert_int_equal(strncmp(e.text, bad[i], strcspn(bad[i], "=")), 0);
    }
    assert_int_equal(read_env("http_proxy=u%40:p%3a@a", &p, &e), 0);
    assert_true(slice_eq(p.http.authorization, SLICE("Basic dUA6cDo=")));
}

/* What a proxy is asked, what it says, and what comes of it. */
static const struct {
    const char *url;
    const char *asked;
    const char *says;
    int rc;
    const char *text;
} talks[] = {
    {"http://a.test:81/x?y",
     "GET http://a.test:81/x?y HTTP/1.1\r\nHost: a.test:81\r\n"
     "Proxy-Authorization: Basic dTpw\r\n",
     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, ""},
    {"https://a.test/x",
     "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n"
     "Proxy-Authorization: Basic dTpw\r\n\r\n",
     "HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n", ERR_CONNECT, "407"},
    {"https://[fd12::1]:8443/x", "CONNECT [fd12::1]:8443 HTTP/1.1\r\n",
     "HTTP/1.1 502 x\r\n\r\n", ERR_CONNECT, "502"},
    {"https://a.test/", "CONNECT ", "HTTP/1.1 200 x\r\n\r\nSSH", ERR_SYNTAX,
     "before the server"},
    {"https://a.test/", "CONNECT ", "", ERR_MORE, "before an answer"},
};

static void
goes_through(void **state)
{
    static struct exchange_answer an;
    char text[256];
    struct net_env env = {variable, text};
    struct exchange_request rq = {.method = SLICE_INIT("GET")};
    struct turn turns[2] = {{NULL, CLOSE, 0}, {NULL, CLOSE, 0}};
    struct net_client *c;
    struct peer peer;
    struct arena a;
    struct net *net;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
        print_message("%s\n", talks[i].url);
        turns[0].send = talks[i].says;
        peer_start(&peer, turns);
        snprintf(text, sizeof(text),
                 "http_proxy=u:p@127.0.0.1:%u;https_proxy=u:p@127.0.0.1:%u",
                 peer.port, peer.port);
        arena_init(&a, memory, sizeof(memory));
        assert_int_equal(net_init(&net, &env, 1, &a, &e), 0);
        assert_int_equal(net_client_open(&c, net, &a, &e), 0);
        assert_int_equal(url_parse(&rq.url, slice_str(talks[i].url), &e), 0);
        e.text[0] = '\0';
        assert_int_equal(exchange(c, &rq, clock_steady_ms() + 2000, &an, &e),
                         talks[i].rc);
        assert_non_null(strstr(e.text, talks[i].text));
        assert_null(strstr(e.text, "u:p"));
        net_client_close(c);
        net_close(net);
        peer_stop(&peer);
        assert_int_equal(
            strncmp(peer.got, talks[i].asked, strlen(talks[i].asked)), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses),
        cmocka_unit_test(refuses),
        cmocka_unit_test(goes_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
