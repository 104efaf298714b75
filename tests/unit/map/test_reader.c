/*
 * Records out of all they come wrapped in, and what is refused.  Every row
 * is read whole from memory, through the window, and in small pieces: always
 * with the same outcome.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "map/reader.h"
#include "tests/unit/base/dribble.h"
#include "tests/unit/map/records.h"

/*
 * `text` is as records.h writes it.  `want` holds the outcomes in their order:
 * x is that record, "!2{" is refused at line 2 where there is a '{' ('$' is
 * the end of the input), "E2{" is READER_ERROR there.
 */
static const struct {
    const char *text, *want, *says; /* what the last message ends with */
} rows[] = {
    {"", "", ""},
    {" \n\n\t\r\n", "", ""},
    {"\xef\xbb\xbf@a", "a", ""},
    {"\xef\xbb", "!1\xef", "not JSON: \"\xef\xbf\xbd\xef\xbf\xbd\""},
    /* one record, lines, one after the other */
    {"@a", "a", ""},
    {"@a\n@b\n", "a b", ""},
    {"@a\r\n\r\n@b\r\n", "a b", ""},
    {"@a@b @c", "a b c", ""},
    {" { \n ~eventVersion~ : ~1~ ,\n ~eventSource~:~x.amazonaws.com~,\n"
     "~eventName~:~N~,~eventID~:~a~}\n hello\n",
     "a !5h", "not JSON: \"hello\""},
    /* arrays and log files */
    {"[]", "", ""},
    {"[@a]", "a", ""},
    {"[\n@a,\n@b\n]\n@c", "a b c", ""},
    {"{~Records~:[]}", "", ""},
    {"{~Records~:[@a,@b]}", "a b", ""},
    {"{~a~:[~Records~],~Records~ : [ @a , @b ] , ~b~:[{}]}@c", "a b c", ""},
    {"{~Records~:[@a]}\n{~Records~:[@b]}\n", "a b", ""},
    {"{~Records~:{~a~:1}}", "!1{", "it has no eventSource"},
    {"{~Records~:[{},\n1,null,~x,y~,[@a],@b]}", "!1{ !21 !2n !2\" !2[ b",
     "no object"},
    {"{~Records~:[{~eventSource~:~aws:s3~}]}", "!1{",
     "eventSource is \"aws:s3\", expected SERVICE.amazonaws.com"},
    /* LookupEvents: oldest first, in each document */
    {"{~Events~:[{~EventId~:~1~,~CloudTrailEvent~:#a},\n"
     "{~CloudTrailEvent~:#b,~Username~:~u~}],~NextToken~:~t~}"
     "{~Events~:[{~CloudTrailEvent~:#c}, {~CloudTrailEvent~:#d}]}",
     "b a d c", ""},
    {"{~Events~:[]}", "", ""},
    {"{~CloudTrailEvent~:#a}\n{~EventId~:~1~,~CloudTrailEvent~:#b}", "a b", ""},
    {"[{~CloudTrailEvent~:#a},{~CloudTrailEvent~:#b}]", "a b", ""},
    {"{~Events~:[{~EventId~:~1~},\n{~CloudTrailEvent~:null},"
     "{~CloudTrailEvent~:~{}~},{~CloudTrailEvent~:#a}]}",
     "!1{ !2{ a !2{", "it has no eventSource"},
    {"{~CloudTrailEvent~:~x~}", "!1{", "is no JSON object"},
    {"{~CloudTrailEvent~:{}}", "!1{", "is no JSON string"},
    {"{~CloudTrailEvent~:~\\x~}", "!1{", "is no JSON string"},
    /* EventBridge, CloudWatch Logs */
    {"{~detail-type~:~AWS API Call via CloudTrail~,~detail~:@a}", "a", ""},
    {"{~detail-type~:~EC2 Instance~,~detail~:{~state~:~x~}}", "!1{",
     "it has no eventSource"},
    {"{~detail~:@a}", "!1{", "it has no eventSource"},
    {"{~logEvents~:[{~id~:~1~,~message~:#a},{~message~:#b},"
     "{~message~:~CWL CONTROL MESSAGE~}]}",
     "a b !1{", "is no JSON object"},
    {"{~message~:#a}", "!1{", "it has no eventSource"},
    {"{~record~:@a}\n@b", "!1{ b", "it has no eventSource"},
    /* lines that are something else */
    {"hello\nworld\n@a\n", "!1h !2w a", "not JSON: \"world\""},
    {"@a,\n@b", "a !1, b", "not JSON: \",\""},
    {"\x1b[2J\n", "!1\x1b", "not JSON: \"\\u001b[2J\""},
    {"1\n~x~\nnull\n]\n}\n", "!11 !2\" !3n !4] !5}", "not JSON: \"}\""},
    /* malformed documents: over at a line that begins like one */
    {"{~a~:}\n@a", "!1} a", "malformed JSON"},
    {"{~a~:{]}\n@a", "!1] a", "malformed JSON"},
    {"{~a~ b:1,\nx\n @a\n@b", "!1\" a b", "malformed JSON"},
    {"{~eventVersion~:~1\n@a\n@b\n", "!2[ a b", "malformed JSON"},
    /* torn ones, that run on over their neighbours: then line by line */
    {"{~a~:{~b~:1,\n@a\n@b\n", "!1{ a b",
     "the input ends in the middle of a record"},
    {"{~a~:{\n{~a~:{\n{~a~:{\n@a\n{~a~:1,\n~b~:2}\n@b", "!1{ !2{ !3{ a !5{ b",
     "the input ends in the middle of a record"},
    {"{~a~:~b\n", "E1{", "the input ends in the middle of a record"},
    {"@a\n@b\n{~a~:1", "a b E3{", "the input ends in the middle of a record"},
    {"{\n  ~a~:1,\n  ~b~", "E1{", "the input ends in the middle of a record"},
    /* malformed elements: over where their brackets are */
    {"[{~a~:},\n@a]", "!1} a", "malformed JSON"},
    {"{~Records~:[{~a~ 1,[~]~,{}]},@a,{{}},@b]}", "!1, a !1{ b",
     "malformed JSON"},
    {"{~Records~:[@a,{~a~:[1,}}},@b]}@c", "a !1} E1}",
     "malformed JSON: expected ',' or ']'"},
    {"[@a @b]@c", "a E1{", "malformed JSON: expected ',' or ']'"},
    {"[@a,]@b", "a !1] b", "no object"},
    {"[,@a]", "!1, a", "no object"},
    {"[@a}", "a E1}", "malformed JSON: expected ',' or ']'"},
    /* torn lists and documents */
    {"[", "E1$", "the input ends in the middle of a list of records"},
    {"[@a", "a E1$", "the input ends in the middle of a list of records"},
    {"[@a,\n", "a E2$", "the input ends in the middle of a list of records"},
    {"[@a,{~b~:1", "a E1{", "the input ends in the middle of a record"},
    {"[@a,{~b~:}", "a !1} E1$",
     "the input ends in the middle of a list of records"},
    {"[@a,{~b~:[}", "a E1}", "malformed JSON"},
    {"[@a,tru", "a E1t", "no object"},
    {"{~Records~:[@a]", "a E1$", "the input ends in the middle of a document"},
    {"{~Records~:[@a],~b~:~}", "a E1$",
     "the input ends in the middle of a document"},
    {"{~Events~:[{~CloudTrailEvent~:#a},{~CloudTrailEvent~:#b},{~c~", "b a E1{",
     "the input ends in the middle of a record"},
};

