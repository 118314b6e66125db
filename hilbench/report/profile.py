"""The figure of a profile: shares of the cycles as bars, light and dark."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hilbench.core import extras
from hilbench.record.store import write_atomically
from hilbench.report.presets import WEB
from hilbench.report.style import THEMES, Theme, images, settings

SHOWN = 14
_BAR_IN = 0.24
_NAME_CHARACTERS = 48
_CAPTION = 80
"""Characters in a line."""

Share = tuple[str, float]
"""A name and its share of the cycles, 0 to 1."""


def draw(title: str, note: str, shares: Sequence[Share], folder: Path, name: str) -> list[Path]:
    """Draw folder/<name>.png and .svg, the dark ones in folder/dark; returns the files.

    `shares` come largest first; what does not fit is one bar at the end. The same shares give
    the same bytes. `note` says what models the cycles, "" where instructions are counted.
    Raises StoreError, MissingTool.
    """
    plt = extras.pyplot()
    paths = []
    for theme in THEMES:
        with plt.style.context(["default", settings(theme)], after_reset=True):
            figure = _compose(title, note, _shown(shares), theme)
            for ending, data in images(figure):
                path = folder / theme.folder / f"{name}.{ending}"
                write_atomically(path, data)
                paths.append(path)
            plt.close(figure)
    return paths


def _shown(shares: Sequence[Share]) -> list[Share]:
    shown = list(shares[:SHOWN])
    rest = 1 - sum(share for _, share in shown)
    return [*shown, ("everything else", rest)] if rest > 0.0005 else shown


def _compose(title: str, note: str, shares: Sequence[Share], theme: Theme) -> Any:
    plt = extras.pyplot()
    height = 1.3 + _BAR_IN * len(shares)
    figure, axes = plt.subplots(figsize=(WEB.width_in, height), layout="constrained")
    places = range(len(shares))
    axes.barh(places, [100 * share for _, share in shares], height=0.75, color=theme.palette[0])
    axes.set_yticks(places, [_name(name) for name, _ in shares], fontsize=WEB.small_pt)
    axes.tick_params(axis="y", length=0)
    for place, (_, share) in zip(places, shares, strict=True):
        axes.annotate(
            f"{100 * share:.1f} %", (100 * share, place), (3, 0), textcoords="offset points",
            va="center_baseline", fontsize=WEB.small_pt,
        )  # fmt: skip
    axes.set_ylim(len(shares) - 0.4, -0.6)
    axes.set_xlim(0, 115 * max(share for _, share in shares))
    modelled = f"Share of the cycles (%), modelled, not measured: {note}"
    caption = textwrap.wrap(modelled if note else "Share of the instructions (%)", _CAPTION)
    axes.set_xlabel("\n".join(caption), fontsize=WEB.small_pt)
    axes.grid(axis="x")
    figure.suptitle(title, x=0.02, ha="left", fontsize=WEB.title_pt, weight="bold")
    return figure


def _name(name: str) -> str:
    """The end of a long C++ name says more than its beginning."""
    return name if len(name) <= _NAME_CHARACTERS else f"...{name[3 - _NAME_CHARACTERS :]}"
