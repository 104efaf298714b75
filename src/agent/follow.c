#include "agent/follow.h"

#include "base/clock.h"
#include "base/text.h"

#define TORN_WAIT_MS 5000      /* for the end of a record of two lines */
#define SKIP_BYTES (64u << 10) /* passed over at once */

struct source_position
follow_position(const struct follow *f)
{
    return (struct source_position){.device = f->tail.device,
                                    .inode = f->tail.inode,
                                    .offset = f->reader.restart};
}

bool
follow_flush(struct follow *f)
{
    struct source_position after = follow_position(f);

    if (f->s->gather.n == 0 && after.offset == f->sent.offset)
        return true;
    f->sent = after;
    return source_submit(f->s, after, true);
}

/*
 * Whether the reader is inside of a record that began on an earlier line.
 * One that is written over several lines is whole soon; but a writer that
 * was killed in the middle of a line leaves one that swallows all lines
 * behind it.  After TORN_WAIT_MS the stream is ended there, so that the
 * reader gives them line by line, and begun again where it stopped.
 */
static bool
torn(struct follow *f, int64_t now_ms)
{
    uint64_t at = f->reading ? reader_reached(&f->reader) : 0;

    if (!f->reading || f->line_break <= at || f->solid <= at ||
        f->line_break >= f->solid)
        return false;
    if (f->torn_at != at || f->torn_given == 0 ||
        (f->torn_vain && f->torn_given != f->given)) {
        f->torn_at = at;
        f->torn_given = f->given;
        f->torn_ms = now_ms + TORN_WAIT_MS;
        f->torn_vain = false;
    }
    return !f->torn_vain;
}

/* At the file's end for now: waits until something may have changed.  False
 * when the stream shall end, f->over saying why. */
static bool
idle(struct follow *f)
{
    struct source *s = f->s;
    int64_t now = clock_steady_ms(), until = CLOCK_NEVER;

    f->over = FOLLOW_STOPPED;
    if (f->reading && !follow_flush(f))
        return false;
    source_worked(s, clock_wall_ms());
    if (f->tail.deaf)
        until = now + TAIL_LOOK_MS;
    if (torn(f, now)) {
        if (now >= f->torn_ms) {
            f->torn_vain = true;
            f->torn_given = f->given;
            f->over = FOLLOW_TORN;
            return false;
        }
        until = f->torn_ms < until ? f->torn_ms : until;
    }
    gather_rest(&s->gather);
    source_slot_give(s);
    source_wait(s, f->tail.notify, until);
    source_slot_take(s);
    return !source_stopping(s);
}

/* Where the file ends for now, or seems to: true when there is more to read,
 * false when the stream shall end, f->over saying why. */
static bool
at_end(struct follow *f)
{
    enum tail_state state;
    bool watched = false;

    /* Watch first, then look once more, then wait, and all over again. */
    while ((state = tail_look(&f->tail)) == TAIL_SAME && !f->passing) {
        if (watched && !idle(f))
            return false;
        if (!watched)
            tail_watch(&f->tail);
        watched = !watched;
    }
    /* All of a file that was read before is there, or it is not it. */
    f->over = state == TAIL_REPLACED ? FOLLOW_REPLACED : FOLLOW_TRUNCATED;
    return state == TAIL_LONGER;
}

/* The stream's read(): the file's bytes, and where they end, what then. */
static ssize_t
raw_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct follow *f = ctx;
    ssize_t got;

    do {
        f->over = FOLLOW_STOPPED;
        if (source_stopping(f->s))
            return 0;
        got = tail_read(&f->tail, p, n, e);
    } while (got == 0 && at_end(f));
    atomic_fetch_add(&f->s->counts.polls, got > 0);
    return got;
}

ssize_t
follow_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct follow *f = ctx;
    ssize_t got = stream_read(&f->text, p, n, e);
    size_t solid, at;

    if (got <= 0)
        return got;
    for (solid = (size_t)got; solid > 0 && text_space(p[solid - 1]);)
        solid--;
    if (solid > 0) {
        f->solid = f->given + solid;
        at = slice_rchr(slice_of(p, solid), '\n');
        f->line_break = at < solid ? f->given + at : f->blank_break;
    }
    at = slice_rchr(slice_of(p, (size_t)got), '\n');
    if (at < (size_t)got)
        f->blank_break = f->given + at;
    f->given += (uint64_t)got;
    return got;
}

/* Reads up to n bytes of text away, or up to and with a line's end. */
static int
pass(struct follow *f, uint64_t n, bool line, uint64_t *passed, struct err *e)
{
    char *p = arena_bytes(&f->scratch, SKIP_BYTES);

    *passed = 0;
    if (p == NULL)
        return ERR_MEMORY;
    while (*passed < n) {
        size_t want =
            n - *passed < SKIP_BYTES ? (size_t)(n - *passed) : SKIP_BYTES;
        ssize_t got = stream_read(&f->text, p, want, e);
        size_t at;

        if (got <= 0)
            return got < 0 ? (int)got : ERR_MORE;
        at = line ? slice_chr(slice_of(p, (size_t)got), '\n') : (size_t)got;
        *passed += at < (size_t)got ? at + 1 : at;
        if (at < (size_t)got)
            break;
    }
    return 0;
}

int
follow_open(struct follow *f, uint64_t at, struct err *e)
{
    struct slice name = f->tail.path;
    bool inflate = at == 0 || tail_is_gzip(&f->tail);
    uint64_t passed;
    int rc;

    f->over = FOLLOW_BROKEN;
    f->raw = (struct stream){.read = raw_read, .ctx = f};
    arena_reset(&f->scratch, 0);
    rc = tail_seek(&f->tail, inflate ? 0 : at, e);
    if (rc != 0)
        return rc;
    f->text = f->raw;
    if (!inflate)
        return 0;
    rc = stream_sniff(&f->text, &f->raw, name, &f->scratch, e);
    if (rc != 0 || at == 0)
        return rc;
    f->passing = true;
    rc = pass(f, at, false, &passed, e);
    f->passing = false;
    return rc;
}

int
follow_line(struct follow *f, uint64_t *at, struct err *e)
{
    uint64_t passed;
    int rc = follow_open(f, *at, e);

    if (rc == 0)
        rc = pass(f, UINT64_MAX, true, &passed, e);
    if (rc == 0)
        *at += passed;
    return rc;
}

int
follow_drain(struct follow *f, struct err *e)
{
    ssize_t got = 1;
    char *p;

    arena_reset(&f->scratch, 0);
    p = arena_bytes(&f->scratch, SKIP_BYTES);
    if (p == NULL)
        return ERR_MEMORY;
    while (got > 0)
        got = raw_read(f, p, SKIP_BYTES, e);
    return (int)got;
}
