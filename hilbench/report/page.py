"""A whole figure: title, legend, panels, and the caption that says what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hilbench.core import extras
from hilbench.record.row import Row
from hilbench.report import fonts
from hilbench.report.campaign import Campaign, absences, provenance
from hilbench.report.kind import Kind
from hilbench.report.panels import Message, Panel
from hilbench.report.style import SMALL_PT, TITLE_PT, WIDTH_IN, Look, Theme
from hilbench.report.text import whole, wrapped

_EDGE_IN = 0.12
_LINE_IN = 0.15
_TITLE_IN = 0.22
_BELOW_TITLE_IN = 0.06
_TITLE_CHARACTERS = 60
_SUBTITLE_IN = 0.22
_LEGEND_ROW_IN = 0.22
_LEGEND_CHARACTERS = 78
_LEGEND_ENTRY_CHARACTERS = 8
"""What the symbol of an entry takes, counted in characters."""
_CAPTION_CHARACTERS = 116


def compose(kind: Kind, campaign: Campaign, theme: Theme) -> Any:
    """A matplotlib figure, to be closed by the caller. Call it within `settings(theme)`.

    The panels keep their height; title, legend and caption add to it, so that
    none of them ever covers data.
    """
    every, campaign = campaign, campaign.first(kind.most_jobs)
    shown = [row for row in campaign.rows if row.ok and kind.shows(row)]
    panels = list(kind.panels(campaign, shown) if shown else ()) or [_nothing(campaign)]
    caption = _caption(kind, campaign, shown, len(every.rows))
    figure, grid = _axes(panels, kind.side_by_side and len(panels) > 1)
    look = Look(theme, every)
    for panel, axes in zip(panels, grid, strict=True):
        panel.draw(axes, look)
    handles = _legend_entries(grid)
    columns = _columns(list(handles))
    title = wrapped(f"{campaign.title}: {kind.heading}", _TITLE_CHARACTERS)
    subtitle = "" if kind.per_model else every.shared
    below_title = _EDGE_IN + _TITLE_IN * len(title) + _BELOW_TITLE_IN
    above = below_title + (_SUBTITLE_IN if subtitle else 0)
    header = above + _LEGEND_ROW_IN * -(-len(handles) // columns)
    footer = _EDGE_IN + _LINE_IN * len(caption)
    height = header + footer + figure.get_size_inches()[1]
    figure.set_size_inches(WIDTH_IN, height)
    edge = _EDGE_IN / WIDTH_IN
    inside = (edge, footer / height, 1 - 2 * edge, 1 - (header + footer) / height)
    figure.get_layout_engine().set(rect=inside)
    _write(figure, title, _EDGE_IN, _TITLE_IN, fontsize=TITLE_PT, weight="bold")
    _write(figure, [subtitle], below_title, 0, color=theme.muted)
    below_panels = height - footer + _EDGE_IN / 2
    _write(figure, caption, below_panels, _LINE_IN, fontsize=SMALL_PT, color=theme.muted)
    if handles:
        figure.legend(
            handles.values(), handles.keys(), ncols=columns, loc="upper left",
            bbox_to_anchor=(edge, 1 - above / height), borderaxespad=0, borderpad=0.2,
            handlelength=1.6, columnspacing=1.6,
        )  # fmt: skip
    return figure


def _nothing(campaign: Campaign) -> Message:
    if not campaign.rows:
        return Message("This experiment has no results to show.")
    return Message("None of the jobs of this experiment has this number.")


def _axes(panels: Sequence[Panel], side_by_side: bool) -> tuple[Any, list[Any]]:
    heights = [panel.height_in for panel in panels]
    plt = extras.pyplot()
    rows, columns = (1, len(panels)) if side_by_side else (len(panels), 1)
    figure, grid = plt.subplots(
        rows, columns, squeeze=False, layout="constrained", sharey=side_by_side,
        figsize=(WIDTH_IN, max(heights) if side_by_side else sum(heights)),
        height_ratios=[1] if side_by_side else heights,
    )  # fmt: skip
    return figure, list(grid.flat)


def _legend_entries(grid: Sequence[Any]) -> dict[str, Any]:
    """Label -> artist, each label once; an empty label says nothing."""
    entries: dict[str, Any] = {}
    for axes in grid:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label:
                entries.setdefault(label, handle)
    return entries


def _columns(labels: Sequence[str]) -> int:
    longest = max((len(label) for label in labels), default=1)
    fitting = _LEGEND_CHARACTERS // (longest + _LEGEND_ENTRY_CHARACTERS)
    return max(1, min(len(labels), fitting))


def _caption(kind: Kind, campaign: Campaign, shown: Sequence[Row], jobs: int) -> list[str]:
    """Lines: where the numbers come from, then what is missing, each on a line of its own."""
    if not shown:
        paragraphs = absences(campaign, kind.missing(campaign, shown))
    else:
        origin = [] if kind.per_model else provenance(shown)
        missing = absences(campaign, kind.missing(campaign, shown))
        paragraphs = [" ".join([*origin, kind.note]), *missing]
    if jobs > len(campaign.rows):
        there = f"the first {whole(len(campaign.rows))} of {whole(jobs)} jobs"
        paragraphs.append(f"Room for {there}; the results file has all.")
    if note := fonts.needed(campaign.texts).note:
        paragraphs.append(note)
    return [line for text in paragraphs for line in wrapped(text, _CAPTION_CHARACTERS)]


def _write(figure: Any, lines: Sequence[str], top_in: float, step_in: float, **how: Any) -> None:
    """Lines at the left edge, the first one `top_in` below the top of the page."""
    width, height = figure.get_size_inches()
    for index, line in enumerate(lines):
        y = 1 - (top_in + index * step_in) / height
        figure.text(_EDGE_IN / width, y, line, va="top", **how)
