#ifndef MAP_EVENT_H
#define MAP_EVENT_H

/*
 * One CloudTrail record as views into its bytes.  Decoding copies nothing
 * and trusts nothing: what is not a record is refused.  Record contents:
 * docs.aws.amazon.com/awscloudtrail/latest/userguide,
 * cloudtrail-event-reference-record-contents.html
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/names.h"
#include "base/pack.h"
#include "base/slice.h"
#include "base/value.h"

#define EVENT_MAX_BYTES (4u << 20) /* one record; AWS: 256 KB each */

/* Members of a record that are looked at, each a row of event_fields.def. */
enum event_field {
#define FIELD(name, member) EVENT_##name,
#include "map/event_fields.def"
#undef FIELD
    EVENT_FIELD_COUNT
};

struct event {
    struct slice raw;                      /* the whole record */
    struct slice field[EVENT_FIELD_COUNT]; /* JSON text of each member,
                                              strings with their quotes;
                                              n is 0 when absent */
};

/*
 * Decodes one record.  Returns 0; ERR_SYNTAX with *at = offset when it is
 * not a JSON object; ERR_FOREIGN when it is JSON but no CloudTrail record
 * (event_check() says why).  ev holds views into text.  Nested values are
 * not looked into: event_value() does that.  A member that stands twice
 * counts as it stands last.
 */
int event_decode(struct slice text, struct event *ev, size_t *at);

/*
 * Whether what was cut out of an object is a record: it has text eventSource
 * ending in .amazonaws.com or another of AWS's suffixes, text eventName, one
 * of eventTime, eventVersion, eventID, eventType and errorCode, and one of
 * userIdentity, eventVersion and awsRegion.  (Tools that store records drop
 * or rename members: eventTime may be missing.)  Returns 0, or ERR_FOREIGN
 * with the reason in e.
 */
int event_check(const struct event *ev, struct err *e);

/*
 * The text of a member: "" when absent or null; escapes are taken out into
 * `arena` (views otherwise); other JSON (numbers, true) as it is written.
 */
struct slice event_text(const struct event *ev, enum event_field f,
                        struct arena *arena);

/*
 * The text of a JSON string, quotes included, without its escapes: a view,
 * or in `arena` when it has any.  Empty for other JSON.  Returns 0,
 * ERR_SYNTAX at an escape that is none, or ERR_MEMORY; *text is then the
 * inside of the quotes as it is written.
 */
int event_string(struct slice json, struct arena *arena, struct slice *text);

/*
 * A member as a value (packed into `out`, with `scratch` for tokens).  A
 * string that holds a JSON document ("requestParameters":"{...}") is read
 * as that document.  Absent when absent, null, malformed or out of memory.
 */
struct value event_value(const struct event *ev, enum event_field f,
                         const struct names *ns, struct arena *scratch,
                         struct arena *out);

#endif
