"""The ledger: published numbers, what hilbench gives for each, and the verdict.

*matches*: within the tolerance. *contradicted*: not, although both mean the same; *differs*:
not, and conditions differ, which the reason says, or it no longer runs. *open*: nothing here gives
the number yet.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from hilbench.config.load import Strict, load
from hilbench.core.errors import UsageError
from hilbench.core.registry import lookup
from hilbench.record import store
from hilbench.report import published
from hilbench.report.text import NONE, markdown

LEDGER = Path(__file__).parent / "published" / "ledger.yaml"

Verdict = Literal["matches", "differs", "contradicted", "open"]
VERDICTS: tuple[Verdict, ...] = ("matches", "differs", "contradicted", "open")


class Ours(Strict):
    """How hilbench gets its number: one of `sum`, `cell`, `model` and `row`."""

    sum: str | None = None
    cell: str | None = None
    inputs: int = 0
    units: int = 0
    outputs: int = 0
    model: str | None = None
    count: Literal["parameters", "macs"] = "parameters"
    row: str | None = None
    job: str = ""
    column: str = ""
    per: float = 1.0


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


@dataclass(frozen=True)
class Entry:
    """A claim, our number and its origin: arithmetic, a closed form, or the command of a row.

    `build` is the row's `library_build`; `refused` says why its job has no number.
    """

    claim: Claim
    ours: float | None
    by: str
    build: str = ""
    refused: str = ""

    @property
    def why(self) -> str:
        """Nothing where the numbers match; else also how the library of the row was built."""
        if self.verdict == "matches":
            return ""
        if self.refused:
            return self.refused
        return "; ".join([self.claim.reason, *published.differences(self.build)])

    @property
    def verdict(self) -> Verdict:
        if self.ours is None:
            return "differs" if self.refused else "open"
        claim = self.claim
        if abs(self.ours - claim.value) <= claim.tolerance * abs(claim.value) + 1e-12:
            return "matches"
        return "contradicted" if claim.same else "differs"


Counter = Callable[[str, int, int, int], Mapping[str, int]]
"""Name, inputs, units and outputs to `parameters` and `macs`."""


def entries(
    counters: Mapping[str, Counter], results: Path, only: Sequence[str] = ()
) -> list[Entry]:
    """`counters` give what closed forms say of a `cell` and of a `model`; rows of campaigns are
    looked up in the folder `results`. `only` are ids. Raises UsageError for an unknown one."""
    tables = (*_edgemark(), *_mlperf_tiny(), *_plumerai())
    claims = {claim.id: claim for claim in (*load(LEDGER, Ledger).claims, *tables)}
    chosen = [lookup("claim", name, claims) for name in only] or list(claims.values())
    return [_entry(claim, counters, results) for claim in chosen]


def _edgemark() -> list[Claim]:
    """Every number of the published RNN table of which a campaign here has the like."""
    rows = published.read(published.EDGEMARK_RNN).to_dict("records")
    return [claim for r in rows for claim in (*_counted(r), *_measured(r), *_like_for_like(r))]


_NEAR = 0.05
_COLUMNS = {
    "error_mae": ("error_mae_published", 1.0, "", _NEAR, "weights are of another training"),
    "exe_ms": ("exe_ms", 1.0, "ms", _NEAR, "another engine: aot instead of TFLM"),
    "flash_kb": ("flash_bytes", 1024.0, "kB", _NEAR, "another engine: aot instead of TFLM"),
    "ram_kb": ("ram_bytes", 1024.0, "kB", _NEAR, "another engine: aot instead of TFLM"),
}
_WHERE = "EdgeMark, RNN page, NUCLEO-L4R5ZI, TFLM"


def _counted(row: Mapping[str, object]) -> list[Claim]:
    if row["variant"] != "basic":
        return []
    return [
        Claim(
            id=f"edgemark.{row['model']}.{count}",
            source=_WHERE,
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
            source=_WHERE,
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
        for name, (column, per, unit, tolerance, reason) in _COLUMNS.items()
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
            source=_WHERE,
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


def _mlperf_tiny() -> list[Claim]:
    """Every published time on the board of the benchmark's reference results."""
    return [
        Claim(
            id=".".join(
                ["mlperf_tiny", *(r[key].replace("/", ".").lower() for key in _MLPERF_TINY)]
            ),
            source=f"MLPerf Tiny {r['round']}, {r['submitter']}, NUCLEO-L4R5ZI",
            claim=f"{r['benchmark']}: latency, of {engine}",
            value=r["latency_ms"],
            unit="ms",
            ours=Ours(row="mlperf_tiny", job=f"tiny_{r['benchmark']}/int8_only", column="exe_ms"),
            tolerance=_NEAR,
            same=False,
            reason=f"another engine: aot instead of {engine}; its network in shape alone",
        )
        for r in published.read(published.MLPERF_TINY).fillna("").to_dict("records")
        for engine in [r["engine"] or "an engine that the log does not name"]
    ]


