#define _POSIX_C_SOURCE 200809L /* getline, strdup */
#include "model.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model model;

struct number {
    const char *name;
    uint32_t *value;
};

static const struct number numbers[] = {
    {"address_stall", &model.address_stall},
    {"fpu_result_stall", &model.fpu_result_stall},
    {"it_folded", &model.it_folded},
    {"misaligned_target", &model.misaligned_target},
    {"unaligned_access", &model.unaligned_access},
    {"fetch_buffer", &model.fetch_buffer},
    {"wait_states", &model.wait_states},
    {"read_bytes", &model.read_bytes},
    {"line_bytes", &model.line_bytes},
    {"instruction_lines", &model.instruction_lines},
    {"data_lines", &model.data_lines},
    {"prefetch", &model.prefetch},
    {"end_mark", &model.end_mark},
};

struct named_range {
    const char *name;
    struct range *value;
};

static const struct named_range ranges[] = {
    {"flash", &model.flash},
    {"ram", &model.ram},
    {"stack", &model.stack},
    {"start_mark", &model.start_mark},
};

static bool read_number(const char *key, const char *values)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(key, numbers[i].name) == 0)
            return sscanf(values, "%i", (int *)numbers[i].value) == 1;
    return false;
}

static bool read_range(const char *key, const char *values)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (strcmp(key, ranges[i].name) == 0)
            return sscanf(values, "%x %x", &ranges[i].value->start, &ranges[i].value->end) == 2;
    return false;
}

/* kind NAME CYCLES PER_TRANSFER REFILL PIPELINED LEADS FPU_BUSY */
static bool read_kind(const char *values)
{
    char name[32];
    struct timing t;

    if (sscanf(values, "%31s %u %u %u %u %u %u", name, &t.cycles, &t.per_transfer, &t.refill,
               &t.pipelined, &t.leads, &t.fpu_busy) != 7)
        return false;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        if (strcmp(name, kind_names[kind]) == 0) {
            model.timing[kind] = t;
            return true;
        }
    }
    return false;
}

static bool read_function(const char *values)
{
    struct range r;

    if (sscanf(values, "%x %x", &r.start, &r.end) != 2)
        return false;
    model.functions =
        realloc(model.functions, (model.function_count + 1) * sizeof *model.functions);
    model.functions[model.function_count++] = (struct function){r};
    return true;
}

static bool read_output(const char *values)
{
    model.output = strdup(values);
    return model.output[0] != '\0';
}

static bool read_line(char *line)
{
    char *const values = strchr(line, ' ');

    if (values == NULL)
        return false;
    *values = '\0';
    if (strcmp(line, "kind") == 0)
        return read_kind(values + 1);
    if (strcmp(line, "function") == 0)
        return read_function(values + 1);
    if (strcmp(line, "output") == 0)
        return read_output(values + 1);
    return read_range(line, values + 1) || read_number(line, values + 1);
}

bool model_read(const char *path)
{
    FILE *const file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    bool good = file != NULL;

    if (!good)
        fprintf(stderr, "cycle model: cannot read %s\n", path);
    while (good && getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        good = read_line(line);
        if (!good)
            fprintf(stderr, "cycle model: %s: not understood: %s\n", path, line);
    }
    free(line);
    if (file != NULL)
        fclose(file);
    return good;
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
