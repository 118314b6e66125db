"""Numbers that others have published, as facts with their source."""

from __future__ import annotations

import csv
from pathlib import Path

EDGEMARK_RNN = Path(__file__).with_name("edgemark_rnn.csv")
PLUMERAI_LSTM = Path(__file__).with_name("plumerai_lstm.csv")


def read(path: Path) -> list[dict[str, str | float]]:
    """The lines of a published table; an empty cell is absent.

    Lines that start with # say where the numbers come from and what they count.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    table = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [{name: _value(cell) for name, cell in line.items() if cell} for line in table]


def _value(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell
