#include "agent/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

/*
 * The kernel's own constants and structs, which musl does not bring: the
 * headers linux/filter.h, linux/seccomp.h, linux/audit.h, linux/landlock.h
 * and linux/sched.h of Linux' stable interface.
 */
struct instruction { /* struct sock_filter */
    uint16_t code;
    uint8_t yes, no; /* how many to pass over */
    uint32_t k;
};
struct program { /* struct sock_fprog */
    uint16_t n;
    const struct instruction *list;
};

enum {
    LOAD_WORD = 0x20, /* BPF_LD | BPF_W | BPF_ABS */
    JUMP_EQUAL = 0x15,
    JUMP_LEAST = 0x35, /* BPF_JGE */
    JUMP_BITS = 0x45,  /* BPF_JSET */
    RETURN = 0x06
};

/* Offsets in struct seccomp_data; of an argument its low half. */
enum { DATA_CALL = 0, DATA_ARCH = 4, DATA_ARG0 = 16 };

#define ALLOW 0x7fff0000u
#define REFUSE (0x00050000u | EPERM)
#define KILL 0x80000000u
#define X32_CALL 0x40000000u
#define CLONE_IS_THREAD 0x00010000u

#if defined(__x86_64__)
#define ARCH 0xc000003eu
#elif defined(__aarch64__)
#define ARCH 0xc00000b7u
#else
#error "the sandbox knows x86_64 and aarch64"
#endif

static const uint32_t calls[] = {
#define CALL(name) __NR_##name,
#define OLD(name)
#include "agent/sandbox_calls.def"
#undef OLD
#undef CALL
#if defined(__x86_64__)
#define CALL(name)
#define OLD(name) __NR_##name,
#include "agent/sandbox_calls.def"
#undef OLD
#undef CALL
#endif
};

#define CALLS (sizeof(calls) / sizeof(*calls))
#define HEAD 6 /* instructions before the calls */
#define TAIL 8 /* behind them, at most */

/*
 * What no program that gives credentials has to do.  It inherits the filter,
 * and what else it calls is its own business.
 */
static const uint32_t never[] = {
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_setns,
    __NR_unshare,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_kexec_load,
    __NR_reboot,
    __NR_swapon,
    __NR_swapoff,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_add_key,
    __NR_request_key,
    __NR_keyctl,
    __NR_settimeofday,
    __NR_clock_settime,
    __NR_open_by_handle_at,
};

#define NEVER (sizeof(never) / sizeof(*never))
#define LONGEST (CALLS > NEVER ? CALLS : NEVER)

/* An answer to one call; an instruction of its own returns, since a jump
 * reaches 255 instructions at most. */
static size_t
put_call(struct instruction *p, uint32_t call, uint32_t answer)
{
    p[0] = (struct instruction){JUMP_EQUAL, 0, 1, call};
    p[1] = (struct instruction){RETURN, 0, 0, answer};
    return 2;
}

/* Only the calls that are listed; returns how many instructions. */
static size_t
put_allowed(struct instruction *list)
{
    size_t n = 0;

    for (size_t i = 0; i < CALLS; i++)
        n += put_call(list + n, calls[i], ALLOW);
    /* clone() for a thread, never for a process.  clone3() hides its flags
     * in memory: libc does without it where it is refused. */
    list[n++] = (struct instruction){JUMP_EQUAL, 0, 3, __NR_clone};
    list[n++] = (struct instruction){LOAD_WORD, 0, 0, DATA_ARG0};
    list[n++] = (struct instruction){JUMP_BITS, 0, 1, CLONE_IS_THREAD};
    list[n++] = (struct instruction){RETURN, 0, 0, ALLOW};
    list[n++] = (struct instruction){RETURN, 0, 0, REFUSE};
    return n;
}

/* All but the calls that nobody has to make. */
static size_t
put_refused(struct instruction *list)
{
    size_t n = 0;

    for (size_t i = 0; i < NEVER; i++)
        n += put_call(list + n, never[i], REFUSE);
    list[n++] = (struct instruction){RETURN, 0, 0, ALLOW};
    return n;
}

