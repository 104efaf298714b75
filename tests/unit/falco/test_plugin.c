/* The plugin without its socket: what it says of itself, its init_config,
 * and the fields of a record. */
#include "host.h"

#include "falco/batch.h"

static const char record[] =
    "{\"timestamp\":\"2025-12-06T07:30:00Z\",\"service\":\"ec2\","
    "\"event\":\"ModifyInstanceAttribute\",\"resource\":\"i-1\","
    "\"changes\":{\"instance_type\":[\"t3.micro\",\"t3.small\"],"
    "\"tags.Env\":[null,\"a\"],\"root_block_device[0].encrypted\":[true,false],"
    "\"ebs_block_device[1].encrypted\":[true,null],\"size\":[8,1.5e3],"
    "\"names\":[[],[\"a\\\"b\",{\"c\":null}]],\"odd\":[1],\"text\":\"x\"},"
    "\"user\":\"arn:aws:iam::1:user/\\u00e9va\",\"source_ip\":\"203.0.113.1\","
    "\"user_agent\":\"a\\nb\\u0000c\\u2028d\\\"e\\\\f\",\"kind\":\"drift\","
    "\"action\":\"update\",\"severity\":\"warning\",\"type\":\"aws_instance\","
    "\"address\":null,\"state\":\"network\",\"account\":\"1\","
    "\"region\":\"\",\"event_id\":\"e\",\"id\":\"e:0\","
    "\"hidden\":[\"ebs_block_device[1].encrypted\"],\"detail\":false,"
    "\"more\":12}";

