"""Names beside points, so that no text covers another or leaves the axes.

Greedy: each name takes the first free place around one of its points, near ones first. What
cannot be named is left out, never drawn over something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hilbench.report.style import Look

Boxes = NDArray[np.float64]
"""(n, 4): left, bottom, right, top in points."""

_NEAR = ((1, 0), (-1, 0), *((x, up) for x in (0, 1, -1, 0.5, -0.5) for up in (1, -1)))
"""To the right and up, as shares of the half of a name."""
HEIGHT_EM = 1.36
"""Of a text, with what rises and falls, and what rounding to pixels adds."""
_BASELINE_EM = 0.34
_APART_PT = 1.5
"""Between texts on a line."""
_RINGS_PT = (0.0, 7.0, 15.0)
"""How far from the marker; names beyond the first ring get a line that leads to them."""
_EDGE_PT = 3.0
_LINE_PT = 0.8
_PIECES = 24
"""Of a straight line that is neither level nor upright, to go around its boxes."""


@dataclass(frozen=True)
class Label:
    """A text and where its points are, in points of the axes. `needed` ones come first; others
    stand beside their point or nowhere."""

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

    def box(self, height_pt: float) -> tuple[float, float, float, float]:
        return self.left, self.bottom, self.left + self.label.width_pt, self.bottom + height_pt

    def leader(self, height_pt: float) -> Boxes:
        """What the line to its point takes."""
        middle = (self.left + self.label.width_pt / 2, self.bottom + height_pt / 2)
        return _along(np.array([middle, self.anchor])) if self.led else np.empty((0, 4))


def place(
    labels: Sequence[Label],
    points: Boxes,
    lines: Sequence[Boxes],
    size: tuple[float, float],
    height_pt: float,
    marker_pt: float,
) -> list[Placed]:
    """Those of `labels` that find room within `size`, around `points` (n, 2) of all markers.

    A needed one stands on one of `lines`, (n, 2) corners each, where it has no other place.
    """
    half = marker_pt / 2 + 0.5
    taken = np.concatenate([points - half, points + half], axis=1)
    drawn = np.concatenate([np.empty((0, 4)), *map(_along, lines)])
    found = []
    for label in sorted(labels, key=lambda label: not label.needed):
        places = list(_places(label, size[0], height_pt, half))
        best = np.vstack([taken, drawn])
        avoided = [best, taken] if label.needed else [best]
        free = [p for boxes in avoided for p in places if _is_free(p.box(height_pt), boxes, size)]
        if free:
            found.append(free[0])
            taken = np.vstack([taken, free[0].box(height_pt)])
            drawn = np.vstack([drawn, free[0].leader(height_pt)])
    return found


def _along(line: Boxes) -> Boxes:
    """Boxes that a line of corners (n, 2) goes through."""
    pieces = [
        np.linspace(a, b, 1 if np.any(a == b) else _PIECES, endpoint=False)
        for a, b in pairwise(line)
    ]
    ends = np.concatenate([*pieces, line[-1:]])
    low, high = np.minimum(ends[:-1], ends[1:]), np.maximum(ends[:-1], ends[1:])
    return np.concatenate([low - _LINE_PT, high + _LINE_PT], axis=1)


def _places(label: Label, room_pt: float, height_pt: float, half: float) -> Iterator[Placed]:
    """Near ones first. Above and below, a name begins, ends or has its middle at its point, or
    something between; an end of the axes pushes it aside."""
    width = label.width_pt
    for ring in _RINGS_PT if label.needed else _RINGS_PT[:1]:
        away = half + _APART_PT + 0.1 + ring
        for x, y in label.anchors:
            for right, up in _NEAR:
                if up:
                    left = x - width / 2 + right * (width / 2 - half + ring)
                    left = max(_EDGE_PT, min(left, room_pt - _EDGE_PT - width))
                    bottom = y + up * (away - _APART_PT) - height_pt * (1 - up) / 2
                else:
                    left = x + right * away - width * (1 - right) / 2
                    bottom = y - height_pt / 2
                yield Placed(label, left, bottom, (x, y), ring > 0)


def _is_free(
    box: tuple[float, float, float, float], taken: Boxes, size: tuple[float, float]
) -> bool:
    return _inside(box, size) and not _hits(box, taken)


def _inside(box: tuple[float, float, float, float], size: tuple[float, float]) -> bool:
    left, bottom, right, top = box
    low, (width, height) = _EDGE_PT, size
    return left >= low and bottom >= low and right <= width - low and top <= height - low


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
