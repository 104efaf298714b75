#include "output/post_status.h"

#include <stddef.h>

#include "base/text.h"

/*
 * The first row that holds.  RFC 9110 section 15; 408, 425 and 429 say "again"
 * by their definition.  A redirect is not followed: a POST would become
 * something else, and secrets would go where nobody meant them to.
 *
 * Slack (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks):
 * 410 is a channel that was archived, which can be undone.  PagerDuty answers
 * 400 to a routing key of the wrong length and names it; to an event that is
 * wrong too.
 */
static const struct {
    int first, last;
    enum output_type only; /* OUTPUT_TYPES: all */
    const char *says;      /* NULL: whatever it says */
    enum post_status means;
} rows[] = {
    {200, 299, OUTPUT_TYPES, NULL, POST_TAKEN},
    {300, 399, OUTPUT_TYPES, NULL, POST_CURABLE},
    {400, 400, OUTPUT_PAGERDUTY, "routing_key", POST_CURABLE},
    {401, 401, OUTPUT_TYPES, NULL, POST_CURABLE},
    {403, 404, OUTPUT_TYPES, NULL, POST_CURABLE},
    {407, 407, OUTPUT_TYPES, NULL, POST_CURABLE},
    {408, 408, OUTPUT_TYPES, NULL, POST_LATER},
    {410, 410, OUTPUT_SLACK, NULL, POST_CURABLE},
    {425, 425, OUTPUT_TYPES, NULL, POST_LATER},
    {429, 429, OUTPUT_TYPES, NULL, POST_LATER},
    {400, 499, OUTPUT_TYPES, NULL, POST_REFUSED},
};

enum post_status
post_status(enum output_type type, int status, struct slice answer)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (status >= rows[i].first && status <= rows[i].last &&
            (rows[i].only == OUTPUT_TYPES || rows[i].only == type) &&
            (rows[i].says == NULL ||
             text_find(answer, slice_str(rows[i].says)) < answer.n))
            return rows[i].means;
    return POST_LATER; /* 5xx, and what nobody knows */
}
