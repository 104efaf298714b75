/* Records out of an event and a finding: who, what, how long, how secret. */
#include "base/err.h"
#include "base/stream.h"
#include "drift/actor.h"
#include "drift/record.h"
#include "drift/record_text.h"
#include "drift/sensitive.h"
#include "packed.h"

static const struct {
    const char *identity, *user, *role, *person, *account;
} actors[] = {
    {"{'type':'IAMUser','principalId':'AIDA','arn':"
     "'arn:aws:iam::1:user/ana','accountId':'1','userName':'ana'}",
     "arn:aws:iam::1:user/ana", "", "", "1"},
    {"{'type':'IAMUser','principalId':'AIDA','userName':'ana'}", "ana", "", "",
     ""},
    {"{'type':'IAMUser','principalId':'AIDA'}", "AIDA", "", "", ""},
    {"{'type':'Root','arn':'arn:aws:iam::1:root','accountId':'1'}",
     "arn:aws:iam::1:root", "", "", "1"},
    {"{'type':'AssumedRole','principalId':'AROA:ana','arn':"
     "'arn:aws:sts::1:assumed-role/Admin/ana','sessionContext':"
     "{'sessionIssuer':{'type':'Role','arn':'arn:aws:iam::1:role/Admin'}}}",
     "arn:aws:sts::1:assumed-role/Admin/ana", "arn:aws:iam::1:role/Admin",
     "ana", ""},
    {"{'type':'AssumedRole','arn':'arn:aws:sts::1:assumed-role/"
     "AWSReservedSSO_A_0/ana@example.com','onBehalfOf':{'userId':'u-1'},"
     "'sessionContext':{'sessionIssuer':{'arn':'arn:aws:iam::1:role/"
     "aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_0'}}}",
     "arn:aws:sts::1:assumed-role/AWSReservedSSO_A_0/ana@example.com",
     "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/"
     "AWSReservedSSO_A_0",
     "ana@example.com", ""},
    {"{'type':'AssumedRole','arn':'arn:aws:sts::1:assumed-role/R/s',"
     "'sessionContext':{'sourceIdentity':'ana'}}",
     "arn:aws:sts::1:assumed-role/R/s", "", "ana", ""},
    {"{'type':'AssumedRole','principalId':'AROA1:session'}", "AROA1:session",
     "", "session", ""},
    {"{'type':'AssumedRole','arn':'arn:aws:sts::1:assumed-role/R/s',"
     "'sessioncontext':{'sessionissuer':{'ARN':'arn:aws:iam::1:role/R'}}}",
     "arn:aws:sts::1:assumed-role/R/s", "arn:aws:iam::1:role/R", "s", ""},
    {"{'type':'FederatedUser','arn':'arn:aws:sts::1:federated-user/ana',"
     "'sessionContext':{'sessionIssuer':{'type':'IAMUser','arn':"
     "'arn:aws:iam::1:user/bob'}}}",
     "arn:aws:sts::1:federated-user/ana", "", "ana", ""},
    {"{'type':'AWSService','invokedBy':'ec2.amazonaws.com'}",
     "ec2.amazonaws.com", "", "", ""},
    {"{'type':'AWSAccount','principalId':'AROA2:s','accountId':'2'}", "AROA2:s",
     "", "s", "2"},
    {"{'type':'AWSAccount','accountId':'2'}", "2", "", "", "2"},
    {"{'type':'IdentityCenterUser','accountId':'1','onBehalfOf':{'userId':"
     "'u-1','identityStoreArn':'arn:aws:identitystore::1:identitystore/d'}}",
     "u-1", "", "u-1", "1"},
    {"{'type':'SAMLUser','principalId':'idp=:ana','userName':'ana'}",
     "idp=:ana", "", "ana", ""},
    {"{'type':'WebIdentityUser','principalId':'accounts.google.com:app:7',"
     "'userName':'7'}",
     "accounts.google.com:app:7", "", "7", ""},
    {"{'type':'Directory','userName':'ana'}", "ana", "", "", ""},
    {"{}", "", "", "", ""},
    {"[1]", "", "", "", ""},
    {"{'arn':{'a':1},'sessionContext':'x','onBehalfOf':[]}", "", "", "", ""},
};

