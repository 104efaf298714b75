#ifndef STATE_LOADER_H
#define STATE_LOADER_H

/*
 * What is known while a document is loaded.  load.c walks the document,
 * load_resource.c a resource, load_instance.c takes one instance in.
 * Private to them.
 */

#include "base/pack_text.h"
#include "state/doc.h"
#include "state/store.h"
#include "state/wants.h"

#define NOWHERE UINT64_MAX

/* The resource that is being read; its members may come in any order. */
struct loading {
    char module_text[STATE_ADDRESS_MAX_BYTES];
    char name_text[STATE_ADDRESS_MAX_BYTES];
    char type_text[NAME_MAX_BYTES];
    char mode_text[16];
    struct buf module, name, type, mode;
    struct want *want;  /* once the type is known */
    uint32_t instances; /* taken in */
};

struct loader {
    struct doc d;
    const struct maps *ms;
    struct arena *keep, *scratch;
    struct state *st;
    struct wants wants;
    struct pack_words words;
    struct loading res;
    /* Where it is, for messages; or NOWHERE. */
    uint64_t resource, instance;
    /* What the document says of itself. */
    uint32_t seen; /* kind.h */
    uint64_t version, serial;
    char lineage_text[128];
    struct buf lineage;
};

/* Reads the list of resources that is next.  Returns 0 or ERR_*. */
int load_resources(struct loader *l);

/*
 * Takes in the instance object that is next, of the resource at hand, whose
 * `want` is set.  Deposed ones are passed over.  Returns 0 or ERR_*.
 */
int load_instance(struct loader *l);

#endif
