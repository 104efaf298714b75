/* Outputs over HTTP with a server that follows a script, well or badly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <fcntl.h>

#include "net/net.h"
#include "tests/unit/net/peer.h"
#include "tests/unit/output/running.h"

#define ANSWER(status) "HTTP/1.1 " status " x\r\nContent-Length: 0\r\n\r\n"
#define SAYS(status, n, text) \
    "HTTP/1.1 " status " x\r\nContent-Length: " n "\r\n\r\n" text
#define OK ANSWER("200")
#define TURNS 6

static struct running run;
static struct peer peer;
static char net_memory[1u << 20];
static struct net *net;

/* Two records; what the server says to each request; what comes of it. */
static const struct {
    const char *name;
    enum output_type type;
    struct turn turns[TURNS];
    unsigned accepted, refused, failures, requests;
} rows[] = {
    {"taken", OUTPUT_HTTP, {{OK, KEEP, 0}, {OK, KEEP, 0}}, 2, 0, 0, 2},
    {"taken, without a body",
     OUTPUT_DISCORD,
     {{"HTTP/1.1 204 No Content\r\n\r\n", KEEP, 0},
      {"HTTP/1.1 204 No Content\r\n\r\n", KEEP, 0}},
     2,
     0,
     0,
     2},
    {"taken, in the end",
     OUTPUT_PAGERDUTY,
     {{ANSWER("202"), KEEP, 0},
      {ANSWER("500"), KEEP, 0},
      {ANSWER("503"), KEEP, 0},
      {ANSWER("202"), KEEP, 0}},
     2,
     0,
     2,
     4},
    {"taken, but the answer is torn",
     OUTPUT_HTTP,
     {{"HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\nhalf", CLOSE, 0},
      {OK, KEEP, 0}},
     2,
     0,
     0,
     2},
    {"refused",
     OUTPUT_HTTP,
     {{SAYS("400", "5", "never"), KEEP, 0}, {OK, KEEP, 0}},
     1,
     1,
     0,
     2},
    {"refused, both",
     OUTPUT_SLACK,
     {{SAYS("400", "14", "invalid_blocks"), KEEP, 0},
      {ANSWER("413"), CLOSE, 0}},
     0,
     2,
     0,
     2},
    {"the operator may cure it",
     OUTPUT_SLACK,
     {{ANSWER("404"), KEEP, 0},
      {ANSWER("410"), KEEP, 0},
      {OK, KEEP, 0},
      {OK, KEEP, 0}},
     2,
     0,
     2,
     4},
    {"moved",
     OUTPUT_HTTP,
     {{"HTTP/1.1 302 x\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n", KEEP,
       0},
      {OK, KEEP, 0},
      {OK, KEEP, 0}},
     2,
     0,
     1,
     3},
    {"torn down",
     OUTPUT_HTTP,
     {{"", RESET, 0}, {"HTTP/1.1 20", CLOSE, 0}, {OK, KEEP, 0}, {OK, KEEP, 0}},
     2,
     0,
     2,
     4},
    {"no HTTP",
     OUTPUT_HTTP,
     {{"SSH-2.0-OpenSSH\r\n\r\n", CLOSE, 0}, {OK, KEEP, 0}, {OK, KEEP, 0}},
     2,
     0,
     1,
     3},
    {"hangs",
     OUTPUT_HTTP,
     {{"", HANG, 0}, {OK, KEEP, 0}, {OK, KEEP, 0}},
     2,
     0,
     1,
     3},
};

static const char *
no_environment(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    return NULL;
}

static int
set_up(void **state)
{
    const struct net_env env = {no_environment, NULL};
    struct arena arena;
    struct err e;

    (void)state;
    arena_init(&arena, net_memory, sizeof(net_memory));
    return net_init(&net, &env, 1, &arena, &e);
}

static int
tear_down(void **state)
{
    (void)state;
    net_close(net);
    return 0;
}

static void
begin(enum output_type type, const struct turn *turns, struct list header)
{
    static char url[64];
    struct output_options options = {.type = type,
                                     .name = SLICE("hook"),
                                     .routing_key = SLICE("ROUTING-SECRET"),
                                     .header = header,
                                     .timeout_ms = 300,
                                     .min_severity = SEVERITY_DEBUG,
                                     .net = net};

    peer_start(&peer, turns);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/in/PATH-SECRET", peer.port);
    options.url = slice_str(url);
    running_open(&run, &options);
    running_start(&run);
}

