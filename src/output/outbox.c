/*
 * The ring.  A line is its header, its text, the record's id, and up to seven
 * bytes so that the next header is aligned; it never goes around the end, so
 * that its text is one slice.  What does not fit before the end goes to the
 * beginning, and a header of size 0 (or too little room for one) says so.
 *
 * Everything is under one gate.  Texts are read without it: they do not move,
 * and stay until the reader itself accepts them.
 */
#include "output/outbox.h"

#include <unistd.h>

#include "base/clock.h"

#define ID_MAX_BYTES 3072 /* a text of a record, cut and escaped: less */

/* Before each line in the ring.  size 0: the rest of the ring is empty, and
 * the next line is at its beginning. */
struct header {
    size_t size; /* of all of it, this header with it; a multiple of 8 */
    size_t json_n, id_n;
    uint64_t number, known;
    enum severity severity;
};

_Static_assert(sizeof(struct header) + RECORD_LINE_MAX_BYTES + 1 +
                       ID_MAX_BYTES + 8 <=
                   OUTBOX_LINE_BYTES,
               "a line of any length fits");

/* Where a line is, or the next one will be. */
struct place {
    uint64_t number;
    size_t at; /* where the one before it ends */
};

/* One output. */
struct post {
    uint64_t queue;
    struct place next; /* the first line it has not accepted */
    struct place seen; /* the last it asked for, or next */
    bool left;
    int watch; /* eventfd, or -1 */
};

/* Lines oldest.number...last are in the ring; next.number of every post is
 * one of them, or last + 1. */
struct outbox {
    struct gate gate;
    char *ring;
    size_t size; /* bytes of the ring, a multiple of 8 */
    size_t head; /* where the next line goes, if it fits there */
    uint64_t last;
    struct place oldest; /* the first line somebody has not accepted */
    bool closing;
    void (*wake)(void *ctx);
    void *ctx;
    size_t n;
    struct post posts[];
};

int
outbox_init(struct outbox **ob, struct arena *arena, size_t bytes, size_t n,
            const uint64_t *queue, void (*wake)(void *ctx), void *ctx)
{
    struct outbox *made;

    if (n > OUTBOX_OUTPUTS_MAX)
        return ERR_LIMIT;
    made = arena_alloc(arena, sizeof(*made) + n * sizeof(made->posts[0]));
    if (made == NULL)
        return ERR_MEMORY;
    *made = (struct outbox){.wake = wake, .ctx = ctx, .n = n};
    if (bytes < OUTBOX_LINE_BYTES)
        bytes = OUTBOX_LINE_BYTES;
    made->size = bytes & ~(size_t)7;
    made->ring = arena_alloc(arena, made->size);
    if (made->ring == NULL)
        return ERR_MEMORY;
    gate_init(&made->gate);
    made->oldest.number = 1;
    for (size_t i = 0; i < n; i++)
        made->posts[i] = (struct post){
            .queue = queue[i], .next = {1, 0}, .seen = {1, 0}, .watch = -1};
    *ob = made;
    return 0;
}

/* The header of the line that stands at `place`, which must be there. */
static const struct header *
header_at(const struct outbox *ob, const struct place *place)
{
    const struct header *h = (const void *)(ob->ring + place->at);

    if (ob->size - place->at < sizeof(*h) || h->size == 0)
        h = (const void *)ob->ring;
    return h;
}

/* From one line to the next: its own place may be past the ring's end, which
 * header_at() knows how to read. */
static void
place_step(const struct outbox *ob, struct place *place)
{
    const struct header *h = header_at(ob, place);

    place->at = (size_t)((const char *)h - ob->ring) + h->size;
    place->number++;
}

/* Only over lines that are there; a place is never moved back. */
static void
place_go(const struct outbox *ob, struct place *place, uint64_t number)
{
    while (place->number < number)
        place_step(ob, place);
}

static bool
is_empty(const struct outbox *ob)
{
    return ob->oldest.number > ob->last;
}

/* The two free parts: from head on, and from the ring's beginning if head is
 * behind what is in use. */
static void
measure_free(const struct outbox *ob, size_t *ahead, size_t *behind)
{
    *ahead = ob->size;
    *behind = 0;
    if (is_empty(ob))
        return;
    if (ob->head > ob->oldest.at) {
        *ahead = ob->size - ob->head;
        *behind = ob->oldest.at;
    } else {
        *ahead = ob->oldest.at - ob->head;
    }
}

bool
outbox_room(struct outbox *ob, size_t lines)
{
    size_t ahead, behind;
    bool room;

    gate_enter(&ob->gate);
    measure_free(ob, &ahead, &behind);
    /* Counted as if each were the longest; shorter ones leave no rest
     * unused in which the longest would have fitted. */
    room = lines <= ahead / OUTBOX_LINE_BYTES + behind / OUTBOX_LINE_BYTES;
    /* Who has nothing to do takes whatever comes: a queue of one must not
     * stop an event that gives two records. */
    for (size_t i = 0; i < ob->n && room; i++) {
        uint64_t waiting = ob->last + 1 - ob->posts[i].next.number;

        room = waiting == 0 || (waiting <= ob->posts[i].queue &&
                                lines <= ob->posts[i].queue - waiting);
    }
    gate_leave(&ob->gate);
    return room;
}

/* Where `need` bytes go; NULL when there is no room. */
static char *
ring_take(struct outbox *ob, size_t need)
{
    size_t ahead, behind;
    char *at;

    measure_free(ob, &ahead, &behind);
    if (need > ahead) {
        if (need > behind)
            return NULL;
        if (ahead >= sizeof(struct header))
            ((struct header *)(void *)(ob->ring + ob->head))->size = 0;
        ob->head = 0;
    }
    at = ob->ring + ob->head;
    ob->head += need;
    return at;
}

