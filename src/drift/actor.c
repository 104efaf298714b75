#include "drift/actor.h"

#include "base/text.h"

/* The member of an object by its name, without case: some logs were lower-
 * cased on their way. */
static struct value
actor_member(const struct names *ns, struct value v, struct slice name)
{
    struct value_iter it = value_items(v);
    struct value_key key;
    struct value item;
    char out[NAME_MAX_BYTES];

    while (it.keyed && value_next(&it, &key, &item))
        if (text_eq_fold(value_key_text(ns, &key, out), name))
            return item;
    return VALUE_NOTHING;
}

static struct slice
actor_text(const struct names *ns, struct value v, struct slice name)
{
    return value_text(actor_member(ns, v, name));
}

/* What follows the last c, or nothing. */
static struct slice
after_last(struct slice s, char c)
{
    size_t at = slice_rchr(s, c);

    return at < s.n ? slice_from(s, at + 1) : slice_of("", 0);
}

/* The first of some members that says something. */
static struct slice
first_text(const struct names *ns, struct value v, const struct slice *name,
           size_t n)
{
    struct slice s = {"", 0};

    for (size_t i = 0; i < n && s.n == 0; i++)
        s = actor_text(ns, v, name[i]);
    return s;
}

/*
 * Best name first.  An AWS service has only invokedBy, an Identity Center
 * user only onBehalfOf, web and SAML users a principalId that holds the
 * provider too, a lone account just its number.
 */
static struct slice
actor_user(const struct names *ns, struct value v, struct value behalf)
{
    static const struct slice names[] = {
        SLICE_INIT("arn"), SLICE_INIT("principalId"), SLICE_INIT("userName"),
        SLICE_INIT("invokedBy"), SLICE_INIT("accountId")};
    struct slice arn = actor_text(ns, v, names[0]);
    struct slice user = actor_text(ns, behalf, SLICE("userId"));
    struct slice type = actor_text(ns, v, SLICE("type"));

    if (arn.n > 0)
        return arn;
    if (user.n > 0)
        return user;
    /* principalId of an IAM user is only an AIDA... number. */
    if (slice_eq(type, SLICE("IAMUser")) || slice_eq(type, SLICE("Root")))
        return first_text(ns, v, &names[2], 1).n > 0
                   ? first_text(ns, v, &names[2], 1)
                   : first_text(ns, v, &names[1], 4);
    return first_text(ns, v, &names[1], 4);
}

/* The name of a role's or a federated user's session. */
static struct slice
actor_session(struct slice arn, struct slice principal)
{
    size_t at = text_find(arn, SLICE(":assumed-role/"));

    if (at == arn.n)
        at = text_find(arn, SLICE(":federated-user/"));
    if (at < arn.n)
        return after_last(arn, '/');
    /* AROA...:session */
    return slice_starts(principal, SLICE("AROA")) ? after_last(principal, ':')
                                                  : slice_of("", 0);
}

struct actor
actor_of(const struct names *ns, struct value v)
{
    struct value session = actor_member(ns, v, SLICE("sessionContext"));
    struct value issuer = actor_member(ns, session, SLICE("sessionIssuer"));
    struct value behalf = actor_member(ns, v, SLICE("onBehalfOf"));
    struct slice type = actor_text(ns, v, SLICE("type"));
    struct slice arn = actor_text(ns, issuer, SLICE("arn"));
    struct actor a = {.user = actor_user(ns, v, behalf),
                      .account = actor_text(ns, v, SLICE("accountId"))};

    /* A federated user's issuer may be an IAM user. */
    if (text_find(arn, SLICE(":role/")) < arn.n)
        a.role = arn;
    /* Set by the person's identity provider, and cannot be chosen freely. */
    a.identity = actor_text(ns, session, SLICE("sourceIdentity"));
    if (a.identity.n == 0)
        a.identity = actor_session(actor_text(ns, v, SLICE("arn")),
                                   actor_text(ns, v, SLICE("principalId")));
    if (a.identity.n == 0)
        a.identity = actor_text(ns, behalf, SLICE("userId"));
    if (a.identity.n == 0 && (slice_eq(type, SLICE("WebIdentityUser")) ||
                              slice_eq(type, SLICE("SAMLUser"))))
        a.identity = actor_text(ns, v, SLICE("userName"));
    return a;
}