/* Restricts the system calls; returns 0 or an errno. */
static int
filter_calls(bool exec)
{
    struct instruction list[HEAD + 2 * LONGEST + TAIL] = {
        {LOAD_WORD, 0, 0, DATA_ARCH},
        {JUMP_EQUAL, 1, 0, ARCH},
        {RETURN, 0, 0, KILL},
        {LOAD_WORD, 0, 0, DATA_CALL},
        /* x32's calls have numbers of their own, of which none is known. */
        {JUMP_LEAST, 0, 1, X32_CALL},
        {RETURN, 0, 0, REFUSE},
    };
    struct program program = {.list = list};
    size_t n = exec ? put_refused(list + HEAD) : put_allowed(list + HEAD);

    program.n = (uint16_t)(HEAD + n);
    return prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, &program) < 0
               ? errno
               : 0;
}

/* Rights of Landlock, bit by bit, and the version they came with. */
enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_REMOVE_DIR = 1 << 4,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_REG = 1 << 8,
    FS_MAKE_ALL = 0x1fc0, /* bits 6 to 12: devices, folders, sockets ... */
    FS_TRUNCATE = 1 << 14,
    FS_TRUNCATE_SINCE = 3
};

struct ruleset_attr { /* struct landlock_ruleset_attr, its first version */
    uint64_t handled_fs;
};
struct path_attr { /* struct landlock_path_beneath_attr */
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

/* Allows writing in one folder, if it is there. */
static int
allow_folder(int ruleset, struct slice folder, uint64_t rights)
{
    char path[FILE_PATH_MAX_BYTES];
    struct path_attr attr = {.allowed = rights};
    long rc;

    if (folder.n >= sizeof(path))
        return ENAMETOOLONG;
    memcpy(path, folder.p, folder.n);
    path[folder.n] = '\0';
    attr.parent = open(path, O_PATH | O_CLOEXEC);
    if (attr.parent < 0)
        return errno;
    rc = syscall(__NR_landlock_add_rule, ruleset, 1 /* PATH_BENEATH */, &attr,
                 0);
    rc = rc < 0 ? errno : 0;
    close(attr.parent);
    return (int)rc;
}

/* Restricts writing; 0 or an errno, *version 0 where there is no Landlock. */
static int
restrict_files(const struct sandbox *s, int *version)
{
    uint64_t write = FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_REG;
    struct ruleset_attr attr;
    int ruleset, rc = 0;

    *version = (int)syscall(__NR_landlock_create_ruleset, NULL, 0,
                            1 /* LANDLOCK_CREATE_RULESET_VERSION */);
    if (*version < 1) {
        *version = 0;
        return 0;
    }
    if (*version >= FS_TRUNCATE_SINCE)
        write |= FS_TRUNCATE;
    attr.handled_fs = write | FS_REMOVE_DIR | FS_MAKE_ALL | FS_EXECUTE;
    ruleset =
        (int)syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (ruleset < 0)
        return errno;
    for (size_t i = 0; i < s->n_folders && rc == 0; i++)
        rc = allow_folder(ruleset, s->folder[i], write);
    if (rc == 0 && syscall(__NR_landlock_restrict_self, ruleset, 0) < 0)
        rc = errno;
    close(ruleset);
    return rc;
}

int
sandbox_enter(const struct sandbox *s, int *landlock, struct err *e)
{
    int rc = 0;

    /* Without this neither is to be had by who is not root; and no program
     * that is run gains anything by its set-user-ID bit. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        rc = errno;
    *landlock = 0;
    if (rc == 0 && !s->exec)
        rc = restrict_files(s, landlock);
    if (rc != 0)
        return err_set(e, ERR_IO, "cannot enter the sandbox (Landlock): %s",
                       strerror(rc));
    rc = filter_calls(s->exec);
    if (rc != 0)
        return err_set(e, ERR_IO, "cannot enter the sandbox (seccomp): %s",
                       strerror(rc));
    return 0;
}
