#include "config_expand.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define ENV_NAME_MAX_BYTES 128
#define PATH_MAX_BYTES 4000

/* Letters, digits and _: what POSIX lets environment names be made of
 * (Base Definitions, 8.1), and lower case, which people use too. */
static bool
name_char(char c)
{
    return text_digit(c) || c == '_' ||
           (text_lower(c) >= 'a' && text_lower(c) <= 'z');
}

/*
 * The value of an environment name, or the default that stands after it (p
 * NULL: none).  As in a shell, ":-" also stands in for an empty value.  The
 * messages hold the name, never a value.
 */
static int
put_variable(struct buf *out, struct slice name, struct slice preset,
             const struct config_env *env, struct err *e)
{
    char text[ENV_NAME_MAX_BYTES + 1];
    const char *value;

    if (name.n == 0 || name.n > ENV_NAME_MAX_BYTES || text_digit(name.p[0]))
        return err_set(e, ERR_CONFIG,
                       "${} needs a name; allowed: ${NAME}, "
                       "${NAME:-default}, and $${ for the characters ${");
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    value = env->get(env->ctx, text);
    if (preset.p != NULL && (value == NULL || *value == '\0'))
        buf_put(out, preset);
    else if (value != NULL)
        buf_put(out, slice_str(value));
    else
        return err_set(e, ERR_CONFIG,
                       "${%s} is not in the environment; allowed: "
                       "${%s:-default} where it may be missing",
                       text, text);
    return 0;
}

/*
 * Expands the ${...} at the start of *raw and moves *raw past it.  Whatever
 * else begins with $ is one plain character.
 */
static int
put_dollar(struct buf *out, struct slice *raw, const struct config_env *env,
           struct err *e)
{
    struct slice inner, preset = {NULL, 0};
    size_t end, name = 0;

    if (slice_starts(*raw, SLICE("$${"))) {
        buf_put(out, SLICE("${"));
        *raw = slice_from(*raw, 3);
        return 0;
    }
    if (!slice_starts(*raw, SLICE("${"))) {
        buf_byte(out, '$');
        *raw = slice_from(*raw, 1);
        return 0;
    }
    /* Defaults are not expanded, so the first } ends it. */
    end = slice_chr(*raw, '}');
    if (end == raw->n)
        return err_set(e, ERR_CONFIG,
                       "${ without }; allowed: ${NAME}, ${NAME:-default}, "
                       "and $${ for the characters ${");
    inner = slice_of(raw->p + 2, end - 2);
    *raw = slice_from(*raw, end + 1);
    while (name < inner.n && name_char(inner.p[name]))
        name++;
    if (slice_starts(slice_from(inner, name), SLICE(":-")))
        preset = slice_of(inner.p + name + 2, inner.n - name - 2);
    else if (name < inner.n)
        name = 0; /* something else stands in the braces */
    return put_variable(out, slice_head(inner, name), preset, env, e);
}

/* Opens a regular file; a pipe or a device could keep us waiting for ever. */
static int
open_regular(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0) {
        err_set(e, ERR_CONFIG, "cannot read %s: %s; allowed: a file", path,
                strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (!S_ISREG(st.st_mode)) {
        err_set(e, ERR_CONFIG, "cannot read %s: not a regular file", path);
        close(fd);
        return -1;
    }
    return fd;
}

/*
 * Appends the first line of a file, which must not be empty: an empty secret
 * is one that was not mounted yet.  No more is read than a value may hold;
 * a longer line does not fit into out, which the caller sees.
 */
static int
put_file(struct buf *out, const char *path, struct err *e)
{
    char line[CONFIG_VALUE_MAX_BYTES + 1];
    struct slice s;
    size_t n = 0;
    ssize_t got;
    int fd = open_regular(path, e);

    if (fd < 0)
        return ERR_CONFIG;
    do {
        got = read(fd, line + n, sizeof(line) - n);
        if (got > 0)
            n += (size_t)got;
    } while ((got > 0 && n < sizeof(line)) || (got < 0 && errno == EINTR));
    close(fd);
    s = slice_of(line, n);
    s = text_trim(slice_head(s, slice_chr(s, '\n')));
    if (got < 0)
        return err_set(e, ERR_CONFIG, "cannot read %s", path);
    if (s.n == 0)
        return err_set(e, ERR_CONFIG,
                       "the first line of %s is empty; allowed: a value", path);
    buf_put(out, s);
    return 0;
}

/*
 * Expands the @/path at the start of *raw.  What turns out to be no absolute
 * path (@ before a word, @${HOST}) stays as it is.
 */
static int
put_at(struct buf *out, struct slice *raw, const struct config_env *env,
       bool *secret, struct err *e)
{
    char text[PATH_MAX_BYTES + 1];
    struct buf path = buf_over(text, PATH_MAX_BYTES);
    int rc = 0;

    *raw = slice_from(*raw, 1);
    while (rc == 0 && raw->n > 0 && !text_space(raw->p[0])) {
        if (raw->p[0] == '$') {
            rc = put_dollar(&path, raw, env, e);
        } else {
            buf_byte(&path, (unsigned char)raw->p[0]);
            *raw = slice_from(*raw, 1);
        }
    }
    if (rc < 0)
        return rc;
    if (path.full)
        return ERR_LIMIT;
    if (!slice_starts(buf_slice(&path), SLICE("/"))) {
        buf_byte(out, '@');
        buf_put(out, buf_slice(&path));
        return 0;
    }
    text[path.n] = '\0';
    *secret = true;
    return put_file(out, text, e);
}

/* One pass over the value: what was put in is never looked at again. */
int
config_expand(struct buf *out, struct slice raw, const struct config_env *env,
              bool *secret, struct err *e)
{
    bool start = true; /* of the value, or of a word in it */
    int rc = 0;

    while (rc == 0 && raw.n > 0) {
        char c = raw.p[0];

        if (c == '$') {
            rc = put_dollar(out, &raw, env, e);
        } else if (c == '@' && start) {
            rc = put_at(out, &raw, env, secret, e);
        } else {
            buf_byte(out, (unsigned char)c);
            raw = slice_from(raw, 1);
        }
        start = text_space(c);
    }
    return rc == 0 && out->full ? ERR_LIMIT : rc;
}
