/* Credentials of a container, as several clients share and renew them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "aws/client.h"
#include "base/clock.h"
#include "net/net.h"
#include "tests/unit/aws/canned.h"

#define CLIENTS 4
#define MINUTE_MS 60000
#define SOON_MS 5000 /* of the tests' own deadlines */

static struct canned server;
static struct arena arena;
static struct net *net;
static char url[64];

/* What the environment holds, but for the URL. */
static const char *
get(void *ctx, const char *name)
{
    (void)ctx;
    if (strcmp(name, "AWS_CONTAINER_CREDENTIALS_FULL_URI") == 0)
        return url;
    return strcmp(name, "AWS_EC2_METADATA_DISABLED") == 0 ? "true" : NULL;
}

/* The server's answer: a key that lasts that long from now on. */
static void
answer(const char *id, int64_t lasts_ms)
{
    time_t end = (time_t)((clock_wall_ms() + lasts_ms) / 1000);
    char stamp[32];
    struct tm tm;

    gmtime_r(&end, &tm);
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
    server.status = 200;
    snprintf(server.body, sizeof(server.body),
             "{\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"secret\","
             "\"Token\":\"token\",\"Expiration\":\"%s\"}",
             id, stamp);
}

static int
setup(void **state)
{
    const struct net_env env = {get, NULL};

    (void)state;
    if (arena_map(&arena, 64u << 20) != 0 || canned_open(&server) != 0)
        return -1;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/creds", server.port);
    return net_init(&net, &env, CLIENTS, &arena, NULL);
}

static int
teardown(void **state)
{
    (void)state;
    canned_close(&server);
    net_close(net);
    arena_unmap(&arena);
    return 0;
}

/* A fresh start: nothing is known of any credentials. */
static struct aws *
start(struct aws_client *c[], size_t n)
{
    const struct aws_options o = {.net = net, .env = {get, NULL}};
    const struct aws_identity who = {.profile = SLICE("")};
    struct aws *aws;

    server.asked = 0;
    server.delay_ms = 0;
    assert_int_equal(aws_open(&aws, &o, &arena, NULL), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(aws_client_open(&c[i], aws, &who, &arena, NULL), 0);
    return aws;
}

static void
stop(struct aws *aws, struct aws_client *c[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        aws_client_close(c[i]);
    aws_close(aws);
}

static int
ask(struct aws_client *c, struct err *e)
{
    return creds_get(c, clock_steady_ms() + SOON_MS, e);
}

/* Lets the clock jump forward, as the agent sees it. */
static void
pass(struct aws *aws, int64_t ms)
{
    atomic_fetch_add(&aws->shared->skew_ms, ms);
}

static void
must_have(struct aws_client *c, const char *id)
{
    struct err e = {0};

    if (ask(c, &e) != 0) {
        print_error("no credentials: %s\n", e.text);
        fail();
    }
    assert_true(slice_eq(c->key.key.id, slice_str(id)));
    assert_true(slice_eq(c->key.key.secret, SLICE("secret")));
    assert_true(slice_eq(c->key.key.token, SLICE("token")));
}

static void *
ask_once(void *ctx)
{
    struct err e;

    return ask(ctx, &e) == 0 ? ctx : NULL;
}

/* All at once: one of them asks, the others wait for it. */
static void
test_shared(void **state)
{
    struct aws_client *c[CLIENTS];
    struct aws *aws = start(c, CLIENTS);
    pthread_t thread[CLIENTS];
    void *got;

    (void)state;
    answer("AKIA1", 60 * MINUTE_MS);
    server.delay_ms = 200;
    for (size_t i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask_once, c[i]), 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(pthread_join(thread[i], &got), 0);
        assert_ptr_equal(got, c[i]);
    }
    assert_int_equal(server.asked, 1);
    must_have(c[0], "AKIA1");
    assert_int_equal(server.asked, 1);
    stop(aws, c, CLIENTS);
}

/* Early, and without harm when it fails; without them only at the end. */
static void
test_renewed(void **state)
{
    struct aws_client *c[1];
    struct aws *aws = start(c, 1);
    struct err e = {0};

    (void)state;
    answer("AKIA1", 60 * MINUTE_MS);
    must_have(c[0], "AKIA1");
    pass(aws, 44 * MINUTE_MS);
    must_have(c[0], "AKIA1");
    assert_int_equal(server.asked, 1);

    pass(aws, 3 * MINUTE_MS); /* 13 are left: time to renew, which fails */
    server.status = 403;
    server.body[0] = '\0';
    must_have(c[0], "AKIA1");
    assert_int_equal(server.asked, 2);
    must_have(c[0], "AKIA1"); /* not again at once */
    assert_int_equal(server.asked, 2);

    pass(aws, 14 * MINUTE_MS); /* they are over */
    assert_int_equal(ask(c[0], &e), ERR_REMOTE);
    assert_non_null(strstr(e.text, "403"));
    answer("AKIA2", 120 * MINUTE_MS);
    must_have(c[0], "AKIA2");
    stop(aws, c, 1);
}

/* AWS does not take them any more: new ones, for all, once. */
static void
test_spent(void **state)
{
    struct aws_client *c[2];
    struct aws *aws = start(c, 2);

    (void)state;
    answer("AKIA1", 60 * MINUTE_MS);
    must_have(c[0], "AKIA1");
    must_have(c[1], "AKIA1");
    answer("AKIA2", 60 * MINUTE_MS);
    creds_spent(c[0]);
    must_have(c[0], "AKIA2");
    creds_spent(c[1]); /* of those it had: the others are new already */
    must_have(c[1], "AKIA2");
    assert_int_equal(server.asked, 2);
    stop(aws, c, 2);
}

/* Ones that are over when they come are better than none. */
static void
test_stale(void **state)
{
    struct aws_client *c[1];
    struct aws *aws = start(c, 1);

    (void)state;
    answer("AKIA1", -MINUTE_MS);
    must_have(c[0], "AKIA1");
    stop(aws, c, 1);
}

#define KEY "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\","

/* Answers that hold no credentials. */
static void
test_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{\"AccessKeyId\":\"A\"}",
        KEY "\"Expiration\":\"soon\"}",
        KEY "\"Code\":\"Failed\"}",
        "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        struct aws_client *c[1];
        size_t mark = arena_mark(&arena);
        struct aws *aws = start(c, 1);
        struct err e = {0};

        server.status = 200;
        snprintf(server.body, sizeof(server.body), "%s", bodies[i]);
        assert_true(ask(c[0], &e) < 0);
        assert_int_not_equal(e.text[0], '\0');
        assert_null(strstr(e.text, "\"s\""));
        stop(aws, c, 1);
        arena_reset(&arena, mark);
    }
}

/* A wait for credentials ends when the client is told to stop. */
static void
test_stopped(void **state)
{
    struct aws_client *c[1];
    struct aws *aws = start(c, 1);
    int64_t then = clock_steady_ms();
    struct timespec pause = {0, 100 * 1000000L};
    pthread_t thread;
    void *got;

    (void)state;
    answer("AKIA1", 60 * MINUTE_MS);
    server.delay_ms = 2000;
    assert_int_equal(pthread_create(&thread, NULL, ask_once, c[0]), 0);
    nanosleep(&pause, NULL);
    aws_client_stop(c[0]);
    assert_int_equal(pthread_join(thread, &got), 0);
    assert_null(got);
    assert_true(clock_steady_ms() - then < 1500);
    stop(aws, c, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared),  cmocka_unit_test(test_renewed),
        cmocka_unit_test(test_spent),   cmocka_unit_test(test_stale),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_stopped),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
