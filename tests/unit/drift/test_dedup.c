/* Ids seen before: how they are read, and what is forgotten when. */
#include "base/err.h"
#include "drift/dedup.h"
#include "packed.h"

static const struct {
    const char *a, *b;
    bool same;
} texts[] = {
    {"0f0e0d0c-0b0a-0908-0706-050403020100",
     "0F0E0D0C-0B0A-0908-0706-050403020100", true},
    {"0f0e0d0c-0b0a-0908-0706-050403020100",
     "0f0e0d0c-0b0a-0908-0706-050403020101", false},
    {"0f0e0d0c-0b0a-0908-0706-050403020100",
     "1f0e0d0c-0b0a-0908-0706-050403020100", false},
    {"0f0e0d0c-0b0a-0908-0706-050403020100",
     "0f0e0d0c-0b0a-0908-0706-05040302010g", false},
    {"0f0e0d0c-0b0a-0908-0706-050403020100",
     "0f0e0d0c00b0a-0908-0706-050403020100", false},
    {"EXAMPLE8-9621-4d00-b913-EXAMPLE", "EXAMPLE8-9621-4d00-b913-EXAMPLE",
     true},
    {"EXAMPLE8-9621-4d00-b913-EXAMPLE", "EXAMPLE8-9621-4d00-b913-EXAMPLF",
     false},
    {"", "", true},
    {"00000000-0000-0000-0000-000000000000", "", false},
};

static void
ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct dedup_id a = dedup_id(slice_str(texts[i].a));
        struct dedup_id b = dedup_id(slice_str(texts[i].b));

        if ((memcmp(&a, &b, sizeof(a)) == 0) != texts[i].same)
            fail_msg("\"%s\" and \"%s\"", texts[i].a, texts[i].b);
        assert_true(a.half[0] != 0 || a.half[1] != 0);
    }
}

/* Number i as an id whose home in the index is one of a few. */
static struct dedup_id
crowded(uint64_t i, bool crowd)
{
    struct dedup_id id = {{crowd ? 7 : i, crowd ? i << 40 : ~i}};

    return id;
}

/* Against a plain list of the last `max` ids. */
static void
ring(size_t max, bool crowd)
{
    enum { STEPS = 3000 };
    static uint64_t seen[STEPS];
    struct dedup d;
    size_t n = 0;
    uint64_t random = 42;

    packed_init();
    assert_int_equal(dedup_init(&d, &packed_arena, max), 0);
    for (int i = 0; i < STEPS; i++) {
        uint64_t number;
        bool known = false;

        random = random * 6364136223846793005u + 1442695040888963407u;
        number = (random >> 33) % (3 * max) + 1;
        for (size_t k = n > max ? n - max : 0; k < n; k++)
            known |= seen[k] == number;
        if (dedup_seen(&d, crowded(number, crowd)) != known)
            fail_msg("step %d, %zu ids, number %llu", i, max,
                     (unsigned long long)number);
        if (!known)
            seen[n++] = number;
    }
    assert_int_equal(d.n, max < n ? max : n);
    assert_int_equal(d.dropped, n - d.n);
}

static void
rings(void **state)
{
    static const size_t sizes[] = {1, 2, 3, 7, 64, 500};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        ring(sizes[i], false);
        ring(sizes[i], true);
    }
}

static void
no_room(void **state)
{
    struct arena small;
    char mem[1024];
    struct dedup d;

    (void)state;
    arena_init(&small, mem, sizeof(mem));
    assert_int_equal(dedup_init(&d, &small, 1000), ERR_MEMORY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids),
        cmocka_unit_test(rings),
        cmocka_unit_test(no_room),
    };

    packed_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
