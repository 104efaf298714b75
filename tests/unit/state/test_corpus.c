/*
 * Real states, when there is a folder of them (TFDRIFT_SHARED): each has the
 * instances its list says, however its bytes come, and each can be found.
 * Without the folder the same is asked of a state made here.
 */
#include "loaded.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"

static char list[1u << 20], text[4u << 20], told[2][4u << 20];

/* The whole file, or nothing. */
static struct slice
read_file(const char *name, char *to, size_t max)
{
    const char *shared = getenv("TFDRIFT_SHARED");
    char path[512];
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "%s/corpus/%s",
             shared != NULL ? shared : "../shared", name);
    fd = open(path, O_RDONLY);
    if (fd < 0)
        return slice_of("", 0);
    n = read(fd, to, max);
    close(fd);
    assert_true(n >= 0 && (size_t)n < max);
    return slice_of(to, (size_t)n);
}

/* Every instance that has an id is found by it, and by its type. */
static void
find_all(const struct state *st)
{
    uint32_t id = names_find(&maps.names, SLICE("id"));

    for (uint32_t i = 0; i < state_instances(st); i++) {
        struct instance in = state_instance(st, i), got;
        struct slice s = value_text(value_get(in.attrs, id));
        struct state_hits hits[3];

        if (in.type == NAME_NONE || s.n == 0)
            continue;
        state_find(st, in.type, s, &hits[0]);
        state_find(st, NAME_NONE, s, &hits[1]);
        state_find(st, in.type, slice_of(NULL, 0), &hits[2]);
        for (int k = 0; k < 3; k++) {
            bool seen = false;

            while (state_hit_next(&hits[k], &got))
                seen = seen || got.number == i;
            assert_true(seen);
        }
    }
}

static void
look_at(const char *name, struct slice doc, size_t instances)
{
    for (size_t step = 0; step < 3; step++) {
        struct buf out = buf_over(told[step > 0], sizeof(told[0]));
        struct state *st = load_good(doc, step * 7);

        if (state_instances(st) != instances)
            fail_msg("%s: %zu instances", name, state_instances(st));
        tell(st, &out);
        if (step > 0)
            assert_memory_equal(told[0], told[1], out.n);
        find_all(st);
    }
}

/* The next tab-separated cell of a line. */
static struct slice
cell(struct slice *line)
{
    struct slice s = slice_of("", 0);

    text_cut(line, '\t', &s);
    return s;
}

static void
real(void **state)
{
    struct slice lines = read_file("states.tsv", list, sizeof(list)), line;
    size_t loaded = 0;

    (void)state;
    use_maps(NULL);
    text_cut(&lines, '\n', &line); /* the columns' names */
    while (text_cut(&lines, '\n', &line) && line.n > 0) {
        struct slice cells[8], doc;
        struct state *st;
        char name[128];
        struct err e;

        for (size_t i = 0; i < ROWS(cells); i++)
            cells[i] = cell(&line);
        snprintf(name, sizeof(name), "states/%.*s", SLICE_FMT(cells[0]));
        doc = read_file(name, text, sizeof(text));
        assert_true(doc.n > 0);
        if (slice_eq(cells[3], SLICE("v4"))) {
            look_at(name, doc, strtoul(cells[7].p, NULL, 10));
            loaded++;
        } else {
            assert_int_equal(ERR_FOREIGN, load_bytes(doc, 0, &st, &e));
            assert_non_null(strstr(e.text, "format version 3"));
        }
    }
    print_message("%zu states\n", loaded);
}

static void
made(void **state)
{
    struct buf b = buf_over(text, sizeof(text));
    char zeros[900];

    (void)state;
    use_maps(NULL);
    memset(zeros, '0', sizeof(zeros));
    buf_put(&b, SLICE("{\n  \"version\": 4,\n  \"serial\": 1,\n"
                      "  \"resources\": ["));
    for (unsigned i = 0; i < 3000; i++)
        buf_fmt(&b,
                "%s\n    {\n      \"mode\": \"managed\",\n      \"type\": "
                "\"%s\",\n      \"name\": \"r%u\",\n      \"instances\": [\n"
                "        {\n          \"index_key\": %u,\n"
                "          \"attributes\": {\n            \"id\": \"x-%u\",\n"
                "            \"arn\": \"arn:aws:ec2:::x/x-%u\",\n"
                "            \"tags\": {\n              \"Name\": \"n%u\"\n"
                "            }\n          },\n          \"private\": \"%.*s\","
                "\n          \"dependencies\": [\n            \"a.b\"\n"
                "          ]\n        }\n      ]\n    }",
                i > 0 ? "," : "", i % 2 > 0 ? "aws_vpc" : "aws_instance", i, i,
                i, i, i, (int)(i % sizeof(zeros)), zeros);
    buf_put(&b, SLICE("\n  ]\n}\n"));
    assert_false(b.full);
    look_at("made", buf_slice(&b), 3000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real),
        cmocka_unit_test(made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
