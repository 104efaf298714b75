#define BLOCK(cidr, six, lists, groups, self, proto, from, to, text)       \
    "{'cidr_blocks':[" cidr "],'description':'" text "','from_port':" from \
    ",'ipv6_cidr_blocks':[" six "],'prefix_list_ids':[" lists              \
    "],'protocol':'" proto "','security_groups':[" groups "],'self':" self \
    ",'to_port':" to "}"
#define TCP(cidr, port, text) \
    BLOCK(cidr, "", "", "", "false", "tcp", port, port, text)

/* The group that most rows are about: everything inline. */
#define HTTPS \
    BLOCK("'0.0.0.0/0'", "'::/0'", "", "", "false", "tcp", "443", "443", "")
#define SSH TCP("'10.0.0.0/8','172.16.0.0/12'", "22", "admin")
#define ITSELF BLOCK("", "", "", "", "true", "-1", "0", "0", "")
#define PEERS "'sg-f','999999999999/sg-g'"
#define DNS BLOCK("", "", "", PEERS, "false", "udp", "53", "53", "")
#define LIST BLOCK("", "", "'pl-1'", "", "false", "tcp", "443", "443", "")
#define PING BLOCK("'10.0.0.0/8'", "", "", "", "false", "icmp", "8", "-1", "")
#define ALL BLOCK("'0.0.0.0/0'", "", "", "", "false", "-1", "0", "0", "")
#define WEB_IN HTTPS "," SSH "," ITSELF "," DNS "," LIST "," PING
#define WEB                                                           \
    "aws_security_group {'id':'sg-a','name':'web','ingress':[" WEB_IN \
    "],'egress':[" ALL "]}\n"

/* One rule of each of two kinds in one block, its members in no order. */
#define MIXED                                                             \
    "aws_security_group {'id':'sg-m','ingress':[{'to_port':5,'protocol':" \
    "'tcp','self':null,'security_groups':['sg-f'],'from_port':5,"         \
    "'cidr_blocks':['10.0.0.0/13'],'description':''}]}\n"

/* A group of which the rules are resources, with a computed copy. */
#define DB                                                         \
    "aws_security_group {'id':'sg-d','name':'db','ingress':[" TCP( \
        "'10.1.0.0/16'", "5432", "net") "],'egress':[]}\n"
#define DB_OLD                                                             \
    "aws_security_group_rule {'id':'sgrule-1','security_group_id':'sg-d'," \
    "'security_group_rule_id':'sgr-1','type':'ingress','protocol':'tcp',"  \
    "'from_port':5432,'to_port':5432,'cidr_blocks':['10.1.0.0/16'],"       \
    "'ipv6_cidr_blocks':null,'prefix_list_ids':null,'self':false,"         \
    "'source_security_group_id':null,'description':'net'}\n"
#define DB_SELF                                                            \
    "aws_security_group_rule {'id':'sgrule-2','security_group_id':'sg-d'," \
    "'security_group_rule_id':'sgr-5','type':'ingress','protocol':'all',"  \
    "'from_port':0,'to_port':0,'cidr_blocks':null,'self':true,"            \
    "'source_security_group_id':null,'description':null}\n"
#define DB_TWO                                                             \
    "aws_security_group_rule {'id':'sgrule-3','security_group_id':'sg-d'," \
    "'type':'ingress','protocol':'tcp','from_port':1,'to_port':2,"         \
    "'cidr_blocks':['10.1.0.0/16','10.2.0.0/16'],'self':false,"            \
    "'description':''}\n"
#define DB_IN                                                               \
    "aws_vpc_security_group_ingress_rule {'id':'sgr-2',"                    \
    "'security_group_rule_id':'sgr-2','security_group_id':'sg-d',"          \
    "'ip_protocol':'tcp','from_port':5432,'to_port':5432,'cidr_ipv4':null," \
    "'cidr_ipv6':null,'prefix_list_id':null,"                               \
    "'referenced_security_group_id':'sg-a','description':null}\n"
#define DB_OUT                                                        \
    "aws_vpc_security_group_egress_rule {'id':'sgr-3',"               \
    "'security_group_rule_id':'sgr-3','security_group_id':'sg-d',"    \
    "'ip_protocol':'-1','from_port':null,'to_port':null,"             \
    "'cidr_ipv4':'0.0.0.0/0','cidr_ipv6':null,'prefix_list_id':null," \
    "'referenced_security_group_id':null,'description':null}\n"

