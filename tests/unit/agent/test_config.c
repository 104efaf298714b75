/* A whole file: sections, keys, what is missing, what may not be there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "config_case.h"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))
#define SECTIONS \
    "agent, verify, filter, severity, map, source, state, ignore, output"
#define PRIORITIES \
    "emergency, alert, critical, error, warning, notice, informational, debug"

static const char *const env[] = {"HOST", "edge-07", "EMPTY",   "",  "BAD",
                                  "a\nb", "KEY",     "s3cr3t!", NULL};

struct row {
    const char *text, *want;
};

static const struct row sections[] = {
    {"", NULL},
    {"\n; nothing\n# at all\n", NULL},
    {"\xef\xbb\xbf[agent]\nname = x", NULL},
    {"[agent]\r\nname = x\r\n", NULL},
    {"  [agent]  ; the agent\n  name=x ; its name\n", NULL},
    {"[ source \"a b\" ]\ntype: cloudtrail\nregions = eu-west-1\n", NULL},
    {"[agnt]\n", "t.ini:1: agnt: unknown section, did you mean agent?; "
                 "allowed: " SECTIONS},
    {"\n[listener]\n", "t.ini:2: listener: unknown section; "
                       "allowed: " SECTIONS},
    {"[Agent]\n", "t.ini:1: Agent: unknown section, did you mean agent?; "
                  "allowed: " SECTIONS},
    {"name = x\n", "t.ini:1: name: stands before any [section]; "
                   "allowed: a section first"},
    {"[agent]\n[verify]\n[agent]\n",
     "t.ini:3: [agent]: stands in line 1 already; allowed: once a file"},
    {"[ignore \"a\"]\nuser = x\n[ignore \"a\"]\n",
     "t.ini:3: [ignore \"a\"]: stands in line 1 already; "
     "allowed: one section a name"},
    {"[agent \"x\"]\n", "t.ini:1: agent: has no name; allowed: [agent]"},
    {"[source]\n", "t.ini:1: source: needs a name; allowed: [source "
                   "\"NAME\"], 1 to 64 bytes without quotes, backslashes, ; "
                   "and ]"},
    {"[source \"\"]\n", "t.ini:1: source: needs a name; allowed: [source "
                        "\"NAME\"], 1 to 64 bytes without quotes, "
                        "backslashes, ; and ]"},
    {"[source prod]\n", "t.ini:1: not a section; allowed: [agent], [source "
                        "\"NAME\"] and the like"},
    {"[source \"prod]\n", "t.ini:1: not a section; allowed: [agent], "
                          "[source \"NAME\"] and the like"},
    {"[agent\n", "t.ini:1: not a section; allowed: [agent], [source "
                 "\"NAME\"] and the like"},
    {"[agent] name = x\n", "t.ini:1: not a section; allowed: [agent], "
                           "[source \"NAME\"] and the like"},
    {"[]\n", "t.ini:1: not a section; allowed: [agent], [source \"NAME\"] "
             "and the like"},
    {"[", "t.ini:1: not a section; allowed: [agent], [source \"NAME\"] and "
          "the like"},
    {"[agent]\nname\n",
     "t.ini:2: [agent] name: has no value; allowed: name = VALUE"},
    {"[agent]\nname = x\n  s3cr3t-continued\n",
     "t.ini:3: [agent]: neither a section nor a key; allowed: [section], "
     "key = value, ; comment"},
};

static const struct row keys[] = {
    {"[agent]\nmemry = 64M\n",
     "t.ini:2: [agent] memry: unknown key, did you mean memory?; allowed: "
     "name, memory, workers, checkpoint, listen, log_level, log_format, "
     "sandbox"},
    {"[verify]\nretries = 4\n", "t.ini:2: [verify] retries: unknown key; "
                                "allowed: attempts, delay, lock_wait"},
    {"[verify]\nDelay = 1s\n",
     "t.ini:2: [verify] Delay: unknown key, did you mean delay?; allowed: "
     "attempts, delay, lock_wait"},
    {"[verify]\n = 4\n",
     "t.ini:2: [verify]: unknown key; allowed: attempts, delay, lock_wait"},
    {"[verify]\na\tb = 4\n", "t.ini:2: [verify] \"a\\tb\": unknown key; "
                             "allowed: attempts, delay, lock_wait"},
    {"[verify]\ndelay = 1s\n\ndelay = 2s\n",
     "t.ini:4: [verify] delay: stands in line 2 already; "
     "allowed: once a section"},
    {"[source \"a\"]\n", "t.ini:1: [source \"a\"] type: missing; allowed: "
                         "cloudtrail, file"},
    {"[source \"a\"]\ntype = cloudtrail\n",
     "t.ini:1: [source \"a\"] regions: missing; allowed: 1 to 64 regions such "
     "as us-east-1 with commas between"},
    {"[state \"a\"]\nkey = k\ntype = s3\nregion = eu-west-1\n",
     "t.ini:1: [state \"a\"] bucket: missing; allowed: a text of 1 to 255 "
     "bytes"},
    {"[state \"a\"]\nbucket = b\ntype = local\npath = p\n",
     "t.ini:2: [state \"a\"] bucket: not for type = local; allowed: type, "
     "cache_ttl, account, path"},
    {"[output \"a\"]\ntype = falco\nurl = https://x\n",
     "t.ini:3: [output \"a\"] url: not for type = falco; allowed: type, "
     "socket, min_severity, queue"},
    {"[output \"a\"]\ntype = slack\n[agent]\n",
     "t.ini:1: [output \"a\"] url: missing; allowed: http://HOST or "
     "https://HOST with port and path, 0 to 2048 bytes"},
    {"[output \"a\"]\ntype = pagerduty\nrouting_key = k\n", NULL},
    {"[ignore \"a\"]\n", "t.ini:1: [ignore \"a\"]: would ignore everything; "
                         "allowed: at least one key, such as type, attribute "
                         "or user"},
    {"[ignore \"a\"]\nuser =\n",
     "t.ini:2: [ignore \"a\"] user: bad value \"\"; allowed: 1 to 64 globs "
     "(* and ?) with commas between"},
};

static const struct row severities[] = {
    {"[severity]\naws_s3_bucket*.* = alert\n*!delete = error\n"
     "aws_iam_* = critical\n*!unmanaged = notice\n",
     NULL},
    {"[severity]\naws_instance.tags* = loud\n",
     "t.ini:2: [severity] aws_instance.tags*: bad value loud; "
     "allowed: " PRIORITIES},
    {"[severity]\naws_x!destroy = error\n",
     "t.ini:2: [severity] aws_x!destroy: no such key; allowed: default, or a "
     "glob of TYPE, TYPE.ATTRIBUTE, TYPE!delete or TYPE!unmanaged"},
    {"[severity]\n.x = error\n",
     "t.ini:2: [severity] .x: no such key; allowed: default, or a glob of "
     "TYPE, TYPE.ATTRIBUTE, TYPE!delete or TYPE!unmanaged"},
    {"[severity]\na.b = error\na.b = alert\n",
     "t.ini:3: [severity] a.b: stands here already; allowed: one line each, "
     "the first that matches wins"},
    {"[severity]\ndefault = error\ndefault = error\n",
     "t.ini:3: [severity] default: stands in line 2 already; allowed: once a "
     "section"},
};

static const struct row values[] = {
    {"[agent]\nname = ${HOST}-${EMPTY:-b}${NONE:-c}\n", NULL},
    {"[agent]\nname = ${NONE}\n",
     "t.ini:2: [agent] name: ${NONE} is not in the environment; allowed: "
     "${NONE:-default} where it may be missing"},
    {"[agent]\nname = ${EMPTY}\n", "t.ini:2: [agent] name: bad value \"\"; "
                                   "allowed: a text of 1 to 64 bytes"},
    {"[agent]\nname = ${HOST\n",
     "t.ini:2: [agent] name: ${ without }; allowed: ${NAME}, "
     "${NAME:-default}, and $${ for the characters ${"},
    {"[agent]\nname = ${1X}\n",
     "t.ini:2: [agent] name: ${} needs a name; allowed: ${NAME}, "
     "${NAME:-default}, and $${ for the characters ${"},
    {"[agent]\nname = ${A-b}\n",
     "t.ini:2: [agent] name: ${} needs a name; allowed: ${NAME}, "
     "${NAME:-default}, and $${ for the characters ${"},
    {"[agent]\nname = ${BAD}\n", "t.ini:2: [agent] name: holds a control "
                                 "character; allowed: printable text"},
    {"[agent]\nname = @/no/such/file\n",
     "t.ini:2: [agent] name: cannot read /no/such/file: No such file or "
     "directory; allowed: a file"},
    {"[agent]\nname = @/no/${BAD}\n",
     "t.ini:2: [agent] name: cannot read /no/a?b: No such file or directory; "
     "allowed: a file"},
    {"[agent]\nname = @/dev/null\n",
     "t.ini:2: [agent] name: cannot read /dev/null: not a regular file"},
    {"[agent]\nname = @/no/${HOST}/file\n",
     "t.ini:2: [agent] name: cannot read /no/edge-07/file: No such file or "
     "directory; allowed: a file"},
};

/* Values of these keys are in no message, wherever they come from. */
static const struct row secrets[] = {
    {"[output \"o\"]\ntype = http\nurl = s3cr3t!\n",
     "t.ini:3: [output \"o\"] url: bad value (not shown); allowed: "
     "http://HOST or https://HOST with port and path, 0 to 2048 bytes"},
    {"[output \"o\"]\ntype = http\nurl = https://x\nheader = ${KEY}\n",
     "t.ini:4: [output \"o\"] header: bad value (not shown); allowed: NAME: "
     "VALUE, 0 to 32 times"},
};

