#include "aws/s3_list.h"

#include <stdio.h>

#include "aws/s3_call.h"
#include "aws/uri.h"
#include "aws/when.h"
#include "aws/xml.h"
#include "base/text.h"

#define PAGE_MAX_BYTES (4u << 20)
#define PAGE_KEYS 1000   /* S3's limit */
#define PAGE_KEYS_MIN 10 /* with less, a page that is too long is an error */

/* An object of the page that is being read. */
struct reading {
    struct s3_page *page;
    struct s3_entry entry;
    char key[S3_KEY_MAX_BYTES];
    char etag[S3_ETAG_MAX_BYTES];
    bool coded; /* keys are form-encoded */
    bool root;  /* the root is what it should be */
};

/* Text of an element, decoded; false when it is longer than max. */
static bool
read_text(struct slice raw, char *to, size_t max, struct slice *text)
{
    struct buf b = buf_over(to, max);
    bool sound = xml_decode(&b, raw);

    *text = buf_slice(&b);
    return sound && !b.full;
}

/* A key: form-encoded, as was asked for, since XML cannot hold all that keys
 * may; stores that are not AWS's may not know of that. */
static bool
read_key(struct reading *r, struct slice raw)
{
    char coded[3 * S3_KEY_MAX_BYTES];
    struct buf b = buf_over(r->key, sizeof(r->key));
    struct slice text;

    if (!read_text(raw, coded, sizeof(coded), &text))
        return false;
    for (size_t i = 0; i < text.n && r->coded; i++)
        if (coded[i] == '+')
            coded[i] = ' ';
    if (r->coded)
        text_unquote(&b, text);
    else
        buf_put(&b, text);
    r->entry.key = buf_slice(&b);
    return !b.full && b.n > 0;
}

static bool
read_size(struct reading *r, struct slice raw)
{
    struct slice s = text_trim(raw);

    r->entry.size = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!text_digit(s.p[i]) || i > 17)
            return false;
        r->entry.size = r->entry.size * 10 + (s.p[i] - '0');
    }
    return s.n > 0;
}

/* A member of <Contents>. */
static bool
read_member(struct reading *r, const struct xml *x)
{
    if (slice_eq(x->name, SLICE("Key")))
        return read_key(r, x->raw);
    if (slice_eq(x->name, SLICE("ETag")))
        return read_text(x->raw, r->etag, sizeof(r->etag), &r->entry.etag);
    if (slice_eq(x->name, SLICE("Size")))
        return read_size(r, x->raw);
    if (slice_eq(x->name, SLICE("LastModified")))
        r->entry.modified_ms = when_iso(x->raw);
    return true;
}

/* A member of the page itself, but for <Contents>. */
static bool
read_page(struct reading *r, const struct xml *x)
{
    struct slice text;

    if (slice_eq(x->name, SLICE("IsTruncated")))
        r->page->truncated = slice_eq(text_trim(x->raw), SLICE("true"));
    if (!slice_eq(x->name, SLICE("NextContinuationToken")))
        return true;
    if (!read_text(x->raw, r->page->token, sizeof(r->page->token), &text))
        return false;
    r->page->token_n = text.n;
    return true;
}

/* An object is whole. */
static int
end_entry(struct reading *r,
          int (*each)(void *ctx, const struct s3_entry *entry, struct err *e),
          void *ctx, struct err *e)
{
    struct s3_entry entry = r->entry;

    r->entry = (struct s3_entry){0};
    if (entry.key.n == 0)
        return err_set(e, ERR_FOREIGN,
                       "the listing has an object without a "
                       "Key");
    r->page->n++;
    return each != NULL ? each(ctx, &entry, e) : 0;
}

int
s3_list_parse(struct slice text, struct s3_page *page,
              int (*each)(void *ctx, const struct s3_entry *entry,
                          struct err *e),
              void *ctx, struct err *e)
{
    const struct slice root = SLICE("ListBucketResult");
    const struct slice object = SLICE("Contents");
    const struct slice mark = SLICE("<EncodingType>url</EncodingType>");
    struct reading r = {.page = page};
    struct xml x;
    int rc;

    *page = (struct s3_page){0};
    r.coded = text_find(text, mark) < text.n;
    xml_init(&x, text);
    while ((rc = xml_next(&x)) > 0) {
        bool sound = true;

        if (slice_eq(x.parent, root) && slice_eq(x.name, object)) {
            int stop = end_entry(&r, each, ctx, e);

            if (stop < 0)
                return stop;
        } else if (slice_eq(x.parent, object)) {
            sound = read_member(&r, &x);
        } else if (slice_eq(x.parent, root)) {
            sound = read_page(&r, &x);
        }
        r.root = x.parent.n == 0 && slice_eq(x.name, root);
        if (!sound)
            return err_set(e, ERR_FOREIGN,
                           "the listing has a %.*s that is "
                           "none",
                           SLICE_FMT(slice_head(x.name, 40)));
    }
    if (rc < 0)
        return err_set(e, rc, "the listing is no whole XML document");
    if (!r.root || (page->truncated && page->token_n == 0))
        return err_set(e, ERR_FOREIGN,
                       "the answer is no ListBucketResult, or has no token "
                       "though it is truncated");
    return 0;
}

