#include <string.h>

#include "agent/keeper_inside.h"
#include "aws/aws.h"
#include "base/text.h"
#include "state/keyglob.h"

#define PERIOD_LEAST_MS 1000 /* however short cache_ttl is */

/* Of what is left once the tables are there, the part for windows over what
 * is read; more than this much is never needed (state/load.c, twice what it
 * asks for, and inflate's). */
#define WINDOWS_PART 4
#define WINDOWS_MOST_BYTES (18u << 20)
#define NAMES_PART 16 /* of it, the part for names of listed states */

int64_t
keeper_period(const struct keeper_section *s)
{
    int64_t ms = (int64_t)s->config->cache_ttl_ms;

    return ms < PERIOD_LEAST_MS ? PERIOD_LEAST_MS : ms;
}

/* Where the number of a key is, or could be. */
static uint32_t *
place_of(struct keeper *k, size_t section, struct slice key)
{
    size_t at = text_hash(key) + section * 0x9e3779b97f4a7c15u;

    for (;; at++) {
        uint32_t *place = &k->place[at & (k->places - 1)];
        const struct keeper_entry *t;

        if (*place == 0)
            return place;
        t = &k->entry[*place - 1];
        if (t->section == section && slice_eq(t->key, key))
            return place;
    }
}

struct keeper_entry *
keeper_find(struct keeper *k, size_t section, struct slice key)
{
    uint32_t *place = place_of(k, section, key);

    return *place != 0 ? &k->entry[*place - 1] : NULL;
}

static bool
name_taken(const struct keeper *k, struct slice name)
{
    for (size_t i = 0; i < k->n; i++)
        if (slice_eq(k->entry[i].status.name, name))
            return true;
    return false;
}

/* What a listed state is called: SECTION/KEY; with its number behind it if
 * that is too long, or some other's name. */
static struct slice
name_of(struct keeper *k, struct slice section, struct slice key)
{
    char mem[CONFIG_NAME_MAX_BYTES + 1 + S3_KEY_MAX_BYTES + 16];
    struct buf b = buf_over(mem, sizeof(mem));

    buf_put(&b, section);
    buf_byte(&b, '/');
    buf_put(&b, key);
    if (b.n > KEEPER_NAME_MAX_BYTES || name_taken(k, buf_slice(&b))) {
        if (b.n > KEEPER_NAME_MAX_BYTES - 12)
            b.n = KEEPER_NAME_MAX_BYTES - 12;
        buf_fmt(&b, "#%zu", k->n);
    }
    return arena_copy(&k->names, buf_slice(&b));
}

struct keeper_entry *
keeper_add(struct keeper *k, size_t section, struct slice key)
{
    const struct keeper_section *s = &k->section[section];
    struct keeper_entry *t = &k->entry[k->n];
    size_t mark = arena_mark(&k->names);
    struct slice name = s->config->head.name;

    if (k->n == k->max || key.n > S3_KEY_MAX_BYTES)
        return NULL;
    if (s->many) {
        name = name_of(k, name, key);
        key = arena_copy(&k->names, key);
        if (name.p == NULL || key.p == NULL) {
            arena_reset(&k->names, mark);
            return NULL;
        }
    }
    memset(t, 0, sizeof(*t));
    t->section = section;
    t->key = key;
    t->status.name = name;
    keeper_turn_init(&t->turn, clock_steady_ms());
    *place_of(k, section, key) = (uint32_t)k->n + 1;
    gate_enter(&k->gate);
    k->n++;
    gate_leave(&k->gate);
    return t;
}

/* The clients of a role, opened when a section first needs them. */
static int
open_role(struct keeper *k, struct keeper_section *s, const struct aws *aws,
          struct arena *arena, struct err *e)
{
    const struct aws_identity who = {.role_arn = s->config->role_arn,
                                     .region = s->config->region};
    struct keeper_role *r = k->role;
    int rc;

    while (r < k->role + k->n_roles && !slice_eq(r->arn, who.role_arn))
        r++;
    s->role = r;
    if (r < k->role + k->n_roles)
        return 0;
    memset(r, 0, sizeof(*r));
    r->arn = who.role_arn;
    k->n_roles++;
    rc = aws_client_open(&r->objects, aws, &who, arena, e);
    /* Two, so that a look that goes from one service to the other keeps both
     * connections. */
    if (rc == 0)
        rc = aws_client_open(&r->table, aws, &who, arena, e);
    return rc;
}

static int
open_section(struct keeper *k, size_t number, const struct aws *aws,
             struct arena *arena, struct err *e)
{
    struct keeper_section *s = &k->section[number];
    const struct config_state *c = &k->config->states[number];
    int rc;

