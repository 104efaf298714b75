#include "cmd/coverage_row.h"

#define CELL_BYTES 4096 /* ids or attributes as text */
#define ROLE_WIDTH 6
#define SHOWN 3 /* attributes that people see */

const struct slice coverage_roles[COVERAGE_ROLES] = {
    SLICE_INIT("update"), SLICE_INIT("create"), SLICE_INIT("delete"),
    SLICE_INIT("upsert")};

static const struct slice levels[] = {SLICE_INIT("high"), SLICE_INIT("medium"),
                                      SLICE_INIT("low")};

/* One alternative of a path into the event.  What begins at the element of
 * each is written behind each, so that it says where it is. */
static void
put_alternative(const struct maps *ms, const struct map_binding *b,
                struct map_path *path, struct buf *to)
{
    if (b->has_each && path->n > 0 && path->sym[0] == MAP_SYM_ELEMENT) {
        map_path_text(ms, &b->each, true, to);
        path->n--;
        memmove(path->sym, path->sym + 1, path->n * sizeof(path->sym[0]));
        if (path->n > 0)
            buf_byte(to, '.');
    }
    map_path_text(ms, path, true, to);
}

static void
put_path(const struct maps *ms, const struct map_binding *b,
         const struct map_path *path, struct buf *to)
{
    struct map_path one = {.n = 0};

    for (size_t i = 0; i < path->n; i++) {
        if (path->sym[i] != MAP_SYM_ALT) {
            one.sym[one.n++] = path->sym[i];
            continue;
        }
        put_alternative(ms, b, &one, to);
        buf_byte(to, '|');
        one.n = 0;
    }
    put_alternative(ms, b, &one, to);
}

/* "attribute < path" of id i. */
static void
put_id(const struct maps *ms, const struct map_binding *b, size_t i,
       struct buf *to)
{
    map_path_text(ms, &b->id[i].attr, false, to);
    buf_put(to, SLICE(" < "));
    put_path(ms, b, &b->id[i].path, to);
}

static bool
path_eq(const struct map_path *a, const struct map_path *b)
{
    return a->n == b->n &&
           memcmp(a->sym, b->sym, a->n * sizeof(a->sym[0])) == 0;
}

/* The next attribute that no line before has named; false at the end. */
static bool
next_attribute(const struct map_binding *b, struct map_lines *it, size_t *at,
               struct map_line *line)
{
    struct map_lines back;
    struct map_line old;

    while (map_line_next(it, line)) {
        size_t i = 0, n = (*at)++;

        map_lines(b, &back);
        while (i < n && map_line_next(&back, &old) &&
               !path_eq(&old.attr, &line->attr))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static void
put_text(struct out *out, struct slice before, struct slice text)
{
    char held[CELL_BYTES * 2];
    struct buf b = buf_over(held, sizeof(held));

    buf_json(&b, text);
    out_put(out, before);
    out_put(out, buf_slice(&b));
}

void
coverage_put_json(struct out *out, const struct maps *ms,
                  const struct coverage_row *row)
{
    char held[CELL_BYTES];
    struct map_binding b;
    struct map_lines it;
    struct map_line line;
    size_t n = 0, at = 0;

    map_binding(row->binding, &b);
    map_lines(&b, &it);
    put_text(out, SLICE("{\"service\":"), row->service);
    put_text(out, SLICE(",\"event\":"), row->event);
    put_text(out, SLICE(",\"type\":"), row->type);
    put_text(out, SLICE(",\"role\":"), coverage_roles[row->role]);
    out_put(out, SLICE(",\"id\":["));
    for (size_t i = 0; i < b.n_ids; i++) {
        struct buf cell = buf_over(held, sizeof(held));

        put_id(ms, &b, i, &cell);
        put_text(out, i > 0 ? SLICE(",") : SLICE(""), buf_slice(&cell));
    }
    out_put(out, SLICE("],\"attributes\":["));
    while (next_attribute(&b, &it, &at, &line)) {
        struct buf cell = buf_over(held, sizeof(held));

        map_path_text(ms, &line.attr, false, &cell);
        put_text(out, n++ > 0 ? SLICE(",") : SLICE(""), buf_slice(&cell));
    }
    put_text(out, SLICE("],\"confidence\":"), levels[b.confidence]);
    out_put(out, SLICE("}\n"));
}

static void
put_cell(struct out *out, struct slice text, size_t wide)
{
    out_put(out, text);
    for (size_t i = text.n; i < wide + 2; i++)
        out_put(out, SLICE(" "));
}

static void
put_cells(struct out *out, const struct slice cell[4],
          const struct coverage_widths *wide)
{
    put_cell(out, cell[0], wide->service);
    put_cell(out, cell[1], wide->event);
    put_cell(out, cell[2], wide->type);
    put_cell(out, cell[3], ROLE_WIDTH);
}

void
coverage_put_head(struct out *out, const struct coverage_widths *wide,
                  bool bold)
{
    static const struct slice cells[4] = {
        SLICE_INIT("SERVICE"), SLICE_INIT("EVENT"), SLICE_INIT("TYPE"),
        SLICE_INIT("ROLE")};

    out_put(out, bold ? SLICE("\033[1m") : SLICE(""));
    put_cells(out, cells, wide);
    out_put(out, SLICE("FOUND BY: ATTRIBUTES"));
    out_put(out, bold ? SLICE("\033[0m\n") : SLICE("\n"));
}

/* The first few attributes, and how many more there are. */
static void
put_attributes(const struct maps *ms, const struct map_binding *b,
               struct buf *to)
{
    struct map_lines it;
    struct map_line line;
    size_t n = 0, at = 0;

    map_lines(b, &it);
    for (; next_attribute(b, &it, &at, &line); n++) {
        if (n >= SHOWN)
            continue;
        buf_byte(to, ' ');
        map_path_text(ms, &line.attr, false, to);
    }
    if (n > SHOWN)
        buf_fmt(to, " and %zu more", n - SHOWN);
}

void
coverage_put_row(struct out *out, const struct maps *ms,
                 const struct coverage_row *row,
                 const struct coverage_widths *wide)
{
    const struct slice cells[4] = {row->service, row->event, row->type,
                                   coverage_roles[row->role]};
    char held[CELL_BYTES];
    struct buf cell = buf_over(held, sizeof(held));
    struct map_binding b;

    map_binding(row->binding, &b);
    put_cells(out, cells, wide);
    if (b.n_ids == 0)
        buf_put(&cell, SLICE("the only one"));
    for (size_t i = 0; i < b.n_ids; i++) {
        buf_put(&cell, i > 0 ? SLICE(", ") : SLICE(""));
        put_id(ms, &b, i, &cell);
    }
    if (b.lines != NULL)
        buf_byte(&cell, ':');
    put_attributes(ms, &b, &cell);
    out_put(out, buf_slice(&cell));
    out_put(out, SLICE("\n"));
}