/* All that comes, in the notation of the rows. */
static void
read_all(struct stream *in, struct slice all, struct buf *got, struct err *last)
{
    struct arena arena;
    struct reader r;
    struct event ev;
    enum reader_kind kind;
    uint64_t refused = 0;

    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(reader_open(&r, in, SLICE("x"), &arena), 0);
    last->text[0] = '\0';
    while ((kind = reader_next(&r, &ev, last)) != READER_END) {
        if (kind == READER_EVENT)
            buf_fmt(got, "%c ", ev.field[EVENT_ID].p[1]);
        else
            put_place(got, kind == READER_ERROR ? 'E' : '!', last, all);
        refused += kind == READER_REFUSED;
    }
    assert_int_equal(refused, r.refused);
    assert_int_equal(reader_next(&r, &ev, NULL), READER_END);
    if (got->n > 0)
        got->n--;
}

static void
check_row(size_t i, size_t step, bool view)
{
    struct slice all = expand(rows[i].text);
    struct dribble d = {all, step, false};
    struct stream_mem m = {all};
    struct stream in = view ? stream_mem(&m) : dribble_stream(&d);
    char mem[256];
    struct buf got = buf_over(mem, sizeof(mem));
    struct err last;

    read_all(&in, all, &got, &last);
    if (!slice_eq(buf_slice(&got), slice_str(rows[i].want)))
        fail_msg("row %zu, step %zu: got %.*s, want %s (%s)", i, step,
                 SLICE_FMT(buf_slice(&got)), rows[i].want, last.text);
    if (!slice_ends(slice_str(last.text), slice_str(rows[i].says)))
        fail_msg("row %zu: %s", i, last.text);
}

