#include "falco/message.h"

#include "base/pack_text.h"
#include "base/text.h"

/* A list of digits grows most when packed: "1," takes three bytes. */
int
message_init(struct message *m, struct arena *arena)
{
    *m = (struct message){.root = VALUE_NOTHING};
    if (pack_remember(&m->names, arena) < 0 ||
        arena_split(&m->scratch, arena, MESSAGE_MAX_BYTES + 1024) < 0)
        return ERR_MEMORY;
    return arena_split(&m->packed, arena, 4 * MESSAGE_MAX_BYTES);
}

int
message_read(struct message *m, struct slice line)
{
    struct value v;
    int rc;

    m->root = VALUE_NOTHING;
    arena_reset(&m->packed, 0);
    line = text_trim(line);
    if (line.n > MESSAGE_MAX_BYTES)
        return ERR_LIMIT;
    if (line.n == 0 || line.p[0] != '{')
        return ERR_SYNTAX;
    rc = pack_whole(&m->names, line, &m->scratch, &m->packed, &v);
    if (rc == 0)
        m->root = v;
    return rc;
}

struct slice
message_id(const struct message *m)
{
    struct value v = message_get(m, SLICE("id"));
    struct slice id = value_text(v);

    if (!value_is(v, VALUE_STRING) || id.n > MESSAGE_ID_MAX_BYTES)
        return slice_of("", 0);
    for (size_t i = 0; i < id.n; i++)
        if ((unsigned char)id.p[i] < 0x20 || id.p[i] == 0x7f)
            return slice_of("", 0);
    return id;
}

/* Kinds that a later agent may have are delivered: rules decide. */
enum message_use
message_use(const struct message *m)
{
    struct value changes = message_get(m, SLICE("changes"));

    if (message_id(m).n == 0)
        return MESSAGE_SKIP;
    if (!value_is(message_get(m, SLICE("kind")), VALUE_STRING) ||
        !(value_is(changes, VALUE_OBJECT) || value_empty(changes)))
        return MESSAGE_CONFIRM;
    return MESSAGE_DELIVER;
}
