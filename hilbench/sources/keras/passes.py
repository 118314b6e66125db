"""Passes over a converted file: a variant `int8_only+slim` is `int8_only`, then `slim`.

A pass is bytes to bytes and keeps what the model computes. A new one is a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hilbench.tflite.slim import slim

PASSES: dict[str, Callable[[bytes], bytes]] = {"slim": slim}


def apply(names: Iterable[str], content: bytes) -> bytes:
    """The file after the named passes, in their order. Raises FormatError, Unsupported."""
    for name in names:
        content = PASSES[name](content)
    return content