static const struct row {
    const char *line, *field, *want;
} rows[] = {
    {record, "tfdrift.timestamp", "2025-12-06T07:30:00Z"},
    {record, "tfdrift.service", "ec2"},
    {record, "tfdrift.event", "ModifyInstanceAttribute"},
    {record, "tfdrift.event_id", "e"},
    {record, "tfdrift.resource", "i-1"},
    {record, "tfdrift.user", "arn:aws:iam::1:user/\xc3\xa9va"},
    {record, "tfdrift.sourceip", "203.0.113.1"},
    {record, "tfdrift.source_ip", "203.0.113.1"},
    {record, "tfdrift.net", "4 bytes"},
    {record, "tfdrift.useragent",
     "a\xef\xbf\xbd"
     "b\xef\xbf\xbd"
     "c\xef\xbf\xbd"
     "d\"e\\f"},
    {record, "tfdrift.kind", "drift"},
    {record, "tfdrift.severity", "warning"},
    {record, "tfdrift.address", "<NA>"},
    {record, "tfdrift.region", ""},
    {record, "tfdrift.role", "<NA>"},
    {record, "tfdrift.id", "e:0"},
    {record, "tfdrift.identity", "<NA>"},
    {record, "tfdrift.detail", "false"},
    {record, "tfdrift.state_locked", "false"},
    {record, "tfdrift.state", "network"},
    {record, "tfdrift.more", "12"},
    {record, "tfdrift.hidden", "ebs_block_device[1].encrypted"},
    {record, "tfdrift.attributes",
     "instance_type|tags.Env|root_block_device[0].encrypted|"
     "ebs_block_device[1].encrypted|size|names|odd|text"},
    {record, "tfdrift.change[instance_type]", "t3.micro->t3.small"},
    {record, "tfdrift.old[instance_type]", "t3.micro"},
    {record, "tfdrift.new[instance_type]", "t3.small"},
    {record, "tfdrift.change[instance]", "<NA>"},
    {record, "tfdrift.change[]", "<NA>"},
    {record, "tfdrift.change[tags.Env]", "null->a"},
    {record, "tfdrift.old[tags.Env]", "<NA>"},
    {record, "tfdrift.new[tags.Env]", "a"},
    {record, "tfdrift.change[size]", "8->1.5e3"},
    {record, "tfdrift.new[names]", "[\"a\\\"b\",{\"c\":null}]"},
    {record, "tfdrift.old[names]", "[]"},
    {record, "tfdrift.change[odd]", "1->null"},
    {record, "tfdrift.change[text]", "null->null"},
    {record, "tfdrift.new[root_block_device.0.encrypted]", "false"},
    {record, "tfdrift.new[*.encrypted]", "false"},
    {record, "tfdrift.old[*.encrypted]", "true; true"},
    {record, "tfdrift.change[*block_device.?.encrypted]",
     "true->false; true->null"},
    {"{\"kind\":\"drift\",\"id\":\"e\"}", "tfdrift.changes", "<NA>"},
    {"{\"kind\":\"drift\",\"id\":\"e\"}", "tfdrift.attributes", "<NA>"},
    {"{\"kind\":\"drift\",\"id\":\"e\"}", "tfdrift.change[a]", "<NA>"},
    {"{\"kind\":\"drift\",\"id\":\"e\"}", "tfdrift.detail", "true"},
    {"{\"kind\":\"drift\",\"id\":\"e\"}", "tfdrift.more", "0"},
    {"{\"kind\":\"drift\",\"id\":\"e\"}", "tfdrift.net", "<NA>"},
    {"{\"changes\":{}}", "tfdrift.attributes", "<NA>"},
    {"{\"changes\":[1,2]}", "tfdrift.change[*]", "<NA>"},
    {"{\"changes\":{\"a\":[1,2],\"b\":[\"x\",null]}}", "tfdrift.changes",
     "a: 1->2|b: x->null"},
    {"{\"state_locked\":true}", "tfdrift.state_locked", "true"},
    {"{\"state_locked\":\"true\"}", "tfdrift.state_locked", "false"},
    {"{\"source_ip\":\"2001:db8::1\"}", "tfdrift.net", "16 bytes"},
    {"{\"source_ip\":\"ec2.amazonaws.com\"}", "tfdrift.net", "<NA>"},
    {"{\"user\":\"\xff\xc3\"}", "tfdrift.user", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"{\"user\":{\"a\":1}}", "tfdrift.user", "{\"a\":1}"},
    {"{\"kind\":\"unmanaged\",\"action\":\"create\",\"address\":null,"
     "\"resource\":\"/g\",\"user\":\"u\",\"source_ip\":\"1.2.3.4\"}",
     "tfdrift.summary", "unmanaged create /g by u from 1.2.3.4"},
    {"{\"kind\":\"drift\",\"action\":\"update\",\"address\":\"a.b\","
     "\"changes\":{\"x\":[1,2],\"y\":[null,\"z\"]}}",
     "tfdrift.summary", "drift update a.b: x 1->2, y null->z by  from "},
    {"{\"changes\":{\"policy\":[\"{ \\n\\\"A\\\" : [ 1 ] }\",\"[x]\"]}}",
     "tfdrift.change[policy]", "{\"A\":[1]}->[x]"},
    {"not json", "tfdrift.kind", "<NA>"},
    {"", "tfdrift.kind", "<NA>"},
};

/* An event as a capture file may have it. */
static ss_plugin_event *
event_of(const char *payload)
{
    static char out[1 << 17];
    size_t n = strlen(payload);
    uint32_t words[3] = {4, (uint32_t)n, plugin_get_id()};
    ss_plugin_event header = {.ts = 1,
                              .tid = 1,
                              .len = (uint32_t)(38 + n),
                              .type = 322,
                              .nparams = 2};

    memcpy(out, &header, sizeof(header));
    memcpy(out + 26, words, sizeof(words));
    memcpy(out + 38, payload, n);
    return (ss_plugin_event *)(void *)out;
}

static struct host
plain_host(void)
{
    struct host host;
    ss_plugin_rc rc;

    host_name(&host, "none");
    host.s = host_init("", &rc);
    assert_int_equal(rc, SS_PLUGIN_SUCCESS);
    return host;
}

static void
values(void **state)
{
    struct host host = plain_host();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *got =
            host_field(&host, event_of(rows[i].line), rows[i].field);

        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s of %.60s\ngot  %s\nwant %s", rows[i].field,
                     rows[i].line, got, rows[i].want);
    }
    plugin_destroy(host.s);
}

/* Many at once, as Falco may ask for them: all values stay until the next
 * request. */
