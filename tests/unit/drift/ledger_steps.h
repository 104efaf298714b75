#ifndef LEDGER_STEPS_H
#define LEDGER_STEPS_H

/* The stories of test_ledger.c. */
#include <stddef.h>

struct step {
    /* begin: path is the story's name; value, set, blocks: a record `id`
     * with one change; join adds a change to the next record; settle: path,
     * member (now); create, differ: it is made, as the state says or not;
     * at: what follows happens then (path). */
    enum {
        BEGIN,
        AT,
        VALUE,
        SET,
        BLOCKS,
        JOIN,
        DELETE,
        SETTLE,
        CREATE,
        DIFFER,
        OPEN,
        CLOSED
    } op;
    const char *id, *path, *old, *now;
    const char *want; /* records that this closes: "id path new old; " */
};

static const struct step steps[] = {
    {BEGIN, "", "one value", NULL, NULL, ""},
    {CLOSED, "r", "", NULL, NULL, ""},
    {VALUE, "a:0", "instance_type", "'t3.micro'", "'t3.small'", ""},
    {OPEN, "r", "", NULL, NULL, ""},
    {CLOSED, "other", "", NULL, NULL, ""},
    {SETTLE, "", "ebs_optimized", NULL, NULL, ""},
    {SETTLE, "", "instance_typ", NULL, NULL, ""},
    {SETTLE, "", "instance_type.x", NULL, NULL, ""},
    {SETTLE, "", "instance_type", NULL, NULL,
     "a:0 instance_type 't3.small' 't3.micro'; "},
    {SETTLE, "", "instance_type", NULL, NULL, ""},

    {BEGIN, "", "one path, two records", NULL, NULL, ""},
    {VALUE, "a:0", "x", "1", "2", ""},
    {VALUE, "b:0", "x", "1", "3", ""},
    {SETTLE, "", "x", NULL, NULL, "b:0 x 3 1; a:0 x 2 1; "},

    {BEGIN, "", "a record of two paths", NULL, NULL, ""},
    {JOIN, "", "x", "1", "2", ""},
    {VALUE, "a:0", "y", "null", "true", ""},
    {SETTLE, "", "y", NULL, NULL, ""},
    {OPEN, "r", "", NULL, NULL, ""},
    {SETTLE, "", "y", NULL, NULL, ""},
    {SETTLE, "", "x", NULL, NULL, "a:0 x 2 1 y true null; "},

    {BEGIN, "", "a path settles what is in it", NULL, NULL, ""},
    {JOIN, "", "tags.Env", "'a'", "'b'", ""},
    {JOIN, "", "block[0].x", "1", "2", ""},
    {VALUE, "a:0", "tags_all.Env", "'a'", "'b'", ""},
    {SETTLE, "", "tags", NULL, NULL, ""},
    {SETTLE, "", "block", NULL, NULL, ""},
    {SETTLE, "", "tags_all", NULL, NULL,
     "a:0 tags.Env 'b' 'a' block[0].x 2 1 tags_all.Env 'b' 'a'; "},

    {BEGIN, "", "members of a set", NULL, NULL, ""},
    {SET, "a:0", "ids", "['1','2']", "['2','3','4']", ""},
    {SETTLE, "", "ids", NULL, "'2'", ""}, /* was never open */
    {SETTLE, "", "ids", NULL, "'1'", ""},
    {SETTLE, "", "ids", NULL, "'4'", ""},
    {SETTLE, "", "id", NULL, "'3'", ""},
    {OPEN, "r", "", NULL, NULL, ""},
    {SETTLE, "", "ids", NULL, "'3'", "a:0 ids ['2','3','4'] ['1','2']; "},

    {BEGIN, "", "a set as a whole", NULL, NULL, ""},
    {SET, "a:0", "ids", "['1']", "['2']", ""},
    {SETTLE, "", "ids", NULL, NULL, "a:0 ids ['2'] ['1']; "},

    {BEGIN, "", "an order has no members", NULL, NULL, ""},
    {SET, "a:0", "layers", "['1','2']", "['2','1']", ""},
    {SETTLE, "", "layers", NULL, "'1'", ""},
    {SETTLE, "", "layers", NULL, NULL, "a:0 layers ['2','1'] ['1','2']; "},

    {BEGIN, "", "blocks", NULL, NULL, ""},
    {BLOCKS, "a:0", "ingress", "[]",
     "[{'from_port':22,'protocol':'tcp','cidr_blocks':['0.0.0.0/0'],"
     "'self':false},{'from_port':80,'protocol':'tcp',"
     "'cidr_blocks':['10.0.0.0/8','11.0.0.0/8']}]",
     ""},
    {SETTLE, "", "ingress", NULL,
     "{'from_port':22,'protocol':'tcp','cidr_blocks':['0.0.0.0/8']}", ""},
    {SETTLE, "", "egress", NULL,
     "{'from_port':22,'protocol':'tcp','cidr_blocks':['0.0.0.0/0']}", ""},
    {SETTLE, "", "ingress", NULL,
     "{'cidr_blocks':['0.0.0.0/0'],'to_port':0,'description':'',"
     "'protocol':'TCP','from_port':'22'}",
     ""},
    {SETTLE, "", "ingress", NULL,
     "{'cidr_blocks':['11.0.0.0/8','10.0.0.0/8'],'from_port':80,"
     "'protocol':'tcp'}",
     "a:0 ingress [{'from_port':22,'protocol':'tcp',"
     "'cidr_blocks':['0.0.0.0/0'],'self':false},{'from_port':80,"
     "'protocol':'tcp','cidr_blocks':['10.0.0.0/8','11.0.0.0/8']}] []; "},

    {BEGIN, "", "a block by its key", NULL, NULL, ""},
    {BLOCKS, "a:0", "parameter", "[{'name':'n','value':'1'}]",
     "[{'name':'n','value':'2'}]", ""},
    {SETTLE, "", "parameter", NULL, "'m'", ""},
    {SETTLE, "", "parameter", NULL, "'n'",
     "a:0 parameter [{'name':'n','value':'2'}] "
     "[{'name':'n','value':'1'}]; "},

    {BEGIN, "", "what happened before ends nothing", NULL, NULL, ""},
    {VALUE, "a:0", "x", "1", "2", ""},
    {AT, "", "2025-12-06T07:29:59Z", NULL, NULL, ""},
    {SETTLE, "", "x", NULL, NULL, ""},
    {OPEN, "r", "", NULL, NULL, ""},
    {AT, "", "2025-12-06T07:30:01Z", NULL, NULL, ""},
    {VALUE, "b:0", "x", "1", "3", ""},
    {AT, "", "2025-12-06T07:30:00Z", NULL, NULL, ""},
    {SETTLE, "", "x", NULL, NULL, "a:0 x 2 1; "},
    {AT, "", "", NULL, NULL, ""}, /* nobody knows when */
    {SETTLE, "", "x", NULL, NULL, "b:0 x 3 1; "},

    {BEGIN, "", "nor is it made again before it was deleted", NULL, NULL, ""},
    {DELETE, "a:0", "", NULL, NULL, ""},
    {AT, "", "2025-12-06T07:29:59Z", NULL, NULL, ""},
    {CREATE, "", "", NULL, NULL, ""},
    {OPEN, "r", "", NULL, NULL, ""},
    {AT, "", "2025-12-06T07:30:01Z", NULL, NULL, ""},
    {CREATE, "", "", NULL, NULL, "a:0 deleted; "},

    {BEGIN, "", "deleted and made again", NULL, NULL, ""},
    {DELETE, "a:0", "", NULL, NULL, ""},
    {OPEN, "r", "", NULL, NULL, ""},
    {SETTLE, "", "x", NULL, NULL, ""},
    {CREATE, "", "", NULL, NULL, "a:0 deleted; "},
    {CLOSED, "r", "", NULL, NULL, ""},

    {BEGIN, "", "made again, but not the same", NULL, NULL, ""},
    {VALUE, "a:0", "x", "1", "2", ""}, /* over with the deletion */
    {DELETE, "b:0", "", NULL, NULL, ""},
    {DIFFER, "", "", NULL, NULL, ""},
    {VALUE, "c:0", "y", "1", "2", ""},
    {OPEN, "r", "", NULL, NULL, ""},
    {SETTLE, "", "z", NULL, NULL, ""},
    {SETTLE, "", "y", NULL, NULL, "c:0 y 2 1; b:0 deleted; a:0 x 2 1; "},
    {CLOSED, "r", "", NULL, NULL, ""},

    {BEGIN, "", "an update does not make it", NULL, NULL, ""},
    {DELETE, "a:0", "", NULL, NULL, ""},
    {SETTLE, "", "x", NULL, NULL, ""},
    {OPEN, "r", "", NULL, NULL, ""},
};

#endif
