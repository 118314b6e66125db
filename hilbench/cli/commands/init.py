"""`hilbench init`: a project folder, with examples that run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hilbench.cli import console
from hilbench.core.doors import PROJECT_FILE
from hilbench.core.errors import UsageError
from hilbench.core.paths import template_dir
from hilbench.core.text import counted

FOLDERS = ("boards", "data", "experiments", "models")


def register(app: typer.Typer) -> None:
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(help="The project's folder, made if need be.")] = Path(),
) -> None:
    """Start a project: hilbench.yaml, and folders for your experiments, models, data, boards.

    Writes nothing over a file that is there.
    """
    if (folder / PROJECT_FILE).exists():
        raise UsageError(f"{folder / PROJECT_FILE}: there is a project already")
    template = template_dir()
    sources = [path for path in sorted(template.rglob("*")) if _is_template(path)]
    targets = {path: folder / path.relative_to(template) for path in sources}
    if there := [target for target in targets.values() if target.exists()]:
        raise UsageError(f"{there[0]} exists", remedy="choose another folder")
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for source, target in targets.items():
            target.write_bytes(source.read_bytes())
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    console.say(f"{counted(len(targets), 'file')} in {folder}; try: hilbench run example")


def _is_template(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts
