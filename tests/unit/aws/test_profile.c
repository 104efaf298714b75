/* The shared files: what is found in them, and what is no such file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/profile.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static const char config[] = "# a comment\n"
                             "[default]\n"
                             "region = eu-west-1\n"
                             "output=json   ; what people like\n"
                             "s3 =\n"
                             "    addressing_style = path\n"
                             "    region = nested\n"
                             "[profile prod]\r\n"
                             "role_arn = arn:aws:iam::1:role/a#b\r\n"
                             "source_profile=default\r\n"
                             "Region = us-east-1\r\n"
                             "region = us-east-2\r\n"
                             "services = local\r\n"
                             "[ profile \"two words\" ]\n"
                             "region = eu-north-1\n"
                             "[bare]\n"
                             "region = nowhere\n"
                             "[services local]\n"
                             "s3 =\n"
                             "  endpoint_url = http://127.0.0.1:9000\n"
                             "cloudtrail =\n"
                             "\tendpoint_url = http://127.0.0.1:9001 # x\n"
                             "[services other]\n"
                             "s3 =\n"
                             "  endpoint_url = http://other\n"
                             "[profile prod]\n"
                             "output = text";

static const char credentials[] = "[default]\n"
                                  "aws_access_key_id = AKIA1\n"
                                  "aws_secret_access_key = a=b=c/+\n"
                                  "\n"
                                  "[prod]\n"
                                  "region = from-credentials\n"
                                  "[keys only]\n"
                                  "aws_access_key_id=AKIA2";

static const struct profiles files = {{config, sizeof(config) - 1},
                                      {credentials, sizeof(credentials) - 1}};

static const struct {
    const char *profile, *key, *want;
} rows[] = {
    {"default", "region", "eu-west-1"},
    {"default", "output", "json"},
    {"default", "addressing_style", ""},
    {"default", "aws_access_key_id", "AKIA1"},
    {"default", "aws_secret_access_key", "a=b=c/+"},
    {"default", "s3", ""},
    {"prod", "role_arn", "arn:aws:iam::1:role/a#b"},
    {"prod", "source_profile", "default"},
    {"prod", "region", "from-credentials"},
    {"prod", "output", "text"},
    {"two words", "region", "eu-north-1"},
    {"bare", "region", ""}, /* the config file wants [profile bare] */
    {"local", "s3", ""},
    {"missing", "region", ""},
    {"keys only", "aws_access_key_id", ""},
};

static void
test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct slice got = profile_get(&files, slice_str(rows[i].profile),
                                       slice_str(rows[i].key));

        if (!slice_eq(got, slice_str(rows[i].want))) {
            print_error("%s %s: got %.*s\n", rows[i].profile, rows[i].key,
                        SLICE_FMT(got));
            fail();
        }
    }
}

static void
test_services(void **state)
{
    const struct slice url = SLICE("endpoint_url");

    (void)state;
    assert_true(
        slice_eq(profile_service(&files, SLICE("local"), SLICE("s3"), url),
                 SLICE("http://127.0.0.1:9000")));
    assert_true(slice_eq(
        profile_service(&files, SLICE("local"), SLICE("cloudtrail"), url),
        SLICE("http://127.0.0.1:9001")));
    assert_int_equal(
        profile_service(&files, SLICE("local"), SLICE("sts"), url).n, 0);
    assert_int_equal(profile_service(&files, SLICE("none"), SLICE("s3"), url).n,
                     0);
}

static void
test_exists(void **state)
{
    static const struct {
        const char *profile;
        bool want;
    } there[] = {
        {"default", true}, {"prod", true},   {"two words", true},
        {"bare", false},   {"local", false}, {"missing", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(there); i++)
        assert_true(profile_exists(&files, slice_str(there[i].profile)) ==
                    there[i].want);
}

static void
test_check(void **state)
{
    static const struct {
        const char *text;
        const char *says; /* NULL: it is fine */
    } checks[] = {
        {"", NULL},
        {config, NULL},
        {credentials, NULL},
        {"\xef\xbb\xbf[default]\nregion = x", NULL},
        {"region = x", "f:1: "},
        {"[default]\nregion", "f:2: "},
        {"[default\nregion = x", "f:1: "},
        {"[default]\n\n= x", "f:3: "},
        {"[default]\na = 1\n  continued", NULL},
        {"{\"json\": 1}", "f:1: "},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(checks); i++) {
        struct err e = {0};
        int rc = profile_check(slice_str(checks[i].text), SLICE("f"), &e);

        if (checks[i].says == NULL) {
            assert_int_equal(rc, 0);
            continue;
        }
        assert_int_equal(rc, ERR_CONFIG);
        assert_memory_equal(e.text, checks[i].says, strlen(checks[i].says));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_services),
        cmocka_unit_test(test_exists),
        cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