static void
outcomes(void **state)
{
    static const size_t steps[] = {0, 1, 2, 5, 64, 100};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        check_row(i, 0, true);
        for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++)
            check_row(i, steps[k], false);
    }
}

/* The stream's failure comes behind what was read before it. */
static void
failing(void **state)
{
    static const struct {
        const char *text, *want;
    } tries[] = {
        {"", "E"},
        {"@a\n@b", "a b E"},
        {"@a\n{~x~:", "a E"},
        {"[@a,", "a E"},
        {"[@a,{~x~:1,", "a E"},
        {"{~Records~:[@a]", "a E"},
        {"[@a,x", "a E"},
        {"{~Events~:[{~CloudTrailEvent~:#a}", "a E"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
        struct dribble d = {expand(tries[i].text), 3, true};
        struct stream in = dribble_stream(&d);
        char mem[64];
        struct buf got = buf_over(mem, sizeof(mem));
        enum reader_kind kind;
        struct arena arena;
        struct reader r;
        struct event ev;
        struct err e;

        arena_init(&arena, memory, sizeof(memory));
        assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
        while ((kind = reader_next(&r, &ev, &e)) == READER_EVENT)
            buf_fmt(&got, "%c ", ev.field[EVENT_ID].p[1]);
        assert_int_equal(kind, READER_ERROR);
        buf_byte(&got, 'E');
        assert_true(slice_eq(buf_slice(&got), slice_str(tries[i].want)));
        assert_string_equal(e.text, "the disk is gone");
        assert_int_equal(e.code, ERR_IO);
        assert_int_equal(reader_next(&r, &ev, &e), READER_END);
    }
}

static void
no_window(void **state)
{
    struct dribble d = {SLICE("{}"), 0, false};
    struct stream in = dribble_stream(&d);
    struct arena arena;
    struct reader r;

    (void)state;
    arena_init(&arena, memory, 1000);
    assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), ERR_MEMORY);
}

/* A file of the public data, in `text`; empty when it is not there. */
static struct slice
shared_file(const char *name)
{
    const char *folder = getenv("TFDRIFT_SHARED");
    char path[512];
    size_t n = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/corpus/%s",
             folder != NULL ? folder : "../shared", name);
    f = fopen(path, "r");
    if (f != NULL) {
        n = fread(text, 1, sizeof(text), f);
        fclose(f);
    }
    return slice_of(text, n);
}

/* Public records, one a line as {..., "record": {...}}: each is one, or each
 * is none. */
static void
corpus(void **state)
{
    static const struct {
        const char *name;
        int rc;
        size_t n;
    } files[] = {{"events.jsonl", 0, 2366},
                 {"not-cloudtrail.jsonl", ERR_FOREIGN, 34}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct slice left = shared_file(files[i].name);
        size_t n = 0;

        if (left.n == 0)
            skip();
        while (left.n > 0) {
            struct slice line = slice_head(left, slice_chr(left, '\n'));
            const char *at = memmem(line.p, line.n, "\"record\": ", 10);
            struct event ev;
            size_t bad;

            assert_non_null(at);
            line.n -= (size_t)(at + 10 - line.p) + 1;
            line.p = at + 10;
            if (event_decode(line, &ev, &bad) != files[i].rc)
                fail_msg("%s:%zu", files[i].name, n + 1);
            left = slice_from(left, (size_t)(line.p - left.p) + line.n + 2);
            n++;
        }
        assert_int_equal(n, files[i].n);
    }
}

/* The lines themselves only wrap records: none of them is one. */
static void
corpus_wrapped(void **state)
{
    struct slice all = shared_file("events.jsonl");
    struct stream_mem m = {all};
    struct stream in = stream_mem(&m);
    struct arena arena;
    struct reader r;
    struct event ev;
    struct err e;

    (void)state;
    if (all.n == 0)
        skip();
    arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(reader_open(&r, &in, SLICE("x"), &arena), 0);
    while (reader_next(&r, &ev, &e) == READER_REFUSED)
        continue;
    assert_int_equal(r.refused, 2366);
    assert_int_equal(r.offset, all.n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes),       cmocka_unit_test(failing),
        cmocka_unit_test(no_window),      cmocka_unit_test(corpus),
        cmocka_unit_test(corpus_wrapped),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
