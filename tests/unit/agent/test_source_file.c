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

#include "tests/unit/agent/sink.h"

#define ARENA_BYTES (12u << 20)

/* What a step does; `text` is ids, or what expand() makes of it. */
enum step {
    END,
    APPEND,   /* text to the file, which is made if it is not there */
    HELD,     /* text to the file that was open before the last ROTATE */
    LARGE,    /* a record of 5 MB with the id "L" */
    ROTATE,   /* the file is renamed */
    COPY_CUT, /* the file is emptied */
    REMOVE,
    FOLDER, /* makes the folder that the file is in */
    START,  /* the source; at where it stood, if it ran before */
    STOP,
    KNOWN,  /* ids that were delivered before: " a b " */
    EXPECT, /* ids: all that was handed over since the last START */
    REFUSED /* how many records were refused: one byte each */
};

static const struct row {
    const char *name;
    struct {
        enum step step;
        const char *text;
    } steps[24];
} rows[] = {
    {"what is there, then what comes",
     {{APPEND, "@a\n@b\n"},
      {START, ""},
      {EXPECT, "a b "},
      {APPEND, "@c\n"},
      {EXPECT, "a b c "},
      {APPEND, "@d\n@e\n"},
      {EXPECT, "a b c d e "}}},
    {"half a line waits for its other half",
     {{APPEND, "@a\n{~eventVersion~:~1~,~eventSource~:~x.amazon"},
      {START, ""},
      {EXPECT, "a "},
      {APPEND, "aws.com~,~eventName~:~N~,~eventID~"},
      {EXPECT, "a "},
      {APPEND, ":~b~}"},
      {EXPECT, "a b "},
      {APPEND, "\n@c\n"},
      {EXPECT, "a b c "},
      {REFUSED, ""}}},
    {"a file that comes late",
     {{START, ""}, {EXPECT, ""}, {APPEND, "@a\n"}, {EXPECT, "a "}}},
    {"a folder that comes late",
     {{REMOVE, "folder"},
      {START, ""},
      {EXPECT, ""},
      {FOLDER, ""},
      {APPEND, "@a\n"},
      {EXPECT, "a "},
      {APPEND, "@b\n"},
      {EXPECT, "a b "}}},
    {"rotation: the old one is read to its end",
     {{APPEND, "@a\n"},
      {START, ""},
      {EXPECT, "a "},
      {ROTATE, ""},
      {HELD, "@b\n"},
      {EXPECT, "a b "},
      {APPEND, ""},
      {HELD, "@c\n"},
      {EXPECT, "a b c "},
      {APPEND, "@d\n"},
      {EXPECT, "a b c d "},
      {APPEND, "@e\n"},
      {EXPECT, "a b c d e "},
      {ROTATE, ""},
      {APPEND, "@f\n"},
      {EXPECT, "a b c d e f "},
      {REFUSED, ""}}},
    {"rotation in the middle of a line",
     {{APPEND, "@a\n{~eventVersion~:~1"},
      {START, ""},
      {EXPECT, "a "},
      {ROTATE, ""},
      {APPEND, "@b\n"},
      {EXPECT, "a b "},
      {REFUSED, "1"}}},
    {"removed and made again",
     {{APPEND, "@a\n"},
      {START, ""},
      {EXPECT, "a "},
      {REMOVE, ""},
      {APPEND, "@b\n"},
      {EXPECT, "a b "}}},
    {"truncation",
     {{APPEND, "@a\n@b\n"},
      {START, ""},
      {EXPECT, "a b "},
      {COPY_CUT, ""},
      {APPEND, "@c\n"},
      {EXPECT, "a b c "},
      {COPY_CUT, ""},
      {APPEND, "@d\n"},
      {EXPECT, "a b c d "}}},
    {"on from where it stood",
     {{APPEND, "@a\n@b\n"},
      {START, ""},
      {EXPECT, "a b "},
      {STOP, ""},
      {APPEND, "@c\n"},
      {START, ""},
      {EXPECT, "c "},
      {STOP, ""},
      {COPY_CUT, ""},
      {APPEND, "@d\n"},
      {START, ""},
      {EXPECT, "d "},
      {STOP, ""},
      {ROTATE, ""},
      {APPEND, "@e\n@f\n@g\n"},
      {START, ""},
      {EXPECT, "e f g "}}},
    {"a whole log file, then another one behind it",
     {{APPEND, "{\n ~Records~ : [\n @a ,\n @b\n]\n}\n"},
      {START, ""},
      {EXPECT, "a b "},
      {APPEND, "{~Records~:[@c"},
      {EXPECT, "a b c "},
      {STOP, ""},
      {APPEND, ",@d]}"},
      {KNOWN, " c "},
      {START, ""},
      {EXPECT, "d "}}},
    {"a LookupEvents answer is newest first",
     {{APPEND, "{~Events~:[{~CloudTrailEvent~:#b},{~CloudTrailEvent~:#a}]}\n"},
      {START, ""},
      {EXPECT, "a b "}}},
    {"an id is handed over once",
     {{APPEND, "@a\n@b\n@a\n@c\n"},
      {KNOWN, " b "},
      {START, ""},
      {EXPECT, "a c "}}},
    {"what is no record",
     {{APPEND, "hello\n@a\n{}\n@b\n[1,@c]\n{~Records~:[@d @e]}\n@f\n"},
      {START, ""},
      {EXPECT, "a b c d f "},
      {APPEND, "nonsense\n@g\n"},
      {EXPECT, "a b c d f g "},
      {REFUSED, "12345"}}},
    {"a line that is never whole does not hold up the next ones",
     {{APPEND, "@a\n{~eventVersion~:~1\n@b\n@c\n{~eventVer"},
      {START, ""},
      {EXPECT, "a b c "},
      {APPEND, "sion~:~1~,~eventSource~:~x.amazonaws.com~,~eventName~:~N~,"
               "~eventID~:~d~}\n@e\n"},
      {EXPECT, "a b c d e "},
      {REFUSED, "1"}}},
    {"a record that is too long",
     {{APPEND, "@a\n"},
      {LARGE, ""},
      {APPEND, "@b\n"},
      {START, ""},
      {EXPECT, "a b "},
      {LARGE, ""},
      {APPEND, "@c\n"},
      {EXPECT, "a b c "},
      {REFUSED, "12"}}},
};

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
