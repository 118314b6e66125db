"""The ledger: published numbers, what hilbench gives for each, and the verdict.

*matches*: within the tolerance. *contradicted*: not, although both mean the same; *differs*:
not, and conditions differ, which the reason says, or it no longer runs. *open*: nothing here gives
the number yet.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hilbench.core.errors import UsageError
from hilbench.core.registry import lookup
from hilbench.record import store
from hilbench.record.row import Row
from hilbench.report import published
from hilbench.report.claims import COLUMNS, EDGEMARK, Claim, Ours, every
from hilbench.report.text import NONE, markdown

Verdict = Literal["matches", "differs", "contradicted", "open"]
VERDICTS: tuple[Verdict, ...] = ("matches", "differs", "contradicted", "open")


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
    claims = every()
    chosen = [lookup("claim", name, claims) for name in only] or list(claims.values())
    return [_named(claim, counters, results) for claim in chosen]


def judged(column: str, ours: float, theirs: float) -> Verdict:
    """The verdict on a number beside the like of the published table's `column`."""
    claim = Claim(
        id="", source=EDGEMARK, claim="", value=theirs, unit="", tolerance=COLUMNS[column][3],
        same=False,
    )  # fmt: skip
    return Entry(claim, ours, "").verdict


def _named(claim: Claim, counters: Mapping[str, Counter], results: Path) -> Entry:
    try:
        return _entry(claim, counters, results)
    except UsageError as error:
        raise UsageError(f"claim '{claim.id}': {error.message}", remedy=error.remedy) from None


def _entry(claim: Claim, counters: Mapping[str, Counter], results: Path) -> Entry:
    ours = claim.ours
    if ours is None:
        return Entry(claim, None, "nothing here gives it yet")
    if ours.without:
        by = f"hilbench run {ours.row}" if ours.row else NONE
        return Entry(claim, None, by, refused=ours.without)
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
    rows = store.read(path) if path.is_file() else []
    over = None
    if ours.over and rows:
        over = next((row for row in _rows_of(rows, ours.over) if _has(row, ours.column)), None)
        if over is None:
            return Entry(claim, None, f"{command}: no row {ours.over} with {ours.column}")
    for row in _rows_of(rows, ours.job):
        command = _command(ours, row)
        if row["status"] == "unsupported":
            return Entry(claim, None, f"{command}: {row.job}", refused=str(row["reason"]))
        if _has(row, ours.column):
            by, per = f"{command}: {row.job}", ours.per
            if over is not None:
                by, per = f"{by} over {over.job}", per * float(over[ours.column])
            kind = f", {row.get('exe_kind')}" if ours.column.startswith("exe_") else ""
            build = str(row.get("library_build", ""))
            return Entry(claim, float(row[ours.column]) / per, f"{by}{kind}", build)
    lacks = f": no row {ours.job} with {ours.column}" if rows else ""
    return Entry(claim, None, command + lacks)


def _has(row: Row, column: str) -> bool:
    return isinstance(row.get(column), int | float)


def _command(ours: Ours, row: Row) -> str:
    """Of a campaign of cells that of the row, which selects more than a name does."""
    if str(ours.row).startswith("cells/"):
        return str(row["repeated_by"])
    return f"hilbench run {ours.row}"


def _rows_of(rows: Iterable[Row], job: str) -> Iterator[Row]:
    return (row for row in rows if f"{row.job}/".startswith(f"{job}/"))


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
            return float(node.value)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        raise UsageError(f"'{text}' is no arithmetic")

    try:
        return float(value(ast.parse(text, mode="eval").body))
    except (SyntaxError, ValueError, TypeError, ArithmeticError, RecursionError):
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

A claim is an entry of `hilbench/report/published/ledger.yaml`, or of a file `claims/NAME.yaml` of
[a project](project-folder.md) in [the same format](file-formats.md); EdgeMark's RNN
table, MLPerf Tiny's times on the boards that hilbench has and Plumerai's table are here with all
their numbers; the RAM beside the last is of the network alone, without stack and base program. Of
MLPerf Tiny the times alone are compared: its accuracies are of recordings and images that no
package has, and energy is measured by nobody here.

"""


def page(found: Sequence[Entry]) -> str:
    """docs/ledger.md."""
    cells = [[cell.replace("*", "\\*") for cell in line] for line in table(found)]
    return f"{_INTRODUCTION}{counted(found)}.\n\n{markdown(HEADINGS, cells, names=7)}"
