/* Looking up: built-in bindings, a user's over them, what types are like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "said.h"

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

static char area[16u << 20], text[1u << 16];

static void
read_map(struct maps *ms, struct arena *arena, const char *name,
         struct slice in)
{
    struct err e;

    if (map_read(ms, arena, slice_str(name), in, &e) < 0)
        fail_msg("%s", e.text);
}

static void
event_names(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"UpdateFunctionConfiguration20150331v2",
         "UpdateFunctionConfiguration"},
        {"CreateFunction20150331", "CreateFunction"},
        {"UpdateDistribution2020_05_31", "UpdateDistribution"},
        {"UpdateDistribution_2020_05_31", "UpdateDistribution"},
        {"PutRule", "PutRule"},
        {"Put20", "Put20"},
        {"Put2020_05", "Put2020_05"},
        {"Put19990101", "Put19990101"},
        {"Put20150331v", "Put20150331v"},
        {"PutV2", "PutV2"},
        {"20150331", "20150331"},
        {"v2", "v2"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice out = map_event_name(slice_str(rows[i].in));

        print_message("%s\n", rows[i].in);
        assert_true(slice_eq(slice_str(rows[i].out), out));
    }
}

static void
finding(void **state)
{
    static const struct {
        const char *source, *event;
        bool known, bound;
    } rows[] = {
        {"ec2.amazonaws.com", "ModifyInstanceAttribute", true, true},
        {"ec2", "ModifyInstanceAttribute", true, true},
        {"lambda.amazonaws.com", "UpdateFunctionCode20150331v2", true, true},
        {"lambda.amazonaws.com", "UpdateFunctionCode", true, true},
        {"ec2.amazonaws.com", "modifyinstanceattribute", false, false},
        {"s3.amazonaws.com", "ModifyInstanceAttribute", false, false},
        {"ec2.amazonaws.com.evil", "ModifyInstanceAttribute", false, false},
        {"ec2.amazonaws.com", "FrobnicateInstance", false, false},
        {"", "", false, false},
        {"lambda.amazonaws.com", "PublishVersion20150331", true, false},
    };
    struct map_ref refs[MAP_BINDINGS_MAX];
    struct maps ms;
    bool known;

    (void)state;
    maps_init(&ms);
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t n = map_find(&ms, slice_str(rows[i].source),
                            slice_str(rows[i].event), refs, &known);

        print_message("%s %s\n", rows[i].source, rows[i].event);
        assert_int_equal(rows[i].known, known);
        assert_int_equal(rows[i].bound, n > 0);
    }
}

#define BASE "[s E]\ntype = a b c\nid = x\nattr = p\n[s F]\ntype = a\nid = x\n"

/* Types (* for any) and attributes of a binding. */
static void
say_binding(const struct maps *ms, struct map_ref ref, struct buf *out)
{
    struct map_binding b;
    struct map_lines it;
    struct map_line line;

    map_binding(ref, &b);
    if (b.n_types == 0)
        buf_put(out, SLICE(" *"));
    for (size_t t = 0; t < b.n_types; t++) {
        buf_byte(out, ' ');
        said_word(ms, out, map_type(&b, t));
    }
    map_lines(&b, &it);
    while (map_line_next(&it, &line)) {
        buf_byte(out, ' ');
        map_path_text(ms, &line.attr, false, out);
    }
    buf_byte(out, '\n');
}

/* A line for each binding of an event, one without any if it has none. */
static void
say_event(const struct maps *ms, const char *source, const char *event,
          struct buf *out)
{
    struct map_ref refs[MAP_BINDINGS_MAX];
    bool known;
    size_t n = map_find(ms, slice_str(source), slice_str(event), refs, &known);

    if (known && n == 0)
        buf_fmt(out, "%s %s\n", source, event);
    for (size_t i = 0; i < n; i++) {
        buf_fmt(out, "%s %s", source, event);
        say_binding(ms, refs[i], out);
    }
}