static void
who(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(actors) / sizeof(*actors); i++) {
        struct actor a =
            actor_of(&packed_maps.names, packed(actors[i].identity));

        if (!slice_eq(a.user, slice_str(actors[i].user)) ||
            !slice_eq(a.role, slice_str(actors[i].role)) ||
            !slice_eq(a.identity, slice_str(actors[i].person)) ||
            !slice_eq(a.account, slice_str(actors[i].account)))
            fail_msg("%s: user %.*s, role %.*s, identity %.*s, account %.*s",
                     actors[i].identity, SLICE_FMT(a.user), SLICE_FMT(a.role),
                     SLICE_FMT(a.identity), SLICE_FMT(a.account));
    }
}

static const struct {
    const char *marks, *path;
    bool want;
} secrets[] = {
    {"[[{'type':'get_attr','value':'password'}]]", "password", true},
    {"[[{'type':'get_attr','value':'password'}]]", "password_wo", false},
    {"[[{'type':'get_attr','value':'pass'}]]", "password", false},
    {"[[{'type':'get_attr','value':'master_auth'}]]", "master_auth[0].password",
     true},
    {"[[{'type':'get_attr','value':'a'},{'type':'index','value':"
     "{'value':0,'type':'number'}},{'type':'get_attr','value':'b'}]]",
     "a[0].b", true},
    {"[[{'type':'get_attr','value':'a'},{'type':'index','value':"
     "{'value':0,'type':'number'}},{'type':'get_attr','value':'b'}]]",
     "a[1].b.c", true},
    {"[[{'type':'get_attr','value':'a'},{'type':'index','value':"
     "{'value':0,'type':'number'}},{'type':'get_attr','value':'b'}]]",
     "a[1].c", false},
    {"[[{'type':'get_attr','value':'a'},{'type':'index','value':"
     "{'value':0,'type':'number'}},{'type':'get_attr','value':'b'}]]",
     "a", true}, /* it holds one */
    {"[[{'type':'get_attr','value':'vars'},{'type':'index','value':"
     "{'value':'KEY','type':'string'}}]]",
     "vars.KEY", true},
    {"[[{'type':'get_attr','value':'vars'},{'type':'index','value':"
     "{'value':'KEY','type':'string'}}]]",
     "vars.OTHER", false},
    {"['password','b.c']", "b.c.d", true},
    {"['password','b.c']", "b.d", false},
    {"[]", "a", false},
    {"[[]]", "a", false},
    {"[[{'type':'index','value':{'value':0,'type':'number'}}]]", "a", false},
    {"[1,null,{'a':1}]", "a", false},
    {NULL, "a", false},
};

static void
secret_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
        if (sensitive_covers(&packed_maps.names, packed(secrets[i].marks),
                             slice_str(secrets[i].path)) != secrets[i].want)
            fail_msg("%s: %s is not %d", secrets[i].marks, secrets[i].path,
                     secrets[i].want);
}

static const struct {
    const char *json; /* NULL: absent */
    size_t max;
    const char *want;
} cuts[] = {
    {NULL, 8, "null"},
    {"null", 8, "null"},
    {"true", 8, "true"},
    {"12", 8, "12"},
    {"'12345678'", 8, "'12345678'"},
    {"'123456789'", 8, "'12345678…(+1 bytes)'"},
    {"'1234567ü'", 8, "'1234567…(+2 bytes)'"}, /* no half characters */
    {"'123456ü9'", 8, "'123456ü…(+1 bytes)'"},
    {"'12345日'", 7, "'12345…(+3 bytes)'"},
    {"'\\u0001\\u0001\\u0001\\u0001'", 4,
     "'\\u0001…(+3 bytes)'"}, /* escapes count too, but only twice */
    {"[1,2,3]", 8, "[1,2,3]"},
    {"[1,2,3,4,5]", 8, "[1,2,3,4,'…(+1 more)']"},
    {"['123456789']", 8, "['…(+1 more)']"},
    {"{'a':1}", 8, "{'a':1}"},
    {"{'a':12345}", 8, "'{\\'a\\':123…(+3 bytes)'"},
};

static void
long_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
        char mem[512];
        struct buf b = buf_over(mem, sizeof(mem));

        record_value(&b, &packed_maps.names, packed(cuts[i].json), cuts[i].max,
                     &packed_scratch);
        assert_int_equal(packed_scratch.used, 0);
        if (!slice_eq(buf_slice(&b), quoted(cuts[i].want)))
            fail_msg("%s in %zu: %.*s", cuts[i].json, cuts[i].max,
                     SLICE_FMT(buf_slice(&b)));
    }
}

