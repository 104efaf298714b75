/*
 * bench_judge FOLDER [WHAT]: how fast events are decided, against jsmn on the
 * same bytes, and how that changes with the size of the state; all figures,
 * or the one with this name.  Prints one JSON line a figure: {"what": name,
 * "ratio": .., "low": .., "high": .., ...}, where ratio is the median over
 * the rounds of (jsmn's time / ours), or for "growth" of (time an event with
 * the big state / with the small one).
 *
 * Deciding is what lies between the bytes and the verdict: cutting the
 * records out, decoding, filtering, looking up, comparing.  Every verdict is
 * counted and must be the one that the scene was made for.
 */

#include "tests/bench/measure.h"
#include "tests/bench/scene.h"

#include "base/pack_text.h"
#include "drift/judge.h"
#include "map/reader.h"

#define ROUNDS 5
#define EVENTS 200000u /* a round: more bytes than any cache holds */
#define RESOURCES 50000u
#define FEW 1000u
#define MANY 1000000u
#define TEXT_BYTES ((size_t)512 << 20) /* the events of one round */
#define TOKENS 8192u
#define GIB ((size_t)1 << 30)

struct bench {
    struct scene scene;
    struct maps maps;
    struct words words;
    struct arena keep, event, tokens, window;
    struct judge judge;
    struct shelf shelf;
    char *text;
    size_t text_n;
    size_t line[EVENTS + 1]; /* where each event starts in text */
    unsigned drifts;         /* events of the text that are made to drift */
    jsmntok_t jsmn[TOKENS];
};

/* What came of the events of one round. */
struct tally {
    unsigned verdict[VERDICT_DRIFT + 1];
    unsigned other; /* refused, torn */
};

static void
bench_open(struct bench *b, const char *folder)
{
    if (arena_map(&b->keep, 4 * GIB) < 0 || arena_map(&b->event, GIB / 4) < 0 ||
        arena_map(&b->tokens, GIB / 4) < 0 ||
        arena_map(&b->window, GIB / 4) < 0 ||
        (b->text = arena_bytes(&b->keep, TEXT_BYTES)) == NULL)
        scene_die("no memory", "arenas");
    maps_init(&b->maps);
    if (words_init(&b->words, &b->maps.names, &b->keep) < 0 ||
        shelf_init(&b->shelf, &b->keep) < 0 ||
        pack_remember(&b->maps.names, &b->keep) < 0)
        scene_die("no memory", "words");
    scene_open(&b->scene, folder, &b->keep);
    b->judge = (struct judge){.maps = &b->maps,
                              .words = &b->words,
                              .shelf = &b->shelf,
                              .n_states = 1,
                              .filter = &filter_default,
                              .arena = &b->event,
                              .scratch = &b->tokens};
}

static struct state *
bench_state(struct bench *b, uint64_t count)
{
    static struct scene_state text;
    struct stream in = scene_state_open(&text, &b->scene, count);
    struct state *st;
    struct err e;

    if (state_load(&st, &b->maps, &in, SLICE("bench"), SLICE("bench"), &b->keep,
                   &b->tokens, &e) < 0)
        scene_die("state_load", e.text);
    if (state_instances(st) != count)
        scene_die("state_load", "instances are missing");
    return st;
}

/* Writes the events of a round. */
static void
bench_events(struct bench *b, unsigned round, uint64_t count, unsigned nobody)
{
    struct buf text = buf_over(b->text, TEXT_BYTES);

    b->drifts = 0;
    for (unsigned i = 0; i < EVENTS; i++) {
        b->line[i] = text.n;
        b->drifts += scene_event(&b->scene, (uint64_t)round * EVENTS + i, count,
                                 nobody, &text);
    }
    b->line[EVENTS] = b->text_n = text.n;
    if (text.full)
        scene_die("too many bytes", "events");
}

static double
time_jsmn(struct bench *b)
{
    double start = measure_now_s();

    for (unsigned i = 0; i < EVENTS; i++)
        measure_jsmn(
            slice_of(b->text + b->line[i], b->line[i + 1] - b->line[i] - 1),
            b->jsmn, TOKENS);
    return measure_now_s() - start;
}

static double
time_deciding(struct bench *b, struct state *const *st, struct tally *tally)
{
    struct stream_mem mem = {slice_of(b->text, b->text_n)};
    struct stream in = stream_mem(&mem);
    double start = measure_now_s();
    struct reader reader;
    struct judgement j;
    struct event ev;
    struct err e;

    *tally = (struct tally){0};
    b->judge.states = st;
    arena_reset(&b->window, 0);
    if (reader_open(&reader, &in, SLICE("bench"), &b->window) < 0)
        scene_die("no memory", "reader");
    for (;;) {
        enum reader_kind kind = reader_next(&reader, &ev, &e);

        if (kind == READER_END)
            break;
        if (kind != READER_EVENT) {
            tally->other++;
            if (kind == READER_ERROR)
                break;
            continue;
        }
        arena_reset(&b->event, 0);
        judge_event(&b->judge, &ev, &j);
        tally->verdict[j.verdict]++;
    }
    return measure_now_s() - start;
}

