"""`hilbench status`: what runs in a results folder, from any terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, Json, ResultsDir

if TYPE_CHECKING:
    from hilbench.record.journal.overview import Progress

WATCH_SECONDS = 2.0


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(
    context: typer.Context,
    results: ResultsDir = RESULTS,
    watch: Annotated[
        bool, typer.Option("--watch", help="Say it anew every two seconds while something runs.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what runs in a results folder, what is done and left, and for how long."""
    from hilbench.record.journal import FILE
    from hilbench.record.journal.overview import RUNNING, overview

    while True:
        campaigns = overview(results / FILE)
        if watch:
            console.out.clear()
        _print(campaigns, as_json)
        if not (watch and any(each.state == RUNNING for each in campaigns)):
            return
        context.obj.sleep(WATCH_SECONDS)


def _print(campaigns: Sequence[Progress], as_json: bool) -> None:
    if as_json:
        console.print_json({"schema": 1, "campaigns": [asdict(each) for each in campaigns]})
        return
    console.print_table(*_table(campaigns))
    for each in campaigns:
        for now in each.running:
            stage = (now.stage or "begins") + (f" on {now.host}" if now.host else "")
            spent = console.duration(now.seconds)
            console.print_text(f"campaign {each.campaign}: {now.job} for {spent}, now {stage}")


def _table(campaigns: Sequence[Progress]) -> tuple[list[str], list[list[str]]]:
    columns = ["campaign", "experiment", "state", "started", "ran", "jobs", "ok", "not ok",
               "running", "waiting", "per hour", "time left"]  # fmt: skip
    return columns, [
        [str(each.campaign), each.experiment, each.state, _clock(each.started),
         console.duration(each.seconds), f"{each.jobs:,}", f"{each.ok:,}", f"{each.not_ok:,}",
         f"{len(each.running):,}", f"{each.waiting:,}", f"{each.jobs_per_hour:,.0f}",
         "-" if each.seconds_left is None else console.duration(each.seconds_left)]
        for each in campaigns
    ]  # fmt: skip


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
