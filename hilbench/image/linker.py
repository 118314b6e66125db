"""Linker script from a board's memory regions.

RAM begins with the stack, so that an overflow leaves the region and faults
instead of writing over data.
"""

from __future__ import annotations

from string import Template

from hilbench.config.board import Board

_SCRIPT = Template("""\
MEMORY
{
$boot_region  flash (rx) : ORIGIN = $flash_origin, LENGTH = $flash_length
  ram (rwx) : ORIGIN = $ram_origin, LENGTH = $ram_length
}

ENTRY(hb_reset)

SECTIONS
{
$boot  .text :
  {
$first    *(.text .text.*)
    KEEP(*(.init))
    KEEP(*(.fini))
  } > flash

  .weights : { *(.rodata.weights .rodata.weights.*) } > flash

  .rodata :
  {
    *(.rodata .rodata.* .srodata .srodata.*)
    . = ALIGN(4);
    __init_array_start = .;
    KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))
    KEEP(*(.init_array))
    __init_array_end = .;
  } > flash

$sections
  /* Last, and the loop around an invocation at the beginning of a cache line: no count of a
   * cycle may change with the harness. */
  .harness :
  {
    . = ALIGN(32);
    *(.harness.windows)
    *(.harness.image_id)
  } > flash

  .stack (NOLOAD) :
  {
    . = ALIGN(8);
    hb_stack_bottom = .;
    ASSERT(hb_stack_bottom % $guard == 0, "ram must begin at a multiple of $guard bytes");
    . += $stack;
    hb_stack_top = .;
  } > ram

  /* Aligned where it is loaded from too: it is copied by words. */
$before_data  .data : ALIGN(4)
  {
    hb_data_start = .;
    *(.data .data.*)
$data    . = ALIGN(4);
    hb_data_end = .;
  } > ram AT > flash
  hb_data_load = LOADADDR(.data);

  .arena (NOLOAD) :
  {
    . = ALIGN(4);
    hb_bss_start = .;
    *(.bss.arena .bss.arena.*)
  } > ram

  .bss (NOLOAD) :
  {
    *(.sbss .sbss.* .scommon .bss .bss.* COMMON)
    . = ALIGN(4);
    hb_bss_end = .;
  } > ram
}
""")


_BOOT_REGION = "  boot (rx) : ORIGIN = {origin:#010x}, LENGTH = {length}\n"
_BOOT = "  .boot : { KEEP(*(.boot)) } > boot\n\n"


def script(board: Board) -> str:
    """The linker script; sections are named for the parts that `elf.sizes` reports."""
    memory, family = board.memory, board.family
    boot = memory.boot
    return _SCRIPT.substitute(
        boot_region=_BOOT_REGION.format(**dict(boot)) if boot else "",
        boot=_BOOT if boot else "",
        flash_origin=f"{memory.flash.origin:#010x}",
        flash_length=memory.flash.length,
        ram_origin=f"{memory.ram.origin:#010x}",
        ram_length=memory.ram.length,
        stack=board.stack,
        first=family.first,
        sections=family.sections,
        before_data=family.before_data,
        data=family.data,
        guard=family.guard_bytes,
    )
