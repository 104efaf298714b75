#ifndef DRIFT_SGRULE_SET_H
#define DRIFT_SGRULE_SET_H

/*
 * Security group rules as EC2 counts them: one protocol, one range of ports,
 * one CIDR or prefix list or group.  A block of Terraform with three CIDRs
 * is three rules.  A set of them in an arena finds a rule in constant time
 * and packs the marked ones as the blocks Terraform shows.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/value.h"
#include "drift/cidr.h"
#include "map/words.h"

enum sgrule_kind {
    SGRULE_CIDR,
    SGRULE_CIDR6,
    SGRULE_LIST,  /* a prefix list */
    SGRULE_GROUP, /* another group */
    SGRULE_SELF,  /* the group itself */
    SGRULE_ID     /* no rule but the id of one: value is sgr-... */
};

enum sgrule_mark {
    SGRULE_HIT = 1,     /* the event names this rule of the state */
    SGRULE_REMOVED = 2, /* of the state, and the event takes it away */
    SGRULE_ADDED = 4,   /* not of the state, and the event brings it */
    SGRULE_SETTLED = 8  /* after the event as the state says */
};

#define SGRULE_EVENT UINT32_MAX /* owner of rules only the event has */
#define SGRULE_NONE UINT32_MAX  /* no rule */

struct sgrule {
    enum sgrule_kind kind;
    bool egress;
    bool described;        /* somebody said the description, or that there
                              * is none */
    unsigned marks;        /* enum sgrule_mark */
    uint32_t owner;        /* number of the resource that holds it */
    int32_t from, to;      /* ports, or ICMP type and code */
    struct slice protocol; /* as sgrule_protocol() gives it */
    struct slice value;    /* what is compared: sg-1 of 1234/sg-1 */
    struct slice shown;    /* what is shown */
    struct slice description;
    struct cidr net; /* of SGRULE_CIDR, SGRULE_CIDR6: what is compared */
    uint32_t next;   /* rule of the same bucket */
};

struct sgrule_set {
    struct arena *arena;
    struct sgrule *rule;
    size_t n, max;
    uint32_t *head; /* buckets */
    size_t heads, linked;
    bool full; /* the arena is: what is here is not all */
};

/* An empty set that grows in `arena`. */
void sgrule_set_init(struct sgrule_set *set, struct arena *arena);

/* Appends r.  False when the arena is full. */
bool sgrule_set_push(struct sgrule_set *set, const struct sgrule *r);

/*
 * The first rule that is the same as r but for its description, and the one
 * after `at`; SGRULE_NONE at the end.  Pushing does not invalidate numbers.
 */
uint32_t sgrule_set_find(struct sgrule_set *set, const struct sgrule *r);
uint32_t sgrule_set_next(const struct sgrule_set *set, uint32_t at,
                         const struct sgrule *r);

/* The id in the "account/id" of another account's group. */
static inline struct slice
sgrule_peer(struct slice text)
{
    size_t slash = slice_rchr(text, '/');

    return slash < text.n ? slice_from(text, slash + 1) : text;
}

/* tcp, udp, icmp, icmpv6, -1, or the number: as Terraform keeps it. */
struct slice sgrule_protocol(struct slice text);

/*
 * Whether ports mean anything with it.  EC2 API reference, IpPermission:
 * with -1 or another number than those four all ports are meant "regardless
 * of any port range you specify".
 */
bool sgrule_has_ports(struct slice protocol);

/*
 * A port, or an ICMP type or code; when text is no number what leaving it
 * out means with this protocol: all ICMP types, else nothing.
 */
int32_t sgrule_port(struct slice text, struct slice protocol);

/* Writes a port as a JSON number. */
void sgrule_put_port(struct buf *b, int32_t v);

/*
 * An array of blocks in `out`, one for each rule that has one of the marks,
 * this direction, and this owner or none (SGRULE_EVENT).  The members are
 * those of an ingress or egress block in a state.  Absent when the arena is
 * full.
 */
struct value sgrule_set_blocks(const struct sgrule_set *set,
                               const struct words *w, struct arena *out,
                               unsigned marks, bool egress, uint32_t owner,
                               size_t *n);

/*
 * What tells a rule from the others: its block without a description, for
 * an event may name the rule and not its description.
 */
struct value sgrule_identity(const struct sgrule *r, const struct words *w,
                             struct arena *out);

#endif
