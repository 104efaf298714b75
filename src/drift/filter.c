#include "drift/filter.h"

#include "base/text.h"

static const struct slice terraform_agents[] = {SLICE_INIT("*Terraform*"),
                                                SLICE_INIT("*OpenTofu*")};

const struct filter filter_default = {
    .terraform = terraform_agents,
    .n_terraform = sizeof(terraform_agents) / sizeof(*terraform_agents),
    .unmanaged = FILTER_CREATE,
};

/* eventType of records that no call stands behind. */
static const struct slice not_calls[] = {SLICE_INIT("AwsServiceEvent"),
                                         SLICE_INIT("AwsConsoleSignIn"),
                                         SLICE_INIT("AwsCloudTrailInsight")};

/* Who scales: the whole of a field, with the suffixes of partitions. */
static bool
is_scaler(struct slice s)
{
    static const struct slice tails[] = {
        SLICE_INIT(".application-autoscaling.amazonaws.com"),
        SLICE_INIT(".application-autoscaling.amazonaws.com.cn")};

    if (slice_eq(s, SLICE("autoscaling.amazonaws.com")) ||
        slice_eq(s, SLICE("autoscaling.amazonaws.com.cn")) ||
        slice_eq(s, SLICE("application-autoscaling.amazonaws.com")))
        return true;
    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
        if (slice_ends(s, tails[i]))
            return true;
    return false;
}

/* Of an identity: the members that tell a service from a person. */
struct who {
    struct slice principal, invoked_by, arn, role_name, role_arn;
};

static struct slice
member_text(const struct names *ns, struct value v, const char *name)
{
    return value_text(value_member(ns, v, slice_str(name)));
}

static struct who
who_is(const struct names *ns, struct value id)
{
    struct value session = value_member(ns, id, SLICE("sessionContext"));
    struct value issuer = value_member(ns, session, SLICE("sessionIssuer"));

    return (struct who){
        .principal = member_text(ns, id, "principalId"),
        .invoked_by = member_text(ns, id, "invokedBy"),
        .arn = member_text(ns, id, "arn"),
        .role_name = member_text(ns, issuer, "userName"),
        .role_arn = member_text(ns, issuer, "arn"),
    };
}

/* The role of a session, "AWSServiceRoleFor..." or empty.  AWS lets nobody
 * else make roles under /aws-service-role/ (IAM User Guide, "Using
 * service-linked roles"). */
static struct slice
service_role(const struct who *w)
{
    static const struct slice head = SLICE_INIT("AWSServiceRoleFor");
    struct slice path = SLICE(":role/aws-service-role/");
    struct slice session = SLICE(":assumed-role/AWSServiceRoleFor");
    size_t at = text_find(w->role_arn, path);
    size_t slash = slice_rchr(w->role_arn, '/');

    if (at != w->role_arn.n && slash != w->role_arn.n)
        return slice_from(w->role_arn, slash + 1);
    if (w->role_arn.n == 0 && slice_starts(w->role_name, head))
        return w->role_name;
    at = text_find(w->arn, session);
    if (w->role_arn.n == 0 && at != w->arn.n)
        return slice_from(w->arn, at + session.n - head.n);
    return slice_of("", 0);
}

/* Packing an identity costs; most say nothing that matters here. */
static bool
may_be_service(struct slice identity)
{
    return text_find(identity, SLICE("autoscaling")) != identity.n ||
           text_find(identity, SLICE("AWSServiceRoleFor")) != identity.n;
}

static struct slice
filter_service(const struct filter *f, const struct event *ev,
               struct slice agent, const struct names *names,
               struct arena *arena, struct arena *scratch)
{
    struct slice role;
    struct who w;

    if (is_scaler(agent) || is_scaler(event_text(ev, EVENT_SOURCE_IP, arena)))
        return SLICE("autoscaling");
    if (!may_be_service(ev->field[EVENT_IDENTITY]))
        return slice_of("", 0);
    w = who_is(names, event_value(ev, EVENT_IDENTITY, names, scratch, arena));
    role = service_role(&w);
    if (is_scaler(w.principal) || is_scaler(w.invoked_by) ||
        slice_starts(role, SLICE("AWSServiceRoleForAutoScaling")) ||
        slice_starts(role, SLICE("AWSServiceRoleForApplicationAutoScaling_")))
        return SLICE("autoscaling");
    if (role.n > 0 && !f->report_service_roles)
        return SLICE("service");
    return slice_of("", 0);
}

struct slice
filter_event(const struct filter *f, const struct event *ev,
             const struct names *names, struct arena *arena,
             struct arena *scratch)
{
    struct slice type, agent;

    /* What most events are comes first. */
    if (text_eq_fold(event_text(ev, EVENT_READ_ONLY, arena), SLICE("true")))
        return event_text(ev, EVENT_ERROR_CODE, arena).n > 0
                   ? SLICE("failed")
                   : SLICE("read-only");
    if (event_text(ev, EVENT_ERROR_CODE, arena).n > 0)
        return SLICE("failed");
    type = event_text(ev, EVENT_TYPE, arena);
    for (size_t i = 0; i < sizeof(not_calls) / sizeof(*not_calls); i++)
        if (slice_eq(type, not_calls[i]))
            return SLICE("not-a-call");
    agent = event_text(ev, EVENT_USER_AGENT, arena);
    for (size_t i = 0; i < f->n_terraform; i++)
        if (text_glob(f->terraform[i], agent))
            return SLICE("terraform");
    return filter_service(f, ev, agent, names, arena, scratch);
}
