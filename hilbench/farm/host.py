"""What runs on a host of a farm: measurements, as they would be without one.

A host needs neither TensorFlow nor a cross compiler: the image comes with the request. Its own
bench file says what is attached, its own locks hold, its own cache has logs of what failed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from distributed import WorkerPlugin, get_worker

from hilbench.config.bench import Bench
from hilbench.config.board import Board
from hilbench.core import hashing, processes
from hilbench.core.errors import (
    BoardGone,
    HilbenchError,
    HostLost,
    Interrupted,
    JobError,
    TargetError,
)
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.cycles.watch import CycleModel
from hilbench.pipeline.events import Event, Observer, StageStarted
from hilbench.pipeline.measuring import Here, Measured, Request
from hilbench.pipeline.plan import station
from hilbench.targets.base import targets

PLUGIN = "hilbench"
LOGS = "logs"
"""Attribute of a JobError that came from a host: its logs, text by file name."""
_LOG_BYTES = 1 << 20


@dataclass(frozen=True)
class Parcel:
    """One measurement, all that a host needs for it. Stages are told under `topic`,
    `resource` is the place that it takes."""

    request: Request
    board: Board
    cycle_model: CycleModel | None
    image: bytes
    sha256: str
    topic: str
    resource: str = ""


def measure(parcel: Parcel) -> Measured:
    """The task that a client submits. Raises JobError."""
    worker = get_worker()
    return cast(Host, worker.plugins[PLUGIN]).measure(worker.get_current_task(), parcel)


class Host(WorkerPlugin):
    """A worker's own part; `name` is what rows of the journal call it."""

    name = PLUGIN

    def __init__(self, host: str, settings: Settings, bench: Bench) -> None:
        self._host, self._settings, self._bench = host, settings, bench
        self._targets = targets(settings)  # which know boards that were unplugged
        self._owners: dict[Any, Owner] = {}
        self._lock = threading.Lock()
        self._worker: Any = None
        self._over = False

    def setup(self, worker: Any) -> None:
        self._worker = worker

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
        """A job that nobody waits for any more is stopped: Dask itself ends no thread."""
        if start == "executing" and finish in ("cancelled", "released", "forgotten"):
            self._stop(key)

    @property
    def busy(self) -> bool:
        return bool(self._owners)

    def leave(self) -> None:
        """Stop all jobs; none begins any more."""
        self._over = True
        for key in list(self._owners):
            self._stop(key)

    def _stop(self, key: Any) -> None:
        with self._lock:
            owner = self._owners.get(key)
        if owner is not None:
            owner.stop()

    def measure(self, key: Any, parcel: Parcel) -> Measured:
        owner = Owner()
        with self._lock:
            self._owners[key] = owner
        try:
            if self._over:
                owner.stop()
            return self._measured(key, parcel, owner)
        except Interrupted:
            raise HostLost(f"host {self._host} was stopped") from None
        except BoardGone as error:
            self._withdraw(parcel.resource)
            raise HostLost(f"{error.message} (on host {self._host})") from None
        except JobError as error:
            setattr(error, LOGS, _logs(error.log_dir))
            error.message = f"{error.message} (on host {self._host})"
            raise
        except HilbenchError as error:  # a cache that is full, a program that is missing
            raise TargetError(f"host {self._host}: {error}") from None
        finally:
            with self._lock:
                del self._owners[key]

    def _withdraw(self, resource: str) -> None:
        """There is no such board here any more: its jobs go elsewhere, or wait."""
        self._worker.loop.add_callback(self._worker.set_resources, **{resource: 0})

    def _measured(self, key: Any, parcel: Parcel, owner: Owner) -> Measured:
        with processes.temporary_folder() as folder:
            image = folder / "firmware.elf"
            image.write_bytes(parcel.image)
            if hashing.of_file(image) != parcel.sha256:
                raise TargetError("the image arrived damaged")
            at = station(parcel.board, self._bench, self._targets)
            at = replace(at, cycle_model=parcel.cycle_model)
            here = Here(Store(self._settings.cache, owner=owner), owner)
            return here.measure(at, parcel.request, image, self._telling(key, parcel.topic))

    def _telling(self, key: Any, topic: str) -> Observer:
        def tell(event: Event) -> None:
            if isinstance(event, StageStarted):
                said = {"key": key, "stage": event.stage, "host": self._host}
                self._worker.log_event(topic, said)

        return tell


def _logs(folder: str) -> dict[str, str]:
    """Of what failed here, for who asked for it."""
    found = {}
    for path in sorted(Path(folder).glob("*.log")) if folder else ():
        with path.open("rb") as file:
            found[path.name] = file.read(_LOG_BYTES).decode(errors="replace")
    return found
