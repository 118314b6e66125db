"""The page of the experiment `plumerai`: four LSTM networks beside an article of its engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hilbench.record.row import Row
from hilbench.report import published
from hilbench.report.row_text import of, quoted
from hilbench.report.text import NONE, kilobytes, milliseconds, with_bounds


def said(rows: Sequence[Row]) -> Iterator[str]:
    theirs = {f"plumerai_{r['network']}": r for r in _articles()}
    ours = {(str(row["model"]), str(row["engine"])): row for row in rows}
    ratios = {
        name: theirs[name]["plumerai_ms"] / float(row["exe_ms"])
        for (name, engine), row in ours.items()
        if engine == "aot"
    }
    low, high = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    yield (
        f"Plumerai's engine is said to take {ratios[low]:.1f} (`{low}`) to {ratios[high]:.1f} "
        f"(`{high}`) times what `aot` takes here: as the sizes are reconstructed so that its times "
        "and RAM agree, this says more of the order than of the third digit."
    )
    today = {
        name: theirs[name]["tflm_ms"] / float(row["exe_ms"])
        for (name, engine), row in ours.items()
        if engine == "tflm"
    }
    yield (
        f"TensorFlow Lite Micro has become {min(today.values()):.1f} to {max(today.values()):.1f} "
        "times as fast since: that of 2022 had no LSTM of CMSIS-NN."
    )
    beside = [
        float(row["exe_ms"]) / float(ours[name, "aot"]["exe_ms"])
        for (name, engine), row in ours.items()
        if engine == "tflm" and (name, "aot") in ours
    ]
    yield (
        f"The one that was measured here takes {min(beside):.1f} to {max(beside):.1f} times as "
        "long as `aot`, on the same twin and of the same file: these can be compared to the third "
        "digit."
    )
    yield (
        "What can be compared with the article is the order of times and RAM: CPU and clock are "
        "its own, the compiler, the build of TFLM and the trained weights are not known. Their RAM "
        "is of the network with its engine, ours that of the network alone; flash is weights and "
        "code here, and weights with support code there, published for one network."
    )


def _articles() -> list[dict[str, float]]:
    found: list[dict[str, float]] = published.read(published.PLUMERAI_LSTM).to_dict("records")
    return found


_THEIRS = {"aot": "plumerai", "tflm": "tflm"}
"""The article's engine beside one of ours."""
_ROM_KIB = {"plumerai": 48.0, "tflm": 120.0}
"""Of its weather prediction, which its text says."""


def _published(column: str) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        by = {f"plumerai_{r['network']}": r for r in _articles()}
        return milliseconds(by[str(row["model"])][f"{_THEIRS[str(row['engine'])]}_{column}"])

    return cell


def _published_rom(row: Row) -> str:
    if row["model"] != "plumerai_weather_prediction":
        return NONE
    return f"{_ROM_KIB[_THEIRS[str(row['engine'])]]:.1f}"


COLUMNS = (
    ("network", quoted("model")),
    ("engine", quoted("engine")),
    ("ms", with_bounds),
    ("published ms", _published("ms")),
    ("RAM of the network KiB", of("model_ram_bytes", kilobytes)),
    ("published KiB", _published("ram_kib")),
    ("flash of the network KiB", of("model_flash_bytes", kilobytes)),
    ("published KiB", _published_rom),
)
