#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * Errors are negative numbers; the first to know one also writes a sentence
 * for people into a struct err that its caller owns.  Nothing here logs.
 */

#include <stdarg.h>

#define ERR_TEXT_MAX_BYTES 512

enum err_index {
    ERR_INDEX_NONE,
#define ERROR(name, status, text) ERR_INDEX_##name,
#include "errors.def"
#undef ERROR
    ERR_INDEX_COUNT
};

enum {
#define ERROR(name, status, text) ERR_##name = -ERR_INDEX_##name,
#include "errors.def"
#undef ERROR
};

struct err {
    int code; /* 0 or ERR_* */
    char text[ERR_TEXT_MAX_BYTES];
};

/*
 * Sets code and sentence (terminated, cut to fit) and returns code, so that
 * a failing function can end with `return err_set(...)`.  e may be NULL.
 */
int err_set(struct err *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The general sentence of a code. */
const char *err_text(int code);

/* The exit status a code leads to: 1 or 100; 0 for codes >= 0. */
int err_status(int code);

#endif
