#include "map/build.h"

#include <stdlib.h>

#define GROW_FIRST_BYTES 1024
#define BLOCK_COUNT_BYTES 2 /* lines of a block * 2, always in two bytes */

/* Doubling bounds what stays behind by what is in use. Files of users are
 * small, and the host tool has memory enough. */
uint8_t *
grow_room(struct grow *g, struct arena *arena, size_t n)
{
    size_t max = g->max > 0 ? g->max : GROW_FIRST_BYTES;
    uint8_t *p;

    while (n > max - g->n)
        max *= 2;
    if (max == g->max)
        return g->p + g->n;
    p = arena_alloc(arena, max);
    if (p == NULL)
        return NULL;
    if (g->n > 0)
        memcpy(p, g->p, g->n);
    g->p = p;
    g->max = max;
    return g->p + g->n;
}

/* The array has its full size from the start: lines refer to transforms by
 * index, and the finished map to the array itself. */
int
build_init(struct map_build *b, struct arena *arena, const struct names *names)
{
    struct map_xform *x = arena_alloc(arena, FORM_XFORMS_MAX * sizeof(*x));

    *b = (struct map_build){.arena = arena};
    if (x == NULL)
        return ERR_MEMORY;
    coder_init(&b->coder, names, x);
    return 0;
}

/* Lines come before it is known how many there are, so their count gets its
 * two bytes in advance. */
int
build_line(void *ctx, const struct map_line *line)
{
    struct map_build *b = ctx;
    uint8_t *p = grow_room(&b->lines, b->arena,
                           ENCODE_LINE_MAX_BYTES + BLOCK_COUNT_BYTES);
    struct buf out = buf_over(p, ENCODE_LINE_MAX_BYTES + BLOCK_COUNT_BYTES);
    int r;

    if (p == NULL)
        return ERR_MEMORY;
    /* A block can be read on its own: its first line shares nothing. */
    if (b->block_n == 0) {
        b->last = (struct map_line){.literal = NAME_NONE};
        b->block_at = b->lines.n;
        buf_put(&out, slice_of("\0\0", BLOCK_COUNT_BYTES));
    }
    r = encode_line(&b->coder, &out, &b->last, line);
    if (r < 0)
        return r;
    b->block_n++;
    b->lines.n += out.n;
    return 0;
}

/* Ends the block that is being written; its offset, -1 when there is none. */
static int32_t
end_block(struct map_build *b)
{
    size_t n = b->block_n * 2;
    uint8_t *p;

    b->block_n = 0;
    if (n == 0)
        return -1;
    p = b->lines.p + b->block_at;
    /* A number that always takes two bytes, though one might do. */
    p[0] = (uint8_t)(n | 0x80);
    p[1] = (uint8_t)(n >> 7);
    return (int32_t)b->block_at;
}

static int
add_entry(struct map_build *b, struct grow *to, struct build_entry entry)
{
    void *p = grow_room(to, b->arena, sizeof(entry));

    if (p == NULL)
        return ERR_MEMORY;
    entry.order = (uint32_t)(to->n / sizeof(entry));
    memcpy(p, &entry, sizeof(entry));
    to->n += sizeof(entry);
    return 0;
}

/* Bindings of one section are coded once and entered under each of its
 * events. */
int
build_binding(void *ctx, const struct parse_section *section,
              const struct map_binding *binding)
{
    struct map_build *b = ctx;
    uint8_t *find = grow_room(&b->finds, b->arena, ENCODE_FIND_MAX_BYTES);
    uint8_t *head = grow_room(&b->heads, b->arena, ENCODE_HEAD_MAX_BYTES);
    struct buf out = buf_over(find, ENCODE_FIND_MAX_BYTES);
    struct build_entry entry = {.source = section->source};
    int r;

    if (find == NULL || head == NULL)
        return ERR_MEMORY;
    r = encode_find(&b->coder, &out, binding);
    if (r < 0)
        return r;
    entry.at = (uint32_t)b->finds.n;
    b->finds.n += out.n;
    out = buf_over(head, ENCODE_HEAD_MAX_BYTES);
    encode_head(&out, binding, entry.at, end_block(b));
    entry.at = (uint32_t)b->heads.n;
    entry.n = (uint32_t)out.n;
    b->heads.n += out.n;
    for (size_t i = 0; i < section->n_events && r == 0; i++) {
        entry.event = section->event[i];
        r = add_entry(b, &b->entries, entry);
    }
    return r;
}

int
build_trait(void *ctx, const struct parse_trait *trait)
{
    struct map_build *b = ctx;
    uint8_t *p = grow_room(&b->traits, b->arena, ENCODE_LINE_MAX_BYTES);
    struct buf out = buf_over(p, ENCODE_LINE_MAX_BYTES);
    struct build_entry entry = {.source = trait->type};

    if (p == NULL)
        return ERR_MEMORY;
    buf_byte(&out, (unsigned char)trait->flags);
    encode_path(&b->coder, &out, &trait->attr);
    if (trait->flags == 0) {
        encode_symbol(&b->coder, &out, trait->child);
        encode_symbol(&b->coder, &out, trait->owner);
    }
    entry.at = (uint32_t)b->traits.n;
    entry.n = (uint32_t)out.n;
    b->traits.n += out.n;
    return add_entry(b, &b->trait_entries, entry);
}

/* `order` makes the sort stable, so that what a file says first is looked
 * at first. */
static int
entry_cmp(const void *pa, const void *pb)
{
    const struct build_entry *a = pa, *b = pb;

    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->event != b->event)
        return a->event < b->event ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void
build_sort(struct map_build *b)
{
    struct grow *lists[] = {&b->entries, &b->trait_entries};

    for (size_t i = 0; i < 2; i++)
        if (lists[i]->n > 0)
            qsort(lists[i]->p, lists[i]->n / sizeof(struct build_entry),
                  sizeof(struct build_entry), entry_cmp);
}

void
build_head(const struct map_build *b, const struct build_entry *entry,
           struct map_binding *binding)
{
    /* As much of a map as reading a head needs. */
    struct map m = {.heads = b->heads.p, .lines = b->lines.p};
    uint32_t find;

    form_head(&m, entry->at, binding, &find);
    binding->ref.map = NULL;
}