static void
run_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        case_says(slice_str(rows[i].text), env, rows[i].want);
}

static void
messages(void **state)
{
    (void)state;
    run_rows(sections, ROWS(sections));
    run_rows(keys, ROWS(keys));
    run_rows(severities, ROWS(severities));
    run_rows(values, ROWS(values));
    run_rows(secrets, ROWS(secrets));
}

/* Lengths at their limit and one over it. */
static void
limits(void **state)
{
    static char text[1u << 20];
    int n;

    (void)state;
    n = snprintf(text, sizeof(text),
                 "[source \"%064d\"]\ntype = file\npath = x", 0);
    case_says(slice_of(text, (size_t)n), env, NULL);
    n = snprintf(text, sizeof(text), "[source \"%065d\"]\n", 0);
    case_says(slice_of(text, (size_t)n), env,
              "t.ini:1: source: needs a name; allowed: [source \"NAME\"], 1 "
              "to 64 bytes without quotes, backslashes, ; and ]");
    n = snprintf(text, sizeof(text), "[agent]\nname = %065d", 0);
    case_says(slice_of(text, (size_t)n), env,
              "t.ini:2: [agent] name: too long or too many; allowed: a text of "
              "1 to 64 bytes");
    n = snprintf(text, sizeof(text), "[agent]\n;%04092d\n;\n", 0);
    case_says(slice_of(text, (size_t)n), env, NULL);
    n = snprintf(text, sizeof(text), "[agent]\n;%04093d\n;\n", 0);
    case_says(slice_of(text, (size_t)n), env,
              "t.ini:2: [agent]: the line is too long; allowed: 4093 bytes");
    case_says(
        slice_of("[agent]\nname = a\0b\n", 19), env,
        "t.ini:2: [agent]: the line holds a control character; allowed: text");
    case_says(
        SLICE("[agent]\n\v[verify]\n"), env,
        "t.ini:2: [agent]: the line holds a control character; allowed: text");
    n = 0;
    for (int i = 0; i < CONFIG_SECTIONS_MAX; i++)
        n += snprintf(text + n, sizeof(text) - (size_t)n,
                      "[ignore \"%d\"]\nuser=x\n", i);
    case_says(slice_of(text, (size_t)n), env, NULL);
    n += snprintf(text + n, sizeof(text) - (size_t)n, "[ignore \"x\"]\n");
    case_says(slice_of(text, (size_t)n), env,
              "t.ini:2049: too many sections or lines of [severity]; allowed: "
              "1024 of a kind");
}

