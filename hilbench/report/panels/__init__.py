"""What a figure is made of: panels of plain data that draw themselves on axes.

A panel says how high it wants to be, labels each artist that belongs in the
legend, and knows nothing of titles, captions and files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from hilbench.report.style import Look


class Panel(Protocol):
    @property
    def height_in(self) -> float:
        """Height in inches, axis labels included."""
        ...

    def draw(self, axes: Any, look: Look) -> None:
        """Draw on empty matplotlib axes."""
        ...


@dataclass(frozen=True)
class Axis:
    """A label with its unit in it, and how a value is written."""

    label: str
    write: Callable[[float], str]


@dataclass(frozen=True)
class Message:
    """Says why there is nothing to see."""

    text: str
    height_in: float = 1.6

    def draw(self, axes: Any, look: Look) -> None:
        axes.set_axis_off()
        axes.text(0.5, 0.5, self.text, ha="center", va="center", color=look.theme.muted)
