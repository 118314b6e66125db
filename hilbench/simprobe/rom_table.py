"""The CoreSight ROM table of a Cortex-M4 and the ids of what it lists.

Layout: Arm IHI 0029 (CoreSight architecture) and the Cortex-M4 manual (DDI 0439,
table 9-1). QEMU has no DWT, so it is not listed.
"""

from __future__ import annotations

BASE = 0xE00FF000
_SCS, _FPB = 0xE000E000, 0xE0002000
_PRESENT = 3
_ID_OFFSET = 0xFD0
_MEMTYPE_OFFSET = 0xFCC


def _identification(part: int, component_class: int) -> list[int]:
    """PIDR4..7, PIDR0..3, CIDR0..3 of a part designed by Arm (JEP106 0x3B, bank 4)."""
    peripheral = [part & 0xFF, 0xB0 | part >> 8, 0x0B, 0x00]
    return [0x04, 0, 0, 0, *peripheral, 0x0D, component_class << 4, 0x05, 0xB1]


def _component(base: int, part: int, component_class: int) -> dict[int, int]:
    words = _identification(part, component_class)
    return {base + _ID_OFFSET + 4 * n: word for n, word in enumerate(words)}


_ENTRIES = [(base - BASE) & 0xFFFFF000 | _PRESENT for base in (_SCS, _FPB)] + [0]

WORDS: dict[int, int] = {
    **{BASE + 4 * n: entry for n, entry in enumerate(_ENTRIES)},
    BASE + _MEMTYPE_OFFSET: 1,
    **_component(BASE, 0x4C4, 0x1),
    **_component(_SCS, 0x00C, 0xE),
    **_component(_FPB, 0x003, 0xE),
}
"""Address -> value of every word that is not zero memory."""
