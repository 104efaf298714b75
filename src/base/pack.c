#include "pack.h"

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "scan.h"
#include "text.h"

struct packer {
    const struct names *ns;
    struct slice text;
    const jsmntok_t *tok;
    int n;  /* tokens */
    int at; /* the next one to be packed */
    struct arena *scratch;
    struct buf out;
    const struct pack_filter *filter;
    size_t bad; /* offset of what is wrong */
};

/* Remembers the first thing that is wrong. */
static int
pack_bad(struct packer *k, size_t at)
{
    k->bad = at;
    return ERR_SYNTAX;
}

/* White space, then c (0: nothing), then white space up to `to`. */
static bool
pack_gap(const struct packer *k, size_t from, size_t to, char c)
{
    const char *p = k->text.p;

    while (from < to && text_space(p[from]))
        from++;
    if (c != 0 && (from == to || p[from++] != c))
        return false;
    while (from < to && text_space(p[from]))
        from++;
    return from == to;
}

/* Where a token begins and ends in the text, quotes included. */
static size_t
tok_from(const jsmntok_t *t)
{
    return (size_t)t->start - (t->type == JSMN_STRING);
}

static size_t
tok_to(const jsmntok_t *t)
{
    return (size_t)t->end + (t->type == JSMN_STRING);
}

static struct slice
tok_text(const struct packer *k, const jsmntok_t *t)
{
    return slice_of(k->text.p + t->start, (size_t)(t->end - t->start));
}

/* jsmn only looks at the first character of a number. */
bool
pack_is_number(struct slice s)
{
    size_t i = 0, from;

    i += i < s.n && s.p[i] == '-';
    from = i;
    while (i < s.n && text_digit(s.p[i]))
        i++;
    if (i == from || (i - from > 1 && s.p[from] == '0'))
        return false;
    if (i < s.n && s.p[i] == '.') {
        from = ++i;
        while (i < s.n && text_digit(s.p[i]))
            i++;
        if (i == from)
            return false;
    }
    if (i < s.n && text_lower(s.p[i]) == 'e') {
        i++;
        i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
        from = i;
        while (i < s.n && text_digit(s.p[i]))
            i++;
        if (i == from)
            return false;
    }
    return i == s.n;
}

static int
pack_primitive(struct packer *k, struct slice s)
{
    if (slice_eq(s, SLICE("null")))
        pack_null(&k->out);
    else if (slice_eq(s, SLICE("true")))
        pack_bool(&k->out, true);
    else if (slice_eq(s, SLICE("false")))
        pack_bool(&k->out, false);
    else if (pack_is_number(s))
        pack_number(&k->out, s);
    else
        return pack_bad(k, (size_t)(s.p - k->text.p));
    return 0;
}

/* The text of a string token; escapes are taken out into scratch. */
static int
pack_text(struct packer *k, const jsmntok_t *t, struct slice *text)
{
    struct buf plain;

    *text = tok_text(k, t);
    if (slice_chr(*text, '\\') == text->n)
        return 0;
    plain = arena_open(k->scratch);
    if (!text_unescape(&plain, *text))
        return pack_bad(k, (size_t)t->start);
    *text = buf_slice(&plain);
    return plain.full ? ERR_MEMORY : 0;
}

static int pack_token(struct packer *k, int depth);

/* Passes over a token and all that is in it. */
static void
pack_skip(struct packer *k)
{
    int end = k->tok[k->at].end;

    do
        k->at++;
    while (k->at < k->n && k->tok[k->at].start < end);
}

/* One "key": value of an object; from is the end of what stands before. */
static int
pack_member(struct packer *k, size_t *from, bool first, int depth)
{
    const jsmntok_t *key = &k->tok[k->at];
    const jsmntok_t *item = key + 1;
    struct slice text;
    int rc;

    if (key->type != JSMN_STRING || key->size != 1 ||
        !pack_gap(k, *from, tok_from(key), first ? 0 : ',') ||
        !pack_gap(k, tok_to(key), tok_from(item), ':'))
        return pack_bad(k, tok_from(key));
    *from = tok_to(item);
    rc = pack_text(k, key, &text);
    if (rc != 0)
        return rc;
    k->at++;
    if (depth == 0 && k->filter != NULL &&
        !k->filter->keep(k->filter->ctx, names_find(k->ns, text))) {
        pack_skip(k);
        return 0;
    }
    pack_key(&k->out, k->ns, text);
    return pack_token(k, depth + 1);
}

