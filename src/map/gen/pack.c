/*
 * The same map in less room.  Update and create of one type share most of
 * their lines, so a block may be a base with a mask, and lines of its own.
 */

#include <stdlib.h>
#include <string.h>

#include "map/encode.h"
#include "map/gen/gen.h"
#include "map/gen/pool.h"

#define LINE_BYTES 4 /* what a line takes, more or less */
#define BASE_BYTES 5 /* what a base costs beside its mask */

struct block {
    uint32_t *line; /* indexes in the pool of lines */
    size_t n;
    int32_t base; /* index of a block, -1: none */
    uint32_t at;  /* offset, once written */
    bool written;
};

struct packer {
    const struct map *plain;
    struct coder coder;
    struct pool lines, blocks, finds;
    struct map_line *line; /* decoded, by index in the pool */
    struct block *block;
    int32_t *block_of; /* binding -> block, -1: no lines */
    uint32_t *find_of; /* binding -> find */
    uint32_t *head_of; /* binding -> head of the plain map */
    uint32_t n_bindings;
    uint8_t *out_lines, *out_finds, *out_heads;
    size_t lines_n, finds_n;
    uint32_t heads_n;
};

static uint32_t
put_line(struct packer *k, const struct map_line *line)
{
    uint8_t bytes[ENCODE_LINE_MAX_BYTES];
    struct buf out = buf_over(bytes, sizeof(bytes));
    struct map_line last = {.literal = NAME_NONE};
    uint32_t i;

    if (encode_line(&k->coder, &out, &last, line) < 0 || out.full)
        die("mapc: too many different transforms");
    i = pool_put(&k->lines, bytes, out.n);
    k->line[i] = *line;
    return i;
}

static void
put_binding(struct packer *k, uint32_t at)
{
    struct map_binding b;
    struct map_lines it;
    struct map_line line;
    uint32_t index[MAP_LINES_MAX], i = k->n_bindings++;
    size_t n = 0;

    k->head_of[i] = at;
    map_binding((struct map_ref){k->plain, at}, &b);
    map_lines(&b, &it);
    while (map_line_next(&it, &line))
        index[n++] = put_line(k, &line);
    k->block_of[i] = -1;
    if (n == 0)
        return;
    k->block_of[i] = (int32_t)pool_put(&k->blocks, index, n * sizeof(*index));
    k->block[k->block_of[i]] = (struct block){
        .line = (void *)k->blocks.item[k->block_of[i]].p, .n = n, .base = -1};
}

/* Every head of the plain map, in order. */
static void
collect(struct packer *k)
{
    const struct map *m = k->plain;
    struct map_binding b;
    uint32_t from, to, find;

    for (uint32_t e = 0; e < m->source_at[m->n_sources]; e++) {
        form_heads(m, e, &from, &to);
        while (from < to) {
            put_binding(k, from);
            from = form_head(m, from, &b, &find);
        }
    }
}

static const struct block *sorting;

/* Longest first. */
static int
block_cmp(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

    if (sorting[a].n != sorting[b].n)
        return sorting[a].n > sorting[b].n ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Lines that block b shares with another. */
static size_t
shared_lines(const struct block *a, const struct block *b, uint32_t *mark,
             uint32_t stamp)
{
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++)
        mark[a->line[i]] = stamp;
    for (size_t i = 0; i < b->n; i++)
        n += mark[b->line[i]] == stamp;
    return n;
}

/* Gives each block the earlier, longer one that spares the most. */
static void
choose_bases(struct packer *k)
{
    uint32_t *order = take(k->blocks.n, sizeof(*order)), stamp = 0;
    uint32_t *mark = take(k->lines.n, sizeof(*mark));

    for (uint32_t i = 0; i < k->blocks.n; i++)
        order[i] = i;
    sorting = k->block;
    qsort(order, k->blocks.n, sizeof(*order), block_cmp);
    for (uint32_t i = 0; i < k->blocks.n; i++) {
        struct block *b = &k->block[order[i]];
        size_t best = 0;

        for (uint32_t j = 0; j < i && b->n > 2; j++) {
            const struct block *base = &k->block[order[j]];
            size_t cost = BASE_BYTES + (base->n + 7) / 8, n;

            if (base->base >= 0 || base->n / 8 > UINT8_MAX - 1 ||
                b->n * LINE_BYTES <= cost + best)
                continue;
            n = shared_lines(base, b, mark, ++stamp) * LINE_BYTES;
            if (n > cost + best) {
                best = n - cost;
                b->base = (int32_t)order[j];
            }
        }
    }
    free(mark);
    free(order);
}

