"""Numbers that others have published, as facts with their source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hilbench.core import extras

EDGEMARK_RNN = Path(__file__).with_name("edgemark_rnn.csv")
PLUMERAI_LSTM = Path(__file__).with_name("plumerai_lstm.csv")


def read(path: Path) -> Any:
    """A published table as a pandas DataFrame; an empty cell is NaN.

    Lines that start with # say where the numbers come from and what they count.
    """
    return extras.pandas().read_csv(path, comment="#")
