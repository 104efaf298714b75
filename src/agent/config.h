#ifndef AGENT_CONFIG_H
#define AGENT_CONFIG_H

/*
 * The configuration, read once: an INI file (config/tfdrift.ini shows every
 * key) becomes the structs below, one member per row of options.def, where
 * the default, the range and the meaning of each key stand.  What is not
 * allowed is an error that names file, line, section and key; after success
 * every value is within its range.  Reading it opens nothing but the file and
 * the files that its values name with @/; nothing is looked up on a network.
 *
 * Memory is the caller's arena.  Every slice is a view of it, followed by a
 * zero byte so that it may be given to the system as a path, and valid until
 * the arena is reset.  An empty slice or list means "not set".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/list.h"
#include "base/slice.h"
#include "drift/filter.h"
#include "drift/ignore.h"
#include "drift/severity.h"
#include "map/map.h"

#define CONFIG_FILE_MAX_BYTES (1u << 20)
#define CONFIG_NAME_MAX_BYTES 64    /* of a section: [source "NAME"] */
#define CONFIG_VALUE_MAX_BYTES 8192 /* after ${NAME} and @/path */
#define CONFIG_SECTIONS_MAX 1024    /* of one kind, and lines of [severity] */

/* Kinds of sections; those from CONFIG_NAMED on have names and may repeat. */
enum config_kind {
    CONFIG_AGENT,
    CONFIG_VERIFY,
    CONFIG_FILTER,
    CONFIG_SEVERITY,
    CONFIG_MAP,
    CONFIG_NAMED,
    CONFIG_SOURCE = CONFIG_NAMED,
    CONFIG_STATE,
    CONFIG_IGNORE,
    CONFIG_OUTPUT,
    CONFIG_KINDS
};

/* The values of each choice, in the order of its words in options.def. */
enum config_log_format { CONFIG_LOG_TEXT, CONFIG_LOG_JSON };
enum config_source_type { CONFIG_SOURCE_CLOUDTRAIL, CONFIG_SOURCE_FILE };
enum config_state_type { CONFIG_STATE_S3, CONFIG_STATE_LOCAL };
enum config_roles { CONFIG_ROLES_IGNORE, CONFIG_ROLES_REPORT };
enum config_output_type {
    CONFIG_OUTPUT_FALCO,
    CONFIG_OUTPUT_STDOUT,
    CONFIG_OUTPUT_FILE,
    CONFIG_OUTPUT_HTTP,
    CONFIG_OUTPUT_FALCOSIDEKICK,
    CONFIG_OUTPUT_SLACK,
    CONFIG_OUTPUT_PAGERDUTY,
    CONFIG_OUTPUT_TEAMS,
    CONFIG_OUTPUT_DISCORD
};

/* Where a section stands; the first member of every section. */
struct config_head {
    enum config_kind kind;
    struct slice name; /* "prod" in [source "prod"]; else empty */
    unsigned line;     /* of the [section]; 0: not in the file */
    unsigned *lines;   /* of its keys, in table order; 0: default */
};

struct config_address {
    struct slice host; /* IPv4, or IPv6 without brackets; empty: not set */
    uint16_t port;     /* 1...65535 */
};

struct config_agent {
    struct config_head head;
    struct slice name;
    uint64_t memory_bytes;
    uint64_t workers; /* 0: one per core */
    struct slice checkpoint;
    struct config_address listen;
    int log_level; /* enum log_level */
    enum config_log_format log_format;
    bool sandbox;
};

struct config_source {
    struct config_head head;
    enum config_source_type type;
    struct list regions;
    uint64_t interval_ms;
    uint64_t lookback_ms;
    uint64_t overlap_ms;
    struct slice role_arn;
    struct slice external_id;
    struct slice profile;
    struct slice endpoint;
    struct slice path;
};

struct config_state {
    struct config_head head;
    enum config_state_type type;
    struct slice bucket;
    struct slice key;
    struct slice region;
    struct slice endpoint;
    bool path_style;
    struct slice lock_table;
    bool lockfile;
    uint64_t cache_ttl_ms;
    struct slice account; /* 12 digits; empty: any */
    struct slice role_arn;
    struct slice path;
};

struct config_verify {
    struct config_head head;
    uint64_t attempts;
    uint64_t delay_ms; /* doubles from attempt to attempt */
    uint64_t lock_wait_ms;
};

struct config_filter {
    struct config_head head;
    enum filter_unmanaged unmanaged;
    struct list terraform_user_agents; /* globs */
    enum config_roles service_roles;
};

struct config_ignore {
    struct config_head head;
    struct ignore_rule rule;
};

struct config_severity {
    struct config_head head;
    enum severity preset; /* `default` */
};

struct config_map {
    struct config_head head;
    struct list include; /* paths; the last part may be a glob */
};

struct config_output {
    struct config_head head;
    enum config_output_type type;
    struct slice socket;
    struct slice path;
    struct slice url;
    struct slice routing_key;
    struct list header; /* "Name: value", in the file's order */
    uint64_t timeout_ms;
    enum severity min_severity;
    uint64_t queue; /* records */
};

/* [filter], [ignore] and [severity] as the rooms that use them want them. */
struct config_rules {
    struct filter filter;
    struct ignore_rules ignore;     /* in the file's order */
    struct severity_rules severity; /* likewise: first match wins */
};

struct config {
    struct slice file; /* as it was given; for messages */
    struct config_rules rules;
    struct config_agent agent;
    struct config_verify verify;
    struct config_filter filter;
    struct config_severity severity;
    struct config_map map;
    struct config_source *sources;
    size_t n_sources;
    struct config_state *states;
    size_t n_states;
    struct config_ignore *ignores;
    size_t n_ignores;
    struct config_output *outputs; /* one of type stdout if none is given */
    size_t n_outputs;
};

/* The environment, as an argument: the value of a name, or NULL. */
struct config_env {
    const char *(*get)(void *ctx, const char *name);
    void *ctx;
};

/* The process' own environment. */
extern const struct config_env config_environment;

/*
 * Reads a file ("-" is not special).  Returns 0; ERR_CONFIG with one line
 * "FILE:LINE: [section "name"] key: what is wrong; allowed: ..." in e, which
 * also tells of a file that cannot be read; ERR_MEMORY when the arena is
 * full.  Values of secret keys and lines of @/files are never in e.
 */
int config_read(struct config *c, struct slice file,
                const struct config_env *env, struct arena *a, struct err *e);

/* The same for text that is already there; file is for messages only. */
int config_parse(struct config *c, struct slice file, struct slice text,
                 const struct config_env *env, struct arena *a, struct err *e);

/*
 * Sets e to a message about a key of a section (or, with key NULL, about the
 * section), in the form of config_read()'s, and returns ERR_CONFIG.
 */
int config_blame(const struct config *c, const struct config_head *head,
                 const char *key, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The word of a section's `type`: "cloudtrail"; empty where it has none. */
struct slice config_type_text(const struct config_head *head);

/*
 * Reads the files of [map] include into ms, a folder's in the order of their
 * names.  The coded maps live in `keep`; `scratch` is rewound.  *empty
 * is set to the first include that matches no file (p is NULL: none), which
 * is no error when it is a glob.  Returns how many files were read, or
 * ERR_CONFIG, ERR_MEMORY, or what map_read() says, with e set.
 */
int config_maps_read(const struct config *c, struct maps *ms,
                     struct arena *keep, struct arena *scratch,
                     struct slice *empty, struct err *e);

#endif
