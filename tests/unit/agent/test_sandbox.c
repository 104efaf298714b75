/*
 * The sandbox, entered by a child for each test since it cannot be left: what
 * the kernel still lets it do.  That threads start in it is left to the tests
 * of the whole agent: glibc, which unit tests are built with, makes them by
 * other calls than musl.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/sandbox.h"

static char inside[64], outside[64]; /* folders */
static int landlock;

/* Ends a child by the call alone: what a sanitizer does on the way out is
 * forbidden by then. */
static void
leave(int status)
{
    syscall(SYS_exit_group, status);
}

/* Things to try; each returns 0 or an errno. */

static int
answer(long rc)
{
    return rc < 0 ? errno : 0;
}

static int
try_open(const char *folder, const char *name, int flags)
{
    char path[128];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    fd = open(path, flags, 0600);
    if (fd >= 0)
        close(fd);
    return answer(fd);
}

static int
read_outside(void)
{
    return try_open(outside, "file", O_RDONLY);
}

static int
write_outside(void)
{
    return try_open(outside, "file", O_WRONLY);
}

static int
make_outside(void)
{
    return try_open(outside, "new", O_WRONLY | O_CREAT);
}

static int
write_inside(void)
{
    return try_open(inside, "file", O_WRONLY | O_TRUNC);
}

static int
make_inside(void)
{
    return try_open(inside, "new", O_WRONLY | O_CREAT);
}

static int
rename_inside(void)
{
    char from[128], to[128];

    snprintf(from, sizeof(from), "%s/new", inside);
    snprintf(to, sizeof(to), "%s/newer", inside);
    return answer(rename(from, to));
}

static int
remove_outside(void)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/file", outside);
    return answer(unlink(path));
}

static int
make_folder(void)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/folder", inside);
    return answer(mkdir(path, 0700));
}

static int
change_mode(void)
{
    return answer(chmod(inside, 0777));
}

static int
make_process(void)
{
    long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0L);

    if (pid == 0)
        leave(0);
    return answer(pid);
}

static int
make_hidden(void)
{
    char flags[64] = {0}; /* of a struct clone_args, which nobody reads */

    return answer(syscall(SYS_clone3, flags, sizeof(flags)));
}

static int
run_program(void)
{
    char *argv[] = {(char[]){"true"}, NULL};

    /* If it works, the child ends here, and well. */
    return answer(execve("/bin/true", argv, NULL));
}

static int
trace(void)
{
    return answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int
mount_it(void)
{
    return answer(syscall(SYS_mount, "a", "/", "tmpfs", 0L, NULL));
}

static int
kill_another(void)
{
    return answer(syscall(SYS_kill, getppid(), 0));
}

static int
ask_for_keys(void)
{
    return answer(syscall(SYS_keyctl, 0L, 0L, 0L, 0L, 0L));
}

static int
open_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0)
        close(fd);
    return answer(fd);
}

#define FILES (-1) /* EACCES where there is Landlock, else 0 */

struct row {
    const char *name;
    int (*go)(void);
    int want, want_exec; /* errnos; -2: not tried */
};

static const struct row rows[] = {
    {"read a file anywhere", read_outside, 0, 0},
    {"write a file elsewhere", write_outside, FILES, 0},
    {"make a file elsewhere", make_outside, FILES, 0},
    {"remove a file elsewhere", remove_outside, FILES, -2},
    {"write a file in a folder given", write_inside, 0, 0},
    {"make a file there", make_inside, 0, 0},
    {"rename it there", rename_inside, 0, 0},
    {"make a folder", make_folder, EPERM, 0},
    {"change a mode", change_mode, EPERM, 0},
    {"make a process", make_process, EPERM, 0},
    {"make one with hidden flags", make_hidden, EPERM, -2},
    {"be traced", trace, EPERM, EPERM},
    {"mount", mount_it, EPERM, EPERM},
    {"signal another", kill_another, EPERM, 0},
    {"ask for keys", ask_for_keys, EPERM, EPERM},
    {"open a socket", open_socket, 0, 0},
    {"run a program", run_program, EPERM, 0},
};

/* In the child: all rows; what differs is said on standard error. */
static int
child(bool exec)
{
    const struct slice folder = slice_str(inside);
    const struct sandbox s = {&folder, 1, exec};
    struct err e = {.text = ""};
    int bad = 0;

    if (sandbox_enter(&s, &landlock, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int want = exec ? rows[i].want_exec : rows[i].want, got;

        if (want == FILES)
            want = landlock > 0 ? EACCES : 0;
        if (want == -2)
            continue;
        got = rows[i].go();
        if (got != want) {
            fprintf(stderr, "%s: %s, not %s\n", rows[i].name, strerror(got),
                    strerror(want));
            bad = 1;
        }
    }
    return bad;
}

static void
check(bool exec)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        leave(child(exec));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void
test_without_programs(void **state)
{
    (void)state;
    check(false);
}

static void
test_with_programs(void **state)
{
    (void)state;
    check(true);
}

/* A folder that is not there is an error, and not a sandbox without it. */
static void
test_no_folder(void **state)
{
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        const struct slice folder = SLICE("/nowhere/at/all");
        const struct sandbox s = {&folder, 1, false};
        struct err e = {.text = ""};
        int rc = sandbox_enter(&s, &landlock, &e);

        /* Without Landlock nobody asks for the folder. */
        leave(rc == (landlock > 0 ? ERR_IO : 0) ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
make_place(char folder[64])
{
    char path[128];
    int fd;

    snprintf(folder, 64, "/tmp/tfdrift-sandbox-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/file", folder);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static int
set_up(void **state)
{
    (void)state;
    make_place(inside);
    make_place(outside);
    return 0;
}

static int
tear_down(void **state)
{
    char command[256];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s' '%s'", inside, outside);
    return system(command) != 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_programs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_with_programs, set_up, tear_down),
        cmocka_unit_test(test_no_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
