"""Published numbers as claims: what one says, and how hilbench gets the number beside it.

Those of ledger.yaml and of the files `claims/*.yaml` of a project or a package, and every number of
the published tables beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from hilbench.config.load import Strict, load
from hilbench.core import doors
from hilbench.report import published

LEDGER = Path(__file__).parent / "published" / "ledger.yaml"


class Ours(Strict):
    """How hilbench gets its number: one of `sum`, `cell`, `model` and `row`, or why it has none:
    `without`, then with the campaign `row` that would give it. The number of a row is divided by
    that of the job `over`, if one is named."""

    sum: str | None = None
    cell: str | None = None
    inputs: int = 0
    units: int = 0
    outputs: int = 0
    model: str | None = None
    count: Literal["parameters", "macs", "activations"] = "parameters"
    row: str | None = None
    job: str = ""
    over: str = ""
    column: str = ""
    per: float = Field(default=1.0, gt=0)
    without: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Ours:
        ways = (self.sum, self.cell, self.model, self.without or self.row)
        if sum(each is not None and each != "" for each in ways) != 1:
            raise ValueError("it has one of sum, cell, model, row and without")
        if self.row and not self.without and not (self.job and self.column):
            raise ValueError("a row has a job and a column")
        if self.cell and not (self.inputs > 0 and self.units > 0):
            raise ValueError("a cell has inputs and units")
        if self.model and self.count == "activations":
            raise ValueError("activations are counted of a cell")
        return self


class Claim(Strict):
    """`tolerance` is relative; `same` says whether both numbers mean the same."""

    id: str
    source: str
    claim: str
    value: float
    unit: str
    ours: Ours | None = None
    tolerance: float = Field(default=0.0, ge=0)
    same: bool = True
    reason: str = ""


class Ledger(Strict):
    schema_version: Literal[1] = Field(alias="schema")
    claims: tuple[Claim, ...]


def every() -> dict[str, Claim]:
    """All of them by id. Raises UsageError for a file that has none, and for an id of two."""
    return doors.things(doors.by_name("claims", [*_written(), *_of_tables()]))


def _written() -> Iterator[doors.Found[Claim]]:
    for file in doors.files("claims", LEDGER.parent, "*.yaml").values():
        for claim in load(file.thing, Ledger).claims:
            yield doors.Found(claim.id, file.origin, claim, file.thing)


def _of_tables() -> Iterator[doors.Found[Claim]]:
    for claim in (*_edgemark(), *_mlperf_tiny(), *_plumerai()):
        yield doors.Found(claim.id, doors.OWN, claim)


def _edgemark() -> list[Claim]:
    """Every number of the published RNN table of which a campaign here has the like."""
    rows = published.read(published.EDGEMARK_RNN).to_dict("records")
    return [claim for r in rows for claim in (*_counted(r), *_measured(r), *_like_for_like(r))]


_NEAR = 0.05
COLUMNS = {
    "error_mae": ("error_mae_published", 1.0, "", _NEAR, "weights are of another training"),
    "exe_ms": ("exe_ms", 1.0, "ms", _NEAR, "another engine: aot instead of TFLM"),
    "flash_kb": ("flash_bytes", 1024.0, "kB", _NEAR, "another engine: aot instead of TFLM"),
    "ram_kb": ("ram_bytes", 1024.0, "kB", _NEAR, "another engine: aot instead of TFLM"),
}
EDGEMARK = "EdgeMark, RNN page, NUCLEO-L4R5ZI, TFLM"


def _counted(row: Mapping[str, object]) -> list[Claim]:
    if row["variant"] != "basic":
        return []
    return [
        Claim(
            id=f"edgemark.{row['model']}.{count}",
            source=EDGEMARK,
            claim=f"{row['model']}: {count}",
            value=float(str(row[count])),
            unit="MAC" if count == "macs" else "",
            ours=Ours(model=str(row["model"]), count=count),
        )
        for count in ("parameters", "macs")
    ]  # fmt: skip


def _measured(row: Mapping[str, object]) -> list[Claim]:
    return [
        Claim(
            id=f"edgemark.{row['model']}.{row['variant']}.{name}",
            source=EDGEMARK,
            claim=f"{row['model']} {row['variant']}: {name.split('_')[0]}",
            value=float(str(row[name])),
            unit=unit,
            ours=Ours(
                row="rnn_published", job=f"{row['model']}/{row['variant']}", column=column, per=per
            ),
            tolerance=tolerance,
            same=False,
            reason=reason,
        )
        for name, (column, per, unit, tolerance, reason) in COLUMNS.items()
        if row[name] == row[name] and (name != "error_mae" or row["variant"] != "basic")
    ]


def _like_for_like(row: Mapping[str, object]) -> list[Claim]:
    """The published time beside that of the same engine, in the same window."""
    if row["exe_ms"] != row["exe_ms"]:
        return []
    job = f"{row['model']}/{row['variant']}"
    return [
        Claim(
            id=f"edgemark.{row['model']}.{row['variant']}.exe_ms.like_for_like",
            source=EDGEMARK,
            claim=f"{row['model']} {row['variant']}: exe, of TFLM with copies",
            value=float(str(row["exe_ms"])),
            unit="ms",
            ours=Ours(row="rnn_published_tflm", job=job, column="exe_ms"),
            tolerance=0.05,
            same=False,
            reason="modelled, and compiled by another GCC with another C library",
        )
    ]


_MLPERF_TINY = ("round", "submitter", "folder", "benchmark")
_CAMPAIGNS = {
    "nucleo_l4r5zi": "mlperf_tiny",
    "nucleo_g0b1re": "mlperf_tiny_cores",
    "nucleo_u575zi_q": "mlperf_tiny_cores",
}
"""By board of which there is a twin: the experiment on it."""
_STREAM = (
    "the latency of a stream is estimated from a duty cycle, and no network here has its shape"
)
_NO_TWIN = "no cycle model of this chip: the board itself has to measure it"


def _mlperf_tiny() -> list[Claim]:
    """Every published time on a board that hilbench has."""
    return [
        Claim(
            id=".".join(["mlperf_tiny", *_place(r), *(_word(r[key]) for key in _MLPERF_TINY)]),
            source=f"MLPerf Tiny {r['round']}, {r['submitter']}, {_board(r)}",
            claim=f"{r['benchmark']}: latency, of {engine}",
            value=r["latency_ms"],
            unit="ms",
            ours=_of_benchmark(r),
            tolerance=_NEAR,
            same=False,
            reason=f"another engine: aot instead of {engine}; its network in shape alone",
        )
        for r in published.mlperf_tiny().to_dict("records")
        for engine in [r["engine"] or "an engine that the log does not name"]
    ]


def _place(row: Mapping[str, str]) -> list[str]:
    """Nothing for the board of the benchmark's reference results."""
    return [row["board"]] if row["board"] != "nucleo_l4r5zi" else []


