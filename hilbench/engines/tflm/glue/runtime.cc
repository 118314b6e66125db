#include "runtime.h"

#include <setjmp.h>
#include <stdlib.h>

#include "format.h"
#include "tensorflow/lite/micro/debug_log.h"

namespace {

/* The first lines say why; what follows is who passed the failure on. */
char words[256];
size_t length;
bool line_ended;

jmp_buf escape;

void put(char c)
{
    if (length + 1 < sizeof(words))
        words[length++] = c;
}

void add(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' || *text == '\r') {
            line_ended = length > 0;
            continue;
        }
        if (line_ended) {
            put(';');
            put(' ');
            line_ended = false;
        }
        put(*text);
    }
    words[length] = '\0';
}

void print(char *buffer, size_t size, const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    format(buffer, size, text, arguments);
    va_end(arguments);
}

void clear()
{
    length = 0;
    line_ended = false;
    words[0] = '\0';
}

}  // namespace

namespace runtime {

int guarded(int (*work)())
{
    clear();
    if (setjmp(escape) != 0)
        return ABORTED;
    return work();
}

const char *said()
{
    return words;
}

}  // namespace runtime

/* Leaves the guarded work. `place` is all that is known of a failed check of TFLM. */
[[noreturn]] static void give_up(const void *place)
{
    char line[32];

    print(line, sizeof(line), "\naborted at %x", reinterpret_cast<unsigned>(place));
    add(line);
    longjmp(escape, 1);
}

/* TFLM's own, an inline function and hence weak, would wait here forever. */
[[noreturn]] void AbortImpl();
void AbortImpl()
{
    give_up(__builtin_return_address(0));
}

extern "C" {

void DebugLog(const char *text, va_list arguments)
{
    char line[160];

    format(line, sizeof(line), text, arguments);
    add(line);
}

int DebugVsnprintf(char *buffer, size_t size, const char *text, va_list arguments)
{
    return format(buffer, size, text, arguments);
}

/* newlib's would raise a signal, which nobody handles. */
[[noreturn]] void abort()
{
    give_up(__builtin_return_address(0));
}

/* newlib's would print to a file. */
[[noreturn]] void __assert_func(const char *, int, const char *, const char *expression)
{
    add("\n");
    add(expression);
    give_up(__builtin_return_address(0));
}

/* libstdc++'s would bring the name demangler and 60 KiB with it. */
[[noreturn]] void __cxa_pure_virtual()
{
    give_up(__builtin_return_address(0));
}

}  // extern "C"

/* Wanted by the destructors of archives without TF_LITE_STATIC_MEMORY. Nothing is ever on a heap,
 * and libstdc++'s would bring newlib's. */
void operator delete(void *) noexcept
{
    give_up(__builtin_return_address(0));
}

void operator delete(void *, size_t) noexcept
{
    give_up(__builtin_return_address(0));
}