#define PERMIT(group, proto, from, to, more)                                \
    "{'groupId':'" group "','ipPermissions':{'items':[{'ipProtocol':" proto \
    ",'fromPort':" from ",'toPort':" to "," more "}]}}"
#define CIDR(cidr) "'ipRanges':{'items':[{'cidrIp':'" cidr "'}]}"
#define CIDR6(cidr) "'ipv6Ranges':{'items':[{'cidrIpv6':'" cidr "'}]}"
#define PEER(more) "'groups':{'items':[{" more "}]}"
#define MODIFY(group, id, body)                                 \
    "{'ModifySecurityGroupRulesRequest':{'GroupId':'" group     \
    "','SecurityGroupRule':{'tag':1,'SecurityGroupRuleId':'" id \
    "','SecurityGroupRule':{" body "}}}}"

#define IN "AuthorizeSecurityGroupIngress"
#define OUT "AuthorizeSecurityGroupEgress"
#define REVOKE "RevokeSecurityGroupIngress"
#define REVOKE_OUT "RevokeSecurityGroupEgress"
#define EDIT "ModifySecurityGroupRules"
#define WORDS_IN "UpdateSecurityGroupRuleDescriptionsIngress"
#define WORDS_OUT "UpdateSecurityGroupRuleDescriptionsEgress"

