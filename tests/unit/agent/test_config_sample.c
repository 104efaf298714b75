/* config/tfdrift.ini against the table of options, both ways.  Runs from the
 * top of the repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/config_option.h"
#include "agent/config_type.h"
#include "base/file.h"
#include "config_case.h"

#define SAMPLE "config/tfdrift.ini"
#define KEYS_MAX 256
#define ABOUT_MAX_BYTES 4096

/* A key of the sample: "key = value" or ";key = value". */
struct sample_key {
    enum config_kind kind;
    struct slice key, value;
    bool example;   /* in a section that is commented out */
    bool commented; /* itself, in a section that is not */
    bool has_about; /* its meaning and what is allowed stand above it */
};

struct sample {
    struct slice text;
    struct sample_key key[KEYS_MAX];
    size_t n;
};

/* The comments since the section began, in lower case, blanks as one. */
static char about[ABOUT_MAX_BYTES];
static size_t about_n;

static void
about_add(struct slice line)
{
    for (size_t i = 0; i < line.n; i++) {
        char c = text_space(line.p[i]) ? ' ' : text_lower(line.p[i]);

        if (about_n < sizeof(about) &&
            (c != ' ' || (about_n > 0 && about[about_n - 1] != ' ')))
            about[about_n++] = c;
    }
    if (about_n < sizeof(about))
        about[about_n++] = ' ';
}

static bool
about_has(struct slice words)
{
    char lower[512];
    size_t n = 0;

    assert_true(words.n <= sizeof(lower));
    for (; n < words.n; n++)
        lower[n] = text_lower(words.p[n]);
    return text_find(slice_of(about, about_n), slice_of(lower, n)) < about_n;
}

/* key = value, where key looks like one. */
static bool
key_cut(struct slice line, struct slice *key, struct slice *value)
{
    size_t equal = slice_chr(line, '=');

    *key = text_trim(slice_head(line, equal));
    *value = text_trim(slice_from(line, equal + 1));
    return equal < line.n && key->n > 0 && !text_space(line.p[0]) &&
           slice_chr(*key, ' ') == key->n;
}

static void
add_key(struct sample *s, enum config_kind kind, bool off, bool example,
        struct slice key, struct slice value)
{
    const struct config_option *o = config_option_find(kind, key);
    char allowed[256];
    struct buf b = buf_over(allowed, sizeof(allowed));

    if (o == NULL && kind == CONFIG_SEVERITY)
        return; /* a rule, not a key */
    if (o == NULL)
        fail_msg(SAMPLE ": [%s] has no key %.*s", config_layouts[kind].name,
                 SLICE_FMT(key));
    assert_true(s->n < KEYS_MAX);
    config_type_allowed(o, &b);
    s->key[s->n++] = (struct sample_key){
        .kind = kind,
        .key = key,
        .value = value,
        .example = example,
        .commented = off && !example,
        .has_about =
            about_has(slice_str(o->sentence)) && about_has(buf_slice(&b)),
    };
}

static void
read_sample(struct sample *s, struct arena *a)
{
    enum config_kind kind = CONFIG_KINDS;
    struct slice rest, line, key, value;
    bool example = false;
    struct err e;

    s->n = 0;
    if (file_read(SLICE(SAMPLE), 1u << 20, a, &s->text, &e) < 0)
        fail_msg("%s", e.text);
    rest = s->text;
    while (text_cut(&rest, '\n', &line)) {
        bool off = slice_starts(line, SLICE(";"));
        struct slice inner = off ? slice_from(line, 1) : line;

        if (slice_starts(inner, SLICE("["))) {
            size_t end = slice_chr(inner, ' ');

            if (end == inner.n)
                end = slice_chr(inner, ']');
            kind = config_option_kind(slice_of(inner.p + 1, end - 1));
            assert_true(kind < CONFIG_KINDS);
            example = off;
            about_n = 0;
        } else if (kind < CONFIG_KINDS && key_cut(inner, &key, &value)) {
            add_key(s, kind, off, example, key, value);
        } else {
            about_add(inner);
        }
    }
}

/* Every row is in the sample, explained as the table explains it, and where
 * a key is commented out it stands at the table's default. */
static void
table_and_sample(void **state)
{
    static struct sample s;
    struct arena a;

    (void)state;
    assert_int_equal(arena_map(&a, 1u << 20), 0);
    read_sample(&s, &a);
    for (size_t k = 0; k < CONFIG_KINDS; k++) {
        size_t n;
        const struct config_option *o =
            config_option_rows((enum config_kind)k, &n);

        assert_true(n > 0);
        for (size_t i = 0; i < n; i++) {
            bool there = false, has_about = false;

            for (size_t j = 0; j < s.n; j++) {
                if (s.key[j].kind != k ||
                    !slice_eq(s.key[j].key, slice_str(o[i].key)))
                    continue;
                there = true;
                has_about = has_about || s.key[j].has_about;
                if (s.key[j].commented &&
                    !slice_eq(
                        s.key[j].value,
                        slice_str(o[i].preset != NULL ? o[i].preset : "")))
                    fail_msg("[%s] %s: the sample says %.*s, the table %s",
                             config_layouts[k].name, o[i].key,
                             SLICE_FMT(s.key[j].value), o[i].preset);
            }
            if (!there || !has_about)
                fail_msg("[%s] %s: %s", config_layouts[k].name, o[i].key,
                         there ? "not explained as in the table"
                               : "not in the sample");
        }
    }
    arena_unmap(&a);
}

/* The sample is read without an error, also from a file. */
static void
sample_is_good(void **state)
{
    struct config_case c;
    struct sample s;

    (void)state;
    case_open(&c, SLICE(""), NULL);
    read_sample(&s, &c.arena);
    case_says(s.text, NULL, NULL);
    arena_reset(&c.arena, 0);
    c.code = config_read(&c.config, SLICE(SAMPLE), &config_environment,
                         &c.arena, &c.err);
    if (c.code != 0)
        fail_msg("%s", c.err.text);
    assert_string_equal(c.config.states[0].bucket.p, "my-tfstate");
    case_close(&c);
}

static void
no_file(void **state)
{
    struct config_case c;

    (void)state;
    case_open(&c, SLICE(""), NULL);
    c.code = config_read(&c.config, SLICE("/no/such.ini"), &config_environment,
                         &c.arena, &c.err);
    assert_int_equal(c.code, ERR_CONFIG);
    assert_int_equal(c.err.code, ERR_CONFIG);
    assert_non_null(strstr(c.err.text, "/no/such.ini"));
    case_close(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_and_sample),
        cmocka_unit_test(sample_is_good),
        cmocka_unit_test(no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
