"""`hilbench status`: what runs in a results folder, from any terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from hilbench.cli import console
from hilbench.cli.options import RESULTS, Json, ResultsDir

if TYPE_CHECKING:
    from hilbench.record.journal.overview import Progress


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(results: ResultsDir = RESULTS, as_json: Json = False) -> None:
    """Say what runs in a results folder, what is done and left, and for how long."""
    from hilbench.record.journal import FILE
    from hilbench.record.journal.overview import overview

    campaigns = overview(results / FILE)
    if as_json:
        console.print_json({"schema": 1, "campaigns": [asdict(each) for each in campaigns]})
        return
    console.print_table(*_table(campaigns))
    for each in campaigns:
        for now in each.running:
            stage = now.stage or "begins"
            console.say(
                f"campaign {each.campaign}: {now.job}: {stage}, {console.duration(now.seconds)}"
            )


def _table(campaigns: Sequence[Progress]) -> tuple[list[str], list[list[str]]]:
    columns = ["campaign", "experiment", "state", "started", "ran", "jobs", "ok", "not ok",
               "running", "waiting", "time left"]  # fmt: skip
    return columns, [
        [str(each.campaign), each.experiment, each.state, _clock(each.started),
         console.duration(each.seconds), f"{each.jobs:,}", f"{each.ok:,}", f"{each.not_ok:,}",
         f"{len(each.running):,}", f"{each.waiting:,}",
         "-" if each.seconds_left is None else console.duration(each.seconds_left)]
        for each in campaigns
    ]  # fmt: skip


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
