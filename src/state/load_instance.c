#include "state/loader.h"

#include "base/pack.h"
#include "state/flat.h"

/* Members of an instance object that are cut out, beside its attributes;
 * those from MEMBER_FLAT on only of types that are known. */
enum member {
    MEMBER_KEY,
    MEMBER_DEPOSED,
    MEMBER_FLAT,
    MEMBER_SENSITIVE,
    MEMBER_COUNT
};

static const struct slice members[MEMBER_COUNT] = {
    [MEMBER_KEY] = SLICE_INIT("index_key"),
    [MEMBER_DEPOSED] = SLICE_INIT("deposed"),
    [MEMBER_FLAT] = SLICE_INIT("attributes_flat"),
    [MEMBER_SENSITIVE] = SLICE_INIT("sensitive_attributes"),
};

/* Notes where in the document a piece that was cut out is wrong. */
static int
wrong_piece(struct loader *l, struct span s, size_t at, const char *what)
{
    l->d.bad = l->d.w.offset + l->d.w.held + s.from + at;
    l->d.what = what;
    return ERR_SYNTAX;
}

/* The same for what packing it returned. */
static int
piece_failed(struct loader *l, struct span s, size_t at, int rc)
{
    if (rc == ERR_LIMIT)
        l->d.what = "nested too deeply";
    return rc == ERR_SYNTAX ? wrong_piece(l, s, at, "not JSON") : rc;
}

/*
 * Packs the attributes that are next right behind the instance's head, from
 * the window as it is: their end is looked for while they are packed.
 */
static int
take_attributes(struct loader *l, size_t behind_head)
{
    struct pack_filter filter = {want_keeps, l->res.want};
    struct window *w = &l->d.w;
    struct value v;
    size_t at;
    int rc = doc_peek(&l->d);

    /* null: a resource that failed to be created. */
    if (rc < 0 || rc == 'n')
        return rc < 0 ? rc : doc_skip(&l->d);
    if (rc != '{')
        return doc_wrong(&l->d, "attributes are not an object");
    arena_reset(l->keep, behind_head); /* the last of two would count */
    for (;;) {
        struct slice rest = slice_of(w->p + w->at, w->to - w->at);

        rc = pack_text(&l->words, rest, l->scratch, l->keep, &filter, &v, &at);
        if (rc != ERR_MORE)
            break;
        /* Once in a window: nothing was kept, it is packed again. */
        rc = doc_more(&l->d);
        if (rc < 0)
            return rc;
    }
    if (rc == 0)
        w->at += at;
    return piece_failed(l, (struct span){w->at - w->held, 0}, at, rc);
}

/* One member of the object; pieces are cut out, null is as good as none. */
static int
take_member(struct loader *l, struct slice key, size_t behind_head,
            struct span found[MEMBER_COUNT])
{
    bool known = l->res.want->known;
    int i = 0, wanted = known ? MEMBER_COUNT : MEMBER_FLAT;
    struct span value;
    int rc;

    if (known && slice_eq(key, SLICE("attributes")))
        return take_attributes(l, behind_head);
    while (i < wanted && !slice_eq(key, members[i]))
        i++;
    if (i == wanted)
        return doc_skip(&l->d);
    rc = doc_value(&l->d, &value);
    if (rc == 0 && slice_eq(doc_slice(&l->d, value), SLICE("null")))
        value.n = 0;
    found[i] = value;
    return rc;
}

/* Packs one piece at the end of what is kept; absent ones as `kind`. */
static int
pack_piece(struct loader *l, struct span s, enum value_kind kind,
           struct value *v)
{
    size_t at = 0;
    int rc;

    if (s.n == 0) {
        struct buf b = arena_open(l->keep);

        if (kind == VALUE_NULL)
            pack_null(&b);
        else
            pack_close(&b,
                       kind == VALUE_ARRAY ? pack_array(&b) : pack_object(&b));
        return arena_keep(l->keep, &b).p != NULL ? 0 : ERR_MEMORY;
    }
    rc = pack_json(&l->ms->names, doc_slice(&l->d, s), l->scratch, l->keep,
                   NULL, v, &at);
    return piece_failed(l, s, at, rc);
}

