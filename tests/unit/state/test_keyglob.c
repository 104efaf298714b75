/* Patterns of object keys, against rows and against a plain matcher. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/keyglob.h"

static const struct row {
    const char *pattern, *key;
    bool match;
} rows[] = {
    {"a/terraform.tfstate", "a/terraform.tfstate", true},
    {"a/terraform.tfstate", "a/terraform.tfstate2", false},
    {"*/terraform.tfstate", "net/terraform.tfstate", true},
    {"*/terraform.tfstate", "a/net/terraform.tfstate", false},
    {"*/terraform.tfstate", "/terraform.tfstate", true},
    {"*/terraform.tfstate", "terraform.tfstate", false},
    {"**/terraform.tfstate", "terraform.tfstate", true},
    {"**/terraform.tfstate", "a/b/c/terraform.tfstate", true},
    {"**/terraform.tfstate", "a/b/xterraform.tfstate", false},
    {"**/terraform.tfstate", "a/terraform.tfstate/b", false},
    {"env:/*/net.tfstate", "env:/prod/net.tfstate", true},
    {"env:/*/net.tfstate", "env:/net.tfstate", false},
    {"env:/**/net.tfstate", "env:/net.tfstate", true},
    {"env:/**", "env:/", true},
    {"env:/**", "env:/a/b", true},
    {"env:/**", "env", false},
    {"a**z", "a/b/z", true},
    {"a**z", "az", true},
    {"a**/z", "a/z", true},
    {"a**/z", "az", false},
    {"a**/z", "abc/d/z", true},
    {"a/***/z", "a/z", true},
    {"*", "", true},
    {"*", "a", true},
    {"*", "a/", false},
    {"**", "a/b/", true},
    {"", "", true},
    {"", "a", false},
    {"*a*/*b", "xaya/zb", true},
    {"*a*/*b", "xaya/zbc", false},
    {"*a*/*b", "xxyx/zb", false},
    {"**/a*/b", "a/a/axx/b", true},
    {"**/a*/b", "a/a/axx/c/b", false},
    {"**/*.tfstate", "x.tfstate", true},
    {"**/*.tfstate", "p/q/x.tfstate", true},
    {"**/*.tfstate", "p/q/x.tfstate.backup", false},
    {"p-*/**/s-*.json", "p-1/s-.json", true},
    {"p-*/**/s-*.json", "p-1/s-/s-2.json", true},
    {"p-*/**/s-*.json", "p-1/s-2/.json", false},
    {"a.b", "axb", false},
    {"a?b", "axb", false},
};

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (keyglob_match(slice_str(rows[i].pattern), slice_str(rows[i].key)) !=
            rows[i].match)
            fail_msg("%s %s: not %d", rows[i].pattern, rows[i].key,
                     rows[i].match);
}

/* The definition, with no thought of its cost. */
static bool
plain_match(const char *p, const char *k, bool start)
{
    const char *after = p;

    if (*p == '\0')
        return *k == '\0';
    if (*p != '*')
        return *p == *k && plain_match(p + 1, k + 1, *p == '/');
    while (*after == '*')
        after++;
    if (after - p > 1 && *after == '/' && start) {
        if (plain_match(after + 1, k, true))
            return true;
        for (; *k != '\0'; k++)
            if (*k == '/' && plain_match(after + 1, k + 1, true))
                return true;
        return false;
    }
    for (;; k++) {
        if (plain_match(after, k, false))
            return true;
        if (*k == '\0' || (after - p == 1 && *k == '/'))
            return false;
    }
}

/* All short patterns and keys of a few letters. */
static void
test_all(void **state)
{
    static const char letters[] = "a/*";
    char pattern[8], key[8];
    unsigned tried = 0;

    (void)state;
    for (unsigned i = 0; i < 2187; i++)
        for (unsigned j = 0; j < 64; j++) {
            size_t n = 0, m = 0;

            for (unsigned x = i; n < 7; x /= 3)
                pattern[n++] = letters[x % 3];
            for (unsigned x = j; m < 6; x /= 2)
                key[m++] = letters[x % 2];
            pattern[n] = key[m] = '\0';
            for (size_t cut = 0; cut <= n; cut++) {
                const char *p = pattern + cut;

                if (keyglob_match(slice_str(p), slice_str(key)) !=
                    plain_match(p, key, true))
                    fail_msg("%s %s", p, key);
                tried++;
            }
        }
    assert_int_equal(2187 * 64 * 8, tried);
}

static void
test_prefix(void **state)
{
    (void)state;
    assert_true(keyglob_is(SLICE("a/*/b")));
    assert_false(keyglob_is(SLICE("a/b")));
    assert_int_equal(2, keyglob_prefix(SLICE("a/*/b")).n);
    assert_int_equal(0, keyglob_prefix(SLICE("**/b")).n);
    assert_int_equal(3, keyglob_prefix(SLICE("a/b")).n);
}

/* What backtracking might take for ever. */
static void
test_hard(void **state)
{
    static char pattern[1024], key[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(pattern); i++) {
        pattern[i] = i % 2 == 0 ? '*' : 'a';
        key[i] = 'a';
    }
    assert_false(keyglob_match(slice_of(pattern, 1023), slice_of(key, 400)));
    memset(pattern, 'a', sizeof(pattern));
    memcpy(pattern, "**/*", 4);
    key[1023] = 'b';
    assert_false(keyglob_match(slice_of(pattern, 500), slice_of(key, 1024)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_hard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
