#include "log.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "clock.h"

static const char *const levels[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARNING] = "warning",
    [LOG_ERROR] = "error",
};

/* The one piece of state: set at the start, and again on a reload, while
 * other threads log. */
static atomic_int least_level = LOG_INFO;
static atomic_bool as_json;
static char own_mem[LOG_NAME_MAX_BYTES];
static struct buf own_name = {.p = own_mem, .max = LOG_NAME_MAX_BYTES};

void
log_set(enum log_level least)
{
    atomic_store(&least_level, (int)least);
}

void
log_set_json(const struct slice *name)
{
    own_name.n = 0;
    if (name != NULL)
        buf_put(&own_name, slice_head(*name, LOG_NAME_MAX_BYTES));
    atomic_store(&as_json, name != NULL);
}

/* What reads as one word that is clearly a value; 0x7f and UTF-8 do not. */
static bool
text_is_plain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '"' ||
            s.p[i] == '\\' || s.p[i] == '=')
            return false;
    return s.n > 0;
}

/* Terminal escapes and line breaks in a value are shown, not obeyed. */
void
log_quote(struct buf *b, struct slice text)
{
    struct slice shown = slice_head(text, LOG_VALUE_MAX_BYTES);

    if (text_is_plain(shown))
        buf_put(b, shown);
    else
        buf_json(b, shown);
    if (shown.n < text.n)
        buf_fmt(b, "(+%zu bytes)", text.n - shown.n);
}

/* level room message key=value key=value */
static void
put_text(struct buf *b, enum log_level level, const char *room,
         const char *message, const struct log_field *fields)
{
    buf_fmt(b, "%s %s %s", levels[level], room, message);
    for (; fields != NULL && fields->key != NULL; fields++) {
        buf_fmt(b, " %s=", fields->key);
        if (fields->text.p != NULL)
            log_quote(b, fields->text);
        else
            buf_u64(b, fields->number);
    }
}

/* Room for what closes an object that was cut. */
#define JSON_END_BYTES 16

/* The same as an object, with the time in front; what does not fit is left
 * out as a whole, and "cut":true says so. */
static void
put_json(struct buf *b, enum log_level level, const char *room,
         const char *message, const struct log_field *fields)
{
    char time[CLOCK_TEXT_BYTES];
    bool cut = false;

    b->max -= JSON_END_BYTES;
    clock_text(clock_wall_ms(), time);
    buf_fmt(b, "{\"time\":\"%s\",\"agent\":", time);
    buf_json(b, buf_slice(&own_name));
    buf_fmt(b, ",\"level\":\"%s\",\"room\":\"%s\",\"message\":", levels[level],
            room);
    buf_json(b, slice_str(message));
    for (; fields != NULL && fields->key != NULL && !cut; fields++) {
        size_t before = b->n;

        buf_byte(b, ',');
        buf_json(b, slice_str(fields->key));
        buf_byte(b, ':');
        if (fields->text.p != NULL)
            buf_json(b, slice_head(fields->text, LOG_VALUE_MAX_BYTES));
        else
            buf_u64(b, fields->number);
        cut = b->full;
        b->n = cut ? before : b->n;
    }
    b->max += JSON_END_BYTES;
    buf_put(b, cut ? SLICE(",\"cut\":true}") : SLICE("}"));
}

void
log_write(enum log_level level, const char *room, const char *message,
          const struct log_field *fields)
{
    char line[LOG_LINE_MAX_BYTES];
    /* One byte is kept for the newline, whatever else does not fit. */
    struct buf b = buf_over(line, sizeof(line) - 1);
    ssize_t done;

    if ((int)level < atomic_load(&least_level))
        return;
    (atomic_load(&as_json) ? put_json : put_text)(&b, level, room, message,
                                                  fields);
    b.max++;
    buf_byte(&b, '\n');
    /* Nobody is left to be told when standard error itself is gone. */
    done = write(STDERR_FILENO, b.p, b.n);
    (void)done;
}
