"""Flash and RAM of each image beside what the chip has."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from hilbench.config.board import load_board
from hilbench.core.errors import HilbenchError
from hilbench.record.row import Row
from hilbench.report.campaign import Campaign, series_of, status_of
from hilbench.report.kind import Kind, has
from hilbench.report.panels import Axis
from hilbench.report.panels.bars import MOST_BARS, Bar, Bars, Limit, by_model
from hilbench.report.text import shortened, tenths, whole

_REASON = 44
_MEMORIES = ("Flash", "RAM")


def _sizes(campaign: Campaign) -> dict[str, tuple[int, int]]:
    """Bytes of flash and RAM of each board that is known here."""
    found = {}
    for board in dict.fromkeys(str(row["board"]) for row in campaign.rows):
        with suppress(HilbenchError):
            memory = load_board(board).memory
            found[board] = (memory.flash.length, memory.ram.length)
    return found


def _panels(campaign: Campaign, rows: Sequence[Row]) -> list[Bars]:
    sizes = _sizes(campaign)
    boards = dict.fromkeys(str(row["board"]) for row in rows)
    return [_panel(campaign, board, nth, sizes.get(board)) for board in boards for nth in range(2)]


def _panel(campaign: Campaign, board: str, nth: int, sizes: tuple[int, int] | None) -> Bars:
    name = _MEMORIES[nth]
    there = None if sizes is None else sizes[nth]
    bars = tuple(_bar(row, name, there) for row in by_model(campaign) if row["board"] == board)
    label = f"{name} (kB of 1024 B) on {board}"
    if there is None:
        return Bars(Axis(f"{label}, whose chip is not known here", tenths), bars)
    label = f"{label}, which has {whole(there // 1024)}"
    return Bars(Axis(label, tenths), bars, (Limit("what the chip has", there / 1024),))


def _bar(row: Row, memory: str, there: int | None) -> Bar:
    """With its share of what is `there`. Without a size where an image has none; the linker's
    reason stands in the panel of the memory that overflowed."""
    model, series = str(row["model"]), series_of(row)
    column = f"{memory.lower()}_bytes"
    if row.ok and column in row:
        size = float(row[column])
        share = f"{100 * size / there:.2g} %" if there else ""
        return Bar(model, series, ((memory, size / 1024),), share)
    reason = str(row.get("reason", ""))
    overflowed = row["status"] == "does_not_fit" and memory.lower() in reason.lower()
    return Bar(model, series, (), shortened(reason, _REASON) if overflowed else status_of(row))


FIGURE = Kind(
    "limits", "flash and RAM of the chip", has("flash_bytes", "ram_bytes"), _panels,
    "Flash: text + rodata + data. RAM: data + bss + reserved stack.", most_jobs=MOST_BARS,
    needs="its flash and RAM", optional=True, rests_on=_sizes,
)  # fmt: skip
