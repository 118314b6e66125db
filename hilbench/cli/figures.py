"""Drawing figures, with progress on stderr."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hilbench.cli import console
from hilbench.cli.shown import Shown
from hilbench.core.text import counted

if TYPE_CHECKING:
    from hilbench.core.owner import Owner
    from hilbench.pipeline.events import Event, Observer
    from hilbench.report.crew import Crew
    from hilbench.report.presets import Asked

_MOST_CHILDREN = 4
_SHORT_SECONDS = 30.0
_SHARE = 0.1
_log = logging.getLogger(__name__)


@contextmanager
def drawing(first: str = "drawing figures") -> Iterator[Callable[[str, int, int], None]]:
    """Gives what is to be called for each figure: its name, how many are done, and all."""
    with console.err.status(first) as status:

        def show(figure: str, done: int, total: int) -> None:
            status.update(f"drawing figures: {figure} ({done + 1} of {total})")

        yield show


@contextmanager
def crew(shown: Shown, figures: Path, owner: Owner, asked: Asked | None = None) -> Iterator[Crew]:
    """Children that draw the figures of one results file, as many as there are cores."""
    from hilbench.report.crew import Crew
    from hilbench.report.painter import Source
    from hilbench.report.presets import Asked

    source = Source(shown.csv.absolute(), shown.title, shown.leave_out, Path.cwd())
    cores = min(_MOST_CHILDREN, len(os.sched_getaffinity(0)))
    with Crew(source, figures / shown.name, asked or Asked(), owner, cores) as children:
        yield children


class Following:
    """An observer of a campaign: figures follow what it records, in one child beside it.

    It begins when the first row is another than before, goes on for a tenth of the time at most,
    and leaves those that are short alone.
    """

    def __init__(self, shown: Shown, crew: Crew, observer: Observer) -> None:
        self._shown, self._crew, self._observer = shown, crew, observer
        self._began = time.monotonic()

    def __call__(self, event: Event) -> None:
        from hilbench.pipeline.events import JobDone
        from hilbench.report.campaign import lasting

        self._observer(event)
        if isinstance(event, JobDone) and self._before.get(event.row.job) != lasting(event.row):
            self._crew.get_ready()
            took = time.monotonic() - self._began
            if self._crew.idle and took > _SHORT_SECONDS + self._crew.busy_seconds / _SHARE:
                self._crew.begin(self._names)

    @cached_property
    def _before(self) -> dict[str, dict[str, object]]:
        """What the results file had of each job."""
        from hilbench.core.errors import StoreError
        from hilbench.record import store
        from hilbench.report.campaign import lasting

        with suppress(StoreError):
            return {row.job: lasting(row) for row in store.read(self._shown.csv)}
        return {}

    @cached_property
    def _names(self) -> list[str]:
        from hilbench.report.drawing import kinds

        return [kind.name for kind in kinds()]


def draw_figures(
    shown: Shown,
    figures: Path,
    children: Crew,
    asked: Asked | None = None,
    names: Sequence[str] = (),
) -> None:
    """Figures of one results file, all or those of `names`, in the folder of its name.

    One that has nothing to show is an error only where it was asked for.
    """
    from hilbench.core.errors import UsageError
    from hilbench.record import store
    from hilbench.report import recorded
    from hilbench.report.campaign import campaign
    from hilbench.report.drawing import outdated

    rows, refused = store.read(shown.csv), dict[str, str]()
    wanted = campaign(shown.title, rows, shown.leave_out, recorded.read(shown.csv, rows))
    folder = figures / shown.name
    stale, paths = outdated(wanted, folder, asked, names, refused.__setitem__)
    if stale:
        with drawing() as show:
            show(stale[0].name, 0, len(stale))
            for done, (figure, found) in enumerate(children.draw([k.name for k in stale]), 1):
                show(figure, min(done, len(stale) - 1), len(stale))
                paths += found
    _say(folder, paths, refused)
    for figure, why in refused.items() if names else ():
        raise UsageError(f"{shown.csv}: no figure '{figure}': {why}")


def draw_beside_published(
    shown: Shown, figures: Path, asked: Asked, names: Sequence[str] = ()
) -> None:
    """The figures of the published campaign, ours and theirs, in a folder of their own.

    Raises UsageError where nothing was published of the rows.
    """
    from hilbench import report
    from hilbench.core.errors import UsageError
    from hilbench.record import store
    from hilbench.report import recorded
    from hilbench.report.published.beside import FIGURES, beside

    rows = store.read(shown.csv)
    theirs = beside(rows)
    if not theirs:
        raise UsageError(
            f"{shown.csv}: nothing was published of its networks",
            remedy="`hilbench run rnn_published` measures those of the published campaign",
        )
    title = f"{shown.title}, beside the published campaign"
    named = replace(shown, name=f"{shown.name}_beside_published", title=title)
    refused: dict[str, str] = {}
    with drawing() as show:
        paths = report.draw(
            [*rows, *theirs], named.name, title, shown.leave_out, figures, show, asked,
            names or FIGURES, refused.__setitem__, recorded.read(shown.csv, rows),
        )  # fmt: skip
    _say(figures / named.name, paths, refused)


def _say(folder: Path, drawn: Sequence[Path], refused: Mapping[str, str]) -> None:
    """ "11 figures are in figures/rnn; 2 have nothing to show (`hilbench --verbose` says why)" """
    for figure, why in refused.items():
        _log.info("no figure '%s': %s", figure, why)
    count = len({path.stem for path in drawn})
    said = f"{counted(count, 'figure')} {'is' if count == 1 else 'are'} in {folder}"
    without = len(refused)
    empty = f"; {without} {'has' if without == 1 else 'have'} nothing to show"
    console.say(f"{said}{empty} (`hilbench --verbose` says why)" if without else said)


def draw_by_hand(shown: Shown, figures: Path, asked: Asked, x: str, y: str) -> None:
    """One figure, of column `y` against column `x`. Raises UsageError where it has no point."""
    from hilbench.core.errors import UsageError
    from hilbench.record import store
    from hilbench.report.by_hand import by_hand
    from hilbench.report.campaign import campaign
    from hilbench.report.drawing import draw
    from hilbench.report.page import nothing_of

    rows = store.read(shown.csv)
    kind = by_hand(x, y, rows)
    wanted = campaign(shown.title, rows, shown.leave_out)
    if why := nothing_of(kind, wanted):
        raise UsageError(f"{shown.csv}: no figure '{kind.name}': {why}")
    for path in draw(kind, wanted, figures / shown.name, asked):
        console.say(f"{path}")
