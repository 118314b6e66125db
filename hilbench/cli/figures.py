"""Drawing figures, with progress on stderr."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hilbench.cli import console
from hilbench.cli.shown import Shown
from hilbench.core.text import counted

if TYPE_CHECKING:
    from hilbench.record.row import Row
    from hilbench.report.presets import Asked

_log = logging.getLogger(__name__)


@contextmanager
def drawing(first: str = "drawing figures") -> Iterator[Callable[[str, int, int], None]]:
    """Gives what is to be called before each figure: its name, how many came before, and all."""
    with console.err.status(first) as status:

        def show(figure: str, before: int, total: int) -> None:
            status.update(f"drawing figures: {figure} ({before + 1} of {total})")

        yield show


def draw_figures(
    shown: Shown, figures: Path, asked: Asked | None = None, names: Sequence[str] = ()
) -> None:
    """Figures of one results file, all or those of `names`, in the folder of its name.

    One that has nothing to show is an error only where it was asked for.
    """
    from hilbench.core.errors import UsageError
    from hilbench.record import store

    refused = _draw(shown, store.read(shown.csv), figures, asked, names)
    for figure, why in refused.items() if names else ():
        raise UsageError(f"{shown.csv}: no figure '{figure}': {why}")


def draw_beside_published(
    shown: Shown, figures: Path, asked: Asked, names: Sequence[str] = ()
) -> None:
    """The figures of the published campaign, ours and theirs, in a folder of their own.

    Raises UsageError where nothing was published of the rows.
    """
    from hilbench.core.errors import UsageError
    from hilbench.record import store
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
    _draw(named, [*rows, *theirs], figures, asked, names or FIGURES)


def _draw(
    shown: Shown, rows: list[Row], figures: Path, asked: Asked | None, names: Sequence[str]
) -> dict[str, str]:
    """Says where they are; returns those that have nothing to show, with the reason."""
    from hilbench import report
    from hilbench.report import recorded

    refused: dict[str, str] = {}
    with drawing() as show:
        drawn = report.draw(
            rows, shown.name, shown.title, shown.leave_out, figures, show, asked, names,
            refused.__setitem__, recorded.read(shown.csv, rows),
        )  # fmt: skip
    for figure, why in refused.items():
        _log.info("no figure '%s': %s", figure, why)
    console.say(_where(figures / shown.name, drawn, len(refused)))
    return refused


def _where(folder: Path, drawn: Sequence[Path], without: int) -> str:
    """ "11 figures are in figures/rnn; 2 have nothing to show (`hilbench --verbose` says why)" """
    count = len({path.stem for path in drawn})
    said = f"{counted(count, 'figure')} {'is' if count == 1 else 'are'} in {folder}"
    empty = f"; {without} {'has' if without == 1 else 'have'} nothing to show"
    return f"{said}{empty} (`hilbench --verbose` says why)" if without else said


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
