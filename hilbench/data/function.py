"""Samples from a function of the user's, which runs in a child and leaves an .npz."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from hilbench.core import hashing, usercode, workers
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DataError
from hilbench.data import files, public

SAMPLES = "samples.npz"


@dataclass(frozen=True)
class Request:
    """Call `function` of the file `path`; of an iterable take `limit` samples."""

    path: Path
    function: str
    limit: int


WORKER = workers.Worker(
    module="hilbench.data.function_worker",
    what="the data function",
    error=DataError,
    request=Request,
    result=workers.Done,
)


def read(named: usercode.Named, limit: int, out_dir: Path, deadline: Deadline) -> files.Arrays:
    """What the function gives: arrays by name, (x, y), x, or an iterable of samples.

    Of an iterable `limit` samples are taken. Raises UsageError, DataError, DeadlineExceeded.
    """
    usercode.check(named, {})
    WORKER.call(Request(named.path.resolve(), named.function, limit), out_dir, deadline)
    return load(named, out_dir)


def load(named: usercode.Named, out_dir: Path) -> files.Arrays:
    """What `read` left there. Raises DataError."""
    found = files.read(out_dir / SAMPLES)
    return replace(found, origin=origin(named), where=str(named))


def origin(named: usercode.Named) -> str:
    if named.path == Path(public.__file__):
        package, licence = public.ORIGINS[named.function]
        return f"{named.function}, {public.versioned(package)}, {licence}"
    return f"{named.path.name}:{named.function} sha256 {hashing.of_file(named.path)[:16]}"
