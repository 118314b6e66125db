#include "format.h"

#include <cstdint>

namespace {

class Writer {
  public:
    Writer(char *buffer, size_t size) : buffer_(buffer), size_(size)
    {
    }

    void put(char c)
    {
        if (length_ + 1 < size_)
            buffer_[length_] = c;
        length_++;
    }

    void put(const char *text)
    {
        for (text = text != nullptr ? text : "(null)"; *text != '\0'; text++)
            put(*text);
    }

    void put_unsigned(uint64_t value, unsigned base)
    {
        char digits[20]; /* of 2^64 in base 10 */
        int count = 0;

        do {
            digits[count++] = "0123456789abcdef"[value % base];
            value /= base;
        } while (value != 0);
        while (count > 0)
            put(digits[--count]);
    }

    void put_signed(int64_t value)
    {
        if (value < 0)
            put('-');
        put_unsigned(value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value), 10);
    }

    void put_real(double value)
    {
        if (!(value > -1e15 && value < 1e15)) {
            put("(large)");
            return;
        }
        const double magnitude = value < 0 ? -value : value;
        const auto thousandths = static_cast<uint64_t>(magnitude * 1000 + 0.5);
        const unsigned fraction = static_cast<unsigned>(thousandths % 1000);
        if (value < 0)
            put('-');
        put_unsigned(thousandths / 1000, 10);
        put('.');
        put(static_cast<char>('0' + fraction / 100));
        put(static_cast<char>('0' + fraction / 10 % 10));
        put(static_cast<char>('0' + fraction % 10));
    }

    int end()
    {
        if (size_ > 0)
            buffer_[length_ < size_ ? length_ : size_ - 1] = '\0';
        return static_cast<int>(length_);
    }

  private:
    char *buffer_;
    size_t size_;
    size_t length_ = 0;
};

bool is_one_of(char c, const char *set)
{
    while (*set != '\0' && *set != c)
        set++;
    return c != '\0' && *set == c;
}

/* va_list may be an array type, which cannot be passed on by reference. */
struct Arguments {
    va_list list;
};

/* One conversion: `longs` counts the l of its length; size_t, ptrdiff_t and long are 32 bits. */
void convert(Writer &out, char conversion, int longs, Arguments &a)
{
    switch (conversion) {
    case 'd':
    case 'i':
        out.put_signed(longs > 1 ? va_arg(a.list, long long) : va_arg(a.list, int));
        break;
    case 'u':
        out.put_unsigned(longs > 1 ? va_arg(a.list, unsigned long long) : va_arg(a.list, unsigned),
                         10);
        break;
    case 'x':
    case 'X':
    case 'p':
        out.put_unsigned(longs > 1 ? va_arg(a.list, unsigned long long) : va_arg(a.list, unsigned),
                         16);
        break;
    case 'c': out.put(static_cast<char>(va_arg(a.list, int))); break;
    case 's': out.put(va_arg(a.list, const char *)); break;
    case 'e':
    case 'f':
    case 'g': out.put_real(va_arg(a.list, double)); break;
    default: out.put(conversion); break;
    }
}

}  // namespace

int format(char *buffer, size_t size, const char *text, va_list arguments)
{
    Writer out(buffer, size);
    Arguments a;

    va_copy(a.list, arguments);
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            out.put(*text);
            continue;
        }
        int longs = 0;
        for (text++; is_one_of(*text, "+-# 0123456789.hljzt"); text++)
            longs += *text == 'l';
        if (*text == '\0')
            break;
        convert(out, *text, longs, a);
    }
    va_end(a.list);
    return out.end();
}
