#include "state/loader.h"

#include <stdio.h>

#include "base/text.h"
#include "state/index.h"
#include "state/kind.h"

/* The largest instance, and what its resource has around it.  Resources whose
 * type comes late must fit in whole. */
#define WINDOW_MAX_BYTES (STATE_INSTANCE_MAX_BYTES + (64u << 10))
#define TOO_LONG "more than 8 MiB in one piece"

/*
 * A whole number; 0 for any other value, which is passed over.  That is no
 * error yet: kind.c knows better what a document with a version "1.0" is.
 */
static int
load_number(struct loader *l, uint64_t *n)
{
    size_t before = window_hold(&l->d.w);
    struct span span;
    int rc = doc_value(&l->d, &span);

    *n = 0;
    if (rc == 0) {
        struct slice s = doc_slice(&l->d, span);

        if (s.n > 20)
            s.n = 0;
        for (size_t i = 0; i < s.n; i++) {
            if (!text_digit(s.p[i])) {
                *n = 0;
                break;
            }
            *n = *n * 10 + (uint64_t)(s.p[i] - '0');
        }
    }
    window_release(&l->d.w, before);
    return rc;
}

/*
 * The members of the document, whose brace is taken.  They may come in any
 * order, so that what the document is can only be judged at its end; until
 * then resources are read as version 4 has them.
 */
static int
load_document(struct loader *l)
{
    bool first = true;
    struct slice key;
    int rc;

    while ((rc = doc_member(&l->d, &first, &key)) > 0) {
        enum kind_member m = kind_member(key);

        if (m != KIND_MEMBER_COUNT)
            l->seen |= 1u << m;
        if (m == KIND_MEMBER_VERSION) {
            rc = load_number(l, &l->version);
        } else if (m == KIND_MEMBER_SERIAL) {
            rc = load_number(l, &l->serial);
        } else if (m == KIND_MEMBER_LINEAGE && doc_peek(&l->d) == '"') {
            l->lineage.n = 0;
            rc = doc_text(&l->d, &l->lineage);
        } else if (m == KIND_MEMBER_RESOURCES) {
            rc = load_resources(l);
        } else {
            rc = doc_skip(&l->d);
        }
        if (rc < 0)
            return rc;
    }
    return rc;
}

/*
 * What stands before the first brace: not much, in a state.  What has no
 * brace is read to its end all the same, to tell other JSON from no JSON.
 */
static int
load_head(struct loader *l, struct slice file, struct err *e)
{
    struct window *w = &l->d.w;
    char head[4];
    size_t n;
    int rc = 1;

    while (rc > 0 && w->to < sizeof(head))
        rc = window_fill(w);
    if (rc < 0)
        return rc;
    if (slice_starts(slice_of(w->p, w->to), SLICE("\xef\xbb\xbf")))
        w->at = 3; /* a mark that some editors leave */
    rc = doc_ended(&l->d);
    if (rc != 0)
        return rc < 0 ? rc : kind_refuse(slice_of("", 0), false, file, e);
    if (w->p[w->at] == '{') {
        w->at++;
        return 0;
    }
    for (rc = 1; rc > 0 && w->to - w->at < sizeof(head);)
        rc = window_fill(w);
    n = w->to - w->at < sizeof(head) ? w->to - w->at : sizeof(head);
    memcpy(head, w->p + w->at, n);
    rc = doc_skip(&l->d);
    if (rc < 0 && rc != ERR_SYNTAX && rc != ERR_MORE)
        return rc;
    return kind_refuse(slice_of(head, n), rc == 0 && doc_ended(&l->d) == 1,
                       file, e);
}

/* The whole document, from its first byte to its last. */
static int
load_all(struct loader *l, struct slice file, struct err *e)
{
    int rc = load_head(l, file, e);

    if (rc == 0)
        rc = load_document(l);
    if (rc == 0)
        rc = kind_judge(l->seen, l->version, file, e);
    if (rc == 0 && (rc = doc_ended(&l->d)) == 0)
        return doc_wrong(&l->d, "something follows the state");
    if (rc < 0)
        return rc;
    l->st->size =
        (size_t)(l->keep->base + l->keep->used - (const char *)l->st->records);
    l->st->serial = l->serial;
    l->st->lineage = arena_copy(l->keep, buf_slice(&l->lineage));
    if (l->st->lineage.p == NULL)
        return ERR_MEMORY;
    return index_build(l->st, &l->wants, l->keep);
}

/* Says what went wrong and where, unless the stream or kind.c did. */
static int
load_failed(const struct loader *l, int rc, struct slice file, struct err *e)
{
    const struct doc *d = &l->d;
    char inside[80] = "";

    if (e->code == rc)
        return rc;
    if (l->instance != NOWHERE)
        snprintf(inside, sizeof(inside), ", in resources[%llu].instances[%llu]",
                 (unsigned long long)l->resource,
                 (unsigned long long)l->instance);
    else if (l->resource != NOWHERE)
        snprintf(inside, sizeof(inside), ", in resources[%llu]",
                 (unsigned long long)l->resource);
    if (rc == ERR_MORE)
        return err_set(e, rc, "%.*s: torn: it ends at offset %llu%s",
                       SLICE_FMT(file), (unsigned long long)d->bad, inside);
    if (rc == ERR_SYNTAX)
        return err_set(e, rc, "%.*s: malformed at offset %llu%s: %s",
                       SLICE_FMT(file), (unsigned long long)d->bad, inside,
                       d->what);
    if (rc == ERR_LIMIT)
        return err_set(e, rc, "%.*s: offset %llu%s: %s", SLICE_FMT(file),
                       (unsigned long long)doc_offset(d), inside,
                       d->what != NULL ? d->what : TOO_LONG);
    return err_set(e, rc, "%.*s: %s (at offset %llu%s)", SLICE_FMT(file),
                   err_text(rc), (unsigned long long)doc_offset(d), inside);
}

int
state_load(struct state **st, const struct maps *ms, struct stream *in,
           struct slice name, struct slice file, struct arena *keep,
           struct arena *scratch, struct err *e)
{
    size_t kept = arena_mark(keep), used = arena_mark(scratch);
    struct loader *l = arena_alloc(scratch, sizeof(*l));
    struct err ignored;
    int rc = ERR_MEMORY;

    e = e != NULL ? e : &ignored;
    e->code = 0;
    if (l == NULL)
        return err_set(e, rc, "%.*s: %s", SLICE_FMT(file), err_text(rc));
    memset(l, 0, sizeof(*l));
    l->words.names = &ms->names;
    l->ms = ms;
    l->keep = keep;
    l->scratch = scratch;
    l->resource = l->instance = NOWHERE;
    l->lineage = buf_over(l->lineage_text, sizeof(l->lineage_text));
    wants_init(&l->wants, ms, scratch);
    l->st = arena_alloc(keep, sizeof(*l->st));
    if (l->st != NULL) {
        *l->st = (struct state){.name = arena_copy(keep, name)};
        l->st->records = (const uint8_t *)keep->base + keep->used;
        if (l->st->name.p != NULL)
            rc = window_open(&l->d.w, in, WINDOW_MAX_BYTES, scratch, e);
    }
    if (rc == 0)
        rc = load_all(l, file, e);
    if (rc < 0) {
        rc = load_failed(l, rc, file, e);
        arena_reset(keep, kept);
    }
    *st = rc == 0 ? l->st : NULL;
    arena_reset(scratch, used);
    return rc;
}
