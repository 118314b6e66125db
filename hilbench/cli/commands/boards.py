"""`hilbench boards`: the bench of real boards."""

from __future__ import annotations

from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.cli.options import Json
from hilbench.core.settings import Settings
from hilbench.core.text import counted

DISCOVERY_SECONDS = 120.0

app = typer.Typer(no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="boards", help="The bench of real boards: discover, list, clear.")


@app.command()
def discover(
    context: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing bench file.")] = False,
) -> None:
    """Look for debug probes and write a bench file of the boards behind them."""
    from hilbench.config.bench import Bench
    from hilbench.config.load import load
    from hilbench.core import extras
    from hilbench.core.deadline import Deadline
    from hilbench.core.errors import MissingTool, UsageError
    from hilbench.core.processes import temporary_folder
    from hilbench.record.store import write_atomically
    from hilbench.targets.bench.discovery import bench_yaml, discover, recognised
    from hilbench.targets.bench.locks import Locks

    settings = Settings.read()
    path = settings.bench
    if path.exists() and not force:
        raise UsageError(f"{path} exists", remedy="--force replaces it")
    if extras.version("pyocd") is None:
        raise MissingTool("pyocd", remedy=extras.remedy("pyocd"))
    with temporary_folder() as folder:
        deadline = Deadline.after(DISCOVERY_SECONDS, "discovery", context.obj)
        found = discover(folder, Locks(settings.state), deadline)
    recognised(found)
    write_atomically(path.resolve(), bench_yaml(found).encode())
    load(path, Bench)
    rows = [[probe.probe, probe.description, probe.board or "?", probe.note] for probe in found]
    console.print_table(["probe", "description", "board", "note"], rows)
    console.say(f"{counted(sum(bool(p.board) for p in found), 'board')} written to {path}")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the boards of the bench file: free, or what stands in the way of a job."""
    from hilbench.config.bench import load_bench
    from hilbench.targets.bench import health
    from hilbench.targets.bench.locks import Locks

    settings = Settings.read()
    locks = Locks(settings.state)
    columns = ["board", "probe", "console", "state"]
    rows = [
        [
            entry.board,
            entry.probe,
            health.console(entry),
            "; ".join(health.problems(entry, locks)) or "free",
        ]
        for entry in load_bench(settings).boards
    ]
    if as_json:
        console.print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    console.print_table(columns, rows)
    console.say(f"{counted(len(rows), 'board')} in {settings.bench}")


@app.command()
def clear(probe: Annotated[str, typer.Argument(help="Unique id of the board's probe.")]) -> None:
    """Use a board again that was out of order."""
    from hilbench.core.errors import UsageError
    from hilbench.targets.bench.locks import Locks

    if not Locks(Settings.read().state).clear(probe):
        raise UsageError(f"the board behind probe '{probe}' is not marked as out of order")
    console.say(f"{probe} is in use again")