/* Files one over the other, and what is left of them. */
static void
overriding(void **state)
{
    static const struct {
        const char *over[3], *said;
    } rows[] = {
        {{BASE}, "s E a b c p\ns F a\n"},
        {{BASE, "[s E]\ntype = b\nid = y\nattr = q\n"},
         "s E b q\ns E a c p\ns F a\n"},
        {{BASE, "[s E]\ntype = c a b\nid = y\nattr = q\n"},
         "s E c a b q\ns F a\n"},
        {{BASE, "[s E]\ntype = a b\nrole = none\n"}, "s E c p\ns F a\n"},
        {{BASE, "[s E F]\ntype = a b c\nrole = none\n"}, "s E\ns F\n"},
        {{BASE, "[s E]\ntype = *\nid = y\n"}, "s E *\ns E a b c p\ns F a\n"},
        {{BASE, "[s E]\ntype = *\nid = y\n",
          "[s E]\ntype = *\nid = z\n"
          "attr = r\n"},
         "s E * r\ns E a b c p\ns F a\n"},
        {{BASE, "[s E]\ntype = b\nattr = q\n", "[s E]\ntype = c\nattr = r\n"},
         "s E c r\ns E b q\ns E a p\ns F a\n"},
        {{BASE, "[s G]\ntype = a\n", "[t E]\ntype = d\n"},
         "s E a b c p\ns F a\ns G a\nt E d\n"},
    };
    struct arena arena;
    struct maps ms;

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        static const char *const events[][2] = {
            {"s", "E"}, {"s", "F"}, {"s", "G"}, {"t", "E"}};
        struct buf out = buf_over(text, sizeof(text));

        ms = (struct maps){0};
        arena_init(&arena, area, sizeof(area));
        for (size_t k = 0; k < 3 && rows[i].over[k] != NULL; k++)
            read_map(&ms, &arena, "own.map", slice_str(rows[i].over[k]));
        for (size_t k = 0; k < ROWS(events); k++)
            say_event(&ms, events[k][0], events[k][1], &out);
        buf_byte(&out, '\0');
        assert_string_equal(rows[i].said, text);
    }
}

struct count {
    const struct maps *ms;
    uint16_t type;
    size_t n, all;
};

static bool
count_of_type(void *ctx, const struct map_binding *b)
{
    struct count *c = ctx;

    assert_true(map_has_type(b, c->type));
    c->n++;
    return true;
}

static bool
count_event(void *ctx, struct slice source, struct slice event,
            const struct map_binding *b)
{
    struct count *c = ctx;

    (void)source, (void)event;
    c->all += b != NULL && map_has_type(b, c->type);
    return true;
}

/* Going by type finds what going over everything finds. */
static void
by_type(void **state)
{
    static const char *const rows[] = {
        "aws_instance",       "aws_s3_bucket",
        "aws_route53_record", "aws_appautoscaling_target",
        "aws_ec2_tag",        "tags"};
    struct arena arena;
    struct maps ms;

    (void)state;
    for (unsigned user = 0; user < 2; user++) {
        maps_init(&ms);
        arena_init(&arena, area, sizeof(area));
        if (user)
            read_map(&ms, &arena, "own.map",
                     SLICE("[ec2 RunInstances Frob]\ntype = aws_instance\n"
                           "id = x\n[own E]\ntype = *\nid = y\n"));
        for (size_t i = 0; i < ROWS(rows); i++) {
            struct count c = {.ms = &ms};

            c.type = (uint16_t)names_find(&ms.names, slice_str(rows[i]));
            assert_int_not_equal(NAME_NONE, c.type);
            map_each_of_type(&ms, c.type, count_of_type, &c);
            map_each_event(&ms, count_event, &c);
            print_message("%s %zu\n", rows[i], c.n);
            assert_int_equal(c.all, c.n);
            if (strncmp(rows[i], "aws_", 4) == 0 || user)
                assert_in_range(c.n, 1, 1000);
        }
    }
}

static struct map_path
attr_path(const struct maps *ms, const char *attr)
{
    struct map_path path = {.n = 0};
    struct slice rest = slice_str(attr), step;

    while (text_cut(&rest, '.', &step))
        path.sym[path.n++] = (uint16_t)names_find(&ms->names, step);
    return path;
}

