/* Each type of value, good and bad; defaults; where each value ends up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "agent/config_option.h"
#include "agent/config_type.h"
#include "base/log.h"
#include "config_case.h"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

/* A key, the rest of its section, and values it takes and does not take. */
static const struct {
    const char *head, *key;
    const char *good[12], *bad[14];
    const char *allowed;
} types[] = {
    {"[agent]",
     "sandbox",
     {"on", "off", "true", "false", "yes", "no", "ON"},
     {"", "1", "enabled", "on off", "y"},
     "on, off, true, false, yes, no"},
    {"[agent]",
     "workers",
     {"0", "1", "64", "007"},
     {"", "65", "-1", "1.5", "0x1", "1K", "99999999999999999999", "a"},
     "a number from 0 to 64"},
    {"[agent]",
     "memory",
     {"8M", "64m", "8388608", "8192K", "64G"},
     {"", "0", "7M", "8 M", "65G", "M", "8MB", "8T", "-8M", "17179869184G",
      "18446744073709551615G"},
     "a size from 8M to 64G (bytes, K, M or G)"},
    {"[verify]",
     "delay",
     {"0", "0s", "1ms", "60s", "1m", "1S"},
     {"", "1", "61s", "2m", "1h", "s", "1 s", "1d", "0x", "-1s",
      "18446744073709551615h"},
     "a time from 0 to 1m (ms, s, m or h)"},
    {"[source \"a\"]\ntype = cloudtrail\nregions = eu-west-1",
     "interval",
     {"100ms", "1h", "60m"},
     {"99ms", "61m", "0", "3600001ms"},
     "a time from 100ms to 1h (ms, s, m or h)"},
    {"[filter]",
     "unmanaged",
     {"create", "all", "off", "ALL"},
     {"", "on", "create all", "creat"},
     "create, all, off"},
    {"[filter]",
     "terraform_user_agents",
     {"", "x", "a*, b?", " a , b "},
     {",", "a,", ",a", "a,,b", " , "},
     "0 to 64 globs (* and ?) with commas between"},
    {"[source \"a\"]\ntype = cloudtrail",
     "regions",
     {"us-east-1", "us-gov-west-1,cn-north-1", "ap-southeast-12"},
     {"", "us-east1", "US-EAST-1", "us-east-", "us-1", "us--1", "-east-1",
      "us-east-123", "us-east-1;x", "us-east-1 eu-west-1"},
     "1 to 64 regions such as us-east-1 with commas between"},
    {"[agent]",
     "listen",
     {"", "127.0.0.1:9465", "0.0.0.0:1", "[::1]:65535", "[fe80::1]:80"},
     {"localhost:80", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
      "127.0.0.1:65536", "1.2.3:80", "::1:80", "[::1]", "[::1]80",
      "[127.0.0.1]:80", "127.0.0.1:8o"},
     "IPV4:PORT or [IPV6]:PORT, or empty"},
    {"[source \"a\"]\ntype = cloudtrail\nregions = eu-west-1",
     "endpoint",
     {"", "http://x", "https://a.b:8443/c?d=e"},
     {"x", "ftp://x", "https://", "http:///x", "http://:80", "https://a b",
      "HTTPS://x", "https://\xc3\xa9"},
     "http://HOST or https://HOST with port and path, 0 to 2048 bytes"},
    {"[source \"a\"]\ntype = cloudtrail\nregions = eu-west-1",
     "role_arn",
     {"", "arn:aws:iam::123456789012:role/a", "arn:aws-us-gov:iam::1:role/b:c"},
     {"role/a", "arn:aws:iam::123456789012:", "arn:aws:iam", "arn:x:a:b:c:d",
      "arn:aws:iam::1:role/a b"},
     "an ARN such as arn:aws:iam::123456789012:role/NAME, 0 to 2048 bytes"},
    {"[state \"a\"]\ntype = local\npath = x",
     "account",
     {"", "123456789012", "000000000000"},
     {"12345678901", "1234567890123", "1234-5678-90", "12345678901x"},
     "the 12 digits of an account, or empty"},
    {"[state \"a\"]\ntype = s3\nbucket = b\nkey = k",
     "region",
     {"us-east-1"},
     {"", "us", "us-east-1, eu-west-1"},
     "a region such as us-east-1"},
    {"[map]",
     "include",
     {"", "a.map", "/etc/*.map", "*.map", "/a b/?.map, c.map"},
     {"/e*c/x.map", "a?/x", ",", "*/x, a"},
     "0 to 64 paths with commas between, * and ? only after the last /"},
};

