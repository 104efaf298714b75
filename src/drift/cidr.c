#include "drift/cidr.h"

#include <arpa/inet.h>

#include "base/buf.h"
#include "base/text.h"

/* Reads a number of one to three digits; returns what follows it, or p when
 * there is none. */
static const char *
number_read(const char *p, const char *end, unsigned *v)
{
    const char *stop = end - p > 3 ? p + 3 : end;

    for (*v = 0; p < stop && text_digit(*p); p++)
        *v = *v * 10 + (unsigned)(*p - '0');
    return p;
}

/*
 * Reads an IPv4 address; returns what follows it, or NULL when there is
 * none.  As strict as inet_pton(): four numbers, and "010" is none, since
 * it is 8 to some and 10 to others.
 */
static const char *
four_read(const char *p, const char *end, unsigned char net[16])
{
    for (int i = 0; i < 4; i++) {
        const char *from = p;
        unsigned v;

        p = number_read(from, end, &v);
        if (p == from || v > 255 || (*from == '0' && p - from > 1))
            return NULL;
        net[i] = (unsigned char)v;
        if (i < 3 && (p == end || *p++ != '.'))
            return NULL;
    }
    return p;
}

/* The same for IPv6: all up to the slash or the end. */
static const char *
six_read(const char *p, const char *end, unsigned char net[16])
{
    char address[INET6_ADDRSTRLEN];
    size_t n = slice_chr(slice_of(p, (size_t)(end - p)), '/');

    /* inet_pton() wants a terminated string, so it must fit. */
    if (n == 0 || n >= sizeof(address))
        return NULL;
    memcpy(address, p, n);
    address[n] = '\0';
    return inet_pton(AF_INET6, address, net) == 1 ? p + n : NULL;
}

/* Clears what stands behind the mask. */
static void
net_mask(unsigned char net[16], unsigned bits)
{
    size_t whole = bits / 8;

    if (whole == 16)
        return;
    net[whole] &= (unsigned char)(0xff00 >> bits % 8);
    memset(net + whole + 1, 0, 16 - whole - 1);
}

/* Reads what follows an address: nothing, or a slash and its mask. */
static bool
bits_read(const char *p, const char *end, unsigned char *bits)
{
    unsigned max = *bits, v;

    if (p == end)
        return true;
    if (*p++ != '/' || p == end || number_read(p, end, &v) < end || v > max)
        return false;
    *bits = (unsigned char)v;
    return true;
}

struct cidr
cidr_read(struct slice text)
{
    struct cidr c = {.family = 4, .bits = 32};
    const char *end = text.p + text.n;
    const char *p = four_read(text.p, end, c.net);

    if (p == NULL) {
        c.family = 6;
        c.bits = 128;
        p = six_read(text.p, end, c.net);
    }
    if (p == NULL || !bits_read(p, end, &c.bits))
        return (struct cidr){0};
    net_mask(c.net, c.bits);
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
    struct buf b = buf_over(out, CIDR_TEXT_MAX_BYTES);

    if (c->family == 0)
        return slice_of(out, 0);
    if (c->family == 6) {
        /* There is room for any. */
        inet_ntop(AF_INET6, c->net, address, sizeof(address));
        buf_put(&b, slice_str(address));
    }
    for (int i = 0; c->family == 4 && i < 4; i++) {
        if (i > 0)
            buf_byte(&b, '.');
        buf_u64(&b, c->net[i]);
    }
    buf_byte(&b, '/');
    buf_u64(&b, c->bits);
    return buf_slice(&b);
}
