#ifndef TESTS_UNIT_AGENT_SINK_H
#define TESTS_UNIT_AGENT_SINK_H

/* A pipeline that writes down what it is given: the event ids, each followed
 * by a blank, a '|' behind each batch that holds events; "known" ids are
 * those in a list.  cmocka.h and what it needs come first. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/source.h"
#include "base/buf.h"
#include "base/clock.h"
#include "map/event.h"

#define SINK_WAIT_MS 20000 /* a slow machine is no failure */

struct sink {
    struct gate gate;
    char text[1 << 16];
    size_t n;
    struct source_position after; /* of the last batch */
    unsigned batches;             /* the empty ones too */
    const char *known;            /* " a b c " */
    bool closing;
};

static bool
sink_known(void *ctx, struct slice id)
{
    struct sink *k = ctx;
    char word[64];

    snprintf(word, sizeof(word), " %.*s ", SLICE_FMT(id));
    return k->known != NULL && strstr(k->known, word) != NULL;
}

static bool
sink_submit(void *ctx, size_t source, const struct source_batch *batch)
{
    struct sink *k = ctx;
    struct event ev;
    size_t at;
    bool taken;

    (void)source;
    gate_enter(&k->gate);
    taken = !k->closing;
    for (size_t i = 0; taken && i < batch->n; i++) {
        struct slice id;

        assert_int_equal(event_decode(batch->event[i].raw, &ev, &at), 0);
        id = ev.field[EVENT_ID];
        k->n += (size_t)snprintf(k->text + k->n, sizeof(k->text) - k->n,
                                 "%.*s ", (int)id.n - 2, id.p + 1);
        assert_true(k->n < sizeof(k->text));
    }
    if (taken && batch->n > 0)
        k->n += (size_t)snprintf(k->text + k->n, sizeof(k->text) - k->n, "|");
    if (taken) {
        k->after = batch->after;
        k->batches++;
    }
    gate_leave(&k->gate);
    gate_wake(&k->gate);
    return taken;
}

/* Waits until all that was given, the '|' left out, is `want`; else fails. */
static void
sink_expect(struct sink *k, const char *want)
{
    int64_t until = clock_steady_ms() + SINK_WAIT_MS;
    char got[1 << 16];
    bool left = true;

    for (;;) {
        size_t n = 0;

        gate_enter(&k->gate);
        for (size_t i = 0; i < k->n; i++)
            if (k->text[i] != '|')
                got[n++] = k->text[i];
        got[n] = '\0';
        if (strcmp(got, want) != 0 && left && n <= strlen(want))
            left = gate_wait(&k->gate, until);
        else
            left = false;
        gate_leave(&k->gate);
        if (!left)
            break;
    }
    assert_string_equal(got, want);
}

#endif
