#ifndef TESTS_OUTPUT_READER_H
#define TESTS_OUTPUT_READER_H

/* A reader of the Falco socket, played step by step.  For cmocka programs. */

#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char name[64]; /* of the socket; "@...": abstract */
static int listener = -1;

/* The reader's connection, and what it has read. */
static int peer = -1;
static char got[1u << 18];
static size_t got_n;

static inline void
reader_listen(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    size_t n = strlen(name);

    memcpy(un.sun_path, name, n);
    if (name[0] == '@')
        un.sun_path[0] = '\0';
    else
        unlink(name);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&un,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                                      n + (name[0] == '@' ? 0 : 1))),
                     0);
    assert_int_equal(listen(listener, 8), 0);
}

static inline void
reader_say(const char *text)
{
    size_t n = strlen(text);

    if (n > 0)
        assert_int_equal(send(peer, text, n, MSG_NOSIGNAL), n);
}

static inline void
reader_accept(const char *greeting)
{
    struct pollfd p = {.fd = listener, .events = POLLIN};

    assert_int_equal(poll(&p, 1, 10000), 1);
    peer = accept(listener, NULL, NULL);
    assert_true(peer >= 0);
    got_n = 0;
    reader_say(greeting);
}

static inline void
reader_leave(void)
{
    close(peer);
    peer = -1;
}

/* Reads until so many lines have come since the last call; returns how many
 * there are, fewer only after 10 s or the end. */
static inline size_t
reader_lines(size_t want)
{
    struct pollfd p = {.fd = peer, .events = POLLIN};
    size_t lines = 0, looked = 0;

    got_n = 0;
    while (lines < want && poll(&p, 1, 10000) == 1) {
        /* Byte by byte: what follows is for a later call. */
        if (read(peer, got + got_n, 1) != 1)
            break;
        got_n++;
        for (; looked < got_n; looked++)
            lines += got[looked] == '\n';
    }
    got[got_n] = '\0';
    return lines;
}

static inline bool
reader_is_quiet(int ms)
{
    struct pollfd p = {.fd = peer, .events = POLLIN};

    return poll(&p, 1, ms) == 0;
}

#endif
