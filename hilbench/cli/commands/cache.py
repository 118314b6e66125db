"""`hilbench cache`: what is kept of earlier runs, and getting rid of it."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json
from hilbench.core.errors import UsageError
from hilbench.core.settings import Settings
from hilbench.core.text import counted

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_BYTES = {"B": 1, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}

app = typer.Typer(invoke_without_command=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="cache", help="Results of stages that are kept: size, prune.")


@app.callback()
def show(context: typer.Context, as_json: Json = False) -> None:
    """Entries and size of the cache, stage by stage."""
    from hilbench.core.store import Store

    if context.invoked_subcommand:
        return
    settings = Settings.read()
    stages: dict[str, list[int]] = {}
    for entry in Store(settings.cache).entries():
        stages.setdefault(entry.stage, []).append(entry.size)
    if as_json:
        rows = [{"stage": s, "entries": len(n), "bytes": sum(n)} for s, n in sorted(stages.items())]
        console.print_json(rows)
        return
    console.print_table(
        ["stage", "entries", "size MB"],
        [[stage, f"{len(n):,}", _megabytes(sum(n))] for stage, n in sorted(stages.items())],
    )
    total = sum(map(sum, stages.values()))
    console.say(f"{_megabytes(total)} MB in {settings.cache}")


@app.command()
def prune(
    older_than: Annotated[
        str, typer.Option(help="Remove what was not used for so long: 30d, 12h.")
    ] = "",
    keep: Annotated[
        str, typer.Option(help="Then the least recently used, until so much is left: 5GB, 500MB.")
    ] = "",
) -> None:
    """Remove results by age and size; a run makes again what it needs."""
    from hilbench.core.store import Store

    if not older_than and not keep:
        raise UsageError("nothing says what to remove", remedy="--older-than 30d, --keep 5GB")
    age = _amount(older_than, _SECONDS, "30d") if older_than else None
    size = _amount(keep, _BYTES, "5GB") if keep else None
    removed = Store(Settings.read().cache).prune(age, size)
    freed = sum(entry.size for entry in removed)
    console.say(f"{counted(len(removed), 'result')} removed, {_megabytes(freed)} MB")


def _amount(text: str, units: dict[str, int], example: str) -> int:
    match = re.fullmatch(r"(\d{1,9}) ?([A-Za-z]+)", text)
    if match is None or match[2] not in units:
        remedy = f"a whole number and one of {', '.join(units)}, as in {example}"
        raise UsageError(f"'{text}' is no amount", remedy=remedy)
    return int(match[1]) * units[match[2]]


def _megabytes(size: int) -> str:
    return f"{size / _BYTES['MB']:,.1f}"
