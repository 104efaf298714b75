/* Addresses as `terraform state list` of Terraform 1.11 prints them. */
#include "loaded.h"

static const struct {
    const char *key, *want; /* as JSON writes it; as Terraform does */
} key_rows[] = {
    {"null", ""},
    {"0", "[0]"},
    {"12", "[12]"},
    {"\"\"", "[\"\"]"},
    {"\"plain\"", "[\"plain\"]"},
    {"\"a/b.c[0]\"", "[\"a/b.c[0]\"]"},
    {"\"with \\\"quotes\\\"\"", "[\"with \\\"quotes\\\"\"]"},
    {"\"back\\\\slash\"", "[\"back\\\\slash\"]"},
    {"\"a\\nb\\rc\\td\"", "[\"a\\nb\\rc\\td\"]"},
    {"\"${tpl}\"", "[\"$${tpl}\"]"},
    {"\"%{if}\"", "[\"%%{if}\"]"},
    {"\"$${x}\"", "[\"$$${x}\"]"},
    {"\"a${\"", "[\"a$${\"]"},
    {"\"$plain\"", "[\"$plain\"]"},
    {"\"100%\"", "[\"100%\"]"},
    {"\"$$\"", "[\"$$\"]"},
    {"\"\\u0001\\u007f\\u0085\"", "[\"\\u0001\\u007f\\u0085\"]"},
    {"\"\\u00e9\\u65e5\\ud83d\\ude00\"",
     "[\"\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\"]"},
    {"\"\\u00a0\\u00ad\\u200b\\u2028\"", "[\"\\u00a0\\u00ad\\u200b\\u2028\"]"},
    {"\"\\u3000\\ue000\\ufeff\"", "[\"\\u3000\\ue000\\ufeff\"]"},
    {"\"\\udb40\\udc01\"", "[\"\\U000e0001\"]"},
    {"\"\\ufffd\"", "[\"\xef\xbf\xbd\"]"},
    /* A byte that is not UTF-8 is read as U+FFFD. */
    {"\"a\xe9z\"", "[\"a\xef\xbf\xbdz\"]"},
    {"\"a\xf0\x9f\"", "[\"a\xef\xbf\xbd\xef\xbf\xbd\"]"},
};

static void
keys(void **state)
{
    static char text[1024], out[256];

    (void)state;
    use_maps(NULL);
    for (size_t i = 0; i < ROWS(key_rows); i++)
        for (int k = 0; k < 2; k++) {
            struct buf doc = buf_over(text, sizeof(text));
            struct buf got = buf_over(out, sizeof(out));
            struct buf want = buf_over(row_text, sizeof(row_text));
            struct instance in;

            buf_fmt(&doc,
                    "{\"version\":4,\"resources\":[{\"mode\":\"managed\",%s"
                    "\"type\":\"aws_vpc\",\"name\":\"v\",\"instances\":"
                    "[{\"index_key\":%s,\"attributes\":{}}]}]}",
                    k == 0 ? ""
                           : "\"module\":\"module.a[\\\"k\\\"].module.b\",",
                    key_rows[i].key);
            buf_fmt(&want, "%saws_vpc.v%s",
                    k == 0 ? "" : "module.a[\"k\"].module.b.",
                    key_rows[i].want);
            in = state_instance(load_good(buf_slice(&doc), 0), 0);
            state_address(&in, &maps.names, &got);
            if (!slice_eq(buf_slice(&got), buf_slice(&want)))
                fail_msg("%s: %.*s", key_rows[i].key, (int)got.n, out);
        }
}

/* A buffer that is too small says so and is not written beyond. */
static void
small(void **state)
{
    struct instance in;
    char out[64];

    (void)state;
    use_maps(NULL);
    in = state_instance(
        load_good(quoted("{'version':4,'resources':[{'mode':'managed',"
                         "'type':'aws_vpc','name':'v','instances':"
                         "[{'index_key':'${a}\\n\xc3\xa9'}]}]}"),
                  0),
        0);
    for (size_t n = 0; n <= sizeof(out); n++) {
        struct buf b = buf_over(out, n);

        memset(out, '!', sizeof(out));
        state_address(&in, &maps.names, &b);
        assert_int_equal(n < strlen("aws_vpc.v[\"$${a}\\n\xc3\xa9\"]"), b.full);
        assert_true(n == sizeof(out) || out[n] == '!');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
