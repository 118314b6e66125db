#include "calltree.h"

#include "alloc.h"
#include "model.h"

enum { BUCKETS = 1 << 12, DEPTH_MAX = 256, NONE = -1 };

/* A call that has not returned. */
struct frame {
    int32_t caller;
    uint32_t back;
};

static struct node *nodes;
static int32_t node_count, node_capacity;
static int32_t buckets[BUCKETS]; /* 1 + node, 0 if empty */
static struct frame frames[DEPTH_MAX];
static unsigned depth;
static int32_t current = NONE;
static uint64_t window;

static unsigned bucket_of(int32_t parent, uint32_t site, int32_t function)
{
    const uint32_t mixed =
        ((uint32_t)parent * 31u + site) * 2654435761u + (uint32_t)function * 40503u;

    return mixed >> 16 & (BUCKETS - 1);
}

static int32_t create(int32_t parent, uint32_t site, int32_t function, int32_t *bucket)
{
    if (node_count == node_capacity) {
        node_capacity = node_capacity ? node_capacity * 2 : 256;
        nodes = alloc_resized(nodes, (size_t)node_capacity, sizeof *nodes);
    }
    nodes[node_count] = (struct node){
        .parent = parent, .site = site, .function = function, .next = *bucket - 1};
    *bucket = node_count + 1;
    return node_count++;
}

/* Makes the child of `parent` for this call current. */
static void enter(int32_t parent, uint32_t site, int32_t function)
{
    int32_t *const bucket = &buckets[bucket_of(parent, site, function)];
    int32_t n = *bucket - 1;

    while (n != NONE && (nodes[n].parent != parent || nodes[n].site != site ||
                         nodes[n].function != function))
        n = nodes[n].next;
    current = n != NONE ? n : create(parent, site, function, bucket);
    if (nodes[current].window != window) {
        nodes[current].window = window;
        nodes[current].instructions = 0;
        nodes[current].cycles = 0;
    }
}

void calltree_open(const struct block *first)
{
    window++;
    depth = 0;
    enter(NONE, 0, first->function);
}

void calltree_charge(uint64_t instructions, int64_t cycles)
{
    nodes[current].instructions += instructions;
    nodes[current].cycles += cycles;
}

static void call(const struct block *before, const struct block *block)
{
    const uint32_t site = block_last(before)->address;

    if (depth < DEPTH_MAX)
        frames[depth++] = (struct frame){current, before->end};
    enter(current, site, block->function);
}

/* In the functions of an Armv6-M that are too large for a branch, BL jumps, and nothing returns. */
static bool stays(const struct block *before, const struct block *block)
{
    return block->function == before->function && block->function != NONE &&
           block->address != model.functions[block->function].range.start;
}

void calltree_branch(const struct block *before, const struct block *block)
{
    const struct frame *const top = depth > 0 ? &frames[depth - 1] : NULL;

    if (kind_is_call(block_last(before)->kind) && !stays(before, block)) {
        call(before, block);
    } else if (top != NULL && block->address == top->back) {
        current = top->caller;
        depth--;
    } else if (block->function != nodes[current].function) {
        /* A tail call, which is for the site of the call that it ends, or a return past the
         * window's beginning. */
        enter(top ? top->caller : NONE, nodes[current].site, block->function);
    }
}

void calltree_each(void (*visit)(int32_t number, const struct node *node, void *context),
                   void *context)
{
    for (int32_t n = 0; n < node_count; n++)
        if (nodes[n].window == window)
            visit(n, &nodes[n], context);
}
