#ifndef FALCO_PLUGIN_H
#define FALCO_PLUGIN_H

/*
 * The plugin as Falco sees it: event source and field extraction of plugin
 * API 3 (falcosecurity/libs, userspace/plugin/plugin_api.h, which says what
 * each function is for).  Nothing else is exported, and nothing is kept
 * outside of what init() and open() return: Falco makes a second plugin
 * while the first one is open, when it reloads its rules.
 */

#include <plugin/plugin_api.h>

#define PLUGIN_EXPORT __attribute__((visibility("default")))

/* The oldest API that has all we use: any 3.x host takes us. */
#define PLUGIN_API "3.0.0"

PLUGIN_EXPORT const char *plugin_get_required_api_version(void);
PLUGIN_EXPORT const char *plugin_get_name(void);
PLUGIN_EXPORT const char *plugin_get_description(void);
PLUGIN_EXPORT const char *plugin_get_contact(void);
PLUGIN_EXPORT const char *plugin_get_version(void);
PLUGIN_EXPORT const char *plugin_get_init_schema(ss_plugin_schema_type *type);

/* A plugin is returned also when its init_config is wrong, for its error;
 * NULL only when there is no memory. */
PLUGIN_EXPORT ss_plugin_t *plugin_init(const ss_plugin_init_input *in,
                                       ss_plugin_rc *rc);
PLUGIN_EXPORT void plugin_destroy(ss_plugin_t *s);
PLUGIN_EXPORT const char *plugin_get_last_error(ss_plugin_t *s);

PLUGIN_EXPORT uint32_t plugin_get_id(void);
PLUGIN_EXPORT const char *plugin_get_event_source(void);

/* The parameters name another socket than init_config; empty: the same. */
PLUGIN_EXPORT ss_instance_t *plugin_open(ss_plugin_t *s, const char *params,
                                         ss_plugin_rc *rc);
PLUGIN_EXPORT void plugin_close(ss_plugin_t *s, ss_instance_t *h);
PLUGIN_EXPORT const char *plugin_list_open_params(ss_plugin_t *s,
                                                  ss_plugin_rc *rc);

/* Never fails: bad lines and lost connections are only counted. */
PLUGIN_EXPORT ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h,
                                             uint32_t *nevts,
                                             ss_plugin_event ***evts);
PLUGIN_EXPORT const char *
plugin_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt);

PLUGIN_EXPORT const char *plugin_get_fields(void);
PLUGIN_EXPORT ss_plugin_rc
plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                      const ss_plugin_field_extract_input *in);

PLUGIN_EXPORT ss_plugin_metric *plugin_get_metrics(ss_plugin_t *s, uint32_t *n);

#endif
