"""Jobs in threads: failures are rows, an interrupt loses nothing that was finished."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hilbench.config.bench import Bench
from hilbench.config.experiment import Experiment
from hilbench.core.errors import ConvertError, DoesNotFit, HostLost, StoreError
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.pipeline import runner as runner_module
from hilbench.pipeline.events import Event, JobDone
from hilbench.pipeline.plan import Job, resolve
from hilbench.pipeline.runner import Runner
from hilbench.pipeline.steering import interleaved
from hilbench.record.journal import Journal, Plan
from hilbench.record.metrics import Value
from hilbench.record.row import Row
from hilbench.record.store import read

EXPERIMENT = Experiment.model_validate(
    {
        "schema": 1,
        "name": "mine",
        "title": "Mine",
        "models": ("simple_0", "lstm"),
        "variants": ("basic", "int8_only"),
        "engines": ("aot",),
        "boards": ("mps2_an386",),
    }
)


JOBS = resolve(EXPERIMENT, Bench(schema=1), Settings.read({}), Path())


@dataclass
class FakeStages:
    """Stages of which some fail; `measured` says which jobs ran."""

    failures: Mapping[str, Exception] = field(default_factory=dict)
    measured: list[str] = field(default_factory=list)

    def lanes(self, job: Job) -> int:
        return 0

    def prepare(self, job: Job, emit: object) -> Any:
        if job.id in self.failures:
            raise self.failures[job.id]
        return SimpleNamespace(
            job=job, decided_by=f"all of {job.id}", elf_sha256=f"elf of {job.id}"
        )

    def measure(self, prepared: Any, emit: object) -> Any:
        self.measured.append(prepared.job.id)
        return SimpleNamespace(counts=None)


@pytest.fixture(autouse=True)
def _plain_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def values(prepared: Any, measured: object) -> dict[str, Value]:
        return {
            "decided_by": prepared.decided_by,
            "elf_sha256": prepared.elf_sha256,
        }

    monkeypatch.setattr(runner_module, "row_values", values)
    monkeypatch.setattr(runner_module.repetitions, "raw", lambda _: ())


@contextmanager
def runner(
    folder: Path, stages: FakeStages, events: list[Event], resume: bool = False
) -> Iterator[Runner]:
    ids = tuple(job.id for job in JOBS)
    with Journal.open(folder).begin(Plan("mine", "mine.yaml", ids, ids)) as campaign:
        yield Runner(stages, campaign, events.append, Owner(), 2, resume)  # type: ignore[arg-type]


def run(
    folder: Path,
    stages: FakeStages,
    events: list[Event],
    jobs: Sequence[Job] = JOBS,
    resume: bool = False,
) -> list[Row]:
    with runner(folder, stages, events, resume) as made:
        return made.run(jobs)


def test_every_job_becomes_a_row_in_the_order_of_the_experiment(tmp_path: Path) -> None:
    events: list[Event] = []
    rows = run(tmp_path, FakeStages(), events)
    assert [row.job for row in rows] == [job.id for job in JOBS]
    assert read(tmp_path / "mine.csv") == rows
    assert sum(isinstance(event, JobDone) for event in events) == 4


def test_a_failed_job_is_a_row_with_its_reason(tmp_path: Path) -> None:
    failures = {
        "lstm/basic/aot/mps2_an386": DoesNotFit("FLASH", 77),
        "simple_0/basic/aot/mps2_an386": ConvertError("killed by SIGSEGV"),
    }
    rows = run(tmp_path, FakeStages(failures), [])
    assert [(row["status"], row.get("reason")) for row in rows] == [
        ("failed", "killed by SIGSEGV"),
        ("ok", None),
        ("does_not_fit", "does not fit: FLASH overflows by 77 bytes"),
        ("ok", None),
    ]


def test_what_a_lost_host_measured_is_measured_again_and_noted(tmp_path: Path) -> None:
    class Losing(FakeStages):
        def measure(self, prepared: Any, emit: object) -> Any:
            measured = super().measure(prepared, emit)
            often = {JOBS[0].id: 1, JOBS[1].id: 9}.get(prepared.job.id, 0)
            if self.measured.count(prepared.job.id) <= often:
                raise HostLost("host pi4 was lost")
            return measured

    stages = Losing()
    rows = run(tmp_path, stages, [], JOBS[:2])
    assert [(row["status"], row.get("reason")) for row in rows[:2]] == [
        ("ok", None),
        ("failed", "host pi4 was lost"),
    ]
    assert [stages.measured.count(job.id) for job in JOBS[:2]] == [2, 3]
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as journal:
        found = journal.execute("SELECT job, status, reason FROM attempts ORDER BY job, id")
        assert found.fetchall() == sorted(
            [(JOBS[0].id, "lost", "host pi4 was lost"), (JOBS[0].id, "ok", "")]
            + 2 * [(JOBS[1].id, "lost", "host pi4 was lost")]
            + [(JOBS[1].id, "failed", "host pi4 was lost")],
            key=lambda found: (found[0], found[1] != "lost"),
        )


def test_a_bug_in_one_job_is_not_hidden(tmp_path: Path) -> None:
    stages = FakeStages({"lstm/basic/aot/mps2_an386": ZeroDivisionError("a bug")})
    # One job only: no other one is running when it fails, so nothing is stopped for good.
    with pytest.raises(ZeroDivisionError, match="a bug"):
        run(tmp_path, stages, [], [job for job in JOBS if job.id in stages.failures])


def test_resume_keeps_rows_that_are_decided_by_the_same(tmp_path: Path) -> None:
    run(tmp_path, FakeStages(), [], JOBS[:2])
    stages, events = FakeStages(), []
    rows = run(tmp_path, stages, events, resume=True)
    assert sorted(stages.measured) == ["lstm/basic/aot/mps2_an386", "lstm/int8_only/aot/mps2_an386"]
    assert len(rows) == 4
    assert sorted(event.kept for event in events if isinstance(event, JobDone)) == [0, 0, 1, 1]


def test_results_that_cannot_be_written_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with (
        pytest.raises(StoreError, match=r"cannot write .*mine\.csv: No space left"),
        runner(tmp_path, FakeStages(), []) as made,
    ):
        monkeypatch.setattr(os, "fsync", full)
        made.run(JOBS[:1])


def test_neighbours_have_different_models() -> None:
    order = [job.model.name for job in interleaved(JOBS)]
    assert order == ["simple_0", "lstm", "simple_0", "lstm"]


def test_an_interrupt_keeps_finished_rows_and_leaves_no_children(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, signal, sys, threading
        from pathlib import Path
        sys.path[:0] = [sys.argv[1]]
        import test_runner as t
        from hilbench.core import processes
        from hilbench.core.deadline import Deadline
        from hilbench.core.errors import Interrupted

        class Slow(t.FakeStages):
            def measure(self, prepared, emit):
                if prepared.job.model.name == "lstm":
                    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
                    deadline = Deadline.after(60, "sleep", runner.owner)
                    try:
                        processes.run(["sleep", "60"], folder / "log", deadline)
                    except Interrupted:
                        raise t.ConvertError("the child died") from None
                return super().measure(prepared, emit)

        # A parent that runs this in the background has SIGINT ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        folder = Path(sys.argv[2])
        t.runner_module.row_values = lambda *_: {}
        t.runner_module.repetitions.raw = lambda _: ()
        try:
            with t.runner(folder, Slow(), []) as runner:
                runner.run([job for job in t.JOBS if job.variant.name == "basic"])
        except Interrupted as error:
            print(error)
        """
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    assert ended.stdout.startswith("interrupted; finished rows are in ")
    assert ended.stdout.endswith("mine.csv, 3 jobs left\n")
    assert [row["model"] for row in read(tmp_path / "mine.csv")] == ["simple_0"]