static void
traits(void **state)
{
    static const struct {
        const char *type, *attr;
        unsigned traits;
    } rows[] = {
        {"aws_instance", "instance_state", MAP_COMPUTED},
        {"aws_instance", "instance_type", 0},
        {"aws_db_instance", "password", MAP_SENSITIVE},
        {"aws_lambda_function", "layers", MAP_ORDERED},
        {"aws_codepipeline", "stage.action.name", MAP_ORDERED},
        {"aws_s3_bucket", "policy", 0},
        {"aws_t", "secret", MAP_SENSITIVE},
        {"aws_t", "secret.deep.inside", MAP_SENSITIVE},
        {"aws_t", "both", MAP_ORDERED | MAP_COMPUTED},
        {"aws_t", "block", 0},
        {"aws_t", "block.layers", MAP_ORDERED},
        {"aws_lambda_function", "secret", MAP_SENSITIVE},
    };
    struct arena arena;
    struct maps ms;

    (void)state;
    maps_init(&ms);
    arena_init(&arena, area, sizeof(area));
    read_map(&ms, &arena, "own.map",
             SLICE("[type aws_t]\nsensitive = secret\nordered = both "
                   "block.layers\n[type aws_lambda_function]\nsensitive = "
                   "secret\n[type aws_t]\ncomputed = both\n"));
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct map_path path = attr_path(&ms, rows[i].attr);

        print_message("%s %s\n", rows[i].type, rows[i].attr);
        assert_int_equal(
            rows[i].traits,
            map_traits(&ms,
                       (uint16_t)names_find(&ms.names, slice_str(rows[i].type)),
                       &path));
    }
}

/* Many bindings of one event, among others that have few. */
static void
long_events(void **state)
{
    static const char *const names[] = {"E", "F", "G"};
    struct buf in = buf_over(text, sizeof(text));
    struct map_ref refs[MAP_BINDINGS_MAX];
    struct arena arena;
    struct maps ms;

    (void)state;
    for (size_t e = 0; e < ROWS(names); e++)
        for (size_t i = 0; i < (e == 1 ? MAP_BINDINGS_MAX : 2); i++)
            buf_fmt(&in, "[s %s]\ntype = t%zu\nid = x\n", names[e], i);
    maps_init(&ms);
    arena_init(&arena, area, sizeof(area));
    read_map(&ms, &arena, "own.map", buf_slice(&in));
    for (size_t e = 0; e < ROWS(names); e++) {
        bool known;
        size_t n = map_find(&ms, SLICE("s"), slice_str(names[e]), refs, &known);

        assert_int_equal(e == 1 ? MAP_BINDINGS_MAX : 2, n);
        for (size_t i = 0; i < n; i++) {
            char said[32];
            struct buf out = buf_over(said, sizeof(said));
            struct buf type = buf_over(text, sizeof(text));

            say_binding(&ms, refs[i], &out);
            buf_fmt(&type, " t%zu\n", i);
            assert_true(slice_eq(buf_slice(&type), buf_slice(&out)));
        }
    }
}

/* The types that hold parts of others, in order. */
static void
parts(void **state)
{
    static const struct {
        const char *type, *attr, *said;
    } rows[] = {
        {"aws_s3_bucket", "policy", "aws_s3_bucket_policy bucket\n"},
        {"aws_s3_bucket", "tags", ""},
        /* These have judges of their own. */
        {"aws_security_group", "egress", ""},
        {"aws_sqs_queue", "policy",
         "aws_t owner\naws_sqs_queue_policy "
         "queue_url\n"},
        {"aws_no_such_type", "policy", ""},
    };
    struct arena arena;
    struct maps ms;

    (void)state;
    maps_init(&ms);
    arena_init(&arena, area, sizeof(area));
    read_map(&ms, &arena, "own.map",
             SLICE("[type aws_sqs_queue]\npart = policy aws_t owner\n"));
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buf out = buf_over(text, sizeof(text));
        uint32_t type = names_find(&ms.names, slice_str(rows[i].type));
        uint32_t attr = names_find(&ms.names, slice_str(rows[i].attr));
        uint16_t child, owner;

        for (size_t k = 0;
             (child = map_part(&ms, (uint16_t)type, (uint16_t)attr, k,
                               &owner)) != NAME_NONE;
             k++) {
            said_word(&ms, &out, child);
            buf_byte(&out, ' ');
            said_word(&ms, &out, owner);
            buf_byte(&out, '\n');
        }
        buf_byte(&out, '\0');
        assert_string_equal(rows[i].said, text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_names), cmocka_unit_test(finding),
        cmocka_unit_test(overriding),  cmocka_unit_test(by_type),
        cmocka_unit_test(traits),      cmocka_unit_test(long_events),
        cmocka_unit_test(parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
