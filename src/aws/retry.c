#include "aws/retry.h"

#include "aws/when.h"
#include "base/text.h"

#define DAY_MS 86400000

/*
 * Price: a broken connection costs its timeout too, so it is twice as dear
 * (the SDKs' figures).  First wait: throttling is by the second (LookupEvents
 * has two calls of it), so that less would only be refused again.
 */
static const struct {
    unsigned price;
    int64_t first_ms;
} kinds[RETRY_KINDS] = {
    [RETRY_FAILURE] = {5, 100},
    [RETRY_NETWORK] = {10, 100},
    [RETRY_THROTTLED] = {5, 1000},
};

bool
retry_pay(struct retry_budget *budget, enum retry_kind kind, unsigned *paid)
{
    unsigned price = kinds[kind].price;

    if (budget->tokens < price)
        return false;
    budget->tokens -= price;
    *paid += price;
    return true;
}

void
retry_refund(struct retry_budget *budget, unsigned paid)
{
    unsigned back = paid > 0 ? paid : 1;
    unsigned room = RETRY_TOKENS_MAX - budget->tokens;

    budget->tokens += back < room ? back : room;
}

int64_t
retry_delay_ms(enum retry_kind kind, unsigned attempt, uint32_t random,
               int64_t after_ms)
{
    int64_t most = kinds[kind].first_ms;
    int64_t wait;

    for (unsigned i = 1; i < attempt && most < RETRY_CAP_MS; i++)
        most *= 2;
    if (most > RETRY_CAP_MS)
        most = RETRY_CAP_MS;
    wait = (int64_t)(((uint64_t)most * random) >> 32);
    return after_ms >= 0 ? after_ms + wait : wait;
}

int64_t
retry_after_ms(struct slice value, int64_t wall_ms)
{
    struct slice s = text_trim(value);
    int64_t ms = 0;

    if (s.n == 0)
        return -1;
    if (!text_digit(s.p[0])) {
        ms = when_http(s);
        if (ms == 0)
            return -1;
        ms = ms > wall_ms ? ms - wall_ms : 0;
        return ms < DAY_MS ? ms : DAY_MS;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!text_digit(s.p[i]))
            return -1;
        ms = ms * 10 + (s.p[i] - '0') * 1000;
        if (ms > DAY_MS)
            return DAY_MS;
    }
    return ms;
}
