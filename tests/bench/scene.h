#ifndef TESTS_BENCH_SCENE_H
#define TESTS_BENCH_SCENE_H

/*
 * States and events to measure on, made from the templates in scene/ (which
 * ones: scene.def): the same numbers give the same bytes, on any machine.  A
 * template is JSON text with holes:
 *
 *   <n> <x> <X>      the resource's number, 17 hex digits of its own, and
 *                    the same in capitals
 *   <event> <request> <mm> <ss>   ids and time of the event
 *   <a|b>            a, what the state says, or b, what drifts from it
 *
 * Texts are made as they are asked for and never held as a whole.  All of it
 * is in this header because each program here is one object.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/stream.h"

#define SCENE_PARTS_MAX 160
#define SCENE_FILE_MAX_BYTES 16384
#define SCENE_TEXT_MAX_BYTES 32768 /* one template with its holes filled */

enum scene_hole {
    SCENE_TEXT, /* not a hole */
    SCENE_NUMBER,
    SCENE_HEX,
    SCENE_HEX_CAPITAL,
    SCENE_EVENT,
    SCENE_REQUEST,
    SCENE_MINUTE,
    SCENE_SECOND,
    SCENE_CHOICE
};

struct scene_template {
    size_t n;
    struct scene_part {
        enum scene_hole hole;
        struct slice text, other; /* of a choice: equal, drifting */
    } part[SCENE_PARTS_MAX];
};

/* Row numbers of scene.def. */
enum {
#define MANAGED(name) SCENE_M_##name,
#define NOBODY(name)
#include "tests/bench/scene.def"
#undef MANAGED
#undef NOBODY
    SCENE_MANAGED
};
enum {
#define MANAGED(name)
#define NOBODY(name) SCENE_N_##name,
#include "tests/bench/scene.def"
#undef MANAGED
#undef NOBODY
    SCENE_NOBODY
};

struct scene {
    struct scene_template state[SCENE_MANAGED], write[SCENE_MANAGED],
        nobody[SCENE_NOBODY];
};

/* What the holes of one text are filled with. */
struct scene_fill {
    uint64_t resource;
    uint64_t event; /* its place in the sequence */
    bool drift;
};

static inline void
scene_die(const char *what, const char *name)
{
    fprintf(stderr, "bench: %s: %s\n", what, name);
    exit(1);
}

/* Steele, Lea and Flood's splitmix64 finaliser: one-to-one, looks random. */
static inline uint64_t
scene_mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* What is between two angle brackets, as a part. */
static inline struct scene_part
scene_part(struct slice hole)
{
    static const struct {
        struct slice name;
        enum scene_hole hole;
    } rows[] = {
        {SLICE_INIT("n"), SCENE_NUMBER},
        {SLICE_INIT("x"), SCENE_HEX},
        {SLICE_INIT("X"), SCENE_HEX_CAPITAL},
        {SLICE_INIT("event"), SCENE_EVENT},
        {SLICE_INIT("request"), SCENE_REQUEST},
        {SLICE_INIT("mm"), SCENE_MINUTE},
        {SLICE_INIT("ss"), SCENE_SECOND},
    };
    size_t bar = slice_chr(hole, '|');

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (slice_eq(hole, rows[i].name))
            return (struct scene_part){.hole = rows[i].hole};
    if (bar == hole.n)
        scene_die("a hole that is not known", hole.p);
    return (struct scene_part){.hole = SCENE_CHOICE,
                               .text = slice_head(hole, bar),
                               .other = slice_from(hole, bar + 1)};
}

static inline void
scene_cut(struct scene_template *t, struct slice text)
{
    while (text.n > 0) {
        size_t open = slice_chr(text, '<'), close = slice_chr(text, '>');

        if (t->n + 2 > SCENE_PARTS_MAX || (open < text.n && close == text.n))
            scene_die("too many holes, or an open one", text.p);
        if (open > 0)
            t->part[t->n++] =
                (struct scene_part){.text = slice_head(text, open)};
        if (open == text.n)
            return;
        t->part[t->n++] =
            scene_part(slice_of(text.p + open + 1, close - open - 1));
        text = slice_from(text, close + 1);
    }
}

/* JSON text without the white space between its tokens, as CloudTrail
 * writes it; returns what is left of n. */
static inline size_t
scene_squeeze(char *p, size_t n)
{
    size_t out = 0;
    bool inside = false;

    for (size_t i = 0; i < n; i++) {
        if (!inside && (p[i] == ' ' || p[i] == '\n'))
            continue;
        inside ^= p[i] == '"' && (i == 0 || p[i - 1] != '\\');
        p[out++] = p[i];
    }
    return out;
}

static inline void
scene_read(struct scene_template *t, const char *folder, const char *name,
           bool squeeze, struct arena *arena)
{
    char path[512], *p = arena_bytes(arena, SCENE_FILE_MAX_BYTES);
    ssize_t n = -1;
    int fd;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, O_RDONLY);
    if (fd >= 0 && p != NULL)
        n = read(fd, p, SCENE_FILE_MAX_BYTES);
    if (n <= 0 || n == SCENE_FILE_MAX_BYTES)
        scene_die("cannot be read", path);
    close(fd);
    n -= p[n - 1] == '\n';
    scene_cut(t,
              slice_of(p, squeeze ? scene_squeeze(p, (size_t)n) : (size_t)n));
}

