#include "aws/endpoint.h"

#include "base/text.h"

static const struct {
    struct slice id, key;
} services[ENDPOINT_SERVICES] = {
#define SERVICE(name, id, key) \
    [ENDPOINT_##name] = {SLICE_INIT(id), SLICE_INIT(key)},
#include "aws/services.def"
#undef SERVICE
};

/*
 * A partition is known by how its regions' names begin; the last row takes
 * what no other does, as the SDKs do.
 */
static const struct partition {
    struct slice head;
    struct slice suffix, dualstack;
    struct slice home;
    bool plain_fips; /* its usual endpoints are the FIPS ones, but S3's */
    bool s3_fips;    /* S3 has any */
} partitions[] = {
#define S SLICE_INIT
    {S("cn-"), S("amazonaws.com.cn"), S("api.amazonwebservices.com.cn"),
     S("cn-northwest-1"), false, false},
    {S("eu-isoe-"), S("cloud.adc-e.uk"), S("api.cloud-aws.adc-e.uk"),
     S("eu-isoe-west-1"), false, true},
    {S("eusc-"), S("amazonaws.eu"), S("api.amazonwebservices.eu"),
     S("eusc-de-east-1"), false, true},
    {S("us-gov-"), S("amazonaws.com"), S("api.aws"), S("us-gov-west-1"), true,
     true},
    {S("us-iso-"), S("c2s.ic.gov"), S("api.aws.ic.gov"), S("us-iso-east-1"),
     false, true},
    {S("us-isob-"), S("sc2s.sgov.gov"), S("api.aws.scloud"),
     S("us-isob-east-1"), false, true},
    {S("us-isof-"), S("csp.hci.ic.gov"), S("api.aws.hci.ic.gov"),
     S("us-isof-south-1"), false, true},
    {S(""), S("amazonaws.com"), S("api.aws"), S("us-east-1"), false, true},
#undef S
};

struct slice
endpoint_id(enum endpoint_service service)
{
    return services[service].id;
}

struct slice
endpoint_key(enum endpoint_service service)
{
    return services[service].key;
}

bool
endpoint_is_region(struct slice text)
{
    if (text.n == 0 || text.n > 31 || text.p[0] == '-')
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!text_digit(text.p[i]) && text.p[i] != '-' &&
            !(text.p[i] >= 'a' && text.p[i] <= 'z'))
            return false;
    return true;
}

static const struct partition *
partition_of(struct slice region)
{
    const struct partition *p = partitions;

    while (!slice_starts(region, p->head))
        p++; /* the last row's head is empty */
    return p;
}

int
endpoint_put(struct buf *b, enum endpoint_service service, struct slice region,
             struct endpoint_flavour flavour, struct err *e)
{
    const struct partition *p;
    bool s3 = service == ENDPOINT_S3, fips = flavour.fips;
    struct slice suffix;

    if (!endpoint_is_region(region))
        return err_set(
            e, ERR_CONFIG, "\"%.*s\" is no region; expected one as us-east-1",
            (int)(region.n < 40 ? region.n : 40), region.n > 0 ? region.p : "");
    p = partition_of(region);
    if (fips && s3 && !p->s3_fips)
        return err_set(e, ERR_CONFIG, "S3 has no FIPS endpoint in %.*s",
                       SLICE_FMT(region));
    if (p->plain_fips && !s3 && !flavour.dualstack)
        fips = false;
    suffix = flavour.dualstack && !s3 ? p->dualstack : p->suffix;
    buf_fmt(b, "https://%.*s%s.%s%.*s.%.*s", SLICE_FMT(services[service].id),
            fips ? "-fips" : "", flavour.dualstack && s3 ? "dualstack." : "",
            SLICE_FMT(region), SLICE_FMT(suffix));
    return 0;
}

struct slice
endpoint_home(struct slice region)
{
    return partition_of(region)->home;
}
