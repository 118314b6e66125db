"""The pipeline around a .tflite of one operator: no compiler, a fake device, a made-up oracle.

heart = Heart(folder, monkeypatch)
rows = heart.run()                      # one job, from plan to row
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_device import Doubler, FakeDevice
from tflite_builder import Spec, single_operator

from hilbench.config.bench import Attachment, Bench
from hilbench.config.board import Board
from hilbench.config.experiment import Experiment
from hilbench.core import hashing
from hilbench.core.artifacts import (
    EngineSources,
    Firmware,
    OracleResult,
    RunFacts,
    Sizes,
)
from hilbench.core.deadline import Deadline
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.core.store import Store
from hilbench.link.identity import Expected
from hilbench.pipeline import measuring
from hilbench.pipeline import stages as stages_module
from hilbench.pipeline.events import Event
from hilbench.pipeline.measuring import Here
from hilbench.pipeline.plan import Job, resolve
from hilbench.pipeline.runner import Runner
from hilbench.pipeline.stages import Prepared, Stages
from hilbench.record.journal import Journal, Plan
from hilbench.record.row import Row
from hilbench.targets.base import EMULATOR, NO_OPTIONS, Place

BYTES = 16
IMAGE_ID = "00112233445566aa"
TFLITE = single_operator("RELU", [Spec((1, BYTES), "int8", 1)], [Spec((1, BYTES), "int8", 1)])
EXPERIMENT: dict[str, Any] = {
    "schema": 1,
    "name": "mine",
    "title": "Mine",
    "models": ("tiny.tflite",),
    "variants": ("int8_only",),
    "engines": ("aot",),
    "boards": ("mps2_an386",),
}


@dataclass
class Running:
    stream: FakeDevice
    facts: RunFacts = field(default_factory=RunFacts)

    def diagnose(self) -> str:
        return ""


@dataclass
class FakeTarget:
    """Drives a fake device, which `device` options make; `waited` are its waits for a board."""

    engine: Doubler = field(default_factory=lambda: Doubler(size=BYTES))
    device: dict[str, Any] = field(default_factory=dict)
    waited: list[Deadline] = field(default_factory=list)
    free: float = 0.0
    measuring: Deadline | None = None
    starts: int = 0
    kind: str = "qemu"

    def check(self, board: Board, attached: Sequence[Attachment]) -> None:
        del board, attached

    @contextmanager
    def reserve(
        self, board: Board, attached: Sequence[Attachment], deadline: Deadline
    ) -> Iterator[Place]:
        del board, attached
        self.waited.append(deadline)
        self.free = time.monotonic()
        yield EMULATOR

    @contextmanager
    def start(
        self,
        elf: Path,
        board: Board,
        run_dir: Path,
        deadline: Deadline,
        *,
        at: Place = EMULATOR,
        options: object = NO_OPTIONS,
    ) -> Iterator[Running]:
        del elf, run_dir, at, options
        self.starts, self.measuring = self.starts + 1, deadline
        counter = board.counter
        identity = Expected(
            board=board.name,
            engine="aot",
            model=hashlib.sha256(TFLITE).hexdigest(),
            image=IMAGE_ID,
            counter=counter.driver,
            counter_unit=counter.unit,
            counter_hz=counter.hz,
            counter_per_tick=counter.per_tick,
        )
        yield Running(FakeDevice(self.engine, **{"identity": identity, **self.device}))


class Heart:
    """One job, whose experiment `settings` change."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.target = folder, FakeTarget()
        self.events: list[Event] = []
        self.settings: dict[str, Any] = {}
        (folder / "tiny.tflite").write_bytes(TFLITE)
        for module, name, fake in (
            (stages_module.tflm, "run", oracle),
            (stages_module.image, "build", build),
            (measuring.elf, "locator", lambda _: hex),
            (Here, "_plugin", lambda *_: "not watched"),
        ):
            monkeypatch.setattr(module, name, fake)

    @property
    def experiment(self) -> Experiment:
        return Experiment.model_validate({**EXPERIMENT, **self.settings})

    @property
    def resolved(self) -> Job:
        """The job as it is planned."""
        (job,) = resolve(self.experiment, Bench(schema=1), Settings.read({}), self.folder)
        return job

    @property
    def job(self) -> Job:
        """The job on the fake device, which no plugin watches."""
        job = self.resolved
        at = replace(job.station, target=self.target, cycle_model=None)
        return replace(job, station=at)

    @property
    def stages(self) -> Stages:
        owner = Owner()
        return Stages(Store(self.folder / "cache", owner=owner), owner)

    def prepare(self) -> Prepared:
        return self.stages.prepare(self.job, self.events.append)

    def run(self, job: Job | None = None, *, resume: bool = False) -> Row:
        """The job's row."""
        plan = Plan("mine", "mine.yaml", (self.job.id,), ((job or self.job).id,))
        with Journal.open(self.folder).begin(plan) as campaign:
            runner = Runner(self.stages, campaign, self.events.append, Owner(), 1, resume)
            (row,) = runner.run([job or self.job])
        return row


def oracle(
    tflite: Path, inputs: Any, out: Path, deadline: Deadline, *, steps: int = 1
) -> OracleResult:
    """What a Doubler gives."""
    del tflite, deadline
    np.savez(out / "outputs.npz", output_00=2 * inputs[0])
    return OracleResult(out / "outputs.npz", 1000, "an oracle")


def build(
    sources: EngineSources, board: Board, out: Path, deadline: Deadline, optimisation: str = "-O3"
) -> Firmware:
    del deadline
    elf = out / "firmware.elf"
    elf.write_text(f"{sources.engine} {board.name} {optimisation}")
    sizes = Sizes(2000, 1000, 10, 1990, 20, board.stack)
    return Firmware(elf, hashing.of_file(elf), IMAGE_ID, sizes, "a compiler", optimisation)
