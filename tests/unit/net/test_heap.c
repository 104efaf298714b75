/* The heap that libc gets: whole, apart, aligned, and empty in the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

#include "net/heap.h"

static alignas(16) char area[8192];

static void
gives_and_takes(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 1000};
    char *p[7];

    (void)state;
    heap_init(area, sizeof(area));
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 7; i++) {
            p[i] = heap_take(sizes[i]);
            assert_non_null(p[i]);
            assert_int_equal((uintptr_t)p[i] % alignof(max_align_t), 0);
            memset(p[i], (int)i, sizes[i]);
        }
        for (size_t i = 0; i < 7; i++) /* none overlaps another */
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(p[i][k], i);
        for (size_t i = 0; i < 7; i++) /* in another order each time */
            heap_give(p[(i * (3 + (size_t)round) + 1) % 7]);
        assert_int_equal(heap_stats().used, 0);
    }
    heap_give(NULL);
    assert_int_equal(heap_stats().fails, 0);
}

static void
full_is_told(void **state)
{
    char *p[64];
    size_t n = 0;

    (void)state;
    heap_init(area, sizeof(area));
    while (n < 64 && (p[n] = heap_take(500)) != NULL)
        n++;
    assert_in_range(n, 14, 16);
    assert_int_equal(heap_stats().fails, 1);
    assert_null(heap_take(SIZE_MAX));
    assert_null(heap_take(SIZE_MAX - 8));
    assert_null(heap_take(sizeof(area)));
    for (size_t i = 0; i < n; i += 2)
        heap_give(p[i]);
    assert_null(heap_take(1200)); /* the free ones do not touch */
    for (size_t i = 1; i < n; i += 2)
        heap_give(p[i]);
    p[0] = heap_take(sizeof(area) - 64); /* now all of them are one */
    assert_non_null(p[0]);
    assert_true(heap_stats().peak <= sizeof(area));
    heap_init(NULL, 0);
    assert_null(heap_take(1));
}

static void *
churn(void *ctx)
{
    unsigned char mark = *(unsigned char *)ctx;

    for (int i = 0; i < 20000; i++) {
        size_t n = 1 + (size_t)i % 200;
        unsigned char *p = heap_take(n);

        if (p == NULL)
            continue;
        memset(p, mark, n);
        for (size_t k = 0; k < n; k++)
            if (p[k] != mark)
                return ctx;
        heap_give(p);
    }
    return NULL;
}

static void
threads_share(void **state)
{
    static unsigned char marks[] = {1, 2, 3, 4};
    pthread_t t[4];
    void *bad;

    (void)state;
    heap_init(area, sizeof(area));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&t[i], NULL, churn, &marks[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(t[i], &bad);
        assert_null(bad);
    }
    assert_int_equal(heap_stats().used, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_and_takes),
        cmocka_unit_test(full_is_told),
        cmocka_unit_test(threads_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
