"""A whole figure: title, legend, panels, and the caption that says what it rests on."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hilbench.core import extras
from hilbench.core.text import one_line
from hilbench.record.row import Row
from hilbench.report import fonts, layout
from hilbench.report.campaign import Campaign, absences, provenance
from hilbench.report.kind import Kind
from hilbench.report.panels import Key, Message, Panel
from hilbench.report.presets import POINTS, Asked, Style
from hilbench.report.ruler import Ruler
from hilbench.report.style import Look, Theme
from hilbench.report.text import whole

_EDGE_PT = 8.0
_LEGEND_SYMBOL_EM = 4.2
"""What the symbol of an entry takes, and the gap to the next one."""
_LEGEND_ROW_EM = 1.5
_MOST_IN_LEGEND = 40
_TRIES = 6
_CRAMPED_EM = 7.0
_LEGEND_SHARE = 0.25
"""Of a page of fixed height."""
_ON_SLIDES = 0.72
"""Panels are narrower there: beside each other they are higher."""


@dataclass(frozen=True)
class Composed:
    """A matplotlib figure, to be closed by whoever asked for it, and the paragraphs to stand
    beside it where it holds no caption."""

    figure: Any
    caption: tuple[str, ...]


def compose(kind: Kind, campaign: Campaign, theme: Theme, asked: Asked | None = None) -> Composed:
    """Call it within `settings(theme)`.

    The panels keep their height; title, legend and caption add to it, so that none of them ever
    covers data. Lists of jobs are cut, and say so, where the style's page ends.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        return _composed(kind, campaign, theme, asked or Asked())


def _composed(kind: Kind, campaign: Campaign, theme: Theme, asked: Asked) -> Composed:
    most, columns = kind.most_jobs, _TRIES
    plt = extras.pyplot()
    for _ in range(2 * _TRIES):
        page = _Page(kind, campaign, campaign.first(most), theme, asked, columns)
        figure, height = page.compose()
        jobs = len(page.campaign.rows)
        tallest = asked.style.tallest_in
        cramped = columns > 1 and page.is_cramped(figure)
        if not cramped and (height <= tallest + 1e-6 or not kind.most_jobs or jobs <= 1):
            break
        plt.close(figure)
        if cramped:
            columns = min(columns, len(figure.axes)) - 1
        else:
            most = max(1, min(jobs - 1, int(jobs * (tallest / height) ** 1.2)))
    return Composed(figure, (page.headline(), *page.paragraphs()))


def nothing_of(kind: Kind, campaign: Campaign) -> str:
    """Why a figure has nothing to show; "" where it has."""
    if not campaign.rows:
        return "this experiment has no results"
    if not any(row.ok for row in campaign.rows):
        return "no job is ok"
    if not any(kind.can_show(campaign, row) for row in campaign.rows):
        return f"no job that is ok has {kind.needs or 'its numbers'}"
    return ""


