#include "agent/keeper.h"

#include "agent/keeper_inside.h"
#include "aws/aws.h"

/* How long a connection that nobody needs is kept: a difference is looked at
 * again after 1, 2 and 4 seconds. */
#define REST_MS 10000

static void
rest_role(const struct keeper_role *r)
{
    aws_client_rest(r->objects);
    aws_client_rest(r->table);
}

void
keeper_rest(struct keeper *k, const struct keeper_role *role)
{
    if (k->busy != NULL && k->busy != role)
        rest_role(k->busy);
    k->busy = role;
    k->rest_ms = role != NULL ? clock_steady_ms() + REST_MS : CLOCK_NEVER;
}

/* What is to be done next. */
struct job {
    struct keeper_section *section; /* list it; or */
    struct keeper_entry *entry;     /* look at it */
    int64_t at_ms;
    bool wanted;
};

/* Whether it is sooner than what was found before: what somebody waits for
 * goes first, once it is due. */
static bool
job_before(const struct job *j, const struct keeper_turn *t, int64_t now_ms,
           int64_t *at_ms, bool *wanted)
{
    *at_ms = keeper_turn_next(t, wanted);
    *wanted = *wanted && *at_ms <= now_ms;
    if (*wanted != j->wanted)
        return *wanted;
    return *at_ms < j->at_ms;
}

/* Inside: the next job; its time is CLOCK_NEVER when there is none. */
static struct job
job_next(struct keeper *k, int64_t now_ms)
{
    struct job j = {.at_ms = CLOCK_NEVER};
    int64_t at_ms;
    bool wanted;

    for (size_t i = 0; i < k->n_sections; i++)
        if (job_before(&j, &k->section[i].turn, now_ms, &at_ms, &wanted))
            j = (struct job){&k->section[i], NULL, at_ms, wanted};
    for (size_t i = 0; i < k->n; i++)
        if (job_before(&j, &k->entry[i].turn, now_ms, &at_ms, &wanted))
            j = (struct job){NULL, &k->entry[i], at_ms, wanted};
    return j;
}

/* Waits for the next job; false: the keeper is to stop. */
static bool
job_wait(struct keeper *k, struct job *j)
{
    bool go;

    gate_enter(&k->gate);
    while (!k->stopping) {
        int64_t now_ms = clock_steady_ms();

        *j = job_next(k, now_ms);
        if (j->at_ms <= now_ms)
            break;
        if (k->rest_ms <= now_ms) {
            gate_leave(&k->gate);
            keeper_rest(k, NULL);
            gate_enter(&k->gate);
            continue;
        }
        gate_wait(&k->gate, j->at_ms < k->rest_ms ? j->at_ms : k->rest_ms);
    }
    go = !k->stopping;
    gate_leave(&k->gate);
    return go;
}

static void *
keeper_run(void *ctx)
{
    struct keeper *k = ctx;
    struct job j;

    while (job_wait(k, &j))
        if (j.section != NULL)
            keeper_list(k, j.section);
        else
            keeper_look(k, j.entry);
    keeper_rest(k, NULL);
    return NULL;
}

int
keeper_start(struct keeper *k, struct err *e)
{
    int rc = thread_start(&k->thread, "tfdrift-states", keeper_run, k, e);

    k->running = rc == 0;
    return rc;
}

void
keeper_stop(struct keeper *k)
{
    gate_enter(&k->gate);
    k->stopping = true;
    gate_leave(&k->gate);
    gate_wake(&k->gate);
    /* What is on the wire is given up. */
    for (size_t i = 0; i < k->n_roles; i++) {
        aws_client_stop(k->role[i].objects);
        aws_client_stop(k->role[i].table);
    }
}

void
keeper_join(struct keeper *k)
{
    if (k->running)
        pthread_join(k->thread, NULL);
    k->running = false;
    for (size_t i = 0; i < k->n_roles; i++) {
        aws_client_close(k->role[i].objects);
        aws_client_close(k->role[i].table);
    }
    k->n_roles = 0;
    for (size_t i = 0; i < k->n; i++) {
        blocks_free(&k->region, k->entry[i].fresh);
        blocks_free(&k->region, k->entry[i].current);
    }
    k->n = 0;
}
