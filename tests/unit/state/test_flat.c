/* attributes_flat is given the nesting it stands for. */
#include "loaded.h"

#include "state/flat.h"

static const char map[] = "[ec2 ModifyThing]\n"
                          "type = aws_thing\n"
                          "id = id < thingId\n"
                          "attr = a < a\n"
                          "attr = b.c < c\n";

static char told[1u << 16];

static const struct {
    const char *in, *want;
} nested_rows[] = {
    {"{}", "{}"},
    {"{'id':'i','other':'x','other.#':'1','other.0':'y'}", "{'id':'i'}"},
    {"{'a':'1','id':'2'}", "{'a':'1','id':'2'}"},
    {"{'a':''}", "{'a':''}"},
    {"{'a.#':'0'}", "{'a':[]}"},
    {"{'a.%':'0'}", "{'a':{}}"},
    {"{'a.#':'3','a.0':'x','a.1':'y','a.2':'z'}", "{'a':['x','y','z']}"},
    /* In the order of the indexes, however many digits they have. */
    {"{'a.10':'k','a.9':'j','a.2':'c','a.#':'3'}", "{'a':['c','j','k']}"},
    /* A set's members stand under their hashes. */
    {"{'a.#':'2','a.3214567890':'y','a.99':'x'}", "{'a':['x','y']}"},
    {"{'a.%':'2','a.Name':'web','a.Env':'prod'}",
     "{'a':{'Env':'prod','Name':'web'}}"},
    /* A map's keys may have dots, and look like anything. */
    {"{'tags.%':'4','tags.kubernetes.io/cluster/x':'owned','tags.a.b':'1',"
     "'tags.#':'2','tags.0':'3'}",
     "{'tags':{'0':'3','#':'2','a.b':'1','kubernetes.io/cluster/x':"
     "'owned'}}"},
    {"{'b.#':'2','b.1.c':'y','b.0.c':'x','b.0.d.#':'1','b.0.d.0':'z'}",
     "{'b':[{'c':'x','d':['z']},{'c':'y'}]}"},
    {"{'b.#':'1','b.7.c.%':'1','b.7.c.k.l':'v','b.7.d.#':'0'}",
     "{'b':[{'c':{'k.l':'v'},'d':[]}]}"},
    /* Names that begin alike are kept apart. */
    {"{'a':'1','a-b':'2','a.b':'3'}", "{'a':{'b':'3'}}"},
    {"{'a.b':'1','a.b.c':'2','a.bc':'3'}", "{'a':{'b':{'c':'2'},'bc':'3'}}"},
    /* What a list has beside its members does not count. */
    {"{'a.#':'1','a.0':'x','a.y':'z'}", "{'a':['x']}"},
    {"{'a..b':'1','a.':'2'}", "{'a':{'':{'b':'1'}}}"},
    {"{'a':1,'b.c':true,'b.d':null,'b.e':[1]}",
     "{'a':1,'b':{'c':true,'d':null,'e':[1]}}"},
    {"{'a':'1','a':'2'}", "{'a':'2'}"},
    {"{'a.b\\u002ec':'\\u00e9'}", "{'a':{'b':{'c':'\xc3\xa9'}}}"},
};

static void
nested(void **state)
{
    struct wants *w;
    struct want *k;
    bool fresh;

    (void)state;
    use_maps(map);
    for (size_t i = 0; i < ROWS(nested_rows); i++) {
        struct buf out = buf_over(told, sizeof(told));
        struct slice text;
        struct value v;
        size_t at, mark;

        arena_init(&keep, keep_mem, sizeof(keep_mem));
        arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
        w = arena_alloc(&scratch, sizeof(*w));
        wants_init(w, &maps, &scratch);
        k = wants_find(w, SLICE("aws_thing"), &fresh);
        assert_true(k != NULL && k->known && fresh);
        mark = arena_mark(&scratch);
        text = arena_copy(&scratch, quoted(nested_rows[i].in));
        if (flat_pack(&maps.names, text, k, &scratch, &keep, &v, &at) != 0)
            fail_msg("row %zu: at %zu", i, at);
        assert_int_equal(mark + text.n, arena_mark(&scratch));
        assert_ptr_equal(keep.base, v.p);
        assert_int_equal(value_size(v), arena_mark(&keep));
        value_json(&out, &maps.names, v);
        if (!slice_eq(buf_slice(&out), quoted(nested_rows[i].want)))
            fail_msg("row %zu: %.*s", i, (int)out.n, out.p);
    }
}

/* Names nested beyond any limit stay text, and cost no more than that. */
static void
deep(void **state)
{
    struct buf doc = buf_over(told, sizeof(told));
    struct state *st;

    (void)state;
    use_maps(map);
    buf_put(&doc, SLICE("{\"version\":4,\"resources\":[{\"mode\":\"managed\","
                        "\"type\":\"aws_thing\",\"name\":\"v\",\"instances\":"
                        "[{\"attributes_flat\":{\"a"));
    for (int i = 0; i < 20000; i++)
        buf_put(&doc, SLICE(".a"));
    buf_put(&doc, SLICE("\":\"x\"}}]}]}"));
    assert_false(doc.full);
    st = load_good(buf_slice(&doc), 0);
    assert_int_equal(1, state_instances(st));
    assert_true(value_size(state_instance(st, 0).attrs) < 41000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested),
        cmocka_unit_test(deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
