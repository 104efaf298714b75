/* What is no state, or not a whole one, is refused, saying what it is. */
#include "loaded.h"

static char big[32u << 20];

static const struct {
    const char *text;
    int code;
    const char *want; /* after "a.tfstate: " */
} said_rows[] = {
    {"", ERR_FOREIGN, "empty, not a Terraform state"},
    {" \n\t", ERR_FOREIGN, "empty, not a Terraform state"},
    {"\xef\xbb\xbf", ERR_FOREIGN, "empty, not a Terraform state"},
    {"resource 'a' 'b' {}", ERR_FOREIGN, "not JSON, so not a Terraform state"},
    {"'abc", ERR_FOREIGN, "not JSON, so not a Terraform state"},
    {"[1] 2", ERR_FOREIGN, "not JSON, so not a Terraform state"},
    {"[1]", ERR_FOREIGN, "JSON, but not an object, so not a Terraform state"},
    {"null", ERR_FOREIGN, "JSON, but not an object, so not a Terraform state"},
    {"\xff\xfe{", ERR_FOREIGN,
     "text in UTF-16, not a Terraform state (the '>' of PowerShell writes "
     "that)"},
    {"\x1f\x8b\x08", ERR_FOREIGN,
     "compressed with gzip, not a Terraform state"},
    {"PK\x03\x04", ERR_FOREIGN,
     "a ZIP archive (a saved plan is one), not a Terraform state"},
    {"{}", ERR_FOREIGN,
     "JSON, but not a Terraform state: no number under \"version\", or "
     "nothing else of a state"},
    {"{'version':4}", ERR_FOREIGN,
     "JSON, but not a Terraform state: no number under \"version\", or "
     "nothing else of a state"},
    {"{'version':'4','serial':1}", ERR_FOREIGN,
     "JSON, but not a Terraform state: no number under \"version\", or "
     "nothing else of a state"},
    {"{'eventVersion':'1.08'}\n{'eventVersion':'1.08'}", ERR_FOREIGN,
     "JSON, but not a Terraform state: no number under \"version\", or "
     "nothing else of a state"},
    {"{'version':3,'serial':1,'modules':[{'resources':{}}]}", ERR_FOREIGN,
     "a Terraform state of format version 3 (Terraform 0.11 or older); a "
     "newer Terraform upgrades it: `terraform state pull` prints it in "
     "version 4"},
    {"{'serial':1,'version':1}", ERR_FOREIGN,
     "a Terraform state of format version 1 (Terraform 0.11 or older); a "
     "newer Terraform upgrades it: `terraform state pull` prints it in "
     "version 4"},
    {"{'version':5,'serial':1,'resources':{'new':'shape'}}", ERR_FOREIGN,
     "a Terraform state of format version 5, newer than the version 4 "
     "that can be read"},
    {"{'meta':{'key_provider.x':'e30='},'encrypted_data':'AAAA',"
     "'encryption_version':'v0','serial':1,'lineage':'x'}",
     ERR_FOREIGN,
     "a state encrypted by OpenTofu, which cannot be read; give it the "
     "output of `tofu state pull`"},
    {"{'format_version':'1.0','terraform_version':'1.9.8','values':{}}",
     ERR_FOREIGN,
     "the output of `terraform show -json`, not the state itself; "
     "`terraform state pull` prints that"},
    {"{'format_version':'1.2','planned_values':{},'resource_changes':[]}",
     ERR_FOREIGN,
     "a plan written as JSON, not a state; `terraform state pull` prints "
     "the state"},

    {"{'version':4,'serial':1} x", ERR_SYNTAX,
     "malformed at offset 25: something follows the state"},
    {"{'version':4,'serial':1}{", ERR_SYNTAX,
     "malformed at offset 24: something follows the state"},
    {"{'version' 4}", ERR_SYNTAX,
     "malformed at offset 11: expected ':' after a member's name"},
    {"{'version':4 'serial':1}", ERR_SYNTAX,
     "malformed at offset 13: expected ',' or '}' after a member"},
    {"{'version':4,}", ERR_SYNTAX,
     "malformed at offset 13: expected a member's name"},
    {"{'version':4,'x':[1,,2]}", ERR_SYNTAX,
     "malformed at offset 20: expected a value"},
    {"{'version':4,'x':[1 2]}", ERR_SYNTAX,
     "malformed at offset 20: expected ',' or ']' after an item"},
    {"{'version':4,'x':[01]}", ERR_SYNTAX,
     "malformed at offset 18: expected a value"},
    {"{'version':4,'x':{'a':nil}}", ERR_SYNTAX,
     "malformed at offset 22: expected a value"},
    {"{'version':4,'x':'a\nb'}", ERR_SYNTAX,
     "malformed at offset 17: a control character in a string"},
    {"{'version':4,'lineage':'\\q'}", ERR_SYNTAX,
     "malformed at offset 27: an escape that JSON does not know"},
    {"{'version':4,'resources':{}}", ERR_SYNTAX,
     "malformed at offset 25: expected a list of resources"},
    {"{'version':4,'resources':[1]}", ERR_SYNTAX,
     "malformed at offset 26, in resources[0]: expected an object: a "
     "resource"},
    {"{'version':4,'resources':[{'mode':'managed','type':'aws_vpc'}]}",
     ERR_SYNTAX,
     "malformed at offset 61, in resources[0]: a resource without mode, "
     "type or name"},
    {"{'version':4,'resources':[{'mode':1}]}", ERR_SYNTAX,
     "malformed at offset 34, in resources[0]: expected a string"},
    {"{'resources':[{'mode':'managed','type':'aws_vpc','name':'a',"
     "'instances':[]},{'mode':'managed','type':'aws_vpc','instances':{}",
     ERR_SYNTAX,
     "malformed at offset 123, in resources[1]: expected a list of "
     "instances"},
#define IN(text)                                                    \
    "{'version':4,'resources':[{'mode':'managed','type':'aws_vpc'," \
    "'name':'v','instances':[{}," text "]}]}"
    {IN("7"), ERR_SYNTAX,
     "malformed at offset 88, in resources[0].instances[1]: expected an "
     "object: an instance"},
    {IN("{'attributes':[]}"), ERR_SYNTAX,
     "malformed at offset 102, in resources[0].instances[1]: attributes "
     "are not an object"},
    {IN("{'attributes':{'id':}}"), ERR_SYNTAX,
     "malformed at offset 108, in resources[0].instances[1]: not JSON"},
    {IN("{'attributes':{'id':1]}"), ERR_SYNTAX,
     "malformed at offset 109, in resources[0].instances[1]: not JSON"},
    {IN("{'attributes_flat':['id']}"), ERR_SYNTAX,
     "malformed at offset 107, in resources[0].instances[1]: not JSON"},
    {IN("{'index_key':true}"), ERR_SYNTAX,
     "malformed at offset 101, in resources[0].instances[1]: index_key "
     "is neither text nor number"},
    {IN("{'sensitive_attributes':[1 2]}"), ERR_SYNTAX,
     "malformed at offset 115, in resources[0].instances[1]: not JSON"},

    {"{", ERR_MORE, "torn: it ends at offset 1"},
    {"{'version':4,'outputs':{'a':", ERR_MORE, "torn: it ends at offset 28"},
    {"{'version':4,'resources':[{'mode':'managed','type':'aws_vpc',"
     "'name':'v','instances':[{'attributes':{'id':'vpc-1'",
     ERR_MORE, "torn: it ends at offset 112, in resources[0].instances[0]"},
    {"{'version':4,'resources':[{},", ERR_SYNTAX,
     "malformed at offset 28, in resources[0]: a resource without mode, "
     "type or name"},
};

