#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/stream.h"
#include "cmd/replay.h"
#include "cmd/terminal.h"
#include "map/reader.h"

/*
 * Inputs one after the other, as one story.  What cannot be read is said,
 * counted, and does not stop the rest: the exit status tells of it at the
 * end.  Nothing here runs for each event but the reader, the judge and a
 * look at how far the file is read.
 */

/* One file to read, in the order given.  A list, since a folder of logs may
 * hold a hundred thousand of them, and most runs have one. */
struct input {
    struct input *next;
    char path[]; /* with its terminator */
};

/* All of them, folders opened. */
struct inputs {
    struct arena *arena;
    struct input *first, **last;
};

static bool
is_standard(const char *path)
{
    return path[0] == '-' && path[1] == '\0';
}

void
replay_say(struct replay *r, const char *fmt, ...)
{
    char mem[ERR_TEXT_MAX_BYTES + 64];
    struct out o;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = fmt_list(mem, sizeof(mem) - 1, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    if ((size_t)n > sizeof(mem) - 2)
        n = sizeof(mem) - 2;
    /* Names and ids come from the input: none of them drives a terminal. */
    for (int i = 0; i < n; i++)
        if ((unsigned char)mem[i] < 0x20 || mem[i] == 0x7f)
            mem[i] = '?';
    mem[n] = '\n';
    progress_wipe(&r->progress);
    o = out_over(STDERR_FILENO, mem, sizeof(mem));
    o.buf.n = (size_t)n + 1;
    out_flush(&o);
}

/* Only differences of it are used. */
static uint64_t
now_us(void)
{
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* An input that cannot be read, or an event that cannot be judged: said, and
 * the rest goes on. */
static void
fail(struct replay *r, const char *text)
{
    r->count.failed++;
    replay_say(r, "tfdrift replay: %s", text);
}

/* Something that is no record.  The first few are named, so that one wrong
 * file does not bury everything else. */
static void
refuse(struct replay *r, const struct err *e)
{
    if (r->count.refused++ < REPLAY_REFUSED_MAX)
        replay_say(r, "%s", e->text);
}

/* One event, and what is left behind when it was too much. */
static void
judge_one(struct replay *r, struct reader *in, const struct event *ev)
{
    struct arena *a = &r->setup.event;
    const char *broken;
    char what[80];
    struct err e;

    switch (replay_event(r, ev, &broken)) {
    case 0:
        return;
    case ERR_SYNTAX:
        snprintf(what, sizeof(what), "%s: malformed, or nested too deeply",
                 broken);
        reader_refuse_event(in, ev, what, &e);
        refuse(r, &e);
        return;
    default:
        arena_reset(a, 0);
        arena_reset(&r->setup.scratch, 0);
        r->count.failed++;
        replay_say(r,
                   "tfdrift replay: event %.*s needs more than the memory "
                   "there is (--memory)",
                   SLICE_FMT(record_event_id(ev, a)));
    }
}

/* All records of one stream; *read counts its bytes, as they are stored. */
static void
judge_stream(struct replay *r, struct reader *in, const uint64_t *read,
             uint64_t before)
{
    struct event ev;
    struct err e;

    while (!r->out.failed) {
        arena_reset(&r->setup.event, 0);
        switch (reader_next(in, &ev, &e)) {
        case READER_EVENT:
            judge_one(r, in, &ev);
            break;
        case READER_REFUSED:
            refuse(r, &e);
            break;
        case READER_ERROR:
            fail(r, e.text);
            return;
        case READER_END:
            return;
        }
        progress_at(&r->progress, before + *read, r->count.events,
                    r->count.verdict[VERDICT_DRIFT]);
    }
}

/*
 * One descriptor.  The reader owns the input arena, and events theirs, so
 * inflating works in what is left of the one that stays; it is given back
 * afterwards.
 */
static void
judge_fd(struct replay *r, int fd, struct slice name, uint64_t *before)
{
    struct stream_fd file = {.fd = fd, .name = name};
    struct stream raw = stream_fd(&file), in;
    size_t mark = arena_mark(&r->setup.keep);
    struct reader reader;
    struct err e = {.text = ""};
    int rc;

    arena_reset(&r->setup.input, 0);
    rc = stream_sniff(&in, &raw, name, &r->setup.keep, &e);
    if (rc == ERR_MEMORY ||
        (rc >= 0 && reader_open(&reader, &in, name, &r->setup.input) < 0)) {
        err_set(&e, ERR_MEMORY, "%.*s: %s", SLICE_FMT(name),
                err_text(ERR_MEMORY));
        rc = ERR_MEMORY;
    }
    if (rc < 0) {
        fail(r, e.text);
    } else {
        judge_stream(r, &reader, &file.offset, *before);
        r->count.bytes += reader.offset;
    }
    *before += file.offset;
    arena_reset(&r->setup.keep, mark);
}

/* One more file on the list; a visit of file_walk(). */
static int
note_input(void *ctx, struct slice path, struct err *e)
{
    struct inputs *all = ctx;
    struct input *in = arena_alloc(all->arena, sizeof(*in) + path.n + 1);

    if (in == NULL)
        return err_set(e, ERR_MEMORY, "%.*s: %s", SLICE_FMT(path),
                       err_text(ERR_MEMORY));
    in->next = NULL;
    memcpy(in->path, path.p, path.n);
    in->path[path.n] = '\0';
    *all->last = in;
    all->last = &in->next;
    return 0;
}

/* Puts a file, or all files of a folder, on the list. */
static void
list_input(struct replay *r, struct inputs *all, struct slice path)
{
    struct err e;
    int rc = FILE_PLAIN;

    if (!slice_eq(path, SLICE("-")))
        rc = file_kind(path, &e);
    if (rc == FILE_FOLDER)
        rc = file_walk(path, &r->setup.input, note_input, all, &e);
    else if (rc >= 0)
        rc = note_input(all, path, &e);
    if (rc < 0)
        fail(r, e.text);
}

/* Bytes of all inputs together; 0 when one of them does not tell. */
static uint64_t
size_of_all(const struct inputs *all)
{
    uint64_t sum = 0;

    for (const struct input *in = all->first; in != NULL; in = in->next) {
        struct stat st;
        int rc = is_standard(in->path) ? fstat(STDIN_FILENO, &st)
                                       : stat(in->path, &st);

        if (rc < 0 || !S_ISREG(st.st_mode))
            return 0;
        sum += (uint64_t)st.st_size;
    }
    return sum;
}

/* One file, or standard input. */
static void
judge_input(struct replay *r, const char *path, uint64_t *before)
{
    bool standard = is_standard(path);
    struct err e;
    int fd = standard ? STDIN_FILENO : file_open(slice_str(path), &e);

    if (fd < 0) {
        fail(r, e.text);
        return;
    }
    judge_fd(r, fd, slice_str(standard ? "standard input" : path), before);
    if (!standard)
        file_close(fd);
}

void
replay_inputs(struct replay *r)
{
    struct inputs all = {.arena = &r->setup.keep};
    uint64_t start = now_us(), before = 0;

    all.last = &all.first;
    if (r->events.n == 0)
        list_input(r, &all, SLICE("-"));
    for (size_t i = 0; i < r->events.n; i++)
        list_input(r, &all, r->events.p[i]);
    /* Asking every file for its size is for the bar alone. */
    if (terminal_is(STDERR_FILENO))
        progress_start(&r->progress, size_of_all(&all));
    for (const struct input *in = all.first; in != NULL && !r->out.failed;
         in = in->next)
        judge_input(r, in->path, &before);
    progress_wipe(&r->progress);
    r->micros = now_us() - start;
}
