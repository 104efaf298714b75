#ifndef MAP_BUILD_H
#define MAP_BUILD_H

/*
 * Makes a map out of what a parser hands over: bindings are coded as they
 * come, sorted and indexed at the end.  Everything lives in one arena, the
 * finished map included.  Private to this room and its host tool.
 */

#include "base/arena.h"
#include "map/encode.h"
#include "map/parse.h"

/* An array that doubles when it is full and leaves the old one behind. */
struct grow {
    uint8_t *p;
    size_t n, max; /* bytes */
};

/* One binding under one of its events, or a trait of a type. */
struct build_entry {
    uint16_t source, event; /* of a trait: its type, 0 */
    uint32_t order;         /* as they came */
    uint32_t at, n;         /* bytes in heads or traits */
};

struct map_build {
    struct arena *arena;
    struct coder coder;
    struct grow lines, finds, heads, traits;
    struct grow entries, trait_entries; /* of struct build_entry */
    struct map_line last;               /* of the block being written */
    size_t block_at, block_n;
};

/* Returns 0 or ERR_MEMORY.  names must outlive the build. */
int build_init(struct map_build *b, struct arena *arena,
               const struct names *names);

/* Functions of a parse_sink whose ctx is a struct map_build. */
int build_line(void *ctx, const struct map_line *line);
int build_binding(void *ctx, const struct parse_section *section,
                  const struct map_binding *binding);
int build_trait(void *ctx, const struct parse_trait *trait);

/* Puts the entries in the order of source, event and coming. */
void build_sort(struct map_build *b);

static inline struct build_entry *
build_entries(const struct map_build *b, size_t *n)
{
    *n = b->entries.n / sizeof(struct build_entry);
    return (struct build_entry *)(void *)b->entries.p;
}

/* The head of an entry; its find part is not read. */
void build_head(const struct map_build *b, const struct build_entry *entry,
                struct map_binding *binding);

/*
 * Makes the map.  Bindings of role none only make their event known.
 * Returns 0, ERR_MEMORY, or ERR_LIMIT when a service has more than 64 KB
 * of heads or an event more than MAP_BINDINGS_MAX bindings.
 */
int build_finish(struct map_build *b, const struct names *names,
                 struct map **map);

/* Room for n more bytes at the end of g; NULL when the arena is full. */
uint8_t *grow_room(struct grow *g, struct arena *arena, size_t n);

#endif
