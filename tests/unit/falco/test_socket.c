/* The plugin's socket: whose it is, and that it is given back. */
#include "host.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Opens once more with the same settings; the error or NULL. */
static const char *
second(struct host *host, ss_plugin_t **s)
{
    ss_plugin_rc rc;
    ss_instance_t *h;

    *s = host_init(host->config, &rc);
    assert_int_equal(rc, SS_PLUGIN_SUCCESS);
    h = plugin_open(*s, NULL, &rc);
    if (rc != SS_PLUGIN_SUCCESS) {
        assert_null(h);
        return plugin_get_last_error(*s);
    }
    plugin_close(*s, h);
    return NULL;
}

static void
greets(void **state)
{
    struct host host;
    int fd;

    (void)state;
    host_name(&host, "greets");
    host_open(&host);
    fd = host_writer(host.path);
    assert_true(fd >= 0);
    host_next(&host);
    assert_string_equal(host_heard(fd), "tfdrift 1\n");
    close(fd);
    host_close(&host);
}

/* init() alone, as for --dry-run, touches nothing; a reload has two plugins,
 * and the first one's socket is its own until it is closed. */
static void
reloads(void **state)
{
    struct host host;
    ss_plugin_rc rc;
    ss_plugin_t *s, *t;
    int fd;

    (void)state;
    host_name(&host, "reloads");
    s = host_init(host.config, &rc);
    assert_int_equal(rc, SS_PLUGIN_SUCCESS);
    assert_int_not_equal(access(host.path, F_OK), 0);
    host_open(&host);
    assert_non_null(strstr(second(&host, &t), "in use"));
    plugin_destroy(t);
    fd = host_writer(host.path);
    host_send_record(fd, "a");
    assert_int_equal(host_wait(&host), 1);
    assert_string_equal(host_field(&host, host.events[0], "tfdrift.id"), "a");
    plugin_close(host.s, host.h);
    host.h = plugin_open(s, "", &rc); /* before the first is destroyed */
    assert_int_equal(rc, SS_PLUGIN_SUCCESS);
    plugin_destroy(host.s);
    host.s = s;
    close(fd);
    fd = host_writer(host.path);
    host_send_record(fd, "b");
    assert_int_equal(host_wait(&host), 1);
    assert_string_equal(host_field(&host, host.events[0], "tfdrift.id"), "b");
    close(fd);
    host_close(&host);
}

