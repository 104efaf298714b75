#include "aws/fault.h"

#include "aws/xml.h"
#include "base/buf.h"
#include "base/names.h"
#include "base/pack.h"
#include "base/text.h"
#include "base/value.h"

static const struct {
    struct slice code;
    enum fault_kind kind;
} codes[] = {
#define FAULT(code, kind) {SLICE_INIT(code), FAULT_##kind},
#include "aws/faults.def"
#undef FAULT
};

/* What each kind leads to. */
static const struct {
    int error;
    enum aws_outcome outcome;
    enum retry_kind retry;
} kinds[FAULT_KINDS] = {
    [FAULT_OTHER] = {ERR_REMOTE, AWS_REJECTED, RETRY_KINDS},
    [FAULT_THROTTLED] = {ERR_THROTTLED, AWS_THROTTLED, RETRY_THROTTLED},
    [FAULT_DENIED] = {ERR_DENIED, AWS_DENIED, RETRY_KINDS},
    [FAULT_UNKNOWN_KEY] = {ERR_DENIED, AWS_DENIED, RETRY_KINDS},
    [FAULT_EXPIRED] = {ERR_DENIED, AWS_EXPIRED, RETRY_KINDS},
    [FAULT_SKEWED] = {ERR_DENIED, AWS_DENIED, RETRY_KINDS},
    [FAULT_SERVER] = {ERR_REMOTE, AWS_SERVER, RETRY_FAILURE},
    [FAULT_STALE] = {ERR_STALE, AWS_REJECTED, RETRY_KINDS},
    [FAULT_MOVED] = {ERR_REMOTE, AWS_REJECTED, RETRY_KINDS},
    [FAULT_ABSENT] = {ERR_REMOTE, AWS_ABSENT, RETRY_KINDS},
};

/* Text from the other side for a sentence: control characters as blanks. */
static void
keep_text(char *to, size_t max, struct slice text)
{
    size_t n = text.n < max - 1 ? text.n : max - 1;

    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f ? ' '
                                                                    : text.p[i];
    /* Not in the middle of a character. */
    while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    to[n] = '\0';
}

/* "com.amazonaws.x#Name:http://..." is Name. */
static void
keep_code(struct fault *f, struct slice text)
{
    size_t hash = slice_rchr(slice_head(text, slice_chr(text, ':')), '#');

    text = slice_head(text, slice_chr(text, ':'));
    if (hash < text.n)
        text = slice_from(text, hash + 1);
    if (text.n > 0)
        keep_text(f->code, sizeof(f->code), text_trim(text));
}

/* The text of a member; lower or upper case at its start. */
static struct slice
member_text(const struct names *ns, struct value v, struct slice a,
            struct slice b)
{
    struct slice text = value_text(value_member(ns, v, a));

    return text.n > 0 ? text : value_text(value_member(ns, v, b));
}

static void
read_json(struct fault *f, struct slice body, struct arena *scratch)
{
    const struct names none = {0};
    struct arena half;
    struct slice text;
    struct value v;

    if (arena_split(&half, scratch, (scratch->size - scratch->used) / 2) != 0 ||
        pack_json(&none, body, scratch, &half, NULL, &v, NULL) != 0 ||
        value_kind(v) != VALUE_OBJECT)
        return;
    text = member_text(&none, v, SLICE("__type"), SLICE("code"));
    if (text.n > 0)
        keep_code(f, text);
    text = member_text(&none, v, SLICE("message"), SLICE("Message"));
    keep_text(f->message, sizeof(f->message), text);
}

/* <Error> of S3, <ErrorResponse><Error> of STS, <Response><Errors><Error> of
 * others: the leaves are called the same. */
static void
read_xml(struct fault *f, struct slice body)
{
    char text[FAULT_MESSAGE_MAX_BYTES];
    struct xml x;

    xml_init(&x, body);
    while (xml_next(&x) > 0) {
        struct buf b = buf_over(text, sizeof(text));

        if (!slice_eq(x.parent, SLICE("Error")) ||
            !xml_decode(&b, slice_head(x.raw, sizeof(text))))
            continue;
        if (slice_eq(x.name, SLICE("Code")))
            keep_code(f, buf_slice(&b));
        else if (slice_eq(x.name, SLICE("Message")))
            keep_text(f->message, sizeof(f->message), buf_slice(&b));
        else if (slice_eq(x.name, SLICE("Region")))
            keep_text(f->region, sizeof(f->region), buf_slice(&b));
    }
}

/* What the status alone says. */
static enum fault_kind
kind_of_status(int status)
{
    if (status == 429)
        return FAULT_THROTTLED;
    if (status == 401 || status == 403)
        return FAULT_DENIED;
    if (status == 301 || status == 307)
        return FAULT_MOVED;
    if (status == 404)
        return FAULT_ABSENT;
    return status >= 500 && status != 501 && status != 505 ? FAULT_SERVER
                                                           : FAULT_OTHER;
}

static enum fault_kind
kind_of_code(const struct fault *f)
{
    struct slice code = slice_str(f->code);

    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        if (slice_eq(code, codes[i].code))
            return codes[i].kind;
    /* With a code, 404 is about something else: no such bucket or table. */
    if (f->status == 404 && code.n > 0)
        return FAULT_OTHER;
    return kind_of_status(f->status);
}

void
fault_read(struct fault *f, int status, struct slice type, struct slice body,
           struct arena *scratch)
{
    size_t mark = arena_mark(scratch);
    struct slice s = text_trim(body);

    *f = (struct fault){.status = status};
    keep_code(f, type);
    if (s.n > 0 && s.p[0] == '{')
        read_json(f, s, scratch);
    else if (s.n > 0)
        read_xml(f, s);
    arena_reset(scratch, mark);
    f->kind = kind_of_code(f);
}

int
fault_error(const struct fault *f)
{
    return kinds[f->kind].error;
}

enum aws_outcome
fault_outcome(const struct fault *f)
{
    return kinds[f->kind].outcome;
}

enum retry_kind
fault_retry(const struct fault *f)
{
    return kinds[f->kind].retry;
}

int
fault_say(const struct fault *f, struct slice service, struct slice operation,
          struct slice region, struct slice action, struct err *e)
{
    char said[FAULT_CODE_MAX_BYTES + FAULT_MESSAGE_MAX_BYTES + 16];
    struct buf b = buf_over(said, sizeof(said));

    if (f->code[0] != '\0')
        buf_put(&b, slice_str(f->code));
    else
        buf_fmt(&b, "HTTP status %d", f->status);
    if (f->message[0] != '\0')
        buf_fmt(&b, ": %s", f->message);
    if (f->kind == FAULT_DENIED && action.n > 0)
        return err_set(e, fault_error(f),
                       "%.*s %.*s in %.*s: %.*s (missing permission: %.*s)",
                       SLICE_FMT(service), SLICE_FMT(operation),
                       SLICE_FMT(region), SLICE_FMT(buf_slice(&b)),
                       SLICE_FMT(action));
    return err_set(e, fault_error(f), "%.*s %.*s in %.*s: %.*s",
                   SLICE_FMT(service), SLICE_FMT(operation), SLICE_FMT(region),
                   SLICE_FMT(buf_slice(&b)));
}
