"""What the EdgeMark campaign published of the networks in some rows, as rows that figures show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hilbench.record.metrics import SCHEMA, Value
from hilbench.record.row import OK, Row
from hilbench.report import published

ENGINE, BOARD = "TFLM as published", "nucleo_l4r5zi"
COMPILER = "the GNU tools of STM32CubeIDE 1.14.1"
FIGURES = ("params_macs", "error", "exe", "flash", "published")
"""Those of the study, on its axes; of its RAM no parts were published, and `published` has it."""
_COLUMNS = {
    "parameters": ("parameters", 1), "macs": ("macs", 1), "error_mae": ("error_mae", 1),
    "exe_ms": ("exe_ms", 1), "flash_kb": ("flash_bytes", 1024), "ram_kb": ("ram_bytes", 1024),
}  # fmt: skip
_WHOLE = {"parameters", "macs", "flash_kb", "ram_kb"}


def beside(rows: Sequence[Row]) -> list[Row]:
    """Published rows of each model and variant of `rows` that has as many parameters.

    Times were measured in a window with copies.
    """
    wanted = {_network(row) for row in rows}
    return [row for row in _published() if _network(row) in wanted]


def _network(row: Row) -> tuple[Value | None, ...]:
    return row["model"], row["variant"], row.get("parameters")


def _published() -> Iterator[Row]:
    for line in published.read(published.EDGEMARK_RNN).to_dict("records"):
        found: dict[str, Value] = {
            column: round(line[name] * unit) if name in _WHOLE else float(line[name])
            for name, (column, unit) in _COLUMNS.items()
            if line[name] == line[name] and line[name]  # 0 is an error below its five decimals
        }
        if "exe_ms" in found:
            yield Row({
                "schema": SCHEMA, "experiment": "published", "model": str(line["model"]),
                "variant": str(line["variant"]), "engine": ENGINE, "board": BOARD, "status": OK,
                "compiler": COMPILER, "optimisation": "-O3", "exe_kind": "measured",
                "exe_window": "with_copies", **found,
            })  # fmt: skip
