"""What pyOCD needs to program the simulated flash: code, entry points, buffers."""

from __future__ import annotations

from typing import Any

SECTOR_BYTES = 4096
PAGE_BYTES = 4096
ERASED = 0xFF

INSTRUCTIONS = (
    0x46C0BE00, 0x47702000, 0x02092110, 0x43D22200, 0x50423904, 0x2000D1FC,
    0x39014770, 0x5C43D404, 0x40235C54, 0xE7F85443, 0x47702000,
)  # fmt: skip
"""ram_flash.S, assembled."""

_INIT, _ERASE_SECTOR, _PROGRAM_PAGE = 0x04, 0x08, 0x1A
_THUMB = 1


def flash_algo(ram: int) -> dict[str, Any]:
    """pyOCD's description of an algorithm that is loaded at the start of RAM."""
    buffers = ram + 0x1000
    return {
        "load_address": ram,
        "instructions": list(INSTRUCTIONS),
        "pc_init": ram + _INIT + _THUMB,
        "pc_unInit": ram + _INIT + _THUMB,
        "pc_erase_sector": ram + _ERASE_SECTOR + _THUMB,
        "pc_program_page": ram + _PROGRAM_PAGE + _THUMB,
        "static_base": ram + 0x400,
        "begin_stack": ram + 0x1000,
        "page_size": PAGE_BYTES,
        "page_buffers": [buffers, buffers + PAGE_BYTES],
        "analyzer_supported": False,
        "analyzer_address": 0,
    }
