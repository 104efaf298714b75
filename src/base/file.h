#ifndef BASE_FILE_H
#define BASE_FILE_H

/*
 * Files and folders by their names, with system calls alone: no stdio, no
 * libc directory streams, nothing on a heap.  Names are slices; one that is
 * too long for the system or holds a NUL is an ordinary error.  Sentences in
 * e begin with the name.
 */

#include "arena.h"
#include "err.h"
#include "slice.h"

#define FILE_PATH_MAX_BYTES 4096 /* with its terminator, as Linux has it */
#define FILE_DEPTH_MAX 32        /* folders in folders */

enum file_kind {
    FILE_PLAIN, /* anything that can be read: pipes and devices too */
    FILE_FOLDER
};

/* What stands under a name, links followed; ERR_IO when nothing does. */
int file_kind(struct slice path, struct err *e);

/* Opens for reading.  Returns a descriptor, or ERR_IO. */
int file_open(struct slice path, struct err *e);

/* Closes a descriptor; a negative one may be passed. */
void file_close(int fd);

/*
 * The whole of a file of at most max bytes, in the arena.  Returns 0,
 * ERR_IO, ERR_LIMIT when it is longer, or ERR_MEMORY.
 */
int file_read(struct slice path, size_t max, struct arena *arena,
              struct slice *text, struct err *e);

/*
 * Calls visit for every file under a folder, also in folders under it, in
 * the order of their names' bytes; hidden names (".x") are left out, and so
 * are links to folders.  path is valid during the call only.  `arena` is
 * rewound before returning, and visit must leave it as it found it.  Stops
 * at the first negative return of visit and gives it back; otherwise
 * returns 0, or ERR_IO, ERR_LIMIT (folders nested too deeply, a path too
 * long), ERR_MEMORY.
 */
int file_walk(struct slice folder, struct arena *arena,
              int (*visit)(void *ctx, struct slice path, struct err *e),
              void *ctx, struct err *e);

#endif
