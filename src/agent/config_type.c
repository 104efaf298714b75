#include "config_type.h"

#include <arpa/inet.h>

#include "base/list.h"
#include "base/text.h"
#include "config_form.h"

/* A unit and how many of the smallest it is; largest first, 0 ends. */
struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit size_units[] = {
    {"G", 1u << 30}, {"M", 1u << 20}, {"K", 1u << 10}, {"", 1}, {"", 0}};

static const struct unit time_units[] = {
    {"h", 3600 * 1000}, {"m", 60 * 1000}, {"s", 1000}, {"ms", 1}, {"", 0}};

static const struct unit no_units[] = {{"", 1}, {"", 0}};

typedef int read_fn(const struct config_option *o, struct slice text,
                    void *field, struct arena *a);

static read_fn read_number, read_choice, read_switch, read_text, read_list,
    read_address, read_header;

/*
 * A type: how it is read; the units of a number, or the form of a text or of
 * each part of a list; and what is allowed, where % stands for the range and
 * NULL for the row's words.
 */
static const struct {
    read_fn *read;
    const struct unit *units;
    bool (*form)(struct slice s);
    const char *allowed;
} types[CONFIG_TYPES] = {
    [CONFIG_TYPE_TEXT] = {read_text, no_units, config_form_any,
                          "a text of % bytes"},
    [CONFIG_TYPE_SWITCH] = {read_switch, no_units, NULL,
                            "on, off, true, false, yes, no"},
    [CONFIG_TYPE_NUMBER] = {read_number, no_units, NULL, "a number from %"},
    [CONFIG_TYPE_SIZE] = {read_number, size_units, NULL,
                          "a size from % (bytes, K, M or G)"},
    [CONFIG_TYPE_TIME] = {read_number, time_units, NULL,
                          "a time from % (ms, s, m or h)"},
    [CONFIG_TYPE_CHOICE] = {read_choice, no_units, NULL, NULL},
    [CONFIG_TYPE_GLOBS] = {read_list, no_units, config_form_any,
                           "% globs (* and ?) with commas between"},
    [CONFIG_TYPE_PATHS] = {read_list, no_units, config_form_path,
                           "% paths with commas between, * and ? only after "
                           "the last /"},
    [CONFIG_TYPE_REGIONS] = {read_list, no_units, config_form_region,
                             "% regions such as us-east-1 with commas "
                             "between"},
    [CONFIG_TYPE_REGION] = {read_text, no_units, config_form_region,
                            "a region such as us-east-1"},
    [CONFIG_TYPE_ADDRESS] = {read_address, no_units, NULL,
                             "IPV4:PORT or [IPV6]:PORT, or empty"},
    [CONFIG_TYPE_URL] = {read_text, no_units, config_form_url,
                         "http://HOST or https://HOST with port and path, "
                         "% bytes"},
    [CONFIG_TYPE_ARN] = {read_text, no_units, config_form_arn,
                         "an ARN such as arn:aws:iam::123456789012:role/NAME, "
                         "% bytes"},
    [CONFIG_TYPE_ACCOUNT] = {read_text, no_units, config_form_account,
                             "the 12 digits of an account, or empty"},
    [CONFIG_TYPE_HEADER] = {read_header, no_units, config_form_header,
                            "NAME: VALUE, % times"},
};

/* The table's function for the type; everything else is in the rows. */
int
config_type_read(const struct config_option *o, struct slice text, void *field,
                 struct arena *a)
{
    return types[o->type].read(o, text, field, a);
}

/* Reading a header adds to the list, so it may be read again. */
bool
config_type_repeats(const struct config_option *o)
{
    return types[o->type].read == read_header;
}

bool
config_type_empty(const struct config_option *o, const void *field)
{
    struct slice text;
    struct list list;

    /* The member's C type follows from the type (config_option.c). */
    if (types[o->type].read == read_text) {
        memcpy(&text, field, sizeof(text));
        return text.n == 0;
    }
    if (types[o->type].form != NULL) {
        memcpy(&list, field, sizeof(list));
        return list.n == 0;
    }
    return false;
}

/* The number in the largest unit that shows it exactly; 0 needs none. */
static void
put_number(struct buf *out, int64_t v, const struct unit *u)
{
    while (u[1].factor != 0 && (uint64_t)v % u->factor != 0)
        u++;
    buf_u64(out, (uint64_t)v / u->factor);
    if (v != 0)
        buf_put(out, slice_str(u->name));
}

void
config_type_allowed(const struct config_option *o, struct buf *out)
{
    const struct unit *u = types[o->type].units;
    const char *s = types[o->type].allowed;
    /* Only a choice has no sentence: its words are the sentence. */
    bool words = s == NULL;

    for (s = words ? o->words : s; *s != '\0'; s++) {
        if (words && *s == ' ') {
            buf_put(out, SLICE(", "));
        } else if (*s == '%') {
            put_number(out, o->least, u);
            buf_put(out, SLICE(" to "));
            put_number(out, o->most, u);
        } else {
            buf_byte(out, (unsigned char)*s);
        }
    }
}

/* Digits at the start of *s, moved past them; false without any, or when
 * the number does not fit. */
static bool
read_digits(struct slice *s, uint64_t *v)
{
    size_t n = 0;

    *v = 0;
    while (n < s->n && text_digit(s->p[n]))
        if (__builtin_mul_overflow(*v, 10u, v) ||
            __builtin_add_overflow(*v, (uint64_t)(s->p[n++] - '0'), v))
            return false;
    *s = slice_from(*s, n);
    return n > 0;
}

/* A number with one of the type's units right behind it, without case. */
static int
read_number(const struct config_option *o, struct slice text, void *field,
            struct arena *a)
{
    const struct unit *u = types[o->type].units;
    uint64_t v;

