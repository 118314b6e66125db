"""`hilbench ledger`: published numbers, one by one, and what hilbench says of each."""

from __future__ import annotations

from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, Json, ResultsDir


def register(app: typer.Typer) -> None:
    app.command()(ledger)


def ledger(
    claims: Annotated[
        list[str] | None, typer.Argument(metavar="[CLAIM]...", help="Only these; all by default.")
    ] = None,
    verdict: Annotated[
        str | None, typer.Option(metavar="WORD", help="Only those: matches, differs ...")
    ] = None,
    results: ResultsDir = RESULTS,
    as_json: Json = False,
) -> None:
    """Go through published numbers: what hilbench gives for each, and a verdict.

    Arithmetic and closed forms are worked out; rows of campaigns are looked up in the folder of
    results, and what has not been run there is open.
    """
    from hilbench.core.registry import lookup
    from hilbench.pipeline.ledger import COUNTERS
    from hilbench.report import ledger as report
    from hilbench.report import throughput

    found = report.entries(COUNTERS, results, claims or ())
    if verdict is not None:
        wanted = lookup("verdict", verdict, {each: each for each in report.VERDICTS})
        found = [entry for entry in found if entry.verdict == wanted]
    if as_json:
        console.print_json(
            [
                {"claim": entry.claim.model_dump(), "ours": entry.ours, "by": entry.by,
                 "verdict": entry.verdict}
                for entry in found
            ]
        )  # fmt: skip
    else:
        console.print_table(report.HEADINGS, report.table(found))
        if not claims and verdict is None:
            console.say("microcontrollers in the columns of the survey's Tables 8 and 9:")
            console.print_table(throughput.HEADINGS, throughput.table(results))
    console.say(report.counted(found) or "no claim has this verdict")
