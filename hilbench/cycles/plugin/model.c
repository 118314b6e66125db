#define _POSIX_C_SOURCE 200809L /* getline */
#include "model.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

struct model model;

/* A key that must be there once; `seen` counts. */
struct number {
    const char *name;
    uint32_t *value;
    unsigned seen;
};

static struct number numbers[] = {
    {"address_stall", &model.address_stall, 0},
    {"fpu_result_stall", &model.fpu_result_stall, 0},
    {"it_folded", &model.it_folded, 0},
    {"misaligned_target", &model.misaligned_target, 0},
    {"unaligned_access", &model.unaligned_access, 0},
    {"unaligned_load", &model.unaligned_load, 0},
    {"flag_branch", &model.flag_branch, 0},
    {"fetch_buffer", &model.fetch_buffer, 0},
    {"fetch_restart", &model.fetch_restart, 0},
    {"bus_switch", &model.bus_switch, 0},
    {"placement", &model.placement, 0},
    {"wait_states", &model.wait_states, 0},
    {"read_extra", &model.read_extra, 0},
    {"read_bytes", &model.read_bytes, 0},
    {"line_bytes", &model.line_bytes, 0},
    {"line_fill", &model.line_fill, 0},
    {"data_buffer", &model.data_buffer, 0},
    {"shared_cache", &model.shared_cache, 0},
    {"cache_ways", &model.cache_ways, 0},
    {"instruction_lines", &model.instruction_lines, 0},
    {"data_lines", &model.data_lines, 0},
    {"prefetch", &model.prefetch, 0},
    {"prefetch_kept", &model.prefetch_kept, 0},
    {"end_mark", &model.end_mark, 0},
    {"riscv", &model.riscv, 0},
    {"timed", &model.timed, 0},
};

struct named_range {
    const char *name;
    struct range *value;
    unsigned seen;
};

static struct named_range ranges[] = {
    {"flash", &model.flash, 0},
    {"ram", &model.ram, 0},
    {"stack", &model.stack, 0},
    {"start_mark", &model.start_mark, 0},
};

static unsigned kinds_seen[KINDS];

enum { NUMBERS = sizeof numbers / sizeof *numbers, RANGES = sizeof ranges / sizeof *ranges };

/* The unsigned number that `*text` begins with, and moves behind it and one blank. */
static bool take(const char **text, uint32_t *value)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    errno = 0;
    const unsigned long number = strtoul(*text, &end, 0);
    if (errno || number > UINT32_MAX || (*end != ' ' && *end != '\0'))
        return false;
    *value = (uint32_t)number;
    *text = *end ? end + 1 : end;
    return true;
}

/* Exactly `count` numbers. */
static bool take_all(const char *text, uint32_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!take(&text, &values[i]))
            return false;
    return *text == '\0';
}

static bool take_range(const char *values, struct range *range)
{
    uint32_t v[2];

    if (!take_all(values, v, 2))
        return false;
    *range = (struct range){v[0], v[1]};
    return true;
}

static bool read_number(const char *key, const char *values)
{
    for (size_t i = 0; i < NUMBERS; i++)
        if (strcmp(key, numbers[i].name) == 0)
            return numbers[i].seen++ == 0 && take_all(values, numbers[i].value, 1);
    return false;
}

static bool read_range(const char *key, const char *values)
{
    for (size_t i = 0; i < RANGES; i++)
        if (strcmp(key, ranges[i].name) == 0)
            return ranges[i].seen++ == 0 && take_range(values, ranges[i].value);
    return false;
}

/* kind NAME CYCLES PER_TRANSFER REFILL PIPELINED LEADS FPU_BUSY */
static bool read_kind(const char *values)
{
    const char *const end = strchr(values, ' ');
    uint32_t v[6];

    if (end == NULL || !take_all(end + 1, v, 6))
        return false;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        if (strlen(kind_names[kind]) == (size_t)(end - values) &&
            strncmp(values, kind_names[kind], (size_t)(end - values)) == 0) {
            model.timing[kind] = (struct timing){v[0], v[1], v[2], v[3], v[4], v[5]};
            return kinds_seen[kind]++ == 0;
        }
    }
    return false;
}

/* bank START END LOAD_CYCLES */
static bool read_bank(const char *values)
{
    uint32_t v[3];

    if (!take_all(values, v, 3))
        return false;
    model.banks = alloc_resized(model.banks, model.bank_count + 1, sizeof *model.banks);
    model.banks[model.bank_count++] = (struct bank){{v[0], v[1]}, v[2]};
    return true;
}

static bool read_function(const char *values)
{
    struct range range;

    if (!take_range(values, &range))
        return false;
    model.functions =
        alloc_resized(model.functions, model.function_count + 1, sizeof *model.functions);
    model.functions[model.function_count++] = (struct function){range};
    return true;
}

static bool read_output(const char *values)
{
    const size_t size = strlen(values) + 1;

    if (size == 1 || model.output != NULL)
        return false;
    model.output = memcpy(alloc_zeroed(size, 1), values, size);
    return true;
}

static bool read_entry(const char *key, const char *values)
{
    if (strcmp(key, "kind") == 0)
        return read_kind(values);
    if (strcmp(key, "function") == 0)
        return read_function(values);
    if (strcmp(key, "bank") == 0)
        return read_bank(values);
    if (strcmp(key, "output") == 0)
        return read_output(values);
    return read_range(key, values) || read_number(key, values);
}

static bool read_line(char *line)
{
    char *const blank = strchr(line, ' ');

    if (blank == NULL)
        return false;
    *blank = '\0';
    const bool good = read_entry(line, blank + 1);
    *blank = ' ';
    return good;
}

/* The first key that was not there, or NULL. */
static const char *missing(void)
{
    for (unsigned kind = 0; kind < KINDS; kind++)
        if (!kinds_seen[kind])
            return kind_names[kind];
    for (size_t i = 0; i < NUMBERS; i++)
        if (!numbers[i].seen)
            return numbers[i].name;
    for (size_t i = 0; i < RANGES; i++)
        if (!ranges[i].seen)
            return ranges[i].name;
    return model.output == NULL ? "output" : NULL;
}

static bool read_lines(FILE *file, const char *path)
{
    char *line = NULL;
    size_t capacity = 0;
    bool good = true;

    for (unsigned number = 1; good && getline(&line, &capacity, file) > 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        good = read_line(line);
        if (!good)
            fprintf(stderr, "cycle model: %s:%u: not understood, or there twice: %s\n", path, number,
                    line);
    }
    free(line);
    return good;
}

bool model_read(const char *path)
{
    FILE *const file = fopen(path, "r");

    if (file == NULL) {
        fprintf(stderr, "cycle model: cannot read %s: %s\n", path, strerror(errno));
        return false;
    }
    const bool good = read_lines(file, path);
    fclose(file);
    const char *const absent = good ? missing() : NULL;
    if (absent != NULL)
        fprintf(stderr, "cycle model: %s: nothing about '%s'\n", path, absent);
    return good && absent == NULL;
}

int32_t model_function_at(uint32_t address)
{
    uint32_t low = 0, high = model.function_count;

    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (model.functions[middle].range.end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < model.function_count && within(model.functions[low].range, address)
               ? (int32_t)low
               : -1;
}