static void
put_value(struct buf *b, size_t row, const char *value)
{
    b->n = 0;
    buf_fmt(b, "%s\n%s = %s\n", types[row].head, types[row].key, value);
}

/* The line of the key, which is the last one. */
static int
last_line(struct slice text)
{
    int n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n;
}

static void
every_type(void **state)
{
    char text[512], want[768], head[64];
    struct buf b = buf_over(text, sizeof(text));
    bool seen[CONFIG_TYPES] = {false};

    (void)state;
    for (size_t i = 0; i < ROWS(types); i++) {
        size_t end = slice_chr(slice_str(types[i].head), ']');

        snprintf(head, sizeof(head), "%.*s", (int)end + 1, types[i].head);
        for (size_t j = 0; types[i].good[j] != NULL; j++) {
            put_value(&b, i, types[i].good[j]);
            case_says(buf_slice(&b), NULL, NULL);
        }
        for (size_t j = 0; types[i].bad[j] != NULL; j++) {
            struct slice bad = text_trim(slice_str(types[i].bad[j]));
            char shown[128];
            struct buf s = buf_over(shown, sizeof(shown));

            put_value(&b, i, types[i].bad[j]);
            log_quote(&s, bad);
            snprintf(want, sizeof(want),
                     "t.ini:%d: %s %s: bad value %.*s; allowed: %s",
                     last_line(buf_slice(&b)), head, types[i].key,
                     SLICE_FMT(buf_slice(&s)), types[i].allowed);
            case_says(buf_slice(&b), NULL, want);
        }
        for (size_t k = 0; k < CONFIG_KINDS; k++) {
            const struct config_option *o = config_option_find(
                (enum config_kind)k, slice_str(types[i].key));

            if (o != NULL)
                seen[o->type] = true;
        }
    }
    /* Texts, headers and choices with long lists are in test_config.c. */
    seen[CONFIG_TYPE_TEXT] = seen[CONFIG_TYPE_HEADER] = true;
    for (size_t t = 0; t < CONFIG_TYPES; t++)
        if (!seen[t])
            fail_msg("no rows for type %zu", t);
}

static void
defaults(void **state)
{
    struct config_case c;
    const struct config *f = &c.config;

    (void)state;
    case_open(&c, SLICE(""), NULL);
    assert_int_equal(c.code, 0);
    assert_true(slice_eq(f->agent.name, SLICE("tfdrift")));
    assert_int_equal(f->agent.memory_bytes, 64u << 20);
    assert_int_equal(f->agent.workers, 0);
    assert_string_equal(f->agent.checkpoint.p, "/var/lib/tfdrift/checkpoint");
    assert_string_equal(f->agent.listen.host.p, "127.0.0.1");
    assert_int_equal(f->agent.listen.port, 9465);
    assert_int_equal(f->agent.log_level, LOG_INFO);
    assert_int_equal(f->agent.log_format, CONFIG_LOG_TEXT);
    assert_true(f->agent.sandbox);
    assert_int_equal(f->verify.attempts, 3);
    assert_int_equal(f->verify.delay_ms, 1000);
    assert_int_equal(f->verify.lock_wait_ms, 600000);
    assert_int_equal(f->rules.filter.unmanaged, FILTER_CREATE);
    assert_int_equal(f->rules.filter.n_terraform, 2);
    assert_string_equal(f->rules.filter.terraform[0].p, "*Terraform*");
    assert_string_equal(f->rules.filter.terraform[1].p, "*OpenTofu*");
    assert_false(f->rules.filter.report_service_roles);
    assert_int_equal(f->rules.severity.preset, SEVERITY_WARNING);
    assert_int_equal(f->rules.severity.n, 0);
    assert_int_equal(f->rules.ignore.n, 0);
    assert_int_equal(f->map.include.n, 0);
    assert_int_equal(f->n_sources + f->n_states + f->n_ignores, 0);
    assert_int_equal(f->n_outputs, 1);
    assert_int_equal(f->outputs[0].type, CONFIG_OUTPUT_STDOUT);
    assert_int_equal(f->outputs[0].min_severity, SEVERITY_DEBUG);
    assert_int_equal(f->outputs[0].queue, 4096);
    assert_string_equal(f->outputs[0].head.name.p, "stdout");
    case_close(&c);
}

