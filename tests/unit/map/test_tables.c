/* What the packed tables say is what the mapping files say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "said.h"

#define MAP_FOLDER "src/map/aws"

static char area[64u << 20];

static void
read_map(struct maps *ms, struct arena *arena, const char *name,
         struct slice in)
{
    struct err e;

    if (map_read(ms, arena, slice_str(name), in, &e) < 0)
        fail_msg("%s", e.text);
}

/* Reads a file of the folder of mappings. */
static void
read_file(struct maps *ms, struct arena *arena, const char *name)
{
    char path[512];
    struct stat st;
    void *p;
    int fd;

    snprintf(path, sizeof(path), "%s/%s", MAP_FOLDER, name);
    fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_ptr_not_equal(MAP_FAILED, p);
    read_map(ms, arena, name, slice_of(p, (size_t)st.st_size));
    munmap(p, (size_t)st.st_size);
    close(fd);
}

/* All of the built-in files as if they were a user's, over nothing. */
static void
read_folder(struct maps *ms, struct arena *arena)
{
    DIR *dir = opendir(MAP_FOLDER);
    const struct dirent *d;

    assert_non_null(dir);
    *ms = (struct maps){0};
    while ((d = readdir(dir)) != NULL)
        if (slice_ends(slice_str(d->d_name), SLICE(".map")))
            read_file(ms, arena, d->d_name);
    closedir(dir);
}

/* A sum of what a binding says that depends neither on the order of its
 * lines nor on how names of one class are spelt. */
static uint64_t
sum_text(const struct buf *b)
{
    char low[4096];
    size_t n = 0;

    assert_false(b->full);
    for (size_t i = 0; i < b->n; i++)
        if (b->p[i] != '_')
            low[n++] = text_lower(b->p[i]);
    return text_hash(slice_of(low, n));
}

static uint64_t
sum_binding(const struct maps *ms, const struct map_binding *b)
{
    struct map_lines it;
    struct map_line line;
    char held[4096];
    struct buf out = buf_over(held, sizeof(held));
    uint64_t sum;
    size_t n = 0;

    said_head(ms, &out, b);
    sum = sum_text(&out);
    map_lines(b, &it);
    for (; map_line_next(&it, &line); n++) {
        out = buf_over(held, sizeof(held));
        said_line(ms, &out, &line);
        sum += sum_text(&out);
    }
    assert_int_equal(b->lines != NULL, n > 0);
    return sum;
}

struct round_trip {
    struct maps builtin, again;
    char event[NAME_MAX_BYTES * 2];
    size_t i; /* index of the binding in its event */
    size_t events, bindings;
};

static bool
compare_binding(void *ctx, struct slice source, struct slice event,
                const struct map_binding *b)
{
    struct round_trip *t = ctx;
    struct map_ref refs[MAP_BINDINGS_MAX];
    struct map_binding other;
    char name[sizeof(t->event)];
    bool known;
    size_t n = map_find(&t->again, source, event, refs, &known);

    snprintf(name, sizeof(name), "%.*s %.*s", SLICE_FMT(source),
             SLICE_FMT(event));
    if (strcmp(name, t->event) != 0) {
        t->i = 0;
        t->events++;
    }
    strcpy(t->event, name);
    assert_true(known);
    if (b == NULL) {
        assert_int_equal(0, n);
        return true;
    }
    assert_in_range(t->i, 0, n - 1);
    map_binding(refs[t->i++], &other);
    if (sum_binding(&t->builtin, b) != sum_binding(&t->again, &other))
        fail_msg("%s: binding %zu differs", name, t->i - 1);
    t->bindings++;
    return true;
}

/* What the packed tables say is what the files say. */
static void
tables_and_files(void **state)
{
    static struct round_trip t;
    struct arena arena;

    (void)state;
    arena_init(&arena, area, sizeof(area));
    maps_init(&t.builtin);
    read_folder(&t.again, &arena);
    map_each_event(&t.builtin, compare_binding, &t);
    assert_in_range(t.events, 4300, 20000);
    assert_in_range(t.bindings, 4300, 40000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_and_files)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
