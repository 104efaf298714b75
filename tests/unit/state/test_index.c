/* Instances are found by what mappings ask for, however it is written. */
#include "loaded.h"

#include "base/text.h"
#include "state/index.h"

static const char map[] = "[ec2 ModifyThing]\n"
                          "type = aws_thing\n"
                          "id = name|alias.names|blok.ids < thingName\n"
                          "id = count < thingCount\n"
                          "[ec2 ModifyPart]\n"
                          "type = aws_part\n"
                          "id = id#1 < partId\n"
                          "attr = size < size\n"
                          "[ec2 ModifyScrap]\n"
                          "type = aws_scrap\n"
                          "id = blok.key~ < scrap\n"
                          "[ec2 ModifyBox]\n"
                          "type = aws_box\n"
                          "id = id < boxId\n"
                          "attr = holds < holds\n"
                          "[ec2 ModifyHeld]\n"
                          "type = aws_held\n"
                          "id = id < heldId\n"
                          "attr = box < box\n"
                          "[type aws_box]\n"
                          "part = holds aws_held box\n";

static void
parts_of_text(void **state)
{
    static const struct {
        const char *text, *keys;
    } rows[] = {
        {"i-1", "i-1"},
        {"", ""},
        {"arn:aws:ec2:r:1:instance/i-1",
         "arn:aws:ec2:r:1:instance/i-1 instance/i-1 i-1"},
        {"arn:aws:s3:::bucket", "arn:aws:s3:::bucket bucket"},
        {"arn:aws:iam::1:role/path/name",
         "arn:aws:iam::1:role/path/name role/path/name path/name name"},
        {"arn:aws:logs:r:1:log-group:/aws/f:*",
         "arn:aws:logs:r:1:log-group:/aws/f log-group:/aws/f aws/f f /aws/f"},
        {"/aws/lambda/f", "/aws/lambda/f"},
        {"example.com.", "example.com"},
        {"https://sqs.eu-west-1.amazonaws.com/1/q",
         "https://sqs.eu-west-1.amazonaws.com/1/q"},
        {"arn:aws:lambda:r:1:function:f:live",
         "arn:aws:lambda:r:1:function:f:live function:f:live f:live live f"},
        {"123456789012:function:f", "123456789012:function:f function:f f"},
        {"arn:aws:dynamodb:r:1:table/t/index/i",
         "arn:aws:dynamodb:r:1:table/t/index/i table/t/index/i t/index/i i "
         "t"},
        {"arn:aws:x", "arn:aws:x"},
        {":*", ""},
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct state_key keys[STATE_KEYS_MAX];
        char text[512];
        struct buf b = buf_over(text, sizeof(text));
        size_t n = state_keys(slice_str(rows[i].text), keys);

        for (size_t k = 0; k < n; k++) {
            if (k > 0)
                buf_byte(&b, ' ');
            buf_put(&b, keys[k].text);
        }
        if (!slice_eq(buf_slice(&b), slice_str(rows[i].keys)))
            fail_msg("%s: %.*s", rows[i].text, (int)b.n, b.p);
    }
}

/* A type by its name; NULL: any. */
static uint16_t
type_of(const char *type)
{
    return type != NULL ? (uint16_t)names_find(&maps.names, slice_str(type))
                        : NAME_NONE;
}

/* The numbers of the instances found by all keys of a value, " 0 3". */
static struct slice
found(const struct state *st, const char *type, struct slice value,
      char out[256])
{
    struct buf b = buf_over(out, 256);
    struct state_key keys[STATE_KEYS_MAX];
    size_t n = value.p != NULL ? state_keys(value, keys) : 1;
    bool seen[16] = {false};

    for (size_t i = 0; i < n; i++) {
        struct state_hits hits;
        struct instance in;

        state_find_key(st, type_of(type), value.p != NULL ? &keys[i] : NULL,
                       &hits);
        while (state_hit_next(&hits, &in)) {
            assert_true(type == NULL || in.type == type_of(type));
            assert_true(in.number < ROWS(seen));
            seen[in.number] = true;
        }
    }
    for (size_t i = 0; i < ROWS(seen); i++)
        if (seen[i]) {
            buf_byte(&b, ' ');
            buf_u64(&b, i);
        }
    assert_false(b.full);
    return buf_slice(&b);
}

