/*
 * bench_load FOLDER: how fast a state of 50,000 resources is loaded and
 * indexed, against jsmn on the same bytes in memory.  Each load goes into
 * memory that was never touched before, as it does when the program starts,
 * and pays for it; jsmn's tokens are touched before its first turn.  Prints
 * one JSON line (see bench_judge.c).
 */

#include "tests/bench/measure.h"
#include "tests/bench/scene.h"

#include "state/state.h"

#define ROUNDS 7
#define RESOURCES 50000u
#define TEXT_BYTES ((size_t)512 << 20)
#define SCRATCH_BYTES ((size_t)256 << 20)

static struct slice
state_text(const struct scene *s, struct arena *a)
{
    static struct scene_state state;
    struct stream in = scene_state_open(&state, s, RESOURCES);
    char *p = arena_bytes(a, TEXT_BYTES);
    ssize_t n = p == NULL ? 0 : stream_read(&in, p, TEXT_BYTES, NULL);

    if (n <= 0 || (size_t)n == TEXT_BYTES)
        scene_die("no memory", "the state's text");
    return slice_of(p, (size_t)n);
}

/* Seconds to load text; *kept is what stays in memory, in bytes. */
static double
time_load(const struct maps *ms, struct slice text, size_t *kept)
{
    struct stream_mem mem = {text};
    struct stream in = stream_mem(&mem);
    struct arena keep, scratch;
    struct state *st;
    double start;
    struct err e;

    if (arena_map(&keep, TEXT_BYTES) < 0 ||
        arena_map(&scratch, SCRATCH_BYTES) < 0)
        scene_die("no memory", "arenas");
    start = measure_now_s();
    if (state_load(&st, ms, &in, SLICE("bench"), SLICE("bench"), &keep,
                   &scratch, &e) < 0)
        scene_die("state_load", e.text);
    start = measure_now_s() - start;
    if (state_instances(st) != RESOURCES)
        scene_die("state_load", "instances are missing");
    *kept = keep.used;
    arena_unmap(&keep);
    arena_unmap(&scratch);
    return start;
}

int
main(int argc, char **argv)
{
    static struct scene scene;
    struct measure ratio = {.n = ROUNDS};
    double ours = 0, jsmn = 0, median;
    unsigned max;
    jsmntok_t *tokens;
    struct arena arena;
    struct slice text;
    struct maps maps;
    size_t kept = 0;

    if (argc != 2 || arena_map(&arena, 8 * TEXT_BYTES) < 0)
        scene_die("usage", "bench_load FOLDER");
    maps_init(&maps);
    scene_open(&scene, argv[1], &arena);
    text = state_text(&scene, &arena);
    max = (unsigned)(text.n / 4); /* a token is longer than that here */
    tokens = arena_alloc(&arena, max * sizeof(*tokens));
    if (tokens == NULL)
        scene_die("no memory", "tokens");
    measure_jsmn(text, tokens, max);
    for (int i = 0; i < ROUNDS; i++) {
        double start = measure_now_s(), a, z;

        measure_jsmn(text, tokens, max);
        z = measure_now_s() - start;
        a = time_load(&maps, text, &kept);
        ratio.s[i] = z / a;
        ours += a;
        jsmn += z;
    }
    median = measure_median(&ratio);
    printf("{\"what\":\"load\",\"ratio\":%.4f,\"low\":%.4f,\"high\":%.4f,"
           "\"resources\":%u,\"bytes\":%zu,\"kept\":%zu,\"ours_mb_s\":%.1f,"
           "\"jsmn_mb_s\":%.1f}\n",
           median, ratio.s[0], ratio.s[ROUNDS - 1], RESOURCES, text.n, kept,
           (double)text.n * ROUNDS / ours / 1e6,
           (double)text.n * ROUNDS / jsmn / 1e6);
    return 0;
}
