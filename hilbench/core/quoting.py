"""How a value is written for another program so that it stays a value: one function per program."""

from __future__ import annotations

from pathlib import Path


def qemu(value: Path | str) -> str:
    """Inside one of QEMU's comma-separated options (`-chardev`, `-plugin`, `-M`)."""
    return str(value).replace(",", ",,")
