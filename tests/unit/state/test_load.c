/* What is kept of a document, and what is said of others. */
#include "loaded.h"

/* A document around its resources, and one resource around its instances. */
#define DOC_HEAD                                                           \
    "{'version':4,'terraform_version':'1.9.8','serial':7,'lineage':'l-1'," \
    "'outputs':{'a':{'value':[1,{'b':null}],'type':'x'}},'resources':["
#define DOC(resources) DOC_HEAD resources "],'check_results':null}"
#define PROVIDER "'provider[\\'registry.terraform.io/hashicorp/aws\\']'"
#define RES(more, type, instances)                            \
    "{" more "'mode':'managed','type':'" type "','name':'r'," \
    "'provider':" PROVIDER ",'instances':[" instances "]}"
#define INST(attributes) "{'schema_version':1,'attributes':" attributes "}"

#define THINGS(one, two) RES("", "aws_thing", INST(one) "," INST(two))
#define OTHER(one) RES("'module':'module.m[0]',", "aws_other", INST(one))
#define NULLS RES("", "null_resource", INST("{}"))

static const char map[] = "[ec2 ModifyThing]\n"
                          "type = aws_thing aws_other\n"
                          "id = thing_id|alias_id < thingId\n"
                          "attr = size < size\n"
                          "attr = block.inner < inner\n"
                          "attr = blok.inner < inner\n"
                          "attr = size_mode := on\n";

static char told[1u << 16];

