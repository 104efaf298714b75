/* Security group rules, inline and on their own, let in, taken away, edited,
 * described. */
#include "trial_case.h"

#include "drift/sgrule.h"
#include "sgrule_rows.h"

#include "sgrule_gone_rows.h"

static struct trial_case c;

static void
check(const struct trial_row *r)
{
    struct slice got;
    bool known;

    case_init(&c, r);
    assert_true(sgrule_judge(&c.trial, &known));
    got = known ? tell_trial(&c.trial) : SLICE("unknown");
    if (!slice_eq(got, slice_str(r->want)))
        fail_msg("%s:\n  got  %.*s\n  want %s", r->name, SLICE_FMT(got),
                 r->want);
    assert_int_equal(scratch.used, 0);
}

static void
rules_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(table_new) / sizeof(*table_new); i++)
        check(&table_new[i]);
}

static void
rules_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(table_gone) / sizeof(*table_gone); i++)
        check(&table_gone[i]);
}

/* The members of a block are those Terraform shows, in its order. */
static void
block_is_whole(void **state)
{
    static const struct trial_row row = {
        "block", WEB,
        IN,      PERMIT("sg-a", "'tcp'", "22", "23", CIDR("9.0.0.0/8")),
        NULL,    false,
        NULL};
    struct buf b = buf_over(told, sizeof(told));
    bool known;

    (void)state;
    case_init(&c, &row);
    assert_true(sgrule_judge(&c.trial, &known));
    assert_int_equal(c.trial.n_findings, 1);
    value_json(&b, &maps.names, c.trial.finding[0]->change[0].new_value);
    buf_byte(&b, '\0');
    assert_string_equal(
        told, "[{\"cidr_blocks\":[\"9.0.0.0/8\"],\"description\":\"\","
              "\"from_port\":22,\"ipv6_cidr_blocks\":[],"
              "\"prefix_list_ids\":[],\"protocol\":\"tcp\","
              "\"security_groups\":[],\"self\":false,\"to_port\":23}]");
}

static void
other_events_are_not_judged(void **state)
{
    static const struct trial_row row = {
        "another call", WEB, "CreateSecurityGroup", "{'groupId':'sg-a'}", NULL,
        false,          NULL};
    bool known;

    (void)state;
    case_init(&c, &row);
    assert_false(sgrule_judge(&c.trial, &known));
    /* The name of a call of another service. */
    c.trial.event_name = SLICE(IN);
    c.event.field[EVENT_SOURCE] = SLICE("\"docdb.amazonaws.com\"");
    assert_false(sgrule_judge(&c.trial, &known));
    assert_int_equal(c.trial.n_findings, 0);
}

static void
other_accounts_are_not_asked(void **state)
{
    static const struct trial_row row = {
        "account", WEB,   IN,  PERMIT("sg-a", "'tcp'", "1", "1", CIDR("::/0")),
        NULL,      false, NULL};
    bool known;

    (void)state;
    case_init(&c, &row);
    state_set_account(c.state[0], SLICE("999999999999"));
    assert_true(sgrule_judge(&c.trial, &known));
    assert_false(known);
    state_set_account(c.state[0], c.trial.account);
    assert_true(sgrule_judge(&c.trial, &known));
    assert_true(known);
}

#define MANY 20000

/* {'groupId':...} with MANY rules; of every network twice. */
static const char *
many_rules(char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size,
                                "{'groupId':'sg-a','ipPermissions':"
                                "{'items':[{'ipProtocol':'tcp','fromPort':1,"
                                "'toPort':2,'ipRanges':{'items':[");

    for (int i = 0; i < MANY; i++)
        n += (size_t)snprintf(out + n, size - n, "%s{'cidrIp':'10.%d.%d.0/24'}",
                              i > 0 ? "," : "", i / 2 / 256, i / 2 % 256);
    snprintf(out + n, size - n, "]}}]}}");
    return out;
}

/* Work grows with the rules, not with their product: under ASan this takes
 * a fraction of a second, each with each would take minutes. */
static void
many_rules_at_once(void **state)
{
    static char params[2 << 20];
    struct trial_row row = {
        "many", WEB, IN, many_rules(params, sizeof(params)), NULL, false, NULL};
    const struct finding *f;
    bool known;

    (void)state;
    case_init(&c, &row);
    assert_true(sgrule_judge(&c.trial, &known));
    assert_int_equal(c.trial.n_findings, 1);
    f = c.trial.finding[0];
    assert_int_equal(f->n_changes, 1);
    assert_int_equal(value_count(f->change[0].new_value), MANY / 2);
    assert_int_equal(scratch.fails + arena.fails, 0);
}

/* What a part of the rules would say is not said. */
static void
too_little_memory(void **state)
{
    static char params[2 << 20];
    static char little[1 << 16];
    struct trial_row row = {
        "many", WEB, IN, many_rules(params, sizeof(params)), NULL, false, NULL};
    struct arena small;
    bool known;

    (void)state;
    case_init(&c, &row);
    arena_init(&small, little, sizeof(little));
    c.trial.scratch = &small;
    assert_true(sgrule_judge(&c.trial, &known));
    assert_true(known);
    assert_true(small.fails > 0);
    assert_int_equal(c.trial.n_findings, 1);
    assert_true(c.trial.finding[0]->unknown);
    assert_int_equal(c.trial.finding[0]->verdict, VERDICT_DRIFT);
    assert_int_equal(c.trial.finding[0]->n_changes, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_come),
        cmocka_unit_test(rules_go),
        cmocka_unit_test(block_is_whole),
        cmocka_unit_test(other_events_are_not_judged),
        cmocka_unit_test(other_accounts_are_not_asked),
        cmocka_unit_test(many_rules_at_once),
        cmocka_unit_test(too_little_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