/* What later checks say about a section that was read. */
static void
blame(void **state)
{
    struct config_case c;
    struct err e;

    (void)state;
    case_open(&c, SLICE("\n[state \"s\"]\npath = x\ntype = local\n"), NULL);
    assert_int_equal(c.code, 0);
    assert_int_equal(config_blame(&c.config, &c.config.states[0].head, "path",
                                  &e, "is %d", 7),
                     ERR_CONFIG);
    assert_string_equal(e.text, "t.ini:3: [state \"s\"] path: is 7");
    config_blame(&c.config, &c.config.states[0].head, "account", &e, "no");
    assert_string_equal(e.text, "t.ini:2: [state \"s\"] account: no");
    config_blame(&c.config, &c.config.states[0].head, NULL, &e, "no");
    assert_string_equal(e.text, "t.ini:2: [state \"s\"]: no");
    config_blame(&c.config, &c.config.agent.head, "listen", &e, "no");
    assert_string_equal(e.text, "t.ini: [agent] listen: no");
    case_close(&c);
}

/* A small arena is an ordinary error, wherever it ends. */
static void
memory(void **state)
{
    static char area[64u << 10];
    static const char text[] = "[source \"a\"]\ntype = cloudtrail\n"
                               "regions = eu-west-1, us-east-1\n"
                               "[severity]\n*.* = error\n";
    const struct config_env e = {case_variable, NULL};
    struct config c;
    struct arena a;
    struct err err;
    int code = ERR_MEMORY, refused = 0;

    (void)state;
    for (size_t n = 0; code != 0 && n < sizeof(area); n += 64) {
        arena_init(&a, area, n);
        code = config_parse(&c, SLICE("t.ini"), slice_str(text), &e, &a, &err);
        if (code == 0)
            break;
        assert_int_equal(code, ERR_MEMORY);
        assert_string_equal(err.text, "t.ini: the configuration does not fit "
                                      "into memory");
        refused++;
    }
    assert_int_equal(code, 0);
    assert_true(refused > 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages),
        cmocka_unit_test(limits),
        cmocka_unit_test(blame),
        cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
