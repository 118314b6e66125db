"""Where the axes of a figure stand, from what their labels take: measured, then placed.

matplotlib's own constrained layout asks for every text many times; here it is twice, which
makes a list of a hundred jobs five times faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LABEL_ROOM = 0.98
_LABEL_SHARE = 0.75
"""Of its column, for a label of an x axis whose names leave it less."""
_TICK_GAP_IN = 0.03
_PASSES = 2
"""Where axes get narrower, what hangs out of them moves."""


@dataclass(frozen=True)
class Page:
    """All in inches: width, edges, what is taken above and below, the gap between panels.

    `height` is fixed, or None for as high as it gets.
    """

    width: float
    edge: float
    above: float
    below: float
    columns: int
    height: float | None
    gap: float


@dataclass(frozen=True)
class Margins:
    """What stands around axes, in inches."""

    left: float
    right: float
    bottom: float
    top: float


def place(figure: Any, grid: Sequence[Any], heights: Sequence[float], page: Page) -> float:
    """Give each of `grid` its place, row by row, and the figure its height.

    Returns the height in inches that the figure would have without a fixed one.
    """
    natural = 0.0
    for _ in range(_PASSES):
        _wrap_labels(grid, page)
        margins = _measured(figure, grid)
        rows = [
            range(start, min(start + page.columns, len(grid)))
            for start in range(0, len(grid), page.columns)
        ]
        tops = [max(margins[i].top for i in row) for row in rows]
        bottoms = [max(margins[i].bottom for i in row) for row in rows]
        tall = [max(heights[i] for i in row) for row in rows]
        around = page.above + page.below + sum(tops) + sum(bottoms) + page.gap * (len(rows) - 1)
        natural = around + sum(tall)
        if page.height is not None:
            scale = max(0.1, page.height - around) / sum(tall)
            tall = [height * scale for height in tall]
        total = natural if page.height is None else page.height
        figure.set_size_inches(page.width, total)
        top = total - page.above
        spans = _columns(margins, rows, page)
        for row, over, under, height in zip(rows, tops, bottoms, tall, strict=True):
            bottom = top - over - height
            for nth, i in enumerate(row):
                left, width = spans[nth]
                box = (left / page.width, bottom / total, width / page.width, height / total)
                grid[i].set_position(box)
            top = bottom - under - page.gap
        _thin_ticks(grid)
    return natural


def _thin_ticks(grid: Sequence[Any]) -> None:
    """Every second number beside an axis, or third, ..., where they would touch.

    An axis without a label has names instead, which stay.
    """
    for axes in grid:
        gap = _TICK_GAP_IN * axes.figure.dpi
        for axis, ends in ((axes.xaxis, "x0 x1"), (axes.yaxis, "y0 y1")):
            if axis.label.get_text():
                _thin(axis, gap, *ends.split())


def _thin(axis: Any, gap: float, start: str, end: str) -> None:
    low, high = sorted(axis.get_view_interval())
    ticks = list(zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True))
    said = [(at, label) for at, label in ticks if low <= at <= high and label.get_text()]
    boxes = [label.get_window_extent() for _, label in said]
    ends = [(getattr(box, start), getattr(box, end)) for box in boxes]
    step = 1
    while any(a[1] + gap > b[0] for a, b in zip(ends[::step], ends[step::step], strict=False)):
        step += 1
    if step > 1:
        kept = said[::step]
        axis.set_ticks([at for at, _ in kept], [label.get_text() for _, label in kept])


def _columns(
    margins: Sequence[Margins], rows: Sequence[range], page: Page
) -> list[tuple[float, float]]:
    """(left, width) of the axes of each column; all are equally wide."""
    columns = [[margins[row[nth]] for row in rows if nth < len(row)] for nth in range(page.columns)]
    columns = [column for column in columns if column]
    lefts = [max(margin.left for margin in column) for column in columns]
    rights = [max(margin.right for margin in column) for column in columns]
    free = page.width - 2 * page.edge - sum(lefts) - sum(rights) - page.gap * (len(columns) - 1)
    width = max(0.3, free / len(columns))
    spans, x = [], page.edge
    for left, right in zip(lefts, rights, strict=True):
        spans.append((x + left, width))
        x += left + width + right + page.gap
    return spans


def _measured(figure: Any, grid: Sequence[Any]) -> list[Margins]:
    renderer = figure.canvas.get_renderer()
    found = []
    for axes in grid:
        inner, outer = axes.get_window_extent(), axes.get_tightbbox(renderer)
        dpi = figure.dpi
        found.append(
            Margins(
                max(0.0, (inner.x0 - outer.x0) / dpi),
                max(0.0, (outer.x1 - inner.x1) / dpi),
                max(0.0, (inner.y0 - outer.y0) / dpi),
                max(0.0, (outer.y1 - inner.y1) / dpi),
            )
        )
    return found


def _wrap_labels(grid: Sequence[Any], page: Page) -> None:
    """Axis labels in as many lines as they need, between words.

    One that is wider than its axes ends where these end, below the names beside them.
    """
    column = (page.width - 2 * page.edge - page.gap * (page.columns - 1)) / page.columns
    for axes in grid:
        box = axes.get_window_extent()
        wide = max(box.width, _LABEL_SHARE * column * axes.figure.dpi)
        for axis, room in ((axes.xaxis, wide), (axes.yaxis, box.height)):
            label = axis.label
            words = label.get_text().split()
            if not words:
                continue
            label.set_text(" ".join(words))
            extent = label.get_window_extent()
            length = extent.width if axis is axes.xaxis else extent.height
            if length > room * _LABEL_ROOM:
                label.set_text(_lines(words, room * _LABEL_ROOM / length))
            if axis is axes.xaxis:
                over = label.get_window_extent().width > box.width
                label.set(x=1.0 if over else 0.5, ha="right" if over else "center")


def _lines(words: Sequence[str], share: float) -> str:
    """`words` in lines of at most `share` of their length together."""
    most = share * len(" ".join(words))
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(longer) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