/* Instances by number, each a resource of its own. */
static const struct {
    const char *type, *attributes;
} found_in[] = {
    {"aws_thing", "{'id':'t-0','arn':'arn:aws:x:r:1:thing/T-0','name':'zero'}"},
    {"aws_thing", "{'id':'t-1','name':'arn:aws:lambda:r:1:function:one:live'}"},
    {"aws_thing",
     "{'id':'t-2','alias':{'names':['two','zwei',2]},'blok':[{'ids':['b1']},"
     "{'ids':'b2'},{'ids':[['b3']]}],'count':7}"},
    {"aws_thing", "{'id':'t-0','name':'','count':true,'blok':null}"},
    {"aws_part", "{'id':'sg-1_tcp_80_10.0.0.0/8','size':'sg-9'}"},
    {"aws_part", "{'id':'a|b,c;d'}"},
    {"aws_part", "{'id':'whole'}"},
    {"aws_scrap", "{'blok':[{'key':'k1/k2'},{'key':'k3'}]}"},
    {"aws_held", "{'box':'arn:aws:x:r:1:box/B1'}"},
    {"aws_box", "{'id':'B1','holds':[]}"},
    {"aws_unheard_of", "{'id':'t-0'}"},
    {"aws_thing", "{'id':'\\\\052.Example.com','tags':{'id':'t-9'}}"},
    {"aws_thing", "{'id':'*.example.org.'}"},
};

static const struct {
    const char *type, *value, *want;
} find_rows[] = {
    {"aws_thing", "t-0", " 0 3"},
    {"aws_thing", "T-0", " 0 3"},
    {"aws_thing", "arn:aws:x:r:1:thing/t-0", " 0 3"},
    {"aws_thing", "zero", " 0"},
    {"aws_thing", "arn:aws:other:::path/Zero", " 0"},
    {"aws_thing", "one", " 1"},
    {"aws_thing", "live", " 1"},
    /* 2 is the name of another one: whoever asks compares. */
    {"aws_thing", "arn:aws:lambda:r:1:function:one:2", " 1 2"},
    {"aws_thing", "two", " 2"},
    {"aws_thing", "zwei", " 2"},
    {"aws_thing", "2", " 2"},
    {"aws_thing", "b1", " 2"},
    {"aws_thing", "b2", " 2"},
    {"aws_thing", "b3", " 2"},
    {"aws_thing", "7", " 2"},
    {"aws_thing", "true", " 3"},
    {"aws_thing", "t-9", ""},
    {"aws_thing", "", ""},
    {"aws_thing", "null", ""},
    {"aws_thing", "*.example.com", " 11"},
    {"aws_thing", "\\052.example.org", " 12"},
    {"aws_part", "sg-1", " 4"},
    {"aws_part", "tcp", " 4"},
    {"aws_part", "10.0.0.0/8", " 4"},
    {"aws_part", "sg-1_tcp_80_10.0.0.0/8", " 4"},
    {"aws_part", "sg-9", ""},
    {"aws_part", "a", " 5"},
    {"aws_part", "b,c;d", " 5"},
    {"aws_part", "d", " 5"},
    {"aws_part", "whole", " 6"},
    {"aws_scrap", "k1", " 7"},
    {"aws_scrap", "k2", " 7"},
    {"aws_scrap", "k3", " 7"},
    /* The owner of a part, though no id line has it. */
    {"aws_held", "B1", " 8"},
    {"aws_box", "b1", " 9"},
    /* Of any type: by id and ARN alone. */
    {NULL, "t-0", " 0 3"},
    {NULL, "b1", " 9"},
    {NULL, "zero", ""},
    {NULL, "tcp", " 4"},
    {"aws_part", "t-0", ""},
};

static const struct {
    const char *type, *want;
} all_rows[] = {
    {"aws_thing", " 0 1 2 3 11 12"},
    {"aws_part", " 4 5 6"},
    {"aws_box", " 9"},
    {"aws_vpc", ""},
    {NULL, ""},
};

static void
by_value(void **state)
{
    static char text[4096];
    struct buf doc = buf_over(text, sizeof(text));
    struct state *st;
    char out[256];

    (void)state;
    use_maps(map);
    buf_put(&doc, SLICE("{\"version\":4,\"resources\":["));
    for (size_t i = 0; i < ROWS(found_in); i++) {
        struct slice attributes = quoted(found_in[i].attributes);

        buf_fmt(&doc,
                "%s{\"mode\":\"managed\",\"type\":\"%s\",\"name\":\"r\","
                "\"instances\":[{\"attributes\":%.*s}]}",
                i > 0 ? "," : "", found_in[i].type, SLICE_FMT(attributes));
    }
    buf_put(&doc, SLICE("]}"));
    st = load_good(buf_slice(&doc), 0);
    for (size_t i = 0; i < ROWS(find_rows); i++) {
        struct slice s =
            found(st, find_rows[i].type, slice_str(find_rows[i].value), out);

        if (!slice_eq(s, slice_str(find_rows[i].want)))
            fail_msg("%zu, %s:%.*s", i, find_rows[i].value, SLICE_FMT(s));
    }
    for (size_t i = 0; i < ROWS(all_rows); i++) {
        struct slice s = found(st, all_rows[i].type, slice_of(NULL, 0), out);

        if (!slice_eq(s, slice_str(all_rows[i].want)))
            fail_msg("all %s:%.*s", all_rows[i].type, SLICE_FMT(s));
    }
}