static bool
has_line(const struct block *b, uint32_t line)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->line[i] == line)
            return true;
    return false;
}

/* The base's offset, the length of the mask and the mask. */
static void
write_base(struct packer *k, const struct block *b, struct buf *out)
{
    const struct block *base = &k->block[b->base];
    uint8_t mask[UINT8_MAX] = {0};
    size_t n = 0;

    for (size_t i = 0; i < base->n; i++)
        if (has_line(b, base->line[i])) {
            mask[i / 8] |= (uint8_t)(1u << i % 8);
            n = i / 8 + 1;
        }
    encode_offset(out, base->at);
    buf_byte(out, (unsigned char)n);
    buf_put(out, slice_of((const char *)mask, n));
}

static void
write_block(struct packer *k, struct block *b)
{
    const struct block *base = b->base >= 0 ? &k->block[b->base] : NULL;
    struct buf out = buf_over(k->out_lines + k->lines_n, 1u << 20);
    struct map_line last = {.literal = NAME_NONE};
    size_t own = 0;

    if (b->written)
        return;
    for (size_t i = 0; i < b->n; i++)
        own += base == NULL || !has_line(base, b->line[i]);
    b->at = (uint32_t)k->lines_n;
    b->written = true;
    encode_number(&out, (uint32_t)own * 2 + (base != NULL));
    if (base != NULL)
        write_base(k, b, &out);
    for (size_t i = 0; i < b->n; i++)
        if (base == NULL || !has_line(base, b->line[i]))
            encode_line(&k->coder, &out, &last, &k->line[b->line[i]]);
    k->lines_n += out.n;
}

static void
write_blocks(struct packer *k)
{
    k->lines_n = 0;
    for (uint32_t i = 0; i < k->blocks.n; i++)
        k->block[i].written = false;
    for (uint32_t i = 0; i < k->blocks.n; i++) {
        if (k->block[i].base >= 0)
            write_block(k, &k->block[k->block[i].base]);
        write_block(k, &k->block[i]);
    }
}

static void
write_finds(struct packer *k)
{
    struct map_binding b;
    uint32_t *at;

    pool_clear(&k->finds);
    at = take(POOL_MAX, sizeof(*at));
    k->finds_n = 0;
    for (uint32_t i = 0; i < k->n_bindings; i++) {
        uint8_t bytes[ENCODE_FIND_MAX_BYTES];
        struct buf out = buf_over(bytes, sizeof(bytes));
        uint32_t known = k->finds.n, f;

        map_binding((struct map_ref){k->plain, k->head_of[i]}, &b);
        if (encode_find(&k->coder, &out, &b) < 0)
            die("mapc: too many different transforms");
        f = pool_put(&k->finds, bytes, out.n);
        if (f == known) {
            at[f] = (uint32_t)k->finds_n;
            memcpy(k->out_finds + k->finds_n, bytes, out.n);
            k->finds_n += out.n;
        }
        k->find_of[i] = at[f];
    }
    free(at);
}

/* The n most used of 65536; returns the index of each in `most`, plus 1. */
static const uint8_t *
choose_most(uint32_t *uses, uint16_t *most, unsigned n)
{
    uint8_t *index_of = take(65536, sizeof(*index_of));

    for (unsigned i = 0; i < n; i++) {
        uint32_t best = 0;

        for (uint32_t s = 1; s < 65536; s++)
            if (uses[s] > uses[best])
                best = s;
        if (uses[best] == 0)
            break;
        most[i] = (uint16_t)best;
        index_of[best] = (uint8_t)(i + 1);
        uses[best] = 0;
    }
    return index_of;
}

/* A first writing counts symbols and shapes; the most frequent ones then
 * take one byte. */
