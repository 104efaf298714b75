#ifndef CHECKPOINT_CASE_H
#define CHECKPOINT_CASE_H

/*
 * Runs of a process that has a checkpoint.  Events, sources and lines are
 * numbered alike: event i is told in line i and ends window i.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/checkpoint.h"

#define SOURCE SLICE("prod/us-east-1")

static char folder[64];

/* One run of a process. */
struct life {
    struct arena arena, scratch;
    struct dedup dedup;
    struct ledger ledger;
    struct checkpoint cp;
};

static inline struct dedup_id
id_of(uint64_t i)
{
    return (struct dedup_id){{i * 0x9e3779b97f4a7c15u, i + 1}};
}

static inline int
begin(struct life *l, const char *path, struct err *e)
{
    assert_int_equal(arena_map(&l->arena, 16u << 20), 0);
    assert_int_equal(arena_map(&l->scratch, 8u << 20), 0);
    assert_int_equal(dedup_init(&l->dedup, &l->arena, 65536), 0);
    assert_int_equal(ledger_init(&l->ledger, &l->arena, 64, 1u << 16), 0);
    return checkpoint_open(&l->cp, slice_str(path), &l->dedup, &l->ledger,
                           &l->arena, &l->scratch, e);
}

static inline void
end(struct life *l, bool keep)
{
    checkpoint_close(&l->cp, keep);
    arena_unmap(&l->arena);
    arena_unmap(&l->scratch);
}

/* Event i, as the pipeline does it. */
static inline void
event(struct life *l, uint64_t i)
{
    struct source_position at = {.until_ms = (int64_t)i};

    dedup_seen(&l->dedup, id_of(i));
    checkpoint_event(&l->cp, id_of(i), i);
    checkpoint_source(&l->cp, SOURCE, &at, i);
}

static inline void
save(struct life *l, uint64_t done)
{
    const struct dedup_id none = {{0, 0}};
    struct err e = {.text = ""};

    if (checkpoint_write(&l->cp, done, &none, 0, &e) < 0)
        fail_msg("%s", e.text);
}

/* A path in the test's folder. */
static inline const char *
path_of(const char *name)
{
    static char path[4][128];
    static unsigned turn;
    char *p = path[turn++ % 4];

    snprintf(p, 128, "%s/%s", folder, name);
    return p;
}

/* The whole of a file; n = 0 when there is none. */
static inline size_t
load(const char *path, char *mem, size_t max)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, mem, max);

    if (fd >= 0)
        close(fd);
    return n > 0 ? (size_t)n : 0;
}

static inline void
store(const char *path, const char *mem, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, mem, n), (ssize_t)n);
    close(fd);
}

/* The next run: the events it knows must be 1...n; returns n. */
static inline uint64_t
check_prefix(const char *path, bool *damaged)
{
    struct life l = {.cp = {.n_places = 0}};
    struct err e = {.text = ""};
    uint64_t n = 0;

    if (begin(&l, path, &e) < 0)
        fail_msg("%s", e.text);
    *damaged = l.cp.damage.text[0] != '\0';
    while (dedup_has(&l.dedup, id_of(n + 1)))
        n++;
    assert_int_equal(l.dedup.n, n);
    /* The place is that of the last event, or, cut between the two, of the
     * one before: never further. */
    assert_in_range(checkpoint_position(&l.cp, SOURCE).until_ms,
                    n > 0 ? n - 1 : 0, n);
    end(&l, false);
    return n;
}

static inline int
set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tfdrift-checkpoint-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static inline int
tear_down(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command) != 0;
}

#endif
