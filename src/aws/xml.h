#ifndef AWS_XML_H
#define AWS_XML_H

/*
 * The XML that S3 and STS answer with, read strictly: one root, elements
 * that are closed by their own names, no document type, no entities but the
 * five of XML 1.0 and numeric ones.  Attributes are checked and passed over.
 * Pure: views into the text, nothing allocated.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

#define XML_DEPTH_MAX 16

struct xml {
    struct slice left;                /* not read yet */
    struct slice open[XML_DEPTH_MAX]; /* elements that are open */
    size_t depth;                     /* how many */
    bool begun;                       /* the root has been opened */
    /* The element that xml_next() came to the end of: */
    struct slice name;
    struct slice parent; /* the element around it; empty: it is the root */
    struct slice raw;    /* its text as it is written; empty when it holds
                          * elements */
    const char *text;    /* where the innermost open element's text began;
                          * NULL: it holds elements */
};

void xml_init(struct xml *x, struct slice text);

/*
 * Goes on to the next end of an element.  Returns 1; 0 behind the root, with
 * nothing but white space and comments after it; ERR_SYNTAX, ERR_MORE when
 * the text ends before its root does, ERR_LIMIT when nested too deeply.
 */
int xml_next(struct xml *x);

/*
 * Appends raw text with its entities and CDATA sections decoded.  False at
 * an entity that there is not.
 */
bool xml_decode(struct buf *b, struct slice raw);

#endif