static const struct trial_row table_new[] = {
    /* ---- let in */
    {"new", WEB, IN, PERMIT("sg-a", "'tcp'", "22", "22", CIDR("0.0.0.0/0")),
     NULL, false, "r0 drift; ingress +{tcp 22-22 0.0.0.0/0}"},
    {"there", WEB, IN, PERMIT("sg-a", "'tcp'", "443", "443", CIDR("0.0.0.0/0")),
     NULL, false, "r0 none"},
    {"ports as text", WEB, IN,
     PERMIT("sg-a", "'TCP'", "'443'", "'443'", CIDR("0.0.0.0/0")), NULL, false,
     "r0 none"},
    {"one CIDR of a block, described otherwise", WEB, IN,
     PERMIT("sg-a", "'tcp'", "22", "22",
            "'ipRanges':{'items':[{'cidrIp':'172.16.0.0/12','description':"
            "'new words'}]}"),
     NULL, false, "r0 none"},
    {"one there, one new", WEB, IN,
     PERMIT("sg-a", "'tcp'", "22", "22",
            "'ipRanges':{'items':[{'cidrIp':'10.0.0.0/8'},{'cidrIp':"
            "'192.168.0.0/16','description':'office'}]}"),
     NULL, false, "r0 drift; ingress +{tcp 22-22 192.168.0.0/16 'office'}"},
    {"the same twice", WEB, IN,
     PERMIT("sg-a", "'tcp'", "1", "1",
            "'ipRanges':{'items':[{'cidrIp':'10.0.0.0/8'},{'cidrIp':"
            "'10.0.0.0/8'}]},'ipv6Ranges':{'items':[{'cidrIpv6':'::/0'},"
            "{'cidrIpv6':'0::/0'}]}"),
     NULL, false, "r0 drift; ingress +{tcp 1-1 10.0.0.0/8} +{tcp 1-1 ::/0}"},
    {"a block of a network and a group", MIXED, IN,
     PERMIT("sg-m", "'tcp'", "5", "5", PEER("'groupId':'sg-f'")), NULL, false,
     "r0 none"},
    {"members in no order, elements in wrappers", MIXED, IN,
     "{'ipPermissions':{'items':[{'tag':1,'content':{'ipRanges':{'item':"
     "{'cidrIp':'10.0.0.0/13'}},'toPort':{'value':5},'fromPort':5,"
     "'ipProtocol':'tcp'}}]},'groupId':'sg-m'}",
     NULL, false, "r0 none"},
    {"members beside a content that has the others", MIXED, IN,
     "{'ipPermissions':{'items':[{'tag':1,'content':{'ipRanges':{'item':"
     "{'tag':1,'content':{'cidrIp':'9.0.0.0/8'},'description':null}},"
     "'toPort':5,'ipProtocol':'tcp'},'fromPort':5}]},'groupId':'sg-m'}",
     NULL, false, "r0 drift; ingress +{tcp 5-5 9.0.0.0/8}"},
    {"a member that is there twice, once empty", MIXED, IN,
     PERMIT("sg-m", "''", "5", "5", "'IpProtocol':'tcp'," CIDR("10.0.0.0/13")),
     NULL, false, "r0 none"},
    {"another range", WEB, IN,
     PERMIT("sg-a", "'tcp'", "443", "444", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; ingress +{tcp 443-444 0.0.0.0/0}"},
    {"protocols by number", WEB, IN,
     PERMIT("sg-a", "'17'", "53", "53", PEER("'groupId':'sg-f'")), NULL, false,
     "r0 none"},
    {"another protocol", WEB, IN,
     PERMIT("sg-a", "17", "443", "443", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; ingress +{udp 443-443 0.0.0.0/0}"},
    {"all protocols have no ports", WEB, IN,
     PERMIT("sg-a", "'-1'", "-1", "-1", PEER("'groupId':'sg-a'")), NULL, false,
     "r0 none"},
    {"nor has GRE", WEB, IN,
     PERMIT("sg-a", "'47'", "5", "6", CIDR("1.2.3.4/32")), NULL, false,
     "r0 drift; ingress +{47 0-0 1.2.3.4/32}"},
    {"ICMP type and code", WEB, IN,
     PERMIT("sg-a", "'icmp'", "8", "-1", CIDR("10.0.0.0/8")), NULL, false,
     "r0 none"},
    {"ICMP without a code is all codes", WEB, IN,
     PERMIT("sg-a", "'1'", "8", "null", CIDR("10.0.0.0/8")), NULL, false,
     "r0 none"},
    {"another ICMP type", WEB, IN,
     PERMIT("sg-a", "'icmp'", "0", "-1", CIDR("10.0.0.0/8")), NULL, false,
     "r0 drift; ingress +{icmp 0--1 10.0.0.0/8}"},
    {"IPv6 spelled out", WEB, IN,
     PERMIT("sg-a", "'tcp'", "443", "443", CIDR6("0:0:0:0::0/0")), NULL, false,
     "r0 none"},
    {"host bits do not count", WEB, IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("10.1.2.3/8")), NULL, false,
     "r0 none"},
    {"a new network is shown as EC2 keeps it", WEB, IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR6("2001:DB8:0::7/32")), NULL,
     false, "r0 drift; ingress +{tcp 22-22 2001:db8::/32}"},
    {"another mask", WEB, IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("10.0.0.0/9")), NULL, false,
     "r0 drift; ingress +{tcp 22-22 10.0.0.0/9}"},
    {"prefix list there", WEB, IN,
     PERMIT("sg-a", "'tcp'", "443", "443",
            "'prefixListIds':{'items':[{'prefixListId':'pl-1'}]}"),
     NULL, false, "r0 none"},
    {"prefix list new", WEB, IN,
     PERMIT("sg-a", "'tcp'", "443", "443",
            "'prefixListIds':{'items':[{'prefixListId':'pl-2'}]}"),
     NULL, false, "r0 drift; ingress +{tcp 443-443 pl-2}"},
    {"itself on one port", WEB, IN,
     PERMIT("sg-a", "'tcp'", "9", "9", PEER("'groupId':'sg-a'")), NULL, false,
     "r0 drift; ingress +{tcp 9-9 self}"},
    {"itself by name", WEB, IN,
     PERMIT("sg-a", "'-1'", "null", "null", PEER("'groupName':'web'")), NULL,
     false, "r0 none"},
    {"another group", WEB, IN,
     PERMIT("sg-a", "'udp'", "53", "53",
            PEER("'groupId':'sg-h','userId':'123456789012'")),
     NULL, false, "r0 drift; ingress +{udp 53-53 sg-h}"},
    {"another account's group, there", WEB, IN,
     PERMIT("sg-a", "'udp'", "53", "53",
            PEER("'groupId':'sg-g','userId':'999999999999'")),
     NULL, false, "r0 none"},
    {"another account's group, new", WEB, IN,
     PERMIT("sg-a", "'tcp'", "53", "53",
            PEER("'groupId':'sg-g','userId':'999999999999'")),
     NULL, false, "r0 drift; ingress +{tcp 53-53 999999999999/sg-g}"},
    {"flat", WEB, IN,
     "{'groupId':'sg-a','ipPermissions':{},'cidrIp':'203.0.113.9/32',"
     "'ipProtocol':'tcp','fromPort':22,'toPort':22}",
     NULL, false, "r0 drift; ingress +{tcp 22-22 203.0.113.9/32}"},
    {"flat, a group by name", WEB, IN,
     "{'groupId':'sg-a','sourceSecurityGroupName':'web'}", NULL, false,
     "r0 none"},
    {"a lone permission, a lone range", WEB, IN,
     "{'groupId':'sg-a','ipPermissions':{'ipProtocol':'tcp','fromPort':22,"
     "'toPort':22,'ipRanges':{'cidrIp':'10.0.0.0/8'}}}",
     NULL, false, "r0 none"},
    {"egress is not ingress", WEB, OUT,
     PERMIT("sg-a", "'tcp'", "443", "443", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; egress +{tcp 443-443 0.0.0.0/0}"},
    {"nobody's group", WEB, IN,
     PERMIT("sg-z", "'tcp'", "22", "22", CIDR("0.0.0.0/0")), NULL, false,
     "unknown"},
    {"no parameters", WEB, IN, "null", NULL, false, "unknown"},
    {"a group by name", WEB DB, IN,
     "{'groupName':'web','ipPermissions':{'items':[{'ipProtocol':'tcp',"
     "'fromPort':443,'toPort':443," CIDR("0.0.0.0/0") "}]}}",
     NULL, false, "r0 none"},
    {"a group by name, the answer says which", WEB DB, IN,
     "{'groupName':'web','ipPermissions':{'items':[{'ipProtocol':'tcp',"
     "'fromPort':443,'toPort':443," CIDR("0.0.0.0/0") "}]}}",
     "{'securityGroupRuleSet':{'items':[{'groupId':'sg-d'}]}}", false,
     "r1 drift; ingress +{tcp 443-443 0.0.0.0/0}"},
    {"the default group",
     "aws_default_security_group {'id':'sg-a','ingress':[],'egress':[]}", IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; ingress +{tcp 22-22 0.0.0.0/0}"},
    {"a state without the attribute",
     "aws_security_group {'id':'sg-a','name':'web'}", IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; ingress +{tcp 22-22 0.0.0.0/0}"},

    /* ---- rules in resources of their own */
    {"in an older resource", DB DB_OLD, IN,
     PERMIT("sg-d", "'tcp'", "5432", "5432", CIDR("10.1.0.0/16")), NULL, false,
     "r0 none"},
    {"in a newer resource", DB DB_IN, IN,
     PERMIT("sg-d", "'tcp'", "5432", "5432", PEER("'groupId':'sg-a'")), NULL,
     false, "r0 none"},
    {"itself in an older resource", DB DB_SELF, IN,
     PERMIT("sg-d", "'-1'", "-1", "-1", PEER("'groupId':'sg-d'")), NULL, false,
     "r0 none"},
    {"an egress resource", DB DB_OUT, OUT,
     PERMIT("sg-d", "'-1'", "null", "null", CIDR("0.0.0.0/0")), NULL, false,
     "r0 none"},
    {"an egress resource is no ingress", DB DB_OUT, IN,
     PERMIT("sg-d", "'-1'", "null", "null", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; ingress +{-1 0-0 0.0.0.0/0}"},
    {"new beside them", DB DB_OLD DB_IN, IN,
     PERMIT("sg-d", "'tcp'", "5432", "5432", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; ingress +{tcp 5432-5432 0.0.0.0/0}"},
    {"rules in another state than the group", DB "--\n" DB_OLD, IN,
     PERMIT("sg-d", "'tcp'", "5432", "5432", CIDR("10.1.0.0/16")), NULL, false,
     "r0 none"},
    {"rules in another state: reported there", DB "--\n" DB_OLD, REVOKE,
     PERMIT("sg-d", "'tcp'", "5432", "5432", CIDR("10.1.0.0/16")), NULL, false,
     "r1 delete | r0 none"},
    {"the group in two states", WEB "--\n" WEB, REVOKE,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("10.0.0.0/8")), NULL, false,
     "r0 drift; ingress -{tcp 22-22 10.0.0.0/8 'admin'} | "
     "r1 drift; ingress -{tcp 22-22 10.0.0.0/8 'admin'}"},
    {"only rules are managed", DB_OLD DB_IN, IN,
     PERMIT("sg-d", "'tcp'", "22", "22", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; ingress +{tcp 22-22 0.0.0.0/0}"},
    {"only rules are managed, and this one is", DB_OLD DB_IN, IN,
     PERMIT("sg-d", "'tcp'", "5432", "5432", CIDR("10.1.0.0/16")), NULL, false,
     ""},
    {"a newer rule in another state", DB "--\n" DB_IN, IN,
     PERMIT("sg-d", "'tcp'", "5432", "5432", PEER("'groupId':'sg-a'")), NULL,
     false, "r0 none"},
};
