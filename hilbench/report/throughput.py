"""Microcontrollers in the columns in which a survey compares other chips that run recurrent cells.

Rezk and others, IEEE Access 8, 2020: their Tables 8 and 9 have implementations on FPGAs, on ASICs
and on other processors, and none on a microcontroller. Effective throughput is 2 MACs / time
(eq. 25), the accuracy's change is against float (eq. 22). Energy is empty: it was not measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hilbench.record import store
from hilbench.record.row import Row
from hilbench.report import experiments_of_cells, published
from hilbench.report.text import NONE, markdown, milliseconds, short, whole

HEADINGS = [
    *("chip, clock", "engine", "network", "weights", "MACs", "ms"),
    *("effective MOP/s", "accuracy change %", "energy", "kind"),
]
_CHIP = "Cortex-M4, 120 MHz"
_CELLS, _DATA = "cells", "watch"
"""The campaign that has each network on several data sets, and the one that is shown."""
_CAMPAIGNS = {
    "rnn_published": ("lstm", "gru"),
    "plumerai": ("plumerai_text_generation", "plumerai_simple_lstm"),
    _CELLS: ("lstm", "gru", "fastgrnn", "min_gru"),
}
"""By campaign of the twin with this chip: networks. Those of a stream are a step of it."""
_WEIGHTS = {"basic": "float32", "int8_only": "int8"}
_TASK = "top1_float"


def table(results: Path) -> list[list[str]]:
    """A line for each, those that others measured first."""
    rows = {name: _rows(results, name) for name in _CAMPAIGNS}
    ours = [_of_row(row) for found in rows.values() for row in found]
    return [*_edgemark(), *_plumerai(rows["plumerai"]), *ours]


def _rows(results: Path, campaign: str) -> list[Row]:
    """Of its networks that the table is about, those that have a time."""
    path = results / f"{campaign}.csv"
    rows = store.read(path) if path.is_file() else []
    rows = experiments_of_cells.of_task(rows, _DATA) if campaign == _CELLS else rows
    networks = _CAMPAIGNS[campaign]
    return [row for row in rows if row["model"] in networks and row.ok and row.get("exe_ms")]


def _edgemark() -> Iterator[list[str]]:
    for row in published.read(published.EDGEMARK_RNN).to_dict("records"):
        if row["model"] in _CAMPAIGNS["rnn_published"]:
            weights = _WEIGHTS[row["variant"]]
            yield _line("TFLM (EdgeMark)", row["model"], weights, row["macs"], row["exe_ms"])


def _plumerai(rows: Sequence[Row]) -> Iterator[list[str]]:
    """MACs are those of our rows: what was published has none."""
    networks = published.read(published.PLUMERAI_LSTM).set_index("network")
    for row in rows:
        if row["engine"] == "aot":
            name, macs = str(row["model"]), float(row["macs"])
            times = networks.loc[name.removeprefix("plumerai_")]
            yield _line("TFLM of 2022 (Plumerai)", name, "int8", macs, times["tflm_ms"])
            yield _line("Plumerai", name, "int8", macs, times["plumerai_ms"])


def _of_row(row: Row) -> list[str]:
    change = row.get("accuracy_change_percent") if _TASK in row else None
    return _line(
        str(row["engine"]),
        f"{row['model']}, a step" if "stream_steps" in row else str(row["model"]),
        _WEIGHTS[str(row["variant"])],
        float(row["macs"]),
        float(row["exe_ms"]),
        NONE if change is None else f"{float(change):+.1f}",
        "modelled",
    )


def _line(
    engine: str,
    network: str,
    weights: str,
    macs: float,
    ms: float,
    change: str = NONE,
    kind: str = "measured",
) -> list[str]:
    throughput = short(2 * macs / ms / 1000)
    cost = [whole(int(macs)), milliseconds(ms), throughput]
    return [_CHIP, engine, network, weights, *cost, change, NONE, kind]


def section(results: Path) -> str:
    """Of docs/ledger.md."""
    return (
        "\n## Microcontrollers beside the survey's Tables 8 and 9\n\n"
        "The survey lists implementations on FPGAs, ASICs and other processors by effective "
        "throughput, 2 MACs / time (eq. 25), and has no microcontroller. These are rows that it "
        "would have: times that others measured (the MACs of Plumerai's networks are those of the "
        "reconstruction), and times of the cycle model here. The accuracy's change is that of eq. "
        "22, where the data has something to learn. Nobody measured energy, so there is none.\n\n"
        + markdown(HEADINGS, table(results), names=4)
    )
