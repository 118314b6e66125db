"""Logarithmic axes whose ticks are plain numbers, however narrow the range."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from hilbench.report.panels import Axis

_MARGIN = 1.25
_NARROWEST = 6.5
"""At least two of 1, 2, 5, 10, ... are inside: neighbours are at most 2.5 apart."""
_WIDE = 300


def limits(values: Iterable[float]) -> tuple[float, float]:
    """Ends of an axis around positive `values`, with a margin."""
    found = list(values)
    low, high = min(found) / _MARGIN, max(found) * _MARGIN
    widen = math.sqrt(max(1.0, _NARROWEST / (high / low)))
    return low / widen, high * widen


def ticks(ends: tuple[float, float]) -> list[float]:
    """1, 2, 5, 10, ... between the ends; where that is crowded, powers of ten alone."""
    low, high = ends
    steps = (1,) if high / low > _WIDE else (1, 2, 5)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [float(f"{step}e{decade}") for decade in decades for step in steps]
    return [tick for tick in found if low <= tick <= high]


def set_x(axes: Any, described: Axis, ends: tuple[float, float]) -> None:
    axes.set_xscale("log")
    axes.set_xlim(*ends)
    axes.set_xticks(ticks(ends), [described.write(tick) for tick in ticks(ends)])
    axes.set_xticks([], minor=True)
    axes.set_xlabel(described.label)


def set_y(axes: Any, described: Axis, ends: tuple[float, float]) -> None:
    axes.set_yscale("log")
    axes.set_ylim(*ends)
    axes.set_yticks(ticks(ends), [described.write(tick) for tick in ticks(ends)])
    axes.set_yticks([], minor=True)
    axes.set_ylabel(described.label)
