#include "cmd/check_online.h"

#include <signal.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/out.h"

#define NAME_WIDTH 28

/* The table as it grows; a row appears as soon as it is known. */
struct online {
    struct out out;
    size_t failed;
};

/* Pads a column; a long name pushes the others aside. */
static void
put_column(struct out *out, struct slice text, size_t width)
{
    out_put(out, text);
    do
        out_put(out, SLICE(" "));
    while (++text.n < width);
}

/* One row. */
static void
each(void *ctx, enum agent_part part, struct slice name, const struct err *e)
{
    static const struct slice parts[] = {
        [AGENT_SOURCE] = SLICE_INIT("source"),
        [AGENT_STATE] = SLICE_INIT("state"),
        [AGENT_OUTPUT] = SLICE_INIT("output"),
    };
    struct online *o = ctx;

    put_column(&o->out, SLICE(" "), 2);
    put_column(&o->out, parts[part], 8);
    put_column(&o->out, name, NAME_WIDTH);
    out_put(&o->out, e->code == 0 ? SLICE("fine") : slice_str(e->text));
    out_put(&o->out, SLICE("\n"));
    o->failed += e->code != 0;
    out_flush(&o->out);
}

int
check_online(const struct config *c)
{
    static struct agent agent;
    char held[1024];
    struct online o = {.out = out_over(STDOUT_FILENO, held, sizeof(held))};
    struct err e = {.text = ""};
    struct arena memory;
    int rc;

    signal(SIGPIPE, SIG_IGN);
    if (arena_map(&memory, (size_t)c->agent.memory_bytes) < 0)
        return err_status(ERR_MEMORY);
    out_put(&o.out, SLICE("  online\n"));
    rc = agent_probe(&agent, c, &memory, each, &o, &e);
    arena_unmap(&memory);
    if (rc < 0) {
        out_put(&o.out, slice_str(e.text));
        out_put(&o.out, SLICE("\n"));
        out_flush(&o.out);
        return err_status(rc);
    }
    return o.failed > 0 ? 1 : 0;
}
