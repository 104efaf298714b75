#ifndef DRIFT_CIDR_H
#define DRIFT_CIDR_H

/*
 * Networks as text.  EC2 keeps the canonical form of what it is given (EC2
 * API reference, IpRange: "AWS canonicalizes IPv4 and IPv6 CIDRs"), so two
 * spellings of one network are the same to a Terraform user: upper case,
 * zeros written out, bits behind the mask.  Pure; nothing is kept.
 */

#include <stdbool.h>

#include "base/slice.h"

#define CIDR_TEXT_MAX_BYTES 64

struct cidr {
    unsigned char family; /* 4 or 6; 0: the text is no network */
    unsigned char bits;   /* of the mask */
    unsigned char net[16];
};

/* "10.0.0.0/8", "::/0"; an address alone is the network of itself. */
struct cidr cidr_read(struct slice text);

/* The same network; texts that are none are compared without case. */
bool cidr_same(struct slice a, struct slice b);

/* The canonical form in out; empty when c is no network. */
struct slice cidr_text(const struct cidr *c, char out[CIDR_TEXT_MAX_BYTES]);

#endif
