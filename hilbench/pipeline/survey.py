"""Measures of the survey of Rezk and others (IEEE Access 8, 2020), of a row's own values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hilbench.record.metrics import BY_NAME, Value
from hilbench.record.tasks import tasks


def values(row: Mapping[str, Value]) -> dict[str, float]:
    """Those of which the values are known; see their columns in record.metrics."""
    return {**dict(_change(row)), **dict(_of_time(row))}


def _change(row: Mapping[str, Value]) -> Iterator[tuple[str, float]]:
    for task in tasks():
        plain, device = (row.get(f"{task.name}_{where}") for where in ("float", "device"))
        if plain and device is not None:
            better = -BY_NAME[f"{task.name}_device"].sign
            change = (float(device) - float(plain)) / abs(float(plain))
            yield "accuracy_change_percent", 100 * better * change
            return


def _of_time(row: Mapping[str, Value]) -> Iterator[tuple[str, float]]:
    ms, macs, parameters = (float(row.get(n, 0)) for n in ("exe_ms", "macs", "parameters"))
    if not ms:
        return
    yield "rate_hz", 1e3 / ms
    if macs:
        yield "throughput_mops", 2 * macs / ms / 1e3
    if parameters and "exe_cycles" in row:
        yield "cycles_per_weight", float(row["exe_cycles"]) / parameters
