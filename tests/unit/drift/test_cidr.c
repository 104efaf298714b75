/* Spellings of networks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "drift/cidr.h"

static const struct {
    const char *text, *canonical; /* "": no network */
} networks[] = {
    {"10.0.0.0/8", "10.0.0.0/8"},
    {"10.1.2.3/8", "10.0.0.0/8"},
    {"10.1.2.3/31", "10.1.2.2/31"},
    {"10.1.2.3/32", "10.1.2.3/32"},
    {"10.1.2.3", "10.1.2.3/32"},
    {"1.2.3.4/0", "0.0.0.0/0"},
    {"::/0", "::/0"},
    {"0::0/0", "::/0"},
    {"2001:DB8:0:0:0:0:0:1", "2001:db8::1/128"},
    {"2001:db8:ffff::1/33", "2001:db8:8000::/33"},
    {"64:ff9b::1.2.3.4/96", "64:ff9b::/96"},
    {"", ""},
    {"/8", ""},
    {"10.0.0.0/", ""},
    {"10.0.0.0/33", ""},
    {"10.0.0.0/8 ", ""},
    {"10.0.0/8", ""},
    {"256.0.0.0/8", ""},
    {"::/129", ""},
    {"::/-1", ""},
    {"::/4294967297", ""},
    {":::/0", ""},
    {"10.0.0.0/1234", ""},
    {"10.0.0.0/031", "10.0.0.0/31"},
    {"10.0.0.0:8", ""},
    {"010.0.0.0/8", ""},
    {"10.0.0.00/8", ""},
    {"10.0.0.0.0/8", ""},
    {"10.0.0.", ""},
    {"10.0.0./8", ""},
    {"10..0.0/8", ""},
    {"1000.0.0.0/8", ""},
    {"255.255.255.255/32", "255.255.255.255/32"},
    {"sg-1", ""},
    {"1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:0/64", ""},
};

static void
canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
        struct cidr c = cidr_read(slice_str(networks[i].text));
        char out[CIDR_TEXT_MAX_BYTES];
        struct slice got = cidr_text(&c, out);

        if (!slice_eq(got, slice_str(networks[i].canonical)))
            fail_msg("%s: %.*s, want %s", networks[i].text, SLICE_FMT(got),
                     networks[i].canonical);
    }
}

static const struct {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"10.0.0.0/8", "10.9.9.9/8", true},  {"10.0.0.0/8", "10.0.0.0/9", false},
    {"10.0.0.0/8", "11.0.0.0/8", false}, {"::/0", "0.0.0.0/0", false},
    {"::/0", "0:0::/0", true},           {"FE80::/10", "fe80::/10", true},
    {"pl-ABC", "pl-abc", true},          {"pl-1", "pl-2", false},
    {"10.0.0.0/8", "pl-1", false},       {"", "", true},
};

static void
same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        struct slice a = slice_str(pairs[i].a), b = slice_str(pairs[i].b);

        if (cidr_same(a, b) != pairs[i].same ||
            cidr_same(b, a) != pairs[i].same)
            fail_msg("%s and %s", pairs[i].a, pairs[i].b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(canonical),
                                       cmocka_unit_test(same)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
