#ifndef FALCO_HOST_H
#define FALCO_HOST_H

/*
 * What Falco does with a plugin, for tests: it drives the exported functions
 * in the order and with the arguments that Falco does, and holds the plugin
 * to what the API asks of it.  Writers are plain sockets.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "falco/message.h"
#include "falco/plugin.h"

#define HOST_CALL_MAX_MS 100 /* Falco looks for signals between calls */

struct host {
    ss_plugin_t *s;
    ss_instance_t *h;
    uint32_t n;
    ss_plugin_event **events;
    char path[108];
    char config[512];
    int slow; /* calls of next_batch that took longer than they may */
    int calls;
};

static inline double
host_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline ss_plugin_t *
host_init(const char *config, ss_plugin_rc *rc)
{
    ss_plugin_init_input in = {.config = config};

    *rc = (ss_plugin_rc)77;
    return plugin_init(&in, rc);
}

/* A name that no other test has. */
static inline void
host_name(struct host *host, const char *what)
{
    memset(host, 0, sizeof(*host));
    snprintf(host->path, sizeof(host->path), "/tmp/tfdrift-%d-%s.sock",
             (int)getpid(), what);
    snprintf(host->config, sizeof(host->config), "{\"socket\":\"%s\"}",
             host->path);
}

static inline void
host_open(struct host *host)
{
    ss_plugin_rc rc;

    host->s = host_init(host->config, &rc);
    assert_int_equal(rc, SS_PLUGIN_SUCCESS);
    host->h = plugin_open(host->s, "", &rc);
    if (rc != SS_PLUGIN_SUCCESS)
        fail_msg("open: %s", plugin_get_last_error(host->s));
    assert_non_null(host->h);
}

static inline void
host_close(struct host *host)
{
    plugin_close(host->s, host->h);
    plugin_destroy(host->s);
    assert_int_not_equal(access(host->path, F_OK), 0);
}

/* One call of next_batch, as the API has it; returns the number of events. */
static inline uint32_t
host_next(struct host *host)
{
    double start = host_now_ms();
    ss_plugin_rc rc;

    host->n = 12345;
    rc = plugin_next_batch(host->s, host->h, &host->n, &host->events);
    host->calls++;
    host->slow += host_now_ms() - start > HOST_CALL_MAX_MS;
    if (rc == SS_PLUGIN_TIMEOUT)
        assert_int_equal(host->n, 0);
    else
        assert_int_equal(rc, SS_PLUGIN_SUCCESS);
    assert_true(rc == SS_PLUGIN_TIMEOUT || host->n > 0);
    for (uint32_t i = 0; i < host->n; i++) {
        uint32_t id;

        memcpy(&id, (const char *)host->events[i] + 34, sizeof(id));
        assert_int_equal(host->events[i]->type, 322);
        assert_int_equal(host->events[i]->nparams, 2);
        assert_int_equal(id, plugin_get_id());
    }
    return host->n;
}

/* Calls until there is an event, or none in a while. */
static inline uint32_t
host_wait(struct host *host)
{
    for (int i = 0; i < 100; i++)
        if (host_next(host) > 0)
            break;
    return host->n;
}

/* What stands at a field's index in get_fields(). */
static inline void
host_field_named(struct slice name, ss_plugin_extract_field *f)
{
    static char memory[MESSAGE_MEMORY_BYTES + 4096];
    static char text[32768];
    struct arena arena;
    struct message m;
    struct value_iter it;
    struct value item;

    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(message_init(&m, &arena), 0);
    assert_true(strlen(plugin_get_fields()) < sizeof(text) - 16);
    snprintf(text, sizeof(text), "{\"all\":%s}", plugin_get_fields());
    assert_int_equal(message_read(&m, slice_str(text)), 0);
    it = value_items(message_get(&m, SLICE("all")));
    while (value_next(&it, NULL, &item)) {
        struct value arg = value_member(&m.names, item, SLICE("arg"));
        struct value list = value_member(&m.names, item, SLICE("isList"));
        struct slice type =
            value_text(value_member(&m.names, item, SLICE("type")));

        if (slice_eq(value_text(value_member(&m.names, item, SLICE("name"))),
                     name)) {
            f->flist = value_is(list, VALUE_TRUE);
            assert_int_equal(f->arg_key != NULL, value_is(arg, VALUE_OBJECT));
            f->ftype = slice_eq(type, SLICE("string"))   ? FTYPE_STRING
                       : slice_eq(type, SLICE("uint64")) ? FTYPE_UINT64
                       : slice_eq(type, SLICE("bool"))   ? FTYPE_BOOL
                                                         : FTYPE_IPNET;
            return;
        }
        f->field_id++;
    }
    fail_msg("no field %.*s", SLICE_FMT(name));
}

