"""Options that several subcommands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ExperimentArgument = Annotated[
    str,
    typer.Argument(
        metavar="EXPERIMENT|NETWORK",
        help="An experiment file, or the name of a shipped one (rnn, smoke); or a network of your"
        " own: a .tflite, .keras or .h5 file, a SavedModel folder, or file.py:function.",
    ),
]
DataFile = Annotated[
    str | None,
    typer.Option(
        "--data", metavar="FILE", help="Your samples: .npz, .npy, .csv or file.py:function."
    ),
]
Labels = Annotated[
    str | None, typer.Option("--labels", metavar="NAME", help="Array or column of the labels.")
]
SampleCount = Annotated[
    int | None, typer.Option("--samples", min=1, help="How many samples are compared.")
]
Reference = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A float .tflite of the same network, to compare with."),
]
AllowLambda = Annotated[
    bool, typer.Option("--allow-lambda", help="Run the code of Lambda layers in a trusted file.")
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="Only this model, or those like 'lstm*'; repeatable."),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="Only models with this tag; repeatable.")
]
Variants = Annotated[
    list[str] | None, typer.Option("--variant", help="Only this variant, or 'int8*'; repeatable.")
]
Engines = Annotated[
    list[str] | None,
    typer.Option("--engine", help="This engine, or the experiment's like 'a*'; repeatable."),
]
Boards = Annotated[
    list[str] | None,
    typer.Option("--board", help="This board, or the experiment's like 'mps2*'; repeatable."),
]
OnlyFailed = Annotated[
    bool, typer.Option("--only-failed", help="Only jobs whose row is there and not ok.")
]
OnlyMissing = Annotated[bool, typer.Option("--only-missing", help="Only jobs that have no row.")]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Jobs at a time; by cores, free memory and boards unless given."),
]
FarmAddress = Annotated[
    str | None,
    typer.Option("--farm", metavar="tls://HOST:PORT", help="Measure on the hosts of this farm."),
]
Certificates = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="The farm's certificate; ~/.config/hilbench/farm else."),
]
Levels = Annotated[
    list[str] | None,
    typer.Option("--optimisation", metavar="O2|O3|Os", help="This level; repeatable."),
]
Uncertainty = Annotated[
    bool,
    typer.Option(
        "--uncertainty", help="Bounds of modelled times: model every alternative as well."
    ),
]
Stream = Annotated[
    bool,
    typer.Option("--stream", help="Samples are sequences: one step at a time, with their state."),
]
Whole = Annotated[
    str | None,
    typer.Option(
        "--whole", metavar="FILE", help="A .tflite of whole sequences, to compare a stream with."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout instead of text.")]
Tflm = Annotated[
    Path | None,
    typer.Option("--tflm", help="Folder of a prebuilt TensorFlow Lite Micro (docs/tflm.md)."),
]
Baseline = Annotated[
    str | None,
    typer.Option(metavar="A", help="With what became worse since A, named as for compare."),
]
LimitsFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="How much worse a number may become.")
]
ResultsDir = Annotated[Path, typer.Option("--results", help="Folder of the CSV files.")]
FiguresDir = Annotated[Path, typer.Option("--figures", help="Folder of the figures.")]

RESULTS = Path("results")
FIGURES = Path("figures")
