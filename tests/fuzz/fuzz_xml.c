/*
 * Any bytes as XML of S3 and STS, and as the body of an error: reading ends
 * and holds to its bounds; a page is the same the second time.
 */
#include "aws/fault.h"
#include "aws/s3_list.h"
#include "aws/sts_role.h"
#include "aws/xml.h"

static char memory[1u << 18];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static int
count(void *ctx, const struct s3_entry *entry, struct err *e)
{
    size_t *n = ctx;

    (void)e;
    must(entry->key.n > 0 && entry->key.n <= S3_KEY_MAX_BYTES);
    must(entry->etag.n <= S3_ETAG_MAX_BYTES && entry->size >= 0);
    (*n)++;
    return 0;
}

static void
read_all(struct slice all)
{
    char text[4096];
    struct xml x;
    int rc;

    xml_init(&x, all);
    while ((rc = xml_next(&x)) > 0) {
        struct buf b = buf_over(text, sizeof(text));

        must(x.name.n > 0 && x.depth < XML_DEPTH_MAX);
        must(x.raw.n == 0 ||
             (x.raw.p >= all.p && x.raw.p + x.raw.n <= all.p + all.n));
        xml_decode(&b, x.raw);
    }
    must(rc <= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_of((const char *)data, size);
    struct s3_page page;
    struct creds creds;
    struct arena arena;
    struct fault fault;
    size_t n = 0;

    read_all(all);
    if (s3_list_parse(all, &page, NULL, NULL, NULL) == 0) {
        must(s3_list_parse(all, &page, count, &n, NULL) == 0);
        must(n == page.n && page.token_n <= sizeof(page.token));
    }
    arena_init(&arena, memory, sizeof(memory));
    if (sts_parse(all, &arena, &creds, NULL) == 0)
        must(creds.key.id.n > 0 && creds.expires_ms > 0);
    arena_reset(&arena, 0);
    fault_read(&fault, 400, SLICE(""), all, &arena);
    must(fault.code[sizeof(fault.code) - 1] == '\0');
    must(fault.message[sizeof(fault.message) - 1] == '\0');
    must(arena_mark(&arena) == 0);
    return 0;
}
