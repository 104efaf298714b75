/*
 * Any bytes as a line of the plugin's socket: what to do with it is decided
 * without harm, an id that is acknowledged stays on its line, and every
 * field of it has values that are text.
 */
#include "base/text.h"
#include "falco/fields.h"
#include "falco/message.h"

/* More field ids than there are fields. */
#define FIELD_IDS 48

static char memory[MESSAGE_MEMORY_BYTES + 4096], values[1u << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

/* Nothing that could end a line of an alert. */
static void
must_be_text(const char *s)
{
    for (; *s != '\0'; s++)
        must((unsigned char)*s >= 0x20 && *s != 0x7f);
}

static void
look_at_fields(struct message *m, const char *argument)
{
    struct arena arena;

    for (uint32_t id = 0; id < FIELD_IDS; id++) {
        ss_plugin_extract_field f = {.field_id = id, .arg_key = argument};

        arena_init(&arena, values, sizeof(values));
        fields_extract(m, &arena, &f);
        /* Flags, numbers and addresses are known by their length alone. */
        must(f.res_len <= MESSAGE_MAX_BYTES);
    }
    arena_init(&arena, values, sizeof(values));
    must_be_text(fields_summary(m, &arena));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const arguments[] = {"", "*", "instance_type", "?*.0.*",
                                            "tags.Env"};
    struct slice line = slice_of((const char *)data, size);
    struct message m;
    struct arena arena;
    int rc;

    arena_init(&arena, memory, sizeof(memory));
    must(message_init(&m, &arena) == 0);
    rc = message_read(&m, line);
    must(rc != ERR_MEMORY); /* what it takes at most is there */
    must(rc == 0 || message_use(&m) == MESSAGE_SKIP);
    if (message_use(&m) != MESSAGE_SKIP) {
        struct slice id = message_id(&m);

        must(id.n > 0 && id.n <= MESSAGE_ID_MAX_BYTES);
        must(slice_chr(id, '\n') == id.n && slice_chr(id, '\0') == id.n);
    }
    look_at_fields(&m, arguments[size % 5]);
    return 0;
}
