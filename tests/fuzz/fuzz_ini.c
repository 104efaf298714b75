/*
 * Any bytes as a configuration file: it is refused with one line, or what
 * was read is within its ranges, and every text is followed by a zero byte.
 */
#include "agent/config.h"

static char area[8u << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An environment with a few names; most are not set. */
static const char *
variable(void *ctx, const char *name)
{
    (void)ctx;
    switch (name[0]) {
    case 'A':
        return "eu-west-1";
    case 'B':
        return "";
    case 'C':
        return "a\nb";
    default:
        return NULL;
    }
}

static void
must(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void
text_ends(struct slice s)
{
    must(s.n == 0 || s.p[s.n] == '\0');
}

static void
list_ends(struct list l)
{
    for (size_t i = 0; i < l.n; i++) {
        must(l.p[i].n > 0);
        text_ends(l.p[i]);
    }
}

static void
look_at(const struct config *c)
{
    must(c->n_outputs > 0 && c->agent.memory_bytes >= 8u << 20);
    must(c->verify.attempts >= 1 && c->verify.attempts <= 10);
    must(c->rules.ignore.n == c->n_ignores);
    must(c->rules.severity.preset < SEVERITY_COUNT);
    list_ends(c->map.include);
    list_ends(c->filter.terraform_user_agents);
    for (size_t i = 0; i < c->n_sources; i++) {
        const struct config_source *s = &c->sources[i];

        list_ends(s->regions);
        text_ends(s->path);
        must(s->head.name.n > 0 && s->head.line > 0);
        must(s->type == CONFIG_SOURCE_FILE
                 ? s->path.n > 0
                 : s->regions.n > 0 && s->interval_ms >= 100);
    }
    for (size_t i = 0; i < c->n_states; i++)
        text_ends(c->states[i].path);
    for (size_t i = 0; i < c->n_outputs; i++) {
        list_ends(c->outputs[i].header);
        must(c->outputs[i].queue >= 1);
    }
    for (size_t i = 0; i < c->rules.ignore.n; i++) {
        const struct ignore_rule *r = &c->rules.ignore.rule[i];
        size_t globs = r->attribute.n;

        for (size_t k = 0; k < IGNORE_KEYS; k++)
            globs += r->key[k].n;
        must(globs > 0 && r->name.n > 0);
    }
    for (size_t i = 0; i < c->rules.severity.n; i++) {
        must(c->rules.severity.rule[i].pattern.n > 0);
        must(c->rules.severity.rule[i].level < SEVERITY_COUNT);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct config_env env = {variable, NULL};
    struct config c;
    struct arena a;
    struct err e = {0};
    int rc;

    arena_init(&a, area, sizeof(area));
    rc = config_parse(&c, SLICE("f.ini"), slice_of((const char *)data, size),
                      &env, &a, &e);
    if (rc == 0) {
        look_at(&c);
        return 0;
    }
    must(rc == ERR_CONFIG || rc == ERR_MEMORY);
    must(e.code == rc && strncmp(e.text, "f.ini:", 6) == 0);
    for (const char *p = e.text; *p != '\0'; p++)
        must((unsigned char)*p >= ' ');
    return 0;
}