static int
pack_index_key(struct loader *l, struct span s)
{
    struct value v = VALUE_NOTHING;
    int rc = pack_piece(l, s, VALUE_NULL, &v);

    if (rc == 0 && s.n > 0 && !value_is(v, VALUE_NUMBER) &&
        !value_is(v, VALUE_STRING))
        return wrong_piece(l, s, 0, "index_key is neither text nor number");
    return rc;
}

static int
pack_flat(struct loader *l, struct span s)
{
    struct value v = VALUE_NOTHING;
    size_t at = 0;
    int rc;

    if (s.n == 0)
        return pack_piece(l, s, VALUE_OBJECT, &v);
    rc = flat_pack(&l->ms->names, doc_slice(&l->d, s), l->res.want, l->scratch,
                   l->keep, &v, &at);
    return piece_failed(l, s, at, rc);
}

/* The head of the record of the instance at hand. */
static void
put_head(const struct loader *l, char *head, enum record kind)
{
    struct buf b = buf_over(head, STORE_HEAD_BYTES);
    uint32_t number = l->st->n + l->res.instances;

    buf_byte(&b, (unsigned char)kind);
    for (int shift = 0; shift < 32; shift += 8)
        buf_byte(&b, (unsigned char)(number >> shift));
    buf_byte(&b, (unsigned char)l->res.want->name);
    buf_byte(&b, (unsigned char)(l->res.want->name >> 8));
}

/* Two bytes, low first. */
static void
put_short(uint8_t *p, size_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

/* Puts in front of the attributes, which are all there is behind the head,
 * where each of them is (store.h). */
static int
put_table(struct loader *l, size_t behind_head)
{
    uint8_t names[2 * STORE_ATTRS_MAX], places[2 * STORE_ATTRS_MAX], *at;
    size_t size = arena_mark(l->keep) - behind_head, n = 0, bytes;
    struct value attrs = {(const uint8_t *)l->keep->base + behind_head}, v;
    struct value_iter it = value_items(attrs);
    struct value_key key;

    while (value_next(&it, &key, &v)) {
        if (key.name == NAME_NONE)
            continue;
        if (n == STORE_ATTRS_MAX || size > UINT16_MAX) {
            n = 0;
            break;
        }
        put_short(names + 2 * n, key.name);
        put_short(places + 2 * n++, (size_t)(v.p - attrs.p));
    }
    bytes = STORE_TABLE_BYTES(n);
    if (arena_bytes(l->keep, bytes) == NULL)
        return ERR_MEMORY;
    at = (uint8_t *)l->keep->base + behind_head;
    memmove(at + bytes, at, size);
    at[0] = (uint8_t)n;
    memcpy(at + 1, names, 2 * n);
    memcpy(at + 1 + 2 * n, places, 2 * n);
    return 0;
}

/* The object that is next becomes a record (store.h), or nothing. */
static int
keep_instance(struct loader *l, size_t start)
{
    struct span found[MEMBER_COUNT] = {{0, 0}};
    char *head = arena_bytes(l->keep, STORE_HEAD_BYTES);
    size_t behind = start + STORE_HEAD_BYTES;
    struct slice key;
    struct value v;
    bool first = true;
    int rc = doc_take(&l->d, '{', "expected an object: an instance");

    if (head == NULL)
        return ERR_MEMORY;
    while (rc >= 0 && (rc = doc_member(&l->d, &first, &key)) > 0)
        rc = take_member(l, key, behind, found);
    if (rc < 0)
        return rc;
    /* Deposed (by a key that is not ""): waiting to be destroyed. */
    if (found[MEMBER_DEPOSED].n > 2) {
        arena_reset(l->keep, start);
        return 0;
    }
    put_head(l, head, RECORD_INSTANCE);
    /* Nothing behind the head yet: no attributes in the newer form. */
    if (arena_mark(l->keep) == behind) {
        if (found[MEMBER_FLAT].n > 0)
            *head = RECORD_FLAT;
        rc = pack_flat(l, found[MEMBER_FLAT]);
    }
    if (rc == 0)
        rc = put_table(l, behind);
    if (rc == 0)
        rc = pack_index_key(l, found[MEMBER_KEY]);
    if (rc == 0)
        rc = pack_piece(l, found[MEMBER_SENSITIVE], VALUE_ARRAY, &v);
    l->res.instances++;
    return rc;
}

int
load_instance(struct loader *l)
{
    size_t before = window_hold(&l->d.w);
    int rc = keep_instance(l, arena_mark(l->keep));

    window_release(&l->d.w, before);
    return rc;
}