static void
many_values(void **state)
{
    static const char *const names[] = {"tfdrift.kind", "tfdrift.user",
                                        "tfdrift.attributes", "tfdrift.net"};
    static const char *const want[] = {
        "drift", "arn:aws:iam::1:user/\xc3\xa9va",
        ("instance_type|tags.Env|root_block_device[0].encrypted|"
         "ebs_block_device[1].encrypted|size|names|odd|text"),
        "4 bytes"};
    struct host host = plain_host();
    ss_plugin_extract_field f[200] = {{.field_id = 0}};
    ss_plugin_field_extract_input in = {.num_fields = 200, .fields = f};
    ss_plugin_event_input evt = {.evt = event_of(record)};
    char text[512];

    (void)state;
    for (size_t i = 0; i < 200; i++)
        host_field_named(slice_str(names[i % 4]), &f[i]);
    assert_int_equal(plugin_extract_fields(host.s, &evt, &in),
                     SS_PLUGIN_SUCCESS);
    for (size_t i = 0; i < 200; i++) {
        host_value(&f[i], text, sizeof(text));
        assert_string_equal(text, want[i % 4]);
    }
    plugin_destroy(host.s);
}

/* More than fits: no value rather than half of one. */
static void
values_without_room(void **state)
{
    static char line[MESSAGE_MAX_BYTES + 1];
    struct host host = plain_host();
    ss_plugin_extract_field f[20] = {{.field_id = 0}};
    ss_plugin_field_extract_input in = {.num_fields = 20, .fields = f};
    ss_plugin_event_input evt;
    size_t n = (size_t)snprintf(line, sizeof(line), "{\"user\":\"");

    (void)state;
    memset(line + n, 0xff, sizeof(line) - n);
    memcpy(line + sizeof(line) - 3, "\"}", 3);
    evt = (ss_plugin_event_input){.evt = event_of(line)};
    for (size_t i = 0; i < 20; i++)
        host_field_named(SLICE("tfdrift.user"), &f[i]);
    assert_int_equal(plugin_extract_fields(host.s, &evt, &in),
                     SS_PLUGIN_SUCCESS);
    assert_int_equal(f[0].res_len, 1);
    assert_int_equal(strlen(f[0].res.str[0]), 3 * (sizeof(line) - 12));
    assert_int_equal(f[19].res_len, 0);
    plugin_destroy(host.s);
}

/* Events that are not ours, or are cut: nothing is read beyond them. */
static void
foreign_events(void **state)
{
    struct host host = plain_host();
    ss_plugin_extract_field f = {.field_id = 0};
    ss_plugin_field_extract_input in = {.num_fields = 1, .fields = &f};
    ss_plugin_event_input evt;

    (void)state;
    for (int i = 0; i < 5; i++) {
        ss_plugin_event *ev = event_of(record);
        uint32_t big = 0xffffff00u;

        ev->type = i == 0 ? 321 : 322;
        ev->nparams = i == 1 ? 3 : 2;
        ev->len = i == 2 ? 37 : ev->len;
        if (i >= 3)
            memcpy((char *)ev + (i == 3 ? 30 : 34), &big, sizeof(big));
        evt = (ss_plugin_event_input){.evt = ev};
        f.res_len = 77;
        assert_int_equal(plugin_extract_fields(host.s, &evt, &in),
                         SS_PLUGIN_FAILURE);
        assert_int_equal(f.res_len, 0);
        assert_string_equal(plugin_event_to_string(host.s, &evt),
                            "not a record of tfdrift");
    }
    f.field_id = 10000;
    evt = (ss_plugin_event_input){.evt = event_of(record)};
    plugin_extract_fields(host.s, &evt, &in);
    assert_int_equal(f.res_len, 0);
    plugin_destroy(host.s);
}

