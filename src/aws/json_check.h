#ifndef AWS_JSON_CHECK_H
#define AWS_JSON_CHECK_H

#include "base/slice.h"

#define JSON_CHECK_DEPTH_MAX 64 /* as base/pack.h */

/*
 * Whether text is one JSON value (RFC 8259) with nothing behind it; that it
 * is UTF-8 is not looked at.  For an answer that is handed on in pieces:
 * whoever gets them need not wonder whether there were more.  Needs no
 * memory.  Returns 0; ERR_MORE when the text ends too early; ERR_SYNTAX;
 * ERR_LIMIT when nested too deeply.
 */
int json_check(struct slice text);

#endif
