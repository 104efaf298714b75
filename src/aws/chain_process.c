/* Credentials that a command prints. */
#include "aws/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define ARGUMENTS_MAX 64
#define OUTPUT_MAX_BYTES 32768
#define PROCESS_TIMEOUT_MS 30000

/*
 * Cuts the line into arguments, each terminated, in the scratch: at blanks;
 * double and single quotes hold together; a backslash outside of single
 * quotes takes the next byte as it is, as the tools of AWS do.
 */
static int
cut_line(struct aws_client *c, struct slice line,
         char *argument[ARGUMENTS_MAX + 1], struct err *e)
{
    struct buf b = arena_open(&c->scratch);
    size_t n = 0;

    for (size_t i = 0; i < line.n;) {
        char quote = 0;

        for (; i < line.n && text_space(line.p[i]); i++)
            ;
        if (i == line.n)
            break;
        if (n == ARGUMENTS_MAX)
            return err_set(e, ERR_LIMIT,
                           "credential_process has more than "
                           "%d arguments",
                           ARGUMENTS_MAX);
        argument[n++] = b.p + b.n;
        for (; i < line.n && (quote != 0 || !text_space(line.p[i])); i++) {
            char at = line.p[i];

            if (at == quote)
                quote = 0;
            else if (quote == 0 && (at == '"' || at == '\''))
                quote = at;
            else if (at == '\\' && quote != '\'' && i + 1 < line.n)
                buf_byte(&b, (unsigned char)line.p[++i]);
            else
                buf_byte(&b, (unsigned char)at);
        }
        buf_byte(&b, '\0');
        if (quote != 0)
            return err_set(e, ERR_CONFIG,
                           "credential_process has a quote without an end");
    }
    argument[n] = NULL;
    if (arena_keep(&c->scratch, &b).p == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    return 0;
}

/* In the child: nothing but what POSIX lets be done after fork(). */
static _Noreturn void
become(char *const argument[], int out)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    setpgid(0, 0); /* so that what it starts can be ended with it */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execvp(argument[0], argument);
    _exit(127);
}

/* Starts it; *fd is what it prints into. */
static int
start(char *const argument[], pid_t *pid, int *fd, struct err *e)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set(e, ERR_IO, "credential_process: no pipe: %s",
                       strerror(errno));
    *pid = fork();
    if (*pid == 0)
        become(argument, ends[1]);
    close(ends[1]);
    *fd = ends[0];
    if (*pid > 0)
        return 0;
    close(ends[0]);
    /* A sandbox that is on already allows no new processes. */
    return err_set(e, ERR_DENIED,
                   "credential_process cannot be started: %s (with the "
                   "sandbox on, use sandbox = off or other credentials)",
                   strerror(errno));
}

/* Reads all it prints, in the scratch. */
static int
read_all(struct aws_client *c, int fd, int64_t deadline_ms, struct slice *text,
         struct err *e)
{
    char *p = arena_bytes(&c->scratch, OUTPUT_MAX_BYTES);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    size_t n = 0;

    if (p == NULL)
        return err_set(e, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    while (n < OUTPUT_MAX_BYTES) {
        int ready = poll(&wait, 1, clock_left_ms(deadline_ms));
        ssize_t got;

        if (ready == 0)
            return err_set(e, ERR_TIMEOUT,
                           "credential_process did not end in time");
        if (ready < 0 && errno == EINTR)
            continue;
        got = read(fd, p + n, OUTPUT_MAX_BYTES - n);
        if (got == 0) {
            *text = slice_of(p, n);
            return 0;
        }
        if (got < 0 && errno != EINTR)
            return err_set(e, ERR_IO, "credential_process: %s",
                           strerror(errno));
        n += got > 0 ? (size_t)got : 0;
    }
    return err_set(e, ERR_LIMIT,
                   "credential_process printed more than %d "
                   "bytes",
                   OUTPUT_MAX_BYTES);
}

/* Its status as soon as it has ended; killed when the time is over. */
static pid_t
reap(pid_t pid, int64_t deadline_ms, int *status)
{
    const struct timespec nap = {0, 10 * 1000 * 1000};

    for (;;) {
        pid_t ended = waitpid(pid, status, WNOHANG);

        if (ended != 0 && !(ended < 0 && errno == EINTR))
            return ended;
        if (clock_left_ms(deadline_ms) == 0 && kill(-pid, SIGKILL) != 0)
            kill(pid, SIGKILL); /* it has no group of its own yet */
        nanosleep(&nap, NULL);
    }
}

/*
 * Waits for its end.  Whoever reaps all children (we may be PID 1) can have
 * been faster: then what it printed decides.
 */
static int
finish(pid_t pid, int64_t deadline_ms, int rc, struct err *e)
{
    int status = 0;
    pid_t ended = reap(pid, rc == 0 ? deadline_ms : 0, &status);

    if (rc != 0 || ended < 0 || (WIFEXITED(status) && !WEXITSTATUS(status)))
        return rc;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return err_set(e, ERR_CONFIG,
                       "credential_process cannot be run: there is no such "
                       "command, or the sandbox forbids it");
    return err_set(e, ERR_REMOTE, "credential_process failed, status %d",
                   WIFEXITED(status) ? WEXITSTATUS(status)
                                     : 128 + WTERMSIG(status));
}

int
chain_process(struct aws_client *c, struct slice command, int64_t deadline_ms,
              struct creds *out, struct err *e)
{
    int64_t most = clock_steady_ms() + PROCESS_TIMEOUT_MS;
    int64_t until = deadline_ms < most ? deadline_ms : most;
    char *argument[ARGUMENTS_MAX + 1];
    struct slice text = {"", 0};
    pid_t pid = -1;
    int fd = -1, rc = cut_line(c, command, argument, e);

    if (rc == 0 && argument[0] == NULL)
        rc = err_set(e, ERR_CONFIG, "credential_process is empty");
    if (rc == 0)
        rc = start(argument, &pid, &fd, e);
    if (rc != 0)
        return rc;
    rc = read_all(c, fd, until, &text, e);
    close(fd);
    rc = finish(pid, until, rc, e);
    return rc != 0 ? rc
                   : chain_json(c, text, SLICE("credential_process"),
                                SLICE("SessionToken"), out, e);
}