    (void)a;
    if (!read_digits(&text, &v))
        return ERR_CONFIG;
    /* Nothing is nothing in any unit. */
    if (v != 0 || text.n != 0) {
        while (u->factor != 0 && !text_eq_fold(text, slice_str(u->name)))
            u++;
        if (u->factor == 0 || __builtin_mul_overflow(v, u->factor, &v))
            return ERR_CONFIG;
    }
    if (v < (uint64_t)o->least || v > (uint64_t)o->most)
        return ERR_CONFIG;
    memcpy(field, &v, sizeof(v));
    return 0;
}

/* The place of a word among words with blanks between, or -1. */
static int
word_place(const char *words, struct slice word)
{
    struct slice rest = slice_str(words), one;

    for (int i = 0; text_cut(&rest, ' ', &one); i++)
        if (text_eq_fold(one, word))
            return i;
    return -1;
}

/* One of the row's words, as its place among them: the enum's value. */
static int
read_choice(const struct config_option *o, struct slice text, void *field,
            struct arena *a)
{
    int v = word_place(o->words, text);

    (void)a;
    if (v < 0)
        return ERR_CONFIG;
    memcpy(field, &v, sizeof(v));
    return 0;
}

/* Every other word means yes. */
static int
read_switch(const struct config_option *o, struct slice text, void *field,
            struct arena *a)
{
    int place = word_place("on off true false yes no", text);
    bool v = place % 2 == 0;

    (void)o;
    (void)a;
    if (place < 0)
        return ERR_CONFIG;
    memcpy(field, &v, sizeof(v));
    return 0;
}

/* A text as it is.  Empty means "not set", where the range allows it, and
 * then need not have the form. */
static int
read_text(const struct config_option *o, struct slice text, void *field,
          struct arena *a)
{
    (void)a;
    if (o->most > 0 && text.n > (uint64_t)o->most)
        return ERR_LIMIT;
    if (text.n > 0 ? !types[o->type].form(text) : o->least > 0)
        return ERR_CONFIG;
    memcpy(field, &text, sizeof(text));
    return 0;
}

/* A copy with a zero byte behind it; p is NULL when the arena is full. */
static struct slice
copy_text(struct slice s, struct arena *a)
{
    char *p = arena_bytes(a, s.n + 1);

    if (p == NULL)
        return slice_of(NULL, 0);
    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return slice_of(p, s.n);
}

/*
 * Parts with commas between and blanks around.  An empty part is refused: it
 * is a slip, and as a glob it would match what has no value.
 */
static int
read_list(const struct config_option *o, struct slice text, void *field,
          struct arena *a)
{
    struct slice rest = text, part;
    struct slice *parts;
    size_t n = 0, commas = 0;

    for (size_t i = 0; i < text.n; i++)
        commas += text.p[i] == ',';
    if (commas >= (uint64_t)o->most)
        return ERR_LIMIT;
    if (text.n == 0 && o->least > 0)
        return ERR_CONFIG;
    parts = arena_alloc(a, (commas + 1) * sizeof(*parts));
    if (parts == NULL)
        return ERR_MEMORY;
    while (text.n > 0 && text_cut(&rest, ',', &part)) {
        part = text_trim(part);
        if (part.n == 0 || !types[o->type].form(part))
            return ERR_CONFIG;
        parts[n] = copy_text(part, a);
        if (parts[n++].p == NULL)
            return ERR_MEMORY;
    }
    memcpy(field, &(struct list){parts, n}, sizeof(struct list));
    return 0;
}

/* Adds one more to the list that is there.  The old array stays behind in
 * the arena; there are a few at most. */
static int
read_header(const struct config_option *o, struct slice text, void *field,
            struct arena *a)
{
    struct slice *parts;
    struct list l;

    memcpy(&l, field, sizeof(l));
    if (l.n >= (uint64_t)o->most)
        return ERR_LIMIT;
    if (text.n == 0 || !config_form_header(text))
        return ERR_CONFIG;
    parts = arena_alloc(a, (l.n + 1) * sizeof(*parts));
    if (parts == NULL)
        return ERR_MEMORY;
    if (l.n > 0)
        memcpy(parts, l.p, l.n * sizeof(*parts));
    parts[l.n] = text;
    memcpy(field, &(struct list){parts, l.n + 1}, sizeof(struct list));
    return 0;
}

/* Whether s is an address of a family, without names to look up. */
static bool
host_is(int family, struct slice s)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr any;

    if (s.n >= sizeof(text))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    return inet_pton(family, text, &any) == 1;
}

/* An address and port to listen at.  Names are refused: looking them up is
 * not for a reader of files. */
static int
read_address(const struct config_option *o, struct slice text, void *field,
             struct arena *a)
{
    struct config_address at = {{NULL, 0}, 0};
    size_t colon = slice_rchr(text, ':');
    struct slice port = slice_from(text, colon + 1);
    int family = AF_INET;
    uint64_t v;

    (void)o;
    at.host = slice_head(text, colon);
    if (slice_starts(at.host, SLICE("[")) && slice_ends(at.host, SLICE("]"))) {
        family = AF_INET6;
        at.host = slice_of(at.host.p + 1, at.host.n - 2);
    }
    if (text.n > 0 && (!host_is(family, at.host) || !read_digits(&port, &v) ||
                       port.n > 0 || v < 1 || v > UINT16_MAX))
        return ERR_CONFIG;
    if (text.n > 0) {
        at.port = (uint16_t)v;
        at.host = copy_text(at.host, a);
    }
    memcpy(field, &at, sizeof(at));
    return text.n > 0 && at.host.p == NULL ? ERR_MEMORY : 0;
}
