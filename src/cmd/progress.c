#include "cmd/progress.h"

#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/out.h"
#include "cmd/terminal.h"
#include "output/paint.h"

#define PROGRESS_STEP_BYTES (256u << 10)
#define PROGRESS_STEP_MS 100
#define PROGRESS_BAR_MAX 40
#define PROGRESS_TEXT_COLUMNS 62 /* what stands beside the bar, at most */
#define PROGRESS_LINE_BYTES 1024

/* A clock that nobody sets; only differences are used. */
static int64_t
now_ms(void)
{
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_start(struct progress *p, uint64_t total)
{
    *p = (struct progress){
        .on = terminal_is(STDERR_FILENO) &&
              (total == 0 || total > PROGRESS_MIN_BYTES),
        .total = total,
        /* How long a pipe is shows only after a while. */
        .next = total == 0 ? PROGRESS_MIN_BYTES : 0,
    };
    if (p->on) {
        p->start_ms = now_ms();
        p->due_ms = p->start_ms + PROGRESS_STEP_MS;
    }
}

/* Digits in groups of three: 1,234,567. */
static void
put_grouped(struct buf *b, uint64_t n)
{
    uint64_t unit = 1;

    while (n / unit >= 1000)
        unit *= 1000;
    buf_fmt(b, "%u", (unsigned)(n / unit));
    for (unit /= 1000; unit > 0; unit /= 1000)
        buf_fmt(b, ",%03u", (unsigned)(n / unit % 1000));
}

/* A thick line for what is done and a thin one for the rest. */
static void
put_bar(struct buf *b, size_t width, uint64_t done, uint64_t total,
        bool colours)
{
    size_t full = (size_t)(width * done / total);

    paint_put(b, colours, PAINT_CYAN);
    for (size_t i = 0; i < width; i++) {
        if (i == full) {
            paint_put(b, colours, PAINT_OFF);
            paint_put(b, colours, PAINT_DIM);
        }
        buf_put(b, i < full ? SLICE("\xe2\x94\x81") : SLICE("\xe2\x94\x80"));
    }
    paint_put(b, colours, PAINT_OFF);
}

/* The bar, how much of it, and what is left in minutes and seconds. */
static void
put_share(struct buf *b, const struct progress *p, uint64_t bytes,
          int64_t spent_ms)
{
    size_t columns = terminal_columns(STDERR_FILENO);
    size_t width =
        columns > PROGRESS_TEXT_COLUMNS ? columns - PROGRESS_TEXT_COLUMNS : 0;
    uint64_t done = bytes < p->total ? bytes : p->total, left;

    if (width > PROGRESS_BAR_MAX)
        width = PROGRESS_BAR_MAX;
    put_bar(b, width, done, p->total, terminal_colours(STDERR_FILENO));
    buf_fmt(b, "%s%3u %%", width > 0 ? " " : "",
            (unsigned)(100 * done / p->total));
    if (done == 0 || spent_ms < 1000)
        return;
    left = (uint64_t)((double)spent_ms / 1000 * (double)(p->total - done) /
                      (double)done);
    buf_fmt(b, ", %u:%02u left", (unsigned)(left / 60), (unsigned)(left % 60));
}

/* In one write, so that a line is never seen half drawn. */
static void
write_line(struct buf *b)
{
    char mem[PROGRESS_LINE_BYTES];
    struct out o = out_over(STDERR_FILENO, mem, sizeof(mem));

    out_put(&o, buf_slice(b));
    out_flush(&o); /* a bar that cannot be drawn is nobody's loss */
}

void
progress_draw(struct progress *p, uint64_t bytes, uint64_t events,
              uint64_t drifts)
{
    char mem[PROGRESS_LINE_BYTES];
    struct buf b = buf_over(mem, sizeof(mem));
    int64_t now = now_ms();

    /* The clock is not free either: it is asked every so many bytes. */
    p->next = bytes + PROGRESS_STEP_BYTES;
    if (now < p->due_ms)
        return;
    p->due_ms = now + PROGRESS_STEP_MS;
    /* To the line's start, and away with what is there (ECMA-48 EL). */
    buf_put(&b, SLICE("\r\x1b[K"));
    if (p->total > 0)
        put_share(&b, p, bytes, now - p->start_ms);
    else
        buf_fmt(&b, "%llu MB", (unsigned long long)(bytes >> 20));
    buf_put(&b, SLICE("  "));
    put_grouped(&b, events);
    buf_put(&b, SLICE(" events, "));
    put_grouped(&b, drifts);
    buf_put(&b, SLICE(" with drift"));
    write_line(&b);
    p->drawn = true;
}

void
progress_wipe(struct progress *p)
{
    char mem[8];
    struct buf b = buf_over(mem, sizeof(mem));

    if (!p->drawn)
        return;
    buf_put(&b, SLICE("\r\x1b[K"));
    write_line(&b);
    p->drawn = false;
}
