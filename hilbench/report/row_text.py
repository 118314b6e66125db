"""What a table says of a row, by its column."""

from __future__ import annotations

from collections.abc import Callable

from hilbench.record.row import Row


def quoted(column: str) -> Callable[[Row], str]:
    return lambda row: f"`{row[column]}`"


def of(column: str, how: Callable[..., str]) -> Callable[[Row], str]:
    return lambda row: how(row.get(column))


def percent(part: float, whole_: float) -> str:
    return f"{100 * part / whole_:.0f} %"
