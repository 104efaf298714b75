#include "fmt.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Where the text goes; n counts what does not fit too. */
struct fmt {
    char *p;
    size_t n, max; /* max: without the terminator */
    va_list ap;
};

/* What stands between a percent sign and the letter of the conversion. */
struct spec {
    bool left, zeros;
    size_t width;
    size_t most; /* bytes of a text; SIZE_MAX: all */
    unsigned longs;
    bool size;
};

#define DIGITS_MAX 20 /* of UINT64_MAX */

static void
put(struct fmt *f, const char *p, size_t n)
{
    size_t room = f->n < f->max ? f->max - f->n : 0;

    if (room > 0)
        memcpy(f->p + f->n, p, n < room ? n : room);
    f->n += n;
}

static void
fill(struct fmt *f, char c, size_t n)
{
    while (n-- > 0)
        put(f, &c, 1);
}

static void
put_padded(struct fmt *f, const struct spec *s, const char *p, size_t n)
{
    size_t space = s->width > n ? s->width - n : 0;

    fill(f, ' ', s->left ? 0 : space);
    put(f, p, n);
    fill(f, ' ', s->left ? space : 0);
}

static void
put_text(struct fmt *f, const struct spec *s, const char *p)
{
    if (p == NULL)
        p = "(null)";
    put_padded(f, s, p, strnlen(p, s->most));
}

static void
put_number(struct fmt *f, const struct spec *s, uint64_t v, unsigned base,
           bool minus)
{
    char text[DIGITS_MAX + 1];
    size_t at = sizeof(text), n;

    do {
        text[--at] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v != 0);
    n = sizeof(text) - at + minus;
    /* Zeros stand between the sign and the digits. */
    if (s->zeros && !s->left) {
        put(f, "-", minus);
        fill(f, '0', s->width > n ? s->width - n : 0);
        put(f, text + at, n - minus);
        return;
    }
    text[--at] = '-';
    at += !minus;
    put_padded(f, s, text + at, n);
}

static uint64_t
take_unsigned(struct fmt *f, const struct spec *s)
{
    if (s->size)
        return va_arg(f->ap, size_t);
    if (s->longs == 0)
        return va_arg(f->ap, unsigned);
    return s->longs == 1 ? va_arg(f->ap, unsigned long)
                         : va_arg(f->ap, unsigned long long);
}

static int64_t
take_signed(struct fmt *f, const struct spec *s)
{
    if (s->size)
        return va_arg(f->ap, ptrdiff_t);
    if (s->longs == 0)
        return va_arg(f->ap, int);
    return s->longs == 1 ? va_arg(f->ap, long) : va_arg(f->ap, long long);
}

static const char *
read_number(const char *p, size_t *number)
{
    for (*number = 0; *p >= '0' && *p <= '9'; p++)
        *number = *number * 10 + (size_t)(*p - '0');
    return p;
}

/* Returns where the letter stands. */
static const char *
read_spec(struct fmt *f, const char *p, struct spec *s)
{
    *s = (struct spec){.most = SIZE_MAX};
    for (; *p == '-' || *p == '0'; p++)
        *(*p == '-' ? &s->left : &s->zeros) = true;
    p = read_number(p, &s->width);
    if (p[0] == '.' && p[1] == '*') {
        int most = va_arg(f->ap, int);

        s->most = most >= 0 ? (size_t)most : SIZE_MAX;
        p += 2;
    } else if (*p == '.') {
        p = read_number(p + 1, &s->most);
    }
    for (; *p == 'l'; p++)
        s->longs++;
    s->size = *p == 'z';
    return p + s->size;
}

/* Writes what the conversion at p asks for, and returns what stands behind
 * it; NULL when it is none of ours. */
static const char *
put_conversion(struct fmt *f, const char *p)
{
    struct spec s;
    int64_t v;
    char c;

    p = read_spec(f, p, &s);
    if (s.most != SIZE_MAX && *p != 's')
        return NULL;
    switch (*p) {
    case '%':
        put(f, "%", 1);
        break;
    case 'c':
        c = (char)va_arg(f->ap, int);
        put_padded(f, &s, &c, 1);
        break;
    case 's':
        put_text(f, &s, va_arg(f->ap, const char *));
        break;
    case 'd':
        v = take_signed(f, &s);
        put_number(f, &s, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, v < 0);
        break;
    case 'u':
    case 'x':
        put_number(f, &s, take_unsigned(f, &s), *p == 'u' ? 10 : 16, false);
        break;
    default:
        return NULL;
    }
    return p + 1;
}

int
fmt_list(char *out, size_t max, const char *fmt, va_list ap)
{
    struct fmt f = {.p = out, .max = max > 0 ? max - 1 : 0};

    va_copy(f.ap, ap);
    while (fmt != NULL && *fmt != '\0') {
        size_t plain = strcspn(fmt, "%");

        put(&f, fmt, plain);
        fmt += plain;
        if (*fmt == '%')
            fmt = put_conversion(&f, fmt + 1);
    }
    va_end(f.ap);
    if (max > 0)
        out[f.n < f.max ? f.n : f.max] = '\0';
    return fmt != NULL && f.n <= INT_MAX ? (int)f.n : -1;
}

#ifndef __GLIBC__

int
vsnprintf(char *restrict out, size_t max, const char *restrict fmt, va_list ap)
{
    return fmt_list(out, max, fmt, ap);
}

/* inet_ntop() of musl writes with it. */
int
snprintf(char *restrict out, size_t max, const char *restrict fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = fmt_list(out, max, fmt, ap);
    va_end(ap);
    return n;
}

#endif
