#include "batch_matmul_f32.inc"