static void
end(void)
{
    running_stop(&run, 0);
    output_close(run.o);
    peer_stop(&peer);
}

static void
put(const char *id)
{
    char line[256];
    int n = snprintf(line, sizeof(line),
                     "{\"timestamp\":\"2026-01-02T03:04:05Z\",\"event\":\"E\","
                     "\"resource\":\"r\",\"kind\":\"drift\",\"action\":"
                     "\"update\",\"severity\":\"error\",\"id\":\"%s\"}",
                     id);

    outbox_put(run.ob, slice_of(line, (size_t)n), slice_str(id), SEVERITY_ERROR,
               0);
}

static void
answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct output_counts *c;

        begin(rows[i].type, rows[i].turns, (struct list){NULL, 0});
        put("a:0");
        put("b:0");
        running_expect(&run, 2);
        c = output_counts(run.o);
        if (c->accepted != rows[i].accepted || c->refused != rows[i].refused ||
            c->failures != rows[i].failures ||
            peer.requests != rows[i].requests)
            fail_msg("%s: %u accepted, %u refused, %u failures, %u requests",
                     rows[i].name, (unsigned)c->accepted, (unsigned)c->refused,
                     (unsigned)c->failures, peer.requests);
        assert_true(c->up);
        assert_int_equal(c->attempts, rows[i].requests);
        end();
    }
}

