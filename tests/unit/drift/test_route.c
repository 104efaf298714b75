/* Routes in the blocks of a route table. */
#include "trial_case.h"

#include "drift/route.h"

#define TABLE                                                              \
    "aws_route_table {'id':'rtb-1','route':["                              \
    "{'cidr_block':'0.0.0.0/0','gateway_id':'igw-1','ipv6_cidr_block':''," \
    "'nat_gateway_id':'','network_interface_id':''},"                      \
    "{'cidr_block':'','gateway_id':'','ipv6_cidr_block':'2001:db8::/32',"  \
    "'egress_only_gateway_id':'eigw-1'},"                                  \
    "{'cidr_block':'','destination_prefix_list_id':'pl-1',"                \
    "'vpc_endpoint_id':'vpce-1','gateway_id':''},"                         \
    "{'cidr_block':'10.9.0.0/16','network_interface_id':'eni-1',"          \
    "'instance_id':'','gateway_id':''}]}\n"
#define ROUTE                                                               \
    "aws_route {'id':'r-1','route_table_id':'rtb-1','gateway_id':'igw-9',"  \
    "'destination_cidr_block':'10.8.0.0/16','destination_ipv6_cidr_block':" \
    "'','destination_prefix_list_id':''}\n"
#define OTHER_ROUTE                                                        \
    "aws_route {'id':'r-2','route_table_id':'rtb-2','gateway_id':'igw-9'," \
    "'destination_cidr_block':'10.8.0.0/16'}\n"
#define TO(to, more) "{'routeTableId':'rtb-1'," to "," more "}"
#define ALL "'destinationCidrBlock':'0.0.0.0/0'"
#define V6(net) "'destinationIpv6CidrBlock':'" net "'"
#define NET(net) "'destinationCidrBlock':'" net "'"

