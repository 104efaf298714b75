/* Mapping files: what good lines say, and the exact message of bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "said.h"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))
#define FILE_NAME SLICE("own.map")

static char area[8u << 20], text[1u << 16];
static struct maps ms;
static struct arena arena;

/* Reads one file over nothing at all. */
static int
read_text(struct slice in, struct err *e)
{
    *e = (struct err){0};
    ms = (struct maps){0};
    arena_init(&arena, area, sizeof(area));
    return map_read(&ms, &arena, FILE_NAME, in, e);
}

#define HEAD "[s E]\ntype = aws_t\n"
#define SAID "s E role 0 confidence 0 aws_t"

static const struct {
    const char *in, *said;
} good_rows[] = {
    {"", ""},
    {"# only\n\n ; comments\r\n", ""},
    {HEAD, SAID "\n"},
    {HEAD "role = delete ; why\nconfidence = medium # so\n",
     "s E role 2 confidence 1 aws_t\n"},
    {"[s.amazonaws.com E20150331v2]\ntype = *\nid = a\n",
     "s E role 0 confidence 0; id id < a\n"},
    {"[other.host E2020_05_31]\ntype = *\nid = a\n",
     "other.host E role 0 confidence 0; id id < a\n"},
    {"[s E]\ntype = a b\ntype += c\nrole = upsert\ntype = d\n",
     "s E role 3 confidence 0 a b c\ns E role 0 confidence 0 d\n"},
    {"[s E]\ntype = a\nrole = none\n", "s E\n"},
    {HEAD "id = a < b\nid=a.b|c#1|d~ < >x.y|@z : strip /a/\n",
     SAID "; id a < b; id a.b|c#1|d~ < >x.y|@z : strip /a/\n"},
    {HEAD "each = r[]\nid = .\nid = k < .a.b[]\n",
     SAID "; each r[]; id id < .; id k < .a.b[]\n"},
    {HEAD "when = a.b\nwhen = !c = d e\n", SAID "; when a.b; when !c = d e\n"},
    {HEAD "role < .action : enum A=create B=delete\n",
     SAID "; role < .action : enum A create B delete\n"},
    {HEAD "attr = a_b\nattr = a_b.c_d : bool\nattr = f : set\n",
     SAID "; attr a_b < aB; attr a_b.c_d < aB.cD : bool"
          "; attr f < f[] : set\n"},
    {HEAD "attr = x[].y_z\nattr = x[] : set\nattr = x[].y : set\n",
     SAID "; attr x.y_z < x[].yZ; attr x < x[] : set"
          "; attr x.y < x[].y[] : set\n"},
    {HEAD "attr = a < l[k=v.w/*].value : kv n=v=w\n",
     SAID "; attr a < l[k=v.w/*].value : kv n v=w\n"},
    {HEAD "attr = a := true\nattr = a := ?\nattr = a := -1 ? b = c\n",
     SAID "; attr a := true; attr a := ?; attr a := -1 ? b = c\n"},
    {HEAD "attr = a := ? ? !b.c\n", SAID "; attr a := ? ? !b.c\n"},
    {HEAD "attr = i < p[] : sg-rule\nattr = i < p : sgrule-modify\n",
     SAID "; attr i < p[] : sgrule; attr i < p : sg-rule-modify\n"},
    {HEAD "attr = b.c < k : kept d\nattr = b < k : kept\n",
     SAID "; attr b.c < k : kept d; attr b < k : kept\n"},
    {HEAD "attr = b < . : merge a=b c=d\nattr = b < .k : drop key\n",
     SAID "; attr b < . : merge a b c d; attr b < .k : drop key\n"},
    {"[type aws_t]\nsensitive = a b.c\npart = d aws_u e\n", ""},
};

static void
good(void **state)
{
    struct err e;

    (void)state;
    for (size_t i = 0; i < ROWS(good_rows); i++) {
        struct buf said = buf_over(text, sizeof(text));

        print_message("%s\n", good_rows[i].in);
        if (read_text(slice_str(good_rows[i].in), &e) < 0)
            fail_msg("%s", e.text);
        said_events(&ms, &said);
        buf_byte(&said, '\0');
        assert_string_equal(good_rows[i].said, text);
    }
}

#define BAD_PATH "expected a path like a.b[].c"
#define BAD_ATTR "expected an attribute like a.b_c"

