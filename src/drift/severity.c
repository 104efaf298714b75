#include "drift/severity.h"

#include "base/buf.h"
#include "base/text.h"
#include "drift/attrglob.h"

#define SEVERITY_TYPE_MAX_BYTES 256

/* Falco writes them with a capital letter; records do not. */
static const struct slice severity_texts[SEVERITY_COUNT] = {
    [SEVERITY_EMERGENCY] = SLICE_INIT("emergency"),
    [SEVERITY_ALERT] = SLICE_INIT("alert"),
    [SEVERITY_CRITICAL] = SLICE_INIT("critical"),
    [SEVERITY_ERROR] = SLICE_INIT("error"),
    [SEVERITY_WARNING] = SLICE_INIT("warning"),
    [SEVERITY_NOTICE] = SLICE_INIT("notice"),
    [SEVERITY_INFORMATIONAL] = SLICE_INIT("informational"),
    [SEVERITY_DEBUG] = SLICE_INIT("debug"),
};

struct slice
severity_text(enum severity level)
{
    return severity_texts[level];
}

/* Whether the pattern speaks of whole types only. */
static bool
severity_of_type(struct slice pattern)
{
    return slice_chr(pattern, '.') == pattern.n &&
           slice_chr(pattern, '!') == pattern.n;
}

/* The first rule that matches TYPE + mark + rest, or n.  The mark keeps
 * deletions apart: TYPE.* is about attributes, whatever they are called. */
static size_t
severity_find(const struct severity_rules *rules, struct slice type, char mark,
              struct slice rest)
{
    char mem[SEVERITY_TYPE_MAX_BYTES];
    struct buf head = buf_over(mem, sizeof(mem));
    size_t i;

    type = slice_head(type, sizeof(mem) - 1);
    buf_put(&head, type);
    buf_byte(&head, (unsigned char)mark);
    for (i = 0; i < rules->n; i++) {
        struct slice pattern = rules->rule[i].pattern;

        if (severity_of_type(pattern) && text_glob(pattern, type))
            break;
        if (attrglob_match(pattern, buf_slice(&head), rest))
            break;
    }
    return i;
}

enum severity
severity_change(const struct severity_rules *rules, struct slice type,
                struct slice path, bool computed)
{
    size_t i = severity_find(rules, type, '.', path);

    if (i < rules->n)
        return rules->rule[i].level;
    /* What only AWS sets is a consequence of something, rarely a cause. */
    if (computed && rules->preset < SEVERITY_NOTICE)
        return SEVERITY_NOTICE;
    return rules->preset;
}

enum severity
severity_whole(const struct severity_rules *rules, struct slice type,
               struct slice what)
{
    size_t i = severity_find(rules, type, '!', what);

    return i < rules->n ? rules->rule[i].level : rules->preset;
}
