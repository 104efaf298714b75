#ifndef OUTPUT_PAINT_H
#define OUTPUT_PAINT_H

/* Colours of a terminal (ECMA-48 SGR), or none. */

#include <stdbool.h>

#include "base/buf.h"

enum paint {
    PAINT_OFF,
    PAINT_BOLD,
    PAINT_DIM,
    PAINT_RED,
    PAINT_GREEN,
    PAINT_YELLOW,
    PAINT_CYAN,
    PAINT_ALARM, /* white on red */
    PAINT_COUNT
};

/* Switches to a colour, or back to none; nothing when colours are off. */
static inline void
paint_put(struct buf *b, bool colours, enum paint p)
{
    static const char *const codes[PAINT_COUNT] = {
        [PAINT_OFF] = "\x1b[0m",    [PAINT_BOLD] = "\x1b[1m",
        [PAINT_DIM] = "\x1b[2m",    [PAINT_RED] = "\x1b[31m",
        [PAINT_GREEN] = "\x1b[32m", [PAINT_YELLOW] = "\x1b[33m",
        [PAINT_CYAN] = "\x1b[36m",  [PAINT_ALARM] = "\x1b[1;37;41m",
    };

    if (colours)
        buf_put(b, slice_str(codes[p]));
}

#endif
