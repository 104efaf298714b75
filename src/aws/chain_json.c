/* Credentials as JSON: instances, containers and commands write it alike. */
#include "aws/chain.h"

#include "aws/when.h"
#include "base/names.h"
#include "base/pack.h"
#include "base/value.h"

#define JSON_MAX_BYTES 32768

/* A member's text as a copy in the scratch. */
static bool
take(struct aws_client *c, struct value v, struct slice name,
     struct slice *text)
{
    const struct names none = {0};

    *text = arena_copy(&c->scratch, value_text(value_member(&none, v, name)));
    return text->p != NULL;
}

int
chain_json(struct aws_client *c, struct slice json, struct slice what,
           struct slice token, struct creds *out, struct err *e)
{
    const struct names none = {0};
    struct slice code, expires;
    struct arena packed;
    struct value v;

    if (arena_split(&packed, &c->scratch, JSON_MAX_BYTES) != 0)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    if (pack_json(&none, json, &c->scratch, &packed, NULL, &v, NULL) != 0 ||
        value_kind(v) != VALUE_OBJECT)
        return err_set(e, ERR_SYNTAX, "%.*s gave no JSON object",
                       SLICE_FMT(what));
    *out = (struct creds){0};
    if (!take(c, v, SLICE("AccessKeyId"), &out->key.id) ||
        !take(c, v, SLICE("SecretAccessKey"), &out->key.secret) ||
        !take(c, v, token, &out->key.token) ||
        !take(c, v, SLICE("Code"), &code) ||
        !take(c, v, SLICE("Expiration"), &expires))
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    if (code.n > 0 && !slice_eq(code, SLICE("Success")))
        return err_set(e, ERR_REMOTE, "%.*s refuses: %.*s", SLICE_FMT(what),
                       (int)(code.n < 64 ? code.n : 64), code.p);
    if (out->key.id.n == 0 || out->key.secret.n == 0)
        return err_set(e, ERR_FOREIGN,
                       "%.*s gave no AccessKeyId or SecretAccessKey",
                       SLICE_FMT(what));
    out->expires_ms = when_iso(expires);
    if (expires.n > 0 && out->expires_ms == 0)
        return err_set(e, ERR_FOREIGN,
                       "%.*s gave an Expiration that is no "
                       "time",
                       SLICE_FMT(what));
    return 0;
}
