#include "cmd/setup.h"

#include "base/file.h"
#include "base/pack_text.h"
#include "cmd/setup_states.h"

#define SETUP_CONFIG_BYTES (16u << 20) /* virtual; a file is 1 MB at most */

/* As much as the system grants: all that was asked for by name, else half
 * of the default, and half of that. */
static int
map_memory(struct setup *s, uint64_t bytes, struct err *e)
{
    uint64_t size = bytes != 0 ? bytes : SETUP_MEMORY_BYTES;

    if (size > SIZE_MAX / 2)
        return err_set(e, ERR_USAGE, "more memory than there are addresses");
    while (arena_map(&s->keep, (size_t)size) < 0) {
        if (bytes != 0 || size <= SETUP_MEMORY_MIN_BYTES)
            return err_set(e, ERR_MEMORY, "cannot map %llu MB of memory",
                           (unsigned long long)(size >> 20));
        size /= 2;
    }
    /* The rest, half of all, stays for maps and states. */
    if (arena_split(&s->event, &s->keep, (size_t)size / 8) < 0 ||
        arena_split(&s->scratch, &s->keep, (size_t)size / 8) < 0 ||
        arena_split(&s->input, &s->keep, (size_t)size / 4) < 0)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    return 0;
}

/* The configuration says how much memory there is, so it is read before any
 * of that is there, into a little mapping of its own. */
static int
read_config(struct setup *s, struct slice file, struct err *e)
{
    if (arena_map(&s->file, SETUP_CONFIG_BYTES) < 0)
        return err_set(e, ERR_MEMORY, "cannot map memory");
    s->config = arena_alloc(&s->file, sizeof(*s->config));
    return config_read(s->config, file, &config_environment, &s->file, e);
}

/* One file of the command line; its text is needed only while it is read. */
static int
read_map(struct setup *s, struct slice file, struct err *e)
{
    struct slice text;
    int rc;

    arena_reset(&s->input, 0);
    rc = file_read(file, SETUP_MAP_MAX_BYTES, &s->input, &text, e);
    return rc < 0 ? rc : map_read(&s->maps, &s->keep, file, text, e);
}

/* The built-in mappings, the configuration's over them, then those of the
 * command line. */
static int
read_maps(struct setup *s, const struct setup_options *o, struct err *e)
{
    struct slice empty;
    int rc = 0;

    maps_init(&s->maps);
    if (s->config != NULL)
        rc = config_maps_read(s->config, &s->maps, &s->keep, &s->input, &empty,
                              e);
    for (size_t i = 0; i < o->maps.n && rc >= 0; i++)
        rc = read_map(s, o->maps.p[i], e);
    if (rc < 0)
        return rc;
    /* After the last map: a word that a map brings keeps that map's number. */
    if (words_init(&s->words, &s->maps.names, &s->keep) < 0 ||
        pack_remember(&s->maps.names, &s->keep) < 0)
        return err_set(e, ERR_MEMORY, "too many words in the mappings");
    return 0;
}

int
setup_open(struct setup *s, const struct setup_options *o, struct err *e)
{
    uint64_t memory = o->memory_bytes;
    int rc;

    *s = (struct setup){.rules = {.filter = filter_default,
                                  .severity = {.preset = SEVERITY_WARNING}}};
    if (o->config.p != NULL && (rc = read_config(s, o->config, e)) < 0)
        return rc;
    if (memory == 0 && s->config != NULL)
        memory = s->config->agent.memory_bytes;
    if ((rc = map_memory(s, memory, e)) < 0)
        return rc;
    if (s->config != NULL)
        s->rules = s->config->rules;
    if ((rc = read_maps(s, o, e)) < 0)
        return rc;
    return setup_states(s, o->states, e);
}

void
setup_close(struct setup *s)
{
    arena_unmap(&s->keep); /* the others are parts of it */
    arena_unmap(&s->file);
}
