"""The page of the experiment `compression`: what recipes leave, and what the engine makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hilbench.record.row import Row
from hilbench.report.row_text import of, percent, quoted
from hilbench.report.text import NONE, milliseconds, short, whole, with_bounds

COLUMNS = (
    ("recipe", quoted("model")),
    ("float", of("top1_float", short)),
    ("device", of("top1_device", short)),
    ("MACs", of("macs", whole)),
    ("ms", with_bounds),
    ("cycles, mean", of("exe_cycles_mean", lambda c: NONE if c is None else whole(round(c)))),
    ("weights in the image B", of("weights_bytes", whole)),
    ("not zero", of("nonzero_share", lambda s: NONE if s is None else f"{s:.0%}")),
    ("packed B", of("packed_weights_bytes", whole)),
)

SKIPPED, DENSE = "blocks of zeros are skipped", "it runs dense"
"""In a row's notes, as engines.aot.emit and pipeline.values have them."""


def _weights(row: Row) -> int:
    return int(row.get("packed_weights_bytes") or row["weights_bytes"])


def said(rows: Sequence[Row]) -> Iterator[str]:
    by = {str(row["model"]): row for row in rows}
    plain = by["plain"]
    dense = int(plain["macs"])  # of a step: each weight of a kernel is multiplied once
    yield from _packed(rows, plain, dense)
    yield from _indices(by, dense)
    yield from _skipping(rows, plain)
    yield from _rests(rows, plain)
    yield from _low_rank(rows, plain)
    if hard := by.get("hard"):
        yield (
            f"`hard`, functions of straight pieces, takes {milliseconds(hard['exe_ms'])} ms "
            f"instead of {milliseconds(plain['exe_ms'])}: the others are tables of 256 values in "
            "int8, these are several operators. Weights and tables are "
            f"{whole(hard['weights_bytes'])} B instead of {whole(plain['weights_bytes'])}."
        )
    if dense_ones := [f"`{row['model']}`" for row in rows if DENSE in str(row.get("notes", ""))]:
        yield (
            f"{', '.join(dense_ones)} run dense: no kernel here takes advantage of them, and their "
            "gain is in flash, for one that unpacks them."
        )


def _packed(rows: Sequence[Row], plain: Row, dense: int) -> Iterator[str]:
    """Of networks whose packed weights take less than the `dense` bytes of the plain one."""
    packed = [row for row in rows if "packed_weights_bytes" in row and _weights(row) < dense]
    smallest = min(packed, key=_weights)
    best = max(packed, key=lambda row: (float(row["top1_device"]), -_weights(row)))
    worst = min(packed, key=lambda row: float(row["top1_device"]))
    yield (
        f"The smallest weights are those of `{smallest['model']}`: {whole(_weights(smallest))} B "
        f"with indices and tables, {percent(_weights(smallest), dense)} of the dense "
        f"{whole(dense)} B, at an accuracy of {short(smallest['top1_device'])} beside "
        f"{short(plain['top1_device'])} of the plain network."
    )
    yield (
        f"The most accurate of those that need fewer bytes is `{best['model']}`, "
        f"{short(best['top1_device'])} with {percent(_weights(best), dense)} of them; the least "
        f"accurate is `{worst['model']}`, {short(worst['top1_device'])}. One seed and so few "
        "images do not tell apart what is two points from another."
    )


def _skipping(rows: Sequence[Row], plain: Row) -> Iterator[str]:
    """Of networks whose blocks of zeros the engine leaves out."""
    for row in rows:
        if SKIPPED in str(row.get("notes", "")):
            yield (
                f"`aot` skips the blocks of zeros of `{row['model']}`: "
                f"{milliseconds(row['exe_ms'])} ms and {whole(row['weights_bytes'])} B of weights "
                f"and tables in the image, beside {milliseconds(plain['exe_ms'])} ms and "
                f"{whole(plain['weights_bytes'])} B."
            )


def _low_rank(rows: Sequence[Row], plain: Row) -> Iterator[str]:
    """Of networks whose graph has fewer MACs than the plain one's."""
    for row in (each for each in rows if int(each["macs"]) < int(plain["macs"])):
        faster = float(row["exe_ms"]) < float(plain["exe_ms"])
        yield (
            f"`{row['model']}` leaves {whole(row['macs'])} MACs of {whole(plain['macs'])} in the "
            f"graph and takes {milliseconds(row['exe_ms'])} ms, "
            + (
                f"instead of {milliseconds(plain['exe_ms'])}."
                if faster
                else f"no less than the {milliseconds(plain['exe_ms'])} of the plain network: one "
                "more product has a cost of its own, which at this size is what the MACs save."
            )
        )


def _rests(rows: Sequence[Row], plain: Row) -> Iterator[str]:
    """Of networks that skip steps."""
    for row in rows:
        if (share := row.get("skipped_share")) is None:
            continue
        mean = round(float(row["exe_cycles_mean"]))
        yield (
            f"`{row['model']}` skips {float(share):.0%} of the steps at an accuracy of "
            f"{short(row['top1_device'])}: one takes {whole(row['exe_cycles_min'])} cycles then, "
            f"{whole(row['exe_cycles_max'])} otherwise and {whole(mean)} "
            f"in the mean, beside {whole(plain['exe_cycles'])} of the plain network."
        )


def _indices(by: Mapping[str, Row], dense: int) -> Iterator[str]:
    """What surprised: what indices take of the gain."""
    for name, entry in (("pruned", "an index for each weight"), ("pruned_blocks", "one for four")):
        if row := by.get(name):
            share = float(row["nonzero_share"])
            yield (
                f"`{name}` keeps {share:.0%} of the weights and needs "
                f"{percent(_weights(row), dense)} of the bytes: {entry} stands beside them."
            )