@dataclass(frozen=True)
class _Page:
    """One try to lay out `campaign`, a part of `every`."""

    kind: Kind
    every: Campaign
    campaign: Campaign
    theme: Theme
    asked: Asked
    most_columns: int

    def is_cramped(self, figure: Any) -> bool:
        """Whether names leave panels beside each other no room."""
        first = figure.axes[0].get_position()
        beside = any(each.get_position().y0 == first.y0 for each in figure.axes[1:])
        return beside and first.width * self.asked.style.width_in < self.asked.style.em(_CRAMPED_EM)

    def compose(self) -> tuple[Any, float]:
        """The figure, and how high it wants to be in inches."""
        style = self.asked.style
        shown = self._shown
        panels = list(self.kind.panels(self.campaign, shown) if shown else ())
        panels = panels or [_nothing(self.campaign)]
        ruler = Ruler(fonts.needed(self.every.texts).families)
        columns = self._columns(len(panels))
        look = Look(self.theme, self.every, style, self.asked.numbers, ruler, columns)
        plt = extras.pyplot()
        figure = plt.figure(figsize=(style.width_in, style.tallest_in))
        grid = [figure.add_axes((0.2, 0.2, 0.6, 0.6)) for _ in panels]
        for nth, (panel, axes) in enumerate(zip(panels, grid, strict=True)):
            panel.draw(axes, look)
            if self.kind.same_y and nth % columns:
                axes.set_ylabel("")
                axes.tick_params(axis="y", labelleft=False)
        header, legend = self._header(figure, grid, look)
        caption = self._wrapped(self.paragraphs(), ruler) if self.asked.has_caption else []
        heights = [panel.height_in(look) for panel in panels]
        height = self._place(figure, grid, heights, look, header.height, len(caption))
        unnamed = [list(axes.texts) for axes in grid]
        key = self._named(panels, grid, look)
        if key:  # which takes room below: the axes of a page of fixed height get lower
            for axes, before in zip(grid, unnamed, strict=True):
                for text in set(axes.texts) - set(before):
                    text.remove()
            below = len(key) + len(caption)
            height = self._place(figure, grid, heights, look, header.height, below)
            key = self._named(panels, grid, look)[: len(key)]
        self._write(figure, header, legend, [*key, *caption], len(key))
        return figure, height

    def _named(self, panels: Sequence[Panel], grid: Sequence[Any], look: Look) -> list[str]:
        keys = [panel.name(axes, look) for panel, axes in zip(panels, grid, strict=True)]
        return self._key(keys, look.ruler)

    def _key(self, keys: Sequence[Key], ruler: Ruler) -> list[str]:
        """Lines of "1 lstm; 2 gru": each entry whole where it fits into a line."""
        style = self.asked.style
        room = style.width_pt - 2 * _EDGE_PT
        names = dict(sorted(each for key in keys for each in key.names))
        lines: list[str] = []
        for number, name in names.items():
            entry = f"{number} {one_line(name)}"
            longer = f"{lines[-1]};  {entry}" if lines else entry
            if lines and ruler.width(longer, style.small_pt) <= room:
                lines[-1] = longer
            else:
                lines += ruler.wrapped(entry, style.small_pt, room)
        notes = dict.fromkeys(key.note for key in keys if key.note)
        return [*lines, *self._wrapped(list(notes), ruler)]

    def _columns(self, panels: int) -> int:
        """How many panels stand beside each other."""
        style = self.asked.style
        beside = self.kind.side_by_side or style.fixed
        narrowest = self.kind.narrowest_em * (_ON_SLIDES if style.fixed else 1)
        fitting = int(style.width_pt / (narrowest * style.text_pt))
        fitting = max(1, min(fitting, self.most_columns))
        rows = -(-panels // fitting)
        return -(-panels // rows) if beside else 1

    def _header(self, figure: Any, grid: Sequence[Any], look: Look) -> tuple[_Header, Any]:
        style, every = self.asked.style, self.every
        title = every.title if self.asked.title is None else self.asked.title
        said = f"{title}: {self.kind.heading}" if self.asked.title is None else title
        titled, room = self.asked.titled, style.width_pt - 2 * _EDGE_PT
        lines = look.ruler.wrapped(said, style.title_pt, room, bold=True) if titled else []
        shared = "" if self.kind.per_model or not titled else every.shared
        subtitle = look.ruler.wrapped(shared, style.text_pt, room)
        entries = _legend_entries(grid)
        columns = _legend_columns(list(entries), look)
        if style.fixed:
            rows = int(_LEGEND_SHARE * style.tallest_pt / (_LEGEND_ROW_EM * style.text_pt))
            entries = _first(entries, rows * columns)
        rows = -(-len(entries) // columns)
        header = _Header(lines, subtitle, rows, style)
        labels = _row_by_row(list(entries), columns)
        legend = figure.legend(
            [entries[label] for label in labels], labels, ncols=columns, loc="upper left",
            borderaxespad=0, borderpad=0, handlelength=1.6, columnspacing=1.6, labelspacing=0.35,
        ) if entries else None  # fmt: skip
        for symbol in legend.legend_handles if legend else ():
            symbol.set_alpha(None)
        return header, legend

    def _place(
        self, figure: Any, grid: Sequence[Any], heights: Sequence[float], look: Look,
        above_in: float, lines: int,
    ) -> float:  # fmt: skip
        style = self.asked.style
        below_in = _EDGE_PT / POINTS + style.line_in * lines + (0.6 * style.line_in if lines else 0)
        page = layout.Page(
            style.width_in, _EDGE_PT / POINTS, above_in, below_in, look.columns,
            style.tallest_in if style.fixed else None, style.em(1.2),
        )  # fmt: skip
        return layout.place(figure, grid, heights, page)

    def _write(
        self, figure: Any, header: _Header, legend: Any, below: Sequence[str], keys: int
    ) -> None:
        style, theme = self.asked.style, self.theme
        top = _EDGE_PT / POINTS
        _lines(figure, header.title, top, header.title_in, fontsize=style.title_pt, weight="bold")
        top += header.title_in * len(header.title)
        _lines(figure, header.subtitle, top, header.text_in, color=theme.muted)
        top += header.text_in * len(header.subtitle)
        width, height = figure.get_size_inches()
        if legend is not None:
            legend.set_bbox_to_anchor((_EDGE_PT / POINTS / width, 1 - top / height))
        start = height - _EDGE_PT / POINTS - style.line_in * len(below)
        for nth, line in enumerate(below):
            colour = theme.text if nth < keys else theme.muted
            _lines(figure, [line], start + nth * style.line_in, 0, fontsize=style.small_pt,
                   color=colour)  # fmt: skip

    def headline(self) -> str:
        """What a caption beside the picture starts with."""
        title = self.every.title if self.asked.title is None else self.asked.title
        heading = self.kind.heading
        head = f"{title}: {heading}." if title else f"{heading[:1].upper()}{heading[1:]}."
        shared = "" if self.kind.per_model else self.every.shared
        return f"{head} All of it: {shared}." if shared else head

    def paragraphs(self) -> list[str]:
        """What the picture rests on, what is missing, and what had no room."""
        paragraphs = _paragraphs(self.kind, self.campaign, self._shown)
        jobs, there = len(self.every.rows), len(self.campaign.rows)
        if jobs > there:
            fitting = f"the first {whole(there)} of {whole(jobs)} jobs"
            paragraphs.append(f"Room for {fitting}; the results file has all.")
        if note := fonts.needed(self.campaign.texts).note:
            paragraphs.append(note)
        return paragraphs

    @cached_property
    def _shown(self) -> list[Row]:
        return [row for row in self.campaign.rows if self.kind.can_show(self.campaign, row)]

    def _wrapped(self, paragraphs: Sequence[str], ruler: Ruler) -> list[str]:
        style = self.asked.style
        room = style.width_pt - 2 * _EDGE_PT
        return [line for text in paragraphs for line in ruler.wrapped(text, style.small_pt, room)]


@dataclass(frozen=True)
class _Header:
    """Lines above the panels, and how many rows the legend has."""

    title: list[str]
    subtitle: list[str]
    legend_rows: int
    style: Style

    @property
    def title_in(self) -> float:
        return 1.35 * self.style.title_pt / POINTS

    @property
    def text_in(self) -> float:
        return 1.5 * self.style.text_pt / POINTS

    @property
    def height(self) -> float:
        """In inches, from the top of the page."""
        legend = self.legend_rows * _LEGEND_ROW_EM * self.style.text_pt / POINTS
        lines = self.title_in * len(self.title) + self.text_in * len(self.subtitle)
        return _EDGE_PT / POINTS + lines + legend + (0.4 * self.text_in if lines or legend else 0)


def _paragraphs(kind: Kind, campaign: Campaign, shown: Sequence[Row]) -> list[str]:
    """Where the numbers come from, then what is missing, each on a line of its own."""
    missing = absences(campaign, kind.missing(campaign, shown))
    if not shown:
        return missing
    origin = [] if kind.per_model else provenance(shown)
    said = " ".join(part for part in [*origin, kind.note] if part)
    return [said, *missing] if said else missing


def _nothing(campaign: Campaign) -> Message:
    if not campaign.rows:
        return Message("This experiment has no results to show.")
    return Message("None of the jobs of this experiment has this number.")


def _legend_entries(grid: Sequence[Any]) -> dict[str, Any]:
    """Label -> artist, each label once; an empty label says nothing."""
    entries: dict[str, Any] = {}
    for axes in grid:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label:
                entries.setdefault(label, handle)
    return dict(list(entries.items())[:_MOST_IN_LEGEND])


def _first(entries: dict[str, Any], most: int) -> dict[str, Any]:
    """As many as have room; the last one says how many there are beside them."""
    if len(entries) <= most:
        return entries
    blank = extras.pyplot().Line2D([], [], linestyle="")
    kept = dict(list(entries.items())[: most - 1])
    return {**kept, f"and {len(entries) - len(kept)} more": blank}


def _row_by_row(labels: Sequence[str], columns: int) -> list[str]:
    """In the order in which matplotlib, which fills columns, shows them row by row."""
    return [label for column in range(columns) for label in labels[column::columns]]


def _legend_columns(labels: Sequence[str], look: Look) -> int:
    """As many as fit: a column is as wide as its longest label."""
    size = look.style.text_pt
    room = look.style.width_pt - 2 * _EDGE_PT + size * 1.6
    widths = [look.ruler.width(label, size) + _LEGEND_SYMBOL_EM * size for label in labels]
    for columns in range(len(labels), 1, -1):
        if sum(max(widths[nth::columns]) for nth in range(columns)) <= room:
            return columns
    return 1


def _lines(figure: Any, lines: Sequence[str], top_in: float, step_in: float, **how: Any) -> None:
    """Lines at the left edge, the first one `top_in` below the top of the page."""
    width, height = figure.get_size_inches()
    for index, line in enumerate(lines):
        y = 1 - (top_in + index * step_in) / height
        figure.text(_EDGE_PT / POINTS / width, y, line, va="top", **how)
