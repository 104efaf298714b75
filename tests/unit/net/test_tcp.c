/* Connecting: each address gets its chance, none the time of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/clock.h"
#include "net/address.h"
#include "net/tcp.h"
#include "tests/unit/net/peer.h"

static char memory[1u << 16];

/* A listener that nobody can connect to any more: its queue is full, and
 * what else knocks gets no answer. */
struct deaf {
    int listen_fd;
    int caller[16];
    uint16_t port;
};

static void
deaf_start(struct deaf *d)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);

    d->listen_fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(d->listen_fd, (struct sockaddr *)&a, n), 0);
    assert_int_equal(listen(d->listen_fd, 0), 0);
    assert_int_equal(getsockname(d->listen_fd, (struct sockaddr *)&a, &n), 0);
    d->port = ntohs(a.sin_port);
    for (size_t i = 0; i < 16; i++) {
        d->caller[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(d->caller[i], (struct sockaddr *)&a, n);
    }
}

static void
deaf_stop(struct deaf *d)
{
    for (size_t i = 0; i < 16; i++)
        close(d->caller[i]);
    close(d->listen_fd);
}

static void
goes_on_to_the_next(void **state)
{
    static const struct turn turns[] = {{"x", CLOSE, 0}, {NULL, CLOSE, 0}};
    struct tcp t = {-1, -1};
    struct addresses to = {.n = 3};
    struct peer peer;
    struct deaf deaf;
    struct err e;
    int64_t now = clock_steady_ms();

    (void)state;
    deaf_start(&deaf);
    peer_start(&peer, turns);
    assert_true(address_text(SLICE("127.0.0.1"), 1, &to.p[0])); /* refuses */
    assert_true(address_text(SLICE("127.0.0.1"), deaf.port, &to.p[1]));
    assert_true(
        address_text(SLICE("127.0.0.1"), (uint16_t)peer.port, &to.p[2]));
    assert_int_equal(tcp_connect(&t, &to, now + 1000, &e), 0);
    assert_in_range(clock_steady_ms() - now, 400, 900);
    tcp_close(&t);
    peer_stop(&peer);

    to.n = 2;
    now = clock_steady_ms();
    assert_int_equal(tcp_connect(&t, &to, now + 300, &e), ERR_TIMEOUT);
    assert_in_range(clock_steady_ms() - now, 290, 900);
    assert_int_equal(t.fd, -1);
    to.n = 1;
    assert_int_equal(tcp_connect(&t, &to, now + 9000, &e), ERR_CONNECT);
    assert_non_null(strstr(e.text, "refused"));
    deaf_stop(&deaf);
}

static const struct {
    const char *url;
    int rc;
    int family;
} names[] = {
    {"http://10.1.2.3", 0, AF_INET},
    {"http://[fd00::1]", 0, AF_INET6},
    {"http://localhost:81", 0, AF_INET},
    {"http+unix://%2Frun%2Fx", 0, AF_UNIX},
    {"http+unix://%40x", 0, AF_UNIX},
    {"http://no.such.host.invalid", ERR_RESOLVE, 0},
};

static void
finds_addresses(void **state)
{
    struct addresses to;
    struct resolver *r;
    struct arena a;
    struct url u;
    struct err e;

    (void)state;
    arena_init(&a, memory, sizeof(memory));
    assert_int_equal(resolver_open(&r, &a, &e), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        bool has = false;

        print_message("%s\n", names[i].url);
        assert_int_equal(url_parse(&u, slice_str(names[i].url), &e), 0);
        assert_int_equal(
            address_find(r, &u, -1, clock_steady_ms() + 15000, &to, &e),
            names[i].rc);
        for (size_t k = 0; names[i].rc == 0 && k < to.n; k++)
            has = has || to.p[k].to.any.sa_family == names[i].family;
        assert_int_equal(has, names[i].rc == 0);
    }
    /* Left behind, and met again. */
    assert_int_equal(url_parse(&u, SLICE("http://localhost:82"), &e), 0);
    assert_int_equal(address_find(r, &u, -1, 0, &to, &e), ERR_TIMEOUT);
    assert_int_equal(address_find(r, &u, -1, clock_steady_ms() + 5000, &to, &e),
                     0);
    assert_int_equal(address_find(r, &u, -1, 0, &to, &e), ERR_TIMEOUT);
    resolver_close(r, false);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_to_the_next),
        cmocka_unit_test(finds_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
