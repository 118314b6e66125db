/* A QEMU plugin that counts what an image does between two marks, and models its cycles.
 *
 * Argument: config=FILE, everything about core, chip and image (model.h).
 * For each window one line of JSON goes to the file that the configuration names.
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "block.h"
#include "model.h"
#include "qemu_api.h"
#include "traffic.h"
#include "window.h"

QEMU_EXPORT int qemu_plugin_version = QEMU_API_VERSION;

enum { BLOCK_MAX = 1024, TOUCHED_MAX = 32 * BLOCK_MAX };

static struct block *current;       /* is being executed */
static uint64_t reached_last;       /* its last instruction was */
static bool opens_next;             /* the opening mark has been passed */
static struct touched touched[TOUCHED_MAX + 1];
static unsigned touched_count;
static const struct access *vector; /* the vector access that QEMU is in */

/* A block that touches a device is left there; QEMU goes on with the instruction behind. */
static struct block *executed_part(const struct block *next)
{
    const bool left_early = !reached_last && next->address > current->address &&
                            next->address < current->end;

    return left_early ? block_prefix(current, next->address) : current;
}

static void on_block(unsigned int vcpu, void *userdata)
{
    struct block *const block = userdata;
    (void)vcpu;

    if (window_is_open) {
        touched[touched_count].op = TOUCHED_END;
        window_account(executed_part(block), block, touched);
        if (block->closes)
            window_close();
    }
    if (opens_next && !block->opens)
        window_open(block);
    opens_next = block->opens;
    current = block;
    reached_last = 0;
    touched_count = 0;
    vector = NULL;
}

static void remember(const struct access *access, uint32_t address, uint32_t bytes)
{
    if (access->block != current || touched_count == TOUCHED_MAX)
        return;
    touched[touched_count++] = (struct touched){
        .address = address, .op = access->op, .bytes = (uint8_t)bytes, .store = access->store};
}

static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t where,
                      void *userdata)
{
    const struct access *const access = userdata;
    const uint32_t address = (uint32_t)where;
    (void)vcpu;

    if (!window_is_open)
        return;
    if (access->store)
        traffic_stack(address);
    if (access->vector) {
        traffic.accesses[access->store][traffic_region(address)] += access != vector;
        vector = access;
        return;
    }
    const uint32_t bytes = 1u << qemu_plugin_mem_size_shift(info);
    const enum region region = traffic_region(address);
    const bool matters =
        !access->store && (region == REGION_FLASH || (region == REGION_RAM && model_ram_matters()) ||
                           takes_pieces(address, bytes));

    traffic.accesses[access->store][region] += bytes > 4 ? bytes / 4 : 1;
    if (address & (bytes - 1)) {
        traffic.unaligned++;
        traffic.unaligned_at = access->block->insns[access->op].address;
    }
    if (matters || access->conditional)
        remember(access, address, bytes);
}

/* IT blocks can be cut by QEMU: per halfword of flash, how many conditional instructions are
 * left when execution gets there.
 */
static uint8_t *conditionals_left;

static bool is_conditional(const struct insn *insn)
{
    if (!within(model.flash, insn->address))
        return false;
    uint8_t *const here = &conditionals_left[(insn->address - model.flash.start) / 2];
    uint8_t *const behind = here + insn->size / 2;

    if (*here > 0)
        *behind = *here - 1;
    else if (insn->it_block > 0)
        *behind = insn->it_block;
    return *here > 0;
}

/* QEMU 7.2 gives the last instruction of a page the bytes of the next one as well. */
static struct insn decode_one(const struct qemu_plugin_insn *from)
{
    const size_t given = qemu_plugin_insn_size(from);
    uint16_t code[2] = {0};

    memcpy(code, qemu_plugin_insn_data(from), given < sizeof code ? given : sizeof code);
    const uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(from);
    if (model.riscv)
        return decode_riscv(address, code);
    struct insn insn = decode(address, code);
    insn.conditional = is_conditional(&insn);
    return insn;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    static struct insn insns[BLOCK_MAX];
    const size_t all = qemu_plugin_tb_n_insns(tb);
    const size_t size = all < BLOCK_MAX ? all : BLOCK_MAX;
    (void)id;

    if (size == 0)
        return;
    for (size_t i = 0; i < size; i++)
        insns[i] = decode_one(qemu_plugin_tb_get_insn(tb, i));
    struct block *const block = block_of(insns, size);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, block);
    qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(tb, size - 1),
                                               QEMU_PLUGIN_INLINE_ADD_U64, &reached_last, 1);
    /* With the read flag alone QEMU 7.2 drops most callbacks. */
    for (size_t i = 0; i < size; i++)
        if (block->insns[i].transfers > 0)
            qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, i), on_access,
                                             QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
                                             &block->accesses[i]);
}

static const char *config_argument(int argc, char **argv)
{
    static const char key[] = "config=";

    if (argc == 1 && strncmp(argv[0], key, sizeof key - 1) == 0)
        return argv[0] + sizeof key - 1;
    fprintf(stderr, "cycle model: one argument is expected: config=FILE\n");
    return NULL;
}

QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc,
                                    char **argv)
{
    const char *const path = config_argument(argc, argv);
    (void)info;

    if (path == NULL || !model_read(path) || !window_init())
        return -1;
    conditionals_left = alloc_zeroed((model.flash.end - model.flash.start) / 2 + 2, 1);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    return 0;
}
