"""A bench of simulated boards for tests: bench file, locks and USB in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hilbench.config.bench import load_bench
from hilbench.config.board import load_board
from hilbench.core.artifacts import Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.settings import SIMULATED, Settings
from hilbench.image.elf import locator
from hilbench.link.session import Schedule, benchmark
from hilbench.simprobe.board import SimulatedBoard, simulated_board
from hilbench.simprobe.faults import Faults
from hilbench.targets import pyocd
from hilbench.targets.bench.locks import Locks

NAME = "mps2_an386"
SCHEDULE = Schedule(warmups=1, repetitions=2)


def locks() -> Locks:
    """Those of the bench that the environment names now."""
    return Locks(Settings.read().state)


@dataclass
class SimulatedBench:
    """`boards` are plugged in, by probe; `folder` has everything else."""

    folder: Path
    boards: dict[str, SimulatedBoard]
    plugs: dict[str, ExitStack]

    def plug(self, probe: str, faults: Faults | None = None) -> None:
        """Plug a board in; one that is there already is replaced by a new one."""
        self.unplug(probe)
        self.plugs[probe] = ExitStack()
        made = simulated_board(
            probe, load_board(NAME), self.folder / "usb", Deadline.after(60, "plugging"), faults
        )
        self.boards[probe] = self.plugs[probe].enter_context(made)

    def unplug(self, probe: str) -> None:
        self.plugs.pop(probe, ExitStack()).close()

    def write(self, *entries: dict[str, Any]) -> None:
        """The bench file; each entry has a `probe` and what differs from the usual."""
        rows = ["{" + ", ".join(f"{k}: {v}" for k, v in row.items()) + "}" for row in entries]
        lines = [f"- {row.replace('{', '{board: ' + NAME + ', ', 1)}" for row in rows]
        (self.folder / "bench.yaml").write_text("\n".join(["schema: 1", "boards:", *lines, ""]))

    def measure(
        self,
        elf: Path,
        samples: Sequence[Sequence[bytes]],
        seconds: float = 60.0,
        run: str = "run",
    ) -> tuple[Measurement, pyocd.RunningBoard]:
        """One job, as the pipeline does it."""
        run_dir = self.folder / run
        run_dir.mkdir(exist_ok=True)
        deadline = Deadline.after(seconds, "measure")
        board, settings = load_board(NAME), Settings.read()
        target, attached = pyocd.TARGET(settings), load_bench(settings).of(NAME)
        with (
            target.reserve(board, attached, deadline) as place,
            target.start(elf, board, run_dir, deadline, at=place) as device,
        ):
            faults = board.family.faults
            found = benchmark(
                device.stream, samples, SCHEDULE, deadline, locator(elf), faults=faults
            )
            return found, device

    def left_behind(self) -> list[str]:
        """Locks that are still held: what the next job would stumble over."""
        return [probe for probe in self.boards if locks().owner(probe) is not None]


@contextmanager
def bench(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    faults: dict[str, Faults | None],
) -> Iterator[SimulatedBench]:
    """Simulated boards, one for each probe of `faults`, and a bench file that names them."""
    usb = folder / "usb"
    usb.mkdir(parents=True)
    monkeypatch.setenv(SIMULATED, str(usb))
    monkeypatch.setenv("HILBENCH_BENCH", str(folder / "bench.yaml"))
    monkeypatch.setenv("HILBENCH_STATE", str(folder / "state"))
    made = SimulatedBench(folder, {}, {})
    try:
        for probe, given in faults.items():
            made.plug(probe, given)
        made.write(*({"probe": probe} for probe in faults))
        yield made
    finally:
        for probe in list(made.plugs):
            made.unplug(probe)
