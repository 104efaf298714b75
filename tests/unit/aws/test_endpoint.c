/* Host names of every partition, as botocore's rules give them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/endpoint.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define REFUSED NULL

static const struct {
    enum endpoint_service service;
    const char *region;
    bool fips, dualstack;
    const char *want;
} rows[] = {
    {ENDPOINT_CLOUDTRAIL, "us-east-1", false, false,
     "https://cloudtrail.us-east-1.amazonaws.com"},
    {ENDPOINT_CLOUDTRAIL, "mx-central-1", false, true,
     "https://cloudtrail.mx-central-1.api.aws"},
    {ENDPOINT_CLOUDTRAIL, "eu-west-1", true, false,
     "https://cloudtrail-fips.eu-west-1.amazonaws.com"},
    {ENDPOINT_CLOUDTRAIL, "eu-west-1", true, true,
     "https://cloudtrail-fips.eu-west-1.api.aws"},
    {ENDPOINT_CLOUDTRAIL, "cn-north-1", false, false,
     "https://cloudtrail.cn-north-1.amazonaws.com.cn"},
    {ENDPOINT_CLOUDTRAIL, "us-gov-west-1", true, false,
     "https://cloudtrail.us-gov-west-1.amazonaws.com"},
    {ENDPOINT_CLOUDTRAIL, "us-gov-west-1", true, true,
     "https://cloudtrail-fips.us-gov-west-1.api.aws"},
    {ENDPOINT_DYNAMODB, "us-iso-east-1", true, false,
     "https://dynamodb-fips.us-iso-east-1.c2s.ic.gov"},
    {ENDPOINT_DYNAMODB, "us-isob-east-1", false, true,
     "https://dynamodb.us-isob-east-1.api.aws.scloud"},
    {ENDPOINT_STS, "eu-isoe-west-1", false, false,
     "https://sts.eu-isoe-west-1.cloud.adc-e.uk"},
    {ENDPOINT_STS, "us-isof-south-1", true, false,
     "https://sts-fips.us-isof-south-1.csp.hci.ic.gov"},
    {ENDPOINT_STS, "eusc-de-east-1", false, true,
     "https://sts.eusc-de-east-1.api.amazonwebservices.eu"},
    {ENDPOINT_S3, "us-east-1", false, false,
     "https://s3.us-east-1.amazonaws.com"},
    {ENDPOINT_S3, "eu-west-1", true, true,
     "https://s3-fips.dualstack.eu-west-1.amazonaws.com"},
    {ENDPOINT_S3, "us-gov-east-1", true, false,
     "https://s3-fips.us-gov-east-1.amazonaws.com"},
    {ENDPOINT_S3, "cn-north-1", false, true,
     "https://s3.dualstack.cn-north-1.amazonaws.com.cn"},
    {ENDPOINT_S3, "cn-north-1", true, false, REFUSED},
    {ENDPOINT_S3, "", false, false, REFUSED},
    {ENDPOINT_S3, "evil.example/", false, false, REFUSED},
    {ENDPOINT_S3, "-east-1", false, false, REFUSED},
    {ENDPOINT_S3, "US-EAST-1", false, false, REFUSED},
    {ENDPOINT_S3, "a-region-of-more-than-31-letters", false, false, REFUSED},
};

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[ENDPOINT_MAX_BYTES];
        struct buf b = buf_over(text, sizeof(text) - 1);
        struct endpoint_flavour flavour = {rows[i].fips, rows[i].dualstack};
        struct err e = {0};
        int rc = endpoint_put(&b, rows[i].service, slice_str(rows[i].region),
                              flavour, &e);

        text[b.n] = '\0';
        if (rows[i].want == REFUSED) {
            assert_int_equal(rc, ERR_CONFIG);
            assert_int_not_equal(e.text[0], '\0');
        } else {
            assert_int_equal(rc, 0);
            assert_string_equal(text, rows[i].want);
        }
    }
}

static void
test_home(void **state)
{
    (void)state;
    assert_true(
        slice_eq(endpoint_home(SLICE("cn-north-1")), SLICE("cn-northwest-1")));
    assert_true(slice_eq(endpoint_home(SLICE("us-gov-east-1")),
                         SLICE("us-gov-west-1")));
    assert_true(slice_eq(endpoint_home(SLICE("")), SLICE("us-east-1")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_home),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
