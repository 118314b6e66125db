#include "window.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "calltree.h"
#include "flash.h"
#include "model.h"
#include "traffic.h"

bool window_is_open;

static FILE *output;
static unsigned windows;
static uint64_t taken_branches;
static const struct insn *continued; /* the instruction that the next block follows */

struct sum {
    uint64_t kinds[KINDS], instructions, issue, address, fpu;
};

static struct sum sum; /* over the blocks */

bool window_init(void)
{
    output = model.output ? fopen(model.output, "w") : NULL;
    if (output == NULL)
        fprintf(stderr, "cycle model: cannot write %s\n", model.output ? model.output : "output");
    flash_init();
    traffic_reset();
    return output != NULL;
}

static void forget(struct block *block)
{
    block->executions = 0;
}

void window_open(const struct block *first)
{
    block_each(forget);
    taken_branches = 0;
    continued = NULL;
    pipeline_open(&first->insns[0]);
    traffic_reset();
    calltree_open(first);
    window_is_open = true;
}

/* Only these need to know what came before them in another block. */
static bool depends(const struct insn *before, const struct insn *insn)
{
    return !kind_is_branch(before->kind) || insn->kind == KIND_it;
}

void window_account(struct block *block, const struct block *next, const struct touched *touched)
{
    const struct insn *const last = block_last(block);
    const bool taken = next->address != block->end;
    const int64_t before = pipeline_time();

    block->executions++;
    if (model.timed) {
        pipeline_run(block, continued, touched);
        if (taken)
            pipeline_branch(block->size > 1 ? last - 1 : continued, last, &next->insns[0]);
    }
    if (taken && !last->loop_end)
        taken_branches++;
    calltree_charge(block->size, model.timed ? pipeline_time() - before : (int64_t)block->size);
    if (taken && !next->closes)
        calltree_branch(block, next);
    continued = !taken && depends(last, &next->insns[0]) ? last : NULL;
}

static void add_up(struct block *block)
{
    const uint64_t n = block->executions;

    if (n == 0)
        return;
    for (size_t i = 0; i < block->size; i++)
        sum.kinds[block->insns[i].kind] += n;
    sum.instructions += n * block->size;
    sum.issue += n * block->cost.issue;
    sum.address += n * block->cost.address;
    sum.fpu += n * block->cost.fpu;
}

static void write_kinds(void)
{
    const char *separator = "";

    fprintf(output, "\"kinds\":{");
    for (unsigned k = 0; k < KINDS; k++) {
        if (sum.kinds[k]) {
            fprintf(output, "%s\"%s\":%" PRIu64, separator, kind_names[k], sum.kinds[k]);
            separator = ",";
        }
    }
    fprintf(output, "},");
}

static void write_traffic(void)
{
    static const char *const names[2] = {"loads", "stores"};

    for (unsigned store = 0; store < 2; store++) {
        const uint64_t *const n = traffic.accesses[store];
        fprintf(output,
                "\"%s\":{\"flash\":%" PRIu64 ",\"ram\":%" PRIu64 ",\"other\":%" PRIu64 "},",
                names[store], n[REGION_FLASH], n[REGION_RAM], n[REGION_OTHER]);
    }
    fprintf(output, "\"unaligned\":%" PRIu64 ",\"unaligned_at\":%" PRIu32 ",", traffic.unaligned,
            traffic.unaligned_at);
    fprintf(output, "\"stack_low\":%" PRIu32 ",", traffic.stack_low);
}

static void write_cycles(void)
{
    const struct stalls *const s = &pipeline_stalls;

    fprintf(output,
            "\"breakdown\":{\"issue\":%" PRId64 ",\"address\":%" PRId64 ",\"unaligned\":%" PRId64
            ",\"fpu\":%" PRId64 ",\"refill\":%" PRId64 ",\"fetch\":%" PRId64 ",\"data\":%" PRId64
            "},\"flash_reads\":{\"instruction\":%" PRIu64 ",\"data\":%" PRIu64 "},",
            (int64_t)sum.issue + s->issue, (int64_t)sum.address + s->address, s->unaligned,
            (int64_t)sum.fpu + s->fpu, s->refill, s->fetch, s->data, flash.instruction_reads,
            flash.data_reads);
}

/* [number, parent, call site, function, instructions, cycles] */
static void write_node(int32_t number, const struct node *node, void *separator)
{
    fprintf(output,
            "%s[%" PRId32 ",%" PRId32 ",%" PRIu32 ",%" PRId32 ",%" PRIu64 ",%" PRId64 "]",
            *(const char **)separator, number, node->parent, node->site, node->function,
            node->instructions, node->cycles);
    *(const char **)separator = ",";
}

void window_close(void)
{
    const char *separator = "";

    window_is_open = false;
    sum = (struct sum){0};
    block_each(add_up);
    fprintf(output,
            "{\"window\":%u,\"instructions\":%" PRIu64 ",\"cycles\":%" PRId64
            ",\"taken_branches\":%" PRIu64 ",",
            windows++, sum.instructions,
            model.timed ? pipeline_time() : (int64_t)sum.instructions, taken_branches);
    write_kinds();
    write_traffic();
    write_cycles();
    fprintf(output, "\"calls\":[");
    calltree_each(write_node, &separator);
    fprintf(output, "]}\n");
    fflush(output);
}
