"""Options that several subcommands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ExperimentArgument = Annotated[
    str, typer.Argument(help="An experiment file, or the name of a shipped one (rnn, smoke).")
]
Models = Annotated[list[str] | None, typer.Option("--model", help="Only this model; repeatable.")]
Variants = Annotated[
    list[str] | None, typer.Option("--variant", help="Only this variant; repeatable.")
]
Engines = Annotated[list[str] | None, typer.Option("--engine", help="This engine; repeatable.")]
Boards = Annotated[list[str] | None, typer.Option("--board", help="This board; repeatable.")]
Levels = Annotated[
    list[str] | None,
    typer.Option("--optimisation", metavar="O2|O3|Os", help="This level; repeatable."),
]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout instead of text.")]
Tflm = Annotated[
    Path | None,
    typer.Option("--tflm", help="Folder of a prebuilt TensorFlow Lite Micro (docs/tflm.md)."),
]
ResultsDir = Annotated[Path, typer.Option("--results", help="Folder of the CSV files.")]
FiguresDir = Annotated[Path, typer.Option("--figures", help="Folder of the figures.")]

RESULTS = Path("results")
FIGURES = Path("figures")