/* A value as text, lists with '|' between their items; "<NA>": none. */
static inline void
host_value(const ss_plugin_extract_field *f, char *out, size_t max)
{
    size_t at = 0;

    assert_true(f->flist || f->res_len <= 1);
    snprintf(out, max, "%s", f->res_len == 0 ? "<NA>" : "");
    for (uint64_t i = 0; i < f->res_len; i++) {
        if (f->ftype == FTYPE_STRING)
            at += (size_t)snprintf(out + at, max - at, "%s%s", i > 0 ? "|" : "",
                                   f->res.str[i]);
        else if (f->ftype == FTYPE_UINT64)
            snprintf(out, max, "%llu", (unsigned long long)f->res.u64[i]);
        else if (f->ftype == FTYPE_BOOL)
            snprintf(out, max, "%s", f->res.boolean[i] ? "true" : "false");
        else
            snprintf(out, max, "%u bytes", f->res.buf[i].len);
        assert_true(at < max);
    }
}

/* tfdrift.NAME or tfdrift.NAME[ARGUMENT] of an event, as host_value(). */
static inline const char *
host_field(struct host *host, const ss_plugin_event *ev, const char *spelt)
{
    static char out[1 << 18];
    char name[256];
    ss_plugin_extract_field f = {.field = name, .arg_index = UINT64_MAX};
    ss_plugin_field_extract_input in = {.num_fields = 1, .fields = &f};
    ss_plugin_event_input evt = {.evt = ev, .evtnum = 1, .evtsrc = "tfdrift"};
    char *bracket;

    snprintf(name, sizeof(name), "%s", spelt);
    bracket = strchr(name, '[');
    if (bracket != NULL) {
        *bracket = '\0';
        bracket[strlen(bracket + 1)] = '\0'; /* the closing one */
        f.arg_key = bracket + 1;
        f.arg_present = 1;
    }
    host_field_named(slice_str(name), &f);
    f.res_len = 77;
    plugin_extract_fields(host->s, &evt, &in);
    host_value(&f, out, sizeof(out));
    return out;
}

static inline uint64_t
host_metric(struct host *host, const char *name)
{
    uint32_t n = 0;
    ss_plugin_metric *m = plugin_get_metrics(host->s, &n);

    for (uint32_t i = 0; i < n; i++)
        if (strcmp(m[i].name, name) == 0)
            return m[i].value.u64;
    fail_msg("no metric %s", name);
    return 0;
}

/* Connects a writer; '@': abstract. */
static inline int
host_writer(const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    socklen_t n = sizeof(addr);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(addr.sun_path, path, strlen(path));
    if (path[0] == '@') {
        addr.sun_path[0] = '\0';
        n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    }
    if (connect(fd, (struct sockaddr *)&addr, n) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Sends all of a text, however long it takes: for short ones. */
static inline void
host_send(int fd, const char *text)
{
    size_t n = strlen(text);

    assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), n);
}

static inline void
host_send_record(int fd, const char *id)
{
    char line[512];

    snprintf(line, sizeof(line), "{\"kind\":\"drift\",\"id\":\"%s\"}\n", id);
    host_send(fd, line);
}

/* What has come to the writer by now; "" when nothing. */
static inline const char *
host_heard(int fd)
{
    static char out[1 << 16];
    ssize_t n = recv(fd, out, sizeof(out) - 1, MSG_DONTWAIT);

    out[n > 0 ? n : 0] = '\0';
    return out;
}

#endif
