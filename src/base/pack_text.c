#include "pack_text.h"

#include "lanes.h"
#include "sweep.h"
#include "text.h"
#include "wide.h"

/* Taken for each operator, beside what the text before it needs: tags, a
 * length, the numbers of a key, and what a container's length may grow by. */
#define ROOM_BYTES 32

/* Blocks to look ahead: what is packed ends soon, its text may not. */
#define AHEAD_BLOCKS 8

struct nest {
    uint8_t *mark;  /* where the container begins in what is written */
    uint32_t width; /* bytes left there for its length */
    bool object;    /* what it stands in is one */
};

/*
 * Room is asked for once an operator, in next_op(); writing between two of
 * them needs no further look at w_end.
 */
struct packing {
    struct pack_words *words;
    struct slice text;
    struct sweep sweep;
    size_t from;        /* behind the operator taken before */
    size_t op;          /* the operator that ends the value just read */
    bool object;        /* the innermost container is one */
    bool fresh;         /* nothing of the innermost container is read yet */
    uint8_t *w, *w_end; /* what is written goes here */
    struct arena *scratch;
    const struct pack_filter *filter;
    uint8_t *undo;         /* a member that is not kept began here; or NULL */
    size_t bad;            /* offset of what is wrong */
    struct pack_word word; /* the key that was asked for last */
    int depth;
    struct nest nest[PACK_DEPTH_MAX]; /* the last one is the innermost */
};

static int
wrong(struct packing *k, size_t at)
{
    k->bad = at;
    return ERR_SYNTAX;
}

/* These return where the next byte goes.  It is a local thing for as long as
 * bytes are written: they might be any of `struct packing`, to the compiler. */
