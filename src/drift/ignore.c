#include "drift/ignore.h"

#include "drift/attrglob.h"

/* Which member of a record each key looks at. */
static const size_t ignore_members[IGNORE_KEYS] = {
    [IGNORE_TYPE] = offsetof(struct record, type),
    [IGNORE_ADDRESS] = offsetof(struct record, address),
    [IGNORE_RESOURCE] = offsetof(struct record, resource),
    [IGNORE_USER] = offsetof(struct record, user),
    [IGNORE_EVENT] = offsetof(struct record, event),
    [IGNORE_SERVICE] = offsetof(struct record, service),
    [IGNORE_ACCOUNT] = offsetof(struct record, account),
    [IGNORE_REGION] = offsetof(struct record, region),
    [IGNORE_SOURCE_IP] = offsetof(struct record, source_ip),
    [IGNORE_USER_AGENT] = offsetof(struct record, user_agent),
};

/* Whether all keys but the attribute match. */
static bool
ignore_matches(const struct ignore_rule *rule, const struct record *r)
{
    for (size_t i = 0; i < IGNORE_KEYS; i++) {
        struct slice text;

        if (rule->key[i].n == 0)
            continue;
        memcpy(&text, (const char *)r + ignore_members[i], sizeof(text));
        /* What is not there (the address of an unmanaged resource) is not
         * matched by "*" either. */
        if (text.n == 0 || !list_match(rule->key[i], text))
            return false;
    }
    return true;
}

/* Whether the path, or something it stands in, is one of the rule's. */
static bool
ignore_attribute(struct list globs, struct slice path)
{
    for (size_t i = 0; i < globs.n; i++)
        if (attrglob_match(globs.p[i], SLICE(""), path))
            return true;
    return false;
}

/* Takes the changes of the rule's attributes out; false when none was one. */
static bool
ignore_changes(const struct ignore_rule *rule, struct record *r)
{
    struct record_changes *c = &r->changes;
    size_t n = c->n, kept = 0;

    for (size_t i = 0; i < n; i++)
        if (!ignore_attribute(rule->attribute, c->list[i].path))
            c->list[kept++] = c->list[i];
    c->n = kept;
    return kept < n;
}

const struct ignore_rule *
ignore_apply(const struct ignore_rules *rules, struct record *r)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct ignore_rule *rule = &rules->rule[i];

        if (!ignore_matches(rule, r))
            continue;
        if (rule->attribute.n == 0)
            return rule;
        /* A deletion, or what nobody can see, is no attribute. */
        if (ignore_changes(rule, r) && r->changes.n == 0 && r->detail &&
            r->action != ACTION_DELETE)
            return rule;
    }
    return NULL;
}
