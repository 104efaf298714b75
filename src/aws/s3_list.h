#ifndef AWS_S3_LIST_H
#define AWS_S3_LIST_H

/* One page of a listing, as XML (AmazonS3/latest/API, API_ListObjectsV2.html);
 * pure but for the callback. */

#include "aws/s3.h"

#define S3_LIST_TOKEN_MAX_BYTES 2048

struct s3_page {
    size_t n;                            /* objects */
    bool truncated;                      /* there are more pages */
    char token[S3_LIST_TOKEN_MAX_BYTES]; /* what the next one is asked with */
    size_t token_n;
};

/*
 * Reads a page and calls each() for its objects; NULL: only checks that it
 * is whole and one.  Returns 0, a negative return of each(), ERR_SYNTAX,
 * ERR_MORE, ERR_FOREIGN, ERR_LIMIT.
 */
int s3_list_parse(struct slice xml, struct s3_page *page,
                  int (*each)(void *ctx, const struct s3_entry *entry,
                              struct err *e),
                  void *ctx, struct err *e);

#endif
