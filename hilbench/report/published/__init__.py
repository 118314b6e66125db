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


_CONSTANT_LEFT_OUT = "v1.1"
"""The round since which engines leave out what is constant for every input."""


def mlperf_tiny() -> Any:
    """MLPerf Tiny's results on boards that hilbench has, an engine that a log does not name empty.

    `model` is the network of hilbench that does the work of those engines, or empty.
    """
    table = read(MLPERF_TINY).fillna("")
    names = zip(table["benchmark"], table["round"], strict=True)
    return table.assign(model=[_model(*name) for name in names])


def _model(benchmark: str, round_: str) -> str:
    if benchmark == "sww":
        return ""  # the latency of a stream is estimated
    dead = benchmark == "vww" and round_ >= _CONSTANT_LEFT_OUT
    return f"tiny_{benchmark}{'_dead' if dead else ''}"


def mlperf_tiny_on(board: str) -> Any:
    """Of these the inferences on one board."""
    table = mlperf_tiny()
    return table[(table["board"] == board) & (table["model"] != "")]


def cells(path: Path) -> list[dict[str, str]]:
    """The same as text, for who asks for a number only: pandas takes half a second to import."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
