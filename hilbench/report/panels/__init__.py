"""What a figure is made of: panels of plain data that draw themselves on axes.

A panel says how high its axes want to be, labels each artist that belongs in the
legend, and knows nothing of titles, captions and files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from hilbench.report.style import Look


@dataclass(frozen=True)
class Key:
    """What numbers beside points stand for, and what else is to be said of them."""

    names: tuple[tuple[int, str], ...] = ()
    note: str = ""


class Panel(Protocol):
    def height_in(self, look: Look) -> float:
        """Height of the axes in inches; what stands around them is measured."""
        ...

    def draw(self, axes: Any, look: Look) -> None:
        """Draw on empty matplotlib axes, which may still move."""
        ...

    def name(self, axes: Any, look: Look) -> Key:
        """Names points, once the axes have their place; returns what to say of them below."""
        del axes, look
        return Key()


@dataclass(frozen=True)
class Axis:
    """A label with its unit in it, and how a value is written."""

    label: str
    write: Callable[[float], str]


@dataclass(frozen=True)
class Message(Panel):
    """Says why there is nothing to see."""

    text: str

    def height_in(self, look: Look) -> float:
        return look.style.em(8)

    def draw(self, axes: Any, look: Look) -> None:
        axes.set_axis_off()
        lines = look.ruler.wrapped(self.text, look.style.text_pt, 0.85 * look.style.width_pt)
        axes.text(0.5, 0.5, "\n".join(lines), ha="center", va="center", color=look.theme.muted)
