#include "config_form.h"

#include "base/text.h"

/* ASCII only: isalpha() and its like depend on a locale. */
static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Whether every byte is of a class; also true of nothing. */
static bool
all_are(struct slice s, bool (*is)(char))
{
    for (size_t i = 0; i < s.n; i++)
        if (!is(s.p[i]))
            return false;
    return true;
}

static bool
is_visible(char c)
{
    return c > ' ' && c < 0x7f;
}

/* The characters of a token (RFC 9110 section 5.6.2). */
static bool
is_token(char c)
{
    return is_visible(c) && strchr("(),/:;<=>?@[\\]{}\"", c) == NULL;
}

/* Globs and texts: what they mean is not known before they are used. */
bool
config_form_any(struct slice s)
{
    return s.n > 0;
}

/* A glob is looked for in one folder, so the folder must be a plain one. */
bool
config_form_path(struct slice s)
{
    size_t last = slice_rchr(s, '/');
    struct slice folder = slice_head(s, last < s.n ? last : 0);

    return s.n > 0 && slice_chr(folder, '*') == folder.n &&
           slice_chr(folder, '?') == folder.n;
}

/*
 * Only what could never be an address is refused here; the host may be a name
 * that no machine but the agent's can look up.  Blanks and controls would end
 * a request line early.
 */
bool
config_form_url(struct slice s)
{
    struct slice host;

    if (slice_starts(s, SLICE("https://")))
        host = slice_from(s, sizeof("https://") - 1);
    else if (slice_starts(s, SLICE("http://")))
        host = slice_from(s, sizeof("http://") - 1);
    else
        return false;
    return host.n > 0 && strchr("/:?#", host.p[0]) == NULL &&
           all_are(s, is_visible);
}

/* Five colons, then a resource, which may hold more of them. */
bool
config_form_arn(struct slice s)
{
    struct slice rest = s, part;
    int parts = 0;

    while (parts < 5 && text_cut(&rest, ':', &part))
        parts++;
    /* aws, aws-cn, aws-us-gov, aws-iso...: all partitions begin alike. */
    return slice_starts(s, SLICE("arn:aws")) && parts == 5 && rest.n > 0 &&
           all_are(s, is_visible);
}

bool
config_form_account(struct slice s)
{
    return s.n == 12 && all_are(s, text_digit);
}

/*
 * Words of letters and one number at the end: enough to find us-east1 and
 * US-EAST-1, without a list of regions that is old next year.
 */
bool
config_form_region(struct slice s)
{
    struct slice rest = s, part = {NULL, 0};
    int parts = 0;

    if (s.n > 32)
        return false;
    while (text_cut(&rest, '-', &part)) {
        parts++;
        if (part.n == 0 ||
            !all_are(part, rest.p != NULL ? is_lower : text_digit))
            return false;
    }
    return parts >= 3 && part.n <= 2;
}

/* The value may hold anything but control characters, which are refused in
 * all values. */
bool
config_form_header(struct slice s)
{
    size_t colon = slice_chr(s, ':');

    return colon > 0 && colon < s.n && all_are(slice_head(s, colon), is_token);
}