/* Inside the gate, so that the descriptor is not closed meanwhile. */
static void
post_tell(const struct post *p)
{
    const uint64_t one = 1;
    ssize_t done;

    if (p->watch < 0)
        return;
    /* It fails only if it has been told 2^64 - 2 times and not looked. */
    done = write(p->watch, &one, sizeof(one));
    (void)done;
}

/* With nothing waiting the ring starts over, so that few of its pages are
 * ever touched; and who has no outputs has nothing waiting. */
static void
settle(struct outbox *ob)
{
    uint64_t first = ob->last + 1;

    for (size_t i = 0; i < ob->n; i++)
        if (ob->posts[i].next.number < first)
            first = ob->posts[i].next.number;
    place_go(ob, &ob->oldest, first);
    if (!is_empty(ob))
        return;
    ob->head = 0;
    ob->oldest.at = 0;
    for (size_t i = 0; i < ob->n; i++)
        ob->posts[i].next = ob->posts[i].seen = ob->oldest;
}

/* The line is whole before its number is: nobody sees half of one. */
uint64_t
outbox_put(struct outbox *ob, struct slice json, struct slice id,
           enum severity severity, uint64_t known)
{
    struct header h = {.severity = severity, .known = known};
    size_t newline = slice_ends(json, SLICE("\n")) ? 0 : 1;
    char *at = NULL;

    id = slice_head(id, ID_MAX_BYTES);
    h.json_n = json.n + newline;
    h.id_n = id.n;
    h.size = (sizeof(h) + h.json_n + h.id_n + 7) & ~(size_t)7;
    gate_enter(&ob->gate);
    if (json.n <= RECORD_LINE_MAX_BYTES)
        at = ring_take(ob, h.size);
    if (at != NULL) {
        h.number = ++ob->last;
        memcpy(at, &h, sizeof(h));
        at += sizeof(h);
        memcpy(at, json.p, json.n);
        if (newline > 0)
            at[json.n] = '\n';
        if (id.n > 0)
            memcpy(at + h.json_n, id.p, id.n);
        if (ob->n == 0)
            settle(ob);
        for (size_t i = 0; i < ob->n; i++)
            post_tell(&ob->posts[i]);
        gate_wake(&ob->gate);
    }
    gate_leave(&ob->gate);
    return h.number;
}

uint64_t
outbox_last(struct outbox *ob)
{
    uint64_t last;

    gate_enter(&ob->gate);
    last = ob->last;
    gate_leave(&ob->gate);
    return last;
}

uint64_t
outbox_accepted(struct outbox *ob, size_t i)
{
    uint64_t number;

    gate_enter(&ob->gate);
    number = ob->posts[i].next.number - 1;
    gate_leave(&ob->gate);
    return number;
}

uint64_t
outbox_done(struct outbox *ob)
{
    uint64_t number;

    gate_enter(&ob->gate);
    number = ob->oldest.number - 1;
    gate_leave(&ob->gate);
    return number;
}

/* Lines are asked for one after the other, mostly: the walk is short. */
static void
line_find(struct outbox *ob, struct post *p, uint64_t number,
          struct outbox_line *line)
{
    const struct header *h;
    const char *text;

    if (p->seen.number > number || p->seen.number < p->next.number)
        p->seen = p->next;
    place_go(ob, &p->seen, number);
    h = header_at(ob, &p->seen);
    text = (const char *)(h + 1);
    *line = (struct outbox_line){.number = h->number,
                                 .json = slice_of(text, h->json_n),
                                 .id = slice_of(text + h->json_n, h->id_n),
                                 .severity = h->severity,
                                 .known = h->known};
}

bool
outbox_line(struct outbox *ob, size_t i, uint64_t number, int64_t deadline_ms,
            struct outbox_line *line)
{
    struct post *p = &ob->posts[i];
    bool there;

    gate_enter(&ob->gate);
    while (number > ob->last && !ob->closing && !p->left &&
           (deadline_ms == CLOCK_NEVER || clock_steady_ms() < deadline_ms))
        gate_wait(&ob->gate, deadline_ms);
    /* What was accepted may have been overwritten. */
    there = number <= ob->last && number >= p->next.number;
    if (there)
        line_find(ob, p, number, line);
    gate_leave(&ob->gate);
    return there;
}

void
outbox_accept(struct outbox *ob, size_t i, uint64_t number)
{
    struct post *p = &ob->posts[i];
    bool moved;

    gate_enter(&ob->gate);
    if (number > ob->last)
        number = ob->last;
    moved = number >= p->next.number;
    if (moved) {
        place_go(ob, &p->next, number + 1);
        settle(ob);
    }
    gate_leave(&ob->gate);
    /* Whoever is woken may want the gate at once. */
    if (moved && ob->wake != NULL)
        ob->wake(ob->ctx);
}

void
outbox_watch(struct outbox *ob, size_t i, int fd)
{
    gate_enter(&ob->gate);
    ob->posts[i].watch = fd;
    gate_leave(&ob->gate);
}

void
outbox_close(struct outbox *ob)
{
    gate_enter(&ob->gate);
    ob->closing = true;
    for (size_t i = 0; i < ob->n; i++)
        post_tell(&ob->posts[i]);
    gate_wake(&ob->gate);
    gate_leave(&ob->gate);
}

bool
outbox_closing(struct outbox *ob)
{
    bool closing;

    gate_enter(&ob->gate);
    closing = ob->closing;
    gate_leave(&ob->gate);
    return closing;
}

void
outbox_leave(struct outbox *ob, size_t i)
{
    gate_enter(&ob->gate);
    ob->posts[i].left = true;
    post_tell(&ob->posts[i]);
    gate_wake(&ob->gate);
    gate_leave(&ob->gate);
}
