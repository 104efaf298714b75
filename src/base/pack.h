#ifndef BASE_PACK_H
#define BASE_PACK_H

/*
 * Writes packed values (value.h): from JSON text, or piece by piece for
 * values that nobody sent.  Writes at the end of an arena; a value is valid
 * until the arena is reset past it.
 */

#include "arena.h"
#include "err.h"
#include "names.h"
#include "slice.h"
#include "value.h"

#define PACK_DEPTH_MAX 64 /* containers in containers */

/*
 * What to keep of the outermost object's members; NULL keeps all.  name is
 * the exact id or NAME_NONE.
 */
struct pack_filter {
    bool (*keep)(void *ctx, uint32_t name);
    void *ctx;
};

/*
 * Packs one JSON value.  Tokens go into `scratch`, which is rewound before
 * returning; the result is at the end of `out` (not the same arena).
 * Returns 0; ERR_SYNTAX with *at = the offset of what is wrong; ERR_LIMIT
 * when nested too deeply; ERR_MEMORY.  at and filter may be NULL.
 */
int pack_json(const struct names *ns, struct slice text, struct arena *scratch,
              struct arena *out, const struct pack_filter *filter,
              struct value *v, size_t *at);

/*
 * Piece by piece into a buf.  Containers are opened, filled and closed in
 * order; the buf's `full` flag is the only error there is.
 */
void pack_null(struct buf *b);
void pack_bool(struct buf *b, bool v);
void pack_number(struct buf *b, struct slice text);
void pack_string(struct buf *b, struct slice text);
void pack_value(struct buf *b, struct value v); /* a copy */
size_t pack_array(struct buf *b);               /* opens; returns a mark */
size_t pack_object(struct buf *b);
void pack_key(struct buf *b, const struct names *ns, struct slice text);
void pack_name(struct buf *b, uint32_t name); /* key that is a known name */
void pack_close(struct buf *b, size_t mark);

/* Whether text is a number as JSON writes it (RFC 8259 section 6). */
bool pack_is_number(struct slice text);

/* What b holds since `mark`, as a value. */
static inline struct value
pack_done(const struct buf *b, size_t mark)
{
    return (struct value){(const uint8_t *)b->p + mark};
}

#endif
