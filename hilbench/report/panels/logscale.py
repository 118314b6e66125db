"""Logarithmic axes whose ticks are plain numbers, however narrow the range."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hilbench.report.panels import Axis
from hilbench.report.style import Look

_MARGIN = 1.25
_SHARE = 0.06
"""Of the length of the axis, at each end: half a marker."""
_NARROWEST = 1.5
_FEWEST, _EVEN = 3, 5
"""Of 1, 2, 5, 10, ... on an axis; where less are inside, at most so many that are evenly apart."""
_WIDE = 1000
_FLOOR = 4.0
"""How far below the smallest value 0 is drawn, as a ratio."""
_TICK_GAP_PT = 8.0
_X_SHARE, _Y_SHARE = 0.62, 0.95
"""Of the page's width and of the height of axes: what ticks have."""


def limits(values: Iterable[float]) -> tuple[float, float]:
    """Ends of an axis around positive `values`, with a margin."""
    found = list(values)
    low, high = min(found), max(found)
    margin = max(_MARGIN, (high / low) ** _SHARE)
    low, high = low / margin, high * margin
    widen = math.sqrt(max(1.0, _NARROWEST / (high / low)))
    return low / widen, high * widen


def floor(values: Iterable[float]) -> float | None:
    """Where 0 is drawn: below the smallest positive value; None if no value is 0."""
    found = list(values)
    if min(found, default=1.0) > 0:
        return None
    positive = [value for value in found if value > 0]
    exponent = math.floor(math.log10(min(positive) / _FLOOR)) if positive else -9
    return float(f"1e{exponent}")


def ticks(ends: tuple[float, float], most: int = 30) -> list[float]:
    """1, 2, 5, 10, ... between the ends; where that is more than `most`, powers of ten alone,
    and then every second one, third one, ... Where less than two of those would be left, some of
    the finer ones. A narrow axis has evenly spaced ones, such as 14, 16, 18."""
    low, high = ends
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    choices: list[tuple[Sequence[int], int]] = [((1, 2, 5), 1)] if high / low <= _WIDE else []
    choices += [((1,), step) for step in range(1, len(decades) + 1)]
    found: list[float] = []
    for steps, every in choices:
        chosen = [decade for decade in decades if decade % every == 0]
        every_tick = [float(f"{step}e{decade}") for decade in chosen for step in steps]
        inside = [tick for tick in every_tick if low <= tick <= high]
        if len(inside) < 2 and found:
            return found[:: math.ceil(len(found) / most)]
        if len(inside) < _FEWEST and not found:
            return _even(low, high, min(most, _EVEN))
        found = inside
        if len(found) <= most:
            break
    return found


def _even(low: float, high: float, most: int) -> list[float]:
    least = (high - low) / most
    decade = 10.0 ** math.floor(math.log10(least))
    step = next(size * decade for size in (1, 2, 5, 10) if size * decade >= least)
    numbers = range(math.ceil(low / step), math.floor(high / step) + 1)
    return [float(f"{number * step:.12g}") for number in numbers][:most]


def written(
    described: Axis, found: Sequence[float], look: Look, zero: float | None = None
) -> list[str]:
    """The numbers beside ticks; all as powers of ten where one needs an exponent. Where 0 is
    drawn, at `zero`, stands 0."""
    said = [look.say(described, tick) for tick in found]
    if any(_EXPONENT.search(text) for text in said):
        said = [_power(tick) for tick in found]
    return ["0" if tick == zero else text for tick, text in zip(found, said, strict=True)]


def _power(value: float) -> str:
    """2e-05 as 2·10⁻⁵, in characters that stay text in every format."""
    mantissa, exponent = f"{value:.0e}".split("e")
    if not int(exponent):
        return mantissa
    power = f"10{str(int(exponent)).translate(_RAISED)}"
    return power if mantissa == "1" else f"{mantissa}·{power}"


_EXPONENT = re.compile(r"\de[-+]\d")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def set_x(
    axes: Any,
    described: Axis,
    ends: tuple[float, float],
    look: Look,
    zero: float | None = None,
) -> None:
    room = _X_SHARE * look.style.width_pt / look.columns
    widest = look.ruler.widest(written(described, ticks(ends), look), look.style.small_pt)
    found = ticks(ends, max(2, int(room / (widest + _TICK_GAP_PT))))
    axes.set_xscale("log")
    axes.set_xlim(*ends)
    axes.set_xticks(found, written(described, found, look, zero))
    axes.set_xticks([], minor=True)
    axes.set_xlabel(described.label)


def set_y(
    axes: Any,
    described: Axis,
    ends: tuple[float, float],
    look: Look,
    height_in: float,
    zero: float | None = None,
) -> None:
    found = ticks(ends, max(2, int(_Y_SHARE * height_in / look.style.pitch_in)))
    axes.set_yscale("log")
    axes.set_ylim(*ends)
    axes.set_yticks(found, written(described, found, look, zero))
    axes.set_yticks([], minor=True)
    axes.set_ylabel(described.label)


def mark_zero(line: Callable[..., Any], low: float, look: Look) -> None:
    """`line` of matplotlib's axes, where a logarithmic axis shows 0."""
    line(low, color=look.theme.muted, linewidth=1, linestyle="--", label="exactly 0")
