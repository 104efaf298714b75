#include "stream.h"

#include <string.h>
#include <zlib.h>

#define GZ_IN_BYTES 65536u   /* compressed bytes read at once */
#define GZ_POOL_BYTES 49152u /* zlib: 32 KB of window, 10 KB of state */
#define GZ_WINDOW_BITS 31    /* zlib.h: 15 for any window, 16 for gzip */

enum gz_state {
    GZ_PLAIN,   /* not compressed: bytes pass through */
    GZ_BETWEEN, /* at the end of a member: another one or the end */
    GZ_MEMBER,  /* inside of a member */
    GZ_BROKEN   /* an error was given; so it stays */
};

struct stream_gz {
    struct stream in;
    struct slice name;
    enum gz_state state;
    bool ended;        /* `in` is read to its end */
    uint64_t offset;   /* compressed bytes read so far */
    z_stream z;        /* next_in, avail_in: read, but not used */
    struct arena pool; /* what zlib asks for: twice, never given back */
    char buf[GZ_IN_BYTES];
};

/*
 * zlib asks once for its state and once, at the first bytes, for its window.
 * Both come from a pool that was set aside at the start: the arena around it
 * may have been rewound by others by then.
 */
static voidpf
gz_alloc(voidpf pool, uInt items, uInt size)
{
    return arena_alloc(pool, (size_t)items * size);
}

static void
gz_free(voidpf pool, voidpf p)
{
    (void)pool;
    (void)p; /* goes with the arena */
}

/* What is wrong, where in the compressed bytes; for good. */
static ssize_t
gz_break(struct stream_gz *g, int code, const char *what, struct err *e)
{
    uint64_t at = g->offset - g->z.avail_in;

    g->state = GZ_BROKEN;
    return err_set(e, code, "%.*s: (compressed offset %llu) %s",
                   SLICE_FMT(g->name), (unsigned long long)at, what);
}

/* More compressed bytes when all are used; 0, or the read's error. */
static int
gz_fill(struct stream_gz *g, struct err *e)
{
    ssize_t got;

    if (g->z.avail_in > 0 || g->ended)
        return 0;
    got = stream_read(&g->in, g->buf, sizeof(g->buf), e);
    if (got < 0) {
        g->state = GZ_BROKEN;
        return (int)got;
    }
    g->ended = got == 0;
    g->offset += (uint64_t)got;
    g->z.next_in = (Bytef *)g->buf;
    g->z.avail_in = (uInt)got;
    return 0;
}

/*
 * One step: some bytes through inflate, or over to the next member.  Whatever
 * it wrote is in z.next_out; returns 0, or an error when it wrote nothing.
 */
static ssize_t
gz_step(struct stream_gz *g, struct err *e)
{
    uInt room = g->z.avail_out, in = g->z.avail_in;
    int rc;

    if (g->state == GZ_BETWEEN) {
        if ((unsigned char)g->z.next_in[0] != 0x1f)
            return gz_break(g, ERR_SYNTAX, "garbage after the gzip data", e);
        inflateReset(&g->z);
        g->state = GZ_MEMBER;
    }
    rc = inflate(&g->z, Z_NO_FLUSH);
    /* Z_BUF_ERROR only says that nothing moved: more input cures it. */
    if (rc == Z_STREAM_END)
        g->state = GZ_BETWEEN;
    else if (rc == Z_MEM_ERROR)
        return gz_break(g, ERR_MEMORY, "no memory to inflate it", e);
    else if (rc != Z_OK && rc != Z_BUF_ERROR && g->z.avail_out == room)
        return gz_break(g, ERR_SYNTAX,
                        g->z.msg != NULL ? g->z.msg : "damaged gzip data", e);
    /* Nothing went in, nothing came out, and nothing more will come. */
    else if (in == 0 && g->ended && g->z.avail_out == room)
        return gz_break(g, ERR_MORE, "the gzip data ends in the middle", e);
    return 0;
}