static const struct {
    const char *in, *message;
} bad_rows[] = {
    {"[s E\n", "own.map:1: section \"[s E\": expected ] at the end"},
    {"[s]\n", "own.map:1: section \"[s]\": expected [SOURCE EVENT...]"},
    {"[]\n", "own.map:1: section \"[]\": expected [SOURCE EVENT...]"},
    {"[s E-F]\n", "own.map:1: section \"E-F\": expected [SOURCE "
                  "EVENT...]"},
    {"[s E F E]\n", "own.map:1: section \"E\": expected each event once"},
    {"[type]\n", "own.map:1: section \"[type]\": expected [type NAME]"},
    {"type = a\n", "own.map:1: type \"= a\": expected [SOURCE EVENT...] "
                   "or [type NAME] first"},
    {"\n[s E]\nid = a\n", "own.map:3: id \"= a\": expected type = "
                          "RESOURCE_TYPE first"},
    {HEAD "idd = a\n", "own.map:3: idd \"= a\": expected type, role, "
                       "each, when, id, attr or confidence"},
    {"[type t]\nid = a\n", "own.map:2: id \"= a\": expected sensitive, "
                           "ordered, computed or part"},
    {HEAD "role update\n", "own.map:3: role \"update\": expected KEY = "
                           "VALUE"},
    {HEAD "role = destroy\n",
     "own.map:3: role \"destroy\": expected one role: create, update, "
     "delete, upsert or none"},
    {HEAD "role = create\nrole = delete\n",
     "own.map:4: role \"delete\": expected one role: create, update, "
     "delete, upsert or none"},
    {HEAD "confidence = sure\n",
     "own.map:3: confidence \"sure\": expected one confidence: high, "
     "medium or low"},
    {"[s E]\ntype =\n", "own.map:2: type \"\": expected * or resource types"},
    {"[s E]\ntype = * a\n",
     "own.map:2: type \"* a\": expected * alone or resource types"},
    {"[s E]\ntype = AWS\n",
     "own.map:2: type \"AWS\": expected * alone or resource types"},
    {HEAD "id = a..b\n", "own.map:3: id \"a..b\": " BAD_PATH},
    {HEAD "id = a|\n", "own.map:3: id \"a|\": " BAD_PATH},
    {HEAD "id = >\n", "own.map:3: id \">\": " BAD_PATH},
    {HEAD "id = a[\n",
     "own.map:3: id \"a[\": expected one [] at the end of a step"},
    {HEAD "id = a[][]\n",
     "own.map:3: id \"a[][]\": expected one [] at the end of a step"},
    {HEAD "id = a[b]\n", "own.map:3: id \"a[b]\": expected [] or [key=value]"},
    {HEAD "id = a[=b]\n",
     "own.map:3: id \"a[=b]\": expected [] or [key=value]"},
    {HEAD "id = a b\n", "own.map:3: id \"a b\": expected nothing or : "
                        "TRANSFORM after the path"},
    {HEAD "id = a#16 < b\n", "own.map:3: id \"a#16 < b\": expected "
                             "NAME#0 to NAME#15, or NAME~"},
    {HEAD "id = a#x < b\n", "own.map:3: id \"a#x < b\": expected NAME#0 "
                            "to NAME#15, or NAME~"},
    {HEAD "attr = a|b < c\n", "own.map:3: attr \"a|b < c\": " BAD_ATTR},
    {HEAD "attr = a[] < c\n", "own.map:3: attr \"a[] < c\": " BAD_ATTR},
    {HEAD "attr =\n", "own.map:3: attr \"\": " BAD_ATTR},
    {HEAD "attr = a <\n", "own.map:3: attr \"a <\": " BAD_PATH},
    {HEAD "attr = a = b\n",
     "own.map:3: attr \"a = b\": expected ATTRIBUTE [< PATH] [: "
     "TRANSFORM] or ATTRIBUTE := VALUE"},
    {HEAD "attr = a :\n", "own.map:3: attr \"a :\": expected a transform "
                          "such as set, policy or tags"},
    {HEAD "attr = a < b : frob\n",
     "own.map:3: attr \"a < b : frob\": expected a transform such as "
     "set, policy or tags"},
    {HEAD "attr = a < b : set x\n",
     "own.map:3: attr \"a < b : set x\": expected fewer words after this "
     "transform"},
    {HEAD "attr = a < b : enum\n",
     "own.map:3: attr \"a < b : enum\": expected more words after this "
     "transform"},
    {HEAD "attr = a < b : enum A\n",
     "own.map:3: attr \"a < b : enum A\": expected words like a=b after "
     "this transform"},
    {HEAD "attr = a :=\n",
     "own.map:3: attr \"a :=\": expected a word of 1 to 255 bytes"},
    {HEAD "attr = a := 1 2\n",
     "own.map:3: attr \"a := 1 2\": expected one word, then nothing or ? "
     "PATH = value"},
    {HEAD "when = a b\n",
     "own.map:3: when \"a b\": expected [!]PATH or [!]PATH = value"},
    {HEAD "when = a =\n",
     "own.map:3: when \"a =\": expected [!]PATH or [!]PATH = value"},
    {HEAD "each = a[]\neach = b[]\n",
     "own.map:4: each \"b[]\": expected one each in a binding"},
    {"[type t]\nsensitive =\n",
     "own.map:2: sensitive \"\": expected one attribute or more"},
    {"[type t]\npart = a b\n", "own.map:2: part \"a b\": expected "
                               "ATTRIBUTE TYPE ATTRIBUTE-OF-THAT-TYPE"},
};