static const struct {
    const char *text, *want;
} kept_rows[] = {
    {DOC(""), ""},
    {"{'version':4,'resources':null,'serial':1}", ""},
    {"{'version':4,'lineage':'x'}", ""},
    {"\xef\xbb\xbf  {'version':4,'lineage':'x'}\r\n\t ", ""},
    /* What is asked for, and what always is, stays. */
    {DOC(RES("", "aws_thing",
             INST("{'alias_id':'a','arn':'arn:x','block':[{'inner':1,"
                  "'other':2}],'blok':{},'id':'i','inner':3,'junk':{'id':"
                  "[1]},'name':'n','region':'r','self':true,'size':30,"
                  "'size_mode':null,'tags':{'K':'v'},'tags_all':{},"
                  "'thing_id':'t','owner_id':'1','zz':'\\u00e9'}"))),
     "aws_thing.r {'alias_id':'a','arn':'arn:x','block':[{'inner':1,"
     "'other':2}],'blok':{},'id':'i','name':'n','region':'r','self':true,"
     "'size':30,'size_mode':null,'tags':{'K':'v'},'tags_all':{},"
     "'thing_id':'t','owner_id':'1'}\n"},
    /* A type nobody knows is counted, that is all. */
    {DOC(RES("", "null_resource", INST("{'id':'1'}"))), "null_resource.r {}\n"},
    /* Several of each, in the document's order. */
    {DOC(THINGS("{'id':'1'}", "{'id':'2'}") "," OTHER(
         "{'id':'3'}") "," NULLS "," RES("", "aws_thing", INST("{'id':'4'}"))),
     "aws_thing.r {'id':'1'}\naws_thing.r {'id':'2'}\n"
     "module.m[0].aws_other.r {'id':'3'}\nnull_resource.r {}\n"
     "aws_thing.r {'id':'4'}\n"},
    {DOC(RES("", "aws_thing", "")), ""},
    /* Data sources and deposed instances are not managed. */
    {DOC("{'mode':'data','type':'aws_thing','name':'d','instances':"
         "[{'attributes':{'id':'1'}}]}"),
     ""},
    {DOC(RES("", "aws_thing",
             "{'deposed':'00000001','attributes':{'id':'old'}},"
             "{'attributes':{'id':'older'},'deposed':'00000002'},"
             "{'deposed':'','status':'tainted','attributes':{'id':'1'}},"
             "{'deposed':null,'attributes':{'id':'2'}}")),
     "aws_thing.r {'id':'1'}\naws_thing.r {'id':'2'}\n"},
    /* Keys, whatever stands before and behind them. */
    {DOC(RES("", "aws_thing",
             "{'index_key':0,'attributes':{'id':'1'}},"
             "{'attributes':{'id':'2'},'index_key':'a\\'b'},"
             "{'index_key':null,'attributes':{}}")),
     "aws_thing.r[0] {'id':'1'}\naws_thing.r['a\\'b'] {'id':'2'}\n"
     "aws_thing.r {}\n"},
    {DOC(RES("", "aws_thing",
             "{'sensitive_attributes':[[{'type':'get_attr','value':"
             "'size'}]],'attributes':{'size':1},'private':'x'},"
             "{'attributes':{},'sensitive_attributes':['size','a.b']},"
             "{'attributes':null,'sensitive_attributes':null}")),
     "aws_thing.r {'size':1} [[{'type':'get_attr','value':'size'}]]\n"
     "aws_thing.r {} ['size','a.b']\naws_thing.r {}\n"},
    {DOC(RES("", "aws_thing", "{},{'schema_version':0}")),
     "aws_thing.r {}\naws_thing.r {}\n"},
    {DOC(RES("", "aws_thing",
             "{'attributes_flat':{'id':'1','tags.%':'1','tags.a':'b'}},"
             "{'attributes_flat':{'id':'1'},'attributes':{'id':'2'}},"
             "{'attributes_flat':{'id':'3'},'attributes':null}")),
     "aws_thing.r {'id':'1','tags':{'a':'b'}} flat\n"
     "aws_thing.r {'id':'2'}\naws_thing.r {'id':'3'} flat\n"},
    /* Sorted by name, the instances come before their type. */
    {"{'lineage':'l','resources':[{'instances':[{'attributes':{'id':'1'},"
     "'index_key':1},{'attributes':{'id':'2'}}],'mode':'managed',"
     "'module':'module.m','name':'r','type':'aws_thing'},"
     "{'instances':[{}],'mode':'data','name':'d','type':'aws_thing'},"
     "{'mode':'managed','type':'aws_thing','instances':[{}],"
     "'module':null,'name':'s'}],'version':4}",
     "module.m.aws_thing.r[1] {'id':'1'}\n"
     "module.m.aws_thing.r {'id':'2'}\naws_thing.s {}\n"},
    /* The last of two members of one name counts. */
    {DOC(RES("", "aws_thing",
             "{'attributes':{'id':'1'},'attributes':{'id':'2'}}")),
     "aws_thing.r {'id':'2'}\n"},
    {DOC(RES("'mo\\u0064ule':'x','module':'module.a[\\'\\u00e9\\']',",
             "aws_\\u0074hing", INST("{'\\u0069d':'1'}"))),
     "module.a['\xc3\xa9'].aws_thing.r {'id':'1'}\n"},
};

static void
kept(void **state)
{
    (void)state;
    use_maps(map);
    for (size_t i = 0; i < ROWS(kept_rows); i++)
        for (size_t step = 0; step < 3; step++) {
            char want[1024];
            struct buf out = buf_over(told, sizeof(told));
            struct slice s = quoted(kept_rows[i].want);

            assert_true(s.n < sizeof(want));
            memcpy(want, s.p, s.n);
            tell(load_good(quoted(kept_rows[i].text), step), &out);
            if (!slice_eq(buf_slice(&out), slice_of(want, s.n)))
                fail_msg("row %zu, step %zu:\n%.*s", i, step, (int)out.n,
                         out.p);
        }
}

static void
about(void **state)
{
    struct state *st;

    (void)state;
    use_maps(map);
    st = load_good(quoted(DOC(RES("", "aws_thing", "{},{}"))), 0);
    assert_true(slice_eq(SLICE("net"), state_name(st)));
    assert_true(slice_eq(SLICE("l-1"), state_lineage(st)));
    assert_int_equal(7, state_serial(st));
    assert_int_equal(2, state_instances(st));
    assert_int_equal(0, state_account(st).n);
    state_set_account(st, SLICE("123456789012"));
    assert_true(slice_eq(SLICE("123456789012"), state_account(st)));
    for (uint32_t i = 0; i < 2; i++) {
        struct instance in = state_instance(st, i);

        assert_true(slice_eq(SLICE("aws_thing"), state_type(&in)));
        assert_int_equal(names_find(&maps.names, SLICE("aws_thing")), in.type);
    }
    st = load_good(quoted(DOC(RES("", "null_resource", "{}"))), 0);
    struct instance in = state_instance(st, 0);

    assert_true(slice_eq(SLICE("null_resource"), state_type(&in)));
    assert_int_equal(NAME_NONE, in.type);
}

