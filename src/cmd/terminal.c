#include "cmd/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/slice.h"
#include "base/text.h"

#define TERMINAL_COLUMNS_MAX 10000

bool
terminal_is(int fd)
{
    return isatty(fd) == 1;
}

/* A whole number in the environment, or 0. */
static size_t
env_number(const char *name)
{
    const char *text = getenv(name);
    size_t n = 0;

    for (; text != NULL && text_digit(*text); text++)
        if (n < TERMINAL_COLUMNS_MAX)
            n = n * 10 + (size_t)(*text - '0');
    return text != NULL && *text == '\0' ? n : 0;
}

size_t
terminal_columns(int fd)
{
    struct winsize size = {0};
    size_t n = env_number("COLUMNS");

    /* The user's word first: a pager or a test may know better. */
    if (n == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
        n = size.ws_col;
    return n != 0 && n <= TERMINAL_COLUMNS_MAX ? n : TERMINAL_COLUMNS;
}

bool
terminal_colours(int fd)
{
    const char *off = getenv("NO_COLOR"), *term = getenv("TERM");

    /* An empty NO_COLOR says nothing: no-color.org. */
    return terminal_is(fd) && (off == NULL || *off == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}
