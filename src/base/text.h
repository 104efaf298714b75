#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* Small questions about text.  Nothing here allocates or keeps state. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

static inline char
text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline bool
text_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
text_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Equal but for the case of ASCII letters. */
bool text_eq_fold(struct slice a, struct slice b);

/* Offset of the first `needle` in s, or s.n. */
size_t text_find(struct slice s, struct slice needle);

/* s without white space at both ends. */
struct slice text_trim(struct slice s);

/*
 * Cuts the next piece off *rest at c; false when nothing is left.  "a,b"
 * gives a and b, "a," gives a and "", "" gives one empty piece.  Start with
 * rest->p not NULL; it is NULL once the last piece is out.
 */
bool text_cut(struct slice *rest, char c, struct slice *piece);

/* Glob over the whole of s: '*' any run, '?' one byte; case counts. */
bool text_glob(struct slice pattern, struct slice s);

/* Length of the longest valid UTF-8 character sequence at the start of s
 * that holds no control character, quote, backslash or line end; 0 when
 * none. */
size_t text_utf8(struct slice s);

/* Whether s begins with U+2028 or U+2029, which end lines for some. */
bool text_line_end(struct slice s);

/* Code point as UTF-8; surrogates and what is out of range as U+FFFD. */
void text_put_utf8(struct buf *b, uint32_t cp);

/*
 * Writes the text of a JSON string's inside (no quotes) without its escapes.
 * Returns false at an escape that RFC 8259 section 7 does not know.
 */
bool text_unescape(struct buf *b, struct slice s);

/* The same up to what must not stand in a string, a quote or a control
 * character too; returns how far that is, s.n when all was well. */
size_t text_unescape_some(struct buf *b, struct slice s);

/* %XX decoded; '+' stays.  What is not an escape is copied. */
void text_unquote(struct buf *b, struct slice s);

/* FNV-1a, 64 bits, folded with a final mix; for tables in memory only. */
uint64_t text_hash(struct slice s);

#endif
