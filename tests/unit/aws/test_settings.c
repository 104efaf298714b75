/*
 * What the environment and the shared files say about region, endpoints and
 * profiles, and which of them wins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "aws/client.h"
#include "net/net.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define NAMES_MAX 8

static struct arena arena;
static struct net *net;
static char folder[64], path[96];

static const char config[] = "[default]\n"
                             "region = eu-west-1\n"
                             "endpoint_url = http://all.config\n"
                             "[profile prod]\n"
                             "region = eu-west-2\n"
                             "services = s\n"
                             "use_fips_endpoint = true\n"
                             "[profile runs]\n"
                             "source_profile = runner\n"
                             "role_arn = r\n"
                             "[profile runner]\n"
                             "credential_process = /bin/x\n"
                             "[services s]\n"
                             "cloudtrail =\n"
                             "  endpoint_url = http://trail.config\n";

/* The environment of a row: "NAME=value" each. */
static const char *const *environment;

static const char *
get(void *ctx, const char *name)
{
    size_t n = strlen(name);

    (void)ctx;
    if (strcmp(name, "AWS_CONFIG_FILE") == 0)
        return path;
    for (size_t i = 0; i < NAMES_MAX && environment[i] != NULL; i++)
        if (strncmp(environment[i], name, n) == 0 && environment[i][n] == '=')
            return environment[i] + n + 1;
    return NULL;
}

#define TRAIL ENDPOINT_CLOUDTRAIL

static const struct {
    const char *environment[NAMES_MAX];
    const char *profile; /* of the client */
    const char *region;
    enum endpoint_service service;
    const char *base; /* for eu-north-1 */
} rows[] = {
    {{NULL}, "", "eu-west-1", TRAIL, "http://all.config"},
    {{"AWS_REGION=a", "AWS_DEFAULT_REGION=b"},
     "",
     "a",
     TRAIL,
     "http://all.config"},
    {{"AWS_DEFAULT_REGION=b"}, "prod", "b", TRAIL, "http://trail.config"},
    {{"AWS_PROFILE=prod"},
     "",
     "eu-west-2",
     ENDPOINT_STS,
     "https://sts-fips.eu-north-1.amazonaws.com"},
    {{"AWS_PROFILE=default"},
     "prod",
     "eu-west-2",
     TRAIL,
     "http://trail.config"},
    {{"AWS_ENDPOINT_URL=http://all.env"},
     "prod",
     "eu-west-2",
     TRAIL,
     "http://all.env"},
    {{"AWS_ENDPOINT_URL=http://all.env",
      "AWS_ENDPOINT_URL_CLOUDTRAIL=http://trail.env"},
     "",
     "eu-west-1",
     TRAIL,
     "http://trail.env"},
    {{"AWS_ENDPOINT_URL_DYNAMODB=http://d.env"},
     "prod",
     "eu-west-2",
     ENDPOINT_DYNAMODB,
     "http://d.env"},
    {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true",
      "AWS_ENDPOINT_URL=http://all.env"},
     "",
     "eu-west-1",
     TRAIL,
     "https://cloudtrail.eu-north-1.amazonaws.com"},
    {{"AWS_USE_DUALSTACK_ENDPOINT=True", "AWS_USE_FIPS_ENDPOINT=false"},
     "prod",
     "eu-west-2",
     ENDPOINT_STS,
     "https://sts.eu-north-1.api.aws"},
    {{NULL}, "missing", "", ENDPOINT_S3, "https://s3.eu-north-1.amazonaws.com"},
};

static int
setup(void **state)
{
    const struct net_env env = {get, NULL};
    static const char *const none[] = {NULL};
    FILE *f;

    (void)state;
    environment = none;
    snprintf(folder, sizeof(folder), "/tmp/test_settings.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/config", folder);
    f = fopen(path, "w");
    if (f == NULL || fputs(config, f) < 0 || fclose(f) != 0 ||
        arena_map(&arena, 64u << 20) != 0)
        return -1;
    return net_init(&net, &env, 1, &arena, NULL);
}

static int
teardown(void **state)
{
    (void)state;
    net_close(net);
    arena_unmap(&arena);
    unlink(path);
    return rmdir(folder);
}

static struct aws_client *
open_client(struct aws **aws, const char *profile)
{
    const struct aws_options o = {.net = net, .env = {get, NULL}};
    const struct aws_identity who = {.profile = slice_str(profile)};
    struct aws_client *c = NULL;
    struct err e = {0};

    assert_int_equal(aws_open(aws, &o, &arena, NULL), 0);
    if (aws_client_open(&c, *aws, &who, &arena, &e) != 0) {
        print_error("%s\n", e.text);
        fail();
    }
    return c;
}

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        size_t mark = arena_mark(&arena);
        struct aws_client *c;
        struct slice base;
        struct aws *aws;

        environment = rows[i].environment;
        c = open_client(&aws, rows[i].profile);
        assert_int_equal(client_endpoint(c, rows[i].service,
                                         SLICE("eu-north-1"), SLICE(""), &base,
                                         NULL),
                         0);
        if (!slice_eq(base, slice_str(rows[i].base)) ||
            !slice_eq(aws_client_region(c), slice_str(rows[i].region))) {
            print_error("row %zu: got %.*s in %.*s\n", i, SLICE_FMT(base),
                        SLICE_FMT(aws_client_region(c)));
            fail();
        }
        /* What a call says itself goes before everything. */
        assert_int_equal(client_endpoint(c, rows[i].service, SLICE("x"),
                                         SLICE("http://own"), &base, NULL),
                         0);
        assert_true(slice_eq(base, SLICE("http://own")));
        aws_client_close(c);
        aws_close(aws);
        arena_reset(&arena, mark);
    }
}

static void
test_commands(void **state)
{
    static const char *const profiles[] = {"default", "prod", "runs", "runner"};
    static const char *const none[NAMES_MAX] = {NULL};

    (void)state;
    environment = none;
    for (size_t i = 0; i < LENGTH(profiles); i++) {
        struct aws *aws;
        struct aws_client *c = open_client(&aws, profiles[i]);

        assert_true(aws_runs_commands(aws) == (i >= 2));
        aws_client_close(c);
        aws_close(aws);
    }
}

/* A file that is none is an error that says where, and not what. */
static void
test_malformed(void **state)
{
    const struct aws_options o = {.net = net, .env = {get, NULL}};
    const struct aws_identity who = {.profile = SLICE("")};
    struct aws_client *c;
    struct aws *aws;
    struct err e;
    FILE *f = fopen(path, "w");

    (void)state;
    assert_non_null(f);
    fputs("[default]\nmy secret\n", f);
    fclose(f);
    assert_int_equal(aws_open(&aws, &o, &arena, NULL), 0);
    assert_int_equal(aws_client_open(&c, aws, &who, &arena, &e), ERR_CONFIG);
    assert_non_null(strstr(e.text, "/config:2: "));
    assert_null(strstr(e.text, "secret"));
    aws_close(aws);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_malformed),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
