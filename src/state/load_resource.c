#include "state/loader.h"

#include "base/pack.h"
#include "state/kind.h"

/* The record of a type, when the first resource of it comes by. */
static int
keep_type(struct loader *l, struct want *k)
{
    struct buf b = arena_open(l->keep);
    size_t text;

    k->record = (uint32_t)((const uint8_t *)b.p - l->st->records);
    buf_byte(&b, RECORD_TYPE);
    buf_byte(&b, (unsigned char)k->name);
    buf_byte(&b, (unsigned char)(k->name >> 8));
    text = b.n;
    pack_string(&b, k->type);
    if (arena_keep(l->keep, &b).p == NULL)
        return ERR_MEMORY;
    k->type = value_text(pack_done(&b, text));
    return 0;
}

/* The record of the resource at hand, once all of it is read. */
static int
keep_resource(struct loader *l)
{
    struct buf b = arena_open(l->keep);

    buf_byte(&b, RECORD_RESOURCE);
    for (int shift = 0; shift < 32; shift += 8)
        buf_byte(&b, (unsigned char)(l->res.want->record >> shift));
    pack_string(&b, buf_slice(&l->res.module));
    pack_string(&b, buf_slice(&l->res.name));
    if (arena_keep(l->keep, &b).p == NULL)
        return ERR_MEMORY;
    l->st->n += l->res.instances;
    return 0;
}

/*
 * Reads the instances that are next, of a resource whose type is known; those
 * of data sources (and of modes yet to come) are only checked to be JSON.
 */
static int
load_instances(struct loader *l)
{
    struct slice type = buf_slice(&l->res.type);
    bool first = true, fresh;
    int rc;

    if (!slice_eq(buf_slice(&l->res.mode), SLICE("managed")))
        return doc_skip(&l->d);
    l->res.want = wants_find(&l->wants, type, &fresh);
    if (l->res.want == NULL)
        return ERR_MEMORY;
    rc = fresh ? keep_type(l, l->res.want) : 0;
    if (rc == 0)
        rc = doc_take(&l->d, '[', "expected a list of instances");
    if (rc < 0)
        return rc;
    l->instance = 0;
    while ((rc = doc_item(&l->d, &first)) > 0) {
        rc = load_instance(l);
        if (rc < 0)
            return rc;
        /* Places are offsets in 32 bits. */
        if (l->keep->base + l->keep->used - (const char *)l->st->records >
            UINT32_MAX) {
            l->d.what = "a state of more than 4 GiB of kept attributes";
            return ERR_LIMIT;
        }
        l->instance++;
    }
    l->instance = NOWHERE;
    return rc;
}

/*
 * The text members of a resource that are looked at; null is absent.  They
 * are copied, since the window moves on over the instances before they are
 * written down.
 */
static int
load_text(struct loader *l, struct slice key)
{
    const struct {
        struct slice name;
        struct buf *to;
    } rows[] = {
        {SLICE("module"), &l->res.module},
        {SLICE("mode"), &l->res.mode},
        {SLICE("type"), &l->res.type},
        {SLICE("name"), &l->res.name},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (slice_eq(key, rows[i].name) && doc_peek(&l->d) != 'n') {
            rows[i].to->n = 0;
            return doc_text(&l->d, rows[i].to);
        }
    return doc_skip(&l->d);
}

/*
 * Reads the members of a resource up to its end.  Its instances can be taken
 * in once mode and type are known; Terraform writes those first, but a
 * document whose names are sorted does not: then they are passed over, all
 * that follows is held, and *late is where they begin.
 */
static int
load_members(struct loader *l, size_t *late)
{
    struct slice key;
    bool first = true;
    int rc;

    while ((rc = doc_member(&l->d, &first, &key)) > 0) {
        if (!slice_eq(key, SLICE("instances"))) {
            rc = load_text(l, key);
        } else if (doc_peek(&l->d) == 'n') {
            rc = doc_skip(&l->d);
        } else if (l->res.mode.n > 0 && l->res.type.n > 0) {
            rc = load_instances(l);
        } else {
            /* Released by load_resource(), which comes back for them. */
            window_hold(&l->d.w);
            *late = l->d.w.at - l->d.w.held;
            rc = doc_skip(&l->d);
        }
        if (rc < 0)
            return rc;
    }
    return rc;
}

/* Reads one resource. */
static int
load_resource(struct loader *l)
{
    struct loading *r = &l->res;
    size_t late = SIZE_MAX;
    int rc = doc_take(&l->d, '{', "expected an object: a resource");

    r->module = buf_over(r->module_text, sizeof(r->module_text));
    r->name = buf_over(r->name_text, sizeof(r->name_text));
    r->type = buf_over(r->type_text, sizeof(r->type_text));
    r->mode = buf_over(r->mode_text, sizeof(r->mode_text));
    r->want = NULL;
    r->instances = 0;
    if (rc == 0)
        rc = load_members(l, &late);
    if (rc < 0)
        return rc;
    if (r->mode.n == 0 || r->type.n == 0 || r->name.n == 0)
        return doc_wrong(&l->d, "a resource without mode, type or name");
    if (late != SIZE_MAX) {
        /* All of it is in the window, so that nothing moves. */
        size_t end = l->d.w.at;

        l->d.w.at = l->d.w.held + late;
        rc = load_instances(l);
        l->d.w.at = end;
        window_release(&l->d.w, SIZE_MAX);
    }
    /* Data sources, and resources that have no instance left, leave none. */
    return rc == 0 && r->instances > 0 ? keep_resource(l) : rc;
}

int
load_resources(struct loader *l)
{
    bool first = true;
    int rc;

    /* Of another version they have another shape. */
    if ((l->version != 0 && l->version != KIND_VERSION) ||
        doc_peek(&l->d) == 'n')
        return doc_skip(&l->d);
    rc = doc_take(&l->d, '[', "expected a list of resources");
    if (rc < 0)
        return rc;
    l->resource = 0;
    while ((rc = doc_item(&l->d, &first)) > 0) {
        rc = load_resource(l);
        if (rc < 0)
            return rc;
        l->resource++;
    }
    l->resource = NOWHERE;
    return rc;
}
