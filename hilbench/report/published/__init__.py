"""Numbers that others have published, as facts with their source."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from hilbench.core import extras

EDGEMARK_RNN = Path(__file__).with_name("edgemark_rnn.csv")
PLUMERAI_LSTM = Path(__file__).with_name("plumerai_lstm.csv")
MLPERF_TINY = Path(__file__).with_name("mlperf_tiny.csv")


# How EdgeMark's project compiles TFLM, in clauses of the column `library_build`, and the word by
# which each is known; without debug information -O3 cannot be told from -O2.
_EDGEMARK_BUILD = {
    "optimisation": ("optimisation -O3", "optimisation -O2 or -O3"),
    "checks": ("checks on",),
    "messages": ("messages kept",),
    "TF_LITE_STATIC_MEMORY": ("without TF_LITE_STATIC_MEMORY",),
}


def differences(build: str) -> list[str]:
    """In which clauses a `library_build` is not that of the published campaign."""
    return [
        f"{clause}, published: {theirs[0]}"
        for clause in build.split("; ")
        for word, theirs in _EDGEMARK_BUILD.items()
        if word in clause.split() and clause not in theirs
    ]


def read(path: Path) -> Any:
    """A published table as a pandas DataFrame; an empty cell is NaN.

    Lines that start with # say where the numbers come from and what they count.
    """
    return extras.pandas().read_csv(path, comment="#")


def mlperf_tiny(board: str = "nucleo_l4r5zi") -> Any:
    """The rows of one board that are inferences; an engine that a log does not name is empty."""
    table = read(MLPERF_TINY).fillna("")
    return table[(table["board"] == board) & (table["benchmark"] != "sww")]


def cells(path: Path) -> list[dict[str, str]]:
    """The same as text, for who asks for a number only: pandas takes half a second to import."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
