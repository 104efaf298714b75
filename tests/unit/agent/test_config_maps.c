/* [map] include: which files are read, in which order, what goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "config_case.h"

#define MAP_GOOD "[sqs SetQueueAttributes]\ntype = aws_sqs_queue\nid = id < q\n"

static char folder[64];

static void
put_file(const char *name, const char *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int
open_folder(void **state)
{
    char path[128];

    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tfdrift-maps-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/below", folder);
    if (mkdir(path, 0700) != 0)
        return -1;
    put_file("a.map", MAP_GOOD);
    put_file("b.map", MAP_GOOD);
    put_file("c.txt", "this is no mapping");
    put_file("bad.pam", "[sqs X]\ntype = aws_sqs_queue\nrole = none of it\n");
    put_file("below/d.map", "this is no mapping");
    return 0;
}

static int
close_folder(void **state)
{
    static const char *const names[] = {
        "a.map", "b.map", "c.txt", "bad.pam", "below/d.map", "below", ""};
    char path[128];
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        bad |= remove(path);
    }
    return bad;
}

/* %s in these texts is the folder. */
static const struct {
    const char *include;
    int files; /* that are read; negative: the error */
    const char *empty;
    const char *says; /* the message holds it */
} rows[] = {
    {"", 0, NULL, NULL},
    {"%s/*.map", 2, NULL, NULL},
    {"%s//?.map", 2, NULL, NULL},
    {"%s/b.map, %s/a.map", 2, NULL, NULL},
    {"%s/*.none", 0, "%s/*.none", NULL},
    {"%s/gone/*.map, %s/a.map", 1, "%s/gone/*.map", NULL},
    {"%s/none.map", ERR_CONFIG, NULL, "t.ini:2: [map] include: %s/none.map"},
    {"%s", ERR_CONFIG, NULL, "t.ini:2: [map] include: %s"},
    {"%s/a.map/*", ERR_CONFIG, NULL,
     "t.ini:2: [map] include: not a folder before the last /"},
    {"%s/bad.*", ERR_CONFIG, NULL, "%s/bad.pam:3:"},
    {"%s/c.txt", ERR_CONFIG, NULL, "%s/c.txt:1:"},
};

static void
fill(char *to, size_t n, const char *text)
{
    struct buf b = buf_over(to, n - 1);

    for (; *text != '\0'; text++) {
        if (text[0] == '%' && text[1] == 's') {
            buf_put(&b, slice_str(folder));
            text++;
        } else {
            buf_byte(&b, (unsigned char)*text);
        }
    }
    assert_false(b.full);
    to[b.n] = '\0';
}

static void
run_row(size_t i)
{
    char text[512], include[400], want[256];
    struct config_case c;
    struct arena scratch;
    struct slice empty;
    struct maps ms;
    int n;

    fill(include, sizeof(include), rows[i].include);
    n = snprintf(text, sizeof(text), "[map]\ninclude = %s\n", include);
    case_open(&c, slice_of(text, (size_t)n), NULL);
    assert_int_equal(c.code, 0);
    assert_int_equal(arena_map(&scratch, 4u << 20), 0);
    maps_init(&ms);
    n = config_maps_read(&c.config, &ms, &c.arena, &scratch, &empty, &c.err);
    if (n != rows[i].files)
        fail_msg("%s: %d, %s", include, n, n < 0 ? c.err.text : "");
    fill(want, sizeof(want), rows[i].empty != NULL ? rows[i].empty : "");
    if (n >= 0)
        assert_true(slice_eq(empty, slice_str(want)));
    fill(want, sizeof(want), rows[i].says != NULL ? rows[i].says : "");
    if (n < 0 && strstr(c.err.text, want) == NULL)
        fail_msg("%s\nsaid: %s\nwant: %s", include, c.err.text, want);
    if (n < 0)
        assert_int_equal(c.err.code, n);
    assert_int_equal(arena_mark(&scratch), 0);
    arena_unmap(&scratch);
    case_close(&c);
}

static void
includes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        run_row(i);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(includes),
    };

    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
