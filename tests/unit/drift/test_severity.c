/* A user's globs: over attribute paths, and the severities they give. */
#include "drift/attrglob.h"
#include "drift/severity.h"
#include "packed.h"

static const struct {
    const char *glob, *head, *path;
    bool want;
} globs[] = {
    {"a.b", "", "a.b", true},
    {"a", "", "a.b", true}, /* what it stands in */
    {"a.b", "", "a", false},
    {"a.b.c", "", "a.b", false},
    {"ab", "", "a.b", false},
    {"root_block_device[0].iops", "", "root_block_device[0].iops", true},
    {"root_block_device.iops", "", "root_block_device[0].iops", true},
    {"root_block_device[1].iops", "", "root_block_device[0].iops", false},
    {"root_block_device", "", "root_block_device[0].iops", true},
    {"root_block_device[0]", "", "root_block_device[0].iops", false},
    {"a.b.c", "", "a[0].b[11].c", true},
    {"a.b", "", "a[0].b[11].c", true},
    {"*.c", "", "a[0].b[11].c", true},
    {"tags.*", "", "tags.Env", true},
    {"tags.*", "", "tags", false},
    {"tags", "", "tags_all.Env", false},
    {"tag?.Env", "", "tags.Env", true},
    {"tags.a[b]", "", "tags.a[b]", true}, /* no index: a key of a map */
    {"tags.a", "", "tags.a[b]", false},
    {"*", "", "", true},
    {"", "", "", true},
    {"", "", "a", false},
    {"t.a", "t.", "a.b", true},
    {"t.*", "t.", "a", true},
    {"t.", "t.", "", true},
    {"t", "t.", "a", false}, /* the head is never cut */
    {"t*", "t.", "a", true},
};

static void
paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(globs) / sizeof(*globs); i++)
        if (attrglob_match(slice_str(globs[i].glob), slice_str(globs[i].head),
                           slice_str(globs[i].path)) != globs[i].want)
            fail_msg("\"%s\" on \"%s\"\"%s\": not %d", globs[i].glob,
                     globs[i].head, globs[i].path, globs[i].want);
}

static void
long_paths(void **state)
{
    char path[3 * ATTRGLOB_MAX_BYTES];

    (void)state;
    memset(path, 'a', sizeof(path));
    path[8] = '.';
    assert_true(attrglob_match(SLICE("aaaaaaaa"), SLICE(""),
                               slice_of(path, sizeof(path))));
    assert_true(attrglob_match(SLICE("*.a*"), slice_of(path, sizeof(path)),
                               slice_of(path, sizeof(path))));
    memset(path, '.', sizeof(path));
    assert_false(
        attrglob_match(SLICE("a"), SLICE(""), slice_of(path, sizeof(path))));
}

#define RULE(pattern, level)                  \
    {                                         \
        SLICE_INIT(pattern), SEVERITY_##level \
    }

static const struct severity_rule rules[] = {
    RULE("aws_security_group*.description", DEBUG),
    RULE("aws_security_group*.*", CRITICAL),
    RULE("aws_instance.instance_type", ERROR),
    RULE("aws_instance.root_block_device", NOTICE),
    RULE("aws_db*!delete", EMERGENCY),
    RULE("*!delete", ALERT),
    RULE("aws_kms_*", CRITICAL),
    RULE("aws_vpc", INFORMATIONAL),
    RULE("aws_s3_bucket!unmanaged", ERROR),
};

static const struct {
    const char *type;
    char mark; /* of TYPE.path or TYPE!what; c: computed by AWS alone */
    const char *rest;
    enum severity preset, want;
} severities[] = {
    {"aws_security_group", '.', "ingress", SEVERITY_WARNING, SEVERITY_CRITICAL},
    {"aws_security_group_rule", '.', "description", SEVERITY_WARNING,
     SEVERITY_DEBUG}, /* the first that matches */
    {"aws_security_group", '.', "", SEVERITY_WARNING, SEVERITY_CRITICAL},
    {"aws_security_group", '!', "delete", SEVERITY_WARNING, SEVERITY_ALERT},
    {"aws_db_instance", '!', "delete", SEVERITY_WARNING, SEVERITY_EMERGENCY},
    {"aws_instance", '.', "instance_type", SEVERITY_WARNING, SEVERITY_ERROR},
    {"aws_instance", '.', "root_block_device[0].iops", SEVERITY_WARNING,
     SEVERITY_NOTICE},
    {"aws_instance", '.', "ebs_optimized", SEVERITY_WARNING, SEVERITY_WARNING},
    {"aws_instance", '.', "ebs_optimized", SEVERITY_ERROR, SEVERITY_ERROR},
    {"aws_instance", '.', "", SEVERITY_WARNING, SEVERITY_WARNING},
    {"aws_instance", 'c', "instance_state", SEVERITY_WARNING, SEVERITY_NOTICE},
    {"aws_instance", 'c', "instance_state", SEVERITY_ERROR, SEVERITY_NOTICE},
    {"aws_instance", 'c', "instance_state", SEVERITY_DEBUG, SEVERITY_DEBUG},
    {"aws_security_group", 'c', "owner_id", SEVERITY_WARNING,
     SEVERITY_CRITICAL}, /* the user's word is the last one */
    {"aws_kms_key", '.', "policy", SEVERITY_WARNING, SEVERITY_CRITICAL},
    {"aws_vpc", '.', "tags.Name", SEVERITY_WARNING, SEVERITY_INFORMATIONAL},
    {"aws_vpc_peering", '.', "tags.Name", SEVERITY_WARNING, SEVERITY_WARNING},
    {"aws_s3_bucket", '!', "unmanaged", SEVERITY_WARNING, SEVERITY_ERROR},
    {"aws_instance", '!', "unmanaged", SEVERITY_WARNING, SEVERITY_WARNING},
};

static void
levels(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(severities) / sizeof(*severities); i++) {
        struct severity_rules all = {rules, sizeof(rules) / sizeof(*rules),
                                     severities[i].preset};
        struct slice type = slice_str(severities[i].type);
        struct slice rest = slice_str(severities[i].rest);
        enum severity got =
            severities[i].mark == '!'
                ? severity_whole(&all, type, rest)
                : severity_change(&all, type, rest, severities[i].mark == 'c');

        if (got != severities[i].want)
            fail_msg("%s%c%s: %.*s", severities[i].type, severities[i].mark,
                     severities[i].rest, SLICE_FMT(severity_text(got)));
    }
}

static void
words(void **state)
{
    static const char *const want[] = {"emergency",     "alert",   "critical",
                                       "error",         "warning", "notice",
                                       "informational", "debug"};

    (void)state;
    for (int i = 0; i < SEVERITY_COUNT; i++)
        assert_true(
            slice_eq(severity_text((enum severity)i), slice_str(want[i])));
    assert_int_equal(severity_graver(SEVERITY_DEBUG, SEVERITY_ALERT),
                     SEVERITY_ALERT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(levels),
        cmocka_unit_test(words),
    };

    packed_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