static void
bad(void **state)
{
    struct err e;

    (void)state;
    for (size_t i = 0; i < ROWS(bad_rows); i++) {
        print_message("%s\n", bad_rows[i].in);
        assert_int_equal(ERR_SYNTAX, read_text(slice_str(bad_rows[i].in), &e));
        assert_int_equal(ERR_SYNTAX, e.code);
        assert_string_equal(bad_rows[i].message, e.text);
        assert_null(ms.user);
    }
}

/* A file that says `line` (with a number in it) n times behind the head. */
static struct slice
many(const char *head, const char *line, unsigned n)
{
    static char file[1u << 19];
    struct buf b = buf_over(file, sizeof(file));

    buf_put(&b, slice_str(head));
    for (unsigned i = 0; i < n; i++) {
        char one[128];
        int len = snprintf(one, sizeof(one), "%s%u", line, i);

        buf_put(&b, slice_of(one, (size_t)len));
    }
    assert_false(b.full);
    return buf_slice(&b);
}

static void
limits(void **state)
{
    static const struct {
        const char *head, *line;
        unsigned most;       /* times the line may stand there */
        const char *message; /* of once more, behind the line's number */
    } rows[] = {
        {HEAD, "\nid = a < b", MAP_IDS_MAX,
         "expected at most 12 ids in a binding"},
        {HEAD, "\nwhen = a = b", MAP_WHENS_MAX,
         "expected at most 4 conditions in a binding"},
        {HEAD, "\nattr = a", MAP_LINES_MAX,
         "expected at most 2040 attributes in a binding"},
        {"[s E]\ntype = t", " t", MAP_TYPES_MAX - 1,
         "expected at most 128 types in a binding"},
        {HEAD "attr = a < a", ".b", MAP_PATH_MAX - 1,
         "expected a path of at most 48 steps"},
        {HEAD, "\nattr = a < b : strip x", 253,
         "expected fewer different transforms"},
        {"[s E]", "\ntype = t", MAP_BINDINGS_MAX,
         "own.map: a service with more than 64 KB of mappings, or an event "
         "with more than 96 bindings"},
    };
    struct err e;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        print_message("%s\n", rows[i].line);
        if (read_text(many(rows[i].head, rows[i].line, rows[i].most), &e) < 0)
            fail_msg("%s", e.text);
        assert_int_equal(
            ERR_LIMIT,
            read_text(many(rows[i].head, rows[i].line, rows[i].most + 1), &e));
        assert_non_null(strstr(e.text, rows[i].message));
    }
}

/* Too little room, whatever is being made, is an error and no more. */
static void
small_arenas(void **state)
{
    static const char in[] =
        "[s E F]\ntype = a b\neach = x[]\nid = y < .z\nattr = c_d\n"
        "attr = e < f : enum A=b\n[type a]\nsensitive = c\n";
    struct err e;
    size_t room = 0;
    int r;

    (void)state;
    do {
        ms = (struct maps){0};
        arena_init(&arena, area, room);
        r = map_read(&ms, &arena, FILE_NAME, slice_str(in), &e);
        assert_true(r == 0 || r == ERR_MEMORY);
        assert_int_equal(r == 0, ms.user != NULL);
        room += 61;
    } while (r < 0);
    assert_in_range(room, 20000, 200000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(bad),
        cmocka_unit_test(limits),
        cmocka_unit_test(small_arenas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
