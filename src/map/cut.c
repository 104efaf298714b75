#include "map/cut.h"

#include "base/err.h"
#include "base/text.h"

/* Spellings are compared with their quotes, in three words that overlap. */
#define KEY_MIN_BYTES 8  /* "Events" */
#define KEY_MAX_BYTES 20 /* "recipientAccountId" */

static const struct key {
    uint8_t n; /* with the quotes; 0: no key */
    char text[KEY_MAX_BYTES + 3];
} keys[CUT_END + 1] = {
#define FIELD(name, member) \
    [1 + EVENT_##name] = {sizeof(member) + 1, "\"" member "\""},
#include "map/event_fields.def"
#undef FIELD
#define CUT(name, member) [CUT_##name] = {sizeof(member) + 1, "\"" member "\""},
#include "map/cut_rows.def"
#undef CUT
};

/*
 * Where a spelling of n bytes stands in slots[]: its last byte but two and
 * its last byte tell all rows apart (two rows in one slot do not compile).
 */
#define SLOT(n, c, z) \
    (((n)*8u + (unsigned char)(c) + (unsigned char)(z)*2u) % 128u)

static const uint8_t slots[128] = {
    [SLOT(12, 'i', 'n')] = 1 + EVENT_VERSION,
    [SLOT(12, 'i', 'y')] = 1 + EVENT_IDENTITY,
    [SLOT(9, 'i', 'e')] = 1 + EVENT_TIME,
    [SLOT(11, 'r', 'e')] = 1 + EVENT_SOURCE,
    [SLOT(9, 'a', 'e')] = 1 + EVENT_NAME,
    [SLOT(9, 'i', 'n')] = 1 + EVENT_REGION,
    [SLOT(15, 'e', 's')] = 1 + EVENT_SOURCE_IP,
    [SLOT(9, 'e', 't')] = 1 + EVENT_USER_AGENT,
    [SLOT(9, 'o', 'e')] = 1 + EVENT_ERROR_CODE,
    [SLOT(17, 'e', 's')] = 1 + EVENT_PARAMETERS,
    [SLOT(16, 'n', 's')] = 1 + EVENT_RESPONSE,
    [SLOT(7, 't', 'D')] = 1 + EVENT_ID,
    [SLOT(8, 'n', 'y')] = 1 + EVENT_READ_ONLY,
    [SLOT(9, 'y', 'e')] = 1 + EVENT_TYPE,
    [SLOT(18, 't', 'd')] = 1 + EVENT_ACCOUNT,
    [SLOT(10, 'a', 'p')] = CUT_STAMP,
    [SLOT(7, 't', 'd')] = CUT_EVENT_ID,
    [SLOT(7, 'r', 's')] = CUT_RECORDS,
    [SLOT(6, 'n', 's')] = CUT_EVENTS,
    [SLOT(9, 'n', 's')] = CUT_LOG_EVENTS,
    [SLOT(15, 'e', 't')] = CUT_TRAIL,
    [SLOT(7, 'a', 'e')] = CUT_MESSAGE,
    [SLOT(6, 'a', 'l')] = CUT_DETAIL,
    [SLOT(11, 'y', 'e')] = CUT_DETAIL_TYPE,
};

/* Members that other tools renamed: the row, and what stands in for it. */
static const struct {
    enum event_field field;
    enum cut_row row;
} aliases[] = {
    {EVENT_TIME, CUT_STAMP},
    {EVENT_ID, CUT_EVENT_ID},
};

/* A cut under way; all of it is meant to live in registers. */
struct cutter {
    const char *p;
    struct sweep *s;
    struct sweep_at at;
    struct cut *c;
    size_t op;  /* the operator given last */
    size_t row; /* of the last member with a name that matters */
    size_t bad; /* offset of what is wrong */
};

static inline uint64_t
load8(const char *p)
{
    uint64_t x;

    memcpy(&x, p, 8);
    return x;
}

/* Whether n bytes, quotes included, spell the key of a row.  They are
 * compared as they are written: nobody escapes the letters of these. */
static inline __attribute__((always_inline)) bool
key_is(size_t row, const char *p, size_t n)
{
    const struct key *k = &keys[row];

    return n == k->n && ((load8(p) ^ load8(k->text)) |
                         (load8(p + n / 2 - 4) ^ load8(k->text + n / 2 - 4)) |
                         (load8(p + n - 8) ^ load8(k->text + n - 8))) == 0;
}

/* The row of n bytes, or CUT_NONE. */
static inline size_t
key_row(const char *p, size_t n)
{
    size_t row;

    if (n < KEY_MIN_BYTES || n > KEY_MAX_BYTES)
        return CUT_NONE;
    row = slots[SLOT(n - 2, p[n - 4], p[n - 2])];
    return key_is(row, p, n) ? row : CUT_NONE;
}

/* Offset of the first byte from `at` on that is not white space: there is
 * one, the operator that was found behind it. */
static inline size_t
gap_end(struct cutter *k, size_t at)
{
    while (k->p[at] <= ' ' && text_space(k->p[at])) {
        k->c->breaks |= k->p[at] == '\n';
        at++;
    }
    return at;
}

/* Offset behind the last byte before `to` that is not white space. */
static inline size_t
gap_start(const struct cutter *k, size_t to)
{
    while (k->p[to - 1] <= ' ' && text_space(k->p[to - 1]))
        to--;
    return to;
}

/* A string, true, false, null, or what begins like a number. */
static inline bool
scalar_ok(const char *p, size_t n)
{
    if (p[0] == '"')
        return n >= 2 && p[n - 1] == '"';
    if (n == 4 && (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0))
        return true;
    if (n == 5 && memcmp(p, "false", 5) == 0)
        return true;
    return p[0] == '-' || text_digit(p[0]);
}

/*
 * The steps below are always inlined: a call would move the cutter into
 * memory, and that costs more than all they do.
 */
#define STEP static inline __attribute__((always_inline))

STEP int
cut_bad(struct cutter *k, size_t at)
{
    k->bad = at;
    return ERR_SYNTAX;
}

STEP bool
cut_next(struct cutter *k)
{
    k->op = sweep_next(k->s, &k->at);
    return k->op != SWEEP_END;
}

/* The key from `at` to the operator k->op, as cut_key(): any one. */
STEP int
cut_any_key(struct cutter *k, size_t at, bool first, size_t *row)
{
    const char *p = k->p;
    size_t from = gap_end(k, at), to = k->op;

    if (p[to] != ':')
        return p[to] == '}' && from == to && first ? 0 : cut_bad(k, to);
    if (p[to - 1] != '"')
        to = gap_start(k, to);
    if (p[from] != '"' || to - from < 2 || p[to - 1] != '"')
        return cut_bad(k, from);
    *row = key_row(p + from, to - from);
    if (*row != CUT_NONE)
        k->row = *row;
    return 0;
}

/*
 * From `at` to the ':' behind a key, whose row is *row then.  An empty object
 * ends at once: then k->op is its '}'.  Rows stand in the order in which AWS
 * writes the members, so the one that follows the last is looked for first;
 * here and below text without white space is.
 */
STEP int
cut_key(struct cutter *k, size_t at, bool first, size_t *row)
{
    if (!cut_next(k))
        return ERR_MORE;
    if (!key_is(k->row + 1, k->p + at, k->op - at) || k->p[k->op] != ':')
        return cut_any_key(k, at, first, row);
    *row = ++k->row;
    return 0;
}

/* The rest of a value whose opening bracket was given, at `from`. */
STEP int
cut_nested(struct cutter *k, size_t from, struct slice *value)
{
    size_t close;

    if (k->p[from] != '{' && k->p[from] != '[')
        return cut_bad(k, from);
    close = sweep_close(k->s, &k->at);
    if (close == SWEEP_END)
        return ERR_MORE;
    if (k->p[close] != k->p[from] + 2)
        return cut_bad(k, close);
    if (!cut_next(k))
        return ERR_MORE;
    if (gap_end(k, close + 1) != k->op)
        return cut_bad(k, close + 1);
    *value = slice_of(k->p + from, close + 1 - from);
    return 0;
}

/* A value that is not a string, or has white space in front. */
STEP int
cut_other(struct cutter *k, bool lists, size_t row, size_t from,
          struct slice *value)
{
    size_t to;

    if (from == k->op) {
        if (lists && k->p[from] == '[' && row >= CUT_RECORDS &&
            row <= CUT_LOG_EVENTS) {
            k->c->list = (enum cut_row)row;
            return CUT_LIST;
        }
        return cut_nested(k, from, value);
    }
    to = gap_start(k, k->op);
    if (!scalar_ok(k->p + from, to - from))
        return cut_bad(k, from);
    *value = slice_of(k->p + from, to - from);
    return 0;
}

/* From the ':' to the ',' or '}' behind a value; CUT_LIST at a list of
 * records when `lists`. */
STEP int
cut_value(struct cutter *k, bool lists, size_t row, struct slice *value)
{
    size_t from = k->op + 1;

    if (!cut_next(k))
        return ERR_MORE;
    if (k->p[from] != '"' || k->p[k->op - 1] != '"' || k->op - from < 2)
        return cut_other(k, lists, row, gap_end(k, from), value);
    *value = slice_of(k->p + from, k->op - from);
    return 0;
}

int
cut_object(struct sweep *s, size_t open, bool lists, struct cut *c, size_t *end)
{
    struct cutter k = {.p = s->p, .s = s, .at = s->at, .c = c, .op = open};
    uint32_t seen = 0;
    bool first = true;
    int rc;

    /* Members one by one; the sweep stands behind the operator k.op. */
    c->breaks = false;
    do {
        struct slice value;
        size_t row;

        rc = cut_key(&k, k.op + 1, first, &row);
        if (rc != 0 || k.p[k.op] == '}')
            break;
        rc = cut_value(&k, lists, row, &value);
        if (rc != 0)
            break;
        /* Row 0 takes what has no name that matters: no branch is needed. */
        c->member[row] = value;
        seen |= (uint32_t)1 << row;
        first = false;
    } while (k.p[k.op] == ',');
    if (rc == CUT_OBJECT && k.p[k.op] != '}')
        rc = cut_bad(&k, k.op);
    /* The sweep goes on from here, for the object that follows. */
    s->at = k.at;
    c->seen = seen;
    *end = rc == ERR_SYNTAX ? k.bad : rc == ERR_MORE ? s->n : k.op + 1;
    return rc;
}

void
cut_event(const struct cut *c, struct slice raw, struct event *ev)
{
    uint32_t absent = ~c->seen & ((2u << EVENT_FIELD_COUNT) - 2);

    ev->raw = raw;
    memcpy(ev->field, c->member + 1, sizeof(ev->field));
    for (; absent != 0; absent &= absent - 1)
        ev->field[__builtin_ctz(absent) - 1] = slice_of(NULL, 0);
    for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
        if (ev->field[aliases[i].field].n == 0)
            ev->field[aliases[i].field] = cut_member(c, aliases[i].row);
}
