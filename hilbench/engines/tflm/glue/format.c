#include "format.h"

#include <stdint.h>
#include <string.h>

enum { DIGITS_MAX = 20 }; /* of 2^64 in base 10 */

struct writer {
    char *buffer;
    size_t size, length;
};

/* va_list may be an array type, which a function cannot take by reference. */
struct arguments {
    va_list list;
};

static void put(struct writer *w, char c)
{
    if (w->length + 1 < w->size)
        w->buffer[w->length] = c;
    w->length++;
}

static void put_text(struct writer *w, const char *text)
{
    for (text = text != NULL ? text : "(null)"; *text != '\0'; text++)
        put(w, *text);
}

static void put_unsigned(struct writer *w, uint64_t value, unsigned base)
{
    char digits[DIGITS_MAX];
    int count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (count > 0)
        put(w, digits[--count]);
}

static void put_signed(struct writer *w, int64_t value)
{
    if (value < 0)
        put(w, '-');
    put_unsigned(w, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

static void put_real(struct writer *w, double value)
{
    if (!(value > -1e15 && value < 1e15)) {
        put_text(w, "(large)");
        return;
    }
    const uint64_t thousandths = (uint64_t)((value < 0 ? -value : value) * 1000 + 0.5);
    if (value < 0)
        put(w, '-');
    put_unsigned(w, thousandths / 1000, 10);
    put(w, '.');
    for (unsigned unit = 100; unit > 0; unit /= 10)
        put(w, (char)('0' + thousandths / unit % 10));
}

static uint64_t next_unsigned(struct arguments *a, int longs)
{
    return longs > 1 ? va_arg(a->list, unsigned long long) : va_arg(a->list, unsigned);
}

/* `longs` counts the l of the conversion's length: size_t and long are as wide as int. */
static void convert(struct writer *w, char conversion, int longs, struct arguments *a)
{
    switch (conversion) {
    case 'd':
    case 'i': put_signed(w, longs > 1 ? va_arg(a->list, long long) : va_arg(a->list, int)); break;
    case 'u': put_unsigned(w, next_unsigned(a, longs), 10); break;
    case 'x':
    case 'X':
    case 'p': put_unsigned(w, next_unsigned(a, longs), 16); break;
    case 'c': put(w, (char)va_arg(a->list, int)); break;
    case 's': put_text(w, va_arg(a->list, const char *)); break;
    case 'e':
    case 'f':
    case 'g': put_real(w, va_arg(a->list, double)); break;
    default: put(w, conversion); break;
    }
}

int format(char *buffer, size_t size, const char *text, va_list arguments)
{
    struct writer w = {buffer, size, 0};
    struct arguments a;

    va_copy(a.list, arguments);
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            put(&w, *text);
            continue;
        }
        int longs = 0;
        for (text++; *text != '\0' && strchr("+-# 0123456789.hljzt", *text) != NULL; text++)
            longs += *text == 'l';
        if (*text == '\0')
            break;
        convert(&w, *text, longs, &a);
    }
    va_end(a.list);
    if (size > 0)
        buffer[w.length < size ? w.length : size - 1] = '\0';
    return (int)w.length;
}
