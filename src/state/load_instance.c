#include "state/loader.h"

#include "base/pack.h"
#include "state/flat.h"

/* Members of an instance object that are looked at. */
enum member {
    MEMBER_KEY,
    MEMBER_DEPOSED,
    MEMBER_ATTRS, /* this and what follows only of types that are known */
    MEMBER_FLAT,
    MEMBER_SENSITIVE,
    MEMBER_COUNT
};

static const struct slice members[MEMBER_COUNT] = {
    [MEMBER_KEY] = SLICE_INIT("index_key"),
    [MEMBER_DEPOSED] = SLICE_INIT("deposed"),
    [MEMBER_ATTRS] = SLICE_INIT("attributes"),
    [MEMBER_FLAT] = SLICE_INIT("attributes_flat"),
    [MEMBER_SENSITIVE] = SLICE_INIT("sensitive_attributes"),
};

/* Cuts the members out of the object that is next, while it is held. */
static int
cut_members(struct loader *l, struct span found[MEMBER_COUNT])
{
    int wanted = l->res.want->known ? MEMBER_COUNT : MEMBER_ATTRS;
    bool first = true;
    struct slice key;
    int rc = doc_take(&l->d, '{', "expected an object: an instance");

    if (rc < 0)
        return rc;
    while ((rc = doc_member(&l->d, &first, &key)) > 0) {
        struct span value;
        int i = 0;

        while (i < wanted && !slice_eq(key, members[i]))
            i++;
        rc = i < wanted ? doc_value(&l->d, &value) : doc_skip(&l->d);
        if (rc < 0)
            return rc;
        if (i == wanted)
            continue;
        /* null is as good as absent. */
        if (slice_eq(doc_slice(&l->d, value), SLICE("null")))
            value.n = 0;
        found[i] = value;
    }
    return rc;
}

/* Notes where in the document a piece that was cut out is wrong. */
static int
wrong_piece(struct loader *l, struct span s, size_t at, const char *what)
{
    l->d.bad = l->d.w.offset + l->d.w.held + s.from + at;
    l->d.what = what;
    return ERR_SYNTAX;
}

/* Packs one piece at the end of what is kept; absent ones as `kind`. */
static int
pack_piece(struct loader *l, struct span s, enum value_kind kind,
           const struct pack_filter *filter, struct value *v)
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
                   filter, v, &at);
    if (rc == ERR_LIMIT)
        l->d.what = "nested too deeply";
    return rc == ERR_SYNTAX ? wrong_piece(l, s, at, "malformed") : rc;
}

static int
pack_index_key(struct loader *l, struct span s)
{
    struct value v = VALUE_NOTHING;
    int rc = pack_piece(l, s, VALUE_NULL, NULL, &v);

    if (rc == 0 && s.n > 0 && !value_is(v, VALUE_NUMBER) &&
        !value_is(v, VALUE_STRING))
        return wrong_piece(l, s, 0, "index_key is neither text nor number");
    return rc;
}

static int
pack_attributes(struct loader *l, const struct span *found, bool flat)
{
    struct pack_filter filter = {want_keeps, l->res.want};
    struct value v = VALUE_NOTHING;
    struct span s = found[flat ? MEMBER_FLAT : MEMBER_ATTRS];
    size_t at = 0;
    int rc;

    if (flat) {
        rc = flat_pack(&l->ms->names, doc_slice(&l->d, s), l->res.want,
                       l->scratch, l->keep, &v, &at);
        return rc == ERR_SYNTAX ? wrong_piece(l, s, at, "malformed") : rc;
    }
    rc = pack_piece(l, s, VALUE_OBJECT, &filter, &v);
    if (rc == 0 && s.n > 0 && !value_is(v, VALUE_OBJECT))
        return wrong_piece(l, s, 0, "attributes are not an object");
    return rc;
}

/* The record of an instance, piece by piece (store.h). */
static int
keep_instance(struct loader *l, const struct span *found)
{
    bool flat = found[MEMBER_FLAT].n > 0 && found[MEMBER_ATTRS].n == 0;
    char *tag = arena_bytes(l->keep, 1);
    struct value v;
    int rc;

    if (tag == NULL)
        return ERR_MEMORY;
    *tag = flat ? RECORD_FLAT : RECORD_INSTANCE;
    rc = pack_index_key(l, found[MEMBER_KEY]);
    if (rc == 0)
        rc = pack_attributes(l, found, flat);
    if (rc == 0)
        rc = pack_piece(l, found[MEMBER_SENSITIVE], VALUE_ARRAY, NULL, &v);
    if (rc == 0)
        l->res.instances++;
    return rc;
}

int
load_instance(struct loader *l)
{
    struct span found[MEMBER_COUNT] = {{0, 0}};
    size_t before = window_hold(&l->d.w);
    int rc = cut_members(l, found);

    /* Deposed (by a key that is not ""): waiting to be destroyed. */
    if (rc == 0 && found[MEMBER_DEPOSED].n <= 2)
        rc = keep_instance(l, found);
    window_release(&l->d.w, before);
    return rc;
}