    *s = (struct keeper_section){.config = c};
    keeper_turn_init(&s->turn, CLOCK_NEVER);
    if (c->type == CONFIG_STATE_LOCAL) {
        backend_local(&s->backend);
        return 0;
    }
    rc = open_role(k, s, aws, arena, e);
    if (rc < 0)
        return rc;
    backend_s3(&s->backend, &(struct backend_s3){.objects = s->role->objects,
                                                 .table = s->role->table,
                                                 .bucket = c->bucket,
                                                 .region = c->region,
                                                 .endpoint = c->endpoint,
                                                 .path_style = c->path_style,
                                                 .lock_table = c->lock_table,
                                                 .lockfile = c->lockfile});
    s->many = keyglob_is(c->key);
    if (s->many)
        s->turn.due_ms = clock_steady_ms();
    return 0;
}

/* The tables of states, as many as there may be. */
static int
open_tables(struct keeper *k, bool many, struct arena *arena)
{
    size_t left = arena->size - arena->used;
    size_t max = left / 8 / sizeof(*k->entry);

    if (max > KEEPER_STATES_MAX)
        max = KEEPER_STATES_MAX;
    if (!many || max < k->n_sections)
        max = k->n_sections;
    for (k->places = 16; k->places < 2 * max;)
        k->places *= 2;
    k->entry = arena_alloc(arena, (max + 1) * sizeof(*k->entry));
    k->adopted = arena_alloc(arena, max * sizeof(struct state *));
    k->place = arena_alloc(arena, k->places * sizeof(*k->place));
    if (k->entry == NULL || k->adopted == NULL || k->place == NULL)
        return ERR_MEMORY;
    memset(k->place, 0, k->places * sizeof(*k->place));
    k->max = max;
    return 0;
}

/* What is left: a little for names, windows, and the rest for states. */
static int
open_regions(struct keeper *k, bool many, struct arena *arena)
{
    size_t left = arena->size - arena->used;
    size_t windows = left / WINDOWS_PART, rest;

    if (windows > WINDOWS_MOST_BYTES)
        windows = WINDOWS_MOST_BYTES;
    if (arena_split(&k->names, arena, many ? left / NAMES_PART : 0) < 0 ||
        blocks_init(&k->windows, arena, windows, 1) < 0)
        return ERR_MEMORY;
    /* One in use and one that is new of each, and one being loaded. */
    /* Two spare: the table of blocks is aligned. */
    rest = arena->size - arena->used;
    if (rest < (2 * k->max + 3) * sizeof(struct block))
        return ERR_MEMORY;
    rest -= (2 * k->max + 3) * sizeof(struct block);
    return blocks_init(&k->region, arena, rest, 2 * k->max + 1);
}

static int
open_all(struct keeper *k, const struct aws *aws, struct arena *arena,
         struct err *e)
{
    bool many = false;
    int rc = 0;

    for (size_t i = 0; i < k->n_sections && rc == 0; i++) {
        rc = open_section(k, i, aws, arena, e);
        many |= k->section[i].many;
    }
    if (rc < 0)
        return rc;
    if (open_tables(k, many, arena) < 0 || open_regions(k, many, arena) < 0)
        return err_set(e, ERR_MEMORY, "states: %s", err_text(ERR_MEMORY));
    for (size_t i = 0; i < k->n_sections; i++) {
        const struct config_state *c = k->section[i].config;

        if (!k->section[i].many)
            keeper_add(k, i, c->type == CONFIG_STATE_LOCAL ? c->path : c->key);
    }
    return 0;
}

int
keeper_open(struct keeper **out, const struct config *c,
            const struct maps *maps, const struct aws *aws, struct arena *arena,
            void (*wake)(void *ctx), void *ctx, struct err *e)
{
    struct keeper *k = arena_alloc(arena, sizeof(*k));
    int rc;

    *out = NULL;
    if (k == NULL)
        return err_set(e, ERR_MEMORY, "states: %s", err_text(ERR_MEMORY));
    memset(k, 0, sizeof(*k));
    k->config = c;
    k->maps = *maps;
    /* That one is a cache of the judge's thread; loading has its own. */
    k->maps.names.recent = NULL;
    k->wake = wake;
    k->wake_ctx = ctx;
    k->rest_ms = CLOCK_NEVER;
    gate_init(&k->gate);
    k->n_sections = c->n_states;
    k->section = arena_alloc(arena, c->n_states * sizeof(*k->section));
    k->role = arena_alloc(arena, c->n_states * sizeof(*k->role));
    if (k->section == NULL || k->role == NULL)
        return err_set(e, ERR_MEMORY, "states: %s", err_text(ERR_MEMORY));
    rc = open_all(k, aws, arena, e);
    if (rc < 0)
        keeper_join(k);
    else
        *out = k;
    return rc;
}