static void
said(void **state)
{
    (void)state;
    use_maps(NULL);
    for (size_t i = 0; i < ROWS(said_rows); i++)
        for (size_t step = 0; step < 3; step++) {
            struct state *st;
            struct err e;
            int rc = load_bytes(quoted(said_rows[i].text), step, &st, &e);

            if (rc != said_rows[i].code ||
                strncmp(e.text, "a.tfstate: ", 11) != 0 ||
                strcmp(e.text + 11, said_rows[i].want) != 0)
                fail_msg("row %zu, step %zu: %d %s", i, step, rc,
                         rc < 0 ? e.text : "taken");
        }
}

static const char whole[] =
    "{'version':4,'serial':1,'resources':[{'mode':'managed','type':'aws_vpc',"
    "'name':'v','instances':[{'index_key':'a','attributes':{'id':'vpc-1',"
    "'tags':{'a':'\\u00e9'}},'sensitive_attributes':[]},{'attributes_flat':"
    "{'id':'vpc-2'}}]},{'instances':[{'attributes':{}}],'mode':'managed',"
    "'name':'w','type':'aws_vpc'}],'check_results':[null,-1.5e3]}";

/* However a document is cut, it is torn there and nothing is kept. */
static void
torn(void **state)
{
    struct slice text = quoted(whole);
    struct state *st;
    struct err e;

    (void)state;
    use_maps(NULL);
    assert_int_equal(0, load_bytes(text, 0, &st, &e));
    for (size_t n = 1; n < text.n; n++) {
        char want[80];

        snprintf(want, sizeof(want), "a.tfstate: torn: it ends at offset %zu",
                 n);
        if (load_bytes(slice_head(text, n), n % 5, &st, &e) != ERR_MORE ||
            strncmp(e.text, want, strlen(want)) != 0)
            fail_msg("%zu bytes: %s", n, e.text);
    }
}

/* A byte changed is found, unless what it makes is still a state. */
static void
changed(void **state)
{
    static const char bytes[] = "{}[]:,\"\\n0-x ";
    static char copy[1024];
    struct slice text = quoted(whole);
    size_t taken = 0, tries = 0;
    struct state *st;
    struct err e;

    (void)state;
    use_maps(NULL);
    for (size_t i = 0; i < text.n; i++)
        for (size_t k = 0; k < sizeof(bytes) - 1; k++, tries++) {
            memcpy(copy, text.p, text.n);
            copy[i] = bytes[k];
            taken += load_bytes(slice_of(copy, text.n), 0, &st, &e) == 0;
        }
    /* Most bytes are in texts, where they may be others. */
    assert_true(taken > tries / 4 && taken < tries * 3 / 4);
}

