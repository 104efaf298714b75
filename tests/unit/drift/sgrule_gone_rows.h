/* Rules that go or change: the groups are those of sgrule_rows.h. */
static const struct trial_row table_gone[] = {
    /* ---- taken away */
    {"revoked, one CIDR of two", WEB, REVOKE,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("10.0.0.0/8")), NULL, false,
     "r0 drift; ingress -{tcp 22-22 10.0.0.0/8 'admin'}"},
    {"revoked twice in one call", WEB, REVOKE,
     PERMIT("sg-a", "'tcp'", "22", "22",
            "'ipRanges':{'items':[{'cidrIp':'10.0.0.0/8'},{'cidrIp':"
            "'10.0.0.0/8'},{'cidrIp':'9.9.9.9/32'},{'cidrIp':'9.9.9.9/32'}]}"),
     NULL, false, "r0 drift; ingress -{tcp 22-22 10.0.0.0/8 'admin'}"},
    {"revoked, never ours", WEB, REVOKE,
     PERMIT("sg-a", "'tcp'", "3389", "3389", CIDR("10.0.0.0/8")), NULL, false,
     "r0 none"},
    {"revoked flat", WEB, REVOKE,
     "{'groupId':'sg-a','ipPermissions':{},'ipProtocol':'tcp','fromPort':443,"
     "'toPort':443,'cidrIp':'0.0.0.0/0'}",
     NULL, false, "r0 drift; ingress -{tcp 443-443 0.0.0.0/0}"},
    {"revoked egress", WEB, REVOKE_OUT,
     PERMIT("sg-a", "'-1'", "0", "0", CIDR("0.0.0.0/0")), NULL, false,
     "r0 drift; egress -{-1 0-0 0.0.0.0/0}"},
    {"revoked: the resource, not the group's copy", DB DB_OLD DB_IN, REVOKE,
     PERMIT("sg-d", "'tcp'", "5432", "5432", CIDR("10.1.0.0/16")), NULL, false,
     "r1 delete | r0 none"},
    {"revoked: one CIDR of a resource with two", DB DB_TWO, REVOKE,
     PERMIT("sg-d", "'tcp'", "1", "2", CIDR("10.2.0.0/16")), NULL, false,
     "r1 delete | r0 none"},
    {"revoked by id", DB DB_OLD DB_IN, REVOKE,
     "{'groupId':'sg-d','securityGroupRuleIds':{'items':"
     "[{'securityGroupRuleId':'sgr-2'}]}}",
     "{'_return':true}", false, "r2 delete | r0 none"},
    {"revoked by ids as text", DB DB_OLD DB_IN, REVOKE,
     "{'groupId':'sg-d','securityGroupRuleIds':['sgr-1','sgr-2']}", NULL, false,
     "r1 delete | r2 delete | r0 none"},
    {"revoked by id, egress", DB DB_OUT, REVOKE_OUT,
     "{'groupId':'sg-d','securityGroupRuleIds':{'items':"
     "[{'securityGroupRuleId':'sgr-3'}]}}",
     NULL, false, "r1 delete | r0 none"},
    {"revoked by id, a resource that does not say its group",
     "aws_vpc_security_group_ingress_rule {'id':'sgr-9','ip_protocol':'tcp'}",
     REVOKE,
     "{'groupId':'sg-d','securityGroupRuleIds':{'items':"
     "[{'securityGroupRuleId':'sgr-9'}]}}",
     NULL, false, "r0 delete"},
    {"revoked by id, the answer shows a rule of a block", WEB, REVOKE,
     "{'groupId':'sg-a','securityGroupRuleIds':{'items':"
     "[{'securityGroupRuleId':'sgr-7'}]}}",
     "{'_return':true,'revokedSecurityGroupRuleSet':{'items':[{"
     "'securityGroupRuleId':'sgr-7','groupId':'sg-a','isEgress':false,"
     "'ipProtocol':'udp','fromPort':53,'toPort':53,'referencedGroupId':"
     "'sg-f'}]}}",
     false, "r0 drift; ingress -{udp 53-53 sg-f}"},
    {"revoked by id, the answer shows a rule nobody knows", WEB, REVOKE,
     "{'groupId':'sg-a','securityGroupRuleIds':{'items':"
     "[{'securityGroupRuleId':'sgr-7'}]}}",
     "{'revokedSecurityGroupRuleSet':{'items':[{'ipProtocol':'tcp',"
     "'fromPort':53,'toPort':53,'cidrIpv4':'10.0.0.0/8'}]}}",
     false, "r0 none"},
    {"revoked by id, one of the blocks, and nothing shows which", WEB, REVOKE,
     "{'groupId':'sg-a','securityGroupRuleIds':{'items':"
     "[{'securityGroupRuleId':'sgr-7'}]}}",
     "{'_return':true}", false, "r0 drift unknown"},
    {"revoked by id, and no block it could be", DB DB_OLD, REVOKE,
     "{'groupId':'sg-d','securityGroupRuleIds':{'items':"
     "[{'securityGroupRuleId':'sgr-7'}]}}",
     "{'_return':true}", false, "r0 none"},

    /* ---- edited */
    {"a newer resource edited", DB DB_IN, EDIT,
     MODIFY("sg-d", "sgr-2",
            "'IpProtocol':'tcp','FromPort':5432,'ToPort':5439,"
            "'ReferencedGroupId':'sg-a'"),
     NULL, false, "r1 drift; to_port 5432->5439 | r0 none"},
    {"to what it is", DB DB_OUT, EDIT,
     MODIFY("sg-d", "sgr-3",
            "'IpProtocol':'-1','FromPort':-1,'ToPort':-1,'CidrIpv4':"
            "'0.0.0.0/0'"),
     NULL, false, "r1 none | r0 none"},
    {"every attribute", DB DB_OUT, EDIT,
     MODIFY("sg-d", "sgr-3",
            "'IpProtocol':6,'FromPort':'1','ToPort':2,'CidrIpv4':"
            "'10.0.0.1/8','Description':'open'"),
     NULL, false,
     "r1 drift; ip_protocol '-1'->'tcp'; from_port null->1; to_port "
     "null->2; cidr_ipv4 '0.0.0.0/0'->'10.0.0.0/8'; description "
     "null->'open' | r0 none"},
    {"a protocol without ports", DB DB_IN, EDIT,
     MODIFY("sg-d", "sgr-2",
            "'IpProtocol':'-1','FromPort':-1,'ToPort':-1,"
            "'ReferencedGroupId':'sg-a'"),
     NULL, false,
     "r1 drift; ip_protocol 'tcp'->'-1'; from_port 5432->-1; to_port "
     "5432->-1 | r0 none"},
    {"an older resource edited", DB DB_OLD, EDIT,
     MODIFY("sg-d", "sgr-1",
            "'IpProtocol':'tcp','FromPort':5432,'ToPort':5432,'CidrIpv4':"
            "'0.0.0.0/0','Description':'net'"),
     NULL, false,
     "r1 drift; cidr_blocks ['10.1.0.0/16']->['0.0.0.0/0'] | "
     "r0 none"},
    {"an older resource of the group itself", DB DB_SELF, EDIT,
     MODIFY("sg-d", "sgr-5", "'IpProtocol':'-1','ReferencedGroupId':'sg-d'"),
     NULL, false, "r1 none | r0 none"},
    {"two at once", DB DB_IN DB_OUT, EDIT,
     "{'ModifySecurityGroupRulesRequest':{'GroupId':'sg-d',"
     "'SecurityGroupRule':[{'tag':1,'SecurityGroupRuleId':'sgr-2',"
     "'SecurityGroupRule':{'IpProtocol':'udp'}},{'tag':2,"
     "'SecurityGroupRuleId':'sgr-3','SecurityGroupRule':{'Description':"
     "'d'}}]}}",
     NULL, false,
     "r1 drift; ip_protocol 'tcp'->'udp' | r2 drift; "
     "description null->'d' | r0 none"},
    {"a rule of a block edited", WEB, EDIT,
     MODIFY("sg-a", "sgr-7",
            "'IpProtocol':'tcp','FromPort':22,'ToPort':22,'CidrIpv4':"
            "'0.0.0.0/0'"),
     NULL, false, "r0 drift; ingress +{tcp 22-22 0.0.0.0/0}"},
    {"a rule of an egress block edited", WEB, EDIT,
     MODIFY("sg-a", "sgr-7", "'IpProtocol':'-1','CidrIpv4':'10.0.0.0/8'"), NULL,
     false, "r0 drift; egress +{-1 0-0 10.0.0.0/8}"},
    {"a rule of a block edited to what it is", WEB, EDIT,
     MODIFY("sg-a", "sgr-7",
            "'IpProtocol':'tcp','FromPort':22,'ToPort':22,'CidrIpv4':"
            "'10.0.0.0/8','Description':'admin'"),
     NULL, false, "r0 none"},
    {"other words for a rule of a block", WEB, EDIT,
     MODIFY("sg-a", "sgr-7",
            "'IpProtocol':'tcp','FromPort':22,'ToPort':22,'CidrIpv4':"
            "'10.0.0.0/8','Description':'all'"),
     NULL, false,
     "r0 drift; ingress -{tcp 22-22 10.0.0.0/8 'admin'} "
     "+{tcp 22-22 10.0.0.0/8 'all'}"},

    /* ---- described */
    {"described: the resource", DB DB_OLD, WORDS_IN,
     "{'UpdateSecurityGroupRuleDescriptionsIngressRequest':{'GroupId':"
     "'sg-d','IpPermissions':{'tag':1,'IpProtocol':'tcp','FromPort':5432,"
     "'ToPort':5432,'IpRanges':{'tag':1,'CidrIp':'10.1.0.0/16',"
     "'Description':'office'}}}}",
     NULL, false, "r1 drift; description 'net'->'office' | r0 none"},
    {"described: as it was", DB DB_OLD, WORDS_IN,
     PERMIT("sg-d", "'tcp'", "5432", "5432",
            "'ipRanges':{'items':[{'cidrIp':'10.1.0.0/16','description':"
            "'net'}]}"),
     NULL, false, "r1 none | r0 none"},
    {"described: a block", WEB, WORDS_IN,
     PERMIT("sg-a", "'tcp'", "22", "22",
            "'ipRanges':{'items':[{'cidrIp':'10.0.0.0/8','description':"
            "'x'},{'cidrIp':'172.16.0.0/12','description':'admin'}]}"),
     NULL, false,
     "r0 drift; ingress -{tcp 22-22 10.0.0.0/8 'admin'} "
     "+{tcp 22-22 10.0.0.0/8 'x'}"},
    {"described: left out is taken away", WEB, WORDS_IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("10.0.0.0/8")), NULL, false,
     "r0 drift; ingress -{tcp 22-22 10.0.0.0/8 'admin'} "
     "+{tcp 22-22 10.0.0.0/8}"},
    {"described by id", DB DB_OLD DB_OUT, WORDS_OUT,
     "{'GroupId':'sg-d','SecurityGroupRuleDescription':"
     "{'SecurityGroupRuleId':'sgr-3','Description':'out'}}",
     NULL, false, "r2 drift; description null->'out' | r0 none"},
    {"described by id: some block", WEB, WORDS_IN,
     "{'GroupId':'sg-a','SecurityGroupRuleDescription':"
     "{'SecurityGroupRuleId':'sgr-7','Description':'x'}}",
     NULL, false, "r0 drift unknown"},
    {"described by id: as some block is", WEB, WORDS_IN,
     "{'GroupId':'sg-a','SecurityGroupRuleDescription':"
     "{'SecurityGroupRuleId':'sgr-7','Description':'admin'}}",
     NULL, false, "r0 none"},
    {"described: nobody's rule", WEB, WORDS_IN,
     PERMIT("sg-a", "'tcp'", "1", "1", CIDR("10.0.0.0/8")), NULL, false,
     "r0 none"},

    /* ---- put back */
    {"let in again", WEB, IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("10.0.0.0/8")), NULL, true,
     "r0 none; ingress ={tcp 22-22 10.0.0.0/8}"},
    {"a foreign rule taken away again", WEB, REVOKE,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("0.0.0.0/0")), NULL, true,
     "r0 none; ingress ={tcp 22-22 0.0.0.0/0}"},
    {"a deleted resource let in again", DB DB_TWO, IN,
     PERMIT("sg-d", "'tcp'", "1", "2",
            "'ipRanges':{'items':[{'cidrIp':'10.1.0.0/16'},{'cidrIp':"
            "'10.2.0.0/16'}]}"),
     NULL, true,
     "r0 none; ingress ={tcp 1-2 10.1.0.0/16}; ingress ={tcp 1-2 "
     "10.2.0.0/16} | r1 none creates"},
    {"half of it is not it", DB DB_TWO, IN,
     PERMIT("sg-d", "'tcp'", "1", "2", CIDR("10.1.0.0/16")), NULL, true,
     "r0 none; ingress ={tcp 1-2 10.1.0.0/16}"},
    {"an attribute edited back", DB DB_OUT, EDIT,
     MODIFY("sg-d", "sgr-3", "'IpProtocol':'-1','CidrIpv4':'0.0.0.0/0'"), NULL,
     true, "r1 none; ip_protocol =; cidr_ipv4 = | r0 none"},
    {"words put back", WEB, WORDS_IN,
     PERMIT("sg-a", "'tcp'", "22", "22",
            "'ipRanges':{'items':[{'cidrIp':'10.0.0.0/8','description':"
            "'admin'}]}"),
     NULL, true, "r0 none; ingress ={tcp 22-22 10.0.0.0/8}"},

    /* ---- odd */
    {"permissions that are nothing", WEB, IN,
     "{'groupId':'sg-a','ipPermissions':{'items':[null,7,'x',[],{},"
     "{'ipProtocol':'tcp','ipRanges':'x'},{'ipRanges':{'items':[{}]}}]}}",
     NULL, false, "r0 drift; ingress +{tcp 0-0 x}"},
    {"a range that is no network", WEB, IN,
     PERMIT("sg-a", "'tcp'", "22", "22", CIDR("10.0.0.0/99")), NULL, false,
     "r0 drift; ingress +{tcp 22-22 10.0.0.0/99}"},
    {"ids that are nothing", WEB, REVOKE,
     "{'groupId':'sg-a','securityGroupRuleIds':{'items':[{},'']}}", NULL, false,
     "r0 none"},
};
