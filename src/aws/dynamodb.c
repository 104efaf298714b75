#include "aws/dynamodb.h"

#include "aws/call.h"
#include "base/names.h"
#include "base/pack.h"
#include "base/value.h"

/* Where an answer goes. */
struct taken {
    struct aws_client *c;
    struct arena *arena;
    size_t mark;
    struct dynamodb_item *item;
    int rc; /* of an answer that is sound, but not what we look for */
};

/* A string attribute, {"S": "text"}; empty when there is none. */
static int
find_text(struct value item, struct slice name, struct slice *text,
          struct err *e)
{
    const struct names none = {0};
    struct value v = value_member(&none, item, name);
    struct value s = value_member(&none, v, SLICE("S"));

    *text = slice_of("", 0);
    if (value_is(v, VALUE_ABSENT))
        return 0;
    if (!value_is(s, VALUE_STRING))
        return err_set(e, ERR_FOREIGN,
                       "dynamodb GetItem: the item's %.*s is no text",
                       SLICE_FMT(name));
    *text = value_text(s);
    return 0;
}

/* Info and Digest of the answer; absent items leave Item out. */
static int
read_item(struct taken *t, struct slice body, struct err *e)
{
    const struct names none = {0};
    struct dynamodb_item found = {0};
    struct value v, item;
    struct arena packed;
    int rc;

    if (arena_split(&packed, t->arena, (t->arena->size - t->arena->used) / 2) !=
        0)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    rc = pack_json(&none, body, t->arena, &packed, NULL, &v, NULL);
    if (rc != 0)
        return err_set(e, rc, "the answer is no whole JSON object");
    item = value_member(&none, v, SLICE("Item"));
    found.found = value_is(item, VALUE_OBJECT);
    if (!value_is(v, VALUE_OBJECT) ||
        (!found.found && !value_is(item, VALUE_ABSENT)))
        return err_set(e, ERR_FOREIGN, "the answer's Item is no object");
    t->rc = find_text(item, SLICE("Info"), &found.info, e);
    if (t->rc == 0)
        t->rc = find_text(item, SLICE("Digest"), &found.digest, e);
    /* Both are put where the body began, and are shorter than that. */
    arena_reset(t->arena, t->mark);
    found.info = arena_copy(t->arena, found.info);
    found.digest = arena_copy(t->arena, found.digest);
    *t->item = found;
    return 0; /* what t->rc says would be the same if it were asked again */
}

static int
take_item(void *ctx, struct exchange_answer *an, struct err *e)
{
    struct taken *t = ctx;
    struct slice body;
    int rc;

    arena_reset(t->arena, t->mark);
    rc = exchange_body(an, DYNAMODB_ANSWER_MAX_BYTES, t->arena, &body, e);
    return rc != 0 ? rc : read_item(t, body, e);
}

/* The request's body. */
static struct slice
write_key(struct aws_client *c, const struct dynamodb_table *t,
          struct slice lock_id)
{
    struct buf b = arena_open(&c->scratch);

    buf_put(&b, SLICE("{\"TableName\":"));
    buf_json(&b, t->name);
    buf_put(&b, SLICE(",\"Key\":{\"LockID\":{\"S\":"));
    buf_json(&b, lock_id);
    buf_put(&b, SLICE("}},\"ProjectionExpression\":\"LockID, Info, Digest\","
                      "\"ConsistentRead\":true}"));
    return arena_keep(&c->scratch, &b);
}

int
dynamodb_lock(struct aws_client *c, const struct dynamodb_table *t,
              struct slice lock_id, int64_t deadline_ms, struct arena *arena,
              struct dynamodb_item *item, struct err *e)
{
    struct taken taken = {c, arena, arena_mark(arena), item, 0};
    struct call call = {.service = ENDPOINT_DYNAMODB,
                        .operation = SLICE("GetItem"),
                        .action = SLICE("dynamodb:GetItem"),
                        .region = client_region(c, t->region),
                        .take = take_item,
                        .ctx = &taken};
    int rc;

    call_json(&call, SLICE("DynamoDB_20120810.GetItem"),
              SLICE("application/x-amz-json-1.0"));
    call.body = write_key(c, t, lock_id);
    rc = call.body.p == NULL
             ? err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY))
             : client_endpoint(c, ENDPOINT_DYNAMODB, call.region, t->endpoint,
                               &call.base, e);
    if (rc == 0)
        rc = call_send(c, &call, deadline_ms, e);
    client_rewind(c, 0);
    if (rc >= 0)
        rc = taken.rc;
    if (rc < 0)
        arena_reset(arena, taken.mark);
    return rc < 0 ? rc : 0;
}