/* What a request looks like. */
static void
request(void **state)
{
    static const struct slice lines[] = {
        SLICE_INIT("Authorization: Bearer x"),
        SLICE_INIT("user-agent:  mine "),
    };
    static const struct turn turns[] = {{OK, KEEP, 0}, {NULL, KEEP, 0}};

    (void)state;
    begin(OUTPUT_HTTP, turns, (struct list){lines, 2});
    put("a b\xc3\xbc%:0");
    running_expect(&run, 1);
    assert_non_null(strstr(peer.got, "POST /in/PATH-SECRET HTTP/1.1\r\n"));
    assert_non_null(strstr(peer.got, "\r\nAuthorization: Bearer x\r\n"));
    assert_non_null(strstr(peer.got, "\r\nuser-agent: mine\r\n"));
    assert_null(strstr(peer.got, "tfdrift"));
    assert_non_null(strstr(peer.got, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(
        strstr(peer.got, "\r\nIdempotency-Key: a%20b%c3%bc%25:0\r\n"));
    assert_non_null(strstr(peer.got, "\r\n\r\n{\"timestamp\":"));
    assert_int_equal(peer.got[peer.got_n - 1], '}');
    end();
}

/* The server says when; and no more than an hour is believed. */
static void
retry_after(void **state)
{
    static const struct turn turns[] = {
        {"HTTP/1.1 429 x\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", KEEP,
         0},
        {OK, KEEP, 0},
        {"HTTP/1.1 503 x\r\nRetry-After: 999999999\r\n"
         "Content-Length: 0\r\n\r\n",
         KEEP, 0},
        {NULL, KEEP, 0}};
    int64_t begun = clock_steady_ms();

    (void)state;
    begin(OUTPUT_HTTP, turns, (struct list){NULL, 0});
    put("a:0");
    running_expect(&run, 1);
    assert_in_range(clock_steady_ms() - begun, 990, 2500);
    assert_int_equal(output_counts(run.o)->failures, 1);
    put("b:0");
    while (output_counts(run.o)->failures < 2)
        usleep(1000);
    usleep(20000);
    assert_in_range(run.o->not_before - clock_steady_ms(), 3500000, 3600000);
    begun = clock_steady_ms();
    end(); /* it waits for nobody */
    assert_in_range(clock_steady_ms() - begun, 0, 1000);
}

/* The end comes in the middle of a request that may take longer. */
static void
cancelled(void **state)
{
    static const struct turn turns[] = {{"", HANG, 0}, {NULL, KEEP, 0}};
    int64_t begun;

    (void)state;
    begin(OUTPUT_HTTP, turns, (struct list){NULL, 0});
    run.o->options.timeout_ms = 60000; /* before its thread has a line */
    put("a:0");
    while (output_counts(run.o)->attempts < 1)
        usleep(1000);
    usleep(50000); /* it waits for the answer now */
    begun = clock_steady_ms();
    running_stop(&run, 100);
    assert_in_range(clock_steady_ms() - begun, 90, 2000);
    assert_int_equal(outbox_accepted(run.ob, 0), 0);
    end();
}

/* Standard error of a run that fails and is refused: who, where and why, and
 * nothing that is secret. */
static void
secrets(void **state)
{
    static const struct slice lines[] = {
        SLICE_INIT("Authorization: Bearer HEADER-SECRET")};
    static const struct turn turns[] = {
        {ANSWER("401"), KEEP, 0},
        {"", RESET, 0},
        {SAYS("422", "9", "bad thing"), KEEP, 0},
        {NULL, KEEP, 0}};
    static char text[8192];
    int kept = dup(STDERR_FILENO), fds[2];
    ssize_t n;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    dup2(fds[1], STDERR_FILENO);
    begin(OUTPUT_PAGERDUTY, turns, (struct list){lines, 1});
    log_set(LOG_DEBUG);
    put("a:0");
    running_expect(&run, 1);
    end();
    dup2(kept, STDERR_FILENO);
    close(fds[1]);
    n = read(fds[0], text, sizeof(text) - 1);
    close(fds[0]);
    close(kept);
    assert_true(n > 0);
    text[n] = '\0';
    assert_null(strstr(text, "SECRET"));
    assert_non_null(strstr(text, "output=hook"));
    assert_non_null(strstr(text, "http://127.0.0.1:"));
    assert_non_null(strstr(text, "answers 401"));
    assert_non_null(strstr(text, "works again"));
    assert_non_null(strstr(text, "status=422"));
    assert_non_null(strstr(text, "answer=\"bad thing\""));
    assert_null(strstr(strstr(text, "answers 401") + 1, "is tried again"));
}

/* PagerDuty hears that a drift is over, however little that weighs. */
static void
resolved(void **state)
{
    static const struct turn turns[] = {{OK, KEEP, 0}, {NULL, KEEP, 0}};
    static const enum output_type types[] = {OUTPUT_PAGERDUTY, OUTPUT_SLACK};
    static const struct slice line =
        SLICE_INIT("{\"changes\":{},\"kind\":\"resolved\",\"action\":"
                   "\"update\",\"severity\":\"informational\",\"id\":"
                   "\"b:0\",\"resolves\":\"a:0\"}");

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(types[i], turns, (struct list){NULL, 0});
        run.o->options.min_severity = SEVERITY_CRITICAL;
        put("a:0");
        outbox_put(run.ob, line, SLICE("b:0"), SEVERITY_INFORMATIONAL, 0);
        outbox_put(run.ob, line, SLICE("b:0"), SEVERITY_INFORMATIONAL, 1);
        running_expect(&run, 3);
        assert_int_equal(output_counts(run.o)->accepted, i == 0 ? 1 : 0);
        assert_int_equal(output_counts(run.o)->skipped, i == 0 ? 2 : 3);
        assert_int_equal(strstr(peer.got, "\"dedup_key\":\"a:0\"") != NULL,
                         i == 0);
        end();
    }
}

static void
probe(void **state)
{
    static const struct turn turns[] = {
        {"HTTP/1.1 405 x\r\nContent-Length: 5\r\n\r\n", CLOSE, 0},
        {NULL, KEEP, 0}};
    struct err e;

    (void)state;
    begin(OUTPUT_SLACK, turns, (struct list){NULL, 0});
    assert_int_equal(output_probe(run.o, clock_steady_ms() + 2000, &e), 0);
    assert_non_null(strstr(peer.got, "HEAD /in/"));
    peer_stop(&peer);
    assert_int_equal(output_probe(run.o, clock_steady_ms() + 2000, &e),
                     ERR_CONNECT);
    assert_null(strstr(e.text, "SECRET"));
    running_stop(&run, 0);
    output_close(run.o);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),     cmocka_unit_test(request),
        cmocka_unit_test(retry_after), cmocka_unit_test(cancelled),
        cmocka_unit_test(secrets),     cmocka_unit_test(probe),
        cmocka_unit_test(resolved),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