/* Mappings for any type make all types known, by id and ARN at least. */
static void
any_type(void **state)
{
    struct buf out = buf_over(told, sizeof(told));
    struct state_hits hits;
    struct instance in;
    struct state *st;

    (void)state;
    use_maps("[x Tag]\ntype = *\nid = id < resource\nattr = size < size\n");
    st = load_good(
        quoted(DOC(
            RES("", "aws_new", INST("{'arn':'a','size':1,'id':'x/y','b':2}")))),
        0);
    tell(st, &out);
    assert_true(
        slice_eq(buf_slice(&out),
                 quoted("aws_new.r {'arn':'a','size':1,'id':'x/y'}\n")));
    state_find(st, NAME_NONE, SLICE("x/y"), &hits);
    assert_true(state_hit_next(&hits, &in));
    assert_int_equal(0, in.number);
    assert_false(state_hit_next(&hits, &in));
}

#define WIDE_ATTRS 300

/* An aws_wide of n attributes, the first of which has `size` bytes; the
 * members are packed in another order than mappings ask for them. */
static struct state *
load_wide(size_t n, size_t size)
{
    static char text[1u << 18];
    struct buf b = buf_over(text, sizeof(text));

    buf_put(&b, SLICE("{'version':4,'resources':[{'mode':'managed','type':"
                      "'aws_wide','name':'r','instances':[{'attributes':{"));
    for (size_t i = n; i-- > 0;) {
        buf_fmt(&b, "'w%zu':'", i);
        for (size_t k = 0; k < (i == 0 ? size : i % 3); k++)
            buf_byte(&b, 'x');
        buf_put(&b, i > 0 ? SLICE("',") : SLICE("'"));
    }
    buf_put(&b, SLICE("}}]}]}"));
    buf_byte(&b, '\0');
    assert_false(b.full);
    return load_good(quoted(text), 0);
}

/* The table in front of the attributes says what they say themselves, also
 * where they are too many or too long for it. */
static void
placed(void **state)
{
    static const struct {
        size_t n, size;
    } rows[] = {{0, 0},     {1, 0},     {2, 0},       {254, 0},
                {255, 0},   {256, 0},   {300, 0},     {2, 65520},
                {2, 65530}, {2, 65540}, {255, 64000}, {256, 66000}};
    static char text[1u << 14];
    struct buf b = buf_over(text, sizeof(text));

    (void)state;
    buf_put(&b, SLICE("[x Tell]\ntype = aws_wide\nid = w0 < id\n"));
    for (size_t i = 0; i < WIDE_ATTRS; i++)
        buf_fmt(&b, "attr = w%zu < w%zu\n", i, i);
    buf_byte(&b, '\0');
    assert_false(b.full);
    use_maps(text);
    for (size_t row = 0; row < ROWS(rows); row++) {
        const struct state *st = load_wide(rows[row].n, rows[row].size);
        struct instance in = state_instance(st, 0);

        assert_int_equal(rows[row].n, value_count(in.attrs));
        for (size_t i = 0; i < WIDE_ATTRS; i++) {
            char name[8];
            struct buf w = buf_over(name, sizeof(name));
            struct value v;
            uint32_t id;

            buf_fmt(&w, "w%zu", i);
            id = names_find(&maps.names, buf_slice(&w));
            v = state_attr(&in, (uint16_t)id);
            assert_ptr_equal(value_get(in.attrs, id).p, v.p);
            assert_int_equal(i < rows[row].n, v.p != NULL);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept),
        cmocka_unit_test(about),
        cmocka_unit_test(any_type),
        cmocka_unit_test(placed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
