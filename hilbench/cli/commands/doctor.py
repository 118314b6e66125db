"""`hilbench doctor`: is everything there that a run needs?"""

from __future__ import annotations

import typer

from hilbench.cli import console
from hilbench.cli.options import Json, Tflm
from hilbench.core.settings import Settings
from hilbench.core.text import counted

MISSING_EXIT = 1


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(tflm: Tflm = None, as_json: Json = False) -> None:
    """Check every tool: found, version, remedy. Exit code 1 when one is missing."""
    from hilbench.pipeline.tools import OPTIONAL, TOOLS

    settings = Settings.read(tflm=tflm)
    # CPU families may share a program.
    every = {tool.name: tool for tool in (*TOOLS, *OPTIONAL)}.values()
    found = [(tool, tool.version()) for tool in every]
    if as_json:
        tools = [_json(t.name, version, t.purpose, t.remedy) for t, version in found]
        console.print_json(tools + _libraries(settings))
    else:
        rows = [
            [t.name, version or "missing", t.purpose, "" if version else t.remedy]
            for t, version in found
        ]
        console.print_table(["tool", "version", "for", "remedy"], rows)
        console.say(f"cache: {settings.cache}")
        _print_tflm(settings)
        _print_bench(settings)
    if any(version is None for tool, version in found if tool not in OPTIONAL):
        raise typer.Exit(MISSING_EXIT)


def _json(name: str, version: str | None, purpose: str, remedy: str) -> dict[str, str | None]:
    return {"tool": name, "version": version, "purpose": purpose, "remedy": remedy}


def _libraries(settings: Settings) -> list[dict[str, str | None]]:
    """The TensorFlow Lite Micro that is configured, as one tool for each CPU."""
    from hilbench.engines.tflm import library

    states = library.states(settings.tflm) or [library.State("", problem=library.CONFIGURE)]
    return [
        _json(f"tflm {s.target_arch}".rstrip(), s.usable or None, "the engine tflm", s.problem)
        for s in states
    ]


def _print_tflm(settings: Settings) -> None:
    from hilbench.engines.tflm import library

    console.say(f"tflm: {settings.tflm or f'none configured ({library.CONFIGURE})'}")
    for state in library.states(settings.tflm):
        said = f"usable, {state.usable}" if state.usable else state.problem
        console.say(f"  {state.target_arch}: {said}")


def _print_bench(settings: Settings) -> None:
    from hilbench.config.bench import load_bench
    from hilbench.targets.bench import health
    from hilbench.targets.bench.locks import Locks

    boards, locks = load_bench(settings).boards, Locks(settings.state)
    console.say(f"bench: {settings.bench}, {counted(len(boards), 'board')}")
    for entry in boards:
        wrong = "; ".join(health.problems(entry, locks))
        console.say(
            f"  {entry.board} {entry.probe}: {wrong or f'ready, console {health.console(entry)}'}"
        )
