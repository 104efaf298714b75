/*
 * Any bytes as ~/.aws/config and ~/.aws/credentials: values are views of
 * them, and one line each.
 */
#include "aws/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void
look(const struct profiles *p, struct slice all, struct slice profile,
     struct slice key)
{
    struct slice got = profile_get(p, profile, key);

    must(got.n == 0 || (got.p >= all.p && got.p + got.n <= all.p + all.n));
    must(slice_chr(got, '\n') == got.n);
    must(got.n == 0 || profile_exists(p, profile));
    got = profile_service(p, profile, SLICE("s3"), key);
    must(got.n == 0 || (got.p >= all.p && got.p + got.n <= all.p + all.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_of((const char *)data, size);
    struct profiles p = {slice_head(all, size / 2), slice_from(all, size / 2)};
    struct err e = {0};

    must(profile_check(all, SLICE("f"), &e) == e.code);
    look(&p, all, SLICE("default"), SLICE("region"));
    look(&p, all, SLICE("a"), SLICE("role_arn"));
    p = (struct profiles){all, all};
    look(&p, all, SLICE("default"), SLICE("region"));
    look(&p, all, SLICE("a"), SLICE("a"));
    return 0;
}
