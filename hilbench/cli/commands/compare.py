"""`hilbench compare`: a verdict on two campaigns, or the engines of one side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console, exits
from hilbench.cli.options import FIGURES, RESULTS, FiguresDir, Json, LimitsFile, ResultsDir
from hilbench.cli.sides import side

if TYPE_CHECKING:
    from hilbench.config.limits import Limit, Limits
    from hilbench.report.verdict import Change


def register(app: typer.Typer) -> None:
    app.command()(compare)


def compare(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="A results file (.csv), a folder with a journal (its latest campaign), a"
            " campaign's number in the journal, a commit (all its campaigns), or an experiment.",
        ),
    ],
    after: Annotated[
        str | None,
        typer.Argument(metavar="[B]", help="The same; without it, the engines of A side by side."),
    ] = None,
    limits: LimitsFile = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="worse (the default), better, missing, samples, incomparable,"
            " or METRIC:LIMIT as in exe_cycles:2%; repeatable.",
        ),
    ] = None,
    only_regressions: Annotated[
        bool, typer.Option("--only-regressions", help="List what became worse, nothing else.")
    ] = False,
    across: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Compare in spite of it: compiler; repeatable."),
    ] = None,
    results: ResultsDir = RESULTS,
    figures: FiguresDir = FIGURES,
    as_json: Json = False,
) -> None:
    """Say what became worse from A to B; exit code 1 if something did."""
    if after is None:
        _engines(before, results, figures)
        return
    from hilbench.report import verdict

    wanted, named = failing(fail_on or [])
    allowed = _limits(limits, named)
    first, second = side(before, results), side(after, results)
    changes = verdict.compare(first, second, allowed, _columns(across or []))
    shown = [c for c in changes if not only_regressions or c.verdict == verdict.WORSE]
    if as_json:
        console.print_json({"schema": 1, "changes": [_json(change) for change in shown]})
    else:
        interesting = [change for change in shown if change.verdict != verdict.SAME]
        if interesting:
            console.print_table(*_table(interesting))
    for glob in allowed.unused({change.job.split("/")[0] for change in changes}):
        console.say(f"{limits}: '{glob}' fits no model of either side")
    console.say(f"{before} to {after}: {verdict.counted(changes)}")
    if any(change.verdict in wanted or (change.metric in wanted and change.verdict == verdict.WORSE)
           for change in changes):  # fmt: skip
        raise typer.Exit(exits.FAILED)


def _limits(path: Path | None, named: Mapping[str, Limit]) -> Limits:
    """Those of the file; what --fail-on names has its own, for every model. Raises UsageError."""
    from hilbench.config.limits import Limits, read
    from hilbench.report.verdict import JUDGED

    found = read(path, JUDGED) if path else Limits({}, {})
    models = {
        glob: {metric: each for metric, each in amounts.items() if metric not in named}
        for glob, amounts in found.models.items()
    }
    return Limits({**found.metrics, **named}, models)


def failing(texts: Sequence[str]) -> tuple[set[str], dict[str, Limit]]:
    """Verdicts and metrics whose being worse fails, and the limits given with them.

    Raises UsageError.
    """
    from hilbench.config.limits import limit
    from hilbench.core.registry import lookup
    from hilbench.report.verdict import FAILING, JUDGED, WORSE

    metrics = {metric: metric for metric in JUDGED}
    wanted, limits = set(), {}
    for text in texts:
        name, colon, amount = text.partition(":")
        if colon:
            limits[lookup("metric", name, metrics)] = limit(amount)
        wanted.add(lookup("reason to fail", name, {**FAILING, **metrics}))
    return wanted or {WORSE}, limits


def _columns(names: Sequence[str]) -> set[str]:
    from hilbench.core.registry import lookup
    from hilbench.record.metrics import BY_NAME

    return {lookup("column", name, BY_NAME).name for name in names}


def _json(change: Change) -> dict[str, object]:
    return {**asdict(change), "relative": change.relative}


def _table(changes: Sequence[Change]) -> tuple[list[str], list[list[str]]]:
    columns = ["job", "metric", "before", "after", "change", "interval", "verdict", "note"]
    return columns, [
        [c.job, c.metric, _number(c.before), _number(c.after), _percent(c.relative),
         " to ".join(map(_percent, c.interval)) if c.interval else "", c.verdict, c.note]
        for c in changes
    ]  # fmt: skip


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) else f"{value:.6g}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:+.3g}%"


def _engines(experiment: str, results: Path, figures: Path) -> None:
    """The engines side by side, with ratios and their figure."""
    from hilbench.pipeline import selection
    from hilbench.record import store
    from hilbench.report.campaign import campaign
    from hilbench.report.drawing import draw
    from hilbench.report.ratios import ratios_of
    from hilbench.report.side_by_side import pairs, side_by_side_markdown

    spec = selection.experiment(experiment)
    rows = store.read(results / f"{spec.name}.csv")
    console.print_text(side_by_side_markdown(rows))
    if not any(pair.ok for pair in pairs(rows)):
        console.say("no figure: no job is ok under two engines")
        return
    folder = figures / spec.name
    shown = campaign(spec.title, rows, spec.figures.leave_out)
    drawn = draw(ratios_of(rows), shown, folder)
    console.say(f"the figure is {drawn[0]}")
