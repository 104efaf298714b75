#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

/*
 * One line on standard error that tells how far a long input is read.  Drawn
 * only on a terminal, only for input over PROGRESS_MIN_BYTES, at most ten
 * times a second, and wiped away at the end and before other lines.
 */

#include <stdbool.h>
#include <stdint.h>

#define PROGRESS_MIN_BYTES (8u << 20)

struct progress {
    bool on;
    bool drawn;       /* the line is there now */
    uint64_t total;   /* bytes to read; 0: not known */
    uint64_t next;    /* bytes from which on the clock is looked at again */
    int64_t start_ms; /* monotonic */
    int64_t due_ms;   /* next time to draw */
};

/* total: bytes to read, 0 when nobody knows. */
void progress_start(struct progress *p, uint64_t total);

/* Says that so many bytes are read; cheap enough for every event. */
void progress_draw(struct progress *p, uint64_t bytes, uint64_t events,
                   uint64_t drifts);

static inline void
progress_at(struct progress *p, uint64_t bytes, uint64_t events,
            uint64_t drifts)
{
    if (p->on && bytes >= p->next)
        progress_draw(p, bytes, events, drifts);
}

/* Wipes the line; it is drawn again when it is due. */
void progress_wipe(struct progress *p);

#endif