/* A listing as it goes on. */
struct listing {
    struct aws_client *c;
    struct s3_bucket *b;
    struct slice prefix;
    struct arena *arena;
    size_t mark;
    struct slice body; /* of the page */
    unsigned keys;     /* asked for */
};

/* Takes a page only when it is whole: each() must not see one twice. */
static int
take_page(void *ctx, struct exchange_answer *an, struct err *e)
{
    struct listing *l = ctx;
    struct s3_page *page;
    int rc;

    arena_reset(l->arena, l->mark);
    page = arena_alloc(l->arena, sizeof(*page));
    if (page == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    rc = exchange_body(an, PAGE_MAX_BYTES, l->arena, &l->body, e);
    return rc != 0 ? rc : s3_list_parse(l->body, page, NULL, NULL, e);
}

/* Asks for the page that a token names; empty: the first. */
static int
list_page(struct listing *l, struct slice token, int64_t deadline_ms,
          struct err *e)
{
    struct aws_client *c = l->c;
    struct call call = {.operation = SLICE("ListObjectsV2"),
                        .action = SLICE("s3:ListBucket"),
                        .method = SLICE("GET"),
                        .take = take_page,
                        .ctx = l};
    struct buf q = arena_open(&c->scratch);
    char keys[12];
    int rc;

    snprintf(keys, sizeof(keys), "%u", l->keys);
    uri_put_field(&q, 0, SLICE("list-type"), SLICE("2"));
    uri_put_field(&q, 0, SLICE("encoding-type"), SLICE("url"));
    uri_put_field(&q, 0, SLICE("max-keys"), slice_str(keys));
    uri_put_field(&q, 0, SLICE("prefix"), l->prefix);
    if (token.n > 0)
        uri_put_field(&q, 0, SLICE("continuation-token"), token);
    call.query = arena_keep(&c->scratch, &q);
    if (call.query.p == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    rc = s3_send(c, l->b, SLICE(""), &call, deadline_ms, e);
    client_rewind(c, 0);
    return rc < 0 ? rc : 0;
}

/* The same with fewer keys when a page is too long for us. */
static int
list_fitting(struct listing *l, struct slice token, int64_t deadline_ms,
             struct err *e)
{
    int rc = list_page(l, token, deadline_ms, e);

    while ((rc == ERR_LIMIT || rc == ERR_MEMORY) && l->keys > PAGE_KEYS_MIN) {
        l->keys /= 2;
        rc = list_page(l, token, deadline_ms, e);
    }
    return rc;
}

int64_t
s3_list(struct aws_client *c, struct s3_bucket *b, struct slice prefix,
        int64_t deadline_ms, struct arena *arena,
        int (*each)(void *ctx, const struct s3_entry *entry, struct err *e),
        void *ctx, struct err *e)
{
    size_t start = arena_mark(arena);
    struct s3_page *page = arena_alloc(arena, sizeof(*page));
    struct listing l = {.c = c,
                        .b = b,
                        .prefix = prefix,
                        .arena = arena,
                        .mark = arena_mark(arena),
                        .keys = PAGE_KEYS};
    char before[S3_LIST_TOKEN_MAX_BYTES];
    struct slice token = {before, 0};
    int64_t n = 0;
    int rc;

    if (page == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    do {
        rc = list_fitting(&l, token, deadline_ms, e);
        if (rc == 0)
            rc = s3_list_parse(l.body, page, each, ctx, e);
        if (rc == 0 && page->truncated &&
            slice_eq(token, slice_of(page->token, page->token_n)))
            rc = err_set(e, ERR_FOREIGN,
                         "s3 ListObjectsV2: the same page "
                         "again");
        if (rc != 0)
            break;
        n += (int64_t)page->n;
        memcpy(before, page->token, page->token_n);
        token.n = page->token_n;
    } while (page->truncated);
    arena_reset(arena, start);
    return rc < 0 ? rc : n;
}
