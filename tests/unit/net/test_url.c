/* URLs: what is taken apart, what is refused, and what is written back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/url.h"

#define T10 "aaaaaaaaaa"
#define T50 T10 T10 T10 T10 T10

static const struct {
    const char *text;
    enum url_scheme scheme;
    const char *host;
    unsigned port;
    const char *target;
    const char *userinfo;
    const char *header; /* of Host */
} good[] = {
    {"http://a", URL_HTTP, "a", 80, "", "", "a"},
    {"HTTPS://a.b-c_d/", URL_HTTPS, "a.b-c_d", 443, "/", "", "a.b-c_d"},
    {"https://a:443/x?y=z", URL_HTTPS, "a", 443, "/x?y=z", "", "a"},
    {"https://a:80", URL_HTTPS, "a", 80, "", "", "a:80"},
    {"http://a:65535?q", URL_HTTP, "a", 65535, "?q", "", "a:65535"},
    {"http://a#frag", URL_HTTP, "a", 80, "", "", "a"},
    {"http://a/b#c/d?e", URL_HTTP, "a", 80, "/b", "", "a"},
    {"http://u:p%40@a:1/", URL_HTTP, "a", 1, "/", "u:p%40", "a:1"},
    {"http://u@v@a/", URL_HTTP, "a", 80, "/", "u@v", "a"},
    {"http://[::1]", URL_HTTP, "::1", 80, "", "", "[::1]"},
    {"http://[fd00:ec2::254]:8080/l", URL_HTTP, "fd00:ec2::254", 8080, "/l", "",
     "[fd00:ec2::254]:8080"},
    {"http://10.0.0.1/%2e%2E/a+b;c=d,e!$&'()*", URL_HTTP, "10.0.0.1", 80,
     "/%2e%2E/a+b;c=d,e!$&'()*", "", "10.0.0.1"},
    {"http+unix://%2Frun%2Fx.sock/v1?a", URL_UNIX, "%2Frun%2Fx.sock", 0,
     "/v1?a", "", "localhost"},
    {"http+unix://%40abstract", URL_UNIX, "%40abstract", 0, "", "",
     "localhost"},
};

static const struct {
    const char *text;
    int code;
    const char *says;
} bad[] = {
    {"", ERR_SYNTAX, "begins with none"},
    {"a", ERR_SYNTAX, "begins with none"},
    {"http:/a", ERR_SYNTAX, "begins with none"},
    {"ftp://a", ERR_SYNTAX, "begins with none"},
    {" http://a", ERR_SYNTAX, "begins with none"},
    {"http://", ERR_SYNTAX, "no host"},
    {"http:///x", ERR_SYNTAX, "no host"},
    {"http://:80", ERR_SYNTAX, "no host"},
    {"http://u@", ERR_SYNTAX, "no host"},
    {"http://a:", ERR_SYNTAX, "no port"},
    {"http://a:0", ERR_SYNTAX, "no port"},
    {"http://a:65536", ERR_SYNTAX, "no port"},
    {"http://a:123456", ERR_SYNTAX, "no port"},
    {"http://a:8x", ERR_SYNTAX, "no number"},
    {"http://a:-1", ERR_SYNTAX, "no number"},
    {"http://a b", ERR_SYNTAX, "no name"},
    {"http://a\\b", ERR_SYNTAX, "no name"},
    {"http://a%2fb", ERR_SYNTAX, "no name"},
    {"http://\xc3\xa4", ERR_SYNTAX, "no name"},
    {"http://a/b c", ERR_SYNTAX, "encoded"},
    {"http://a/\r\nX: y", ERR_SYNTAX, "encoded"},
    {"http://a/\x7f", ERR_SYNTAX, "encoded"},
    {"http://a/{b}", ERR_SYNTAX, "encoded"},
    {"http://u p@a", ERR_SYNTAX, "encoded"},
    {"http://[::1", ERR_SYNTAX, "without its ]"},
    {"http://[]", ERR_SYNTAX, "no IPv6"},
    {"http://[1.2.3.4]", ERR_SYNTAX, "no IPv6"},
    {"http://[::1%eth0]", ERR_SYNTAX, "no IPv6"},
    {"http://[::1]x", ERR_SYNTAX, "between ]"},
    {"http://[::1]:", ERR_SYNTAX, "no port"},
    {"http+unix://", ERR_SYNTAX, "no socket"},
    {"http+unix:///run/x", ERR_SYNTAX, "no socket"},
    {"http+unix://%2", ERR_SYNTAX, "hexadecimal"},
    {"http+unix://%zz", ERR_SYNTAX, "hexadecimal"},
    {"http+unix://a%00b", ERR_SYNTAX, "zero byte"},
    {"http+unix://" T50 T50 "12345678", ERR_LIMIT, "over 107"},
    {"http://" T50 T50 T50 T50 T50 "abcd", ERR_LIMIT, "longer than 253"},
};

static void
text_is(struct slice got, const char *want)
{
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.p, want, got.n);
}

static void
parses(void **state)
{
    struct url u;
    struct err e;
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct buf b = buf_over(text, sizeof(text));

        print_message("%s\n", good[i].text);
        assert_int_equal(url_parse(&u, slice_str(good[i].text), &e), 0);
        assert_int_equal(u.scheme, good[i].scheme);
        assert_int_equal(u.port, good[i].port);
        text_is(u.host, good[i].host);
        text_is(u.target, good[i].target);
        text_is(u.userinfo, good[i].userinfo);
        url_put_host(&b, &u);
        text_is(buf_slice(&b), good[i].header);
    }
}

static void
refuses(void **state)
{
    static char area[URL_MAX_BYTES + 1];
    struct url u;
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        print_message("%s\n", bad[i].text);
        assert_int_equal(url_parse(&u, slice_str(bad[i].text), &e),
                         bad[i].code);
        assert_non_null(strstr(e.text, bad[i].says));
    }
    memset(area, 'a', sizeof(area));
    memcpy(area, "http://a/", 9);
    assert_int_equal(url_parse(&u, slice_of(area, sizeof(area)), &e),
                     ERR_LIMIT);
    assert_int_equal(url_parse(&u, slice_of(area, sizeof(area) - 1), &e), 0);
    assert_int_equal(url_parse(&u, slice_of("http://a\0b", 10), &e),
                     ERR_SYNTAX);
    assert_int_equal(url_parse(&u, slice_of("http://a/\0", 10), &e),
                     ERR_SYNTAX);
}

static const struct {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"http://a/x", "http://A:80/y?z", true},
    {"http://a", "https://a", false},
    {"http://a", "http://b", false},
    {"http://a", "http://a:81", false},
    {"http://u:p@a", "http://a", true},
    {"http+unix://%2Fa/x", "http+unix://%2Fa/y", true},
    {"http+unix://%2Fa", "http+unix://%2FA", false},
};

static void
origins(void **state)
{
    struct url a, b;
    struct buf text;
    char area[64];

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        print_message("%s %s\n", pairs[i].a, pairs[i].b);
        assert_int_equal(url_parse(&a, slice_str(pairs[i].a), NULL), 0);
        assert_int_equal(url_parse(&b, slice_str(pairs[i].b), NULL), 0);
        assert_int_equal(url_same_origin(&a, &b), pairs[i].same);
    }
    assert_int_equal(url_parse(&a, SLICE("https://u:p@[::1]/x"), NULL), 0);
    text = buf_over(area, sizeof(area));
    url_put_origin(&text, &a);
    text_is(buf_slice(&text), "https://[::1]:443");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(refuses),
        cmocka_unit_test(origins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