/* A process that is killed leaves its file. */
static void
replaces_stale_socket(void **state)
{
    struct host host;
    pid_t pid;
    int status;

    (void)state;
    host_name(&host, "stale");
    pid = fork();
    if (pid == 0) {
        host_open(&host);
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(access(host.path, F_OK), 0);
    assert_int_equal(host_writer(host.path), -1);
    host_open(&host);
    host_close(&host);
}

/* Neither other people's files nor their links are touched. */
static void
leaves_other_files(void **state)
{
    struct host host;
    ss_plugin_t *s;
    struct stat st;
    int fd;

    (void)state;
    host_name(&host, "file");
    fd = open(host.path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_non_null(strstr(second(&host, &s), "no socket"));
    plugin_destroy(s);
    assert_int_equal(stat(host.path, &st), 0);
    unlink(host.path);
    assert_int_equal(symlink("/nowhere", host.path), 0);
    assert_non_null(strstr(second(&host, &s), "no socket"));
    plugin_destroy(s);
    assert_int_equal(lstat(host.path, &st), 0);
    unlink(host.path);
}

/* One that was replaced meanwhile belongs to somebody else. */
static void
leaves_successors_socket(void **state)
{
    struct host host, next;

    (void)state;
    host_name(&host, "successor");
    host_open(&host);
    unlink(host.path);
    next = host;
    host_open(&next);
    plugin_close(host.s, host.h);
    plugin_destroy(host.s);
    assert_int_equal(access(next.path, F_OK), 0);
    host_close(&next);
}

static const struct mode_row {
    const char *mode, *more;
    mode_t want;
} modes[] = {{"0660", "", 0660},
             {"666", ",\"group\":\"0\"", 0666},
             {"0600", ",\"group\":\"root\"", 0600}};

static void
sets_mode_and_group(void **state)
{
    mode_t mask = umask(0077);
    struct host host;
    struct stat st;

    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        /* Only root may give a socket to any group. */
        if (modes[i].more[0] != '\0' && geteuid() != 0)
            continue;
        host_name(&host, "mode");
        snprintf(host.config, sizeof(host.config),
                 "{\"socket\":\"%s\",\"mode\":\"%s\"%s}", host.path,
                 modes[i].mode, modes[i].more);
        host_open(&host);
        assert_int_equal(stat(host.path, &st), 0);
        assert_int_equal(st.st_mode & 07777, modes[i].want);
        host_close(&host);
    }
    umask(mask);
}

/* The last folder is made; the rest must be there. */
static void
makes_folder(void **state)
{
    char folder[64];
    struct host host;
    ss_plugin_t *s;

    (void)state;
    host_name(&host, "folder");
    snprintf(folder, sizeof(folder), "/tmp/tfdrift-%d-folder", (int)getpid());
    snprintf(host.path, sizeof(host.path), "%s/a.sock", folder);
    snprintf(host.config, sizeof(host.config), "{\"socket\":\"%s\"}",
             host.path);
    host_open(&host);
    host_close(&host);
    assert_int_equal(rmdir(folder), 0);
    snprintf(host.config, sizeof(host.config), "{\"socket\":\"%s/b/c\"}",
             folder);
    assert_non_null(strstr(second(&host, &s), "No such file"));
    plugin_destroy(s);
}

static void
abstract_socket(void **state)
{
    struct host host;
    ss_plugin_t *s;
    int fd;

    (void)state;
    host_name(&host, "abstract");
    host.path[0] = '@';
    snprintf(host.config, sizeof(host.config), "{\"socket\":\"%s\"}",
             host.path);
    host_open(&host);
    assert_non_null(strstr(second(&host, &s), "in use"));
    plugin_destroy(s);
    fd = host_writer(host.path);
    host_send_record(fd, "a");
    assert_int_equal(host_wait(&host), 1);
    close(fd);
    plugin_close(host.s, host.h);
    assert_int_equal(host_writer(host.path), -1);
    plugin_destroy(host.s);
}

/* `-I tfdrift:PATH`: what open() is given goes before init_config. */
static void
open_params(void **state)
{
    struct host host, other;
    ss_plugin_rc rc;
    int fd;

    (void)state;
    host_name(&host, "params");
    host_name(&other, "params2");
    host.s = host_init(host.config, &rc);
    host.h = plugin_open(host.s, other.path, &rc);
    assert_int_equal(rc, SS_PLUGIN_SUCCESS);
    assert_int_equal(host_writer(host.path), -1);
    fd = host_writer(other.path);
    assert_true(fd >= 0);
    close(fd);
    plugin_close(host.s, host.h);
    assert_null(plugin_open(host.s, "x", &rc));
    assert_int_equal(rc, SS_PLUGIN_FAILURE);
    assert_non_null(strstr(plugin_get_last_error(host.s), "socket"));
    plugin_destroy(host.s);
}

/* Two that start at the same moment beside a stale file: one has it. */
static void
one_of_many_wins(void **state)
{
    struct host host;
    int done[2], won = 0;
    char c = 0;

    (void)state;
    host_name(&host, "race");
    close(host_writer(host.path));
    assert_int_equal(pipe(done), 0);
    for (int i = 0; i < 12; i++) {
        if (fork() == 0) {
            ss_plugin_rc rc;
            ss_plugin_t *s = host_init(host.config, &rc);

            plugin_open(s, "", &rc);
            if (write(done[1], rc == SS_PLUGIN_SUCCESS ? "+" : "-", 1) != 1)
                abort();
            usleep(500000); /* holds it until all have tried */
            kill(getpid(), SIGKILL);
        }
    }
    for (int i = 0; i < 12; i++) {
        assert_int_equal(read(done[0], &c, 1), 1);
        won += c == '+';
    }
    assert_int_equal(won, 1);
    while (wait(NULL) > 0)
        ;
    close(done[0]);
    close(done[1]);
    unlink(host.path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greets),
        cmocka_unit_test(reloads),
        cmocka_unit_test(replaces_stale_socket),
        cmocka_unit_test(leaves_other_files),
        cmocka_unit_test(leaves_successors_socket),
        cmocka_unit_test(sets_mode_and_group),
        cmocka_unit_test(makes_folder),
        cmocka_unit_test(abstract_socket),
        cmocka_unit_test(open_params),
        cmocka_unit_test(one_of_many_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
