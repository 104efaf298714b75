#include "falco/batch.h"

/* PPME_PLUGINEVENT_E, whose lengths take four bytes (EF_LARGE_PAYLOAD). */
#define EVENT_TYPE 322
#define EVENT_PARAMS 2

#pragma pack(push, 1)
struct plugin_event { /* as it stands in memory and in capture files */
    ss_plugin_event header;
    uint32_t id_n, payload_n;
    uint32_t id;
    char payload[];
};
#pragma pack(pop)

_Static_assert(sizeof(struct plugin_event) == 38, "libscap's layout");

int
batch_init(struct batch *b, struct arena *from)
{
    b->n = 0;
    return arena_split(&b->arena, from, BATCH_BYTES);
}

void
batch_reset(struct batch *b)
{
    b->n = 0;
    arena_reset(&b->arena, 0);
}

/* For the longest: nobody has to look at the next line first. */
bool
batch_has_room(const struct batch *b)
{
    size_t most = sizeof(struct plugin_event) + MESSAGE_MAX_BYTES + 64;

    return b->n < BATCH_EVENTS && b->arena.size - b->arena.used >= most;
}

/* The time is left to Falco: alerts are in the order of their arrival, and
 * when the call was made is one of the fields. */
void
batch_add(struct batch *b, struct slice payload)
{
    size_t n = sizeof(struct plugin_event) + payload.n;
    struct plugin_event *ev = arena_alloc(&b->arena, n);

    if (ev == NULL)
        return;
    ev->header = (ss_plugin_event){.ts = UINT64_MAX,
                                   .tid = UINT64_MAX,
                                   .len = (uint32_t)n,
                                   .type = EVENT_TYPE,
                                   .nparams = EVENT_PARAMS};
    ev->id_n = sizeof(ev->id);
    ev->payload_n = (uint32_t)payload.n;
    ev->id = BATCH_PLUGIN_ID;
    memcpy(ev->payload, payload.p, payload.n);
    b->list[b->n++] = &ev->header;
}

/* It may come from a capture file that anybody wrote. */
bool
batch_payload(const ss_plugin_event *header, struct slice *payload)
{
    const struct plugin_event *ev = (const struct plugin_event *)header;

    if (header == NULL || header->type != EVENT_TYPE ||
        header->nparams != EVENT_PARAMS || header->len < sizeof(*ev) ||
        ev->id_n != sizeof(ev->id) || ev->id != BATCH_PLUGIN_ID ||
        ev->payload_n > header->len - sizeof(*ev))
        return false;
    *payload = slice_of(ev->payload, ev->payload_n);
    return true;
}