static const char everything[] =
    "[state \"net\"]\n"
    "bucket = b\nkey = env:/w/k.tfstate\ntype = s3\nregion = eu-west-1\n"
    "endpoint = http://127.0.0.1:9000\npath_style = yes\nlock_table = t\n"
    "lockfile = on\ncache_ttl = 90s\naccount = 123456789012\n"
    "role_arn = arn:aws:iam::123456789012:role/r\n"
    "[source \"prod\"]\ntype = cloudtrail\nregions = eu-west-1 , us-east-1\n"
    "interval = 5s\nlookback = 1h\noverlap = 0\nexternal_id = ${ID}\n"
    "profile = p\n"
    "[source \"file\"]\ntype = file\npath = $${x}/$y ;z\n"
    "[state \"edge\"]\ntype = local\npath = a;b.tfstate\n"
    "[ignore \"asg\"]\nattribute = desired_capacity, min_*\n"
    "type = aws_autoscaling_group\nuser_agent = *boto3*\n"
    "[ignore \"bots\"]\nuser = *bot*\n"
    "[severity]\naws_security_group*.* = critical\n"
    "*!delete = emergency\ndefault = notice\na?c = informational\n"
    "[filter]\nunmanaged = all\nservice_roles = report\n"
    "terraform_user_agents = *Pulumi*\n"
    "[output \"f\"]\ntype = falco\nsocket = /s\nmin_severity = error\n"
    "[output \"h\"]\ntype = http\nurl = https://h/x\n"
    "header = A: 1\nheader = B: ${ID}\ntimeout = 3s\nqueue = 7\n"
    "[agent]\nlisten = [::1]:80\nlog_level = error\nlog_format = json\n"
    "sandbox = off\ncheckpoint =\n";

static void
check_sources(const struct config *f)
{
    assert_int_equal(f->n_sources, 2);
    assert_int_equal(f->sources[0].head.line, 13);
    assert_int_equal(f->sources[0].regions.n, 2);
    assert_string_equal(f->sources[0].regions.p[0].p, "eu-west-1");
    assert_string_equal(f->sources[0].regions.p[1].p, "us-east-1");
    assert_int_equal(f->sources[0].interval_ms, 5000);
    assert_int_equal(f->sources[0].lookback_ms, 3600000);
    assert_int_equal(f->sources[0].overlap_ms, 0);
    assert_string_equal(f->sources[0].external_id.p, "id-7");
    assert_string_equal(f->sources[0].profile.p, "p");
    assert_int_equal(f->sources[1].type, CONFIG_SOURCE_FILE);
    assert_string_equal(f->sources[1].path.p, "${x}/$y");
    assert_true(
        slice_eq(config_type_text(&f->sources[0].head), SLICE("cloudtrail")));
    assert_true(slice_eq(config_type_text(&f->sources[1].head), SLICE("file")));
    assert_int_equal(config_type_text(&f->agent.head).n, 0);
}

static void
check_states(const struct config *f)
{
    const struct config_state *s = f->states;

    assert_int_equal(f->n_states, 2);
    assert_true(slice_eq(s->head.name, SLICE("net")));
    assert_string_equal(s->bucket.p, "b");
    assert_string_equal(s->key.p, "env:/w/k.tfstate");
    assert_string_equal(s->region.p, "eu-west-1");
    assert_string_equal(s->endpoint.p, "http://127.0.0.1:9000");
    assert_true(s->path_style && s->lockfile);
    assert_string_equal(s->lock_table.p, "t");
    assert_int_equal(s->cache_ttl_ms, 90000);
    assert_string_equal(s->account.p, "123456789012");
    assert_string_equal(s->role_arn.p, "arn:aws:iam::123456789012:role/r");
    assert_int_equal(s[1].type, CONFIG_STATE_LOCAL);
    assert_string_equal(s[1].path.p, "a;b.tfstate");
}

