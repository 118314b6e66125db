#include "pipeline.h"

#include <stddef.h>

#include "fetch.h"
#include "flash.h"
#include "model.h"

struct stalls pipeline_stalls;

static int64_t time; /* when the next instruction can begin to execute */
static int64_t fpu_free;

/* The last load: when it ended, and over which bus it went. */
static struct {
    int64_t end;
    bool code_bus;
} last_load;

static uint32_t crosses_words(const struct insn *insn)
{
    return insn->size == 4 && insn->address & 2 ? model.misaligned_target : 0;
}

void pipeline_open(const struct insn *first)
{
    time = fpu_free = 0;
    last_load.end = INT64_MIN;
    pipeline_stalls = (struct stalls){0};
    flash_reset();
    fetch.done = INT64_MIN / 2;
    fetch_redirect(first->address, time - 2 - crosses_words(first));
}

static uint32_t branch_refill(const struct insn *before, const struct insn *branch)
{
    if (!kind_is_branch(branch->kind))
        return model.timing[KIND_load_pc].refill; /* an exception */
    const bool waits = before != NULL && before->kind == KIND_alu && branch->on_flags;
    return model.timing[branch->kind].refill + (waits ? model.flag_branch : 0);
}

void pipeline_branch(const struct insn *before, const struct insn *branch,
                     const struct insn *target)
{
    const uint32_t refill = branch_refill(before, branch);
    /* The first word's transfer ends one cycle before its decoding and two before execution. */
    const int64_t transfer = time + refill - 2;

    fetch_ahead(transfer);
    fetch_redirect(target->address, transfer);
    time += refill + crosses_words(target);
    pipeline_stalls.refill += refill + crosses_words(target);
}

static uint32_t ram_wait(uint32_t address)
{
    for (uint32_t i = 0; i < model.bank_count; i++)
        if (within(model.banks[i].range, address))
            return model.banks[i].load_cycles;
    return 0;
}

/* One bus transfer in the cycle that began at `start`. */
static void transfer(uint32_t address, int64_t start)
{
    int64_t stall;

    if (within(model.flash, address)) {
        fetch_ahead(start);
        stall = flash_data(address, start) - (start + 1);
    } else {
        stall = ram_wait(address);
    }
    time += stall;
    pipeline_stalls.data += stall;
}

/* What one transfer moves of an unaligned access: as much as is aligned (DDI 0439, 3.3.3). */
static uint32_t aligned_piece(uint32_t address, uint32_t bytes)
{
    uint32_t piece = 4;

    while (piece > bytes || address % piece != 0)
        piece /= 2;
    return piece;
}

static void lose_unaligned(uint32_t cycles)
{
    time += cycles;
    pipeline_stalls.unaligned += cycles;
}

/* A load's data phases are its last cycles: that of this word begins `phase` before the end. */
static void load_word(uint32_t address, uint32_t bytes, uint32_t phase)
{
    for (;;) {
        const uint32_t piece = aligned_piece(address, bytes);

        transfer(address, time - phase);
        address += piece;
        bytes -= piece;
        if (bytes == 0)
            return;
        lose_unaligned(model.unaligned_access);
    }
}

/* A load cannot overlap with one on the other bus: both interfaces are used in order. */
static void switch_bus(const struct op *op, uint32_t address, int64_t start)
{
    const bool code_bus = model_on_code_bus(address);

    if (op->overlaps && last_load.end == start && last_load.code_bus != code_bus) {
        time += model.bus_switch;
        pipeline_stalls.issue += model.bus_switch;
    }
    last_load.code_bus = code_bus;
}

/* Everything that instruction `number`, begun at `start`, touched; returns what a later one did. */
static const struct touched *access_memory(const struct op *op, unsigned number, int64_t start,
                                           const struct touched *touched)
{
    uint32_t phase = op->transfers;

    time += op->late_cycles;
    pipeline_stalls.issue += op->late_cycles;
    for (; touched->op == number; touched++) {
        if (touched->store)
            continue; /* into the write buffer */
        if (phase == op->transfers)
            switch_bus(op, touched->address, start);
        if (takes_pieces(touched->address, touched->bytes))
            lose_unaligned(model.unaligned_load);
        for (uint32_t done = 0; done < touched->bytes; done += 4) {
            const uint32_t left = touched->bytes - done;
            load_word(touched->address + done, left < 4 ? left : 4, phase);
            phase -= phase > 1;
        }
        last_load.end = time;
    }
    return touched;
}

/* Waits for a word of instructions, and for the FPU if need be. */
static inline int64_t begin(uint32_t word, bool fpu)
{
    const int64_t decoded = fetch_arrival(word) + 1;
    int64_t start = time;

    if (decoded > start) {
        pipeline_stalls.fetch += decoded - start;
        start = decoded;
    }
    if (fpu && fpu_free > start) {
        pipeline_stalls.fpu += fpu_free - start;
        start = fpu_free;
    }
    return start;
}

static const struct touched *execute(const struct op *op, unsigned number,
                                     const struct touched *touched)
{
    const int64_t start = begin(op->word, op->fpu);

    if (op->frees)
        fetch_free(op->address & ~3u, start);
    if (op->fpu_busy)
        fpu_free = start + op->fpu_busy;
    time = start + op->cycles;
    return touched->op == number ? access_memory(op, number, start, touched) : touched;
}

/* The same as executing its instructions one by one. */
static inline void execute_step(const struct step *step)
{
    const int64_t start = begin(step->word, step->fpu);

    if (step->frees_previous)
        fetch_free(step->word - 4, start);
    if (step->frees_own)
        fetch_free(step->word, start + step->last_start);
    if (step->fpu_busy)
        fpu_free = start + step->fpu_busy;
    time = start + step->cycles;
}

static void correct(struct cost actual, struct cost counted)
{
    pipeline_stalls.issue += (int64_t)actual.issue - counted.issue;
    pipeline_stalls.address += (int64_t)actual.address - counted.address;
    pipeline_stalls.fpu += (int64_t)actual.fpu - counted.fpu;
}

void pipeline_run(const struct block *block, const struct insn *before,
                  const struct touched *touched)
{
    const struct step *step = block->steps, *const end = step + block->step_count;
    unsigned number = 0;

    if (before != NULL) {
        const struct op op = block_op(before, &block->insns[0]);
        correct(op.cost, block->ops[0].cost);
        touched = execute(&op, number++, touched);
        for (; number < step->end; number++)
            touched = execute(&block->ops[number], number, touched);
        step++;
    }
    for (; step < end; step++) {
        if (touched->op >= step->end)
            execute_step(step);
        else
            for (number = step->first; number < step->end; number++)
                touched = execute(&block->ops[number], number, touched);
    }
}

int64_t pipeline_time(void)
{
    return time;
}
