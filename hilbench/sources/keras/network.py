"""What the children that make a Network are asked and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hilbench.config.experiment import Training
from hilbench.core.artifacts import Compression, Network, TensorSpec

SAVED_MODEL, UNROLLED, PLAIN = "saved_model", "unrolled", "plain"


@dataclass(frozen=True)
class TrainingRequest:
    """Train the row `model` of a family's table with `options` on `samples`."""

    model: str
    options: Mapping[str, object]
    training: Training
    samples: Path


@dataclass(frozen=True)
class LoadingRequest:
    """Load the network of the file `path`, or build it with `function` there and `options`.

    `stream` are the time steps of an invocation of its streaming form, 0 for the network as it is.
    """

    name: str
    path: Path
    function: str | None
    options: Mapping[str, object]
    allow_lambda: bool
    seed: int
    shapes: Mapping[str, tuple[int, ...]]
    stream: int = 0


@dataclass(frozen=True)
class Result:
    """What is said of the exported network in the folder; see Network."""

    name: str
    sha256: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    parameters: int
    profiler_macs: int | None = None
    compression: Compression | None = None
    notes: tuple[str, ...] = ()
    least_move: float = 0.0


def found(result: Result, folder: Path) -> Network:
    """The network that a child left in `folder`."""
    unrolled, plain = (
        folder / name if (folder / name).is_dir() else None for name in (UNROLLED, PLAIN)
    )
    return Network(
        saved_model=folder / SAVED_MODEL,
        unrolled=unrolled,
        plain=plain,
        **vars(result),
    )
