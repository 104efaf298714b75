#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * One function, one line, one stream: standard error gets
 *
 *     level room message key=value key=value
 *
 * in a single write, so that lines of several threads never mix.  Values are
 * quoted where they hold anything but plain characters, and cut at
 * LOG_VALUE_MAX_BYTES.  No secret may be given to it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

#define LOG_LINE_MAX_BYTES 2048
#define LOG_VALUE_MAX_BYTES 256

/* As in `log_level`; each level includes those after it. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *key; /* NULL ends the list */
    struct slice text;
    uint64_t number; /* when text.p is NULL */
};

/* The least level that is written from now on; LOG_INFO before. */
void log_set(enum log_level least);

#define LOG_NAME_MAX_BYTES 64

/*
 * Lines are JSON objects from now on (time, RFC 3339; agent, level, room,
 * message; then the keys), with what this process calls itself; or, with name
 * NULL, text again.  Not while other threads log.
 */
void log_set_json(const struct slice *name);

/*
 * Writes the line.  room is the folder it comes from, fields an array that
 * ends with a NULL key, or NULL.
 */
void log_write(enum log_level level, const char *room, const char *message,
               const struct log_field *fields);

/* log_write() with its fields in the call. */
#define LOG(level, room, message, ...) \
    log_write(level, room, message,    \
              (const struct log_field[]){__VA_ARGS__, {.key = NULL}})

static inline struct log_field
log_text(const char *key, struct slice text)
{
    return (struct log_field){.key = key,
                              .text = text.p != NULL ? text : SLICE("")};
}

static inline struct log_field
log_number(const char *key, uint64_t number)
{
    return (struct log_field){.key = key, .number = number};
}

/* A value as the lines show it: as it is when plain, else a JSON string. */
void log_quote(struct buf *b, struct slice text);

#endif
