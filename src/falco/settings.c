#include "falco/settings.h"

#include <grp.h>
#include <string.h>

#include "base/text.h"

#define SETTING(key, preset, schema, sentence)     \
    "\"" #key "\":{" schema ",\"default\":" preset \
    ",\"description\":\"" sentence "\"},"

const char settings_schema[] =
    "{\"$schema\":\"http://json-schema.org/draft-07/schema#\","
    "\"title\":\"tfdrift\",\"type\":\"object\","
    "\"additionalProperties\":false,\"properties\":{"
#include "falco/settings.def"
    /* A member without comma ends the list. */
    "\"$comment\":{\"type\":\"string\"}}}";
#undef SETTING

/* sun_path needs no terminator, but unlink() and messages do. */
int
settings_socket(struct settings *s, struct slice name, struct err *e)
{
    if (name.n < 2 || name.n >= sizeof(s->socket) ||
        slice_chr(name, '\0') != name.n)
        return err_set(e, ERR_CONFIG,
                       "socket: a path, or @ and a name, of 2 to %zu bytes; "
                       "this one has %zu",
                       sizeof(s->socket) - 1, name.n);
    memcpy(s->socket, name.p, name.n);
    s->socket[name.n] = '\0';
    return 0;
}

/* Digits of a base as a number; false when there are none, others, or too
 * many (libc's own functions change their names with its version). */
static bool
read_number(struct slice s, unsigned base, unsigned long *v)
{
    *v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!text_digit(s.p[i]) || (unsigned)(s.p[i] - '0') >= base)
            return false;
        *v = *v * base + (unsigned)(s.p[i] - '0');
    }
    return s.n > 0 && s.n <= 9;
}

/* One function a row of settings.def, named after its key. */
static int
set_socket(struct settings *s, struct slice text, struct err *e)
{
    return settings_socket(s, text, e);
}

/* A string, because JSON and YAML have no octal numbers. */
static int
set_mode(struct settings *s, struct slice text, struct err *e)
{
    unsigned long mode;

    if (!read_number(text, 8, &mode) || mode > 0777)
        return err_set(e, ERR_CONFIG, "mode: octal, as \"0660\"; not %.*s",
                       SLICE_FMT(slice_head(text, 16)));
    s->mode = (mode_t)mode;
    return 0;
}

/* Numbers need no entry: images rarely have the groups of their host. */
static int
set_group(struct settings *s, struct slice text, struct err *e)
{
    struct group found, *got = NULL;
    char name[65], room[4096];
    unsigned long number;

    s->group = (gid_t)-1;
    if (text.n == 0)
        return 0;
    if (read_number(text, 10, &number)) {
        s->group = (gid_t)number;
        return 0;
    }
    if (text.n < sizeof(name)) {
        memcpy(name, text.p, text.n);
        name[text.n] = '\0';
        getgrnam_r(name, &found, room, sizeof(room), &got);
    }
    if (got == NULL)
        return err_set(e, ERR_CONFIG, "group: there is no group %.*s",
                       SLICE_FMT(slice_head(text, 64)));
    s->group = got->gr_gid;
    return 0;
}

/* At least two lines fit, so that one is read while another waits. */
static int
set_queue(struct settings *s, struct slice text, struct err *e)
{
    unsigned long kib;

    if (!read_number(text, 10, &kib) || kib < 128 || kib > 16384)
        return err_set(e, ERR_CONFIG,
                       "queue: KiB for each writer, 128 to 16384; not %.*s",
                       SLICE_FMT(slice_head(text, 16)));
    s->queue_bytes = kib << 10;
    return 0;
}

/* Anything: it is for people. */
static int
set_comment(struct settings *s, struct slice text, struct err *e)
{
    (void)s, (void)text, (void)e;
    return 0;
}

static const struct row {
    struct slice key;
    int (*set)(struct settings *s, struct slice text, struct err *e);
} rows[] = {
#define SETTING(key, preset, schema, sentence) {SLICE_INIT(#key), set_##key},
#include "falco/settings.def"
#undef SETTING
    {SLICE_INIT("$comment"), set_comment},
};

/* Values are looked at as text: `queue: "256"` is what was meant, too. */
static int
read_members(struct settings *s, const struct message *m, struct err *e)
{
    struct value_iter it = value_items(m->root);
    struct value_key key;
    struct value item;

    while (value_next(&it, &key, &item)) {
        size_t i = 0, n = sizeof(rows) / sizeof(*rows);
        int rc;

        while (i < n && !slice_eq(rows[i].key, key.text))
            i++;
        if (i == n)
            return err_set(e, ERR_CONFIG,
                           "%.*s: unknown; there are socket, mode, group, "
                           "queue",
                           SLICE_FMT(slice_head(key.text, 64)));
        rc = rows[i].set(s, value_text(item), e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* The presets are read like what is given, so that they are valid too. */
int
settings_read(struct settings *s, struct slice json, struct message *m,
              struct err *e)
{
#define SETTING(key, preset, schema, sentence) "\"" #key "\":" preset ","
    static const char presets[] = "{"
#include "falco/settings.def"
                                  "\"$comment\":\"\"}";
#undef SETTING
    int rc;

    if (message_read(m, slice_str(presets)) < 0)
        return err_set(e, ERR_MEMORY, "no memory to read init_config with");
    rc = read_members(s, m, e);
    if (rc < 0 || text_trim(json).n == 0)
        return rc;
    if (message_read(m, json) < 0)
        return err_set(e, ERR_CONFIG, "init_config: not a JSON object");
    return read_members(s, m, e);
}
