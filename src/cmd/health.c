#include <string.h>
#include <unistd.h>

#include "agent/config.h"
#include "base/clock.h"
#include "base/out.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "net/exchange.h"

/*
 * Asks a running agent how it is: a probe for images that hold nothing but
 * this program.  What the agent says is printed; the exit status tells.
 */

#define DEFAULT_ADDRESS "127.0.0.1:9465"
#define MEMORY_BYTES (4u << 20) /* virtual */
#define ANSWER_MAX_BYTES 65536
#define TIMEOUT_MS 5000

static const char *
environment(void *ctx, const char *name)
{
    (void)ctx;
    return config_environment.get(config_environment.ctx, name);
}

/* ADDRESS as a URL: /healthz unless it says otherwise. */
static int
read_address(const char *address, struct buf *b, struct url *u, struct err *e)
{
    struct slice s = slice_str(address);

    if (slice_starts(s, SLICE("http://")))
        s = slice_from(s, 7);
    buf_put(b, SLICE("http://"));
    buf_put(b, s);
    if (slice_chr(s, '/') == s.n)
        buf_put(b, SLICE("/healthz"));
    if (b->full)
        return err_set(e, ERR_USAGE, "the address is too long");
    return url_parse(u, buf_slice(b), e);
}

/* Asks, and prints the answer.  Returns the HTTP status, or an error. */
static int
ask(const struct url *url, struct arena *memory, struct err *e)
{
    static struct exchange_answer answer;
    struct net_env env = {environment, NULL};
    struct exchange_request rq = {.method = SLICE("GET"), .url = *url};
    struct net *net = NULL;
    struct net_client *client = NULL;
    struct slice body;
    char held[256];
    struct out out = out_over(STDOUT_FILENO, held, sizeof(held));
    int rc = net_init(&net, &env, 1, memory, e);

    if (rc == 0)
        rc = net_client_open(&client, net, memory, e);
    if (rc == 0)
        rc = exchange(client, &rq, clock_steady_ms() + TIMEOUT_MS, &answer, e);
    if (rc == 0)
        rc = exchange_body(&answer, ANSWER_MAX_BYTES, memory, &body, e);
    if (rc == 0) {
        out_put(&out, body);
        rc = out_flush(&out) < 0 ? ERR_IO : answer.status;
    }
    net_client_close(client);
    net_close(net);
    return rc;
}

int
cmd_health(int argc, char **argv)
{
    struct args a = {.command = "health",
                     .words = "[ADDRESS]",
                     .about =
                         "Asks the agent at ADDRESS (default " DEFAULT_ADDRESS
                         ") for /healthz, or what the "
                         "address names, as /readyz.",
                     .argc = argc,
                     .argv = argv};
    const char *word = NULL, *address = DEFAULT_ADDRESS;
    char mem[512];
    struct buf b = buf_over(mem, sizeof(mem));
    struct url url;
    struct arena memory;
    struct err e = {.text = ""};
    enum args_kind kind;
    size_t option;
    int rc;

    while ((kind = args_next(&a, &option, &word)) == ARGS_WORD)
        address = word;
    if (kind != ARGS_END)
        return kind == ARGS_HELP ? 0 : err_status(ERR_USAGE);
    if (read_address(address, &b, &url, &e) < 0)
        return args_wrong(&a, "%.80s: %s", address, e.text);
    if (arena_map(&memory, MEMORY_BYTES) < 0)
        return 1;
    rc = ask(&url, &memory, &e);
    if (rc < 0) {
        struct out out = out_over(STDERR_FILENO, mem, sizeof(mem));

        out_put(&out, SLICE("tfdrift health: "));
        out_put(&out, slice_str(e.text));
        out_put(&out, SLICE("\n"));
        out_flush(&out);
    }
    return rc == 200 ? 0 : 1;
}