_ENGINES = {
    "aot": "another engine: aot instead of Plumerai's",
    "tflm": "another TFLM: that of September 2022 had no LSTM of CMSIS-NN",
}
_PLUMERAI = {
    "plumerai_ms": ("aot", "exe_ms", 1.0, "ms"),
    "plumerai_ram_kib": ("aot", "model_ram_bytes", 1024.0, "KiB"),
    "tflm_ms": ("tflm", "exe_ms", 1.0, "ms"),
    "tflm_ram_kib": ("tflm", "model_ram_bytes", 1024.0, "KiB"),
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
                column=column,
                per=per,
            ),
            tolerance=_NEAR,
            same=False,
            reason=f"{_ENGINES[engine]}; the network is reconstructed, and untrained",
        )
        for r in published.read(published.PLUMERAI_LSTM).to_dict("records")
        for name, (engine, column, per, unit) in _PLUMERAI.items()
    ]


def judged(column: str, ours: float, theirs: float) -> Verdict:
    """The verdict on a number beside the like of the published table's `column`."""
    claim = Claim(
        id="", source=_WHERE, claim="", value=theirs, unit="", tolerance=_COLUMNS[column][3],
        same=False,
    )  # fmt: skip
    return Entry(claim, ours, "").verdict


def _entry(claim: Claim, counters: Mapping[str, Counter], results: Path) -> Entry:
    ours = claim.ours
    if ours is None:
        return Entry(claim, None, "nothing here gives it yet")
    if ours.sum is not None:
        return Entry(claim, arithmetic(ours.sum), ours.sum)
    for kind, count in counters.items():
        if (name := getattr(ours, kind)) is not None:
            found = count(name, ours.inputs, ours.units, ours.outputs)[ours.count]
            return Entry(claim, float(found), f"closed form of {kind} {name}")
    return _of_row(claim, ours, results)


def _of_row(claim: Claim, ours: Ours, results: Path) -> Entry:
    """Of the first such row that has the number, or cannot have it; open where the campaign has
    not been run."""
    path, command = results / f"{ours.row}.csv", f"hilbench run {ours.row}"
    for row in store.read(path) if path.is_file() else ():
        value = row.get(ours.column)
        if not f"{row.job}/".startswith(f"{ours.job}/"):
            continue
        if row["status"] == "unsupported":
            return Entry(claim, None, f"{command}: {row.job}", refused=str(row["reason"]))
        if value is not None:
            kind = f", {row.get('exe_kind')}" if ours.column.startswith("exe_") else ""
            build = str(row.get("library_build", ""))
            return Entry(claim, float(value) / ours.per, f"{command}: {row.job}{kind}", build)
    return Entry(claim, None, command)


_OPERATORS: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def arithmetic(text: str) -> float:
    """Numbers, + - * / ** and parentheses. Raises UsageError for anything else."""

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        raise UsageError(f"'{text}' is no arithmetic")

    try:
        return float(value(ast.parse(text, mode="eval").body))
    except (SyntaxError, ZeroDivisionError, OverflowError):
        raise UsageError(f"'{text}' is no arithmetic") from None


HEADINGS = ["claim", "source", "published", "hilbench", "verdict", "by", "why"]


def table(found: Sequence[Entry]) -> list[list[str]]:
    """A line for each, under HEADINGS."""
    return [
        [
            f"{entry.claim.id}: {entry.claim.claim}",
            entry.claim.source,
            _said(entry.claim.value, entry.claim.unit),
            NONE if entry.ours is None else _said(entry.ours, entry.claim.unit),
            entry.verdict,
            entry.by,
            entry.why,
        ]
        for entry in found
    ]


def _said(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"
    return f"{number} {unit}".strip()


def counted(found: Sequence[Entry]) -> str:
    """ "31 matches, 2 differs, ..." """
    verdicts = [entry.verdict for entry in found]
    return ", ".join(f"{verdicts.count(each)} {each}" for each in VERDICTS if each in verdicts)


_INTRODUCTION = """\
# Ledger of published numbers

<!-- Generated by docs/update.py from ledger.yaml and results/reference. -->

Printed by `hilbench ledger --results results/reference`, one alone by
`hilbench ledger egru.softsign`.

* *matches*: within the tolerance of the claim. *contradicted*: not, although both numbers mean
  the same.
* *differs*: not, and something beside the claim is different: the reason says what. Where there
  is no number, the job could not be done, and the reason says why.
* *open*: nothing here gives the number yet, or the campaign has not been run.
* `by` is the arithmetic itself, a closed form that tests hold to converted networks, or the
  campaign of the row.

A claim is an entry of `hilbench/report/published/ledger.yaml`; EdgeMark's RNN
table, MLPerf Tiny's times on NUCLEO-L4R5ZI and Plumerai's table are here with all their numbers;
the RAM beside the last is of the network alone, without stack and base program.

"""


def page(found: Sequence[Entry]) -> str:
    """docs/ledger.md."""
    cells = [[cell.replace("*", "\\*") for cell in line] for line in table(found)]
    return f"{_INTRODUCTION}{counted(found)}.\n\n{markdown(HEADINGS, cells, names=7)}"