def _word(text: str) -> str:
    return text.replace("/", ".").lower()


def _board(row: Mapping[str, str]) -> str:
    return row["board"].upper().replace("_", "-")


def _of_benchmark(row: Mapping[str, str]) -> Ours:
    board, model = row["board"], row["model"]
    if not model:
        return Ours(without=_STREAM)
    if (campaign := _CAMPAIGNS.get(board)) is None:
        return Ours(without=_NO_TWIN, row=f"mlperf_tiny --board {board}")
    job = f"{model}/int8_only/aot/{board}_twin"
    return Ours(row=campaign, job=job, column="exe_ms")


_ENGINES = {
    "aot": "another engine: aot instead of Plumerai's",
    "tflm": "another TFLM: that of September 2022 had no LSTM of CMSIS-NN",
}
_PLUMERAI = {
    "plumerai_ms": ("aot", "exe_ms", 1.0, "ms"),
    "plumerai_ram_kib": ("aot", "model_ram_bytes", 1024.0, "KiB"),
    "tflm_ms": ("tflm", "exe_ms", 1.0, "ms"),
    "tflm_ram_kib": ("tflm", "model_ram_bytes", 1024.0, "KiB"),
    "speedup": ("tflm", "exe_ms", 1.0, "times"),
}


def _plumerai() -> list[Claim]:
    """Every number of the published table of four LSTM networks."""
    return [
        Claim(
            id=f"plumerai.{r['network']}.{name}",
            source="Plumerai, November 2022, STM32L4R9 at 120 MHz",
            claim=f"{r['network']}: {name.replace('_', ' ')}",
            value=r[name],
            unit=unit,
            ours=Ours(
                row="plumerai",
                job=f"plumerai_{r['network']}/int8_only/{engine}",
                over=f"plumerai_{r['network']}/int8_only/aot" if name == "speedup" else "",
                column=column,
                per=per,
            ),
            tolerance=_NEAR,
            same=False,
            reason=f"{other}; the network is reconstructed, and untrained",
        )
        for r in published.read(published.PLUMERAI_LSTM).to_dict("records")
        for name, (engine, column, per, unit) in _PLUMERAI.items()
        for other in ["; ".join(_ENGINES.values()) if name == "speedup" else _ENGINES[engine]]
    ]
