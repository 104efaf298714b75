#ifndef BASE_FMT_H
#define BASE_FMT_H

/*
 * vsnprintf() for what this program writes: %d, %u, %x, %c, %s and %%, with
 * the flags - and 0, a width, the lengths l, ll and z, and a precision of %s.
 * In the program (musl) vsnprintf and snprintf are this, so that libc's own,
 * most of which is about floating point, is not linked; in builds for
 * testing (glibc) libc keeps its own.
 */

#include <stdarg.h>
#include <stddef.h>

/* Writes at most max bytes with the terminator, which is always there unless
 * max is 0.  Returns how long the whole text is, or -1 when the format asks
 * for what is not in the list above. */
int fmt_list(char *out, size_t max, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

#endif
