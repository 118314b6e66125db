"""What glue/recorder.cc reports, and the arena that follows from it."""

from __future__ import annotations

import struct
from dataclasses import asdict, dataclass, fields

from hilbench.core.errors import EngineError

ALIGNMENT = 16
"""Of TFLM's arena (MicroArenaBufferAlignment)."""


@dataclass(frozen=True)
class Arena:
    """Bytes of an arena, in the order in which the recorder sends them.

    `needed` is the largest sum of both ends at any moment of the start.
    `non_persistent` is the plan of activations and scratch buffers, `persistent`
    the other end; the rest say what TFLM's recording allocator counted for each
    purpose: metadata of tensors, kernels' own data (`buffers`), variables,
    nodes, operators' options.
    """

    needed: int
    non_persistent: int
    persistent: int
    eval_tensors: int
    tensors: int
    quantization: int
    buffers: int
    variables: int
    nodes: int
    op_data: int

    @property
    def bytes(self) -> int:
        """The smallest arena in which TFLM starts: `needed`, up to the alignment."""
        return -(-self.needed // ALIGNMENT) * ALIGNMENT

    @property
    def parts(self) -> dict[str, int]:
        """Everything but `needed`, by name."""
        return {name: value for name, value in asdict(self).items() if name != "needed"}


_REPORT = struct.Struct(f"<{len(fields(Arena))}I")


def parse(report: bytes) -> Arena:
    """Raises EngineError for a report that cannot be one."""
    if len(report) != _REPORT.size:
        raise EngineError(f"TFLM's recorder sent {len(report)} bytes instead of {_REPORT.size}")
    arena = Arena(*_REPORT.unpack(report))
    if arena.needed < max(1, arena.non_persistent + arena.persistent):
        raise EngineError(f"TFLM's recorder sent an impossible arena: {arena}")
    return arena
