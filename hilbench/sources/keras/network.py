"""A Network as a child's result: what it writes, and what the parent makes of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from hilbench.core import workers
from hilbench.core.artifacts import Network, TensorSpec

SAVED_MODEL, UNROLLED = "saved_model", "unrolled"

FIELDS: dict[str, type] = {
    "name": str,
    "sha256": str,
    "inputs": list,
    "outputs": list,
    "parameters": int,
    "notes": list,
}


def result(
    name: str,
    sha256: str,
    inputs: tuple[TensorSpec, ...],
    outputs: tuple[TensorSpec, ...],
    parameters: int,
    profiler_macs: int | None = None,
    notes: tuple[str, ...] = (),
) -> workers.Json:
    return {
        "name": name,
        "sha256": sha256,
        "inputs": [asdict(spec) for spec in inputs],
        "outputs": [asdict(spec) for spec in outputs],
        "parameters": parameters,
        "profiler_macs": profiler_macs,
        "notes": list(notes),
    }


def load(worker: workers.Worker, folder: Path) -> Network:
    """What a child left in `folder`. Raises the worker's error."""
    found = worker.read(folder)
    unrolled = folder / UNROLLED
    return Network(
        name=found["name"],
        sha256=found["sha256"],
        inputs=tuple(_spec(spec) for spec in found["inputs"]),
        outputs=tuple(_spec(spec) for spec in found["outputs"]),
        saved_model=folder / SAVED_MODEL,
        unrolled=unrolled if unrolled.is_dir() else None,
        parameters=found["parameters"],
        profiler_macs=found.get("profiler_macs"),
        notes=tuple(found["notes"]),
    )


def _spec(values: workers.Json) -> TensorSpec:
    return TensorSpec(**{**values, "shape": tuple(values["shape"])})