/* What the stream says is passed on as it is. */
static void
unreadable(void **state)
{
    (void)state;
    use_maps(NULL);
    for (size_t n = 0; n < 200; n += 10) {
        struct dribble d = {slice_head(quoted(whole), n), 3, true};
        struct stream in = dribble_stream(&d);
        struct state *st;
        struct err e;

        arena_init(&keep, keep_mem, sizeof(keep_mem));
        arena_init(&scratch, scratch_mem, sizeof(scratch_mem));
        assert_int_equal(ERR_IO, state_load(&st, &maps, &in, SLICE("net"),
                                            SLICE("f"), &keep, &scratch, &e));
        assert_string_equal("the disk is gone", e.text);
    }
}

/* Opens, then n bytes of c, then closes. */
static struct slice
padded(const char *open, size_t n, char c, const char *close)
{
    struct buf b = buf_over(big, sizeof(big));

    buf_put(&b, quoted(open));
    assert_true(n < b.max - b.n);
    memset(b.p + b.n, c, n);
    b.n += n;
    buf_put(&b, quoted(close));
    assert_false(b.full);
    return buf_slice(&b);
}

static void
limits(void **state)
{
    static const char res[] = "{'version':4,'resources':[{'mode':'managed',"
                              "'type':'aws_vpc','name':'v','instances':[";
    static const struct {
        const char *open;
        size_t n;
        char c;
        const char *close, *want; /* NULL: it is taken */
    } rows[] = {
        /* One instance as large as it may be, and one larger. */
        {"{'attributes':{'id':'", STATE_INSTANCE_MAX_BYTES, 'a', "'}}]}]}",
         NULL},
        {"{'attributes':{'id':'", STATE_INSTANCE_MAX_BYTES + 70000, 'a',
         "'}}]}]}", "more than 8 MiB in one piece"},
        {"{'private':'", STATE_INSTANCE_MAX_BYTES + 70000, 'a', "'}]}]}",
         "more than 8 MiB in one piece"},
        /* Nothing that is passed over need be held, but one text. */
        {"]}],'x':[", STATE_INSTANCE_MAX_BYTES * 2, ' ', "1]}", NULL},
        {"]},{'mode':'data','type':'x','name':'y','instances':[",
         STATE_INSTANCE_MAX_BYTES * 2, '\n', "{}]}]}", NULL},
        {"]},{'instances':[", STATE_INSTANCE_MAX_BYTES * 2, ' ',
         "{}],'mode':'managed','type':'x','name':'y'}]}",
         "more than 8 MiB in one piece"},
        {"]},{'name':'", STATE_ADDRESS_MAX_BYTES, 'a',
         "','mode':'data','type':'x'}]}", NULL},
        {"]},{'name':'", STATE_ADDRESS_MAX_BYTES + 1, 'a',
         "','mode':'data','type':'x'}]}", "a name that is too long"},
        {"{'attributes':{'tags':", 64, '[', "", "nested too deeply"},
        {"]}],'x':", 65, '[', "", "nested too deeply"},
    };

    (void)state;
    use_maps(NULL);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char open[256];
        struct state *st;
        struct err e;
        int rc;

        snprintf(open, sizeof(open), "%s%s", res, rows[i].open);
        rc = load_bytes(padded(open, rows[i].n, rows[i].c, rows[i].close), 0,
                        &st, &e);
        if (rows[i].want == NULL
                ? rc != 0
                : rc != ERR_LIMIT || strstr(e.text, rows[i].want) == NULL)
            fail_msg("row %zu: %d %s", i, rc, rc < 0 ? e.text : "taken");
    }
}

/* With too little memory, wherever it ends, a load fails and says so. */
static void
memory(void **state)
{
    struct slice text = quoted(whole);
    size_t taken = 0;

    (void)state;
    use_maps(NULL);
    for (size_t n = 0; n < 4096; n += 8)
        for (int k = 0; k < 2; k++) {
            struct stream_mem mem = {text};
            struct stream in = stream_mem(&mem);
            struct state *st;
            struct err e;
            int rc;

            arena_init(&keep, keep_mem, k == 0 ? n : sizeof(keep_mem));
            arena_init(&scratch, scratch_mem,
                       k == 1 ? n * 32 : sizeof(scratch_mem));
            rc = state_load(&st, &maps, &in, SLICE("net"), SLICE("f"), &keep,
                            &scratch, &e);
            taken += rc == 0;
            if (rc != 0 && (rc != ERR_MEMORY || arena_mark(&keep) != 0 ||
                            strstr(e.text, "out of memory") == NULL))
                fail_msg("%zu bytes of %d: %d %s", n, k, rc, e.text);
        }
    assert_true(taken > 100 && taken < 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(said),    cmocka_unit_test(torn),
        cmocka_unit_test(changed), cmocka_unit_test(unreadable),
        cmocka_unit_test(limits),  cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