#define RECORD_BEFORE                                                         \
    "{'eventVersion':'1.08','userIdentity':{'type':'IAMUser','accountId':'9'" \
    ",'arn':'arn:aws:iam::9:user/ana'},'eventTime':'2025-12-06T07:30:00Z',"   \
    "'eventSource':'ec2.amazonaws.com','eventName':'StopInstances',"          \
    "'awsRegion':'eu-west-1','sourceIPAddress':'203.0.113.1',"                \
    "'userAgent':'aws-cli'"

static const struct {
    const char *more, *id, *account;
} events[] = {
    {",'eventID':'e-1','recipientAccountId':'1'}", "e-1", "1"},
    {",'eventID':'e-1'}", "e-1", "9"},
    {",'eventID':''}", "h-", "9"},
    {",'eventID':null}", "h-", "9"},
    {"}", "h-", "9"},
};

static const struct severity_rules plain_rules = {NULL, 0, SEVERITY_WARNING};

static struct record_maker
maker(void)
{
    return (struct record_maker){&packed_maps, &plain_rules, &packed_arena,
                                 &packed_scratch};
}

static struct record
common_of(const char *more)
{
    struct record_maker m = maker();
    char text[1024];
    struct record r;
    struct event ev;
    size_t at;

    snprintf(text, sizeof(text), "%s%s", RECORD_BEFORE, more);
    if (event_decode(quoted(text), &ev, &at) != 0)
        fail_msg("%s: %zu", text, at);
    record_event(&r, &ev, &m);
    return r;
}

static void
common(void **state)
{
    struct record a, b;

    (void)state;
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        struct record r = common_of(events[i].more);
        bool hashed = slice_eq(slice_str(events[i].id), SLICE("h-"));

        assert_true(slice_eq(r.service, SLICE("ec2")));
        assert_true(slice_eq(r.event, SLICE("StopInstances")));
        assert_true(slice_eq(r.region, SLICE("eu-west-1")));
        assert_true(slice_eq(r.account, slice_str(events[i].account)));
        assert_true(hashed ? slice_starts(r.event_id, SLICE("h-")) &&
                                 r.event_id.n == 18
                           : slice_eq(r.event_id, slice_str(events[i].id)));
    }
    a = common_of("}");
    b = common_of(",'eventID':''}");
    assert_false(slice_eq(a.event_id, b.event_id));
    b = common_of("}");
    assert_true(slice_eq(a.event_id, b.event_id));
}

static struct state *
state_of(const char *attributes)
{
    char text[2048];
    struct stream_mem mem;
    struct stream in = stream_mem(&mem);
    struct state *st = NULL;
    struct err e = {.text = ""};

    snprintf(text, sizeof(text),
             "{'version':4,'resources':[{'mode':'managed','type':"
             "'aws_instance','name':'a','provider':'p','instances':[{%s}]}]}",
             attributes);
    mem.left = quoted(text);
    if (state_load(&st, &packed_maps, &in, SLICE("net"), SLICE("f"),
                   &packed_arena, &packed_scratch, &e) < 0)
        fail_msg("%s", e.text);
    return st;
}

/* A finding of changes, as a record's text "path old new; ...". */
static struct record
finished(struct finding *f, struct change *changes, size_t n)
{
    struct record common = common_of(",'eventID':'e-1'}"), r;
    struct record_maker m = maker();

    f->change = changes;
    f->n_changes = n;
    assert_int_equal(record_drift(&r, &common, f, &m), 0);
    assert_int_equal(record_finish(&r, &f->in, 3, &m), 0);
    return r;
}

