"""Draws every kind of figure that hilbench.report.figures has, in every theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from hilbench.core import doors, extras
from hilbench.record.row import Row
from hilbench.record.store import write_atomically
from hilbench.report import figures, fonts
from hilbench.report.campaign import Campaign, campaign
from hilbench.report.drawn import Drawn, shown_by
from hilbench.report.kind import Kind
from hilbench.report.page import compose
from hilbench.report.style import THEMES, Theme, images, settings

Progress = Callable[[str, int, int], None]
"""Called before each figure: its name, how many came before, how many there are."""


def found_kinds() -> Mapping[str, doors.Found[Kind]]:
    """Every FIGURE of a module of hilbench.report.figures, of packages and of the project.

    Raises UsageError where two have one name.
    """
    found = doors.objects("figures", figures, "FIGURE")
    there = [each for each in found if isinstance(each.thing, Kind)]
    return doors.by_name("figures", cast("list[doors.Found[Kind]]", there))


def kinds() -> list[Kind]:
    return list(doors.things(found_kinds()).values())


def draw_all(
    rows: Iterable[Row],
    title: str,
    leave_out: Sequence[str],
    folder: Path,
    progress: Progress | None = None,
) -> list[Path]:
    """See hilbench.report.draw."""
    every, paths = tuple(rows), []
    found = kinds()
    for before, kind in enumerate(found):
        if progress:
            progress(kind.name, before, len(found))
        paths += draw(kind, every, title, leave_out, folder)
    return paths


def draw(
    kind: Kind, rows: Iterable[Row], title: str, leave_out: Sequence[str], folder: Path
) -> list[Path]:
    """One kind of figure, in every theme, unless its files already show just this.

    Raises as draw_all does.
    """
    wanted = campaign(title, rows, leave_out)
    drawn = Drawn(folder)
    shown = shown_by(kind, wanted)
    if paths := drawn.files(kind.name, shown):
        return paths
    paths = [path for theme in THEMES for path in _draw(kind, wanted, theme, folder)]
    drawn.note(kind.name, shown, paths)
    return paths


def _draw(kind: Kind, wanted: Campaign, theme: Theme, folder: Path) -> list[Path]:
    plt = extras.pyplot()
    paths = []
    families = fonts.needed(wanted.texts).families
    with plt.style.context(["default", settings(theme, families)], after_reset=True):
        figure = compose(kind, wanted, theme)
        try:
            for ending, data in images(figure):
                path = folder / theme.folder / f"{kind.name}.{ending}"
                write_atomically(path, data)
                paths.append(path)
        finally:
            plt.close(figure)
    return paths