/* Reads all templates of a folder; exits when one is missing or wrong. */
static inline void
scene_open(struct scene *s, const char *folder, struct arena *arena)
{
    *s = (struct scene){0};
#define MANAGED(name)                                                    \
    scene_read(&s->state[SCENE_M_##name], folder, #name ".state", false, \
               arena);                                                   \
    scene_read(&s->write[SCENE_M_##name], folder, #name ".write", true, arena);
#define NOBODY(name)                                                      \
    scene_read(&s->nobody[SCENE_N_##name], folder, #name ".nobody", true, \
               arena);
#include "tests/bench/scene.def"
#undef MANAGED
#undef NOBODY
}

static inline void
scene_hex(struct buf *b, uint64_t v, int digits, bool capital)
{
    const char *digit = capital ? "0123456789ABCDEF" : "0123456789abcdef";

    while (digits-- > 0)
        buf_byte(b, (unsigned char)(digits > 15 ? '0'
                                                : digit[v >> 4 * digits & 15]));
}

/* 8-4-4-4-12 hex digits. */
static inline void
scene_uuid(struct buf *b, uint64_t seed)
{
    uint64_t high = scene_mix(seed), low = scene_mix(high);

    scene_hex(b, high >> 32, 8, false);
    buf_byte(b, '-');
    scene_hex(b, high >> 16, 4, false);
    buf_byte(b, '-');
    scene_hex(b, high, 4, false);
    buf_byte(b, '-');
    scene_hex(b, low >> 48, 4, false);
    buf_byte(b, '-');
    scene_hex(b, low, 12, false);
}

static inline void
scene_two(struct buf *b, uint64_t v)
{
    buf_byte(b, (unsigned char)('0' + v / 10 % 10));
    buf_byte(b, (unsigned char)('0' + v % 10));
}

static inline void
scene_put(struct buf *b, const struct scene_template *t, struct scene_fill f)
{
    for (const struct scene_part *p = t->part; p < t->part + t->n; p++)
        switch (p->hole) {
        case SCENE_TEXT:
            buf_put(b, p->text);
            break;
        case SCENE_NUMBER:
            buf_u64(b, f.resource);
            break;
        case SCENE_HEX:
        case SCENE_HEX_CAPITAL:
            scene_hex(b, scene_mix(f.resource), 17,
                      p->hole == SCENE_HEX_CAPITAL);
            break;
        case SCENE_EVENT:
            scene_uuid(b, f.event);
            break;
        case SCENE_REQUEST:
            scene_uuid(b, ~f.event);
            break;
        case SCENE_MINUTE:
            scene_two(b, f.event / 60 % 60);
            break;
        case SCENE_SECOND:
            scene_two(b, f.event % 60);
            break;
        case SCENE_CHOICE:
            buf_put(b, f.drift ? p->other : p->text);
            break;
        }
}

/* A state of `count` resources as a stream of bytes. */
struct scene_state {
    const struct scene *scene;
    uint64_t next, count; /* resources */
    int stage;            /* 0 before the head, 1 resources, 2 after all */
    struct buf text;      /* made and not given yet: from `given` on */
    size_t given;
    char bytes[SCENE_TEXT_MAX_BYTES];
};

static inline void
scene_state_more(struct scene_state *s)
{
    struct buf *b = &s->text;

    *b = buf_over(s->bytes, sizeof(s->bytes));
    s->given = 0;
    if (s->stage == 0) {
        buf_put(b, SLICE("{\n  \"version\": 4,\n"
                         "  \"terraform_version\": \"1.10.5\",\n"
                         "  \"serial\": 71,\n  \"lineage\": "
                         "\"0d9a6ff3-3a1f-4c1e-9b52-2f7a0e6f5b10\",\n"
                         "  \"outputs\": {},\n  \"resources\": [\n"));
        s->stage = 1;
    } else if (s->next < s->count) {
        scene_put(b, &s->scene->state[s->next % SCENE_MANAGED],
                  (struct scene_fill){.resource = s->next});
        s->next++;
        buf_put(b, s->next < s->count ? SLICE(",\n") : SLICE("\n"));
    } else if (s->stage == 1) {
        buf_put(b, SLICE("  ],\n  \"check_results\": null\n}\n"));
        s->stage = 2;
    }
    if (b->full)
        scene_die("a template is too long", "SCENE_TEXT_MAX_BYTES");
}

static inline ssize_t
scene_state_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct scene_state *s = ctx;
    size_t got = 0;

    (void)e;
    while (got < n) {
        size_t most = s->text.n - s->given;

        if (most == 0) {
            scene_state_more(s);
            if (s->text.n == 0)
                break;
            continue;
        }
        most = most < n - got ? most : n - got;
        memcpy(p + got, s->bytes + s->given, most);
        s->given += most;
        got += most;
    }
    return (ssize_t)got;
}

static inline struct stream
scene_state_open(struct scene_state *s, const struct scene *scene,
                 uint64_t count)
{
    s->scene = scene;
    s->next = 0;
    s->count = count;
    s->stage = 0;
    s->text.n = s->given = 0;
    return (struct stream){.read = scene_state_read, .ctx = s};
}

/*
 * Appends one event as a line.  Of 100 events `nobody` (percent) concern
 * nobody; the others are writes on resources of a state of `count`, of which
 * every other drifts.  Returns whether this one drifts.
 */
static inline bool
scene_event(const struct scene *s, uint64_t event, uint64_t count,
            unsigned nobody, struct buf *b)
{
    uint64_t dice = scene_mix(event * 3 + 1);
    struct scene_fill f = {.resource = scene_mix(event) % count,
                           .event = event,
                           .drift = event % 2 == 1};

    if (dice % 100 < nobody) {
        f.drift = false;
        scene_put(b, &s->nobody[dice / 100 % SCENE_NOBODY], f);
    } else {
        scene_put(b, &s->write[f.resource % SCENE_MANAGED], f);
    }
    buf_byte(b, '\n');
    return f.drift;
}

#endif