static void
choose_frequent(struct packer *k, struct map *m)
{
    uint16_t *frequent = take(FORM_FREQUENT, sizeof(*frequent));
    uint16_t *shapes = take(FORM_SHAPES, sizeof(*shapes));
    uint32_t *uses = take(65536, sizeof(*uses));
    uint32_t *shape_uses = take(65536, sizeof(*shape_uses));

    k->coder.uses = uses;
    k->coder.shape_uses = shape_uses;
    write_blocks(k);
    write_finds(k);
    k->coder.uses = k->coder.shape_uses = NULL;
    k->coder.short_of = choose_most(uses, frequent, FORM_FREQUENT);
    k->coder.index_of_shape = choose_most(shape_uses, shapes, FORM_SHAPES);
    m->frequent = frequent;
    m->shapes = shapes;
    free(uses);
    free(shape_uses);
}

static void
write_head(struct packer *k, uint32_t i)
{
    struct buf out = buf_over(k->out_heads + k->heads_n, 1024);
    int32_t block = k->block_of[i];
    struct map_binding b;
    uint32_t find;

    form_head(k->plain, k->head_of[i], &b, &find);
    encode_head(&out, &b, k->find_of[i],
                block < 0 ? -1 : (int32_t)k->block[block].at);
    k->heads_n += (uint32_t)out.n;
}

/* Heads with their new offsets, event by event. */
static void
write_heads(struct packer *k, struct map *m)
{
    uint32_t n = m->source_at[m->n_sources], i = 0, from, to;
    uint32_t *event_at = take(n / FORM_GROUP + 1, sizeof(*event_at));
    uint8_t *event_n = take(n, sizeof(*event_n));

    for (uint32_t e = 0; e < n; e++) {
        uint32_t start = k->heads_n;

        if (e % FORM_GROUP == 0)
            event_at[e / FORM_GROUP] = start;
        form_heads(k->plain, e, &from, &to);
        while (i < k->n_bindings && k->head_of[i] < to)
            write_head(k, i++);
        event_n[e] = encode_event(k->out_heads, start, &k->heads_n);
    }
    m->event_at = event_at;
    m->event_n = event_n;
}

static void
measure(const struct packer *k, const struct map *m, struct gen_sizes *sizes)
{
    size_t events = m->source_at[m->n_sources];

    *sizes = (struct gen_sizes){
        .row = {{"lines", k->lines_n},
                {"finds", k->finds_n},
                {"heads", k->heads_n},
                {"events", events * 2},
                {"event lengths", events},
                {"event offsets", (events / FORM_GROUP + 1) * 4},
                {"sources", (m->n_sources + 1) * 4},
                {"types", m->n_types * 4},
                {"trait types", m->n_trait_types * 6 + 4},
                {"traits", m->trait_at[m->n_trait_types]},
                {"transforms", k->coder.n_xforms * sizeof(struct map_xform)},
                {"frequent", FORM_FREQUENT * 2},
                {"shapes", FORM_SHAPES * 2}},
        .n = 13};
}

void
pack_map(struct map *m, const struct map *plain, struct arena *arena,
         struct gen_sizes *sizes)
{
    struct packer k = {.plain = plain};
    size_t room = 8u << 20;

    coder_init(&k.coder, &plain->names,
               take(FORM_XFORMS_MAX, sizeof(struct map_xform)));
    pool_init(&k.lines);
    pool_init(&k.blocks);
    pool_init(&k.finds);
    k.line = take(POOL_MAX, sizeof(*k.line));
    k.block = take(POOL_MAX, sizeof(*k.block));
    k.block_of = take(POOL_MAX, sizeof(*k.block_of));
    k.head_of = take(POOL_MAX, sizeof(*k.head_of));
    k.find_of = take(POOL_MAX, sizeof(*k.find_of));
    k.out_lines = arena_alloc(arena, room);
    k.out_finds = arena_alloc(arena, room);
    k.out_heads = arena_alloc(arena, room);
    if (k.out_lines == NULL || k.out_finds == NULL || k.out_heads == NULL)
        die("mapc: out of memory");
    collect(&k);
    choose_bases(&k);
    *m = *plain;
    choose_frequent(&k, m);
    write_blocks(&k);
    write_finds(&k);
    write_heads(&k, m);
    m->xform = k.coder.xform;
    m->heads = k.out_heads;
    m->finds = k.out_finds;
    m->lines = k.out_lines;
    measure(&k, m, sizes);
}
