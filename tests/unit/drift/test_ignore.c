/* The user's ignore rules over records. */
#include "drift/ignore.h"
#include "packed.h"

#define GLOBS_MAX 3

/* A rule in a row: "key=glob,glob key=glob". */
static const char *const keys[IGNORE_KEYS] = {
    "type",    "address", "resource", "user",      "event",
    "service", "account", "region",   "source_ip", "user_agent"};

static const struct {
    const char *rule;
    char record;      /* d: drift, x: deletion, n: unmanaged, h: half unknown */
    const char *left; /* paths left, or NULL: the rule took all */
} rows[] = {
    {"type=aws_instance", 'd', NULL},
    {"type=aws_*", 'd', NULL},
    {"type=aws_vpc", 'd', "instance_type tags.Env root_block_device[0].iops"},
    {"type=aws_vpc,aws_instance", 'd', NULL},
    {"type=aws_instance user=*:user/ana", 'd', NULL},
    {"type=aws_instance user=*:user/bob", 'd',
     "instance_type tags.Env root_block_device[0].iops"},
    {"address=module.web.*", 'd', NULL},
    {"address=module.db.*", 'd',
     "instance_type tags.Env root_block_device[0].iops"},
    {"resource=i-1", 'd', NULL},
    {"event=Modify*", 'd', NULL},
    {"service=ec2", 'd', NULL},
    {"account=123456789012", 'd', NULL},
    {"region=eu-*", 'd', NULL},
    {"source_ip=203.0.113.*", 'd', NULL},
    {"user_agent=*console*", 'd', NULL},
    {"attribute=instance_type", 'd', "tags.Env root_block_device[0].iops"},
    {"attribute=tags", 'd', "instance_type root_block_device[0].iops"},
    {"attribute=tags.*,root_block_device.iops", 'd', "instance_type"},
    {"attribute=*", 'd', NULL},
    {"attribute=*", 'h', ""},
    {"attribute=*", 'x', ""},
    {"attribute=*", 'n', ""},
    {"attribute=*.iops", 'h', "instance_type tags.Env"},
    {"type=aws_vpc attribute=*", 'd',
     "instance_type tags.Env root_block_device[0].iops"},
    {"type=aws_instance", 'x', NULL},
    {"type=aws_instance", 'n', NULL},
    {"address=*", 'n', ""}, /* it has no address to match */
    {"type=aws_instance", 'h', NULL},
};

static struct ignore_rule
rule_of(const char *text, struct slice globs[IGNORE_KEYS + 1][GLOBS_MAX])
{
    struct ignore_rule rule = {.name = SLICE("quiet")};
    struct slice rest = slice_str(text), part, glob;

    while (text_cut(&rest, ' ', &part)) {
        struct slice name = slice_head(part, slice_chr(part, '='));
        struct slice list = slice_from(part, name.n + 1);
        struct list *to = &rule.attribute;
        size_t key = 0;

        while (key < IGNORE_KEYS && !slice_eq(name, slice_str(keys[key])))
            key++;
        if (key < IGNORE_KEYS)
            to = &rule.key[key];
        to->p = globs[key];
        while (to->n < GLOBS_MAX && text_cut(&list, ',', &glob))
            globs[key][to->n++] = glob;
    }
    return rule;
}

static struct record
record_of(char kind, struct record_change changes[3])
{
    struct record r = {
        .type = SLICE("aws_instance"),
        .address = SLICE("module.web.aws_instance.a"),
        .resource = SLICE("i-1"),
        .user = SLICE("arn:aws:iam::123456789012:user/ana"),
        .event = SLICE("ModifyInstanceAttribute"),
        .service = SLICE("ec2"),
        .account = SLICE("123456789012"),
        .region = SLICE("eu-west-1"),
        .source_ip = SLICE("203.0.113.1"),
        .user_agent = SLICE("console.amazonaws.com"),
        .action = kind == 'x' ? ACTION_DELETE : ACTION_UPDATE,
        .kind = kind == 'n' ? RECORD_UNMANAGED : RECORD_DRIFT,
        .detail = kind != 'h',
        .changes = {changes, kind == 'd' || kind == 'h' ? 3 : 0},
    };

    if (kind == 'n')
        r.address = slice_of(NULL, 0);
    changes[0].path = SLICE("instance_type");
    changes[1].path = SLICE("tags.Env");
    changes[2].path = SLICE("root_block_device[0].iops");
    return r;
}

static void
one_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct slice globs[IGNORE_KEYS + 1][GLOBS_MAX];
        struct ignore_rule rule = rule_of(rows[i].rule, globs);
        struct ignore_rules rules = {&rule, 1};
        struct record_change changes[3] = {{.path = {"", 0}}};
        struct record r = record_of(rows[i].record, changes);
        const struct ignore_rule *took = ignore_apply(&rules, &r);
        char left[256];
        struct buf b = buf_over(left, sizeof(left));

        for (size_t k = 0; k < r.changes.n; k++) {
            buf_put(&b, k > 0 ? SLICE(" ") : SLICE(""));
            buf_put(&b, r.changes.list[k].path);
        }
        if (took != (rows[i].left == NULL ? &rule : NULL))
            fail_msg("%s: %s", rows[i].rule, took ? "took it" : "left it");
        if (took == NULL && !slice_eq(buf_slice(&b), slice_str(rows[i].left)))
            fail_msg("%s: left %.*s", rows[i].rule, SLICE_FMT(buf_slice(&b)));
    }
}

/* Each takes a part; the one that takes the last is named. */
static void
two_rules(void **state)
{
    struct slice a[IGNORE_KEYS + 1][GLOBS_MAX];
    struct slice b[IGNORE_KEYS + 1][GLOBS_MAX];
    struct ignore_rule rule[] = {rule_of("attribute=tags,instance_type", a),
                                 rule_of("attribute=root_block_device", b)};
    struct ignore_rules rules = {rule, 2};
    struct record_change changes[3] = {{.path = {"", 0}}};
    struct record r = record_of('d', changes);

    (void)state;
    assert_ptr_equal(ignore_apply(&rules, &r), &rule[1]);
    r = record_of('d', changes);
    rules.n = 1;
    assert_null(ignore_apply(&rules, &r));
    assert_int_equal(r.changes.n, 1);
    rules.n = 0;
    assert_null(ignore_apply(&rules, &r));
    assert_int_equal(r.changes.n, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rule),
        cmocka_unit_test(two_rules),
    };

    packed_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