static const struct trial_row table[] = {
    {"as it is", TABLE, "CreateRoute", TO(ALL, "'gatewayId':'igw-1'"), NULL,
     false, "r0 none"},
    {"through another gateway", TABLE, "ReplaceRoute",
     TO(ALL, "'gatewayId':'igw-2'"), NULL, false,
     "r0 drift; route -{'cidr_block':'0.0.0.0/0','gateway_id':'igw-1',"
     "'ipv6_cidr_block':'','nat_gateway_id':'','network_interface_id':''} "
     "+{'cidr_block':'0.0.0.0/0','gateway_id':'igw-2'}"},
    {"through something else", TABLE, "ReplaceRoute",
     TO(ALL, "'natGatewayId':'nat-1'"), NULL, false,
     "r0 drift; route -{'cidr_block':'0.0.0.0/0','gateway_id':'igw-1',"
     "'ipv6_cidr_block':'','nat_gateway_id':'','network_interface_id':''} "
     "+{'cidr_block':'0.0.0.0/0','nat_gateway_id':'nat-1'}"},
    {"new", TABLE, "CreateRoute",
     TO(NET("10.5.1.2/16"), "'vpcPeeringConnectionId':'pcx-1'"), NULL, false,
     "r0 drift; route +{'cidr_block':'10.5.0.0/16',"
     "'vpc_peering_connection_id':'pcx-1'}"},
    {"IPv6, spelled out", TABLE, "CreateRoute",
     TO(V6("2001:0DB8:0::/32"), "'egressOnlyInternetGatewayId':'eigw-1'"), NULL,
     false, "r0 none"},
    {"IPv6, new", TABLE, "CreateRoute",
     TO(V6("::/0"), "'egressOnlyInternetGatewayId':'eigw-1'"), NULL, false,
     "r0 drift; route +{'ipv6_cidr_block':'::/0','egress_only_gateway_id':"
     "'eigw-1'}"},
    {"an endpoint given as a gateway", TABLE, "CreateRoute",
     TO("'destinationPrefixListId':'pl-1'", "'gatewayId':'vpce-1'"), NULL,
     false, "r0 none"},
    {"an instance stands for its interface", TABLE, "ReplaceRoute",
     TO(NET("10.9.0.0/16"), "'instanceId':'i-1'"), NULL, false, "r0 none"},
    {"an instance is no gateway", TABLE, "ReplaceRoute",
     TO(ALL, "'instanceId':'i-1'"), NULL, false,
     "r0 drift; route -{'cidr_block':'0.0.0.0/0','gateway_id':'igw-1',"
     "'ipv6_cidr_block':'','nat_gateway_id':'','network_interface_id':''} "
     "+{'cidr_block':'0.0.0.0/0','instance_id':'i-1'}"},
    {"an older state has the instance",
     "aws_route_table {'id':'rtb-1','route':[{'cidr_block':'0.0.0.0/0',"
     "'instance_id':'i-1','network_interface_id':'eni-1'}]}",
     "ReplaceRoute", TO(ALL, "'instanceId':'i-2'"), NULL, false,
     "r0 drift; route -{'cidr_block':'0.0.0.0/0','instance_id':'i-1',"
     "'network_interface_id':'eni-1'} +{'cidr_block':'0.0.0.0/0',"
     "'instance_id':'i-2'}"},
    {"local again", TABLE, "ReplaceRoute",
     TO(NET("10.0.0.0/16"), "'localTarget':true"), NULL, false, "r0 none"},
    {"local instead", TABLE, "ReplaceRoute",
     TO(NET("10.9.0.0/16"), "'localTarget':true"), NULL, false,
     "r0 drift; route -{'cidr_block':'10.9.0.0/16','network_interface_id':"
     "'eni-1','instance_id':'','gateway_id':''} +{'cidr_block':"
     "'10.9.0.0/16','gateway_id':'local'}"},
    {"deleted", TABLE, "DeleteRoute",
     "{'routeTableId':'rtb-1'," V6("2001:db8::/32") "}", NULL, false,
     "r0 drift; route -{'cidr_block':'','gateway_id':'','ipv6_cidr_block':"
     "'2001:db8::/32','egress_only_gateway_id':'eigw-1'}"},
    {"deleted, not ours", TABLE, "DeleteRoute",
     "{'routeTableId':'rtb-1'," NET("10.5.0.0/16") "}", NULL, false, "r0 none"},
    {"a resource of its own", TABLE ROUTE, "ReplaceRoute",
     TO(NET("10.8.0.0/16"), "'gatewayId':'igw-2'"), NULL, false, "elsewhere"},
    {"a resource of its own, in another state", TABLE "--\n" ROUTE,
     "DeleteRoute", "{'routeTableId':'rtb-1'," NET("10.8.0.0/16") "}", NULL,
     false, "elsewhere"},
    {"new beside a resource of its own", TABLE ROUTE, "CreateRoute",
     TO(NET("10.7.0.0/16"), "'gatewayId':'igw-2'"), NULL, false,
     "r0 drift; route +{'cidr_block':'10.7.0.0/16','gateway_id':'igw-2'}"},
    {"a resource of another table", TABLE OTHER_ROUTE, "CreateRoute",
     TO(NET("10.8.0.0/16"), "'gatewayId':'igw-2'"), NULL, false,
     "r0 drift; route +{'cidr_block':'10.8.0.0/16','gateway_id':'igw-2'}"},
    {"a table without the attribute", "aws_default_route_table {'id':'rtb-1'}",
     "CreateRoute", TO(ALL, "'gatewayId':'igw-2'"), NULL, false,
     "r0 drift; route +{'cidr_block':'0.0.0.0/0','gateway_id':'igw-2'}"},
    {"no destination", TABLE, "CreateRoute",
     "{'routeTableId':'rtb-1','gatewayId':'igw-2'}", NULL, false, "r0 none"},
    {"no parameters", TABLE, "DeleteRoute", "null", NULL, false, "r0 none"},
    {"put back", TABLE, "ReplaceRoute", TO(ALL, "'gatewayId':'igw-1'"), NULL,
     true, "r0 none; route ={'cidr_block':'0.0.0.0/0'}"},
    {"a foreign one taken away again", TABLE, "DeleteRoute",
     "{'routeTableId':'rtb-1'," V6("2001:DB8:1::5/48") "}", NULL, true,
     "r0 none; route ={'ipv6_cidr_block':'2001:db8:1::/48'}"},
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
        here = route_judge(&c.trial, finding_of(&c.trial, &in));
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