/* The verdicts must be those the events were made for. */
static void
check(const struct bench *b, const struct tally *t, unsigned nobody)
{
    unsigned silent =
        t->verdict[VERDICT_IGNORED] + t->verdict[VERDICT_UNMAPPED];

    if (t->verdict[VERDICT_DRIFT] == b->drifts && t->other == 0 &&
        t->verdict[VERDICT_UNMANAGED] == 0 &&
        (nobody == 100 ? silent == EVENTS : nobody > 0 || silent == 0))
        return;
    fprintf(stderr,
            "bench: %u drift (%u made to), %u none, %u unmanaged, %u ignored, "
            "%u unmapped, %u not read: not what was to be measured\n",
            t->verdict[VERDICT_DRIFT], b->drifts, t->verdict[VERDICT_NONE],
            t->verdict[VERDICT_UNMANAGED], t->verdict[VERDICT_IGNORED],
            t->verdict[VERDICT_UNMAPPED], t->other);
    exit(1);
}

/* Events of which `nobody` percent concern nobody, against jsmn. */
static void
measure_deciding(struct bench *b, struct state *const *st, const char *what,
                 unsigned nobody)
{
    struct measure ratio = {.n = ROUNDS};
    double ours = 0, jsmn = 0, bytes = 0, median;
    struct tally tally;

    for (unsigned i = 0; i < ROUNDS; i++) {
        double a, z;

        bench_events(b, i, RESOURCES, nobody);
        z = time_jsmn(b);
        a = time_deciding(b, st, &tally);
        check(b, &tally, nobody);
        ratio.s[i] = z / a;
        ours += a;
        jsmn += z;
        bytes += (double)b->text_n;
    }
    median = measure_median(&ratio);
    printf("{\"what\":\"%s\",\"ratio\":%.4f,\"low\":%.4f,\"high\":%.4f,"
           "\"events\":%u,\"bytes\":%.0f,\"ours_mb_s\":%.1f,"
           "\"jsmn_mb_s\":%.1f,\"ours_us\":%.3f}\n",
           what, median, ratio.s[0], ratio.s[ROUNDS - 1], ROUNDS * EVENTS,
           bytes, bytes / ours / 1e6, bytes / jsmn / 1e6,
           ours * 1e6 / (ROUNDS * EVENTS));
    fflush(stdout);
}

/* Cost an event, FEW resources against MANY. */
static void
measure_growth(struct bench *b)
{
    struct state *few = bench_state(b, FEW), *many = bench_state(b, MANY);
    struct measure ratio = {.n = ROUNDS};
    double few_s = 0, many_s = 0, median;
    struct tally tally;

    for (unsigned i = 0; i < ROUNDS; i++) {
        double a, z;

        bench_events(b, i, FEW, 0);
        a = time_deciding(b, &few, &tally);
        check(b, &tally, 0);
        bench_events(b, i, MANY, 0);
        z = time_deciding(b, &many, &tally);
        check(b, &tally, 0);
        ratio.s[i] = z / a;
        few_s += a;
        many_s += z;
    }
    median = measure_median(&ratio);
    printf("{\"what\":\"growth\",\"ratio\":%.4f,\"low\":%.4f,\"high\":%.4f,"
           "\"few\":%u,\"many\":%u,\"few_us\":%.3f,\"many_us\":%.3f}\n",
           median, ratio.s[0], ratio.s[ROUNDS - 1], FEW, MANY,
           few_s * 1e6 / (ROUNDS * EVENTS), many_s * 1e6 / (ROUNDS * EVENTS));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *what;
        unsigned nobody; /* percent */
    } rows[] = {{"writes", 0}, {"nobody", 100}, {"mixed", 75}};
    static struct bench b;
    struct state *st;

    if (argc < 2 || argc > 3)
        scene_die("usage", "bench_judge FOLDER [WHAT]");
    bench_open(&b, argv[1]);
    st = bench_state(&b, RESOURCES);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (argc == 2 || strcmp(argv[2], rows[i].what) == 0)
            measure_deciding(&b, &st, rows[i].what, rows[i].nobody);
    if (argc == 2 || strcmp(argv[2], "growth") == 0)
        measure_growth(&b);
    return 0;
}
