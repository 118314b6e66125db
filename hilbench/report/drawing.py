"""Draws every kind of figure that hilbench.report.figures has, in every theme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hilbench.core import extras
from hilbench.core.registry import collect
from hilbench.record.row import Row
from hilbench.record.store import write_atomically
from hilbench.report import figures
from hilbench.report.campaign import Campaign, campaign
from hilbench.report.kind import Kind
from hilbench.report.page import compose
from hilbench.report.style import THEMES, Theme, images, settings


def kinds() -> list[Kind]:
    """Every module of hilbench.report.figures with a FIGURE, by name."""
    return [kind for kind in collect(figures, "FIGURE") if isinstance(kind, Kind)]


def draw_all(rows: Iterable[Row], title: str, leave_out: Sequence[str], folder: Path) -> list[Path]:
    """See hilbench.report.draw."""
    every = tuple(rows)
    return [path for kind in kinds() for path in draw(kind, every, title, leave_out, folder)]


def draw(
    kind: Kind, rows: Iterable[Row], title: str, leave_out: Sequence[str], folder: Path
) -> list[Path]:
    """One kind of figure, in every theme. Raises as draw_all does."""
    drawn = campaign(title, rows, leave_out)
    return [path for theme in THEMES for path in _draw(kind, drawn, theme, folder)]


def _draw(kind: Kind, drawn: Campaign, theme: Theme, folder: Path) -> list[Path]:
    plt = extras.pyplot()
    paths = []
    with plt.style.context(["default", settings(theme)], after_reset=True):
        figure = compose(kind, drawn, theme)
        try:
            for ending, data in images(figure):
                path = folder / theme.folder / f"{kind.name}.{ending}"
                write_atomically(path, data)
                paths.append(path)
        finally:
            plt.close(figure)
    return paths
