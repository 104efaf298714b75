#ifndef AGENT_KEEPER_INSIDE_H
#define AGENT_KEEPER_INSIDE_H

/*
 * What the keeper knows.  Private to keeper*.c.
 *
 * Whatever is marked "gate" is read and written inside of the gate, by the
 * keeper's thread and by others; the rest is the keeper's thread's own.  A
 * state goes from `fresh` (loaded) to `current` (adopted by the judge), and
 * only the judge's thread frees what is current.
 */

#include <pthread.h>

#include "agent/keeper.h"
#include "base/blocks.h"
#include "base/clock.h"
#include "base/thread.h"
#include "state/backend.h"

#define KEEPER_NAME_MAX_BYTES 256
#define KEEPER_ROOM "states"
#define KEEPER_HOPELESS 3 /* looks that failed in a row */

/* When something is to be looked at, and how that went. */
struct keeper_turn {
    int64_t due_ms;    /* steady clock; CLOCK_NEVER: not by itself */
    int64_t wants[2];  /* gate; looks asked for, the earlier first, or
                        * CLOCK_NEVER */
    int64_t tried_ms;  /* gate; when the last look that is over began */
    int64_t until_ms;  /* a failure is borne with until then; 0: none is */
    unsigned patience; /* looks since it is borne with */
    unsigned failed;   /* looks that failed, since the last that worked */
};

/* How a look went. */
struct keeper_went {
    int64_t began_ms, ended_ms;
    int rc;              /* 0, or an error */
    int64_t patience_ms; /* as in struct backend_look */
    int64_t period_ms;   /* to the next one, at most */
    bool listed;         /* ... which a listing brings about if rc is 0 */
};

/* One state. */
struct keeper_entry {
    struct keeper_turn turn;
    size_t section;
    struct slice key;
    struct backend_mark mark;    /* of what was loaded last */
    bool listed, same;           /* the last listing had it, unchanged */
    struct keeper_status status; /* gate, but for the name */
    struct state *fresh;         /* gate */
    struct state *current;       /* gate */
    bool dropped;                /* gate; current is to go */
};

/* One section of the configuration. */
struct keeper_section {
    const struct config_state *config;
    struct backend backend;
    const struct keeper_role *role; /* NULL: needs none */
    bool many;                      /* its key is a pattern */
    struct keeper_turn turn;        /* of its listing; never due without one */
    bool worked;                    /* gate; some listing did */
    bool empty;   /* the last one had nothing, and that was said */
    bool crowded; /* there are more than fit, and that was said */
};

/* The clients of one role. */
struct keeper_role {
    struct slice arn;
    struct aws_client *objects, *table;
};

struct keeper {
    const struct config *config;
    struct maps maps; /* a copy that shares nothing that changes */
    void (*wake)(void *ctx);
    void *wake_ctx;
    pthread_t thread;
    bool running;
    struct gate gate;
    bool stopping; /* gate */
    bool news;     /* gate; something is to be adopted */
    struct keeper_section *section;
    size_t n_sections;
    struct keeper_entry *entry;
    size_t n, max;   /* gate: n only grows */
    uint32_t *place; /* hash table of entries: number + 1, or 0 */
    size_t places;   /* a power of two */
    struct keeper_role *role;
    size_t n_roles;
    const struct keeper_role *busy; /* whose connections may be open */
    int64_t rest_ms;                /* when they are closed, or CLOCK_NEVER */
    struct arena names;             /* keys and names of listed states */
    struct blocks region;           /* gate; where states are */
    struct blocks windows;          /* one block, while a look is on */
    struct state **adopted;         /* the judge's thread's */
    size_t n_adopted;
};

/* keeper_open.c */

/* Adds a state, due at once; NULL when there is no room.  Outside of the
 * gate. */
struct keeper_entry *keeper_add(struct keeper *k, size_t section,
                                struct slice key);

/* The state of that key, or NULL. */
struct keeper_entry *keeper_find(struct keeper *k, size_t section,
                                 struct slice key);

/* How long a section's states are used before they are looked at again. */
int64_t keeper_period(const struct keeper_section *s);

/* keeper_turn.c */

void keeper_turn_init(struct keeper_turn *t, int64_t due_ms);

/* Inside: asks for a look at `since` or later; whether it may be the next
 * one now. */
bool keeper_turn_want(struct keeper_turn *t, int64_t since_ms);

/* Inside: when the next look is; *wanted: somebody waits for it. */
int64_t keeper_turn_next(const struct keeper_turn *t, bool *wanted);

/*
 * Inside: notes how a look went and when the next one is.  Returns false
 * when it is not over yet, because the failure may pass; *answered: somebody
 * had asked for it.
 */
bool keeper_turn_over(struct keeper_turn *t, const struct keeper_went *w,
                      bool *answered);

/* keeper_look.c */

/* A look at a state and all that follows of it; outside of the gate. */
void keeper_look(struct keeper *k, struct keeper_entry *t);

/*
 * One look without what follows of it; l->state is in a block of the region.
 * Outside of the gate.
 */
int keeper_glance(struct keeper *k, const struct keeper_entry *t,
                  struct backend_look *l, int64_t deadline_ms, struct err *e);

/* A way from good to bad, or back, is said once; e NULL: back. */
void keeper_tell(struct slice name, const struct err *e);

/* keeper_list.c */

/* Lists a section and compares with what is known; outside of the gate. */
void keeper_list(struct keeper *k, struct keeper_section *s);

/* The same without dropping or looking at anything; states that are new are
 * added.  Returns 0 or an error. */
int keeper_list_once(struct keeper *k, struct keeper_section *s,
                     int64_t deadline_ms, struct err *e);

/* keeper.c */

/* Closes the connections of all roles but this one (NULL: of all). */
void keeper_rest(struct keeper *k, const struct keeper_role *role);

#endif
