/* What the built-in mappings ask of every type they know. */
#include "loaded.h"

#include "base/text.h"
#include "state/wants.h"

static struct wants wants;

/* Asks what is wanted of every type of a binding. */
static bool
ask_types(void *ctx, struct slice source, struct slice event,
          const struct map_binding *b)
{
    size_t *fresh_types = ctx;

    (void)source;
    (void)event;
    for (size_t i = 0; b != NULL && i < b->n_types; i++) {
        char name[NAME_MAX_BYTES];
        struct slice type = names_text(&maps.names, map_type(b, i), name);
        struct want *k;
        bool fresh;

        k = wants_find(&wants, type, &fresh);
        assert_true(k != NULL && k->known && k->name == map_type(b, i));
        if (fresh)
            k->type = arena_copy(&keep, type);
        *fresh_types += fresh;
    }
    return true;
}

static const struct want *
want_of(const char *type)
{
    struct slice text = slice_str(type);
    bool fresh;

    return wants_find(&wants, text, &fresh);
}

/* An attribute's fate: "" not kept, "k" kept, "kf" kept and found by. */
static const char *
fate(const struct want *k, const char *attribute)
{
    uint32_t name = names_find(&maps.names, slice_str(attribute));
    const struct want_attr *a = want_attr(k, name);

    return a == NULL ? "" : a->keyed ? "kf" : "k";
}

static const struct {
    const char *type, *attribute, *want;
} fates[] = {
    {"aws_instance", "id", "kf"},
    {"aws_instance", "arn", "kf"},
    {"aws_instance", "instance_type", "k"},
    {"aws_instance", "root_block_device", "kf"},
    {"aws_instance", "tags_all", "k"},
    {"aws_instance", "password_data", ""},
    {"aws_instance", "user_data_base64", ""},
    {"aws_s3_bucket", "bucket", "k"},
    {"aws_s3_bucket", "bucket_domain_name", ""},
    {"aws_s3_bucket_versioning", "bucket", "kf"},
    {"aws_security_group_rule", "self", "k"},
    {"aws_security_group_rule", "security_group_id", "kf"},
    {"aws_lambda_function", "function_name", "kf"},
    {"aws_lambda_function", "invoke_arn", ""},
    {"null_resource", "id", ""},
};

static void
all_types(void **state)
{
    size_t types = 0;

    (void)state;
    use_maps(NULL);
    arena_init(&keep, keep_mem, sizeof(keep_mem));
    arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
    wants_init(&wants, &maps, &scratch);
    map_each_event(&maps, ask_types, &types);
    assert_true(types > 1500);
    for (size_t i = 0; i < ROWS(fates); i++) {
        const struct want *k = want_of(fates[i].type);

        if (k == NULL ||
            strcmp(fates[i].want, fate(k, fates[i].attribute)) != 0)
            fail_msg("%s.%s", fates[i].type, fates[i].attribute);
    }
}

/* A part's resource is found by its owner, which its own mappings keep. */
static void
all_parts(void **state)
{
    size_t parts = 0;

    all_types(state);
    for (size_t b = 0; b < WANTS_BUCKETS; b++)
        for (const struct want *k = wants.bucket[b]; k != NULL; k = k->next)
            for (uint32_t i = 0; k->attr != NULL && i <= k->mask; i++) {
                uint16_t name = k->attr[i].name, owner;
                char text[NAME_MAX_BYTES];

                for (size_t j = 0; name != NAME_NONE; j++, parts++) {
                    uint32_t child = map_part(&maps, k->name, name, j, &owner);
                    struct slice type;
                    bool fresh;

                    if (child == NAME_NONE)
                        break;
                    type = names_text(&maps.names, child, text);
                    if (want_attr(wants_find(&wants, type, &fresh), owner) ==
                        NULL)
                        fail_msg("%.*s.%.*s", SLICE_FMT(k->type),
                                 SLICE_FMT(type));
                }
            }
    assert_true(parts > 20);
    assert_true(wants_parts(&wants));
    assert_string_equal("kf", fate(want_of("aws_s3_bucket_policy"), "bucket"));
}

/* Where memory ends, that is said, and nothing is taken for known. */
static void
memory(void **state)
{
    static const char *const types[] = {"aws_instance", "aws_s3_bucket",
                                        "aws_iam_role", "aws_lambda_function"};
    size_t fits = 0;

    (void)state;
    use_maps(NULL);
    for (size_t n = 0; n < 12000; n += 100) {
        size_t known = 0;

        arena_init(&scratch, scratch_mem, n);
        wants_init(&wants, &maps, &scratch);
        for (size_t i = 0; i < ROWS(types); i++)
            known += want_of(types[i]) != NULL;
        assert_true(known == ROWS(types) || wants.full || scratch.fails > 0);
        fits += known == ROWS(types);
    }
    assert_true(fits > 10 && fits < 110);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_types),
        cmocka_unit_test(all_parts),
        cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
