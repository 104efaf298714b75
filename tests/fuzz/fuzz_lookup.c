/*
 * Any bytes as an answer of LookupEvents: what is taken for a page is JSON
 * as base/pack.h reads it too, and its views are within the answer.
 */
#include "aws/cloudtrail.h"
#include "aws/json_check.h"
#include "base/names.h"
#include "base/pack.h"

static char memory[3][1u << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct names none = {0};
    struct slice all = slice_of((const char *)data, size);
    struct cloudtrail_page page = {.token = SLICE("")};
    struct arena arena[3];
    struct value v;
    struct err e = {0};
    int checked = json_check(all), rc, packed;

    for (int i = 0; i < 3; i++)
        arena_init(&arena[i], memory[i], sizeof(memory[i]));
    rc = cloudtrail_parse(all, &arena[0], &page, &e);
    must(rc <= 0 && rc == e.code);
    must(rc != 0 || checked == 0);
    packed = pack_json(&none, all, &arena[1], &arena[2], NULL, &v, NULL);
    if (packed != ERR_MEMORY && packed != ERR_LIMIT)
        must(checked != 0 || packed == 0);
    if (rc != 0)
        return 0;
    must(page.events.p >= all.p &&
         page.events.p + page.events.n <= all.p + all.n);
    must(page.events.n >= 2 && page.events.p[0] == '[' &&
         page.events.p[page.events.n - 1] == ']');
    must(page.token.n <= CLOUDTRAIL_TOKEN_MAX_BYTES);
    return 0;
}
