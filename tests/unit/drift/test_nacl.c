/* Numbered entries in the blocks of a network ACL. */
#include "trial_case.h"

#include "drift/nacl.h"

#define RULE(no, action, proto, cidr, six, from, to, type, code)         \
    "{'action':'" action "','cidr_block':'" cidr "','from_port':" from   \
    ",'icmp_code':" code ",'icmp_type':" type ",'ipv6_cidr_block':'" six \
    "','protocol':'" proto "','rule_no':" no ",'to_port':" to "}"
#define WEB RULE("100", "allow", "6", "0.0.0.0/0", "", "443", "443", "0", "0")
#define ANY RULE("110", "deny", "-1", "", "::/0", "0", "0", "0", "0")
#define PING RULE("120", "allow", "1", "10.0.0.0/8", "", "0", "0", "8", "-1")
#define ACL                                                          \
    "aws_network_acl {'id':'acl-1','ingress':[" WEB "," ANY "," PING \
    "],'egress':[" ANY "]}\n"
#define ENTRY                                                               \
    "aws_network_acl_rule {'id':'nacl-1','network_acl_id':'acl-1',"         \
    "'rule_number':40,'egress':false,'protocol':'6','rule_action':'allow'," \
    "'cidr_block':'0.0.0.0/0'}\n"
#define CALL(no, out, proto, action, more)                      \
    "{'networkAclId':'acl-1','ruleNumber':" no ",'egress':" out \
    ",'aclProtocol':'" proto "','ruleAction':'" action "'," more "}"
#define PORTS(from, to) "'portRange':{'from':" from ",'to':" to "}"

