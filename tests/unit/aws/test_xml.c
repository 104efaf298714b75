/* XML: what is read of it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "aws/xml.h"
#include "base/err.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* A document as its elements' ends, "parent/name=text" each, then how it
 * ended. */
static const struct {
    const char *text, *want;
    int end;
} rows[] = {
    {"<a/>", "/a=;", 0},
    {"<a>x</a>", "/a=x;", 0},
    {"<?xml version='1.0'?>\n<!-- <b> -->\n<a x=\"1\" y = 'z>'>"
     "<b> t </b><c/><d\n/></a> \n<!---->",
     "a/b= t ;a/c=;a/d=;/a=;", 0},
    {"\xef\xbb\xbf<a>&lt;&#65;&#x42;&amp;&quot;&apos;&gt;</a>", "/a=<AB&\"'>;",
     0},
    {"<a>1<!-- > -->2<![CDATA[<&3]]>4<?x >?>5</a>", "/a=12<&345;", 0},
    {"<a>\xc3\xa4</a>", "/a=\xc3\xa4;", 0},
    {"<a><b>1</b>mixed</a>", "a/b=1;/a=;", 0},
    {"", "", ERR_MORE},
    {"   ", "", ERR_MORE},
    {"<", "", ERR_MORE},
    {"<a", "", ERR_MORE},
    {"<a>", "", ERR_MORE},
    {"<a><b>1</b>", "a/b=1;", ERR_MORE},
    {"<a x='", "", ERR_MORE},
    {"<a><!-- ", "", ERR_MORE},
    {"<a><![CDA", "", ERR_MORE},
    {"<a></a", "", ERR_MORE},
    {"text", "", ERR_SYNTAX},
    {"<a></b>", "", ERR_SYNTAX},
    {"<a><b></a></b>", "", ERR_SYNTAX},
    {"<a/><b/>", "/a=;", ERR_SYNTAX},
    {"<a/>x", "/a=;", ERR_SYNTAX},
    {"</a>", "", ERR_SYNTAX},
    {"<1/>", "", ERR_SYNTAX},
    {"<a x/>", "", ERR_SYNTAX},
    {"<a x=1/>", "", ERR_SYNTAX},
    {"<a x='1'y='2'/>", "", ERR_SYNTAX},
    {"<a x='<'/>", "", ERR_SYNTAX},
    {"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "", ERR_SYNTAX},
    {"<a/ >", "", ERR_SYNTAX},
    {"<a>"
     "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
     "", ERR_LIMIT},
};

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char said[512];
        struct buf b = buf_over(said, sizeof(said) - 1);
        struct xml x;
        int rc;

        xml_init(&x, slice_str(rows[i].text));
        while ((rc = xml_next(&x)) > 0) {
            buf_fmt(&b, "%.*s/%.*s=", SLICE_FMT(x.parent), SLICE_FMT(x.name));
            assert_true(xml_decode(&b, x.raw));
            buf_byte(&b, ';');
        }
        said[b.n] = '\0';
        if (rc != rows[i].end || strcmp(said, rows[i].want) != 0) {
            print_error("%s\n got %d %s\nwant %d %s\n", rows[i].text, rc, said,
                        rows[i].end, rows[i].want);
            fail();
        }
    }
}

static void
test_entities(void **state)
{
    static const char *const bad[] = {
        "&",    "&;",   "&nbsp;", "&#;",    "&#x;",           "&#xg;",
        "&#1a", "&#0;", "&lt",    "&#12a;", "&#x1234567890;", "<![CDATA[x",
        "<!--", "<?x",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(bad); i++) {
        char text[64];
        struct buf b = buf_over(text, sizeof(text));

        if (xml_decode(&b, slice_str(bad[i]))) {
            print_error("%s was decoded\n", bad[i]);
            fail();
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_entities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
