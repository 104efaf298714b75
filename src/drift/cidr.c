#include "drift/cidr.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/text.h"

/* A mask of at most `max` bits; -1 when the text is none. */
static int
bits_read(struct slice text, int max)
{
    int bits = 0;

    if (text.n == 0 || text.n > 3)
        return -1;
    for (size_t i = 0; i < text.n; i++) {
        if (!text_digit(text.p[i]))
            return -1;
        bits = bits * 10 + (text.p[i] - '0');
    }
    return bits <= max ? bits : -1;
}

/* Clears what stands behind the mask. */
static void
net_mask(unsigned char net[16], int bits)
{
    for (int i = 0; i < 16; i++) {
        int left = bits - 8 * i;

        if (left < 8)
            net[i] &= (unsigned char)(left <= 0 ? 0 : 0xff << (8 - left));
    }
}

struct cidr
cidr_read(struct slice text)
{
    char address[INET6_ADDRSTRLEN];
    struct cidr c = {0}, none = {0};
    size_t slash = slice_chr(text, '/');
    bool six = slice_chr(text, ':') < slash;
    int bits = six ? 128 : 32;

    /* inet_pton() wants a terminated string, so it must fit. */
    if (slash == 0 || slash >= sizeof(address))
        return none;
    if (slash < text.n)
        bits = bits_read(slice_from(text, slash + 1), bits);
    memcpy(address, text.p, slash);
    address[slash] = '\0';
    if (bits < 0 || inet_pton(six ? AF_INET6 : AF_INET, address, c.net) != 1)
        return none;
    c.family = six ? 6 : 4;
    c.bits = (unsigned char)bits;
    net_mask(c.net, bits);
    return c;
}

bool
cidr_same(struct slice a, struct slice b)
{
    struct cidr x = cidr_read(a), y = cidr_read(b);

    if (x.family == 0 || y.family == 0)
        return text_eq_fold(a, b);
    return memcmp(&x, &y, sizeof(x)) == 0;
}

struct slice
cidr_text(const struct cidr *c, char out[CIDR_TEXT_MAX_BYTES])
{
    char address[INET6_ADDRSTRLEN];
    int n;

    if (c->family == 0 || inet_ntop(c->family == 6 ? AF_INET6 : AF_INET, c->net,
                                    address, sizeof(address)) == NULL)
        return slice_of(out, 0);
    n = snprintf(out, CIDR_TEXT_MAX_BYTES, "%s/%u", address, (unsigned)c->bits);
    return slice_of(out, n > 0 ? (size_t)n : 0);
}