static const struct trial_row table[] = {
    {"as it is", ACL, "CreateNetworkAclEntry",
     CALL("100", "false", "6", "allow",
          "'cidrBlock':'0.0.0.0/0','icmpTypeCode':{}," PORTS("443", "443")),
     NULL, false, "r0 none"},
    {"as it is, in other words", ACL, "ReplaceNetworkAclEntry",
     CALL("'100'", "'false'", "tcp", "ALLOW",
          "'cidrBlock':'1.2.3.4/0'," PORTS("'443'", "'443'")),
     NULL, false, "r0 none"},
    {"other ports", ACL, "ReplaceNetworkAclEntry",
     CALL("100", "false", "6", "allow",
          "'cidrBlock':'0.0.0.0/0'," PORTS("443", "444")),
     NULL, false,
     "r0 drift; ingress -" WEB
     " +" RULE("100", "allow", "6", "0.0.0.0/0", "", "443", "444", "0", "0")},
    {"denied", ACL, "ReplaceNetworkAclEntry",
     CALL("100", "false", "6", "deny",
          "'cidrBlock':'0.0.0.0/0'," PORTS("443", "443")),
     NULL, false,
     "r0 drift; ingress -" WEB
     " +" RULE("100", "deny", "6", "0.0.0.0/0", "", "443", "443", "0", "0")},
    {"no ports with all protocols", ACL, "ReplaceNetworkAclEntry",
     CALL("110", "true", "-1", "deny",
          "'ipv6CidrBlock':'0::/0'," PORTS("1", "2")),
     NULL, false, "r0 none"},
    {"IPv4 instead of IPv6", ACL, "ReplaceNetworkAclEntry",
     CALL("110", "true", "-1", "deny", "'cidrBlock':'0.0.0.0/0'"), NULL, false,
     "r0 drift; egress -" ANY
     " +" RULE("110", "deny", "-1", "0.0.0.0/0", "", "0", "0", "0", "0")},
    {"IPv4 beside IPv6", ACL, "ReplaceNetworkAclEntry",
     CALL("110", "true", "-1", "deny",
          "'cidrBlock':'0.0.0.0/0','ipv6CidrBlock':'::/0'"),
     NULL, false,
     "r0 drift; egress -" ANY
     " +" RULE("110", "deny", "-1", "0.0.0.0/0", "::/0", "0", "0", "0", "0")},
    {"ICMP as it is", ACL, "ReplaceNetworkAclEntry",
     CALL("120", "false", "icmp", "allow",
          "'cidrBlock':'10.0.0.0/8','icmpTypeCode':{'type':8,'code':-1}"),
     NULL, false, "r0 none"},
    {"another ICMP type", ACL, "ReplaceNetworkAclEntry",
     CALL("120", "false", "1", "allow",
          "'cidrBlock':'10.0.0.0/8','icmpTypeCode':{'type':0,'code':-1}"),
     NULL, false,
     "r0 drift; ingress -" PING
     " +" RULE("120", "allow", "1", "10.0.0.0/8", "", "0", "0", "0", "-1")},
    {"the protocol as the state writes it",
     "aws_default_network_acl {'id':'acl-1','ingress':["
     "{'action':'allow','cidr_block':'0.0.0.0/0','from_port':0,"
     "'icmp_code':null,'icmp_type':null,'ipv6_cidr_block':null,"
     "'protocol':'tcp','rule_no':100,'to_port':0}]}",
     "ReplaceNetworkAclEntry",
     CALL("100", "false", "6", "deny", "'cidrBlock':'0.0.0.0/0'"), NULL, false,
     "r0 drift; ingress -{'action':'allow','cidr_block':'0.0.0.0/0',"
     "'from_port':0,'icmp_code':null,'icmp_type':null,'ipv6_cidr_block':"
     "null,'protocol':'tcp','rule_no':100,'to_port':0} +" RULE(
         "100", "deny", "tcp", "0.0.0.0/0", "", "0", "0", "0", "0")},
    {"new", ACL, "CreateNetworkAclEntry",
     CALL("90", "false", "17", "allow",
          "'cidrBlock':'10.1.2.3/8'," PORTS("53", "53")),
     NULL, false,
     "r0 drift; ingress +" RULE("90", "allow", "17", "10.0.0.0/8", "", "53",
                                "53", "0", "0")},
    {"the number of the other direction is new", ACL, "CreateNetworkAclEntry",
     CALL("100", "true", "6", "allow",
          "'cidrBlock':'0.0.0.0/0'," PORTS("443", "443")),
     NULL, false, "r0 drift; egress +" WEB},
    {"an ACL without the attribute", "aws_network_acl {'id':'acl-1'}",
     "CreateNetworkAclEntry",
     CALL("100", "true", "6", "allow",
          "'cidrBlock':'0.0.0.0/0'," PORTS("443", "443")),
     NULL, false, "r0 drift; egress +" WEB},
    {"deleted", ACL, "DeleteNetworkAclEntry",
     "{'networkAclId':'acl-1','ruleNumber':100,'egress':false}", NULL, false,
     "r0 drift; ingress -" WEB},
    {"deleted, not ours", ACL, "DeleteNetworkAclEntry",
     "{'networkAclId':'acl-1','ruleNumber':100,'egress':true}", NULL, false,
     "r0 none"},
    {"a resource of its own", ACL ENTRY, "DeleteNetworkAclEntry",
     "{'networkAclId':'acl-1','ruleNumber':40,'egress':false}", NULL, false,
     "elsewhere"},
    {"a resource of its own, in another state", ACL "--\n" ENTRY,
     "ReplaceNetworkAclEntry",
     CALL("40", "false", "6", "allow", "'cidrBlock':'0.0.0.0/0'"), NULL, false,
     "elsewhere"},
    {"its number in the other direction", ACL ENTRY, "DeleteNetworkAclEntry",
     "{'networkAclId':'acl-1','ruleNumber':40,'egress':true}", NULL, false,
     "r0 none"},
    {"no number", ACL, "DeleteNetworkAclEntry", "{'networkAclId':'acl-1'}",
     NULL, false, "r0 none"},
    {"no parameters", ACL, "DeleteNetworkAclEntry", "null", NULL, false,
     "r0 none"},
    {"put back", ACL, "CreateNetworkAclEntry",
     CALL("100", "false", "6", "allow",
          "'cidrBlock':'0.0.0.0/0'," PORTS("443", "443")),
     NULL, true, "r0 none; ingress ={'rule_no':100}"},
    {"a foreign one taken away again", ACL, "DeleteNetworkAclEntry",
     "{'networkAclId':'acl-1','ruleNumber':7,'egress':true}", NULL, true,
     "r0 none; egress ={'rule_no':7}"},
};

static struct trial_case c;

static void
rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct instance in;
        struct slice got;
        bool here;

        case_init(&c, &table[i]);
        in = state_instance(c.state[0], 0);
        here = nacl_judge(&c.trial, finding_of(&c.trial, &in));
        got = here ? tell_trial(&c.trial) : SLICE("elsewhere");
        if (!slice_eq(got, slice_str(table[i].want)))
            fail_msg("%s:\n  got  %.*s\n  want %s", table[i].name,
                     SLICE_FMT(got), table[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
