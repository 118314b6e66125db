"""Where the cycles of an inference go, by function: prints the tables of docs/profiling.md.

    python tools/bench_shares.py

Functions are grouped by name: those that multiply, those of cells and of elementwise operators,
those that gather the windows of a convolution. Times depend on shapes alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence

from hilbench.cli.progress import display
from hilbench.core.owner import Owner
from hilbench.core.settings import Settings
from hilbench.pipeline import profiling
from hilbench.pipeline.profiling import Profile
from hilbench.pipeline.selection import Chosen, select
from hilbench.report.text import markdown

M4, L4R5 = "mps2_an386", "nucleo_l4r5zi_twin"
PRODUCTS = re.compile(
    r"products?(_|$)|rows_by_|planes?_of_|output_channel|(dense|fully_connected)_f32"
)
CELLS = re.compile(r"next_|all_|clip_pairs|weighted_sum|add_|mul_|sub_|tanh|logistic|requantize_")
WINDOWS = re.compile(r"gather_|widen_|put_|fill_|pixels")
RECURRENT = {
    "lstm_fused": ("lstm_fused", "fused LSTM 32 -> 64 x 100", ("int8_only", "basic")),
    "lstm": ("lstm_fused", "`lstm`, unrolled,", ("int8_only",)),
}
CONVOLUTIONAL = {
    "tiny_kws": ("mlperf_tiny", "DS-CNN (`tiny_kws`),", ("int8_only",)),
    "tiny_ic": ("mlperf_tiny", "ResNet-8 (`tiny_ic`),", ("int8_only",)),
}
"""By model: an experiment that has it, what it is called, and its variants."""
TYPES = {"int8_only": "int8", "basic": "float32"}


def main() -> None:
    print(table(RECURRENT, (M4, L4R5), {"products": PRODUCTS, "cells or elementwise": CELLS}))
    groups = {"products": PRODUCTS, "windows gathered, planes made": WINDOWS}
    print(table(CONVOLUTIONAL, (L4R5,), groups))


def table(
    models: Mapping[str, tuple[str, str, Sequence[str]]],
    boards: Sequence[str],
    groups: Mapping[str, re.Pattern[str]],
) -> str:
    """Shares of the groups and of what is in none, in per cent."""
    lines = []
    for model, (experiment, title, variants) in models.items():
        for variant in variants:
            for board in boards:
                found = profile(experiment, f"{model}/{variant}/aot/{board}")
                name = f"{title} {TYPES[variant]}, `{board}`"
                lines.append([name, *(f"{100 * each:.0f}" for each in shares(found, groups))])
    return markdown(["", *groups, "the rest"], lines)


def profile(experiment: str, job: str) -> Profile:
    model, variant, engine, board = job.split("/")
    chosen = Chosen(models=[model], variants=[variant], engines=[engine], boards=[board])
    settings = Settings.read()
    with display() as observer:
        return profiling.run_job(select(settings, experiment, chosen), settings, Owner(), observer)


def shares(found: Profile, groups: Mapping[str, re.Pattern[str]]) -> list[float]:
    """Of each group, then of the rest: together 1. A function is of the first that has its name."""
    sums = dict.fromkeys(groups, 0.0)
    for line in found.functions:
        if group := next((name for name, known in groups.items() if known.match(line.name)), None):
            sums[group] += line.share
        elif line.share > 0.01:
            print(f"{found.job}: {line.name} {100 * line.share:.1f} %: the rest", file=sys.stderr)
    return [*sums.values(), 1 - sum(sums.values())]


if __name__ == "__main__":
    main()
