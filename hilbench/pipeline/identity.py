"""What the firmware of a job must say of itself."""

from __future__ import annotations

from hilbench.config.board import Board
from hilbench.core.artifacts import DeviceTensor, EngineSources, Firmware
from hilbench.link.identity import Expected
from hilbench.pipeline.samples import Array, Samples


def of(
    board: Board, sources: EngineSources, firmware: Firmware, samples: Samples | None = None
) -> Expected:
    """By the job's own files; without samples its tensors are not known."""
    return Expected(
        board=board.name,
        engine=sources.engine,
        model=sources.model_sha256,
        image=firmware.image_id,
        counter=board.counter.driver,
        counter_unit=board.counter.unit,
        counter_hz=board.counter.hz,
        counter_per_tick=board.counter.per_tick,
        inputs=_tensors(samples.inputs) if samples else None,
        outputs=_tensors(samples.expected) if samples else None,
        stack_bytes=firmware.sizes.stack_bytes,
    )


def _tensors(of_samples: Array) -> tuple[DeviceTensor, ...]:
    """The only input or output, of which (n, ...) samples are given."""
    return (DeviceTensor(of_samples.dtype.name, of_samples[0].nbytes),)
