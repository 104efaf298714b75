#include "pack_text.h"
#include "text.h"

int
pack_remember(struct names *ns, struct arena *arena)
{
    struct pack_words *recent = arena_alloc(arena, sizeof(*recent));

    if (recent == NULL)
        return ERR_MEMORY;
    memset(recent, 0, sizeof(*recent));
    recent->names = ns;
    ns->recent = recent;
    return 0;
}

int
pack_whole(const struct names *ns, struct slice text, struct arena *scratch,
           struct arena *out, struct value *v)
{
    size_t mark = arena_mark(out), at;
    int rc;

    text = text_trim(text);
    if (ns->recent == NULL || text.n == 0 ||
        (text.p[0] != '{' && text.p[0] != '['))
        return pack_json(ns, text, scratch, out, NULL, v, NULL);
    rc = pack_text(ns->recent, text, scratch, out, NULL, v, &at);
    if (rc == 0 && at != text.n) {
        arena_reset(out, mark);
        return ERR_SYNTAX;
    }
    return rc == ERR_MORE ? ERR_SYNTAX : rc;
}
