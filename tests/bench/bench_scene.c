/*
 * bench_scene FOLDER state COUNT: the state of COUNT resources.
 * bench_scene FOLDER events COUNT N NOBODY: N events about that state, of
 * which NOBODY percent concern nobody.  Both go to standard output: what the
 * other programs measure in memory, as files for the program itself.
 */

#include "tests/bench/scene.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define CHUNK_BYTES (1 << 20)

static char chunk[CHUNK_BYTES];

static void
write_all(const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(1, p, n);

        if (done <= 0)
            scene_die("cannot be written", "standard output");
        p += done;
        n -= (size_t)done;
    }
}

static void
write_state(const struct scene *s, uint64_t count)
{
    static struct scene_state state;
    struct stream in = scene_state_open(&state, s, count);
    ssize_t n;

    while ((n = stream_read(&in, chunk, sizeof(chunk), NULL)) > 0)
        write_all(chunk, (size_t)n);
}

static void
write_events(const struct scene *s, uint64_t count, uint64_t n, unsigned nobody)
{
    struct buf b = buf_over(chunk, sizeof(chunk));

    for (uint64_t i = 0; i < n; i++) {
        scene_event(s, i, count, nobody, &b);
        if (b.n > sizeof(chunk) - SCENE_TEXT_MAX_BYTES || i + 1 == n) {
            write_all(b.p, b.n);
            b.n = 0;
        }
    }
}

int
main(int argc, char **argv)
{
    static struct scene scene;
    struct arena arena;

    if (argc < 4 || (argc != 6 && strcmp(argv[2], "events") == 0) ||
        arena_map(&arena, ARENA_BYTES) < 0)
        scene_die("usage", "bench_scene FOLDER state COUNT | "
                           "FOLDER events COUNT N NOBODY");
    scene_open(&scene, argv[1], &arena);
    if (strcmp(argv[2], "state") == 0)
        write_state(&scene, strtoull(argv[3], NULL, 10));
    else
        write_events(&scene, strtoull(argv[3], NULL, 10),
                     strtoull(argv[4], NULL, 10),
                     (unsigned)strtoul(argv[5], NULL, 10));
    return 0;
}
