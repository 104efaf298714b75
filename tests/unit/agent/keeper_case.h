#ifndef TESTS_KEEPER_CASE_H
#define TESTS_KEEPER_CASE_H

/* A keeper over files of a scratch folder, or over a made-up store, and a
 * judge that waits to be woken. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/keeper_inside.h"
#include "base/buf.h"
#include "base/text.h"
#include "tests/unit/agent/config_case.h"

#define WAIT_MS 8000 /* for what comes at once, on a busy machine */

struct keeper_case {
    struct config_case config;
    struct arena arena;
    struct maps maps;
    struct keeper *k;
    struct gate gate;
    unsigned woken; /* gate */
    struct state *const *states;
    size_t n;
    bool changed;
    char folder[64];
};

static inline void
case_woken(void *ctx)
{
    struct keeper_case *c = ctx;

    gate_enter(&c->gate);
    c->woken++;
    gate_leave(&c->gate);
    gate_wake(&c->gate);
}

static inline const char *
case_path(const struct keeper_case *c, const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", c->folder, name);
    return path;
}

static inline void
case_folder(struct keeper_case *c)
{
    memset(c, 0, sizeof(*c));
    snprintf(c->folder, sizeof(c->folder), "/tmp/test_keeper.XXXXXX");
    assert_non_null(mkdtemp(c->folder));
}

/* Sets a keeper up over the text, in which every @ is the folder. */
static inline void
case_keeper(struct keeper_case *c, const char *text, size_t memory)
{
    static char mem[4096];
    struct buf b = buf_over(mem, sizeof(mem));
    struct err e;

    for (; *text != '\0'; text++)
        if (*text == '@')
            buf_put(&b, slice_str(c->folder));
        else
            buf_byte(&b, (unsigned char)*text);
    case_open(&c->config, buf_slice(&b), NULL);
    if (c->config.code != 0)
        fail_msg("%s", c->config.err.text);
    maps_init(&c->maps);
    gate_init(&c->gate);
    assert_int_equal(0, arena_map(&c->arena, memory));
    if (keeper_open(&c->k, &c->config.config, &c->maps, NULL, &c->arena,
                    case_woken, c, &e) < 0)
        fail_msg("%s", e.text);
}

static inline void
case_start(struct keeper_case *c)
{
    struct err e;

    assert_int_equal(0, keeper_start(c->k, &e));
}

static inline void
case_end(struct keeper_case *c)
{
    char command[128];

    keeper_stop(c->k);
    keeper_join(c->k);
    arena_unmap(&c->arena);
    case_close(&c->config);
    snprintf(command, sizeof(command), "rm -rf %s", c->folder);
    assert_int_equal(0, system(command));
}

/* A state of one instance, whose id is i-SERIAL, filled up to `bytes`. */
static inline struct slice
case_state(unsigned serial, size_t bytes)
{
    static char mem[1u << 20];
    struct buf b = buf_over(mem, sizeof(mem));

    buf_fmt(&b,
            "{\"version\":4,\"serial\":%u,\"lineage\":\"l\",\"resources\":[{"
            "\"mode\":\"managed\",\"type\":\"aws_instance\",\"name\":\"a\","
            "\"provider\":\"p\",\"instances\":[{\"schema_version\":1,"
            "\"attributes\":{\"id\":\"i-%u\",\"user_data\":\"",
            serial, serial);
    while (b.n + 6 < bytes)
        buf_byte(&b, 'x');
    buf_put(&b, SLICE("\"}}]}]}"));
    assert_false(b.full);
    return buf_slice(&b);
}

/* Writes over a file, as Terraform does with a local state. */
static inline void
case_write(const struct keeper_case *c, const char *name, struct slice text)
{
    int fd = open(case_path(c, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal((ssize_t)text.n, write(fd, text.p, text.n));
    close(fd);
}

/* As if it had been written long ago: it is known by its times then. */
static inline void
case_age(const struct keeper_case *c, const char *name)
{
    struct timespec t[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    assert_int_equal(0, utimensat(AT_FDCWD, case_path(c, name), t, 0));
}

static inline void
case_adopt(struct keeper_case *c)
{
    bool changed;

    c->n = keeper_adopt(c->k, &c->states, &changed);
    c->changed |= changed;
}

/* Does as the judge does: adopts, asks, and waits to be woken. */
static inline void
case_want(struct keeper_case *c, size_t number, int64_t since_ms)
{
    int64_t deadline = clock_steady_ms() + WAIT_MS;
    unsigned woken = 0;

    c->changed = false;
    for (;;) {
        case_adopt(c);
        if (keeper_want(c->k, number, since_ms))
            return;
        gate_enter(&c->gate);
        while (c->woken == woken)
            if (!gate_wait(&c->gate, deadline) && c->woken == woken) {
                gate_leave(&c->gate);
                fail_msg("nobody woke the judge");
            }
        woken = c->woken;
        gate_leave(&c->gate);
    }
}

static inline struct keeper_status
case_status(struct keeper_case *c, size_t number)
{
    struct keeper_status s;

    keeper_status(c->k, number, &s);
    return s;
}

#endif