static uint8_t *
put_len(uint8_t *w, size_t v)
{
    while (v >= 0x80) {
        *w++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *w++ = (uint8_t)v;
    return w;
}

/* An id + 1 or a class + 1: two bytes, low first. */
static uint8_t *
put_short(uint8_t *w, uint16_t v)
{
    w[0] = (uint8_t)v;
    w[1] = (uint8_t)(v >> 8);
    return w + 2;
}

static uint8_t *
put_bytes(uint8_t *w, struct slice s)
{
    wide_copy((char *)w, s.p, s.n);
    return w + s.n;
}

/* The next operator, with room for what comes of it and of the text before:
 * one name, one value, a bracket or nothing. */
static inline int
next_op(struct packing *k, size_t *op)
{
    *op = sweep_next(&k->sweep, &k->sweep.at);
    if (*op == SWEEP_END)
        return ERR_MORE;
    return (size_t)(k->w_end - k->w) < *op - k->from + ROOM_BYTES ? ERR_MEMORY
                                                                  : 0;
}

/* Where the text before `to` ends that is not white space. */
static size_t
trim(const struct packing *k, size_t to)
{
    while (text_space(k->text.p[to - 1]))
        to--;
    return to;
}

/* The inside of the string that fills the text from `from` to `to`. */
static int
read_raw(struct packing *k, size_t from, size_t to, struct slice *s)
{
    const char *p = k->text.p;

    if (p[from] != '"' || to - from < 2 || p[to - 1] != '"')
        return wrong(k, from);
    *s = slice_of(p + from + 1, to - from - 2);
    return 0;
}

/* Takes the escapes out of the inside of a string, if it is one; the result
 * is where scratch ends, until the next time. */
static int
unescape(struct packing *k, struct slice *s)
{
    struct buf plain = arena_open(k->scratch);
    size_t from = (size_t)(s->p - k->text.p);
    size_t n = text_unescape_some(&plain, *s);

    if (n != s->n)
        return wrong(k, s->p[n] == '\\' ? from - 1 : from + n);
    *s = buf_slice(&plain);
    return plain.full ? ERR_MEMORY : 0;
}

static uint8_t *
put_string_head(uint8_t *w, size_t n)
{
    if (n < TAG_SHORT) {
        *w++ = (uint8_t)(TAG_SHORT | n);
        return w;
    }
    *w++ = TAG_STRING;
    return put_len(w, n);
}

/* Copies the inside of a string if it is plain; what lies behind it may be
 * copied too, up to the room there is for an operator. */
static bool
copy_plain(const struct packing *k, uint8_t *w, struct slice s)
{
    const char *end = k->text.p + k->text.n;
    size_t i = 0;

    for (; i < s.n && end - (s.p + i) >= LANES; i += LANES) {
        lanes x = lanes_load(s.p + i), marks = lanes_marks(x);

        memcpy(w + i, &x, sizeof(x));
        if (lanes_any(marks))
            return i + lanes_first(marks) >= s.n;
    }
    for (; i < s.n && !wide_is_mark(s.p[i]); i++)
        w[i] = (uint8_t)s.p[i];
    return i >= s.n;
}

static int
put_string(struct packing *k, size_t from, size_t to)
{
    struct slice s;
    uint8_t *w;
    int rc = read_raw(k, from, to, &s);

    if (rc != 0)
        return rc;
    w = put_string_head(k->w, s.n);
    if (copy_plain(k, w, s)) {
        k->w = w + s.n;
        return 0;
    }
    rc = unescape(k, &s);
    if (rc == 0)
        k->w = put_bytes(put_string_head(k->w, s.n), s);
    return rc;
}

static int
put_literal(struct packing *k, size_t from, size_t to)
{
    struct slice s = slice_of(k->text.p + from, to - from);

    if (slice_eq(s, SLICE("null"))) {
        *k->w++ = TAG_NULL;
    } else if (slice_eq(s, SLICE("false"))) {
        *k->w++ = TAG_FALSE;
    } else if (slice_eq(s, SLICE("true"))) {
        *k->w++ = TAG_TRUE;
    } else if (pack_is_number(s)) {
        *k->w++ = TAG_NUMBER;
        k->w = put_bytes(put_len(k->w, s.n), s);
    } else {
        return wrong(k, from);
    }
    return 0;
}

/* Of the inside of a string that was not met as a key: escapes are taken out
 * of it; else it is met now. */
static int
ask_word(struct packing *k, struct slice *key)
{
    bool plain = wide_mark(key->p, 0, key->n) == key->n;
    int rc = plain ? 0 : unescape(k, key);

    if (rc == 0)
        pack_words_ask(k->words, *key, plain, &k->word);
    return rc;
}

/* The member's name that is next, with its colon. */
static int
put_key(struct packing *k, size_t colon)
{
    size_t from = wide_space(k->text.p, k->from, colon);
    const struct pack_word *word;
    struct slice key;
    uint8_t *w;
    int rc;

    if (from == colon)
        return wrong(k, from);
    rc = read_raw(k, from, trim(k, colon), &key);
    if (rc != 0)
        return rc;
    word = pack_words_find(k->words, key);
    if (word == NULL) {
        rc = ask_word(k, &key);
        word = &k->word;
    }
    if (rc != 0)
        return rc;
    if (k->depth == 1 && k->filter != NULL &&
        !k->filter->keep(k->filter->ctx,
                         word->name != 0 ? word->name - 1u : NAME_NONE))
        k->undo = k->w;
    w = put_short(k->w, word->name);
    if (word->name == 0) {
        w = put_short(w, word->class);
        w = put_bytes(put_len(w, key.n), key);
    }
    k->w = w;
    k->from = colon + 1;
    k->fresh = false;
    return 0;
}

/* What may follow: a value is read (up to `op`), or a container is open. */
enum { READ, OPENED };

static inline int
open_container(struct packing *k, size_t op)
{
    struct nest *nest = &k->nest[k->depth];
    bool object = k->text.p[op] == '{';

    if (k->depth == PACK_DEPTH_MAX)
        return ERR_LIMIT;
    /* Only the outermost one is likely to be long. */
    *nest = (struct nest){k->w, k->depth == 0 ? 2 : 1, k->object};
    k->depth++;
    k->object = object;
    k->w += 1 + nest->width;
    *nest->mark = object ? TAG_OBJECT : TAG_ARRAY;
    k->from = op + 1;
    k->fresh = true;
    return OPENED;
}

/* One value, with its name in an object; READ also when there is none in a
 * container that is empty. */
static int
put_value(struct packing *k)
{
    const char *p = k->text.p;
    size_t op, from;
    int rc = next_op(k, &op);

    if (rc == 0 && k->object && p[op] == ':') {
        rc = put_key(k, op);
        if (rc == 0)
            rc = next_op(k, &op);
    } else if (rc == 0 && k->object && (p[op] != '}' || !k->fresh)) {
        return wrong(k, op);
    }
    if (rc != 0)
        return rc;
    from = wide_space(p, k->from, op);
    if (from == op && (p[op] == '{' || p[op] == '['))
        return open_container(k, op);
    if (k->depth == 0)
        return wrong(k, 0);
    k->op = op;
    if (from == op)
        return k->fresh && (p[op] == ']' || p[op] == '}') ? READ : wrong(k, op);
    if (k->object && k->fresh)
        return wrong(k, from);
    rc = p[from] == '"' ? put_string(k, from, trim(k, op))
                        : put_literal(k, from, trim(k, op));
    k->fresh = false;
    return rc != 0 ? rc : READ;
}

/* Writes the length; where it takes more or less than the bytes that were
 * left for it, what follows moves. */
static void
close_container(struct packing *k)
{
    const struct nest *nest = &k->nest[--k->depth];
    uint8_t *body = nest->mark + 1 + nest->width;
    size_t n = (size_t)(k->w - body);
    uint32_t width = 1u + (n >= 1u << 7) + (n >= 1u << 14) + (n >= 1u << 21);

    if (width > nest->width)
        wide_move_up((char *)nest->mark + 1 + width, (char *)body, n);
    else if (width < nest->width)
        memmove(nest->mark + 1 + width, body, n);
    k->object = nest->object;
    k->w = put_len(nest->mark + 1, n) + n;
}

/* After a value: closes what ends with it.  OPENED: a further value is
 * due; READ: all is closed. */
static int
finish_value(struct packing *k)
{
    for (;;) {
        char c = k->text.p[k->op];
        int rc;

        if (k->undo != NULL && k->depth == 1) {
            k->w = k->undo;
            k->undo = NULL;
        }
        k->from = k->op + 1;
        if (c == ',' && !k->fresh)
            return OPENED;
        if (c != (k->object ? '}' : ']'))
            return wrong(k, k->op);
        close_container(k);
        k->fresh = false;
        if (k->depth == 0)
            return READ;
        rc = next_op(k, &k->op);
        if (rc != 0)
            return rc;
        if (wide_space(k->text.p, k->from, k->op) != k->op)
            return wrong(k, k->from);
    }
}

int
pack_text(struct pack_words *words, struct slice text, struct arena *scratch,
          struct arena *out, const struct pack_filter *filter, struct value *v,
          size_t *at)
{
    struct buf b = arena_open(out);
    struct packing k;
    int rc;

    k.words = words;
    k.text = text;
    k.scratch = scratch;
    k.filter = filter;
    k.w = (uint8_t *)b.p;
    k.w_end = k.w + b.max;
    k.undo = NULL;
    k.object = k.fresh = false;
    k.from = k.bad = 0;
    k.depth = 0;
    sweep_init(&k.sweep, text, AHEAD_BLOCKS);
    do {
        rc = put_value(&k);
        if (rc == READ)
            rc = finish_value(&k);
    } while (rc == OPENED);
    *at = rc == 0 ? k.from : k.bad;
    if (rc != 0)
        return rc;
    b.n = (size_t)(k.w - (uint8_t *)b.p);
    *v = (struct value){(const uint8_t *)b.p};
    return arena_keep(out, &b).p != NULL ? 0 : ERR_MEMORY;
}