static void
drift(void **state)
{
    struct change changes[] = {
        {.path = SLICE("instance_type"),
         .old_value = packed("'a'"),
         .new_value = packed("'b'")},
        {.path = SLICE("user_data"),
         .old_value = packed("'secret'"),
         .new_value = packed("'other'")},
        {.path = SLICE("key_name"),
         .old_value = packed("null"),
         .new_value = packed("'secret'"),
         .traits = MAP_SENSITIVE},
        {.path = SLICE("tags.x"),
         .old_value = packed("'a'"),
         .new_value = packed("'b'"),
         .hidden = true},
    };
    static const char *const want[][2] = {{"'a'", "'b'"},
                                          {"'(sensitive)'", "'(sensitive)'"},
                                          {"null", "'(sensitive)'"},
                                          {"'a'", "null"}};
    struct finding f = {
        .in = state_instance(state_of("'attributes':{'id':'i-1'},"
                                      "'sensitive_attributes':[[{'type':"
                                      "'get_attr','value':'user_data'}]]"),
                             0),
        .action = ACTION_UPDATE};
    struct record r = finished(&f, changes, 4);

    (void)state;
    assert_true(slice_eq(r.resource, SLICE("i-1")));
    assert_true(slice_eq(r.address, SLICE("aws_instance.a")));
    assert_true(slice_eq(r.state, SLICE("net")));
    assert_true(slice_eq(r.type, SLICE("aws_instance")));
    assert_true(slice_eq(r.id, SLICE("e-1:3")));
    assert_int_equal(r.severity, SEVERITY_WARNING);
    assert_int_equal(r.hidden, 1);
    for (size_t i = 0; i < 4; i++)
        if (!slice_eq(r.changes.list[i].old_json, quoted(want[i][0])) ||
            !slice_eq(r.changes.list[i].new_json, quoted(want[i][1])))
            fail_msg("%.*s: %.*s, %.*s", SLICE_FMT(r.changes.list[i].path),
                     SLICE_FMT(r.changes.list[i].old_json),
                     SLICE_FMT(r.changes.list[i].new_json));
    changes[0].traits = MAP_COMPUTED;
    assert_int_equal(finished(&f, changes, 1).severity, SEVERITY_NOTICE);
    assert_int_equal(finished(&f, changes, 2).severity, SEVERITY_WARNING);
    f.unknown = true;
    assert_int_equal(finished(&f, changes, 1).severity, SEVERITY_WARNING);
    assert_false(finished(&f, changes, 0).detail);
}

/* The name of a resource: its id, or the next best that is no secret. */
static void
resources(void **state)
{
    static const char *const rows[][2] = {
        {"'attributes':{'id':'i-1','arn':'arn:x','name':'n'}", "i-1"},
        {"'attributes':{'arn':'arn:x','name':'n'}", "arn:x"},
        {"'attributes':{'id':null,'name':'n'}", "n"},
        {"'attributes':{'id':'i-1','name':'n'},'sensitive_attributes':"
         "[[{'type':'get_attr','value':'id'}]]",
         "n"},
        {"'attributes':{}", ""},
    };
    struct record_maker m = maker();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct instance in = state_instance(state_of(rows[i][0]), 0);

        if (!slice_eq(record_resource(&in, &m), slice_str(rows[i][1])))
            fail_msg("%s: %.*s", rows[i][0],
                     SLICE_FMT(record_resource(&in, &m)));
    }
}

/* Many long changes: the first stay, the others are counted. */
static void
many_changes(void **state)
{
    enum { MANY = 500 };
    static struct change changes[MANY];
    static char text[20000];
    struct finding f = {
        .in = state_instance(state_of("'attributes':{'id':'i-1'}"), 0)};
    struct record r;

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[0] = text[sizeof(text) - 2] = '"';
    for (int i = 0; i < MANY; i++)
        changes[i] = (struct change){.path = SLICE("tags.x"),
                                     .old_value = packed("'a'"),
                                     .new_value = packed("'b'")};
    r = finished(&f, changes, MANY);
    assert_true(r.changes.n > 100 && r.changes.n < MANY);
    assert_int_equal(r.changes.n + r.more, MANY);
    changes[0].new_value = changes[0].old_value = packed(text);
    r = finished(&f, changes, 1);
    assert_int_equal(r.changes.n, 1); /* one always fits */
    assert_true(r.changes.list[0].new_json.n < 4200);
    assert_true(slice_ends(r.changes.list[0].new_json,
                           SLICE("x\xe2\x80\xa6(+15901 bytes)\"")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who),          cmocka_unit_test(secret_paths),
        cmocka_unit_test(long_values),  cmocka_unit_test(common),
        cmocka_unit_test(drift),        cmocka_unit_test(resources),
        cmocka_unit_test(many_changes),
    };

    packed_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
