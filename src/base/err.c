#include "err.h"

#include "fmt.h"

static const struct {
    int status;
    const char *text;
} errors[ERR_INDEX_COUNT] = {
    [ERR_INDEX_NONE] = {0, "no error"},
#define ERROR(name, status, text) [ERR_INDEX_##name] = {status, text},
#include "errors.def"
#undef ERROR
};

int
err_set(struct err *e, int code, const char *fmt, ...)
{
    va_list ap;

    if (e == NULL)
        return code;
    e->code = code;
    va_start(ap, fmt);
    fmt_list(e->text, sizeof(e->text), fmt, ap);
    va_end(ap);
    return code;
}

/* Any int as a row of the table. */
static int
err_row(int code)
{
    return code < 0 && code > -ERR_INDEX_COUNT ? -code : 0;
}

const char *
err_text(int code)
{
    return errors[err_row(code)].text;
}

int
err_status(int code)
{
    if (code >= 0)
        return 0;
    return err_row(code) != 0 ? errors[err_row(code)].status : 1;
}
