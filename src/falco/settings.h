#ifndef FALCO_SETTINGS_H
#define FALCO_SETTINGS_H

/*
 * What the plugin is configured with: the init_config of falco.yaml, which
 * Falco passes on as JSON, and the open parameters.  Falco checks the former
 * against settings_schema; it is checked again here, because other hosts
 * need not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"
#include "base/slice.h"
#include "falco/message.h"

#define SETTINGS_NAME_MAX_BYTES sizeof(((struct sockaddr_un *)0)->sun_path)

struct settings {
    char socket[SETTINGS_NAME_MAX_BYTES]; /* terminated; '@': abstract */
    mode_t mode;
    gid_t group; /* (gid_t)-1: as it is */
    size_t queue_bytes;
};

/* JSON Schema, draft 7, of what settings_read() takes. */
extern const char settings_schema[];

/*
 * Reads an init_config; an empty one gives the presets.  m is memory to read
 * with, and holds nothing afterwards.  Returns 0 or ERR_CONFIG.
 */
int settings_read(struct settings *s, struct slice json, struct message *m,
                  struct err *e);

/* Sets the socket's name.  Returns 0, or ERR_CONFIG when it is too long, too
 * short or holds a NUL. */
int settings_socket(struct settings *s, struct slice name, struct err *e);

#endif
