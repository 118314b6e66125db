"""The page of the experiment `delta`: from which size on steps that are skipped pay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hilbench.record.row import Row
from hilbench.report.row_text import of, quoted
from hilbench.report.text import NONE, kilobytes, short, whole

LITTLE = 0.05
"""Of the cycles: a gain that is not worth the flash and the slower worst step."""


def _share(share: float | None) -> str:
    return NONE if share is None else f"{share:.0%}"


COLUMNS = (
    ("network", quoted("model")),
    ("parameters", of("parameters", whole)),
    ("float", of("top1_float", short)),
    ("device", of("top1_device", short)),
    ("skipped", of("skipped_share", _share)),
    ("cycles, least", of("exe_cycles_min", whole)),
    ("most", of("exe_cycles_max", whole)),
    ("mean", of("exe_cycles_mean", lambda cycles: whole(round(cycles)))),
    ("flash of the network kB", of("model_flash_bytes", kilobytes)),
)


def said(rows: Sequence[Row]) -> Iterator[str]:
    """A sentence for each network with a threshold, beside the one without of as many units."""
    plain = {str(row["model"]): row for row in rows if "skipped_share" not in row}
    for row in rows:
        name = str(row["model"])
        if name not in plain:
            yield _beside(row, plain[name.partition("_delta_")[0]])
    yield (
        "A step that is skipped still compares its inputs with those of the last one that was "
        "taken, and computes the output: what is saved are the products of the cell, so that "
        "larger ones gain more. The worst step takes longer than without a threshold."
    )


def _beside(row: Row, plain: Row) -> str:
    before, after = (float(each["exe_cycles_mean"]) for each in (plain, row))
    gain = 1 - after / before
    verdict = "pays" if gain > LITTLE else "does not pay"
    fewer = f"{abs(gain):.0%} {'fewer' if gain > 0 else 'more'}"
    worst = float(row["exe_cycles_max"]) / float(plain["exe_cycles_max"]) - 1
    return (
        f"`{row['model']}` skips {float(row['skipped_share']):.0%} of the steps and {verdict}: "
        f"{fewer} cycles in the mean than `{plain['model']}`, {whole(round(after))} instead of "
        f"{whole(round(before))}, {worst:.0%} more in a step that is taken; accuracy "
        f"{short(row['top1_device'])} beside {short(plain['top1_device'])}, with one seed."
    )
