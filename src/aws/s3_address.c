#include "aws/s3_address.h"

#include "aws/uri.h"
#include "base/text.h"
#include "net/url.h"

/*
 * Whether the name can be a label in front of a host name
 * (AmazonS3/latest/userguide, bucketnamingrules.html).  A dot would make two
 * labels, which a wildcard certificate does not cover.
 */
static bool
is_label(struct slice name)
{
    if (name.n < 3 || name.n > 63 || name.p[0] == '-' ||
        name.p[name.n - 1] == '-')
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!text_digit(name.p[i]) && name.p[i] != '-' &&
            !(name.p[i] >= 'a' && name.p[i] <= 'z'))
            return false;
    return true;
}

/* Whether labels can stand in front of a host: not of an address, nor of a
 * name without dots ("localhost", a container's). */
static bool
is_domain(const struct url *u)
{
    bool letters = false;

    for (size_t i = 0; i < u->host.n; i++)
        letters |= !text_digit(u->host.p[i]) && u->host.p[i] != '.';
    return u->scheme != URL_UNIX && !url_is_ipv6(u) && letters &&
           slice_chr(u->host, '.') < u->host.n;
}

int
s3_address(struct buf *base, struct buf *path, struct slice endpoint,
           struct slice bucket, bool path_style, struct slice key,
           struct err *e)
{
    struct url u;
    bool label;
    size_t at;
    int rc = url_parse(&u, endpoint, e);

    if (rc != 0)
        return rc;
    label = !path_style && is_label(bucket) && is_domain(&u);
    at = label ? (size_t)(u.host.p - endpoint.p) : 0;
    buf_put(base, slice_head(endpoint, at));
    if (label) {
        buf_put(base, bucket);
        buf_byte(base, '.');
    }
    buf_put(base, slice_from(endpoint, at));
    if (!label) {
        buf_byte(path, '/');
        uri_put(path, bucket, false);
    }
    if (label || key.n > 0)
        buf_byte(path, '/');
    uri_put(path, key, true);
    return 0;
}