static void
check_rules(const struct config *f)
{
    const struct ignore_rule *r = f->rules.ignore.rule;
    const struct severity_rule *s = f->rules.severity.rule;

    assert_int_equal(f->rules.ignore.n, 2);
    assert_string_equal(r[0].name.p, "asg");
    assert_int_equal(r[0].attribute.n, 2);
    assert_string_equal(r[0].attribute.p[1].p, "min_*");
    assert_string_equal(r[0].key[IGNORE_TYPE].p[0].p, "aws_autoscaling_group");
    assert_string_equal(r[0].key[IGNORE_USER_AGENT].p[0].p, "*boto3*");
    assert_int_equal(r[0].key[IGNORE_USER].n, 0);
    assert_string_equal(r[1].key[IGNORE_USER].p[0].p, "*bot*");
    assert_int_equal(f->rules.severity.n, 3);
    assert_string_equal(s[0].pattern.p, "aws_security_group*.*");
    assert_int_equal(s[0].level, SEVERITY_CRITICAL);
    assert_int_equal(s[1].level, SEVERITY_EMERGENCY);
    assert_int_equal(s[2].level, SEVERITY_INFORMATIONAL);
    assert_int_equal(f->rules.severity.preset, SEVERITY_NOTICE);
    assert_int_equal(f->rules.filter.unmanaged, FILTER_ALL);
    assert_true(f->rules.filter.report_service_roles);
    assert_int_equal(f->rules.filter.n_terraform, 1);
}

static void
members(void **state)
{
    static const char *const env[] = {"ID", "id-7", NULL};
    struct config_case c;
    const struct config *f = &c.config;

    (void)state;
    case_open(&c, slice_str(everything), env);
    if (c.code != 0)
        fail_msg("%s", c.err.text);
    check_sources(f);
    check_states(f);
    check_rules(f);
    assert_int_equal(f->n_outputs, 2);
    assert_string_equal(f->outputs[0].socket.p, "/s");
    assert_int_equal(f->outputs[0].min_severity, SEVERITY_ERROR);
    assert_string_equal(f->outputs[1].url.p, "https://h/x");
    assert_int_equal(f->outputs[1].header.n, 2);
    assert_string_equal(f->outputs[1].header.p[0].p, "A: 1");
    assert_string_equal(f->outputs[1].header.p[1].p, "B: id-7");
    assert_int_equal(f->outputs[1].timeout_ms, 3000);
    assert_int_equal(f->outputs[1].queue, 7);
    assert_string_equal(f->agent.listen.host.p, "::1");
    assert_int_equal(f->agent.listen.port, 80);
    assert_int_equal(f->agent.log_level, LOG_ERROR);
    assert_int_equal(f->agent.log_format, CONFIG_LOG_JSON);
    assert_false(f->agent.sandbox);
    assert_int_equal(f->agent.checkpoint.n, 0);
    case_close(&c);
}

/* AWS_REGION stands in for regions that are not given, as in every SDK. */
static void
region_of_the_environment(void **state)
{
    static const char *const env[] = {"AWS_REGION", "eu-north-1", NULL};
    static const char *const bad[] = {"AWS_REGION", "north", NULL};
    struct slice text = SLICE("[source \"a\"]\ntype = cloudtrail\n"
                              "[state \"b\"]\ntype=s3\nbucket=b\nkey=k\n");
    struct config_case c;

    (void)state;
    case_open(&c, text, env);
    assert_int_equal(c.code, 0);
    assert_string_equal(c.config.sources[0].regions.p[0].p, "eu-north-1");
    assert_string_equal(c.config.states[0].region.p, "eu-north-1");
    case_close(&c);
    case_says(text, bad,
              "t.ini:1: [source \"a\"] regions: bad value north; allowed: 1 to "
              "64 regions such as us-east-1 with commas between");
    /* What is not used is not looked at. */
    case_says(SLICE("[source \"a\"]\ntype = file\npath = x\n"), bad, NULL);
}

/* The words of a choice and the enum behind it. */
static void
priorities(void **state)
{
    char text[64];

    (void)state;
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        struct config_case c;
        int n = snprintf(text, sizeof(text), "[severity]\ndefault = %.*s",
                         SLICE_FMT(severity_text((enum severity)i)));

        case_open(&c, slice_of(text, (size_t)n), NULL);
        assert_int_equal(c.code, 0);
        assert_int_equal(c.config.severity.preset, i);
        case_close(&c);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(defaults),
        cmocka_unit_test(members),
        cmocka_unit_test(region_of_the_environment),
        cmocka_unit_test(priorities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
