#include "output/formats.h"

#include "base/err.h"
#include "base/text.h"

/* The record as it is; its newline is left out. */
static void
formats_http(struct format *f, struct buf *b)
{
    buf_put(b, f->notice.json);
}

/* One row for each service. */
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

    /* An address is what people know it by; a resource of no state has none. */
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
    /* Of a deletion, or a resource of no state, the headline says it all. */
    if (notice_count(n) > 0 ||
        (n->kind == RECORD_DRIFT && n->action != ACTION_DELETE)) {
        prose_put(p, SLICE(":"));
        formats_changes(f, p, &list);
    }
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
    else if (n->kind == RECORD_RESOLVED)
        prose_put(p, SLICE("no difference is left"));
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

/* Changes that the record itself left out. */
static uint64_t
count_more(const struct notice *n)
{
    struct slice digits = n->field[NOTICE_more];
    uint64_t count = 0;

    for (size_t i = 0; i < digits.n && i < 18 && text_digit(digits.p[i]); i++)
        count = count * 10 + (uint64_t)(digits.p[i] - '0');
    return count;
}

/* What comes after the changes. */
static void
put_rest(const struct notice *n, struct prose *p,
         const struct format_list *list, uint64_t more)
{
    char number[24];
    struct buf b = buf_over(number, sizeof(number));

    if (more > 0) {
        buf_u64(&b, more);
        prose_put(p, list->begin);
        prose_put(p, SLICE("and "));
        prose_put(p, buf_slice(&b));
        prose_put(p, SLICE(" more"));
        prose_put(p, list->end);
    }
    if (n->field[NOTICE_state_locked].p != NULL) {
        prose_put(p, list->begin);
        prose_put(p, SLICE("Terraform holds the state's lock"));
        prose_put(p, list->end);
    }
}

void
formats_changes(const struct format *f, struct prose *p,
                const struct format_list *list)
{
    /* Sizes in bytes are at least as many characters.  A change is begun only
     * if the longest there is would fit with all that may follow it. */
    const size_t ends = list->begin.n + list->end.n;
    const size_t tail = 2 * ends + sizeof("and 18446744073709551615 more") +
                        sizeof("Terraform holds the state's lock");
    const size_t each = ends + list->path_most + list->between.n +
                        2 * (list->value_most > 24 ? list->value_most : 24) +
                        list->arrow.n;
    struct pieces left = notice_changes(&f->notice);
    size_t count = notice_count(&f->notice), shown = 0;
    struct notice_change c;

    if (count == 0)
        put_nothing(&f->notice, p, list);
    while (shown < list->changes_most && prose_left(p) >= each + tail &&
           notice_change(&f->notice, &left, &c)) {
        put_change(p, &c, list);
        shown++;
    }
    put_rest(&f->notice, p, list, count - shown + count_more(&f->notice));
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
