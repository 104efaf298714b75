#include "output/formats.h"

#include "base/err.h"

/* The record as it is; its newline is left out. */
static void
formats_http(struct format *f, struct buf *b)
{
    buf_put(b, f->notice.json);
}

static void (*const writers[OUTPUT_TYPES])(struct format *, struct buf *) = {
    [OUTPUT_HTTP] = formats_http,
    [OUTPUT_FALCOSIDEKICK] = formats_falcosidekick,
    [OUTPUT_SLACK] = formats_slack,
    [OUTPUT_PAGERDUTY] = formats_pagerduty,
    [OUTPUT_TEAMS] = formats_teams,
    [OUTPUT_DISCORD] = formats_discord,
};

int
formats_write(struct format *f, enum output_type type, struct slice line,
              struct buf *b)
{
    int rc = notice_read(&f->notice, line);

    if (rc < 0)
        return rc;
    writers[type](f, b);
    return b->full ? ERR_LIMIT : 0;
}

struct prose
formats_text(struct format *f, size_t units)
{
    return prose_over(f->text,
                      units < FORMATS_TEXT_UNITS ? units : FORMATS_TEXT_UNITS);
}

/* What happened, by kind and action. */
static const char *const happened[][ACTION_DELETE + 1] = {
    [RECORD_DRIFT] = {[ACTION_CREATE] = " was changed outside Terraform",
                      [ACTION_UPDATE] = " was changed outside Terraform",
                      [ACTION_DELETE] = " was deleted outside Terraform"},
    [RECORD_UNMANAGED] =
        {[ACTION_CREATE] = " was created and is in no Terraform state",
         [ACTION_UPDATE] = " was changed and is in no Terraform state",
         [ACTION_DELETE] = " was deleted and was in no Terraform state"},
    [RECORD_RESOLVED] = {[ACTION_CREATE] = " is as Terraform has it again",
                         [ACTION_UPDATE] = " is as Terraform has it again",
                         [ACTION_DELETE] = " is as Terraform has it again"},
};

void
formats_headline(const struct format *f, struct prose *p,
                 enum prose_markup markup)
{
    const struct notice *n = &f->notice;

    if (n->field[NOTICE_address].p != NULL) {
        prose_value(p, n->field[NOTICE_address], markup, 100);
    } else {
        prose_value(p, n->field[NOTICE_type], markup, 50);
        prose_put(p, SLICE(" "));
        prose_value(p, n->field[NOTICE_resource], markup, 60);
    }
    prose_put(p, slice_str(happened[n->kind][n->action]));
}

void
formats_summary(const struct format *f, struct prose *p,
                enum prose_markup markup)
{
    const struct format_list list = {.path = markup,
                                     .value = markup,
                                     .begin = SLICE(" "),
                                     .between = SLICE(" "),
                                     .arrow = SLICE(" \xe2\x86\x92 "),
                                     .end = SLICE(";"),
                                     .path_most = 80,
                                     .value_most = 80,
                                     .changes_most = 3};
    const struct notice *n = &f->notice;

    formats_headline(f, p, markup);
    prose_put(p, SLICE(":"));
    formats_changes(f, p, &list);
    prose_put(p, SLICE(" by "));
    prose_value(p,
                n->field[n->field[NOTICE_identity].p != NULL ? NOTICE_identity
                                                             : NOTICE_user],
                markup, 150);
    prose_put(p, SLICE(" from "));
    prose_value(p, n->field[NOTICE_source_ip], markup, 50);
    prose_put(p, SLICE(" ("));
    prose_value(p, n->field[NOTICE_event], markup, 60);
    prose_put(p, SLICE(")"));
}

/* When there is no change to show. */
static void
put_nothing(const struct notice *n, struct prose *p,
            const struct format_list *list)
{
    prose_put(p, list->begin);
    if (n->kind == RECORD_DRIFT && n->action == ACTION_DELETE)
        prose_put(p, SLICE("it is gone"));
    else if (n->kind == RECORD_UNMANAGED)
        prose_put(p, SLICE("no state to compare with"));
    else
        prose_put(p, SLICE("which attributes, the event does not say"));
    prose_put(p, list->end);
}

/* "path: old → new"; a value nobody may see is named as such. */
static void
put_change(struct prose *p, const struct notice_change *c,
           const struct format_list *list)
{
    prose_put(p, list->begin);
    prose_value(p, c->path, list->path, list->path_most);
    prose_put(p, list->between);
    prose_value(p, c->from, list->value, list->value_most);
    prose_put(p, list->arrow);
    if (c->hidden)
        prose_put(p, SLICE("(hidden by CloudTrail)"));
    else
        prose_value(p, c->to, list->value, list->value_most);
    prose_put(p, list->end);
}

void
formats_changes(const struct format *f, struct prose *p,
                const struct format_list *list)
{
    const size_t tail = sizeof("and 18446744073709551615 more");
    const size_t each = list->begin.n + list->path_most + list->between.n +
                        2 * (list->value_most > 24 ? list->value_most : 24) +
                        list->arrow.n + list->end.n;
    struct pieces left = notice_changes(&f->notice);
    size_t count = notice_count(&f->notice), shown = 0;
    struct notice_change c;
    char number[24];
    struct buf b = buf_over(number, sizeof(number));

    if (count == 0)
        put_nothing(&f->notice, p, list);
    while (shown < list->changes_most &&
           prose_left(p) >= each + tail + list->begin.n + list->end.n &&
           notice_change(&f->notice, &left, &c)) {
        put_change(p, &c, list);
        shown++;
    }
    if (shown == count)
        return;
    buf_u64(&b, count - shown);
    prose_put(p, list->begin);
    prose_put(p, SLICE("and "));
    prose_put(p, buf_slice(&b));
    prose_put(p, SLICE(" more"));
    prose_put(p, list->end);
}

bool
formats_fact(const struct format *f, size_t i, struct slice *label,
             struct slice *value)
{
    static const struct {
        struct slice label;
        enum notice_field field;
    } facts[] = {
        {SLICE_INIT("Who"), NOTICE_user},
        {SLICE_INIT("Person"), NOTICE_identity},
        {SLICE_INIT("From"), NOTICE_source_ip},
        {SLICE_INIT("With"), NOTICE_user_agent},
        {SLICE_INIT("Call"), NOTICE_event},
        {SLICE_INIT("When"), NOTICE_timestamp},
        {SLICE_INIT("Resource"), NOTICE_resource},
        {SLICE_INIT("State"), NOTICE_state},
        {SLICE_INIT("Account"), NOTICE_account},
        {SLICE_INIT("Region"), NOTICE_region},
    };

    if (i >= sizeof(facts) / sizeof(*facts))
        return false;
    *label = facts[i].label;
    *value = f->notice.field[facts[i].field];
    return true;
}
