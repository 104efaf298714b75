/* Buckets and keys as URLs, and which buckets stand in front of the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/s3_address.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define AWS "https://s3.eu-west-1.amazonaws.com"

static const struct {
    const char *endpoint, *bucket;
    bool path_style;
    const char *key, *base, *path;
} rows[] = {
    {AWS, "state", false, "a/t.tfstate",
     "https://state.s3.eu-west-1.amazonaws.com", "/a/t.tfstate"},
    {AWS, "state", false, "", "https://state.s3.eu-west-1.amazonaws.com", "/"},
    {AWS, "state", true, "k", AWS, "/state/k"},
    {AWS, "state", true, "", AWS, "/state"},
    {AWS, "my.state", false, "k", AWS, "/my.state/k"},
    {AWS, "My_State", false, "k", AWS, "/My_State/k"},
    {AWS, "-state", false, "k", AWS, "/-state/k"},
    {AWS, "ab", false, "k", AWS, "/ab/k"},
    {AWS, "state", false, "env:/x y/\xc3\xa4+&=?#%",
     "https://state.s3.eu-west-1.amazonaws.com",
     "/env%3A/x%20y/%C3%A4%2B%26%3D%3F%23%25"},
    {"http://127.0.0.1:9000", "state", false, "k", "http://127.0.0.1:9000",
     "/state/k"},
    {"http://[::1]:9000", "state", false, "k", "http://[::1]:9000", "/state/k"},
    {"http://minio:9000/", "state", false, "k", "http://minio:9000/",
     "/state/k"},
    {"https://minio.example:9000/x", "state", false, "k",
     "https://state.minio.example:9000/x", "/k"},
    {"https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", "state", false,
     "k", "https://state.bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com",
     "/k"},
    {"http+unix://%2Frun%2Fs3", "state", false, "k", "http+unix://%2Frun%2Fs3",
     "/state/k"},
};

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[2][256];
        struct buf base = buf_over(text[0], sizeof(text[0]));
        struct buf path = buf_over(text[1], sizeof(text[1]));

        assert_int_equal(s3_address(&base, &path, slice_str(rows[i].endpoint),
                                    slice_str(rows[i].bucket),
                                    rows[i].path_style, slice_str(rows[i].key),
                                    NULL),
                         0);
        if (!slice_eq(buf_slice(&base), slice_str(rows[i].base)) ||
            !slice_eq(buf_slice(&path), slice_str(rows[i].path))) {
            print_error("%s %s %s: got %.*s %.*s\n", rows[i].endpoint,
                        rows[i].bucket, rows[i].key,
                        SLICE_FMT(buf_slice(&base)),
                        SLICE_FMT(buf_slice(&path)));
            fail();
        }
    }
}

static void
test_bad(void **state)
{
    char text[64];
    struct buf b = buf_over(text, sizeof(text));
    struct err e;

    (void)state;
    assert_true(s3_address(&b, &b, SLICE("s3.example"), SLICE("state"), false,
                           SLICE("k"), &e) < 0);
    assert_int_equal(b.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_bad),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
