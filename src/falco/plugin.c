#include "falco/plugin.h"

#include "base/arena.h"
#include "falco/batch.h"
#include "falco/capture.h"
#include "falco/counters.h"
#include "falco/fields.h"
#include "falco/message.h"
#include "falco/settings.h"

/* Values of one request: texts grow to three times their length when none of
 * it is text, and there may be some of them. */
#define PLUGIN_VALUES_BYTES (1u << 20)

enum {
#define COUNTER(name, kind) METRIC_##name,
#include "falco/counters.def"
#undef COUNTER
    METRIC_COUNT
};

struct plugin {
    struct arena memory; /* this struct is in it, too */
    struct settings settings;
    struct err err;
    struct counters counters;
    ss_plugin_metric metric[METRIC_COUNT];
    struct buf open_params;
    struct message message; /* the record fields were asked of last ... */
    struct buf payload;     /* ... and its line */
    struct arena values;    /* of the last request */
    struct arena text;      /* of the last event_to_string() */
};

const char *
plugin_get_required_api_version(void)
{
    return PLUGIN_API;
}

const char *
plugin_get_name(void)
{
    return "tfdrift";
}

const char *
plugin_get_description(void)
{
    return "Changes of Terraform-managed AWS resources outside of Terraform, "
           "as the tfdrift agent reports them";
}

const char *
plugin_get_contact(void)
{
    return "the makers of tfdrift";
}

const char *
plugin_get_version(void)
{
    return TFDRIFT_VERSION;
}

uint32_t
plugin_get_id(void)
{
    return BATCH_PLUGIN_ID;
}

const char *
plugin_get_event_source(void)
{
    return "tfdrift";
}

const char *
plugin_get_init_schema(ss_plugin_schema_type *type)
{
    *type = SS_PLUGIN_SCHEMA_JSON;
    return settings_schema;
}

const char *
plugin_get_fields(void)
{
    return fields_json;
}

/* All memory of a plugin, from one mapping that costs nothing until used. */
static struct plugin *
allocate(void)
{
    struct arena memory;
    struct plugin *p;

    if (arena_map(&memory, sizeof(*p) + MESSAGE_MEMORY_BYTES +
                               2 * PLUGIN_VALUES_BYTES +
                               2 * MESSAGE_MAX_BYTES) < 0)
        return NULL;
    p = arena_alloc(&memory, sizeof(*p));
    if (p == NULL || message_init(&p->message, &memory) < 0 ||
        arena_split(&p->values, &memory, PLUGIN_VALUES_BYTES) < 0 ||
        arena_split(&p->text, &memory, PLUGIN_VALUES_BYTES) < 0) {
        arena_unmap(&memory);
        return NULL;
    }
    p->payload =
        buf_over(arena_bytes(&memory, MESSAGE_MAX_BYTES), MESSAGE_MAX_BYTES);
    p->open_params = buf_over(arena_bytes(&memory, 1024), 1024);
    p->memory = memory;
    return p;
}

/* Nothing outside is touched: --dry-run ends here, and a reload comes here
 * while another plugin has the socket. */
ss_plugin_t *
plugin_init(const ss_plugin_init_input *in, ss_plugin_rc *rc)
{
    struct plugin *p = allocate();
    const char *config = in != NULL && in->config != NULL ? in->config : "";

    *rc = SS_PLUGIN_FAILURE;
    if (p == NULL)
        return NULL;
    if (settings_read(&p->settings, slice_str(config), &p->message, &p->err) ==
        0)
        *rc = SS_PLUGIN_SUCCESS;
    return p;
}

/* The memory holds p itself: its arena is taken out first. */
void
plugin_destroy(ss_plugin_t *s)
{
    struct plugin *p = s;
    struct arena memory;

    if (p == NULL)
        return;
    memory = p->memory;
    arena_unmap(&memory);
}

const char *
plugin_get_last_error(ss_plugin_t *s)
{
    struct plugin *p = s;

    return p != NULL ? p->err.text : "no memory for the plugin";
}

/* p's own settings stay: the next open() may have no parameters. */
ss_instance_t *
plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct plugin *p = s;
    struct settings settings = p->settings;
    struct capture *c;

    *rc = SS_PLUGIN_FAILURE;
    if (params != NULL && params[0] != '\0' &&
        settings_socket(&settings, slice_str(params), &p->err) < 0)
        return NULL;
    c = capture_open(&settings, &p->counters, &p->err);
    if (c != NULL)
        *rc = SS_PLUGIN_SUCCESS;
    return c;
}

void
plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    (void)s;
    capture_close(h);
}

/* One suggestion: the socket that open() takes when it is given none. */
const char *
plugin_list_open_params(ss_plugin_t *s, ss_plugin_rc *rc)
{
    struct plugin *p = s;
    struct buf *b = &p->open_params;

    b->n = 0;
    buf_put(b, SLICE("[{\"value\":"));
    buf_json(b, slice_str(p->settings.socket));
    buf_put(b, SLICE(",\"desc\":\"the socket that records are sent to\"}]"));
    buf_byte(b, '\0');
    *rc = b->full ? SS_PLUGIN_FAILURE : SS_PLUGIN_SUCCESS;
    return b->full ? "[]" : b->p;
}

/* Without events the counts are 0 as well, or Falco would take those of the
 * batch before once more. */
ss_plugin_rc
plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts,
                  ss_plugin_event ***evts)
{
    (void)s;
    *nevts = capture_next(h, evts);
    return *nevts > 0 ? SS_PLUGIN_SUCCESS : SS_PLUGIN_TIMEOUT;
}

/*
 * Reads the record of an event; false when it is none of ours.  Each rule
 * asks again for the same one, so the last is kept, and told by its bytes:
 * numbers of events and their places in memory come again.
 */
static bool
read_record(struct plugin *p, const ss_plugin_event_input *evt)
{
    struct slice line;

    if (!batch_payload(evt->evt, &line) || line.n > MESSAGE_MAX_BYTES)
        return false;
    if (p->payload.n > 0 && slice_eq(line, buf_slice(&p->payload)))
        return true;
    p->payload.n = 0;
    if (message_read(&p->message, line) < 0)
        return false;
    buf_put(&p->payload, line);
    return true;
}

/* All values of a request live until the next one; a missing one is no
 * failure, only an event that is not ours. */
ss_plugin_rc
plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                      const ss_plugin_field_extract_input *in)
{
    struct plugin *p = s;
    bool known = read_record(p, evt);

    arena_reset(&p->values, 0);
    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = 0;
        if (known)
            fields_extract(&p->message, &p->values, &in->fields[i]);
    }
    return known ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

const char *
plugin_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt)
{
    struct plugin *p = s;

    arena_reset(&p->text, 0);
    return read_record(p, evt) ? fields_summary(&p->message, &p->text)
                               : "not a record of tfdrift";
}

/* Another thread of Falco may ask: counters are atomic, each by itself. */
ss_plugin_metric *
plugin_get_metrics(ss_plugin_t *s, uint32_t *n)
{
    struct plugin *p = s;

#define COUNTER(name_, kind)                                             \
    p->metric[METRIC_##name_] =                                          \
        (ss_plugin_metric){.name = #name_,                               \
                           .type = SS_PLUGIN_METRIC_TYPE_##kind,         \
                           .value.u64 = atomic_load(&p->counters.name_), \
                           .value_type = SS_PLUGIN_METRIC_VALUE_TYPE_U64};
#include "falco/counters.def"
#undef COUNTER
    *n = METRIC_COUNT;
    return p->metric;
}
