/* Files and folders, on a scratch folder of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char memory[1u << 20];
static char folder[64];

/* What the scratch folder holds: a trailing '/' is a folder, "a>b" a link
 * named a to b, anything else a file that holds its own name. */
static const char *const things[] = {
    "b.json", "a.json", "a/",      "a/2.json", "a/10.json",
    "a.b/",   "a.b/x",  "a/deep/", "a/deep/y", ".hidden",
    ".h/",    ".h/z",   "empty/",  "l>b.json", "loop>.",
};

static const char *
in_folder(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static int
make_things(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test_file.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    for (size_t i = 0; i < sizeof(things) / sizeof(*things); i++) {
        char name[64];
        char *to;
        FILE *f;

        snprintf(name, sizeof(name), "%s", things[i]);
        to = strchr(name, '>');
        if (to != NULL) {
            *to++ = '\0';
            if (symlink(to, in_folder(name)) != 0)
                return -1;
        } else if (name[strlen(name) - 1] == '/') {
            if (mkdir(in_folder(name), 0700) != 0)
                return -1;
        } else if ((f = fopen(in_folder(name), "w")) != NULL) {
            fputs(name, f);
            fclose(f);
        }
    }
    return 0;
}

static int
drop_things(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

struct seen {
    struct buf text;
    size_t stop; /* after so many */
};

static int
see(void *ctx, struct slice path, struct err *e)
{
    struct seen *s = ctx;

    assert_true(slice_starts(path, slice_str(folder)));
    buf_put(&s->text, slice_from(path, strlen(folder)));
    buf_byte(&s->text, ' ');
    return --s->stop == 0 ? err_set(e, ERR_LIMIT, "enough") : 0;
}

static void
walk(void **state)
{
    static const struct {
        const char *under;
        size_t stop;
        int rc;
        const char *names;
    } rows[] = {
        {"", 99, 0,
         "/a/10.json /a/2.json /a/deep/y /a.b/x /a.json /b.json /l "},
        {"/a", 99, 0, "/a/10.json /a/2.json /a/deep/y "},
        {"/a/", 99, 0, "/a/10.json /a/2.json /a/deep/y "},
        {"/empty", 99, 0, ""},
        {"", 3, ERR_LIMIT, "/a/10.json /a/2.json /a/deep/y "},
        {"/none", 99, ERR_IO, ""},
        {"/b.json", 99, ERR_IO, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char path[128], text[512];
        struct seen s = {buf_over(text, sizeof(text)), rows[i].stop};
        struct arena arena;
        struct err e;

        arena_init(&arena, memory, sizeof(memory));
        snprintf(path, sizeof(path), "%s%s", folder, rows[i].under);
        assert_int_equal(file_walk(slice_str(path), &arena, see, &s, &e),
                         rows[i].rc);
        buf_byte(&s.text, 0);
        assert_string_equal(text, rows[i].names);
        assert_int_equal(arena_mark(&arena), 0);
    }
}

/* A folder of more files than fit one call, in order; then without room. */
static void
walk_many(void **state)
{
    static char text[1u << 17];
    struct seen s = {buf_over(text, sizeof(text)), 99999};
    struct arena arena;
    char name[64];
    struct err e;

    (void)state;
    assert_int_equal(mkdir(in_folder("many"), 0700), 0);
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof(name), "many/%016d", (i * 7919) % 3000);
        close(open(in_folder(name), O_CREAT | O_WRONLY, 0600));
    }
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(
        file_walk(slice_str(in_folder("many")), &arena, see, &s, &e), 0);
    for (size_t i = 0; i < 3000; i++) {
        snprintf(name, sizeof(name), "/many/%016zu ", i);
        assert_memory_equal(text + i * strlen(name), name, strlen(name));
    }
    arena_init(&arena, memory, 60000);
    assert_int_equal(
        file_walk(slice_str(in_folder("many")), &arena, see, &s, &e),
        ERR_MEMORY);
    assert_non_null(strstr(e.text, "many: too many files"));
}

static void
walk_deep(void **state)
{
    char name[256] = "deep/";
    struct seen s = {{0}, 99};
    struct arena arena;
    struct err e;

    (void)state;
    for (int i = 0; i < FILE_DEPTH_MAX + 1; i++) {
        assert_int_equal(mkdir(in_folder(name), 0700), 0);
        strcat(name, "d/");
    }
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(
        file_walk(slice_str(in_folder("deep")), &arena, see, &s, &e),
        ERR_LIMIT);
    assert_non_null(strstr(e.text, "more than 32 folders in folders"));
}

static void
kinds(void **state)
{
    static const struct {
        const char *name;
        int kind;
    } rows[] = {
        {"b.json", FILE_PLAIN}, {"a", FILE_FOLDER},    {"a/", FILE_FOLDER},
        {"l", FILE_PLAIN},      {"loop", FILE_FOLDER}, {"none", ERR_IO},
        {"b.json/x", ERR_IO},
    };
    struct err e;
    static char longest[5000];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(file_kind(slice_str(in_folder(rows[i].name)), &e),
                         rows[i].kind);
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(file_kind(slice_of(longest, 5000), &e), ERR_IO);
    assert_int_equal(file_kind(slice_of("/tmp\0x", 6), &e), ERR_IO);
    assert_int_equal(file_open(slice_str(in_folder("none")), &e), ERR_IO);
    assert_non_null(strstr(e.text, "/none: No such file or directory"));
    file_close(-1);
}

static void
whole(void **state)
{
    static const struct {
        const char *name;
        size_t max, memory;
        int rc;
        const char *says; /* the text, or what the error ends with */
    } rows[] = {
        {"b.json", 100, 1000, 0, "b.json"},
        {"b.json", 6, 1000, 0, "b.json"},
        {"b.json", 6, 7, 0, "b.json"},
        {"b.json", 5, 1000, ERR_LIMIT, "/b.json: longer than 5 bytes"},
        {"b.json", 100, 3, ERR_MEMORY, "/b.json: no memory to read it"},
        {"a", 100, 1000, ERR_IO, "/a: Is a directory"},
        {"none", 100, 1000, ERR_IO, "/none: No such file or directory"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice text = SLICE(""), says = slice_str(rows[i].says);
        struct arena arena;
        struct err e;

        arena_init(&arena, memory, rows[i].memory);
        assert_int_equal(file_read(slice_str(in_folder(rows[i].name)),
                                   rows[i].max, &arena, &text, &e),
                         rows[i].rc);
        if (rows[i].rc != 0)
            assert_true(slice_ends(slice_str(e.text), says));
        else
            assert_true(slice_eq(text, says));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk),      cmocka_unit_test(kinds),
        cmocka_unit_test(whole),     cmocka_unit_test(walk_many),
        cmocka_unit_test(walk_deep),
    };

    return cmocka_run_group_tests_name("file", tests, make_things, drop_things);
}