static const struct config_row {
    const char *config;
    ss_plugin_rc rc;
    const char *says; /* list_open_params, or a part of the error */
} configs[] = {
    {"", SS_PLUGIN_SUCCESS, "\"/run/tfdrift/falco.sock\""},
    {"{}", SS_PLUGIN_SUCCESS, "\"/run/tfdrift/falco.sock\""},
    {"{\"socket\":\"@a\",\"$comment\":\"x\"}", SS_PLUGIN_SUCCESS, "\"@a\""},
    {"{\"mode\":\"600\",\"group\":\"0\",\"queue\":128}", SS_PLUGIN_SUCCESS,
     "/run"},
    {"{\"group\":65532}", SS_PLUGIN_SUCCESS, "/run"},
    {"{\"group\":\"root\",\"queue\":\"16384\"}", SS_PLUGIN_SUCCESS, "/run"},
    {"{\"socket\":\"\"}", SS_PLUGIN_FAILURE, "socket"},
    {"{\"socket\":\"a\\u0000b\"}", SS_PLUGIN_FAILURE, "socket"},
    {"{\"mode\":\"0888\"}", SS_PLUGIN_FAILURE, "mode"},
    {"{\"mode\":\"rw\"}", SS_PLUGIN_FAILURE, "mode"},
    {"{\"mode\":\"\"}", SS_PLUGIN_FAILURE, "mode"},
    {"{\"mode\":\"7777\"}", SS_PLUGIN_FAILURE, "mode"},
    {"{\"group\":-1}", SS_PLUGIN_FAILURE, "-1"},
    {"{\"group\":\"no such group\"}", SS_PLUGIN_FAILURE, "no such group"},
    {"{\"queue\":127}", SS_PLUGIN_FAILURE, "queue"},
    {"{\"queue\":16385}", SS_PLUGIN_FAILURE, "queue"},
    {"{\"queue\":1e3}", SS_PLUGIN_FAILURE, "queue"},
    {"{\"queue\":99999999999999999999}", SS_PLUGIN_FAILURE, "queue"},
    {"{\"sockets\":\"x\"}", SS_PLUGIN_FAILURE, "sockets"},
    {"[]", SS_PLUGIN_FAILURE, "not a JSON object"},
    {"{\"socket\":", SS_PLUGIN_FAILURE, "not a JSON object"},
};

static void
init_configs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(configs) / sizeof(*configs); i++) {
        ss_plugin_rc rc, list_rc;
        ss_plugin_t *s = host_init(configs[i].config, &rc);
        const char *said = rc == SS_PLUGIN_SUCCESS
                               ? plugin_list_open_params(s, &list_rc)
                               : plugin_get_last_error(s);

        if (rc != configs[i].rc || strstr(said, configs[i].says) == NULL)
            fail_msg("%s: rc %d, %s", configs[i].config, rc, said);
        plugin_destroy(s);
    }
}

static void
long_socket_name(void **state)
{
    char config[256];
    ss_plugin_rc rc;

    (void)state;
    for (int n = 107; n <= 108; n++) {
        ss_plugin_t *s;

        snprintf(config, sizeof(config), "{\"socket\":\"/%0*d\"}", n - 1, 0);
        s = host_init(config, &rc);
        assert_int_equal(rc, n == 107 ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE);
        plugin_destroy(s);
    }
}

static void
identity(void **state)
{
    ss_plugin_schema_type type = SS_PLUGIN_SCHEMA_NONE;

    (void)state;
    assert_string_equal(plugin_get_name(), "tfdrift");
    assert_string_equal(plugin_get_event_source(), "tfdrift");
    assert_int_equal(plugin_get_id(), 999);
    assert_string_equal(plugin_get_required_api_version(), "3.0.0");
    assert_string_not_equal(plugin_get_description(), "");
    assert_string_not_equal(plugin_get_contact(), "");
    assert_non_null(strchr(plugin_get_version(), '.'));
    assert_non_null(strstr(plugin_get_init_schema(&type), "\"socket\""));
    assert_int_equal(type, SS_PLUGIN_SCHEMA_JSON);
    assert_string_not_equal(plugin_get_last_error(NULL), "");
    plugin_destroy(NULL);
    plugin_close(NULL, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(values),
        cmocka_unit_test(many_values),
        cmocka_unit_test(values_without_room),
        cmocka_unit_test(foreign_events),
        cmocka_unit_test(init_configs),
        cmocka_unit_test(long_socket_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
