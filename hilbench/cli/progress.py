"""Shows a run: live bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    RenderableColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from hilbench.cli import console
from hilbench.pipeline.events import Event, JobDone, StageDone, StageStarted
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


def display(jobs: int) -> Display:
    return Live(jobs) if console.err.is_terminal else Plain(jobs)


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


class Live:
    """A bar with the time left, and below it what each worker does now."""

    def __init__(self, jobs: int) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            RenderableColumn(_Clock()),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console.err,
            transient=True,
        )
        self._all = self._progress.add_task("jobs", total=jobs)
        self._current: dict[str, TaskID] = {}

    def __enter__(self) -> Live:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._show(event.job, f"[dim]{escape(event.job)}[/] {event.stage}")
        elif isinstance(event, JobDone):
            if (task := self._current.pop(event.row.job, None)) is not None:
                self._progress.remove_task(task)
            self._progress.advance(self._all)
            line = escape(f"{console.clock()} {outcome(event)}")
            self._progress.console.print(line, soft_wrap=True)

    def _show(self, job: str, text: str) -> None:
        if job in self._current:
            self._progress.update(self._current[job], description=text)
        else:
            self._current[job] = self._progress.add_task(text, total=None)


def outcome(event: JobDone) -> str:
    """One job in one line: what was measured, or why not and where the logs are."""
    row = event.row
    if not row.ok:
        logs = f" (logs: {event.log_dir})" if event.log_dir else ""
        return f"{row.job}  {row['status']}: {row['reason']}{logs}"
    again = "kept from an earlier run" if event.kept else f"{event.seconds:.1f} s"
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
