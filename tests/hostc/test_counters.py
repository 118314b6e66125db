"""Cycle counters of 64 bits, compiled for the host over registers that are plain memory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.core.paths import firmware_dir

# The driver's addresses are mapped, so that the file under test is the board's own.
HEAD = """\
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "counter.h"

#define CVR (*(volatile uint32_t *)0xE000E018u)
#define CYCCNT (*(volatile uint32_t *)0xE0001004u)
#define DEMCR (*(volatile uint32_t *)0xE000EDFCu)
#define DWT_CTRL (*(volatile uint32_t *)0xE0001000u)

void cortex_m_systick(void);

static void map(uintptr_t page)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    if (mmap((void *)page, 4096, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED)
        perror("mmap");
}

static void show(const char *name, uint64_t value)
{
    printf("%s %llu\\n", name, (unsigned long long)value);
}

"""

DWT = """\
int main(void)
{
    map(0xE0001000u);
    map(0xE000E000u);
    counter_init();
    CYCCNT = 123;
    DEMCR = 0; /* a debugger disconnects */
    DWT_CTRL = 0;
    counter_start();
    show("enabled", DEMCR >> 24 & DWT_CTRL & 1u);
    show("start", counter_elapsed());
    CYCCNT = 1000;
    show("short", counter_elapsed());
    CYCCNT = 0xFFFFFFF0u;
    cortex_m_systick();
    show("long", counter_elapsed());
    CYCCNT = 5; /* wrapped; SysTick has not seen it yet */
    show("unseen wrap", counter_elapsed());
    cortex_m_systick();
    show("seen wrap", counter_elapsed());
    CYCCNT = 0xF0000000u;
    cortex_m_systick();
    CYCCNT = 7;
    cortex_m_systick();
    show("second wrap", counter_elapsed());
    counter_start();
    show("restart", counter_elapsed());
    return 0;
}
"""


SYSTICK = """\
static void tick(int signal)
{
    (void)signal;
    CVR = 0xFFFFFF;
}

int main(void)
{
    map(0xE000E000u);
    signal(SIGALRM, tick);
    counter_init();
    CVR = 77;
    ualarm(1000, 1000); /* the first tick after the restart that counter_start waits for */
    counter_start();
    ualarm(0, 0);
    show("start", counter_elapsed());
    CVR = 0xFFFFFF - 1000;
    show("short", counter_elapsed());
    CVR = 1;
    show("last but one", counter_elapsed());
    CVR = 0; /* it interrupts at once */
    cortex_m_systick();
    show("last", counter_elapsed());
    CVR = 0xFFFFFF;
    show("wrap", counter_elapsed());
    cortex_m_systick();
    CVR = 5;
    show("second wrap", counter_elapsed());
    return 0;
}
"""


def shown(program_text: str, driver: str, tmp_path: Path) -> dict[str, int]:
    """What the program says of the driver."""
    source, program = tmp_path / "main.c", tmp_path / "main"
    source.write_text(HEAD + program_text)
    firmware = firmware_dir()
    compile_ = [
        "gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-int-to-pointer-cast",
        "-I", str(firmware / "include"), str(source), str(firmware / "counter" / driver),
        "-o", str(program),
    ]  # fmt: skip
    built = processes.run(compile_, tmp_path / "gcc.log", Deadline.after(60, "compiling"))
    assert built.returncode == 0, built.log
    ran = processes.run([str(program)], tmp_path / "run.log", Deadline.after(20, "running"))
    assert ran.returncode == 0, ran.log
    lines = (line.rsplit(" ", 1) for line in ran.log.splitlines())
    return {name: int(value) for name, value in lines}


def test_cycles_are_counted_past_32_bits(tmp_path: Path) -> None:
    assert shown(DWT, "dwt.c", tmp_path) == {
        "enabled": 1,
        "start": 0,
        "short": 1000,
        "long": 0xFFFFFFF0,
        "unseen wrap": 2**32 + 5,
        "seen wrap": 2**32 + 5,
        "second wrap": 2 * 2**32 + 7,
        "restart": 0,
    }


def test_systick_is_counted_past_24_bits(tmp_path: Path) -> None:
    assert shown(SYSTICK, "systick.c", tmp_path) == {
        "start": 0,
        "short": 1000,
        "last but one": 0xFFFFFE,
        "last": 0xFFFFFF,
        "wrap": 1 << 24,
        "second wrap": (2 << 24) + 0xFFFFFF - 5,
    }


@pytest.mark.emulator
def test_the_counter_is_read_before_it_is_written(tmp_path: Path) -> None:
    """Renode 1.16 brings CYCCNT up to date when it is read; a write alone is lost."""
    firmware = firmware_dir()
    command = [
        "arm-none-eabi-gcc", "-std=c11", "-O2", "-mcpu=cortex-m4", "-mthumb", "-I",
        str(firmware / "include"), "-S", str(firmware / "counter" / "dwt.c"), "-o", "-",
    ]  # fmt: skip
    built = processes.run(command, tmp_path / "gcc.log", Deadline.after(60, "compiling"))
    assert built.returncode == 0, built.log
    start = built.log.split("counter_start:")[1].split("bx\tlr")[0]
    accesses = re.findall(r"\t(ldr|str)\tr\d+, \[(r\d+), #4\]", start)
    (first, base), (second, same) = accesses[:2]
    assert (first, second, base) == ("ldr", "str", same), start