/* Writes a document of n instances of two types; each has its own id, one of
 * 40 names, and the same count. */
static struct slice
many(uint32_t n, char *text, size_t max)
{
    struct buf b = buf_over(text, max);
    static char spaces[30000];

    memset(spaces, ' ', sizeof(spaces));
    buf_put(&b, SLICE("{\"version\":4,\"resources\":["));
    for (uint32_t i = 0; i < n; i++)
        buf_fmt(&b,
                "%s\n  {\"mode\":\"managed\",\"type\":\"%s\",\"name\":\"r\","
                "\"instances\":[{\"attributes\":{\"id\":\"id-%08x\",\"name\":"
                "\"name-%u\",\"count\":1,\"text\":\"%.*s\"}}]}",
                i == 0 ? "" : ",", i % 3 == 0 ? "aws_part" : "aws_thing",
                i * 2654435761u, i % 40, i % 500 == 9 ? 30000 : 1, spaces);
    buf_put(&b, SLICE("]}\n"));
    assert_false(b.full);
    return buf_slice(&b);
}

/* In a document of many windows everything is found, and nothing else. */
static void
by_many(void **state)
{
    static char text[8u << 20];
    uint32_t n = 20000, things = 0;
    struct slice doc = many(n, text, sizeof(text));
    struct state *st;
    struct state_hits hits;
    struct instance in;
    uint32_t type, id;

    (void)state;
    use_maps(map);
    st = load_good(doc, 4093);
    assert_int_equal(n, state_instances(st));
    type = names_find(&maps.names, SLICE("aws_thing"));
    id = names_find(&maps.names, SLICE("id"));
    for (uint32_t i = 0; i < n; i++) {
        const char *of_type = i % 3 == 0 ? "aws_part" : "aws_thing";
        char want[16];

        snprintf(want, sizeof(want), "id-%08x", i * 2654435761u);
        in = state_instance(st, i);
        assert_true(
            slice_eq(slice_str(want), value_text(value_get(in.attrs, id))));
        for (int k = 0; k < 2; k++) {
            state_find(st, type_of(k == 0 ? NULL : of_type), slice_str(want),
                       &hits);
            if (!state_hit_next(&hits, &in) || in.number != i ||
                state_hit_next(&hits, &in))
                fail_msg("%s", want);
        }
    }
    state_find(st, (uint16_t)type, SLICE("name-7"), &hits);
    for (uint32_t i = 7; i < n; i += 40)
        if (i % 3 != 0)
            assert_true(state_hit_next(&hits, &in) && in.number == i);
    assert_false(state_hit_next(&hits, &in));
    state_find(st, (uint16_t)type, SLICE("1"), &hits);
    while (state_hit_next(&hits, &in))
        things++;
    state_find(st, (uint16_t)type, slice_of(NULL, 0), &hits);
    assert_int_equal(things, hits.end - hits.at);
    assert_int_equal(n - (n + 2) / 3, things);
}

/* An id of very many parts is found by the first ones, at little cost. */
static void
bounded(void **state)
{
    static char text[1u << 16];
    struct buf b = buf_over(text, sizeof(text));
    struct state *st;
    char out[256];

    (void)state;
    use_maps(map);
    buf_put(&b, SLICE("{\"version\":4,\"resources\":[{\"mode\":\"managed\","
                      "\"type\":\"aws_part\",\"name\":\"r\",\"instances\":"
                      "[{\"attributes\":{\"id\":\""));
    for (int i = 0; i < 10000; i++)
        buf_fmt(&b, "p%d_", i);
    buf_put(&b, SLICE("\"}}]}]}"));
    assert_false(b.full);
    st = load_good(buf_slice(&b), 0);
    assert_int_equal(2, found(st, "aws_part", SLICE("p0"), out).n);
    assert_int_equal(2, found(st, "aws_part", SLICE("p20"), out).n);
    assert_true(arena_mark(&keep) < b.n + 4096);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_text),
        cmocka_unit_test(by_value),
        cmocka_unit_test(by_many),
        cmocka_unit_test(bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
