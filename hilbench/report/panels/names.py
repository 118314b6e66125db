"""Names beside points, so that no text covers another or leaves the axes.

Greedy: each name takes the first free place around one of its points, near ones first. What
cannot be named is left out, never drawn over something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.report.style import Look

Boxes = NDArray[np.float64]
"""(n, 4): left, bottom, right, top in points."""

_NEAR = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
HEIGHT_EM = 1.36
"""Of a text, with what rises and falls, and what rounding to pixels adds."""
_BASELINE_EM = 0.34
_APART_PT = 1.5
"""Between texts on a line."""
_RINGS_PT = (0.0, 7.0, 15.0)
"""How far from the marker; names beyond the first ring get a line that leads to them."""


@dataclass(frozen=True)
class Label:
    """A text and where its points are, in points of the axes. `needed` ones come first."""

    text: str
    width_pt: float
    anchors: tuple[tuple[float, float], ...]
    needed: bool = True


@dataclass(frozen=True)
class Placed:
    """`left`, `bottom` of the text; `anchor` is the point that it names."""

    label: Label
    left: float
    bottom: float
    anchor: tuple[float, float]
    led: bool


def place(
    labels: Sequence[Label],
    points: Boxes,
    size: tuple[float, float],
    height_pt: float,
    marker_pt: float,
) -> list[Placed]:
    """Those of `labels` that find room within `size`, around `points` (n, 2) of all markers."""
    half = marker_pt / 2 + 0.5
    taken = np.concatenate([points - half, points + half], axis=1)
    found = []
    for label in sorted(labels, key=lambda label: not label.needed):
        if (placed := _free(label, taken, size, height_pt, half)) is not None:
            found.append(placed)
            box = [placed.left, placed.bottom, placed.left + label.width_pt,
                   placed.bottom + height_pt]  # fmt: skip
            taken = np.vstack([taken, box])
    return found


def _free(
    label: Label, taken: Boxes, size: tuple[float, float], height_pt: float, half: float
) -> Placed | None:
    for ring in _RINGS_PT:
        for x, y in label.anchors:
            for right, up in _NEAR:
                away = half + 1.5 + ring
                left = x + right * away - (label.width_pt * (1 - right) / 2)
                bottom = y + up * away - height_pt * (1 - up) / 2
                box = (left, bottom, left + label.width_pt, bottom + height_pt)
                if _inside(box, size) and not _hits(box, taken):
                    return Placed(label, left, bottom, (x, y), ring > 0)
    return None


def _inside(box: tuple[float, float, float, float], size: tuple[float, float]) -> bool:
    left, bottom, right, top = box
    return left >= 1 and bottom >= 1 and right <= size[0] - 1 and top <= size[1] - 1


def _hits(box: tuple[float, float, float, float], taken: Boxes) -> bool:
    left, bottom, right, top = box[0] - _APART_PT, box[1], box[2] + _APART_PT, box[3]
    beside = (taken[:, 0] < right) & (taken[:, 2] > left)
    return bool(np.any(beside & (taken[:, 1] < top) & (taken[:, 3] > bottom)))


def write(axes: Any, placed: Sequence[Placed], look: Look) -> None:
    """Draw them, with lines to those that stand apart."""
    size_pt, theme = look.style.small_pt, look.theme
    for each in placed:
        x, y = each.left + each.label.width_pt / 2, each.bottom + size_pt * HEIGHT_EM / 2
        if each.led:
            axes.annotate(
                "", each.anchor, (x, y), xycoords="axes points", textcoords="axes points",
                arrowprops={"arrowstyle": "-", "color": theme.muted, "linewidth": 0.4,
                            "shrinkA": size_pt * 0.5, "shrinkB": 3},
            )  # fmt: skip
        axes.annotate(
            each.label.text, (each.left, each.bottom + _BASELINE_EM * size_pt),
            xycoords="axes points", fontsize=size_pt, color=theme.text, ha="left", va="baseline",
            zorder=5, bbox={"facecolor": theme.background, "edgecolor": "none", "pad": 0.2},
        )  # fmt: skip
