/*
 * A file is read and followed by the source's own thread, while this one does
 * to it what writers and rotation do.  Each row is a story: a list of steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

#include "tests/unit/agent/sink.h"
#include "tests/unit/agent/stories.h"

#define ARENA_BYTES (12u << 20)

/* One story while it goes on. */
struct story {
    char folder[64], path[96], old[96];
    struct sink sink;
    struct config_source config;
    struct source_slots slots;
    struct source_sink to;
    struct source *source;
    struct source_position stood;
    int held; /* the last file that text was written to */
    uint64_t refused;
};

static struct arena arena;
static char text[8u << 20];

/* "@x" is a record with the eventID x, "#x" the same as a JSON string; '~'
 * stands for a quote. */
static struct slice
expand(const char *s)
{
    struct buf b = buf_over(text, sizeof(text));

    for (; *s != '\0'; s++) {
        char record[256];
        struct slice r;

        if (*s != '@' && *s != '#') {
            buf_byte(&b, (unsigned char)(*s == '~' ? '"' : *s));
            continue;
        }
        snprintf(record, sizeof(record),
                 "{\"eventVersion\":\"1\",\"eventSource\":"
                 "\"x.amazonaws.com\",\"eventName\":\"N\","
                 "\"eventID\":\"%c\"}",
                 s[1]);
        r = slice_str(record);
        if (*s++ == '#')
            buf_json(&b, r);
        else
            buf_put(&b, r);
    }
    return buf_slice(&b);
}

static void
put(int fd, struct slice s)
{
    while (s.n > 0) {
        ssize_t done = write(fd, s.p, s.n);

        assert_true(done > 0);
        s = slice_from(s, (size_t)done);
    }
}

static void
append(struct story *t, struct slice s)
{
    int fd = open(t->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    put(fd, s);
    /* An empty one was only made, as rotation does. */
    if (s.n > 0) {
        int other = t->held;

        t->held = fd;
        fd = other;
    }
    if (fd >= 0)
        close(fd);
}

static void
append_large(struct story *t)
{
    struct buf b = buf_over(text, sizeof(text));

    buf_put(&b, SLICE("{\"eventVersion\":\"1\",\"eventID\":\"L\",\"eventName\":"
                      "\"N\",\"eventSource\":\"x.amazonaws.com\",\"x\":\""));
    for (size_t i = 0; i < 5u << 20; i++)
        buf_byte(&b, 'x');
    buf_put(&b, SLICE("\"}\n"));
    append(t, buf_slice(&b));
}

/* One stored block (RFC 1951, 3.2.4) between header and trailer. */
static void
append_gzip(struct story *t, struct slice s, unsigned long wrong)
{
    static char mem[64 << 10];
    struct buf b = buf_over(mem, sizeof(mem));
    unsigned long crc = crc32(0, (const unsigned char *)s.p, (unsigned)s.n);
    unsigned n = (unsigned)s.n, not = ~n;

    buf_put(&b, SLICE("\x1f\x8b\x08\0\0\0\0\0\0\x03\x01"));
    buf_put(&b, slice_of((const char *)&n, 2));
    buf_put(&b, slice_of((const char *)&not, 2));
    buf_put(&b, s);
    crc ^= wrong;
    buf_put(&b, slice_of((const char *)&crc, 4));
    buf_put(&b, slice_of((const char *)&n, 4));
    append(t, buf_slice(&b));
}

static void
start(struct story *t)
{
    struct source_options o = {.config = &t->config,
                               .start = t->stood,
                               .sink = &t->to,
                               .slots = &t->slots};
    struct err e;

    t->sink.n = 0;
    arena_reset(&arena, 0);
    assert_int_equal(source_open(&t->source, &o, &arena, &e), 0);
    assert_true(slice_eq(source_name(t->source), SLICE("log")));
    assert_int_equal(source_start(t->source, &e), 0);
}

static void
stop(struct story *t)
{
    if (t->source == NULL)
        return;
    source_stop(t->source);
    source_join(t->source);
    t->refused += atomic_load(&source_counts(t->source)->refused);
    t->stood = t->sink.after;
    t->source = NULL;
}

static void
expect_refused(struct story *t, uint64_t want)
{
    const struct source_counts *c = source_counts(t->source);
    int64_t until = clock_steady_ms() + SINK_WAIT_MS;

    while (t->refused + atomic_load(&c->refused) != want &&
           clock_steady_ms() < until)
        usleep(1000);
    stop(t);
    assert_int_equal(t->refused, want);
}

static void
act(struct story *t, enum step step, const char *what)
{
    struct slice s = expand(what);

    switch (step) {
    case APPEND:
        append(t, s);
        break;
    case HELD:
        put(t->held, s);
        break;
    case GZIP:
    case DAMAGED:
        append_gzip(t, s, step == DAMAGED);
        break;
    case LARGE:
        append_large(t);
        break;
    case ROTATE:
        assert_int_equal(rename(t->path, t->old), 0);
        break;
    case COPY_CUT:
        assert_int_equal(truncate(t->path, 0), 0);
        break;
    case REMOVE:
        assert_int_equal(what[0] != '\0' ? rmdir(t->folder) : unlink(t->path),
                         0);
        break;
    case FOLDER:
        assert_int_equal(mkdir(t->folder, 0700), 0);
        break;
    case START:
        start(t);
        break;
    case STOP:
        stop(t);
        break;
    case KNOWN:
        t->sink.known = what;
        break;
    case EXPECT:
        sink_expect(&t->sink, what);
        break;
    case REFUSED:
        expect_refused(t, strlen(what));
        break;
    case END:
        break;
    }
}

static void
test_stories(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct story t;

        printf("%s\n", rows[i].name);
        memset(&t, 0, sizeof(t));
        strcpy(t.folder, "/tmp/tfdrift-test-XXXXXX");
        assert_non_null(mkdtemp(t.folder));
        snprintf(t.path, sizeof(t.path), "%s/events.jsonl", t.folder);
        snprintf(t.old, sizeof(t.old), "%s/events.jsonl.1", t.folder);
        t.held = -1;
        t.to = (struct source_sink){&t.sink, sink_known, sink_submit};
        t.config.type = CONFIG_SOURCE_FILE;
        t.config.head.name = SLICE("log");
        t.config.path = slice_str(t.path);
        gate_init(&t.sink.gate);
        source_slots_init(&t.slots, 1);
        for (size_t k = 0; rows[i].steps[k].step != END; k++)
            act(&t, rows[i].steps[k].step, rows[i].steps[k].text);
        stop(&t);
        assert_int_equal(t.slots.free, 1);
        close(t.held);
        unlink(t.path);
        unlink(t.old);
        assert_int_equal(rmdir(t.folder), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
    };

    assert_int_equal(arena_map(&arena, ARENA_BYTES), 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
