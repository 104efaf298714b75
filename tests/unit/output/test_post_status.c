/* What HTTP statuses mean for a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/post_status.h"

static const struct {
    enum output_type type;
    int status;
    const char *answer;
    enum post_status want;
} statuses[] = {
    {OUTPUT_HTTP, 200, "", POST_TAKEN},
    {OUTPUT_HTTP, 299, "", POST_TAKEN},
    {OUTPUT_HTTP, 301, "", POST_CURABLE},
    {OUTPUT_HTTP, 400, "routing_key", POST_REFUSED},
    {OUTPUT_HTTP, 401, "", POST_CURABLE},
    {OUTPUT_HTTP, 402, "", POST_REFUSED},
    {OUTPUT_HTTP, 403, "", POST_CURABLE},
    {OUTPUT_HTTP, 404, "", POST_CURABLE},
    {OUTPUT_HTTP, 405, "", POST_REFUSED},
    {OUTPUT_HTTP, 407, "", POST_CURABLE},
    {OUTPUT_HTTP, 408, "", POST_LATER},
    {OUTPUT_HTTP, 410, "", POST_REFUSED},
    {OUTPUT_SLACK, 410, "channel_is_archived", POST_CURABLE},
    {OUTPUT_HTTP, 413, "", POST_REFUSED},
    {OUTPUT_HTTP, 429, "", POST_LATER},
    {OUTPUT_HTTP, 500, "", POST_LATER},
    {OUTPUT_HTTP, 599, "", POST_LATER},
    {OUTPUT_PAGERDUTY, 400, "Length of 'routing_key' is", POST_CURABLE},
    {OUTPUT_PAGERDUTY, 400, "'summary' is missing", POST_REFUSED},
};

static void
meanings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
        if (post_status(statuses[i].type, statuses[i].status,
                        slice_str(statuses[i].answer)) != statuses[i].want)
            fail_msg("row %zu", i);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(meanings)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
