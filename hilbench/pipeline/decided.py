"""By what a row is decided: one digest over everything that could make a number another one.

A row is kept by `--resume` only while its digest is what a new run would have. Whatever
is not sure to be irrelevant is part of it: measuring once too often costs minutes, a row
that is no longer true costs more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import hilbench
from hilbench.config.bench import Attachment
from hilbench.core import hashing, modules
from hilbench.cycles.watch import CycleModel
from hilbench.pipeline.plan import Job, Station
from hilbench.record.tasks import found_tasks

if TYPE_CHECKING:
    from hilbench.pipeline.measuring import Drivers
    from hilbench.pipeline.stages import Prepared

_MAKERS = ("arch", "config", "core", "cycles", "image", "link", "oracle", "pipeline", "record",
           "targets", "tflite")  # fmt: skip
"""The packages that make a row of a firmware; what made the firmware shows in its hash."""
_WHICH = {"probe", "serial", "port", "unique_id", "power_cycle"}
"""Keys of the bench file that tell like boards apart."""


def by(prepared: Prepared, drivers: Drivers) -> str:
    """The digest of a job's row that `drivers` measure."""
    return hashing.of_values(
        names=prepared.job.names,
        settings=settings(prepared.job),
        station=station(prepared.job.station, drivers),
        plugin=drivers.plugin,
        code=code(),
        added=added(),
        network=_network(prepared),
        compared=_compared(prepared),
        image=_image(prepared),
    )


def settings(job: Job) -> dict[str, object]:
    """What the experiment says of how the job is done; files of samples count by their content.

    Of the limits only that of measuring: those of other stages change no row that is ok.
    """
    return {
        "training": job.training.model_dump(),
        "data": job.data.model_dump(exclude={"text", "file"}),
        "measure": job.measure.model_dump(),
        "limit": job.limits.measure,
    }


def _network(prepared: Prepared) -> dict[str, object]:
    network, converted = prepared.network, prepared.converted
    return {
        "sha256": network.sha256,
        "inputs": [asdict(spec) for spec in network.inputs],
        "outputs": [asdict(spec) for spec in network.outputs],
        "counts": (network.parameters, network.profiler_macs),
        "compression": network.compression and asdict(network.compression),
        "notes": (*network.notes, *converted.notes, *prepared.sources.notes),
        "converter": converted.converter,
        "tflite": hashing.of_kept(converted.tflite),
    }


def _compared(prepared: Prepared) -> dict[str, object]:
    """The samples, and what the outputs are compared with."""
    samples, oracle, whole = prepared.samples, prepared.oracle, prepared.whole
    return {
        "origin": prepared.data,
        "reference": (prepared.reference.name, prepared.reference.why),
        "inputs": _arrays(samples.inputs),
        "expected": _arrays(samples.expected),
        "real": _arrays(samples.real),
        "labels": _arrays(() if samples.labels is None else (samples.labels,)),
        "rounded": samples.rounded,
        "steps": samples.steps,
        "clipped": (samples.clipped_inputs, samples.clipped_expected),
        "whole": None if whole is None else (whole.runtime, _arrays(whole.outputs)),
        "oracle": (oracle.runtime, oracle.arena_bytes, _arrays(oracle.outputs)),
    }


def _image(prepared: Prepared) -> dict[str, object]:
    firmware, sources = prepared.firmware, prepared.sources
    return {
        "elf": hashing.of_kept(firmware.elf),
        "base": hashing.of_kept(prepared.base.elf),
        "compiler": (firmware.compiler, firmware.flags, firmware.c_library),
        "engine": (
            sources.engine,
            sources.library,
            sources.library_build,
            dict(sources.arena_parts),
        ),
    }


def _arrays(arrays: Sequence[NDArray[np.generic]]) -> list[tuple[str, tuple[int, ...], str]]:
    """Dtype, shape and SHA-256 of the values of each."""
    return [(x.dtype.name, x.shape, hashlib.sha256(x.tobytes()).hexdigest()) for x in arrays]


def station(at: Station, drivers: Drivers) -> dict[str, object]:
    """What drives the board, in which version, and what its cycles are computed from."""
    return {
        "board": at.board.model_dump(mode="json"),
        "target": (at.target.kind, modules.hashed({type(at.target).__module__})),
        "bench": _ways(at.attached),
        "cycle_model": _cycle_model(at.cycle_model),
        "versions": list(drivers.versions),
        "pyserial": drivers.pyserial,
    }


def _ways(attached: Sequence[Attachment]) -> list[str]:
    """How the bench drives its boards, once each. Which of several like boards it is, and how many
    there are today, decides nothing: any of them may take any job, and a row names its probe."""
    return sorted(
        {hashing.of_values(**e.model_dump(mode="json", exclude=_WHICH)) for e in attached}
    )


def _cycle_model(model: CycleModel | None) -> object:
    if model is None:
        return None
    return [part.model_dump(mode="json") for part in (model.chip, model.core, model.memory)]


def added() -> dict[str, str]:
    """The columns that a project or packages add: the code of each by its name."""
    found = found_tasks().items()
    return {name: modules.hashed({task.module}) for name, task in found if task.module}


@cache
def code() -> str:
    """Hash of hilbench's own part in a row."""
    package = Path(hilbench.__file__).parent
    trees = {name: hashing.of_tree(package / name, ".py") for name in _MAKERS}
    return hashing.of_values(version=hilbench.__version__, trees=trees)
