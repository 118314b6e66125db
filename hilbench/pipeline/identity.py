"""What the firmware of a job must say of itself."""

from __future__ import annotations

from collections.abc import Sequence

from hilbench.config.board import Board
from hilbench.core.artifacts import DeviceTensor, EngineSources, Firmware
from hilbench.link.identity import Expected
from hilbench.tflite.graph import Graph


def of(
    board: Board, sources: EngineSources, firmware: Firmware, graph: Graph | None = None
) -> Expected:
    """By the job's own files; without the graph of its model its tensors are not known."""
    return Expected(
        board=board.name,
        engine=sources.engine,
        model=sources.model_sha256,
        image=firmware.image_id,
        counter=board.counter.driver,
        counter_unit=board.counter.unit,
        counter_hz=board.counter.hz,
        counter_per_tick=board.counter.per_tick,
        inputs=_tensors(graph, graph.inputs) if graph else None,
        outputs=_tensors(graph, graph.outputs) if graph else None,
        stack_bytes=firmware.sizes.stack_bytes,
    )


def _tensors(graph: Graph, indices: Sequence[int]) -> tuple[DeviceTensor, ...]:
    tensors = (graph.tensors[index] for index in indices)
    return tuple(DeviceTensor(tensor.dtype, tensor.bytes) for tensor in tensors)