static int
pack_container(struct packer *k, int depth)
{
    const jsmntok_t *t = &k->tok[k->at++];
    bool object = t->type == JSMN_OBJECT;
    size_t from = (size_t)t->start + 1;
    size_t mark = object ? pack_object(&k->out) : pack_array(&k->out);
    int rc = 0;

    if (depth >= PACK_DEPTH_MAX)
        return ERR_LIMIT;
    for (int i = 0; i < t->size && rc == 0; i++) {
        const jsmntok_t *item = &k->tok[k->at];

        if (object) {
            rc = pack_member(k, &from, i == 0, depth);
        } else if (!pack_gap(k, from, tok_from(item), i == 0 ? 0 : ',')) {
            rc = pack_bad(k, tok_from(item));
        } else {
            from = tok_to(item);
            rc = pack_token(k, depth + 1);
        }
    }
    if (rc == 0 && !pack_gap(k, from, (size_t)t->end - 1, 0))
        rc = pack_bad(k, from);
    pack_close(&k->out, mark);
    return rc;
}

static int
pack_token(struct packer *k, int depth)
{
    const jsmntok_t *t = &k->tok[k->at];
    struct slice text;
    int rc;

    switch (t->type) {
    case JSMN_OBJECT:
    case JSMN_ARRAY:
        return pack_container(k, depth);
    case JSMN_STRING:
        if (t->size != 0)
            return pack_bad(k, (size_t)t->end);
        rc = pack_text(k, t, &text);
        if (rc == 0)
            pack_string(&k->out, text);
        break;
    default:
        rc = pack_primitive(k, tok_text(k, t));
        break;
    }
    k->at++;
    return rc;
}

/* The whole text as tokens at the end of scratch. */
static int
pack_tokens(struct packer *k)
{
    struct arena *a = k->scratch;
    size_t skew = (uintptr_t)(a->base + a->used) % sizeof(int);
    size_t pad = skew != 0 ? sizeof(int) - skew : 0;
    size_t left = a->size - a->used;
    size_t max = left > pad ? (left - pad) / sizeof(*k->tok) : 0;
    jsmntok_t *tok = (jsmntok_t *)(void *)(a->base + a->used + pad);
    jsmn_parser js;

    jsmn_init(&js);
    k->tok = tok;
    k->n = jsmn_parse(&js, k->text.p, k->text.n, tok,
                      max < INT32_MAX ? (unsigned)max : INT32_MAX);
    if (k->n == JSMN_ERROR_NOMEM)
        return ERR_MEMORY;
    if (k->n <= 0)
        return pack_bad(k, js.pos);
    if (arena_bytes(a, pad + (size_t)k->n * sizeof(*tok)) == NULL)
        return ERR_MEMORY;
    return 0;
}

/* jsmn wants something behind a primitive; one alone is read here. */
static int
pack_root(struct packer *k)
{
    struct slice s = text_trim(k->text);
    int rc;

    if (s.n == 0)
        return pack_bad(k, k->text.n);
    if (s.p[0] != '{' && s.p[0] != '[' && s.p[0] != '"')
        return pack_primitive(k, s);
    /* jsmn looks at all that is open for each bracket that closes. */
    if (scan_deeper(k->text, PACK_DEPTH_MAX))
        return ERR_LIMIT;
    rc = pack_tokens(k);
    if (rc == 0 && !pack_gap(k, 0, tok_from(&k->tok[0]), 0))
        rc = pack_bad(k, 0);
    if (rc == 0)
        rc = pack_token(k, 0);
    if (rc == 0 &&
        (k->at != k->n || !pack_gap(k, tok_to(&k->tok[0]), k->text.n, 0)))
        rc = pack_bad(k, tok_to(&k->tok[0]));
    return rc;
}

int
pack_json(const struct names *ns, struct slice text, struct arena *scratch,
          struct arena *out, const struct pack_filter *filter, struct value *v,
          size_t *at)
{
    struct packer k = {
        .ns = ns, .text = text, .scratch = scratch, .filter = filter};
    size_t mark = arena_mark(scratch);
    struct slice kept;
    int rc;

    k.out = arena_open(out);
    rc = text.n < INT32_MAX ? pack_root(&k) : ERR_LIMIT;
    arena_reset(scratch, mark);
    if (at != NULL)
        *at = k.bad;
    if (rc != 0)
        return rc;
    kept = arena_keep(out, &k.out);
    if (kept.p == NULL)
        return ERR_MEMORY;
    *v = (struct value){(const uint8_t *)kept.p};
    return 0;
}
