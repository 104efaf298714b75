#ifndef MAP_ENCODE_H
#define MAP_ENCODE_H

/*
 * From bindings and lines to the coded form (form.h).  Writes into the
 * caller's buf, whose `full` flag says that something did not fit.  Private
 * to this room and its host tool.
 */

#include "base/buf.h"
#include "map/form.h"

/* Bytes that always suffice for one item. */
#define ENCODE_LINE_MAX_BYTES 512
#define ENCODE_HEAD_MAX_BYTES (16 + 2 * MAP_TYPES_MAX)
#define ENCODE_FIND_MAX_BYTES 4096

struct coder {
    const struct names *names; /* for the classes of attributes */
    const uint8_t *short_of;   /* symbol -> index in `frequent` + 1, 0: none,
                                * 65536 of them; NULL: no short symbols */
    const uint8_t *index_of_shape; /* likewise in `shapes` */
    uint32_t *uses;                /* counts symbols if not NULL */
    uint32_t *shape_uses;          /* counts shapes likewise */
    struct map_xform *xform;       /* room for FORM_XFORMS_MAX; [0] is none */
    unsigned n_xforms;
};

/* Sets c up over an array of FORM_XFORMS_MAX. */
void coder_init(struct coder *c, const struct names *names,
                struct map_xform *xform);

void encode_symbol(const struct coder *c, struct buf *out, uint16_t symbol);
void encode_path(const struct coder *c, struct buf *out,
                 const struct map_path *path);
void encode_number(struct buf *out, uint32_t number);
void encode_offset(struct buf *out, uint32_t offset);

/* Each, whens, role path and ids.  Returns 0, or ERR_LIMIT when there are
 * too many different transforms. */
int encode_find(struct coder *c, struct buf *out, const struct map_binding *b);

/* Role, confidence, types; where find part and lines stand.  `lines` is -1
 * when there are none. */
void encode_head(struct buf *out, const struct map_binding *b, uint32_t find,
                 int32_t lines);

/* Ends the heads of an event, which stand from..*to, with room for two bytes
 * more; returns what `event_n` says of them. */
uint8_t encode_event(uint8_t *heads, uint32_t from, uint32_t *to);

/*
 * One line as a delta to `last` (of which attr and path count), which then
 * becomes this one.  Returns 0 or ERR_LIMIT as encode_find().
 */
int encode_line(struct coder *c, struct buf *out, struct map_line *last,
                const struct map_line *line);

#endif
