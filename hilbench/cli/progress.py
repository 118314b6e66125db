"""Shows a run: live bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Protocol

from rich import live
from rich.console import Group
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    RenderableColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from hilbench.cli import console
from hilbench.pipeline.events import Event, JobDone, StageDone, StageStarted
from hilbench.pipeline.selection import Selection
from hilbench.record.journal import FILE
from hilbench.record.journal.overview import durations, remaining
from hilbench.record.row import Row

KIB = 1024
WORTH_A_LINE_SECONDS = 2.0


class Display(Protocol):
    """An observer of a run that is entered before it and left after it."""

    def __enter__(self) -> Display: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def __call__(self, event: Event) -> None: ...


def display(jobs: Sequence[str] = ("",), took: Mapping[str, float] | None = None) -> Display:
    """Of a run of `jobs`, of which some took so many seconds when they were last measured."""
    return Live(Work(jobs, took or {})) if console.err.is_terminal else Plain(len(jobs))


def of_campaign(selected: Selection, results: Path, repeat: int = 1) -> Display:
    """Of a run of what was selected, so many times. Raises StoreError."""
    took = durations(results / FILE, selected.experiment.name)
    return display([job.id for job in selected.jobs] * repeat, took)


class Plain:
    """One line per finished job, and per stage that took a while."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._done = 0

    def __enter__(self) -> Plain:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, event: Event) -> None:
        if isinstance(event, JobDone):
            self._done += 1
            width = len(str(self._jobs))
            _line(f"{console.clock()} [{self._done:{width}}/{self._jobs}] {outcome(event)}")
        elif isinstance(event, StageDone) and event.seconds >= WORTH_A_LINE_SECONDS:
            _line(f"{console.clock()} {event.job}: {event.stage} took {event.seconds:.1f} s")


class _Clock:
    """The time of day, whenever the bar is drawn."""

    def __rich__(self) -> str:
        return console.clock()


class _TimeLeft(ProgressColumn):
    """By what jobs took when they were last measured."""

    max_refresh = 1.0

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def render(self, _task: Task) -> Text:
        left = self._work.seconds_left()
        return Text("" if left is None else f"{console.duration(left)} left", "progress.remaining")


class Work:
    """What was done and is left of `jobs`; `took` are seconds of those that are known."""

    def __init__(self, jobs: Sequence[str], took: Mapping[str, float]) -> None:
        self.jobs = len(jobs)
        self._waiting, self._took = Counter(jobs), dict(took)
        self._began: dict[str, float] = {}
        self._spent = 0.0
        self._start = time.monotonic()

    def begin(self, job: str) -> None:
        """A stage of a job; of its first one it is no longer waiting."""
        if job not in self._began:
            self._began[job] = time.monotonic()
            self._waiting[job] -= 1

    def end(self, job: str, seconds: float, measured: bool) -> None:
        self.begin(job)  # one that is refused begins no stage
        del self._began[job]
        self._spent += seconds
        if measured:
            self._took[job] = seconds

    def seconds_left(self) -> float | None:
        now = time.monotonic()
        begun = {job: now - began for job, began in self._began.items()}
        left = chain(begun.items(), ((job, 0.0) for job in self._waiting.elements()))
        passed = now - self._start
        at_a_time = (self._spent + sum(begun.values())) / passed if passed else 1.0
        return remaining(self._took, left, at_a_time)


class Live:
    """A bar with the time left, and below it what each worker does now."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._bar = Progress(
            SpinnerColumn(),
            RenderableColumn(_Clock()),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("jobs"),
            TimeElapsedColumn(),
            _TimeLeft(work),
        )
        self._workers = Progress(TimeElapsedColumn(), TextColumn("{task.description}"))
        self._live = live.Live(Group(self._bar, self._workers), console=console.err, transient=True)
        self._all = self._bar.add_task("", total=work.jobs)
        self._current: dict[str, TaskID] = {}

    def __enter__(self) -> Live:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._work.begin(event.job)
            at = f" on {event.host}" if event.host else ""
            self._show(event.job, escape(f"{event.job}  {event.stage}{at}"))
        elif isinstance(event, JobDone):
            measured = event.row.ok and not event.kept
            self._work.end(event.row.job, event.seconds, measured)
            if (task := self._current.pop(event.row.job, None)) is not None:
                self._workers.remove_task(task)
            self._bar.advance(self._all)
            line = escape(f"{console.clock()} {outcome(event)}")
            self._live.console.print(line, soft_wrap=True)

    def _show(self, job: str, text: str) -> None:
        if job in self._current:
            self._workers.update(self._current[job], description=text)
        else:
            self._current[job] = self._workers.add_task(text, total=None)


def outcome(event: JobDone) -> str:
    """One job in one line: what was measured, or why not and where the logs are."""
    row = event.row
    if not row.ok:
        logs = f" (logs: {event.log_dir})" if event.log_dir else ""
        return f"{row.job}  {row['status']}: {row['reason']}{logs}"
    again = "taken from another run" if event.kept else f"{event.seconds:.1f} s"
    return f"{row.job}  ok  {_execution(row)}, {_memory(row)}  ({again})"


def _execution(row: Row) -> str:
    if "exe_ms" in row:
        return f"{row['exe_ms']:.3f} ms"
    return f"{row['exe_instructions']:,} instructions"


def _memory(row: Row) -> str:
    flash, ram = float(row["flash_bytes"]) / KIB, float(row["ram_bytes"]) / KIB
    return f"flash {flash:.1f} kB, RAM {ram:.1f} kB"


def _line(text: str) -> None:
    console.say(text)
