"""Firmware whose engine makes one semihosting call of its own, as told by the input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hilbench.core.artifacts import EngineSources
from hilbench.image import image

BYTES = 8
# Operations of Arm's semihosting specification (IHI 0100); the second word of each is its argument.
OPEN, REMOVE, TMPNAM, RENAME, SYSTEM = 0x01, 0x0E, 0x0D, 0x0F, 0x12
READ, WRITE, APPEND = 0, 4, 8

ENGINE = r"""
#include "engine.h"

#include <stddef.h>
#include <string.h>

const char engine_name[] = "hostile";
const char engine_model[] = "%(model)s";

static int8_t in[%(bytes)d], out[%(bytes)d];
static const struct engine_tensor input = {in, sizeof in, HB_INT8};
static const struct engine_tensor output = {out, sizeof out, HB_INT8};

int engine_init(void) { return 0; }
void engine_reset(void) {}
const char *engine_error(void) { return ""; }
const struct engine_tensor *engine_input(uint32_t i) { return i == 0 ? &input : NULL; }
const struct engine_tensor *engine_output(uint32_t i) { return i == 0 ? &output : NULL; }

static const char path[] = "%(path)s";
static const char other[] = "%(other)s";
static char name[64];

%(call)s

int engine_invoke(void)
{
    const uint32_t operation = (uint8_t)in[0], mode = (uint8_t)in[1];
    const uint32_t size = sizeof path - 1;
    const uint32_t open[] = {(uint32_t)path, mode, size};
    const uint32_t one[] = {(uint32_t)path, size};
    const uint32_t two[] = {(uint32_t)path, size, (uint32_t)other, sizeof other - 1};
    const uint32_t temporary[] = {(uint32_t)name, 1, sizeof name};
    const void *const arguments = operation == 0x01   ? (const void *)open
                                  : operation == 0x0f ? (const void *)two
                                  : operation == 0x0d ? (const void *)temporary
                                                      : (const void *)one;
    const int32_t result = call(operation, arguments);

    memcpy(out, &result, sizeof result);
    return 0;
}
"""
PLAIN = r"""
__attribute__((noinline)) static int32_t call(uint32_t operation, const void *arguments)
{
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = arguments;

    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}
"""
# The instruction is made at run time, in RAM: bkpt 0xab; bx lr.
HIDDEN = r"""
static int32_t call(uint32_t operation, const void *arguments)
{
    static volatile uint16_t code[2] __attribute__((aligned(4)));

    code[0] = 0xBEABu;
    code[1] = 0x4770u;
    __asm volatile("dsb\n\tisb" ::: "memory");
    return ((int32_t(*)(uint32_t, const void *))((uint32_t)code | 1u))(operation, arguments);
}
"""


def sources(folder: Path, path: str, other: str = "", call: str = HIDDEN) -> EngineSources:
    """The engine; `path` and `other` are the names that it hands to the host."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "engine.c"
    model = "00" * 32
    values = {"bytes": BYTES, "model": model, "path": path, "other": other, "call": call}
    source.write_text(ENGINE % values)
    return replace(image.base_sources(), engine="hostile", model_sha256=model, sources=(source,))


def sample(operation: int, mode: int = 0) -> list[bytes]:
    return [bytes([operation, mode]).ljust(BYTES, b"\0")]
