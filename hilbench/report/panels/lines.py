"""Curves over steps or commits, each with a name in the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hilbench.report.panels import Axis, Key, Panel, logscale
from hilbench.report.style import Look, name_points

_HEIGHT_EM = 20.0
_MOST_NAMED = 10
"""Curves with a colour and a name; of more, those that move most."""
_MOST_MARKED = 40
_WIDE = 20.0
"""Between the ends of positive values: more are on a logarithmic axis."""
_DASHES = ("-", "--", "-.", ":")


@dataclass(frozen=True)
class Trace:
    """`y` over `x`; `low` and `high`, where there are any, are around it."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @property
    def moves(self) -> float:
        return max(self.y) - min(self.y)


@dataclass(frozen=True)
class Lines(Panel):
    """`ticks` name places of x; `band` (low, high, what it is) is drawn behind everything."""

    x: Axis
    y: Axis
    traces: tuple[Trace, ...]
    ticks: tuple[tuple[float, str], ...] = ()
    band: tuple[float, float, str] | None = None

    def height_in(self, look: Look) -> float:
        return look.style.em(_HEIGHT_EM)

    def draw(self, axes: Any, look: Look) -> None:
        named = self._named()
        if self.band is not None:
            low, high, says = self.band
            axes.axhspan(low, high, color=look.theme.grid, label=says, zorder=0)
        axes.grid(axis="y")
        left = len(self.traces) - len(named)
        for trace in self.traces:
            if trace not in named:
                axes.plot(trace.x, trace.y, color=look.theme.muted, linewidth=0.6, zorder=1,
                          label=f"{left} other{'s' * (left > 1)}")  # fmt: skip
        for nth, trace in enumerate(named):
            self._draw(axes, look, nth, trace)
        self._set_axes(axes, look)

    def _named(self) -> list[Trace]:
        if len(self.traces) <= _MOST_NAMED:
            return list(self.traces)
        most = sorted(self.traces, key=lambda trace: -trace.moves)[:_MOST_NAMED]
        return [trace for trace in self.traces if trace in most]

    def _draw(self, axes: Any, look: Look, nth: int, trace: Trace) -> None:
        colour, style = look.nth_colour(nth), look.style
        name = look.ruler.fitted(trace.name, style.text_pt, 0.8 * style.width_pt)
        marker = look.nth_marker(nth) if len(trace.x) <= _MOST_MARKED else ""
        shown = axes.plot(
            trace.x, trace.y, color=colour, label=name, marker=marker, zorder=3,
            markersize=0.5 * style.text_pt, linewidth=1.2, linestyle=_DASHES[nth % len(_DASHES)],
        )  # fmt: skip
        if marker:
            said = [f"{trace.name}: {look.say(self.y, value)}" for value in trace.y]
            name_points(shown[0], said)
        if trace.low:
            axes.fill_between(trace.x, trace.low, trace.high, color=colour, alpha=0.2, linewidth=0)

    def _set_axes(self, axes: Any, look: Look) -> None:
        values = [value for trace in self.traces for value in (*trace.y, *trace.low, *trace.high)]
        if min(values) > 0 and max(values) > _WIDE * min(values):
            height = self.height_in(look)
            logscale.set_y(axes, self.y, logscale.limits(values), look, height)
        else:
            axes.margins(y=0.12)
            axes.locator_params(axis="y", nbins=6)
            axes.yaxis.set_major_formatter(lambda value, _: look.say(self.y, value))
        axes.set_xlabel(self.x.label)
        axes.set_ylabel(self.y.label)
        if self.ticks:
            axes.set_xticks([at for at, _ in self.ticks], [name for _, name in self.ticks])
        else:
            axes.xaxis.get_major_locator().set_params(integer=True, nbins=8)
            axes.xaxis.set_major_formatter(lambda value, _: look.say(self.x, value))

    def name(self, axes: Any, look: Look) -> Key:
        del axes, look
        if len(self.traces) <= _MOST_NAMED:
            return Key()
        return Key(note=f"Named are the {_MOST_NAMED} of {len(self.traces):,} that move most.")


def span(values: Sequence[float]) -> tuple[float, float]:
    """From the smallest to the largest."""
    return min(values), max(values)
