"""The same networks on one board after the other: what a MAC takes, and flash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import compress
from statistics import median

from hilbench.config.board import load_board
from hilbench.core.errors import HilbenchError
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, Series, series_of
from hilbench.report.kind import Kind, positive
from hilbench.report.panels import Axis
from hilbench.report.panels.strips import Strip, Strips
from hilbench.report.text import plain, short, spaced


def _cores(campaign: Campaign) -> dict[str, str]:
    """The core of each board that is known here."""
    found = {}
    for board in dict.fromkeys(str(row["board"]) for row in campaign.rows):
        with suppress(HilbenchError):
            found[board] = load_board(board).cpu.core
    return found


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Strips]:
    return [
        _panel(campaign, rows, "Instructions per MAC, emulated, not a time", _per_mac),
        _panel(
            campaign, rows, "Flash (kB of 1024 B)", lambda row: float(row["flash_bytes"]) / 1024
        ),
    ]


def _per_mac(row: Row) -> float:
    return float(row["exe_instructions"]) / float(row["macs"])


def _panel(
    campaign: Campaign, rows: Sequence[Row], label: str, of: Callable[[Row], float]
) -> Strips:
    """A line for each board and variant, on which each network is a dot."""
    cores, boards = _cores(campaign), dict.fromkeys(series.board for series in campaign.series)
    likes = dict.fromkeys(_like(campaign, series) for series in campaign.series)
    lines: dict[tuple[str, Series], list[float]] = {(b, like): [] for b in boards for like in likes}
    for row in rows:
        lines[str(row["board"]), _like(campaign, series_of(row))].append(of(row))
    said = _labels(list(likes))
    strips = [
        Strip(_heading(board, cores), like, tuple(values), _number(median(values)), said[like])
        for (board, like), values in lines.items()
        if values
    ]
    return Strips(Axis(label, plain), tuple(strips), logarithmic=True)


def _number(value: float) -> str:
    return plain(float(short(value)))


def _heading(board: str, cores: dict[str, str]) -> str:
    return f"{board} ({cores[board]})" if board in cores else board


def _like(campaign: Campaign, series: Series) -> Series:
    """The first series that differs from it in the board alone: all of them have its colour."""
    return next(each for each in campaign.series if _apart(each) == _apart(series))


def _apart(series: Series) -> tuple[str, str, str]:
    return series.engine, series.variant, series.optimisation


def _labels(likes: Sequence[Series]) -> dict[Series, str]:
    """What tells them apart, the board aside."""
    differ = [len(set(column)) > 1 for column in zip(*map(_apart, likes), strict=True)]
    return {like: spaced(" ".join(compress(_apart(like), differ))) for like in likes}


FIGURE = Kind(
    "cores", "core beside core", positive("exe_instructions", "macs", "flash_bytes"), _panels,
    "Each dot is a network; the number is the median of a line. Instructions of different cores do "
    "not take equally long.",
    most_jobs=600, needs="two emulated boards that count instructions", optional=True,
    rests_on=_cores,
    knows=lambda campaign, _: len({series.board for series in campaign.series}) > 1,
)  # fmt: skip