static ssize_t
gz_inflate(struct stream_gz *g, char *p, size_t n, struct err *e)
{
    uInt room = n < UINT32_MAX / 2 ? (uInt)n : UINT32_MAX / 2;
    ssize_t rc = 0;

    g->z.next_out = (Bytef *)p;
    g->z.avail_out = room;
    /* A header or an empty member gives no bytes, but 0 would be the end. */
    while (rc == 0 && g->z.avail_out == room) {
        rc = gz_fill(g, e);
        if (rc != 0)
            break;
        if (g->state == GZ_BETWEEN && g->z.avail_in == 0)
            return 0; /* the end, where it should be */
        rc = gz_step(g, e);
    }
    return rc != 0 ? rc : (ssize_t)(room - g->z.avail_out);
}

/* What was read to look at comes first. */
static ssize_t
gz_pass(struct stream_gz *g, char *p, size_t n, struct err *e)
{
    if (g->z.avail_in == 0)
        return g->ended ? 0 : stream_read(&g->in, p, n, e);
    if (n > g->z.avail_in)
        n = g->z.avail_in;
    memcpy(p, g->z.next_in, n);
    g->z.next_in += n;
    g->z.avail_in -= (uInt)n;
    return (ssize_t)n;
}

static ssize_t
gz_read(void *ctx, char *p, size_t n, struct err *e)
{
    struct stream_gz *g = ctx;

    switch (g->state) {
    case GZ_PLAIN:
        return gz_pass(g, p, n, e);
    case GZ_BROKEN:
        return err_set(e, ERR_SYNTAX, "%.*s: damaged before",
                       SLICE_FMT(g->name));
    default:
        return gz_inflate(g, p, n, e);
    }
}

static bool
is_gzip(struct slice head)
{
    return slice_starts(head, SLICE("\x1f\x8b")); /* RFC 1952, 2.3.1 */
}

/* Reads until the two magic bytes are there, or the end. */
static int
gz_look(struct stream_gz *g, struct err *e)
{
    size_t have = 0;
    ssize_t got = 1;

    while (have < 2 && got > 0) {
        got = stream_read(&g->in, g->buf + have, sizeof(g->buf) - have, e);
        if (got < 0)
            return (int)got;
        have += (size_t)got;
    }
    g->ended = got == 0;
    g->offset = have;
    g->z.next_in = (Bytef *)g->buf;
    g->z.avail_in = (uInt)have;
    if (is_gzip(slice_of(g->buf, have)))
        g->state = GZ_MEMBER;
    return 0;
}

/* Bytes that are in memory already: plain ones stay where they are. */
static int
gz_view(struct stream *out, struct stream *in, struct arena *arena)
{
    struct stream_mem *m = arena_alloc(arena, sizeof(*m));

    if (m == NULL)
        return ERR_MEMORY;
    m->left = in->view(in->ctx);
    *out = stream_mem(m);
    return is_gzip(m->left) ? GZ_MEMBER : GZ_PLAIN;
}

int
stream_sniff(struct stream *out, struct stream *in, struct slice name,
             struct arena *arena, struct err *e)
{
    struct stream from = *in;
    struct stream_gz *g;
    int rc = GZ_MEMBER;

    if (in->view != NULL)
        rc = gz_view(&from, in, arena);
    if (rc == GZ_PLAIN) {
        *out = from;
        return 0;
    }
    g = rc == GZ_MEMBER ? arena_alloc(arena, sizeof(*g)) : NULL;
    if (g == NULL)
        goto full;
    memset(g, 0, offsetof(struct stream_gz, buf));
    g->in = from;
    g->name = name;
    *out = (struct stream){.read = gz_read, .ctx = g};
    rc = gz_look(g, e);
    if (rc != 0 || g->state == GZ_PLAIN)
        return rc;
    g->z.zalloc = gz_alloc;
    g->z.zfree = gz_free;
    g->z.opaque = &g->pool;
    if (arena_split(&g->pool, arena, GZ_POOL_BYTES) == 0 &&
        inflateInit2(&g->z, GZ_WINDOW_BITS) == Z_OK)
        return 0;
full:
    return err_set(e, ERR_MEMORY, "%.*s: no memory to read it",
                   SLICE_FMT(name));
}
